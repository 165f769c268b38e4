"""What a figure claims: the interval of values that its shown digits stand for."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from graph.report.figures.extract import Number

Fit = Literal["exact", "truncated", ""]

_ABOUT = Decimal("0.025")
_TENTH = Decimal("0.1")


def bounds(number: Number) -> tuple[Decimal, Decimal]:
    """Give the least and greatest absolute value that the figure may stand for."""
    value, half = abs(number.value), number.ulp / 2
    if number.hedge == "about":
        margin = max(number.ulp, value * _ABOUT)
        return value - margin, value + margin
    # Cents are never a hedge: a price shown to the cent is meant to the cent.
    wide = value * _TENTH if number.decimals < 2 else number.ulp * 5
    if number.word and number.unit == "multiple":
        # "more than doubled" reaches to where one would say otherwise.
        wide = value / 4
    if number.hedge == "over":
        return value - half, value + max(wide, half)
    if number.hedge == "under":
        return value - max(wide, half), value + half
    return value - half, value + half


def fits(number: Number, value: Decimal) -> Fit:
    """Tell whether an absolute value is what the figure shows, rounded or cut off."""
    size = abs(value)
    low, high = bounds(number)
    if low <= size <= high:
        return "exact"
    shown = abs(number.value)
    return "truncated" if not number.word and shown <= size < shown + number.ulp else ""
