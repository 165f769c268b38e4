"""Figures computed as another one beside them is, from the same rows at another time.

"Net interest income was $72 million (81 - 5 - 4); a year before it was $70 million" tells of the second
figure only by what the first one comes of: each of its operands gives way to the amount of another period, or
to the one that its sentence tells beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product

from graph.report.figures.arithmetic import evaluate, formula_tokens
from graph.report.figures.derive import plain
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.lookup import Lookup
from graph.report.figures.period import Period
from graph.report.figures.point import Point, is_of
from graph.report.figures.points import Points
from graph.report.figures.units import matches

_WRONG = ("unsupported", "contradicted")
_BACK = 1  # sentences before in which the other figure may stand
_MOST = 6  # operands, and points of one value
# Figures looked at, and ways of reading a formula that are tried: no text takes long.
_LOOKED_AT, _WAYS = 60, 32
_CONSTANTS = frozenset(map(Decimal, (1, 2, 3, 4, 5, 12, 100)))
_LEAST = 2  # digits of a figure that tell it from chance


@dataclass(frozen=True)
class _Made:
    """How a figure came about: its formula, and for each operand the amounts that it may be."""

    tokens: tuple[Number | str, ...]
    operands: tuple[tuple[Point, ...], ...]
    factor: Decimal


class Parallel:
    """Computes figures of one page as others beside them were."""

    def __init__(self, lookup: Lookup, points: Points) -> None:
        self.page = lookup.page
        self.lookup = lookup
        self.points = points
        self._made: dict[int, _Made | None] = {}
        self._rows: dict[int, list[Point]] = {}

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the findings that change: of figures that no name settles and another one's formula does."""
        found: dict[int, Finding] = {}
        wrong = [at for at, finding in findings.items() if finding.status in _WRONG]
        if not wrong or not any(finding.status == "derived" for finding in findings.values()):
            return found
        for index in wrong[:_LOOKED_AT]:
            number = self.page.numbers[index]
            if len(abs(number.value).normalize().as_tuple().digits) < _LEAST:
                continue
            for other in self._beside(index, findings):
                made = self._read(other, findings[other])
                formula = self._again(number, made) if made is not None else None
                if formula is not None:
                    found[index] = Finding("derived", findings[other].rule, formula=formula)
                    break
        return found

    def _beside(self, index: int, findings: Mapping[int, Finding]) -> Iterator[int]:
        """Give the figures of the same unit around a figure that were derived, the nearest first."""
        numbers, scopes = self.page.numbers, self.page.number_scopes
        number = numbers[index]
        near = [
            other
            for other in self.page.around(index, _BACK)
            if findings[other].status == "derived"
            and findings[other].formula
            and (numbers[other].unit, numbers[other].currency) == (number.unit, number.currency)
            and scopes[other] <= scopes[index]
        ]
        return iter(sorted(near, key=lambda other: abs(other - index))[:3])

    def _read(self, index: int, finding: Finding) -> _Made | None:
        """Read the formula of a figure, with the amounts of documents that its operands may be."""
        if index not in self._made:
            self._made[index] = self._read_formula(self.page.numbers[index], finding.formula or "")
        return self._made[index]

    def _read_formula(self, number: Number, formula: str) -> _Made | None:
        tokens = formula_tokens(formula)
        figures = [token for token in tokens if isinstance(token, Number)]
        if not 2 <= len(figures) <= _MOST:
            return None
        operands = []
        exact: list[Decimal] = []
        for figure in figures:
            held = () if figure.bare and abs(figure.value) in _CONSTANTS else self._shown_by(figure)
            operands.append(held)
            exact.append(held[0].value if held else figure.value)
        if sum(map(bool, operands)) < 2:
            return None
        value = evaluate(tokens, exact)
        for factor in (Decimal(1), Decimal(100)):
            if value is not None and matches(number, value * factor, 0, either=True):
                return _Made(tokens, tuple(operands), factor)
        return None

    def _shown_by(self, figure: Number) -> tuple[Point, ...]:
        """Give the amounts that an operand is, or shows."""
        held = self.points.showing(figure)
        same = [p for p in held if p.value == figure.value or p.shown == figure.value.scaleb(-figure.scale)]
        return tuple(same[:_MOST])

    def _again(self, number: Number, made: _Made) -> str | None:
        """Write a formula with the amounts of another time; None where none comes to the figure."""
        when = self.lookup.resolver.when(number)
        ways = product(*([*operand, None][: max(1, len(operand))] for operand in made.operands))
        for chosen in islice(ways, _WAYS):
            for others in self._others([point for point in chosen if point is not None], when.period):
                left = iter(others)
                held = [token for token in made.tokens if isinstance(token, Number)]
                exact = [
                    figure.value if point is None else next(left).value
                    for figure, point in zip(held, chosen, strict=True)
                ]
                value = evaluate(made.tokens, exact)
                if value is not None and matches(number, value * made.factor, 0, either=True):
                    told = iter(map(plain, exact))
                    return _written(token if isinstance(token, str) else next(told) for token in made.tokens)
        return None

    def _others(self, points: Sequence[Point], period: Period | None) -> Iterator[list[Point]]:
        """Give what stands in the place of some amounts at other times: in their rows, or their sentences."""
        if all(point.table for point in points):
            times = dict.fromkeys(
                other.periods for other in self._row(points[0]) if other.periods != points[0].periods
            )
            for periods in times:
                if period is not None and period.kind != "prior" and not is_of(periods, (period,)):
                    continue
                row = [next((p for p in self._row(point) if p.periods == periods), None) for point in points]
                if all(row):
                    yield [point for point in row if point is not None]
            return
        lines = [self._line(point) for point in points]
        for step in (1, -1, 2, -2, 3, -3):
            moved = [self._moved(point, line, step) for point, line in zip(points, lines, strict=True)]
            if all(moved):
                yield [point for point in moved if point is not None]
        for step in (1, -1):
            moved = [self._next(point, step) for point in points]
            if all(moved):
                yield [point for point in moved if point is not None]

    def _row(self, point: Point) -> list[Point]:
        """Give the amounts of the row of a cell, below heads of the same words."""
        row = self._rows.get(id(point))
        if row is None:
            row = self._rows[id(point)] = [
                other
                for other in self.points.texts[point.place[0]]
                if other.table
                and other.row == point.row
                and other.head == point.head
                and other.kind == point.kind
                and other.periods
            ]
        return row

    def _line(self, point: Point) -> list[Point]:
        """Give the amounts of the sentence of an amount that are of its kind, in order."""
        if point.table:
            return self._row(point)
        line = self.points.sentences[point.place[:2]].points
        return [other for other in line if other.kind == point.kind]

    def _next(self, point: Point, step: int) -> Point | None:
        """Give the amount that stands in the same place of a sentence beside, of as many amounts."""
        text, row, _ = point.place
        beside = self.points.sentences.get((text, row + step))
        line = self._line(point)
        if point.table or beside is None:
            return None
        alike = [other for other in beside.points if other.kind == point.kind]
        at = next((place for place, other in enumerate(line) if other is point), -1)
        return alike[at] if at >= 0 and len(alike) == len(line) else None

    def _moved(self, point: Point, line: Sequence[Point], step: int) -> Point | None:
        """Give the amount that stands so many places behind another in its sentence."""
        at = next((place for place, other in enumerate(line) if other is point), -1)
        return line[at + step] if at >= 0 and 0 <= at + step < len(line) else None


def _written(tokens: Iterable[str]) -> str:
    """Write the signs and figures of a formula as one text."""
    return " ".join(tokens).replace("( ", "(").replace(" )", ")")
