"""What a figure is compared with, where both come about alike: the same sum or ratio, a time before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.lookup import Lookup
from graph.report.figures.passages import Passages
from graph.report.figures.period import Period

_DIVIDED = re.compile(r"(?:(?<![a-z])divid(?:ed|ing)(?: [a-z]+){0,5} by|[÷/]|除以)\s?$")
_NEAR = 4  # figures between an operand and its result
_RULES = ("ratio", "sum", "difference", "mean", "remainder")


class Again:
    """Reads "up from 7%" behind a ratio as that ratio of the period before."""

    def __init__(self, lookup: Lookup, passages: Passages) -> None:
        self.lookup = lookup
        self.resolver = lookup.resolver
        self.page = lookup.page
        self.passages = passages
        self._told: dict[str, Known | None] = {}

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the findings of figures that are right as the one before them was, at an earlier time."""
        found = self._operands(findings)
        numbers = self.page.numbers
        for index in range(1, len(numbers)):
            number, before = numbers[index], findings[index - 1]
            if findings[index].status not in ("unsupported", "contradicted") or before.rule not in _RULES:
                continue
            alike = number.unit == numbers[index - 1].unit and number.currency == numbers[index - 1].currency
            same = self.page.scope_index(number.start) == self.page.scope_index(numbers[index - 1].start)
            if alike and same and self.resolver.is_from(number):
                finding = self._earlier(number, before)
                if finding is not None and finding.status == "derived":
                    found[index] = finding
        return found

    def _operands(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the figures that show what a result near them is computed of, at the periods they name."""
        found: dict[int, Finding] = {}
        derived = {at: item.ids[:4] for at, item in findings.items() if item.status == "derived" and item.ids}
        for index, finding in findings.items() if derived else ():
            if finding.status not in ("unsupported", "contradicted"):
                continue
            number = self.page.numbers[index]
            when = self.resolver.when(number)
            around = range(index - _NEAR, index + _NEAR + 1)
            near = {name for place in around for name in derived.get(place, ())}
            operands = [item for name in sorted(near) if (item := self._known(name)) is not None]
            if when.own and when.period is not None:
                operands = [item for item in operands if item.of(when.period)]
            elif finding.status == "contradicted" and not self._is_operand(index):
                continue
            fact = weigh_facts(number, operands, 0, "named fact")
            if fact is not None and fact.status == "supported":
                found[index] = fact
        return found

    def _is_operand(self, index: int) -> bool:
        """Tell whether a figure is divided by, or taken away from the figure before it."""
        number = self.page.numbers[index]
        if _DIVIDED.search(self.page.low, max(0, number.start - 60), number.start):
            return True
        last = self.page.numbers[index - 1].end if index else number.start
        return self.page.low[last : number.start].strip(" $€£¥()") == "-"

    def _earlier(self, number: Number, before: Finding) -> Finding | None:
        operands = [self._known(name) for name in before.ids]
        if not operands or None in operands:
            return None
        when = self.resolver.when(number)
        past = [
            self._before(item, when.period if when.own else None) for item in operands if item is not None
        ]
        kept = [item for item in past if item is not None]
        if len(kept) < len(operands) or len({item.period for item in kept}) > 1:
            return None
        value = _compute(before.rule, [item.value for item in kept], number)
        if value is None:
            return None
        unit = number.unit or kept[0].fact.unit
        ids = tuple(item.fact.id for item in kept)
        told = f"{before.rule} of {', '.join(f'{item.value:f}' for item in kept)}"
        result = Derived(value, unit, told, ids, before.rule, kept[0].fact.currency)
        return weigh_derived(number, [result], 0, unsigned=True)

    def _known(self, name: str) -> Known | None:
        known = self._by_id.get(name)
        if known is None and name not in self._told:
            self._told[name] = self.passages.by_id(name)
        return known or self._told.get(name)

    @cached_property
    def _by_id(self) -> dict[str, Known]:
        found: dict[str, Known] = {}
        for line in self.lookup.book.lines.values():
            for item in line:
                found.setdefault(item.fact.id, item)
        return found

    def _before(self, known: Known, period: Period | None) -> Known | None:
        """Give the value of the same row at the period, or else at the last one before."""
        if known.key.startswith("said:"):
            return self.passages.earlier(known, period)
        line = [item for item in self.lookup.book.lines.get(known.key, ()) if item.column == known.column]
        if period is not None and period.kind not in ("prior", "range"):
            return next((item for item in line if item.of(period)), None)
        back = known.period.back() if known.period is not None else None
        return next((item for item in line if item.period == back), None)


def _compute(rule: str, values: Sequence[Decimal], number: Number) -> Decimal | None:
    if rule == "ratio" and len(values) == 2 and values[1]:
        return abs(values[0] / values[1]) * (100 if number.unit == "percent" else 1)
    if rule in ("sum", "mean"):
        total = sum((abs(value) for value in values), Decimal(0))
        return total / len(values) if rule == "mean" else total
    if rule in ("difference", "remainder"):
        return abs(values[0]) - sum((abs(value) for value in values[1:]), Decimal(0))
    return None
