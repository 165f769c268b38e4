"""Whether a figure's unit and currency can be those of a value, and whether its digits and sign are."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from graph.report.figures.extract import Number
from graph.report.figures.interval import fits

Clash = Literal["", "unit", "currency"]

_DOLLARS = frozenset({"USD", "HKD", "CAD", "AUD", "SGD", "TWD", "NZD"})
_AMOUNTS = frozenset({"money", "price", "per_share"})
_RATES = frozenset({"percent", "pp", "bps"})
# Units of values that have no currency, and the units in which a figure may tell them.
_TOLD = {
    "percent": ("percent", "points"),
    "pp": ("pp", "points"),
    "bps": ("bps",),
    "multiple": ("multiple", ""),
    "count": ("count", ""),
    "index": ("", "points"),
    "days": ("days", ""),
}


def clash(number: Number, unit: str, currency: str | None) -> Clash:
    """Name what keeps the figure from being a value of this unit and currency; "" when nothing does."""
    if unit in _AMOUNTS:
        if number.unit or (number.per and unit == "money"):
            return "unit"
        return "" if _same_currency(number.currency, currency) else "currency"
    if number.unit not in _TOLD.get(unit, ()) or number.currency:
        return "unit"
    return "unit" if number.scale > 0 and unit != "count" else ""


def is_rate(unit: str) -> bool:
    """Tell whether the unit is percent, percentage points or basis points."""
    return unit in _RATES


def _same_currency(told: str, held: str | None) -> bool:
    if not told or not held:
        return True
    held = held.upper()
    return (
        held in _DOLLARS
        if told == "$"
        else held in ("CNY", "JPY", "RMB")
        if told == "¥"
        else told == held or (told, held) == ("CNY", "RMB")
    )


def matches(
    number: Number, value: Decimal, side: int, *, unsigned: bool = False, either: bool = False
) -> str:
    """Tell how the figure shows the value: "exact", "truncated", or "" when it does not.

    `side` is the direction a word fixes. `unsigned` values are told by their size; `either` lets a figure
    without any sign be told by its size.
    """
    fit = fits(number, value)
    if not fit or value == 0:
        return fit
    positive = value > 0
    if number.sign and side and (number.sign == "+") != (side > 0):
        return ""
    if number.sign:
        return fit if (number.sign == "+") == positive else ""
    if side:
        return fit if (side > 0) == positive else ""
    return fit if positive or unsigned or either or number.enclosed else ""


def shown(value: Decimal, ulp: Decimal | None = None) -> str:
    """Write a value plainly; at the precision of `ulp` where one is given."""
    if ulp is not None and abs(value.adjusted()) < 30 and abs(ulp.adjusted()) < 30:
        value = value.quantize(ulp) if ulp < 1 else (value / ulp).quantize(Decimal(1)) * ulp
    return format(value, "f") if abs(value.adjusted()) < 60 else str(value)
