"""Whether two amounts of documents are of one thing, of one time, and which of them is the earlier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from graph.report.figures.claims import Claim
from graph.report.figures.point import Line, Point, short
from graph.report.figures.wording import stems

_BEGIN = short(stems("beginning opening prior previous old original"))
_END = short(stems("end ending closing updated new current revised"))
_PAID = frozenset({"money", "per_share", "price"})
_PREVIOUS = re.compile(
    r"(?<![a-z])(?:previous|prior|preceding|sequential\w*|quarter[- ]on[- ]quarter|q/q|qoq|last quarter)"
    r"(?![a-z])|环比|上季|上期"
)


def is_alike(a: Point, b: Point) -> bool:
    """Tell whether two amounts are in one unit, as far as they say."""
    if a.kind != b.kind and "amount" not in (a.kind, b.kind) and not {a.kind, b.kind} <= _PAID:
        return False
    if a.rated != b.rated:
        return False
    return not (a.currency and b.currency and a.currency != b.currency)


def ordered(a: Point, b: Point) -> tuple[Point, Point] | None:
    """Give two amounts in the order of their times; None where these are not told or are the same."""
    if a.time is None or b.time is None:
        if a.was != b.was and not (a.table or b.table):
            return (a, b) if a.was else (b, a)
        return _by_words(a, b)
    if a.time == b.time:
        return _by_words(a, b)
    return (a, b) if a.time < b.time else (b, a)


def _by_words(a: Point, b: Point) -> tuple[Point, Point] | None:
    """Give two amounts in order where their names or columns say which is the earlier."""
    first, second = _side_of_words(a.row, a.head), _side_of_words(b.row, b.head)
    if first == -second:
        return None if not first else (a, b) if first < 0 else (b, a)
    return None


@lru_cache(maxsize=4096)
def _side_of_words(row: frozenset[str], head: frozenset[str]) -> int:
    """Tell whether words speak of a beginning, -1, of an end, 1, or of neither or both."""
    words = row | head
    return (not _END.isdisjoint(words)) - (not _BEGIN.isdisjoint(words))


def is_earlier(a: Point, b: Point) -> bool:
    """Tell whether the first of two amounts is of the earlier time."""
    return ordered(a, b) == (a, b)


def years_between(old: Point, new: Point) -> int:
    """Give the years between two amounts; 0 where their times are not told."""
    if not (old.periods and new.periods):
        return 0
    return new.periods[0].year - old.periods[0].year


def is_over_time(group: Sequence[Point]) -> bool:
    """Tell whether amounts are of one row, or of rows that are times."""
    return len({p.row for p in group}) == 1 or len({p.periods for p in group}) == len(group)


def is_one(a: Point, b: Point) -> bool:
    """Tell whether two amounts are of one thing at two times."""
    if a.table and b.table:
        return a.row == b.row and (a.head == b.head or not (a.periods and b.periods) or bool(_by_words(a, b)))
    common = len(a.row & b.row)
    return not (a.row and b.row) or 2 * common >= min(len(a.row), len(b.row))


def is_turned(claim: Claim, top: Point, bottom: Point) -> bool:
    """Tell whether the sentence has the other of two amounts under the line."""
    under = [len(p.row & claim.under) / len(p.row) if p.row else 0.0 for p in (top, bottom)]
    if claim.number.unit == "percent" and abs(top.value) > abs(bottom.value):
        # More than the whole is told only of what is set against something by name.
        return under[1] <= under[0]
    return under[0] > under[1] + 0.25 or (bottom.total < top.total and under[0] >= under[1])


def is_named_pair(claim: Claim, a: Point, b: Point) -> bool:
    """Tell whether the claim names when both amounts are of, or one with the one before it."""
    periods = claim.named or claim.asked
    if not (a.periods and b.periods):
        return True
    return a.of(periods) or b.of(periods) if periods else True


def is_timely(claim: Claim, a: Point, b: Point, line: Line) -> bool:
    """Tell whether two amounts of one row are of the periods that the claim compares."""
    if claim.own is not None and claim.own.kind != "prior" and len(claim.named) > 1:
        own = a.of((claim.own,)), b.of((claim.own,))
        if own[0] != own[1] and _neighbours(a, b, line) and is_earlier(a, b) == own[1]:
            return True
    named = claim.compared
    if claim.cued(_PREVIOUS) and _neighbours(a, b, line) and (in_order := ordered(a, b)):
        # "compared with Q4 2020 … sequentially" is of the latest.
        latest = in_order[1].time == line.times[-1] and not claim.named
        return in_order[1].of(claim.asked or claim.named) or latest
    if len(named) >= 2:
        return a.of(named) and b.of(named)
    if len(named) == 1:
        return (a.of(named) or b.of(named)) and (_neighbours(a, b, line) or len(line.points) <= 2)
    return True


def is_at_one_time(claim: Claim, a: Point, b: Point) -> bool:
    """Tell whether two amounts of different names may be set against each other."""
    if not (a.of(claim.periods) and b.of(claim.periods)):
        return False
    if (a.was or b.was) and not (claim.was or claim.past or claim.compares):
        return False
    return not (a.periods and b.periods) or a.of(b.periods) or b.of(a.periods)


def _neighbours(a: Point, b: Point, line: Line) -> bool:
    if a.time is None or b.time is None:
        return True
    orders = line.times
    if a.time not in orders or b.time not in orders:
        return True
    return abs(orders.index(a.time) - orders.index(b.time)) <= 1
