"""Every amount of the documents as a point, and how much of what it is called is said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import log
from operator import add, itemgetter
from typing import Generic, TypeVar

from graph.report.figures.amounts import FACTS, Names, Scales, of_cells, of_facts, of_passages
from graph.report.figures.book import Known
from graph.report.figures.derive import plain
from graph.report.figures.extract import Number
from graph.report.figures.period import Period
from graph.report.figures.point import (
    Line,
    Point,
    column_of,
    is_of,
    is_of_one_kind,
    lines_of,
    row_of,
)
from graph.report.figures.said import Passage
from graph.report.figures.tables import Cell
from graph.report.figures.wording import stems

# Words that say no more than how a figure is told weigh little.
_COMMON = frozenset(
    word[:8]
    for word in stems("total amount balance other value number percentage end beginning change net average")
) | {"shar", "total", "sum", "averag", "dat"}
_COMMON_WEIGHT = 0.35
# Words above or around an amount tell less of it than its own name.
_HEAD, _CAPTION, _OTHERS = 0.6, 0.5, 0.35
# What a word of a name counts against it that is not said.
_UNSAID = -0.12
# As few times it does not pay to sort names by their words.
_FEW = 2
# Sets of periods for which is kept which points may be of them.
_KEPT = 64
T = TypeVar("T")
# Words, each with its weight.
_Terms = list[tuple[str, float]]


class _Distinct(Generic[T]):
    """The distinct values of a series, and for each of the series the place of its value among them."""

    def __init__(self, series: Iterable[T]) -> None:
        known: dict[T, int] = {}
        self.places = [known.setdefault(value, len(known)) for value in series]
        self.values = list(known)

    def counts(self) -> Iterable[tuple[T, int]]:
        """Give each value with how often it is in the series."""
        times = Counter(self.places)
        return ((value, times[at]) for at, value in enumerate(self.values))


class Points:
    """The points of the documents and of the facts that no metric names, with the weights of their words.

    All of it is read where it is first asked for: figures that have a name need none of it.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        passages: Sequence[Passage],
        facts: Iterable[Known] = (),
        texts: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._read = cells, passages, list(facts), texts
        self._asked = 0
        self._of: dict[tuple[Period, ...], frozenset[int]] = {}

    @cached_property
    def ranges(self) -> list[tuple[Decimal, Point, Point]]:
        """Give the pairs of amounts of a sentence that may be the ends of a range, by the middle of each."""
        found = [
            ((first.value + last.value) / 2, first, last)
            for first, last in pairwise(self.all)
            if not first.table
            and first.place[:2] == last.place[:2]
            and first.kind == last.kind
            and first.value < last.value < 2 * first.value
        ]
        return sorted(found, key=itemgetter(0))

    @cached_property
    def all(self) -> tuple[Point, ...]:
        """Give every point, those of tables first."""
        cells, passages, facts, texts = self._read
        names = Names()
        return (*of_cells(cells, names), *of_passages(passages, Scales(texts)), *of_facts(facts, names))

    @cached_property
    def texts(self) -> dict[str, list[Point]]:
        """Give the points of each table or text."""
        found: dict[str, list[Point]] = {}
        for point in self.all:
            found.setdefault(point.place[0], []).append(point)
        return found

    @cached_property
    def _standing(self) -> Iterable[Point]:
        # A cell that is read in several ways, as an amount or a count, stands in its row once.
        standing: dict[object, Point] = {
            point.place if point.place[0] != FACTS else id(point): point for point in self.all if point.table
        }
        return standing.values()

    @cached_property
    def rows(self) -> dict[tuple[str, int], Line]:
        """Give the rows of tables."""
        return lines_of(self._standing, row_of)

    @cached_property
    def columns(self) -> dict[tuple[str, int], Line]:
        """Give the columns of tables."""
        return lines_of(self._standing, column_of)

    @cached_property
    def blocks(self) -> dict[tuple[str, int], Point]:
        """Give the sums of columns."""
        return {column_of(block): block for block in self._blocks()}

    @cached_property
    def block_rows(self) -> list[tuple[str, int]]:
        """Give the rows that the sums of columns stand in."""
        return list(dict.fromkeys(map(row_of, self.blocks.values())))

    @cached_property
    def block_ids(self) -> frozenset[int]:
        """Give the ids of the sums of columns."""
        return frozenset(map(id, self.blocks.values()))

    @cached_property
    def row_keys(self) -> dict[int, tuple[str, int]]:
        """Give the row of each point of a table by its id."""
        return {id(point): row_of(point) for point in self._standing}

    @cached_property
    def lines(self) -> dict[tuple[str, int], Line]:
        """Give the rows, and the sums of columns as rows of their own."""
        return {**self.rows, **lines_of(self.blocks.values(), row_of)}

    @cached_property
    def summed(self) -> dict[tuple[str, int], Line]:
        """Give the columns with their sums."""
        return {
            place: Line([*line.points, self.blocks[place]]) if place in self.blocks else line
            for place, line in self.columns.items()
        }

    @cached_property
    def row_numbers(self) -> dict[str, dict[int, int]]:
        """Give the numbers of the rows of each table, each with its place among them."""
        numbers = (
            (text, {point.place[1] for point in points if point.table}) for text, points in self.texts.items()
        )
        return {text: {row: at for at, row in enumerate(rows)} for text, rows in numbers}

    @cached_property
    def prose(self) -> Line:
        """Give the points of sentences as one line."""
        return Line([point for point in self.all if not point.table])

    @cached_property
    def cells(self) -> Line:
        """Give the points of tables and facts as one line."""
        return Line([point for point in self.all if point.table])

    @cached_property
    def sentences(self) -> dict[tuple[str, int], Line]:
        """Give the points of each sentence."""
        return lines_of(sorted(self.prose.points, key=lambda point: point.place[2]), row_of)

    @cached_property
    def kin(self) -> list[Line]:
        """Give the rates, what is told per one, and all other points."""
        return [Line([p for p in self.all if p.kin == kin]) for kin in ("rate", "one", "")]

    @cached_property
    def totals(self) -> list[Point]:
        """Give the totals."""
        return [point for point in self.all if point.total]

    @cached_property
    def named_rows(self) -> dict[frozenset[str], Line]:
        """Give the points that are no rates by the words that name them."""
        return lines_of((p for p in self.all if p.row and not p.rated), lambda point: point.row)

    @cached_property
    def names(self) -> frozenset[str]:
        """Give the words that tell one point from others; a total needs none."""
        return frozenset(w for point in self.all if not point.total for w in point.head | point.row)

    @cached_property
    def _called(self) -> _Distinct[tuple[frozenset[str], ...]]:
        # Many points are called the same, or are of the same time: each of these is weighed once.
        return _Distinct((p.row, p.head, p.caption, p.others) for p in self.all)

    @cached_property
    def _weights(self) -> dict[str, float]:
        held: Counter[str] = Counter()
        for (row, head, caption, others), times in self._called.counts():
            for word in row | head | caption | others:
                held[word] += times
        return {word: log(1 + len(self.all) / count) for word, count in held.items()}

    @cached_property
    def _terms(self) -> list[tuple[_Terms, _Terms]]:
        return [self._terms_of(*called) for called in self._called.values]

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        """Give by each word the places, among what points are called, of all that has it."""
        found: dict[str, list[int]] = {}
        for at, (own, around) in enumerate(self._terms):
            for word, _ in (*own, *around):
                found.setdefault(word, []).append(at)
        return found

    @cached_property
    def _untold(self) -> list[float]:
        """Weigh what points are called where no word of it is said."""
        return [_told(terms, {}) for terms in self._terms]

    @cached_property
    def ids(self) -> list[int]:
        """Give the ids of the points."""
        return [id(point) for point in self.all]

    @cached_property
    def _dated(self) -> tuple[Point, ...]:
        return (*self.all, *self.blocks.values())

    @cached_property
    def _times(self) -> _Distinct[tuple[Period, ...]]:
        return _Distinct(point.periods for point in self._dated)

    @cached_property
    def _by_size(self) -> list[tuple[Decimal, int]]:
        sizes = [(abs(p.value), at) for at, p in enumerate(self.all) if p.value.is_finite()]
        shown = (
            (abs(p.shown), at)
            for at, p in enumerate(self.all)
            if p.shown is not p.value and p.shown.is_finite() and abs(p.shown) != abs(p.value)
        )
        return sorted([*sizes, *shown])

    @cached_property
    def _sizes(self) -> list[Decimal]:
        return [size for size, _ in self._by_size]

    def __len__(self) -> int:
        return len(self.all)

    def scores(
        self, words: Mapping[str, float], timed: Callable[[tuple[Period, ...]], float]
    ) -> dict[int, float]:
        """Say of every point, by its id, how much of its names is among words, and what its time tells.

        `timed` says what periods tell.
        """
        told = self._all_told(words)
        times = [timed(periods) for periods in self._times.values]
        by_name = map(told.__getitem__, self._called.places)
        return dict(
            zip(self.ids, map(add, by_name, map(times.__getitem__, self._times.places)), strict=False)
        )

    def _all_told(self, words: Mapping[str, float]) -> list[float]:
        """Say of all that points are called how much of it is among words."""
        self._asked += 1
        if self._asked <= _FEW:
            return [_told(terms, words) for terms in self._terms]
        told, holders = self._untold.copy(), self._holders
        for at in {at for word in words if word in holders for at in holders[word]}:
            told[at] = _told(self._terms[at], words)
        return told

    def of(self, periods: tuple[Period, ...]) -> frozenset[int]:
        """Give the ids of the points that may be of one of the periods."""
        known = self._of.get(periods)
        if known is None:
            if len(self._of) >= _KEPT:
                self._of.clear()
            fits = [is_of(mine, periods) for mine in self._times.values]
            held = zip(self._dated, self._times.places, strict=True)
            known = self._of[periods] = frozenset(id(point) for point, time in held if fits[time])
        return known

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
    ) -> tuple[_Terms, _Terms]:
        own = [(word, self.weight(word)) for word in sorted(row)]
        around = [(word, _HEAD * self.weight(word)) for word in sorted(head - row)]
        around += [(word, _CAPTION * self.weight(word)) for word in sorted(caption - head - row)]
        rest = sorted(others - caption - head - row)
        return own, around + [(word, _OTHERS * self.weight(word)) for word in rest]

    def weight(self, word: str) -> float:
        """Say how much a word tells: the fewer points it names, the more."""
        own = self._weights.get(word, 0.0)
        return own * _COMMON_WEIGHT if word in _COMMON else own


def _told(terms: tuple[_Terms, _Terms], words: Mapping[str, float]) -> float:
    """Say how much of a name, and of what stands around it, is among words."""
    get = words.get
    total = 0.0
    for word, weight in terms[0]:
        total += weight * get(word, _UNSAID)
    for word, weight in terms[1]:
        total += weight * get(word, 0.0)
    return total
