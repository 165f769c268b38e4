"""A figure with the phrases of its sentence, and values that figures of one paragraph come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.period import Period
from graph.report.figures.quantities import Quantity

_NOW = (9999, 0)


@dataclass(frozen=True)
class Phrased:
    """A figure with what its sentence says of it."""

    number: Number
    kind: str
    phrases: tuple[frozenset[str], ...]
    said: frozenset[str]
    context: frozenset[str]
    periods: tuple[Period, ...]
    clause: str
    sentence: str
    side: int
    at: Period | None
    was: bool
    spoken: bool
    of: bool
    moved: bool


def together(a: Known, b: Known) -> bool:
    """Tell whether two figures are of one time, as far as they say."""
    if a.period is None or b.period is None or a.period == b.period:
        return True
    return a.period.kind != "prior" != b.period.kind and (
        a.period.agrees(b.period) or b.period.agrees(a.period)
    )


def order_of(item: Quantity) -> tuple[int, int]:
    """Give a key that sorts figures in time: those without a period are of now."""
    period = item.known.period
    return _NOW if period is None else (-1, 0) if period.kind == "prior" else period.order()


def complement(part: Known, whole: Known) -> Derived | None:
    """Give what a part leaves of a whole, in percent."""
    if not whole.value:
        return None
    left = whole.value - part.value
    return Derived(
        left / whole.value * 100,
        "percent",
        f"({whole.value:f} - {part.value:f}) / {whole.value:f}",
        (part.fact.id, whole.fact.id),
        "remainder",
    )


def joint_share(a: Known, b: Known, whole: Known) -> Derived | None:
    """Give the share that two parts have of a whole."""
    if not whole.value:
        return None
    return Derived(
        (a.value + b.value) / whole.value * 100,
        "percent",
        f"({a.value:f} + {b.value:f}) / {whole.value:f}",
        (a.fact.id, b.fact.id, whole.fact.id),
        "ratio",
    )


def less(whole: Known, parts: Sequence[Known]) -> Derived:
    """Take parts away from a whole."""
    told = " - ".join(f"{item.value:f}" for item in (whole, *parts))
    ids = tuple(item.fact.id for item in (whole, *parts))
    value = whole.value - sum(item.value for item in parts)
    return Derived(value, whole.fact.unit, told, ids, "remainder", whole.fact.currency)


def times(base: Known, part: Decimal, rate: Known) -> Derived:
    """Multiply a figure by a part of it or by a price of each."""
    value = base.value * part
    told = f"{base.value:f} * {part}"
    unit = "money" if rate.fact.unit == "money" else base.fact.unit
    currency = base.fact.currency or rate.fact.currency
    return Derived(value, unit, told, (base.fact.id, rate.fact.id), "product", currency)
