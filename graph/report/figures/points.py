"""Every amount of the documents as a point: its value, what it is called, when it is of, where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log

from graph.report.figures import cues
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.periods import Period, find_periods
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
_LETTERS = 8
FACTS = "facts"
_PRICES = stems("price prices weighted-average fair value exercise") | {"pric", "averag", "fair", "exerci"}


@dataclass(frozen=True)
class Point:
    """One amount of a document.

    `value` is at scale 1, `shown` as it stands. `kind` is the unit of a fact, or "amount" where nothing says
    whether it is money or a count. `row` are the words that name it, `head` those that stand above or around
    it, `caption` those over a whole table, `others` those by the other figures of a sentence. `was` says that
    something later is compared with it, `moved` that it may be by how much something moved. `place` is the
    table or text, the row and the column, or the sentence and the figure's place in it.
    """

    value: Decimal
    shown: Decimal
    kind: str
    currency: str | None
    row: frozenset[str]
    head: frozenset[str]
    periods: tuple[Period, ...]
    place: tuple[str, int, int]
    name: str
    total: bool = False
    table: bool = True
    caption: frozenset[str] = frozenset()
    was: bool = False
    moved: bool = False
    others: frozenset[str] = frozenset()
    known: Known | None = None

    @property
    def rated(self) -> bool:
        """Tell whether it is a rate, of which differences are told in points."""
        return self.kind == "percent"

    def of(self, periods: Sequence[Period]) -> bool:
        """Tell whether it may be of one of the periods; what has no period may be of any."""
        if not self.periods or not periods:
            return True
        return any(mine.agrees(other) for mine in self.periods for other in periods)

    def within(self, periods: Sequence[Period]) -> bool:
        """Tell whether it is of a part of one of the periods, such as a quarter of a year."""
        return any(
            mine.year == other.year and other.kind == "year" for mine in self.periods for other in periods
        )


def short(words: Iterable[str]) -> frozenset[str]:
    """Cut words to their beginnings, so that forms of one word are alike: contribution and contributed."""
    return frozenset(word[:_LETTERS] for word in words)


class Points:
    """The points of the documents and of the facts that no metric names, with the weights of their words."""

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
        self.rows: dict[tuple[str, int], list[Point]] = {}
        self.columns: dict[tuple[str, int], list[Point]] = {}
        self.texts: dict[str, list[Point]] = {}
        # A cell that is read in several ways, as an amount or a count, stands in its row once.
        standing: dict[object, Point] = {
            point.place if point.place[0] != FACTS else id(point): point for point in self.all if point.table
        }
        for point in self.all:
            self.texts.setdefault(point.place[0], []).append(point)
        for point in standing.values():
            text, row, column = point.place
            self.rows.setdefault((text, row), []).append(point)
            self.columns.setdefault((text, column), []).append(point)
        held = Counter(
            word for point in self.all for word in point.row | point.head | point.caption | point.others
        )
        self._weights = {word: log(1 + len(self.all) / count) for word, count in held.items()}
        # The words that tell one point from others; a total needs none.
        self.names = frozenset(w for point in self.all if not point.total for w in point.head | point.row)
        self._terms = {id(point): self._terms_of(point) for point in self.all}

    def __len__(self) -> int:
        return len(self.all)

    def score(self, point: Point, words: Mapping[str, float], unsaid: float) -> float:
        """Say how much of what a point is called is among words; a word missing of its name is `unsaid`."""
        own, around = self._terms[id(point)]
        get = words.get
        total = 0.0
        for word, weight in own:
            total += weight * get(word, unsaid)
        for word, weight in around:
            total += weight * get(word, 0.0)
        return total

    def _terms_of(self, point: Point) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        own = [(word, self.weight(word)) for word in sorted(point.row)]
        around = [(word, _HEAD * self.weight(word)) for word in sorted(point.head - point.row)]
        over = sorted(point.caption - point.head - point.row)
        around += [(word, _CAPTION * self.weight(word)) for word in over]
        others = sorted(point.others - point.caption - point.head - point.row)
        return own, around + [(word, _OTHERS * self.weight(word)) for word in others]

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
