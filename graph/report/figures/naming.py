"""How near the names of a sentence stand to a figure, and which of them another figure already has."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace

from graph.report.figures.book import Book
from graph.report.figures.derive import GROWTH_OF
from graph.report.figures.extract import Number
from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope
from graph.report.figures.page import Page
from graph.report.figures.terms import DISTANCE_OF
from graph.report.figures.units import clash
from graph.vocabulary import METRICS

_BARE_PRICE = re.compile(
    r"(?:[A-Z][A-Z0-9]{0,5}(?:\.[A-Z]{1,2})?|\d{4,6}\.[A-Z]{2})(?:\)?:?\s(?:at|@|is at|报)?\s?|\s?\()$"
)
_HELD = re.compile(r"\s(?:of|in)\s(?:its |the |total |annual |net )?|的")
_AT = re.compile(r"(?<![A-Za-z])At\s$")
_OF_PRICE = re.compile(r",? (?:the |its )?(?:shares|stock|share price|price)(?![a-z])")
_APPOSED = re.compile(r"\s?(?:,|[(—]|，即)\s?(?:the|its|a|an|which is the|the nearest|即|its)?\s?")
_PARTS = re.compile(r"[,，;:]|(?<![a-z])(?:and|while|whereas|though|although|as|but|with|vs)(?![a-z])|和|而")
_COMPARED = re.compile(r"[<>=|]")
_CLOSES = re.compile(r"[^()]{0,40}\)\s?[^\s.,;，。；]")
_VERB = re.compile(
    r"\s(?:also |then |has |have |had )?(?:is|was|are|were|has|had|rose|fell|grew|declined|slipped|dropped"
    r"|increased|decreased|climbed|improved|expanded|contracted|narrowed|widened"
    r"|stands?|stood|sits?|came|held|holds)(?![a-z])"
)
_FROM = re.compile(r"(?:(?<![a-z])from|从|由|自)[\s(]{0,2}$")
_NEAR = 2
# The cost from which a name belongs to another clause.
PARTED = 30


@dataclass(frozen=True)
class Label:
    """A mention as the name of a figure; the lower the cost, the closer it stands.

    `taken` says that another figure, which it fits, stands closer to it; `apposed` that it explains the
    figure directly before it.
    """

    cost: int
    mention: Mention
    taken: bool = False
    apposed: bool = False


class Naming:
    """Weighs the names around the figures of one page."""

    def __init__(self, page: Page, book: Book) -> None:
        self.page = page
        self.book = book

    def near(self, number: Number, scope: Scope) -> list[Label]:
        """Weigh the mentions of the scope itself, on both sides of the figure."""
        page = self.page
        starts = page.mention_starts
        first, last = bisect_left(starts, scope.start), bisect_left(starts, scope.end)
        here = bisect_left(starts, number.start)
        found: list[Label] = []
        for mention in page.mentions[max(first, here - 5) : here]:
            if mention.end <= number.start:
                cost = page.distance(mention.end, number.start) + self._spent(mention)
                found.append(self._label(number, cost, mention))
        for mention in page.mentions[here : min(last, here + 3)]:
            # "9.9 times sales": the figure's unit is part of the name.
            if mention.start >= number.end or (mention.start > number.start and mention.end > number.end):
                place = max(number.end, mention.start)
                cost, apposed = self._behind(number.end, place, mention, scope)
                found.append(self._label(number, cost, mention, apposed))
        priced = number.currency and not number.scale and "close" in self.book.lines
        if priced and not any(label.cost < 4 for label in found):
            before = page.norm[max(scope.start, number.start - 16) : number.start]
            after = page.low[number.end : number.end + 24]
            of_year = page.named_in((max(scope.start, number.start - 16), number.start))
            if (_BARE_PRICE.search(before) and not of_year) or (
                _AT.search(before) and _OF_PRICE.match(after)
            ):
                found.append(Label(3, Mention(number.start, number.start, ("close",))))
        return found

    def _label(self, number: Number, cost: int, mention: Mention, apposed: bool = False) -> Label:
        told = self.as_told(number, mention)
        if apposed:
            return Label(cost, told, apposed=True)
        holder = self._holder(mention)
        if holder is number and self.fits(number, told):
            return Label(0, told)
        held = holder is not None and self.fits(holder, self.as_told(holder, mention))
        return Label(cost, told, held or (cost > _NEAR and self._taken(number, mention)))

    def _holder(self, mention: Mention) -> Number | None:
        """Give the figure directly before a name, as in "$391.0 billion of revenue"."""
        index = bisect_left(self.page.number_starts, mention.start) - 1
        if index < 0 or not mention.start - 16 < self.page.numbers[index].end <= mention.start:
            return None
        number = self.page.numbers[index]
        return number if _HELD.fullmatch(self.page.low, number.end, mention.start) else None

    def as_told(self, number: Number, mention: Mention) -> Mention:
        """Read the name of a growth or distance as what grew or lies apart, if the figure is an amount."""
        if not (number.currency or number.scale > 0) or number.unit or len(mention.keys) != 1:
            return mention
        base = GROWTH_OF.get(mention.keys[0]) or DISTANCE_OF.get(mention.keys[0])
        return replace(mention, keys=(base,)) if base else mention

    def fits(self, number: Number, mention: Mention) -> bool:
        """Tell whether the figure's unit is one in which the metric is told."""
        return mention.kind == "foreign" or any(self.unit_fits(number, key) for key in mention.keys)

    def unit_fits(self, number: Number, key: str) -> bool:
        """Tell whether the figure's unit is one in which facts of the metric are told."""
        line = self.book.lines.get(key)
        if line:
            return not clash(number, line[0].fact.unit, None) and not self._out_of_scale(number, key)
        return key not in METRICS or not clash(number, METRICS[key].unit, None)

    def _out_of_scale(self, number: Number, key: str) -> bool:
        """Tell whether an amount is too large for a price, or too small and exact for a sum of money."""
        unit = METRICS[key].unit if key in METRICS else ""
        if unit in ("price", "per_share"):
            return number.scale > 0
        return unit == "money" and bool(number.currency) and not number.scale and number.decimals == 2

    def _taken(self, number: Number, mention: Mention) -> bool:
        """Tell whether a figure that fits the name stands between them, or right behind the name."""
        numbers = self.page.numbers
        index = bisect_right(self.page.number_starts, mention.end - 1)
        for other in numbers[index : index + 2]:
            if other.start == number.start:
                return False
            if _FROM.search(self.page.low, max(0, other.start - 12), other.start):
                continue
            if self.page.distance(mention.end, other.start) > 12:
                return False
            if self.fits(other, self.as_told(other, mention)):
                return True
        return False

    def _spent(self, mention: Mention) -> int:
        """Weigh down a name that another figure holds in parentheses, as in "$232.04 (50-day)"."""
        gap = self.page.masked[max(0, mention.start - 3) : mention.start]
        if not gap.endswith("(") or self.page.low[mention.end : mention.end + 1] != ")":
            return 0
        index = bisect_left(self.page.number_starts, mention.start)
        return 20 if index and self.page.numbers[index - 1].end >= mention.start - 3 else 0

    def _behind(self, end: int, start: int, mention: Mention, scope: Scope) -> tuple[int, bool]:
        """Weigh a name behind the figure: a clause mark between them parts them, an apposition does not."""
        page = self.page
        if start - end < 24 and _APPOSED.fullmatch(page.low[end:start]):
            own = self._has_own(mention, scope)
            return (_NEAR + PARTED, False) if own else (_NEAR + 1, True)
        cost = page.distance(end, start)
        parted = _COMPARED.search(page.low, end, start) or (cost >= 4 and _PARTS.search(page.low, end, start))
        return _NEAR + cost + (PARTED if parted or _CLOSES.match(page.low, end, start + 1) else 0), False

    def _has_own(self, mention: Mention, scope: Scope) -> bool:
        """Tell whether a name is the subject of its own clause: a verb or a figure follows it."""
        page = self.page
        if _VERB.match(page.low, mention.end):
            return True
        index = bisect_left(page.number_starts, mention.end)
        if index >= len(page.numbers) or page.numbers[index].start >= scope.end:
            return False
        gap = page.low[mention.end : page.numbers[index].start]
        return len(gap) < 60 and not re.search(r"[,，;)]", gap)
