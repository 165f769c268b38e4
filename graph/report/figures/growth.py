"""Readings of a figure over time: as a change, as compound growth, as a mean or a sum of periods."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from graph.report.figures import derive
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.joining import alike, told_as_points
from graph.report.figures.labels import Mention
from graph.report.figures.lookup import Lookup
from graph.report.figures.naming import PARTED, Label
from graph.report.figures.period import Period
from graph.report.figures.readings import Reader
from graph.report.figures.role import Role
from graph.report.figures.terms import LEVELS
from graph.report.figures.timing import When

_QUARTERLY = re.compile(r"qoq|q/q|quarter[- ](?:over|on)[- ]quarter|sequential|环比")


class Growth:
    """Reads figures that compare or join periods."""

    def __init__(self, lookup: Lookup, reader: Reader) -> None:
        self.lookup = lookup
        self.reader = reader
        self.resolver = lookup.resolver
        self.page = lookup.page
        self.book = lookup.book

    def change(
        self, number: Number, labels: Sequence[Label], when: When, role: Role, settled: Sequence[Known]
    ) -> Finding | None:
        """Read the figure as a change of the metric between two periods."""
        entities = self.resolver.entities(number)
        mentions = [role.target] if role.target is not None and role.target.keys else []
        named = [label for label in labels if label.mention.kind in ("metric", "joint")][:3]
        mentions += [label.mention for label in named if label is named[0] or label.cost < PARTED]
        window = next(
            (label.mention for label in labels if label.mention.kind == "window" and label.cost < 30), None
        )
        if window is None and not mentions and labels and labels[0].mention.kind == "window":
            return self._if_right(number, labels[0].mention.keys[0], entities, role)
        if window is not None and number.unit == "percent" and self._is_return(labels, mentions):
            return weigh_facts(
                number, self.lookup.at(window.keys[0], entities, When(), number), role.side, "named fact"
            )
        for mention in mentions:
            if mention.keys[0] in LEVELS | {"peak"} and role.side and mention.start < number.start:
                finding = self.reader.distance(number, (), when, replace(role, target=mention))
                if finding is not None:
                    return finding
            for key in mention.keys:
                finding = self._change_of(number, key, entities, when, role, settled)
                if finding is not None:
                    return finding
        if number.unit == "percent" and role.side and all(m.keys == ("close",) for m in mentions):
            return self._if_right(number, "return_1d", entities, role)
        return None

    def _if_right(self, number: Number, key: str, entities: tuple[str, ...], role: Role) -> Finding | None:
        """Read a move over the window that is probably, but not surely, meant."""
        held = self.lookup.at(key, entities, When(), number)
        finding = weigh_facts(number, held, role.side, "named fact") if number.unit == "percent" else None
        return finding if finding is not None and finding.status == "supported" else None

    def _is_return(self, labels: Sequence[Label], mentions: Sequence[Mention]) -> bool:
        """Tell whether a move over a window is the price's: nothing else is named nearer."""
        first = next(label for label in labels if label.mention.kind != "foreign")
        return first.mention.kind == "window" or not mentions or mentions[0].keys[0] in LEVELS | {"close"}

    def _change_of(
        self,
        number: Number,
        key: str,
        entities: tuple[str, ...],
        when: When,
        role: Role,
        settled: Sequence[Known],
    ) -> Finding | None:
        line = self.book.line(key, entities)
        if key in derive.GROWTH_OF and number.unit == "percent":
            return weigh_facts(number, self.lookup.at(key, entities, when, number), role.side, "named fact")
        growth = derive.GROWTHS.get(key)
        pairs = list(self._pairs(number, line, when, settled))
        yearly = all(
            old.period is not None and new.period is not None and old.period == new.period.back()
            for old, new in pairs
        )
        finding = None
        if growth and number.unit == "percent" and yearly and when.base is None:
            stated = self.lookup.at(growth, entities, When(pairs[0][1].period) if pairs else when, number)
            finding = weigh_facts(number, stated, role.side, "named fact")
            if finding is not None and finding.status == "supported":
                return finding
        if not line:
            return finding
        unit = number.unit or ("money" if number.currency or number.scale else "")
        derived = [
            item
            for old, new in pairs
            if (item := derive.change(old, new, unit)) is not None and not told_as_points(old, new, number)
        ]
        computed = weigh_derived(number, derived, role.side)
        return (
            finding
            if finding is not None and (computed is None or computed.status != "derived")
            else computed
        )

    def _pairs(
        self, number: Number, line: Sequence[Known], when: When, settled: Sequence[Known]
    ) -> Iterator[tuple[Known, Known]]:
        """Give the pairs of facts between which the change may be told, the best named first."""
        operands = [item for item in settled if item in line]
        current, base = when.period, when.base or self._from_period(number)
        if current is not None and current.kind == "range":
            base, current = Period("year", current.year), Period("year", current.part)
        elif base is not None and base.kind == "range":
            base, current = Period("year", base.year), Period("year", base.part)
        if current is not None and current.kind == "prior":
            current = None
        if base is None and (current is None or not when.own):
            years = sorted({p for p in when.others if p.kind not in ("prior", "range")}, key=Period.order)
            if len(years) >= 2:
                base, current = years[0], years[-1]
        if base is not None and base.kind == "prior":
            base = None
        if base is not None:
            news = [item for item in line if current is not None and item.of(current)] or self.book.latest(
                list(line)
            )
            yield from (
                (old, new)
                for old in line
                for new in news
                if old.of(base) and old is not new and old.fact.entity == new.fact.entity and alike(old, new)
            )
            return
        if len(operands) >= 2 and operands[0] is not operands[-1]:
            yield tuple(sorted((operands[0], operands[-1]), key=Known.order))  # type: ignore[misc]
            return
        if _QUARTERLY.search(self.page.low[max(0, number.start - 40) : number.end + 40]):
            yield from self._sequential(line, current)
            return
        yield from derive.year_pairs(line, current)

    def _sequential(self, line: Sequence[Known], current: Period | None) -> Iterator[tuple[Known, Known]]:
        quarters = [item for item in line if item.period is not None and item.period.kind == "quarter"]
        for old, new in pairwise(quarters):
            if (current is None and new is quarters[-1]) or (current is not None and new.of(current)):
                yield old, new

    def _from_period(self, number: Number) -> Period | None:
        """Give the period of the amount that follows behind "from"."""
        index = bisect_right(self.page.number_starts, number.start)
        scope = self.resolver.scope(number)
        if index >= len(self.page.numbers) or self.page.numbers[index].start >= scope.end:
            return None
        following = self.page.numbers[index]
        if not self.resolver.is_from(following):
            return None
        when = self.resolver.when(following)
        return (
            when.period
            if when.own and when.period is not None and when.period.kind not in ("prior", "range")
            else None
        )

    def cagr(
        self, number: Number, labels: Sequence[Label], when: When, role: Role, settled: Sequence[Known]
    ) -> Finding | None:
        """Read the figure as compound annual growth between the first and the last period named."""
        entities = self.resolver.entities(number)
        years = self._years(when)
        for label in [label for label in labels if label.mention.kind == "metric"][:3]:
            for key in label.mention.keys:
                line = [
                    item
                    for item in self.book.line(key, entities)
                    if item.period is not None and item.fact.unit != "percent"
                ]
                ends = years or [item.period for item in settled if item in line and item.period is not None]
                if len(ends) < 2 or not line:
                    continue
                olds = [item for item in line if item.of(ends[0])]
                news = [item for item in line if item.of(ends[-1])]
                results = [
                    derive.cagr(a, b, ends[-1].year - ends[0].year)
                    for a in olds
                    for b in news
                    if a.fact.entity == b.fact.entity
                ]
                finding = weigh_derived(number, [r for r in results if r is not None], role.side)
                if finding is not None:
                    return finding
        return None

    def _years(self, when: When) -> list[Period]:
        """Give the years between which growth is told, first and last."""
        for period in (when.period, *when.others):
            if period is not None and period.kind == "range":
                return [Period("year", period.year), Period("year", period.part)]
        years = sorted(
            {p for p in (*when.others, when.base) if p is not None and p.kind == "year"}, key=Period.order
        )
        return years if len(years) >= 2 else []

    def several(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the mean or the sum over the periods named."""
        entities = self.resolver.entities(number)
        ends = self._years(when)
        for label in [label for label in labels if label.mention.kind == "metric"][:2]:
            line = self.book.line(label.mention.keys[0], entities)
            if len(ends) == 2 and any(
                p is not None and p.kind == "range" for p in (when.period, *when.others)
            ):
                picked = [
                    item
                    for item in line
                    if item.period is not None
                    and item.period.kind == "year"
                    and ends[0].year <= item.period.year <= ends[1].year
                ]
            else:
                picked = [item for item in line if any(item.of(p) for p in ends)]
            if len(picked) >= 2:
                result = derive.mean(picked) if role.kind == "mean" else derive.total(picked)
                return weigh_derived(number, [result], 0)
        return None
