"""Figures that others of their sentence settle: sums that are written out, and the direction of moves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from graph.facts import Fact
from graph.report.figures.arithmetic import Sum
from graph.report.figures.combine import Combine
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_facts
from graph.report.figures.points import Points
from graph.report.figures.role import direction
from graph.report.figures.units import clash, is_rate, matches

# Between a figure and the one that it is set against, or becomes.
_SET_AGAINST = re.compile(
    r"[\s\x00(),]*(?:(?:at|in|for|on)\s[\s\x00,]*)?"
    r"(?:->|=>|→|(?:up |down )?(?:from|to)|against|versus|vs\.?|compared (?:with|to)|at|less|and"
    r"|对比|(?:[\u4e00-\u9fff]{1,4})?[至到])"
    r"[\s\x00()]*(?:about |approximately |约)?[\s$€£¥(]*"
)
_UNCHANGED = re.compile(
    r"(?<![a-z])(?:unchanged|flat|steady|stable|same|constant|level with|no change)(?![a-z])|持平|不变"
)
_ONWARD = re.compile(r"->|=>|→|(?<![a-z])to(?![a-z])|至|到")
_BACK = re.compile(r"from|against|versus|vs|compared|对比")
# A verb that leads to a level; "improved" says nothing of the direction.
_REACHES = re.compile(
    r"(?:(?<![a-z-])(?:(?P<up>rose|increased|grew|climbed|advanced|jumped|gained|went up)"
    r"|(?P<down>fell|declined|decreased|dropped|slipped|shrank|contracted|went down))"
    r"(?: sharply| slightly| modestly)? to (?:about |around |roughly |approximately |nearly )?"
    r"|(?:(?P<zup>增长|增加|上升|提高)|(?P<zdown>下降|减少|下滑|降低))[至到](?:约)?)$"
)
# Counts of parts, and of units in another: months, days, gallons of a barrel, pounds of a ton.
_PARTS = frozenset({1, 2, 3, 4, 5, 7, 12, 24, 42, 52, 60, 100, 360, 365, 366, 1000, 2000})
_TOLD = 3


class Written:
    """Reads figures together with the figures around them, once these are decided."""

    def __init__(self, combine: Combine, points: Points, written: Sequence[Sum]) -> None:
        self.combine = combine
        self.points = points
        self.written = written
        self.resolver = combine.resolver
        self.page = combine.page

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the findings that change: figures of sums that hold, moves told the wrong way round."""
        found = self._sums(findings)
        found |= self._pairs({**findings, **found})
        found |= self._turned({**findings, **found})
        return found | self._reached({**findings, **found})

    def _pairs(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Decide two figures set against each other as one row's at two of the periods that are named."""
        found: dict[int, Finding] = {}
        numbers = self.page.numbers
        for index in range(len(numbers) - 1):
            first, second = numbers[index], numbers[index + 1]
            gap = self.page.masked[first.end : second.start]
            held = (findings[index], findings[index + 1])
            if self._is_again(first, second, held):
                found[index] = Finding("unsupported", "no fact", note="told twice, of two periods")
                continue
            if (
                first.unit != second.unit
                or first.currency != second.currency
                or len(gap) > 60
                or _SET_AGAINST.fullmatch(gap) is None
            ):
                continue
            if first.value == second.value and _twice(*held):
                continue
            if all(finding.status == "supported" for finding in held):
                continue
            if any(finding.status in ("derived", "context") for finding in held):
                continue
            onward = _ONWARD.search(gap) is not None
            back = not onward and _BACK.search(gap) is not None
            pair = self.combine.two_periods(first, second, 1 if onward else -1 if back else 0)
            if pair is not None:
                found[index], found[index + 1] = pair
        return found

    def _is_again(self, first: Number, second: Number, held: tuple[Finding, Finding]) -> bool:
        """Tell whether a figure is set against itself, as in "21.0%, down from 21.0%"."""
        if first.value != second.value or first.unit != second.unit or not _twice(*held):
            return False
        scope = self.resolver.scope(first)
        gap = self.page.masked[first.end : second.start]
        against = self.resolver.is_from(second) or (
            len(gap) <= 60 and _SET_AGAINST.fullmatch(gap) is not None
        )
        period = self.resolver.when(second).period
        against = against or (period is not None and period.kind == "prior")
        return (
            against
            and second.start < scope.end
            and _UNCHANGED.search(self.page.low, scope.start, scope.end) is None
        )

    def _turned(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Find moves told in the wrong direction, as in "fell from $3 to $4"."""
        found: dict[int, Finding] = {}
        for index in range(1, len(self.page.numbers)):
            number = self.page.numbers[index]
            before, after = findings[index - 1], findings[index]
            if not (before.status == after.status == "supported" and before.known and after.known):
                continue
            old, new = before.known[0], after.known[0]
            if old.key != new.key or old.key.endswith("_growth") or self.resolver.timing.moves(number) != 1:
                continue
            side = direction(self.page, self.page.numbers[index - 1], self.resolver.scope(number))
            moved = abs(new.value) - abs(old.value)
            if side and moved and (moved > 0) != (side > 0):
                told = f"it {'rose' if moved > 0 else 'fell'}: the direction is wrong"
                found[index] = replace(after, status="contradicted", rule="direction", note=told)
        return found

    def _reached(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Find levels that are right and reached in the wrong direction, as in "rose to $3" from $4."""
        found: dict[int, Finding] = {}
        for index, number in enumerate(self.page.numbers):
            finding = findings[index]
            if finding.status != "supported" or len(finding.known) != 1:
                continue
            told = _REACHES.search(self.page.low, max(0, number.start - 40), number.start)
            new = finding.known[0]
            if (
                told is None
                or new.period is None
                or new.period.kind not in ("year", "quarter", "half", "span")
            ):
                continue
            line = self.combine.lookup.book.line(new.key, (new.fact.entity,) if new.fact.entity else ())
            old = [item for item in line if item.period == new.period.back() and item.column == new.column]
            moved = {(abs(new.value) > abs(item.value)) - (abs(new.value) < abs(item.value)) for item in old}
            if moved == {-1 if told["up"] or told["zup"] else 1}:
                note = f"it {'fell' if -1 in moved else 'rose'}: the direction is wrong"
                found[index] = replace(finding, status="contradicted", rule="direction", note=note)
        return found

    def _sums(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Decide the figures of sums that are written out and come to what they say."""
        found: dict[int, Finding] = {}
        places = {number.start: index for index, number in enumerate(self.page.numbers)}
        for written in self.written:
            operands = [places[number.start] for number in written.operands]
            for power in (0, *self.combine.lookup.book.powers):
                settled = self._settled(written, operands, findings, power)
                if settled and written.divides_by_later and not _at_one_time(settled):
                    continue
                result = self._come_to(written, settled, power) if settled else None
                if result is not None:
                    found |= dict(zip(operands, settled, strict=True))
                    found[places[written.result.start]] = result
                    break
        return found

    def _settled(
        self, written: Sum, operands: Sequence[int], findings: Mapping[int, Finding], power: int
    ) -> list[Finding]:
        """Give the findings of all figures of a sum, bare ones at a table's scale; none if one fails."""
        settled = [self._operand(index, findings, power) for index in operands]
        held = [finding for finding in settled if finding is not None]
        for at, index in enumerate(operands):
            if settled[at] is None and held:
                settled[at] = self._beside(index, held, power)
        return [finding for finding in settled if finding is not None] if None not in settled else []

    def _come_to(self, written: Sum, settled: Sequence[Finding], power: int) -> Finding | None:
        shown: list[Decimal | None] = [None] * len(settled)
        exact = [_value(number, f) for number, f in zip(written.operands, settled, strict=True)]
        scaled = replace(written, result=_at(written.result, power))
        found = self._result(scaled, exact, settled)
        return found if found is not None or power else self._result(written, shown, settled)

    def _beside(self, index: int, settled: Sequence[Finding], power: int) -> Finding | None:
        """Find a figure of a sum that no name settles in the table of one that does."""
        first = next((finding.known[0] for finding in settled if finding.known), None)
        number = _at(self.page.numbers[index], power)
        if first is None or len(abs(number.value).normalize().as_tuple().digits) < _TOLD:
            return None
        held = [
            item
            for item in self.combine.lookup.book.shown(number.value)
            if item.fact.source == first.fact.source
            and (item.period == first.period or item.key == first.key)
        ]
        return weigh_facts(number, held[:1], 0, "operand of a formula", either=True)

    def _operand(self, index: int, findings: Mapping[int, Finding], power: int) -> Finding | None:
        """Give the finding of a figure of a sum: right by itself or as a named row's, or a count of parts."""
        number, finding = self.page.numbers[index], findings[index]
        if finding.status in ("supported", "derived"):
            return finding
        if number.bare and not number.decimals and abs(number.value) in _PARTS:
            return Finding("context", "part of a formula")
        found = self.combine.level(_at(number, power)) if number.bare or not power else None
        return found if found is not None or finding.status == "contradicted" else self._pointed(number)

    def _pointed(self, number: Number) -> Finding | None:
        """Find a figure of a sum among the amounts of the documents as it is shown, whatever it is called."""
        told = abs(number.value.scaleb(-number.scale))
        if len(told.normalize().as_tuple().digits) < _TOLD - 1 and not (number.unit or number.currency):
            return None
        point = next(
            (
                point
                for point in self.points.showing(number)
                if abs(point.shown) == told or (number.scale and matches(number, point.value, 0, either=True))
                if not point.rated or number.unit in ("percent", "")
                if point.rated or number.unit != "percent"
            ),
            None,
        )
        if point is None:
            return None
        known = () if point.known is None or number.scale or number.currency else (point.known,)
        ids = () if point.known is None else (point.known.fact.id,)
        return Finding("supported", "operand of a formula", ids=ids, known=known)

    def _result(
        self, written: Sum, values: Sequence[Decimal | None], held: Sequence[Finding]
    ) -> Finding | None:
        """Give the finding of a sum's result; None when the sum comes to something else."""
        value, number = written.value(values), written.result
        if value is None:
            return None
        facts = [finding.known[0].fact for finding in held if finding.known]
        shown = {other.currency for other in written.operands if other.currency}
        if number.currency and shown and number.currency not in shown:
            return None
        rates = bool(facts) and all(is_rate(fact.unit) for fact in facts)
        if number.unit in ("percent", "bps") and rates == (number.unit == "bps"):
            value *= 100
        below = [n for token, n in pairwise(written.tokens) if token == "/" and isinstance(n, Number)]
        divisors = [f for n, f in zip(written.operands, held, strict=True) if any(n is d for d in below)]
        if written.is_ratio or any(finding.known for finding in divisors):
            each = any(n.currency for n in written.operands) and not all(n.currency for n in written.operands)
            each = each or (bool(facts) and len({fact.unit for fact in facts}) > 1)
            wrong = bool(number.scale or (number.currency and not each))
        elif "*" in written.tokens and number.unit != "percent":
            wrong = bool(number.unit)
        else:
            wrong = bool(facts) and not _in_unit(number, facts[0], "-" in written.tokens)
        if wrong or not (matches(number, value, 0) or (written.either and matches(number, -value, 0))):
            return None
        ids = tuple(name for finding in held for name in finding.ids)
        text = self.page.norm
        told = " ".join(t if isinstance(t, str) else text[t.start : t.end] for t in written.tokens)
        return Finding("derived", "written out", ids=ids, formula=told)


def _at(number: Number, power: int) -> Number:
    """Read a figure without a scale at the scale of a table."""
    if not power or number.unit or number.scale:
        return number
    return replace(
        number,
        value=number.value.scaleb(power),
        ulp=number.ulp.scaleb(power),
        scale=power,
        currency=number.currency,
    )


def _at_one_time(held: Sequence[Finding]) -> bool:
    """Tell whether amounts of one time are set against each other, so that none of them is the later."""
    known = [finding.known[0] for finding in held if finding.known]
    columns = {(item.key, item.column) for item in known}
    return len(known) == len(held) and len(columns) > 1 and len({item.period for item in known}) == 1


def _twice(first: Finding, second: Finding) -> bool:
    """Tell whether two figures are right by the same facts."""
    right = first.status == second.status and first.status in ("supported", "derived")
    return (
        right
        and (bool(first.ids) or bool(first.known))
        and (first.ids, first.known) == (second.ids, second.known)
    )


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
