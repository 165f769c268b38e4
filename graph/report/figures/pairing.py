"""Names listed together, matched in order with as many figures listed together."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from graph.report.figures.extract import Number
from graph.report.figures.layout import Scope
from graph.report.figures.measure import DURATIONS
from graph.report.figures.page import P, Page

_LISTED = re.compile(
    r"(?:[\s,/&()、，-]|and|or|the|its|和|与|及|以及|its|of|at|moving|averages?|stood|are|were|is|was|:|分别|为|在"
    r"|respectively){0,12}"
)
# What may stand between a list of figures and the list of their periods.
_AHEAD = re.compile(r"[^.;\d|$€£]{0,48}")


class Pairing:
    """Pairs lists of names with lists of figures, as in "50-day and 200-day averages of $232 and $208"."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._pairs: dict[tuple[int, str], dict[int, object]] = {}

    def paired(self, name: str, items: Sequence[P], scope: Scope) -> dict[int, object]:
        """Match names listed together with as many figures listed together, in order."""
        known = self._pairs.get((scope.start, name))
        if known is None:
            known = self._pairs[scope.start, name] = self._match_lists(items, scope)
        return known

    def _match_lists(self, items: Sequence[P], scope: Scope) -> dict[int, object]:
        pairs: dict[int, object] = {}
        if len(items) < 2 or scope.cell:
            return pairs
        starts = self.page.number_starts
        numbers = self.page.numbers[bisect_left(starts, scope.start) : bisect_left(starts, scope.end)]
        taken = {(item.start, item.end) for item in items}
        numbers = [
            n for n in numbers if n.unit not in DURATIONS and not any(s <= n.start < e for s, e in taken)
        ][:64]
        run: list[P] = []
        for place, item in enumerate(items[:64]):
            listed = run and self._listed(run[-1].end, item.start) and not self._heads(run[-1], item)
            run = [*run, item] if listed else [item]
            following = items[place + 1].start if place + 1 < len(items) else scope.end
            group = self._listed_numbers(numbers, item.end, following)
            if len(run) >= 2 and len(group) == len(run):
                pairs |= {number.start: member for number, member in zip(group, run, strict=True)}
        for run in self._runs(items[:64]):
            ahead = self._listed_ahead(numbers, run[0].start)
            if len(run) >= 2 and len(ahead) == len(run) and not any(n.start in pairs for n in ahead):
                pairs |= {number.start: member for number, member in zip(ahead, run, strict=True)}
        return pairs

    def _heads(self, before: P, item: P) -> bool:
        """Tell whether a period in parentheses heads what follows there, as in "2016 (2015: $5 and $6)"."""
        ends = self.page.low[item.end : item.end + 1]
        return ends == ":" and "(" in self.page.low[before.end : item.start]

    def _runs(self, items: Sequence[P]) -> list[list[P]]:
        """Give the names that are listed together, list by list."""
        runs: list[list[P]] = []
        for item in items:
            if runs and self._listed(runs[-1][-1].end, item.start):
                runs[-1].append(item)
            else:
                runs.append([item])
        return runs

    def _listed_ahead(self, numbers: Sequence[Number], end: int) -> list[Number]:
        """Give the figures of one kind that are listed right before a place, as in "$2 and $1 in"."""
        group: list[Number] = []
        for number in reversed([number for number in numbers if number.end <= end]):
            following = group[0].start if group else end
            if group and group[0].unit != number.unit:
                break
            gap = self.page.low[number.end : following]
            if not (_AHEAD.fullmatch(gap) if not group else self._listed(number.end, following)):
                break
            group.insert(0, number)
        return group

    def _listed(self, start: int, end: int) -> bool:
        return 0 <= end - start <= 40 and bool(_LISTED.fullmatch(self.page.low[start:end]))

    def _listed_numbers(self, numbers: Sequence[Number], start: int, end: int) -> list[Number]:
        """Give the figures of one kind that are listed together behind a place."""
        group: list[Number] = []
        for number in numbers:
            if not start <= number.start < end:
                continue
            if group and not (self._listed(group[-1].end, number.start) and group[-1].unit == number.unit):
                break
            group.append(number)
        return group
