"""Times that others make up: a half of two quarters, nine months of three or of the year less its last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graph.report.figures import derive
from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.period import Period

# What a share of a quarter or a half can only be of.
OF_YEAR = re.compile(
    r"(?<![a-z])(?:of|to) (?:the |its |total |our )*(?:full[- ]?|whole |entire |fiscal )*"
    r"(?:year|annual|\x00{4})(?![a-z])"
    r"|占(?:了)?全年"
)


def quarters_of(period: Period) -> tuple[int, ...]:
    """Give the quarters that make a period up; none where it is no sum of quarters."""
    if period.kind == "half":
        return (1, 2) if period.part == 1 else (3, 4)
    if period.kind == "span" and period.part // 100 in (6, 9):
        return tuple(range(1, period.part // 300 + 1))
    return (1, 2, 3, 4) if period.kind == "year" else ()


def months_of(period: Period) -> tuple[int, ...]:
    """Give the months that a quarter or a half is made of; none for what is neither."""
    size = {"quarter": 3, "half": 6}.get(period.kind, 0)
    return tuple(range(size * (period.part - 1) + 1, size * period.part + 1))


def composed(line: Sequence[Known], period: Period) -> Iterator[Derived]:
    """Give what the quarters of a row come to for a period of which the row has no amount of its own."""
    numbers = quarters_of(period)
    dated = [item for item in line if item.period is not None]
    months = months_of(period)
    for year in {
        item.period.year for item in dated if months and item.period and item.period.kind == "month"
    }:
        parts = [item for month in months if (item := _at(dated, Period("month", year, month))) is not None]
        if period.year in (0, year) and len(parts) == len(months):
            yield derive.total(parts)
    if not numbers or any(item.period == period for item in dated):
        return
    for year in {item.period.year for item in dated if item.period and period.year in (0, item.period.year)}:
        held = [_at(dated, Period("quarter", year, number)) for number in numbers]
        parts = [item for item in held if item is not None]
        if len(parts) == len(numbers) and len({item.fact.unit for item in parts}) == 1:
            yield derive.total(parts)
        whole = _at(dated, Period("year", year))
        rest = [_at(dated, Period("quarter", year, number)) for number in {1, 2, 3, 4} - set(numbers)]
        if period.kind == "half":
            rest = [_at(dated, Period("half", year, 3 - period.part))]
        left = [item for item in rest if item is not None]
        if whole is not None and left and len(left) == len(rest):
            told = " - ".join(f"{item.value:f}" for item in (whole, *left))
            yield Derived(
                whole.value - sum(item.value for item in left),
                whole.fact.unit,
                told,
                tuple(item.fact.id for item in (whole, *left)),
                "difference",
                whole.fact.currency,
            )


def of_year(line: Sequence[Known], period: Period) -> Iterator[Derived]:
    """Give the share that a part of a year has of the whole of it."""
    for item in line:
        if item.period is None or item.period.kind == "year" or not item.of(period):
            continue
        whole = _at(line, Period("year", item.period.year))
        share = derive.share(item, whole) if whole is not None else None
        if share is not None:
            yield share


def _at(line: Sequence[Known], period: Period) -> Known | None:
    found = (item for item in line if item.period is not None and item.period == period)
    return next(found, None) or next(
        (item for item in line if item.period is not None and not item.period.year
         and (item.period.kind, item.period.part) == (period.kind, period.part)), None,
    )  # fmt: skip
