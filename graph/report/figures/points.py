"""Every amount of the documents as a point, and how much of what it is called is said."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import log
from typing import Generic, TypeVar

from graph.report.figures import cues
from graph.report.figures.book import Known
from graph.report.figures.derive import plain
from graph.report.figures.extract import Number
from graph.report.figures.periods import Period, find_periods
from graph.report.figures.point import (
    Line,
    Point,
    column_of,
    is_of,
    is_of_one_kind,
    lines_of,
    row_of,
    short,
)
from graph.report.figures.quantities import currency_code, known_of
from graph.report.figures.said import Passage
from graph.report.figures.scale import scale_of
from graph.report.figures.tables import FREE, Cell
from graph.report.figures.wording import stems

_PLACE = re.compile(r"!r(\d+)c(\d+)$")
_TOTAL = re.compile(r"(?<![a-z])totals?(?![a-z])|合计|总计|总额")
# Words that say no more than how a figure is told weigh little.
_COMMON = frozenset(
    word[:8]
    for word in stems("total amount balance other value number percentage end beginning change net average")
) | {"shar", "total", "sum", "averag", "dat"}
_COMMON_WEIGHT = 0.35
# Words above or around an amount tell less of it than its own name.
_HEAD, _CAPTION, _OTHERS = 0.6, 0.5, 0.35
FACTS = "facts"
T = TypeVar("T")
_PRICES = stems("price prices weighted-average fair value exercise") | {"pric", "averag", "fair", "exerci"}


class _Distinct(Generic[T]):
    """The distinct values of a series, and for each of the series the place of its value among them."""

    def __init__(self, series: Iterable[T]) -> None:
        known: dict[T, int] = {}
        self.places = [known.setdefault(value, len(known)) for value in series]
        self.values = list(known)


class Points:
    """The points of the documents and of the facts that no metric names, with the weights of their words.

    `blocks` are the sums of columns, `lines` and `summed` the rows and columns with these.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        passages: Sequence[Passage],
        facts: Iterable[Known] = (),
        texts: Sequence[tuple[str, str]] = (),
    ) -> None:
        low = [(title, text.lower()) for title, text in texts if "|" not in text]
        scales = {title: power for title, text in low if (power := scale_of(text)) is not None}
        self.all = (*_of_cells(cells), *_of_passages(passages, scales), *_of_facts(facts))
        self.texts: dict[str, list[Point]] = {}
        for point in self.all:
            self.texts.setdefault(point.place[0], []).append(point)
        # A cell that is read in several ways, as an amount or a count, stands in its row once.
        standing: dict[object, Point] = {
            point.place if point.place[0] != FACTS else id(point): point for point in self.all if point.table
        }
        self.rows = lines_of(standing.values(), row_of)
        self.columns = lines_of(standing.values(), column_of)
        self.blocks = {column_of(block): block for block in self._blocks()}
        self.lines = {**self.rows, **lines_of(self.blocks.values(), row_of)}
        self.summed = {
            place: Line([*line.points, self.blocks[place]]) if place in self.blocks else line
            for place, line in self.columns.items()
        }
        self.row_numbers = {
            text: list({point.place[1] for point in points if point.table})
            for text, points in self.texts.items()
        }
        prose = [point for point in self.all if not point.table]
        self.prose, self.cells = Line(prose), [point for point in self.all if point.table]
        self.sentences = lines_of(sorted(prose, key=lambda point: point.place[2]), row_of)
        self.kin = [Line([p for p in self.all if p.rated == rated]) for rated in (True, False)]
        self.totals = [point for point in self.all if point.total]
        held = Counter(
            word for point in self.all for word in point.row | point.head | point.caption | point.others
        )
        self._weights = {word: log(1 + len(self.all) / count) for word, count in held.items()}
        self.named_rows = lines_of((p for p in self.all if p.row and not p.rated), lambda point: point.row)
        # The words that tell one point from others; a total needs none.
        self.names = frozenset(w for point in self.all if not point.total for w in point.head | point.row)
        # Many points are called the same, or are of the same time: each of these is weighed once.
        self._called = _Distinct((p.row, p.head, p.caption, p.others) for p in self.all)
        self._terms = [self._terms_of(*called) for called in self._called.values]
        self._dated = (*self.all, *self.blocks.values())
        self._times = _Distinct(point.periods for point in self._dated)
        sizes = {(abs(v), at) for at, p in enumerate(self.all) for v in (p.value, p.shown) if v.is_finite()}
        self._by_size = sorted(sizes)
        self._sizes = [size for size, _ in self._by_size]

    def __len__(self) -> int:
        return len(self.all)

    def scores(
        self, words: Mapping[str, float], unsaid: float, timed: Callable[[tuple[Period, ...]], float]
    ) -> list[tuple[float, float]]:
        """Say of every point how much of what it is called is among words, and what its time tells.

        A word missing of a name is `unsaid`; `timed` says what periods tell.
        """
        get = words.get
        told: list[float] = []
        for own, around in self._terms:
            total = 0.0
            for word, weight in own:
                total += weight * get(word, unsaid)
            for word, weight in around:
                total += weight * get(word, 0.0)
            told.append(total)
        times = [timed(periods) for periods in self._times.values]
        return [
            (told[called], times[time])
            for called, time in zip(self._called.places, self._times.places, strict=False)
        ]

    def of(self, periods: Sequence[Period]) -> set[int]:
        """Give the ids of the points that may be of one of the periods."""
        fits = [is_of(mine, periods) for mine in self._times.values]
        return {id(p) for p, time in zip(self._dated, self._times.places, strict=True) if fits[time]}

    def showing(self, number: Number) -> list[Point]:
        """Give the points of which a figure may show the value, or what stands in the document."""
        low, high = number.bounds
        size = abs(number.value)
        first = bisect_left(self._sizes, min(low, size))
        last = bisect_right(self._sizes, max(high, size + number.ulp))
        return [self.all[at] for at in sorted({at for _, at in self._by_size[first:last]})]

    def _blocks(self) -> Iterator[Point]:
        """Give the sum of every column that may have one, as a row of its own."""
        for (text, column), line in self.columns.items():
            block = [point for point in line.points if not point.total]
            if 2 <= len(block) <= 12 and is_of_one_kind(block) and not block[0].rated:
                value = sum((point.value for point in block), Decimal(0))
                told = " + ".join(plain(point.value) for point in block)
                dates = {point.periods for point in block}
                yield replace(
                    block[0],
                    value=value,
                    shown=value,
                    row=frozenset(),
                    place=(text, -100, column),
                    name=f"({told})",
                    total=True,
                    periods=block[0].periods if len(dates) == 1 else (),
                )

    def _terms_of(
        self, row: frozenset[str], head: frozenset[str], caption: frozenset[str], others: frozenset[str]
    ) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        own = [(word, self.weight(word)) for word in sorted(row)]
        around = [(word, _HEAD * self.weight(word)) for word in sorted(head - row)]
        around += [(word, _CAPTION * self.weight(word)) for word in sorted(caption - head - row)]
        rest = sorted(others - caption - head - row)
        return own, around + [(word, _OTHERS * self.weight(word)) for word in rest]

    def weight(self, word: str) -> float:
        """Say how much a word tells: the fewer points it names, the more."""
        own = self._weights.get(word, 0.0)
        return own * _COMMON_WEIGHT if word in _COMMON else own


def _without_periods(text: str) -> tuple[str, tuple[Period, ...]]:
    found = sorted(find_periods(text), key=lambda item: -item[0])
    for start, end, _ in found:
        text = f"{text[:start]} {text[end:]}"
    return text, tuple(period for _, _, period in reversed(found))


def _of_cells(cells: Sequence[Cell]) -> Iterable[Point]:
    for cell in cells:
        fact = cell.fact
        place = _PLACE.search(fact.id)
        if place is None:
            continue
        words, own = _without_periods(fact.label)
        shown = fact.value.scaleb(-cell.power)
        amount = fact.unit == "money" and not cell.priced
        priced = fact.unit == "money" and cell.power > 0 and _is_price(shown, words, cell)
        yield Point(
            shown if priced else fact.value,
            shown,
            "per_share" if priced else "amount" if amount else fact.unit,
            fact.currency,
            short(stems(words)),
            short(cell.column),
            _joined(own, cell.day, cell.period),
            (fact.id[: place.start()], int(place[1]), int(place[2])),
            f"{fact.label}{f' ({fact.period})' if fact.period else ''}",
            _TOTAL.search(fact.label) is not None or not fact.label or "total" in cell.column,
            caption=short(cell.caption),
            moved=cues.MOVED.search(fact.label) is not None,
            known=Known(fact, FREE + fact.label, cell.period, cell.day, cell.column),
        )


def _is_price(shown: Decimal, label: str, cell: Cell) -> bool:
    """Tell whether an amount is a price of one, which no table's scale is meant for."""
    cents = shown.as_tuple().exponent == -2 and abs(shown) < 1000
    return cents and bool(_PRICES & (stems(label) | cell.column))


def _joined(rows: tuple[Period, ...], day: Period | None, column: Period | None) -> tuple[Period, ...]:
    """Give the periods of a cell: of its row where that names one, within the year of its column."""
    if column is not None and day is not None and column.year != day.year:
        day = None  # which ends the fiscal year before
    heads = tuple(dict.fromkeys(period for period in (column, day) if period is not None))
    if not rows:
        return heads
    year = next((period.year for period in heads if period.year), 0)
    return tuple(Period(own.kind, own.year or year, own.part) for own in rows)


def _of_passages(passages: Sequence[Passage], scales: Mapping[str, int]) -> Iterable[Point]:
    for at, passage in enumerate(passages):
        over = [other.said for other in passages[max(0, at - 2) : at] if other.title == passage.title]
        owned = {said.period for said in passage.figures}
        # What stands by the other figures of a sentence is said of those.
        told = [
            frozenset(word for other in passage.figures if other is not said for word in other.near)
            | said.near
            for said in passage.figures
        ]
        for place, said in enumerate(passage.figures):
            number = said.number
            free = tuple(period for period in passage.periods if period not in owned)
            periods = (said.period,) if said.period is not None else () if said.was else free
            scaled = scales.get(passage.title)
            small = number.scale or number.unit or number.decimals == 2 or not (number.currency or scaled)
            yield Point(
                number.value if small or scaled is None else number.value.scaleb(scaled),
                number.value.scaleb(-number.scale),
                kind_of(number),
                currency_code(number),
                short(said.near),
                short(passage.said - told[place]) - short(said.near),
                periods,
                (f"{passage.title}§", at, place),
                passage.text,
                table=False,
                caption=short(word for words in over for word in words),
                was=said.was,
                others=short(told[place] - said.near),
                moved=cues.MOVED.search(passage.text.lower()) is not None,
                known=known_of(passage, said),
            )


def kind_of(number: Number) -> str:
    """Name the unit of a figure as facts name theirs."""
    if number.unit:
        return number.unit
    if number.currency:
        return "per_share" if number.per else "money"
    return "amount"


def _of_facts(facts: Iterable[Known]) -> Iterable[Point]:
    rows: dict[str, int] = {}
    for column, known in enumerate(facts):
        fact = known.fact
        words, own = _without_periods(fact.label.lower())
        row = rows.setdefault(fact.label, len(rows))
        periods = tuple(dict.fromkeys(p for p in (known.period, known.day, *own) if p is not None))
        yield Point(
            fact.value, fact.value, fact.unit, fact.currency, short(stems(words)), frozenset(), periods,
            (FACTS, row, column if not periods else hash_of(periods[0])),
            f"{fact.label}{f' ({fact.period})' if fact.period else ''}",
            _TOTAL.search(fact.label.lower()) is not None, known=known,
        )  # fmt: skip


def hash_of(period: Period) -> int:
    """Number a period, so that facts of one period stand in one column."""
    year, part = period.order()
    return 10_000 + year * 10_000 + part
