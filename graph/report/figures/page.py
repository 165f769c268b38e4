"""Everything read from one text: its figures, names, periods and scopes, found by place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal, Protocol, TypeVar

from graph.report.figures.extract import Number, extract
from graph.report.figures.glosses import with_own, without_glosses
from graph.report.figures.labels import Mention, find_mentions
from graph.report.figures.layout import Scope, scopes
from graph.report.figures.mask import Named, mask
from graph.report.figures.normal import normalise
from graph.report.figures.wording import telling, tells, words


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


P = TypeVar("P", bound=_Placed)

_WORDS = re.compile(r"[a-z]+|[\u4e00-\u9fff]{1,2}")
_SOFT = re.compile(
    r"[,，、:]|(?<![a-z])(?:and|while|but|with|versus|vs|against|whereas"
    r"|even as|though|although|despite)(?![a-z])|而|但|和|与"
)
# A moving average is a level, whatever it is called.
_MEAN = re.compile(
    r"(?<![a-z])(?:averag(?:ed|es|ing)|(?<!its )(?<!that )(?<!this )(?<!own )(?<!day )(?<!moving )(?<!slow )"
    r"(?<!fast )average|mean)(?![a-z])|平均|均值"
)
_SUM = re.compile(
    r"(?<![a-z])(?:combined|in total|cumulative(?:ly)?|sum of|together|altogether)(?![a-z])"
    r"|合计|累计|总计|相加|加总|之和"
)
_HARD = re.compile(r"[;·•|—]| - (?![$€£¥\d])|。")
_WITHIN = 240


class Page:
    """One text, read once; all offsets are those of the given text."""

    def __init__(self, text: str) -> None:
        self.norm = normalise(text)
        self.low = self.norm.lower()
        self.masked, self.named = mask(self.low)
        self.numbers = extract(self.masked)
        self.low = self.low.replace("`", " ")
        self._telling: dict[int, frozenset[str]] = {}
        self._words: dict[int, list[tuple[str, int, int]]] = {}
        self._held: dict[int, Scope] = {}
        # The words that stand by figures, by the number of each, as far as they were asked for.
        self.near: dict[int, frozenset[str]] = {}
        # Words that capitals of the text stand for, at the place of the capitals.
        self.short: list[tuple[str, int, int]] = []

    @cached_property
    def mentions(self) -> list[Mention]:
        """Give the names of metrics in the text, in order."""
        return with_own(self.low, without_glosses(self.masked, find_mentions(self.low)))

    @cached_property
    def scopes(self) -> list[Scope]:
        """Give the stretches in which figures are read, in order."""
        return scopes(self.low)

    @cached_property
    def _scope_starts(self) -> list[int]:
        return [scope.start for scope in self.scopes]

    def adopt(self, mentions: list[Mention]) -> None:
        """Take the given mentions for those of the page."""
        self.mentions = mentions
        for name in ("mention_starts", "joining"):
            self.__dict__.pop(name, None)

    def scope_index(self, position: int) -> int:
        """Give the index of the scope that holds the position."""
        return max(0, bisect_right(self._scope_starts, position) - 1)

    def scope_of(self, position: int) -> Scope:
        """Give the scope that holds the position."""
        known = self._held.get(position)
        if known is None:
            known = self._held[position] = self.scopes[self.scope_index(position)]
        return known

    @cached_property
    def number_starts(self) -> list[int]:
        """Give the starts of the figures, in order."""
        return [number.start for number in self.numbers]

    @cached_property
    def number_scopes(self) -> list[int]:
        """Give the index of the scope of every figure, in order."""
        return [self.scope_index(start) for start in self.number_starts]

    def together(self, number: Number) -> range:
        """Give the places, among the figures, of those in the scope of one of them."""
        scope = self.scope_index(number.start)
        return range(bisect_left(self.number_scopes, scope), bisect_right(self.number_scopes, scope))

    def around(self, index: int, back: int) -> range:
        """Give the places of the figures in the scope of one of them and in so many scopes before."""
        scope = self.number_scopes[index]
        return range(bisect_left(self.number_scopes, scope - back), bisect_right(self.number_scopes, scope))

    @cached_property
    def mention_starts(self) -> list[int]:
        """Give the starts of the mentions, in order."""
        return [mention.start for mention in self.mentions]

    @cached_property
    def named_starts(self) -> list[int]:
        """Give the starts of the named periods, in order."""
        return [named.start for named in self.named]

    @cached_property
    def joining(self) -> list[tuple[int, int, Literal["mean", "sum"]]]:
        """Give the places of words for a mean or a sum that belong to no metric's name, in order."""
        found: list[tuple[int, int, Literal["mean", "sum"]]] = []
        low = self.low
        if any(word in low for word in ("averag", "mean", "均")):
            found += [(match.start(), match.end(), "mean") for match in _MEAN.finditer(low)]
        if any(word in low for word in ("combined", "total", "cumul", "sum of", "together", "计")):
            found += [(match.start(), match.end(), "sum") for match in _SUM.finditer(low)]
        return sorted(place for place in found if not self._is_named(place[0]))

    def _is_named(self, place: int) -> bool:
        index = bisect_right(self.mention_starts, place) - 1
        return index >= 0 and place < self.mentions[index].end

    def telling_words(self, scope: Scope) -> frozenset[str]:
        """Give the words of a scope that tell what it is about."""
        known = self._telling.get(scope.start)
        if known is None:
            told = self.masked[scope.start : scope.end]
            said = tells(self.masked, self.words_in(scope)) if told.isascii() else telling(told)
            known = self._telling[scope.start] = self._written_out(said, scope.start, scope.end)
        return known

    def words_in(self, scope: Scope) -> list[tuple[str, int, int]]:
        """Give the words of a scope with their places."""
        start = scope.start
        known = self._words.get(start)
        if known is None:
            known = [(word, start + at, start + to) for word, at, to in words(self.masked[start : scope.end])]
            self._words[start] = known
        return known

    def plain_words(self, scope: Scope) -> Iterable[tuple[str, int, int]]:
        """Give the words of a scope with those in names that are masked, with their places."""
        start, end = scope.start, scope.end
        whole = self.low[start:end] == self.masked[start:end] and not self.low[start - 1 : start].isalpha()
        return self.words_in(scope) if whole else words(self.low, start, end)

    def telling(self, start: int, end: int) -> frozenset[str]:
        """Give the words between two places that tell what they are about, short forms written out."""
        return self._written_out(telling(self.masked, start, end), start, end)

    def _written_out(self, said: frozenset[str], start: int, end: int) -> frozenset[str]:
        return (
            said.union(word for word, at, to in self.short if start <= at and to <= end)
            if self.short
            else said
        )

    def mentions_in(self, span: tuple[int, int]) -> list[Mention]:
        """Give the mentions inside a span."""
        return inside(self.mentions, self.mention_starts, *span)

    def named_in(self, span: tuple[int, int]) -> list[Named]:
        """Give the periods named inside a span."""
        return inside(self.named, self.named_starts, *span)

    def numbers_between(self, start: int, end: int) -> int:
        """Count the figures that begin between two places."""
        return max(0, bisect_left(self.number_starts, end) - bisect_left(self.number_starts, start))

    def distance(self, start: int, end: int) -> int:
        """Measure how far apart two things stand: words, clause marks and figures between them."""
        gap = self.low[start : min(end, start + _WITHIN)]
        cost = len(_WORDS.findall(gap)) + 4 * len(_SOFT.findall(gap)) + 25 * len(_HARD.findall(gap))
        return cost + 5 * self.numbers_between(start, end) + (50 if end - start > _WITHIN else 0)

    def before(self, number: Number, scope: Scope, reach: int = 56) -> str:
        """Give the words before a figure, back to the figure before it."""
        index = bisect_left(self.number_starts, number.start)
        floor = max(scope.start, number.start - reach, self.numbers[index - 1].end if index else 0)
        return self.masked[floor : number.start]

    def after(self, number: Number, scope: Scope, reach: int = 56) -> str:
        """Give the words behind a figure, up to the next figure."""
        index = bisect_right(self.number_starts, number.start)
        ceiling = self.numbers[index].start if index < len(self.numbers) else len(self.low)
        return self.masked[number.end : max(number.end, min(ceiling, scope.end, number.end + reach))]


def inside(items: Sequence[P], starts: list[int], start: int, end: int) -> list[P]:
    """Give the items that lie inside a span; `starts` are their starts, in order."""
    found = items[bisect_left(starts, start) : bisect_left(starts, end)]
    return [item for item in found if item.end <= end]
