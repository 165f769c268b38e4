"""What heads the rows and the columns of a table: its texts laid over the columns, and their periods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from graph.report.figures.period import Period
from graph.report.figures.periods import find_periods

_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_ORDINAL_ROW = re.compile(rf"({'|'.join(_ORDINALS)})(?: quarter)?(?:,? ((?:19|20)\d\d))?")
_FISCAL = re.compile(r"(?:fy|fiscal(?: year)?)\s?(?:19|20)?\d\d\s?\(")
_ALONE = re.compile(r"%|percent(?:age)?|(?:%|percent(?:age)?) change|change|variance|increase|\(?decrease\)?")
_OF_ROWS = ("year", "quarter", "half", "month", "day", "span")
_AROUND = re.compile(r"(?<![a-z])(?:fiscal|year|years|fy|ending|ended|in|for|due)(?![a-z])|[(),.: ]")


@lru_cache(maxsize=2048)
def periods_in(low: str) -> tuple[tuple[int, int, Period], ...]:
    """Find the periods named in a head or a name of a table, which are asked for many times."""
    return tuple(find_periods(low))


def spread(cells: list[str], width: int, below: list[str] | None = None) -> list[str]:
    """Lay the cells of a header row over the columns: one over all, few over equal shares or to the next.

    `below` is the lowest header row: where only the first cells of a row show something, each stands over a
    run of periods, or of what are none, below it.
    """
    filled = [cell for cell in cells if cell]
    if len(filled) == 1:
        return filled * width
    if below is not None and 1 < len(filled) < width and all(cells[: len(filled)]):
        runs = [list(run) for _, run in groupby(below[:width], key=_is_period)]
        if len(runs) == len(filled) and sum(map(len, runs)) == width:
            return [cell for cell, run in zip(filled, runs, strict=True) for _ in run]
    if below is not None and any(_ALONE.fullmatch(cell) for cell in filled):
        # "Percent" over "change" heads no year beside it; that has what heads the years before.
        over = [cell if cell and not _ALONE.fullmatch(cell) else "" for cell in cells[:width]]
        over += [""] * (width - len(over))
        first = next((cell for cell in over if cell), "")
        last, spread_over = first, []
        for at, cell in enumerate(over):
            last = cell or last
            own = cells[at] if at < len(cells) and _ALONE.fullmatch(cells[at]) else ""
            spread_over.append(own or last)
        return spread_over
    if filled and len(filled) < width and width % len(filled) == 0:
        return [cell for cell in filled for _ in range(width // len(filled))]
    cells = [*cells[:width], *[""] * (width - len(cells))]
    if len(filled) < width:
        last = filled[0] if filled else ""
        spread = []
        for cell in cells:
            last = cell or last
            spread.append(last)
        return spread
    return cells


def _is_period(text: str) -> bool:
    return bool(periods_in(text))


def period_of(parts: list[str], shared: list[str]) -> Period | None:
    """Read the period of a column from its header texts, the lowest first, then with what stands above."""
    whole = " ".join([*shared, *parts])
    together = next(iter(sorted(periods_in(whole), key=lambda item: _rank(item[2]))), None)
    for text in reversed(parts):
        if text.strip() in _ORDINALS:
            # "First | Second | Third | Fourth" head quarters.
            year = next((item[2].year for item in periods_in(whole) if item[2].year), 0)
            return Period("quarter", year, _ORDINALS[text.strip()])
        found = [period for _, _, period in periods_in(text)]
        if found:
            fiscal = _FISCAL.match(text)
            if fiscal is not None:
                # "FY2019 (ended March 20, 2020)"
                found = [period for period in found if period.kind == "year"] or found
            own = found[0]
            if together is not None and own.year == together[2].year and together[2].kind == "span":
                return together[2]
            if own.kind == "day" and own.year == 0 and together is not None:
                return together[2]
            if own.kind in ("quarter", "half") and own.year == 0:
                year = next((period.year for _, _, period in periods_in(whole) if period.year), 0)
                return Period(own.kind, year, own.part)
            return own
    return together[2] if together is not None and together[2].year else None


def _rank(period: Period) -> int:
    return ("span", "quarter", "half", "day", "month", "year", "range", "prior").index(period.kind)


def row_period(label: str, heads: Sequence[Sequence[str]] = ()) -> Period | None:
    """Give the period that the name of a row is, as in tables of maturities; None where it is more.

    `heads` are the rows above, of which the first cell may say that "First 2010" is a quarter.
    """
    ordinal = _ORDINAL_ROW.fullmatch(label)
    if ordinal is not None and any("quarter" in head[0] for head in heads if head):
        return Period("quarter", int(ordinal[2] or 0), _ORDINALS[ordinal[1]])
    found = [item for item in periods_in(label) if item[2].kind in _OF_ROWS]
    if len(found) != 1:
        return None
    start, end, period = found[0]
    rest = label[:start] + label[end:]
    return None if _AROUND.sub("", rest) else period


def period_name(period: Period) -> str:
    """Write a period for a reader."""
    if period.kind == "span":
        return f"{period.part // 100} months of {period.year}"
    if period.kind == "day":
        return f"{period.year:04}-{period.part // 100:02}-{period.part % 100:02}"
    mark = {"month": "-", "quarter": "Q", "half": "H", "range": "-"}.get(period.kind, "")
    return f"{period.year}{mark}{period.part or ''}"
