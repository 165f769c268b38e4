"""Levels that a document implies: what a thing was before it moved by what its sentence tells.

"The ratio rose 14.9 points from 2022 to 81.6%" says that it was 66.7% in 2022.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from graph.report.figures import cues
from graph.report.figures.extract import Number
from graph.report.figures.page import Page
from graph.report.figures.period import Period
from graph.report.figures.wording import stems

if TYPE_CHECKING:
    from graph.report.figures.said import Said

# Things that improve when they fall.
_BETTER_LOW = stems(
    "churn loss losses combined expense expenses cost costs charge-off delinquency debt leverage days vacancy"
    " turnover attrition tax default claims 不良 成本 费用 负债 赔付"
)
_BETTER = re.compile(r"(?<![a-z])(?:improv|better)|改善|优化")
_WORSE = re.compile(r"(?<![a-z])(?:deteriorat|wors|weaken)|恶化")
# Periods before the one that is told of: "from the quarter before" is not a year ago.
_SEQUENTIAL = re.compile(
    r"(?<![a-z])(?:sequential|quarter[- ]over[- ]quarter|qoq|prior quarter|previous quarter)|环比"
)
_POINTS = ("pp", "bps", "points")
# A quarter before one that is not named.
OPEN = Period("prior", 1)


def implied(
    page: Page, start: int, end: int, figures: list[Said], carried: Period | None = None
) -> Iterator[Said]:
    """Give the earlier levels that the changes of one sentence imply, as figures of that sentence.

    `carried` is the period that the sentences before are of, for one that names none.
    """
    for index, change in enumerate(figures):
        levels = [said for said in figures[:index] if not _is_change(said.number, change.number)][-1:]
        for level in (*levels, *figures[index + 1 : index + 2]):
            near = abs(change.number.start - level.number.start) < 160
            if level.was or not near or _before(level.number, change.number, 1, change.moved) is None:
                continue
            side = _side(page, start, end, change.number, level)
            value = _before(level.number, change.number, side, change.moved) if side else None
            period = _period(page, start, end, change.number, level)
            if period is None and level.period is None and carried is not None:
                period = carried.back()
            if value is None or period is OPEN:
                continue
            yield replace(
                level,
                number=replace(level.number, value=value, ulp=_exact(level.number, change.number)),
                near=level.near | change.near,
                period=period,
                was=True,
            )


def _is_change(number: Number, change: Number) -> bool:
    return number.unit in _POINTS or number.unit == change.unit == "percent"


def _is_amount(number: Number) -> bool:
    return not number.unit and bool(number.currency or number.scale or number.grouped)


def _side(page: Page, start: int, end: int, change: Number, level: Said) -> int:
    """Tell whether the level rose or fell by the change; 0 when that is open."""
    told = page.low[max(start, change.start - 48) : min(end, change.end + 16)]
    if change.sign:
        return 1 if change.sign == "+" else -1
    better, worse = _BETTER.search(told), _WORSE.search(told)
    rises, falls = cues.RISES.search(told), cues.FALLS.search(told)
    if better or worse:
        low_is_good = bool(level.near & _BETTER_LOW)
        return 1 if bool(better) != low_is_good else -1
    return 0 if bool(rises) == bool(falls) else 1 if rises else -1


def _before(level: Number, change: Number, side: int, moved: bool) -> Decimal | None:
    """Take the change away from the level; None where the one cannot be a change of the other."""
    if level.unit == "percent" and change.unit in _POINTS:
        return level.value - side * abs(change.value) / (100 if change.unit == "bps" else 1)
    amount = level.unit in ("", "count") and (level.currency or level.scale or level.grouped)
    if amount and change.unit == "percent" and abs(change.value) < 95:
        return level.value / (1 + side * abs(change.value) / 100)
    if amount and change.unit in ("", "count") and change.currency == level.currency and moved:
        return level.value - side * abs(change.value)
    return None


def _exact(level: Number, change: Number) -> Decimal:
    """Give how exact an earlier level is."""
    if change.unit == "percent":
        # A percentage told to a tenth leaves the third digit of the amount open.
        return max(level.ulp, abs(level.value) * change.ulp / 100)
    return max(level.ulp, change.ulp / (100 if change.unit == "bps" else 1))


def _period(page: Page, start: int, end: int, change: Number, level: Said) -> Period | None:
    """Give the period from which the level moved: the one named as such, else a year earlier.

    None where the sentence names no time, OPEN where it means the quarter before one that is not named.
    """
    for named in page.named_in((start, end)):
        base = cues.BASE.search(page.low, max(start, named.start - 24), named.start)
        if base is not None and named.period.kind != "prior":
            return named.period
    near = page.low[max(start, change.start - 40) : change.end + 40]
    if _SEQUENTIAL.search(near):
        return (level.period.previous() if level.period is not None else None) or OPEN
    if level.period is None or level.period.kind in ("prior", "range"):
        return None
    return level.period.back()
