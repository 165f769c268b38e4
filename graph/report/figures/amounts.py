"""Amounts of tables, sentences and facts read as points: what names each, and what it is of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from graph.report.figures import cues
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.headings import periods_in
from graph.report.figures.normal import normalise
from graph.report.figures.period import Period
from graph.report.figures.point import Point, short
from graph.report.figures.quantities import currency_code, known_of
from graph.report.figures.said import Passage
from graph.report.figures.scale import scale_of
from graph.report.figures.tables import FREE, Cell
from graph.report.figures.wording import stems

_PLACE = re.compile(r"!r(\d+)c(\d+)$")
_TOTAL = re.compile(r"(?<![a-z])totals?(?![a-z])|合计|总计|总额")
FACTS = "facts"
_PRICES = stems("price prices weighted-average fair value exercise") | {"pric", "averag", "fair", "exerci"}


@dataclass(frozen=True)
class _Name:
    """What the name of a row tells: its words without periods, in full and cut, and these periods.

    `total` and `moved` say that it may be a total, and by how much something moved.
    """

    words: frozenset[str]
    row: frozenset[str]
    periods: tuple[Period, ...]
    total: bool
    moved: bool


class Names:
    """The names of rows and facts, each read once however many amounts it has."""

    def __init__(self) -> None:
        self._known: dict[str, _Name] = {}

    def read(self, label: str) -> _Name:
        """Read the name of a row in lower case."""
        known = self._known.get(label)
        if known is None:
            text, periods = _without_periods(label)
            said = stems(text)
            total, moved = _TOTAL.search(label) is not None, cues.MOVED.search(label) is not None
            known = self._known[label] = _Name(said, short(said), periods, total, moved)
        return known


class Scales:
    """The powers of ten that texts without tables name, read where one is asked for."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._texts = texts
        self._known: dict[str, int | None] = {}

    def of(self, title: str) -> int | None:
        """Give the power of ten of a text, of the last that names one; None where none does."""
        if title not in self._known:
            own = (text.lower() for name, text in reversed(self._texts) if name == title and "|" not in text)
            self._known[title] = next((power for low in own if (power := scale_of(low)) is not None), None)
        return self._known[title]


def _without_periods(text: str) -> tuple[str, tuple[Period, ...]]:
    found = sorted(periods_in(text), key=lambda item: -item[0])
    for start, end, _ in found:
        text = f"{text[:start]} {text[end:]}"
    return text, tuple(period for _, _, period in reversed(found))


def of_cells(cells: Sequence[Cell], names: Names) -> Iterable[Point]:
    """Read the amounts of tables."""
    cut: dict[frozenset[str], frozenset[str]] = {}
    for cell in cells:
        fact = cell.fact
        place = _PLACE.search(fact.id)
        if place is None:
            continue
        name = names.read(fact.label)
        for over in (cell.column, cell.caption):
            if over not in cut:
                cut[over] = short(over)
        shown = fact.value.scaleb(-cell.power)
        amount = fact.unit == "money" and not cell.priced
        priced = fact.unit == "money" and cell.power > 0 and _is_price(shown, name.words, cell)
        yield Point(
            shown if priced else fact.value,
            shown,
            "per_share" if priced else "amount" if amount else fact.unit,
            fact.currency,
            name.row,
            cut[cell.column],
            _joined(name.periods, cell.day, cell.period),
            (fact.id[: place.start()], int(place[1]), int(place[2])),
            f"{fact.label}{f' ({fact.period})' if fact.period else ''}",
            name.total or not fact.label or "total" in cell.column,
            caption=cut[cell.caption],
            moved=name.moved,
            known=Known(fact, FREE + fact.label, cell.period, cell.day, cell.column),
        )


def _is_price(shown: Decimal, label: frozenset[str], cell: Cell) -> bool:
    """Tell whether an amount is a price of one, which no table's scale is meant for."""
    cents = shown.as_tuple().exponent == -2 and abs(shown) < 1000
    return cents and bool(_PRICES & (label | cell.column))


def _joined(rows: tuple[Period, ...], day: Period | None, column: Period | None) -> tuple[Period, ...]:
    """Give the periods of a cell: of its row where that names one, within the year of its column."""
    if column is not None and day is not None and column.year != day.year:
        day = None  # which ends the fiscal year before
    heads = tuple(dict.fromkeys(period for period in (column, day) if period is not None))
    if not rows:
        return heads
    year = next((period.year for period in heads if period.year), 0)
    return tuple(Period(own.kind, own.year or year, own.part) for own in rows)


def of_passages(passages: Sequence[Passage], scales: Scales) -> Iterable[Point]:
    """Read the figures of sentences."""
    for at, passage in enumerate(passages):
        over = (other.said for other in passages[max(0, at - 2) : at] if other.title == passage.title)
        caption = short(word for words in over for word in words)
        owned = {said.period for said in passage.figures}
        free = tuple(p for p in passage.periods if p not in owned and p.kind != "prior")
        moved = cues.MOVED.search(passage.text.lower()) is not None
        # What stands by the other figures of a sentence is said of those.
        told = [
            frozenset(word for other in passage.figures if other is not said for word in other.near)
            | said.near
            for said in passage.figures
        ]
        for place, said in enumerate(passage.figures):
            number = said.number
            row = short(said.near)
            as_shown = number.scale or number.unit or number.decimals == 2
            scaled = None if as_shown else scales.of(passage.title)
            yield Point(
                number.value if scaled is None else number.value.scaleb(scaled),
                number.value.scaleb(-number.scale),
                kind_of(number),
                currency_code(number),
                row,
                short(passage.said - told[place]) - row,
                (said.period,) if said.period is not None else () if said.was else free,
                (f"{passage.title}§", at, place),
                passage.text,
                table=False,
                caption=caption,
                was=said.was,
                others=short(told[place] - said.near),
                moved=moved,
                known=known_of(passage, said),
            )


def kind_of(number: Number) -> str:
    """Name the unit of a figure as facts name theirs."""
    if number.unit:
        return number.unit
    if number.currency:
        return "per_share" if number.per else "money"
    return "amount"


def of_facts(facts: Iterable[Known], names: Names) -> Iterable[Point]:
    """Read the facts that no metric names."""
    rows: dict[str, int] = {}
    for column, known in enumerate(facts):
        fact = known.fact
        name = names.read(normalise(fact.label).lower())
        row = rows.setdefault(fact.label, len(rows))
        periods = tuple(dict.fromkeys(p for p in (known.period, known.day, *name.periods) if p is not None))
        yield Point(
            fact.value, fact.value, fact.unit, fact.currency, name.row, frozenset(), periods,
            (FACTS, row, column if not periods else hash_of(periods[0])),
            f"{fact.label}{f' ({fact.period})' if fact.period else ''}",
            name.total, known=known,
        )  # fmt: skip


def hash_of(period: Period) -> int:
    """Number a period, so that facts of one period stand in one column."""
    year, part = period.order()
    return 10_000 + year * 10_000 + part
