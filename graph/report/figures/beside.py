"""A second look at figures that their own words do not settle, beside figures that are settled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from graph.report.figures import derive
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.lookup import Lookup
from graph.report.figures.role import Role
from graph.report.figures.terms import LEVELS

_AGAINST = re.compile(r"\s{0,2}(?:vs\.?|versus|against|compared (?:with|to)|对比|相比|对)\s{0,2}")
_RANGE = re.compile(r"\s?(?:-|~|to|and|至|到|和)\s?")
_OPEN = ("unsupported", "contradicted")
_SURE = ("supported", "derived")


class Beside:
    """Reads a figure by the name of the figure that it is compared with."""

    def __init__(self, lookup: Lookup, numbers: Sequence[Number], roles: Sequence[Role]) -> None:
        self.lookup = lookup
        self.resolver = lookup.resolver
        self.page = lookup.page
        self.numbers = numbers
        self.roles = roles

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the figures that are right beside their neighbours."""
        found: dict[int, Finding] = {}
        for index, number in enumerate(self.numbers):
            if findings[index].status not in _OPEN:
                continue
            settled = {**findings, **found} if found else findings
            right = (
                self._of_the_same(index, number, settled)
                or self._end_of_range(index, number, settled)
                or self._price_against_level(index, number, settled)
                or self._gap_of_two(index, number, settled)
                or self._gap_to_level(index, number, settled)
            )
            if right is not None and right.status in _SURE:
                found[index] = right
        return found

    def _of_the_same(self, index: int, number: Number, findings: Mapping[int, Finding]) -> Finding | None:
        """Read "down from 25.3%" and "against 1.3% for IBM" by the name of the figure before."""
        before = findings.get(index - 1)
        if before is None or not before.known or not self._together(index - 1, index):
            return None
        labels = self.resolver.labels(number)
        named = labels and labels[0].cost <= 2 and labels[0].mention.kind != "window"
        if named or self.numbers[index - 1].unit != number.unit or not self.resolver.is_from(number):
            return None
        entities, when = self.resolver.entities(number), self.resolver.when(number)
        price = before.known[0].key in LEVELS | {"close"}
        held = self.lookup.at(before.known[0].key, entities, when, number)
        others = [item for item in held if item not in before.known]
        joined = _AGAINST.fullmatch(self.page.low, self.numbers[index - 1].end, number.start)
        if not others and not price and joined:
            line = self.lookup.book.latest(self.lookup.book.line(before.known[0].key))
            others = [item for item in line if item.fact.entity != before.known[0].fact.entity]
        return weigh_facts(number, others, 0, "named fact") if others else None

    def _end_of_range(self, index: int, number: Number, findings: Mapping[int, Finding]) -> Finding | None:
        """Read the other end of "support at $237.36-$237.44", two levels behind one name, as a level."""
        for other in (index - 1, index + 1):
            beside = findings.get(other)
            if beside is None or beside.status != "supported" or not beside.known:
                continue
            first, second = sorted((index, other))
            gap = self.page.low[self.numbers[first].end : self.numbers[second].start]
            if beside.known[0].key not in LEVELS or not number.currency or not _RANGE.fullmatch(gap):
                continue
            entity = beside.known[0].fact.entity
            for key in sorted(LEVELS):
                line = self.lookup.book.line(key, (entity,) if entity else ())
                level = weigh_facts(number, self.lookup.book.latest(line), 0, "level told by its value")
                if level is not None and level.status == "supported" and level.ids != beside.ids:
                    return level
        return None

    def _price_against_level(
        self, index: int, number: Number, findings: Mapping[int, Finding]
    ) -> Finding | None:
        """Read the first of "below its average ($27.78 vs. $28.78)" as the price."""
        after = findings.get(index + 1)
        if after is None or not after.known or not self._together(index, index + 1):
            return None
        gap = self.page.low[number.end : self.numbers[index + 1].start]
        if after.known[0].key not in LEVELS or not number.currency or not _AGAINST.fullmatch(gap):
            return None
        price = self.lookup.book.line("close", self.resolver.entities(number))
        return weigh_facts(number, self.lookup.book.latest(price), 0, "named fact")

    def _gap_of_two(self, index: int, number: Number, findings: Mapping[int, Finding]) -> Finding | None:
        """Read the percentage behind "$252.20 versus $255.59" as the difference of the two."""
        first, second = findings.get(index - 2), findings.get(index - 1)
        if (
            number.unit != "percent"
            or first is None
            or second is None
            or not self._together(index - 2, index)
        ):
            return None
        if not (first.known and second.known and self.resolver.is_from(self.numbers[index - 1])):
            return None
        a, b = first.known[0], second.known[0]
        if a.fact.unit != b.fact.unit or a.fact.unit not in ("price", "per_share", "money"):
            return None
        gap = derive.distance(a, b, True)
        return weigh_derived(number, [gap], self.roles[index].side) if gap is not None else None

    def _gap_to_level(self, index: int, number: Number, findings: Mapping[int, Finding]) -> Finding | None:
        """Read a percentage that nothing names as the distance between the price and the level beside it."""
        if number.unit != "percent" or findings[index].status != "unsupported":
            return None
        scope = self.resolver.scope(number)
        if scope.cell:
            keys = [key for m in self.page.mentions_in(scope.row or (0, 0)) for key in m.keys]
        else:
            keys = [
                finding.known[0].key
                for place in (index - 1, index - 2)
                if (finding := findings.get(place)) is not None
                and finding.known
                and self._together(place, index)
            ][:1]
        entities = self.resolver.entities(number)
        price = self.lookup.book.latest(self.lookup.book.line("close", entities))
        if keys == ["atr_14"]:
            return weigh_facts(number, self.lookup.book.line("atr_pct", entities), 0, "named fact")
        levels = [item for key in keys if key in LEVELS for item in self.lookup.book.line(key, entities)]
        gaps = [
            gap
            for base in price
            for level in levels
            if base.fact.entity == level.fact.entity
            for gap in (derive.distance(level, base, True), derive.distance(base, level, True))
            if gap is not None
        ]
        side = self.roles[index].side
        return weigh_derived(number, gaps, side, unsigned=not side)

    def _together(self, first: int, last: int) -> bool:
        """Tell whether two figures stand in one sentence."""
        starts = self.numbers[first].start, self.numbers[last].start
        return self.page.scope_index(starts[0]) == self.page.scope_index(starts[1])
