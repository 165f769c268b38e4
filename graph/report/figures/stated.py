"""Whether a figure is told as the value of the name beside it: then it is nothing that is computed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from graph.report.figures import cues
from graph.report.figures.extract import Number
from graph.report.figures.layout import Scope
from graph.report.figures.lookup import Lookup
from graph.report.figures.naming import Label
from graph.report.figures.units import is_rate


class Stated:
    """Reads what stands between the figures of one page and the names beside them."""

    def __init__(self, lookup: Lookup) -> None:
        self.page = lookup.page
        self.book = lookup.book
        self.naming = lookup.naming

    def is_held(self, number: Number) -> bool:
        """Tell whether the figure is told as the value of the name right before it, as in "cash of $5"."""
        index = bisect_left(self.page.mention_starts, number.start) - 1
        if index < 0 or not self.page.mentions[index].keys:
            return False
        mention = self.page.mentions[index]
        if cues.HELD.fullmatch(self.page.masked, mention.end, number.start) is None:
            return False
        return cues.GIVES.search(self.page.masked, max(0, mention.start - 40), mention.start) is None

    def is_stated(self, number: Number, labels: Sequence[Label], scope: Scope) -> bool:
        """Tell whether the figure is told as the value of a name that it may be of, right beside it."""
        if scope.cell:
            return True
        for label in labels[:1]:
            mention = label.mention
            held = self.book.line(mention.keys[0])[:1] if mention.keys else []
            rates = number.unit in ("pp", "bps") and bool(held) and is_rate(held[0].fact.unit)
            if not (rates or self.naming.fits(number, mention)):
                return False
            if mention.start >= number.end:
                return cues.OWNED.fullmatch(self.page.low, number.end, mention.start) is not None
            return cues.STATED.fullmatch(self.page.low, mention.end, number.start) is not None
        return False

    def is_glossed(self, number: Number) -> bool:
        """Tell whether the figure stands in parentheses right behind the name that it is of."""
        before = self.page.low[max(0, number.start - 3) : number.start].rstrip("$€£¥ ")
        if not before.endswith("("):
            return False
        index = bisect_left(self.page.mention_starts, number.start) - 1
        return index >= 0 and 0 <= number.start - self.page.mentions[index].end <= 4

    def is_enclosed(self, number: Number, scope: Scope) -> bool:
        """Tell whether the figure stands in parentheses without a name, as in "61% ($884 out of $1,451)"."""
        opened = self.page.low.rfind("(", scope.start, number.start + 1)
        closed = self.page.low.find(")", number.end, scope.end)
        if opened < 0 or closed < 0 or self.page.low.find(")", opened, number.start) >= 0:
            return False
        if self.page.mentions_in((opened, closed)) or self.page.numbers_between(opened, closed) != 2:
            return False
        return cues.SET_AGAINST.search(self.page.masked, opened, closed) is not None
