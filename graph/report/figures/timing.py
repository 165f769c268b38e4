"""Which period a figure is said to be of."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from graph.report.figures.extract import Number
from graph.report.figures.layout import Scope
from graph.report.figures.mask import Named
from graph.report.figures.page import Page, inside
from graph.report.figures.pairing import Pairing
from graph.report.figures.periods import Period

_LATER = re.compile(
    r"(?<![a-z])(?:in|for|during|of|on|at|as of|by|ended|ending|the|fiscal|year|end|quarter|through|dated"
    r"|period|reached|set)(?![a-z])|[(\s,:于在截至]"
)
_FROM = re.compile(
    r"(?:(?<![a-z])(?:from|versus|vs\.?|against|than|compared (?:with|to)|over)|从|自|由|较"
    r"|相比)[\s(]{0,3}[\x00's的 ]{0,24}(?:about|约)?\s?$"
)
_BASE = re.compile(
    r"[\s)]{0,3}(?:(?:from|over|versus|vs\.?|against|than|since|compared (?:with|to)|on)(?![a-z])|较"
    r"|比)[\s(]{0,3}(?:the )?(?:fiscal )?$"
)
_BASE_AHEAD = re.compile(
    r"(?:(?<![a-z])(?:from|over|versus|vs\.?|than|since|compared (?:with|to))|较|比)"
    r"\s(?:the )?(?:fiscal )?$|[较比]$"
)


@dataclass(frozen=True)
class When:
    """The period a figure is said to be of; `own` when it is named beside the figure itself.

    `base` is the period a change is measured from, when it is named behind the figure.
    """

    period: Period | None = None
    own: bool = False
    base: Period | None = None
    others: tuple[Period, ...] = ()


class Timing:
    """Finds the period of each figure of a page."""

    def __init__(self, page: Page, question: Page, pairing: Pairing) -> None:
        self.page = page
        self.question = question
        self.pairing = pairing

    def when(self, number: Number) -> When:
        """Give the period that the figure is said to be of."""
        scope = self.page.scope_of(number.start)
        named = self.page.named_in((scope.start, scope.end))
        paired = self.pairing.paired("period", named, scope).get(number.start)
        if isinstance(paired, Named):
            return When(paired.period, own=True)
        if scope.cell:
            return self._cell_period(scope, named)
        others = tuple(dict.fromkeys(item.period for item in named[:8]))
        behind = self._period_behind(number, scope)
        base = None
        if behind is not None and _BASE.match(self.page.low[number.end : behind.start]):
            base, behind = behind.period, None
        if behind is not None:
            return When(behind.period, own=True, others=others)
        ahead = self._period_ahead(number, scope)
        if ahead is not None:
            return When(
                ahead.period,
                own=not self.page.numbers_between(ahead.end, number.start),
                base=base,
                others=others,
            )
        if others:
            return self._left_over(number, named, others, base)
        return self._period_elsewhere(number, scope)

    def _left_over(
        self, number: Number, named: Sequence[Named], others: tuple[Period, ...], base: Period | None
    ) -> When:
        """Settle for what the sentence names beside the periods that other figures claim."""
        claimed = [item.period for item in named[:8] if self._is_claimed(item, number)]
        free = tuple(period for period in others if period not in claimed)
        rest = [period for period in free if period != base and period.kind != "prior"]
        if base is None and claimed and claimed[0].kind != "prior" and not self.is_from(number):
            base = claimed[0]
        only = rest[0] if len(rest) == 1 and (base is None or claimed) else None
        return When(only, base=base, others=free)

    def _period_behind(self, number: Number, scope: Scope) -> Named | None:
        """Give the period named directly behind the figure."""
        index = bisect_left(self.page.named_starts, number.end)
        if index >= len(self.page.named):
            return None
        named = self.page.named[index]
        gap = self.page.low[number.end : named.start][:60]
        far = named.end > scope.end or named.start - number.end > 40
        if far or self.page.numbers_between(number.end, named.start):
            return None
        if _BASE.match(gap):
            return named
        mentions = inside(self.page.mentions, self.page.mention_starts, number.end, named.start)
        for mention in mentions:
            gap = gap.replace(self.page.low[mention.start : mention.end], " ")
        return named if not _LATER.sub("", gap.replace(")", " ")).strip() and gap.count(",") < 1 else None

    def _period_ahead(self, number: Number, scope: Scope) -> Named | None:
        """Give the last period named before the figure that no other figure claims as its own."""
        starts = self.page.named_starts
        for index in range(bisect_right(starts, number.start) - 1, -1, -1):
            named = self.page.named[index]
            if named.start < scope.start:
                return None
            if (
                named.end <= number.start
                and not self._is_base(named, scope)
                and not self._is_claimed(named, number)
            ):
                return named
        return None

    def _is_claimed(self, named: Named, number: Number) -> bool:
        """Tell whether something moved from another figure in that period, as in "from $5 in FY2023"."""
        index = bisect_left(self.page.number_starts, named.start) - 1
        if index < 0 or self.page.numbers[index] is number:
            return False
        owner = self.page.numbers[index]
        return self.is_from(owner) and self._period_behind(owner, self.page.scope_of(owner.start)) is named

    def _is_base(self, named: Named, scope: Scope) -> bool:
        """Tell whether a period is what a change is measured from, as in "up 2% from FY2023"."""
        before = self.page.low[max(scope.start, named.start - 24) : named.start]
        return bool(_BASE_AHEAD.search(before))

    def _cell_period(self, scope: Scope, named: Sequence[Named]) -> When:
        """Read the period of a cell from itself, its headers and its neighbours."""
        for span in (scope.column, scope.row, *scope.mates):
            found = [*named, *(self.page.named_in(span) if span is not None else ())]
            if found:
                return When(found[0].period, own=span in (scope.column, scope.row))
        for span in scope.heads:
            heading = self.page.named_in(span)
            if len(heading) == 1:
                return When(heading[0].period)
        return When()

    def _period_elsewhere(self, number: Number, scope: Scope) -> When:
        """Carry a period over from the sentence before, the heading or the question."""
        index = self.page.scope_index(number.start)
        if index and self.page.scopes[index - 1].block == scope.block:
            earlier = self.page.scopes[index - 1]
            named = self.page.named_in((earlier.start, earlier.end))
            if named:
                return When(None, others=tuple(item.period for item in named[:8]))
        for span in scope.heads:
            named = self.page.named_in(span)
            if named:
                return When(None, others=tuple(item.period for item in named[:8]))
        asked = tuple(item.period for item in self.question.named[:8])
        return When(asked[0]) if len(asked) == 1 else When(None, others=asked)

    def is_from(self, number: Number) -> bool:
        """Tell whether the figure is what something moved from."""
        return bool(_FROM.search(self.page.before(number, self.page.scope_of(number.start))))
