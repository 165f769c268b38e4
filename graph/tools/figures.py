"""One figure of the vocabulary as a fact: its label, unit and currency, and the digits that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from graph.facts import Fact, Kind, Unit
from graph.market.types import Bars
from graph.vocabulary import METRICS

_PLACES: dict[Unit, int] = {"count": 0, "money": 0, "days": 0, "bps": 0}
_IN_CURRENCY: frozenset[Unit] = frozenset({"money", "price", "per_share"})


def rounded(value: Decimal | float, unit: Unit, places: int | None = None) -> Decimal:
    """Round to the digits that a unit is shown with: 2, for prices below 1 four, for counts none."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if places is None:
        places = 4 if unit in ("price", "per_share") and abs(exact) < 1 else _PLACES.get(unit, 2)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def quoted(price: float) -> Decimal:
    """Show a price as it was quoted: 2 digits, and up to 4 where the data have them."""
    exact = rounded(price, "price", 4)
    cents = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return exact if exact != cents or abs(exact) < 1 else cents


def fact_id(entity: str, metric: str, period: str | None = None) -> str:
    """Name a fact: `AAPL.close`, `AAPL.revenue@FY2024`."""
    return f"{entity}.{metric}" + (f"@{period}" if period else "")


def figure(
    id: str,
    entity: str,
    metric: str,
    value: Decimal,
    *,
    currency: str,
    as_of: str,
    source: str,
    kind: Kind,
    period: str | None = None,
    fetched_at: str | None = None,
    formula: str | None = None,
    inputs: Sequence[str] = (),
) -> Fact:
    """Make the fact of a metric; its label and unit come from the vocabulary."""
    known = METRICS[metric]
    return Fact(
        id,
        known.en,
        value,
        known.unit,
        entity=entity,
        metric=metric,
        currency=currency if known.unit in _IN_CURRENCY else None,
        period=period,
        as_of=as_of,
        fetched_at=fetched_at,
        kind=kind,
        source=source,
        formula=formula,
        inputs=tuple(inputs),
    )


def close_fact(bars: Bars, entity: str, index: int | None = None) -> Fact:
    """Give the close of a bar, named by its date; without an index or for the last bar, the close."""
    last = index is None or index == len(bars) - 1
    at = -1 if index is None else index
    day = bars.dates[at]
    return figure(
        fact_id(entity, "close", None if last else day),
        entity,
        "close",
        quoted(float(bars.close[at])),
        currency=bars.currency,
        as_of=day,
        source=bars.source,
        kind="market",
        period=None if last else day,
        fetched_at=bars.fetched_at,
    )
