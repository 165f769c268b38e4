"""One amount of a document: its value, what it is called, when it is of, where it stands; and its lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from graph.report.figures.book import Known
from graph.report.figures.period import Period

PER = re.compile(r"(?<![a-z])(?:per|for each|a piece|apiece|each)(?![a-z])|每")
_PER_ONE = frozenset({"per_share", "multiple", "price"})
_LETTERS = 8
T = TypeVar("T")


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

    @cached_property
    def rated(self) -> bool:
        """Tell whether it is a rate, of which differences are told in points."""
        return self.kind == "percent"

    @property
    def kin(self) -> str:
        """Name what it may be told instead of: a rate, an amount per one, or any other amount."""
        return "rate" if self.kind == "percent" else "one" if self.kind in _PER_ONE else ""

    @cached_property
    def family(self) -> str:
        """Name what its unit may be taken for: amounts of all kinds are alike."""
        return "" if self.kind in ("amount", "money", "count", "price", "per_share") else self.kind

    @cached_property
    def time(self) -> tuple[int, int] | None:
        """Give the place of its first period in time."""
        return self.periods[0].order() if self.periods else None

    @cached_property
    def size(self) -> float:
        """Give its value roughly."""
        return float(self.value)

    @cached_property
    def either(self) -> tuple[Decimal, ...]:
        """Give its value, and as it is shown where it may be a count that no scale is meant for."""
        if self.kind in ("amount", "count") and self.shown != self.value:
            return self.value, self.shown
        return (self.value,)

    @cached_property
    def sizes(self) -> tuple[float, ...]:
        """Give these values roughly, as far as they are not 0."""
        return tuple(float(value) for value in self.either if value)

    @cached_property
    def is_part(self) -> bool:
        """Tell whether it may be part of a total: no total, and no amount of one."""
        return not (self.total or PER.search(self.name))

    def of(self, periods: Sequence[Period]) -> bool:
        """Tell whether it may be of one of the periods; what has no period may be of any."""
        return is_of(self.periods, periods)

    def within(self, periods: Sequence[Period]) -> bool:
        """Tell whether it is of a part of one of the periods, such as a quarter of a year."""
        return any(
            mine.year == other.year and other.kind == "year" for mine in self.periods for other in periods
        )


class Line:
    """Amounts of one row or column, or of all sentences, with what is known of them whatever is claimed."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = points
        self.ids = [id(point) for point in points]

    @cached_property
    def order(self) -> dict[int, int]:
        """Give the places of its amounts by their ids."""
        return {each: at for at, each in enumerate(self.ids)}

    @cached_property
    def by_column(self) -> dict[int, Point]:
        """Give its amounts by the number of their column."""
        return {point.place[2]: point for point in self.points}

    @cached_property
    def times(self) -> list[tuple[int, int]]:
        """Give the times of its amounts, in order."""
        return sorted({point.time for point in self.points if point.time is not None})

    @cached_property
    def is_over_time(self) -> bool:
        """Tell whether its amounts are of several times."""
        return len({point.periods for point in self.points}) > 1

    @cached_property
    def totals(self) -> list[Point]:
        """Give its totals."""
        return [point for point in self.points if point.total]

    @cached_property
    def alike(self) -> list[list[Point]]:
        """Give the amounts that may be joined: all but totals, or else those under one head."""
        line = [point for point in self.points if not point.total] or list(self.points)
        if len(line) >= 2 and is_of_one_kind(line) and len({point.head for point in line}) == 1:
            return [line]
        heads: dict[tuple[str, frozenset[str]], list[Point]] = {}
        for point in line:
            heads.setdefault(("rate" if point.rated else "", point.head), []).append(point)
        lines = [each for each in heads.values() if len(each) >= 2 and is_of_one_kind(each)]
        return lines + ([line] if len(line) >= 2 and len(heads) > 1 and is_of_one_kind(line) else [])

    @cached_property
    def parts(self) -> dict[str, list[Point]]:
        """Give the amounts that may be parts of a total, by each word of their names."""
        found: dict[str, list[Point]] = {}
        for point in self.points:
            if point.is_part:
                for word in point.row:
                    found.setdefault(word, []).append(point)
        return found


_OF_ONE = frozenset({"percent", "pp", "bps", "per_share", "multiple", "days"})


def is_of_one_kind(group: Sequence[Point]) -> bool:
    """Tell whether amounts are in one unit, as far as they say; a rate or a price of one is no amount."""
    kinds = {point.kind for point in group}
    return len(kinds - {"amount"}) <= 1 and not ("amount" in kinds and kinds & _OF_ONE)


def short(words: Iterable[str]) -> frozenset[str]:
    """Cut words to their beginnings, so that forms of one word are alike: contribution and contributed."""
    return frozenset(word[:_LETTERS] for word in words)


def is_of(own: Sequence[Period], periods: Sequence[Period]) -> bool:
    """Tell whether what is of some periods may be of one of others; what has none may be of any."""
    if not own or not periods:
        return True
    for mine in own:
        for other in periods:
            if mine.agrees(other):
                return True
    return False


def row_of(point: Point) -> tuple[str, int]:
    """Name the row or sentence of a point."""
    return point.place[:2]


def column_of(point: Point) -> tuple[str, int]:
    """Name the column of a point."""
    return point.place[0], point.place[2]


def lines_of(points: Iterable[Point], key: Callable[[Point], T]) -> dict[T, Line]:
    """Put points into lines by what names the line of each."""
    held: dict[T, list[Point]] = {}
    for point in points:
        held.setdefault(key(point), []).append(point)
    return {place: Line(line) for place, line in held.items()}
