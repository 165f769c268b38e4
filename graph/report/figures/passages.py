"""Figures that stand in the prose of documents: what they are said of, and when."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from math import log

from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.initials import CAPITALS
from graph.report.figures.interval import fits
from graph.report.figures.measure import DURATIONS
from graph.report.figures.period import Period
from graph.report.figures.quantities import Blocks, Quantity, known_of
from graph.report.figures.said import Passage, Said, kind_of
from graph.report.figures.telling import read_passages
from graph.report.figures.wording import stems, telling

_ALIKE = 0.5
_NEAR_BEST = 0.7
_CLOSEST = 0.8
# The share of a sentence's words that documents must use for the others to be left out.
_KNOWN = 0.34
_LONGEST = 200_000
_MOST = 200
# Words of which a figure is said of one or of the other.
_OPPOSED = tuple(
    (stems(one), stems(other))
    for one, other in (
        ("fixed", "variable floating"), ("domestic", "foreign international overseas"), ("basic", "diluted"),
        ("short-term", "long-term"), ("secured", "unsecured"), ("gross", "net"), ("retail", "wholesale"),
        ("new", "existing"), ("beginning opening", "ending closing"), ("organic", "reported"),
        ("federal", "state"), ("owned", "leased franchised"), ("recurring", "non-recurring"),
        ("inflows", "outflows"), ("assets", "liabilities"), ("buy purchases", "sales sold"),
    )
)  # fmt: skip
LOSSES = stems("loss losses deficit outflow burn used shortfall impairment charge write-down reduction")


class Passages:
    """The sentences of documents that hold figures."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._passages = [
            passage for title, text in texts for passage in read_passages(title, text[:_LONGEST])
        ]
        self._figures = [(passage, said) for passage in self._passages for said in passage.figures]
        counts = Counter(word for near in {said.near for _, said in self._figures} for word in near)
        total = sum(counts.values())
        self._weight = {
            word: log(1 + total / counts.get(word, 1)) for passage in self._passages for word in passage.said
        }
        self._words = frozenset(word for passage in self._passages for word in passage.said)
        self._counted = frozenset(
            said.counts for passage in self._passages for said in passage.figures if said.counts
        )
        shown = [
            (abs(said.number.value), at, place)
            for at, passage in enumerate(self._passages)
            for place, said in enumerate(passage.figures)
        ]
        self._shown = sorted(shown)
        self._sizes = [item[0] for item in self._shown]

        self._low = [text.lower() for _, text in texts]
        self._short: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _blocks(self) -> Blocks:
        return Blocks(self._passages)

    @property
    def all(self) -> Sequence[Passage]:
        """Give the sentences."""
        return self._passages

    def words_of(self, norm: str) -> list[tuple[str, int, int]]:
        """Give the words of the documents that capitals of a text stand for, at their places."""
        found: list[tuple[str, int, int]] = []
        for match in CAPITALS.finditer(norm) if self._passages else ():
            short = match[0].lower()
            if short not in self._short:
                self._short[short] = (
                    self._written_out(short) if 3 <= len(short) <= 6 and short.isalpha() else ()
                )
            found += [(word, match.start(), match.end()) for word in self._short[short]]
        return found

    def _written_out(self, short: str) -> tuple[str, ...]:
        """Find words with these initials, unless the documents use the short form themselves."""
        if any(re.search(rf"(?<![a-z]){short}(?![a-z])", text) for text in self._low):
            return ()
        pattern = re.compile(
            r"(?<![a-z])" + r"[a-z]+[\s-]+(?:(?:of|and|the|per|in|on)\s)?".join(short) + "[a-z]+"
        )
        match = next((found for text in self._low if (found := pattern.search(text))), None)
        return tuple(telling(match[0])) if match is not None else ()

    def has(self, said: frozenset[str], number: Number, period: Period) -> bool:
        """Tell whether the sentences that speak of the same give a figure of that kind for the period."""
        said = self._known_words(said)
        return any(
            2 * len(said & passage.said) >= len(said)
            and _alike(number, other.number)
            and _agree([period], _times(passage, other))
            for passage, other in self._figures
        )

    def of(self, name: frozenset[str]) -> list[Known]:
        """Give the figures that stand by all the words of a name, those with the fewest other words."""
        held = [(len(other.near), at) for at, (_, other) in enumerate(self._figures) if name <= other.near]
        least = min((count for count, _ in held), default=0)
        return [known_of(*self._figures[at]) for count, at in held if count <= least + 2]

    def timed(self, number: Number, said: frozenset[str]) -> bool:
        """Tell whether the documents tell a length of time of what a sentence is about."""
        return any(
            other.number.unit == number.unit and len(other.near & said) >= min(2, len(other.near) or 2)
            for _, other in self._figures
        )

    def knows(self, said: frozenset[str]) -> bool:
        """Tell whether the documents' sentences use most of the words."""
        return bool(said) and 2 * len(said & self._words) >= len(said)

    @property
    def counted(self) -> frozenset[str]:
        """Give the words that the documents count, as in "31 aircraft"."""
        return self._counted

    def __len__(self) -> int:
        return len(self._passages)

    def support(
        self,
        said: frozenset[str],
        near: frozenset[str],
        number: Number,
        periods: Sequence[Period],
        was: bool = False,
        past: bool = False,
        side: int = 0,
    ) -> Finding | None:
        """Find a sentence that shows the same amount, in the same words and of no other period.

        `said` are the words of its sentence, `near` those that stand by the figure itself, `periods` those
        that it may be told of; `was` says that it is what something moved from or is compared with, `past`
        that it is of an earlier time that is not named; `side` is the direction that it is told in.
        """
        if not self._shown or not said:
            return None
        said = self._known_words(said)
        low, high = number.bounds
        first, last = bisect_left(self._sizes, low), bisect_right(self._sizes, high + number.ulp)
        best = max(
            (
                len(said & passage.said)
                for passage in self._passages
                if any(kind_of(figure.number) == kind_of(number) for figure in passage.figures)
            ),
            default=0,
        )
        for _, at, place in self._shown[first : min(last, first + _MOST)]:
            passage = self._passages[at]
            other = passage.figures[place]
            common = len(said & passage.said)
            if common < max(_ALIKE * len(said), _NEAR_BEST * best, 1) or not _same(
                number, other.number, said
            ):
                continue
            if (past and not _is_past(passage, other)) or _opposed(near, passage, other):
                continue
            if side * other.side < 0:
                continue
            told = _times(passage, other)
            if not periods and not was and _is_past(passage, other):
                continue
            if _agree(periods, told) and _is_said_of(passage, other, said & near & passage.said or said):
                return Finding(
                    "supported",
                    "sentence of a document",
                    note=passage.title,
                    known=(known_of(passage, other),),
                )
        return None

    def nearest(
        self,
        said: frozenset[str],
        near: frozenset[str],
        number: Number,
        periods: Sequence[Period],
        was: bool = False,
        past: bool = False,
        side: int = 0,
    ) -> Finding | None:
        """Find the same amount where no other figure of its kind stands by the sentence's words more closely.

        The arguments are those of `support`; rare words count for more than common ones.
        """
        ranked = []
        for passage, other in self._figures:
            told = _times(passage, other)
            if not _alike(number, other.number) or not _agree(periods, told):
                continue
            if (past and not _is_past(passage, other)) or _opposed(near, passage, other):
                continue
            if side * other.side < 0:
                continue
            if not periods and not was and _is_past(passage, other):
                continue
            ranked.append((self._closeness(said, near, passage, other), passage, other))
        named = [item for item in ranked if near & item[2].near]
        ranked = named or ranked
        best = max((score for score, _, _ in ranked), default=0.0)
        for score, passage, other in ranked:
            if score > 0 and score >= _CLOSEST * best and _same(number, other.number, said):
                return Finding(
                    "supported",
                    "sentence of a document",
                    note=passage.title,
                    known=(known_of(passage, other),),
                )
        return None

    def before(
        self, said: frozenset[str], near: frozenset[str], number: Number, periods: Sequence[Period], was: bool
    ) -> Finding | None:
        """Find a sentence that implies the amount: what something was before it moved by what is told."""
        said = self._known_words(said)
        near = near & said or said
        for passage in self._passages:
            if 2 * len(said & passage.said) < len(said):
                continue
            for other in passage.implied:
                told = (other.period,) if other.period is not None else ()
                if not (near & other.near and kind_of(number) == kind_of(other.number)):
                    continue
                if not (_agree(periods, told) and (was or (periods and told))):
                    continue
                if abs(number.value - other.number.value) * 2 <= number.ulp + other.number.ulp:
                    return Finding("derived", "implied by a document", note=passage.title)
        return None

    def _closeness(self, said: frozenset[str], near: frozenset[str], passage: Passage, figure: Said) -> float:
        """Weigh the words that a claim shares with a figure and its sentence."""
        near = near or said
        rest = passage.said - figure.near
        return (
            self._sum(near & figure.near)
            + 0.2 * self._sum((said - near) & figure.near)
            + 0.3 * self._sum(near & rest)
            + 0.1 * self._sum((said - near) & rest)
            - 0.2 * self._sum(figure.near - said)
        )

    def _sum(self, those: frozenset[str]) -> float:
        return sum(self._weight.get(word, 0.0) for word in sorted(those))

    def closest(self, said: frozenset[str], timed: bool = False) -> list[tuple[frozenset[str], list[Known]]]:
        """Give the lines whose own words the sentence shares most, where no sentence speaks of the same."""
        held: dict[frozenset[str], list[Known]] = {}
        for passage, other in self._figures:
            if other.near and (other.number.unit in DURATIONS) == timed:
                held.setdefault(other.near, []).append(known_of(passage, other))
        scored = [(self._sum(near & said) - 0.25 * self._sum(near - said), near) for near in held]
        best = max((score for score, _ in scored), default=0.0)
        kept = [(score, near) for score, near in scored if score > 0 and score >= 0.4 * best]
        kept.sort(key=lambda pair: (-pair[0], sorted(pair[1])))
        return [(near & said, held[near]) for _, near in kept[:4]]

    def paragraphs(self, said: frozenset[str], context: frozenset[str]) -> list[list[Quantity]]:
        """Give the figures of the paragraphs that speak of the same, the closest first."""
        return self._blocks.closest(said, context, self._sum)

    def by_id(self, name: str) -> Known | None:
        """Find a figure of a paragraph by the id that it has as a fact."""
        return self._blocks.by_id(name)

    def earlier(self, known: Known, period: Period | None) -> Known | None:
        """Give what a paragraph tells of the same as a figure, at a period or else before."""
        return self._blocks.earlier(known, period)

    def weigh(self, those: frozenset[str]) -> float:
        """Weigh words: rare ones count for more than common ones."""
        return self._sum(those)

    def _known_words(self, said: frozenset[str]) -> frozenset[str]:
        """Leave out the words that no document uses: they say how a writer tells it, not what is told."""
        held = said & self._words
        return held if len(held) >= _KNOWN * len(said) else said

    def lines(self, said: frozenset[str], timed: bool = False) -> list[tuple[frozenset[str], list[Known]]]:
        """Give the figures of the sentences that speak of the same, with the words that each line shares.

        `timed` asks for lengths of time, which are left out otherwise.
        """
        said = self._known_words(said)
        found: list[tuple[int, int, dict[frozenset[str], list[Known]]]] = []
        for at, passage in enumerate(self._passages):
            common = len(said & passage.said)
            if not common or common < _ALIKE * len(said):
                continue
            told: dict[frozenset[str], list[Known]] = {}
            for other in passage.figures:
                by = other.near & said
                if (other.number.unit in DURATIONS) == timed and (by or not other.near):
                    told.setdefault(by, []).append(known_of(passage, other))
            if told:
                found.append((-common, at, told))
        lines: dict[frozenset[str], list[Known]] = {}
        for _, _, told in sorted(found, key=lambda item: item[:2])[:3]:
            for by, known in told.items():
                lines.setdefault(by, []).extend(known)
        # A line that shares less of what another shares is of something else.
        return [(by, known) for by, known in lines.items() if not by or not any(by < more for more in lines)]


def _is_said_of(passage: Passage, said: Said, words_: frozenset[str]) -> bool:
    """Tell whether no other figure of the sentence stands nearer to the words."""
    own = len(said.near & words_)
    rivals = [
        other
        for other in passage.figures
        if other is not said and kind_of(other.number) == kind_of(said.number) and other.near != said.near
    ]
    return all(len(other.near & words_) <= own for other in rivals)


def _is_past(passage: Passage, said: Said) -> bool:
    """Tell whether the figure is what a later one of its kind is compared with."""
    rivals = [
        other
        for other in passage.figures
        if other is not said and kind_of(other.number) == kind_of(said.number)
    ]
    return bool(rivals) and (
        said.was
        or any(
            other.period is not None
            and said.period is not None
            and other.period.order() > said.period.order()
            for other in rivals
            if other.near == said.near
        )
    )


def _times(passage: Passage, other: Said) -> tuple[Period, ...]:
    """Give the periods that a figure may be of: its own, else those of its sentence that no other has."""
    if other.period is not None:
        return (other.period,)
    owned = {figure.period for figure in passage.figures}
    return tuple(period for period in passage.periods if period not in owned)


def _opposed(said: frozenset[str], passage: Passage, other: Said) -> bool:
    """Tell whether a claim names one of two opposites and the figure's sentence only the other."""
    return any(
        (said & one and not passage.said & one and other.near & two)
        or (said & two and not passage.said & two and other.near & one)
        for one, two in _OPPOSED
    )


def _same(number: Number, other: Number, said: frozenset[str]) -> bool:
    """Tell whether both figures show one amount, in the same unit and currency, with the same sign.

    A loss that is filed as negative is told by its size.
    """
    alike = number.unit == other.unit or {number.unit, other.unit} <= {"", "count"}
    alike = alike and number.currency in ("", other.currency)
    told_by_size = not number.sign and other.value < 0 and bool(said & LOSSES)
    signed = (number.value < 0) == (other.value < 0)
    return alike and (signed or told_by_size) and bool(fits(number, other.value))


def _alike(number: Number, other: Number) -> bool:
    """Tell whether two figures are in one unit, as far as they say."""
    kinds = {kind_of(number), kind_of(other)}
    return len(kinds) == 1 or kinds <= {"", "count", "money"}


def _agree(named: Sequence[Period], held: Sequence[Period]) -> bool:
    return not named or not held or any(one.agrees(other) for one in named for other in held)
