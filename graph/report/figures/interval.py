"""What a figure claims: the interval of values that its shown digits stand for."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from graph.report.figures.extract import Number

Fit = Literal["exact", "truncated", ""]


def fits(number: Number, value: Decimal) -> Fit:
    """Tell whether an absolute value is what the figure shows, rounded or cut off."""
    size = abs(value)
    low, high = number.bounds
    if low <= size <= high:
        return "exact"
    shown = abs(number.value)
    return "truncated" if not number.word and shown <= size < shown + number.ulp else ""
