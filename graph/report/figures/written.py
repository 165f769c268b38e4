"""Figures that others of their sentence settle: sums that are written out, and the direction of moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from graph.facts import Fact
from graph.report.figures.arithmetic import Sum, sums
from graph.report.figures.combine import Combine
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.role import direction
from graph.report.figures.units import clash, is_rate, matches

_PARTS = frozenset({1, 2, 3, 4, 100})


class Written:
    """Reads figures together with the figures around them, once these are decided."""

    def __init__(self, combine: Combine) -> None:
        self.combine = combine
        self.resolver = combine.resolver
        self.page = combine.page

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the findings that change: figures of sums that hold, moves told the wrong way round."""
        found = self._sums(findings)
        return found | self._turned({**findings, **found})

    def _turned(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Find moves told in the wrong direction, as in "fell from $3 to $4"."""
        found: dict[int, Finding] = {}
        for index in range(1, len(self.page.numbers)):
            number = self.page.numbers[index]
            before, after = findings[index - 1], findings[index]
            if not (before.status == after.status == "supported" and before.known and after.known):
                continue
            old, new = before.known[0], after.known[0]
            if old.key != new.key or self.resolver.timing.moves(number) != 1:
                continue
            side = direction(self.page, self.page.numbers[index - 1], self.resolver.scope(number))
            moved = abs(new.value) - abs(old.value)
            if side and moved and (moved > 0) != (side > 0):
                told = f"it {'rose' if moved > 0 else 'fell'}: the direction is wrong"
                found[index] = replace(after, status="contradicted", rule="direction", note=told)
        return found

    def _sums(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Decide the figures of sums that are written out and come to what they say."""
        found: dict[int, Finding] = {}
        places = {number.start: index for index, number in enumerate(self.page.numbers)}
        for written in sums(self.page):
            operands = [places[number.start] for number in written.operands]
            held = [self._operand(written, index, findings) for index in operands]
            settled = [finding for finding in held if finding is not None]
            if len(settled) < len(held) or written.divides_by_later:
                continue
            shown: list[Decimal | None] = [None] * len(settled)
            exact = [_value(number, f) for number, f in zip(written.operands, settled, strict=True)]
            result = self._result(written, exact, settled) or self._result(written, shown, settled)
            if result is not None:
                found |= dict(zip(operands, settled, strict=True))
                found[places[written.result.start]] = result
        return found

    def _operand(self, written: Sum, index: int, findings: Mapping[int, Finding]) -> Finding | None:
        """Give the finding of a figure of a sum: right by itself or as a named row's, or a count of parts."""
        number, finding = self.page.numbers[index], findings[index]
        if finding.status in ("supported", "derived"):
            return finding
        if number.bare and not number.decimals and abs(number.value) in _PARTS:
            return Finding("context", "part of a formula")
        return self.combine.level(number)

    def _result(
        self, written: Sum, values: Sequence[Decimal | None], held: Sequence[Finding]
    ) -> Finding | None:
        """Give the finding of a sum's result; None when the sum comes to something else."""
        value, number = written.value(values), written.result
        if value is None:
            return None
        facts = [finding.known[0].fact for finding in held if finding.known]
        rates = bool(facts) and all(is_rate(fact.unit) for fact in facts)
        if number.unit in ("percent", "bps") and rates == (number.unit == "bps"):
            value *= 100
        if written.is_ratio:
            wrong = bool(number.currency or number.scale)
        else:
            wrong = bool(facts) and not _in_unit(number, facts[0], "-" in written.tokens)
        if wrong or not matches(number, value, 0):
            return None
        ids = tuple(name for finding in held for name in finding.ids)
        text = self.page.norm
        told = " ".join(t if isinstance(t, str) else text[t.start : t.end] for t in written.tokens)
        return Finding("derived", "written out", ids=ids, formula=told)


def _value(number: Number, finding: Finding) -> Decimal | None:
    """Give the exact value of a figure of a sum, with the sign that is written."""
    if not finding.known:
        return None
    value = finding.known[0].value
    return abs(value) if number.value > 0 else value


def _in_unit(number: Number, fact: Fact, differs: bool) -> bool:
    """Tell whether a figure is in the unit of facts' sum, or of their difference."""
    if is_rate(fact.unit):
        return number.unit == "percent" if not differs else number.unit in ("percent", "pp", "bps", "points")
    return not clash(number, fact.unit, fact.currency)
