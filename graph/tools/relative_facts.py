"""Facts about one symbol against another: excess return, beta and correlation on their common days."""

from __future__ import annotations

from graph.facts import Fact
from graph.indicators import momentum, relative, volatility
from graph.market.types import Bars, Identity
from graph.tools.sheet import Sheet, percent


def relative_facts(bars: Bars, identity: Identity, other: Bars, name: str) -> list[Fact]:
    """Compute how a symbol did against a benchmark on the days that both traded."""
    days, mine, theirs = relative.aligned(bars.dates, bars.close, other.dates, other.close)
    if not days or days[-1] != bars.as_of:
        return []
    sheet = Sheet(bars, identity)
    for metric, months in (("relative_3m", 3), ("relative_1y", 12)):
        start = momentum.lookback(days, months)
        if start is not None:
            own, benchmark = (percent(float(values[-1]), float(values[start])) for values in (mine, theirs))
            formula = (
                f"{own:.2f}% - {benchmark:.2f}%, the return of {name}, both from {days[start]} to {days[-1]}"
            )
            sheet.add(metric, own - benchmark, formula=formula)
    slope = relative.beta(mine, theirs, volatility.TRADING_DAYS)
    formula = f"slope of {volatility.TRADING_DAYS} daily log returns on those of {name}"
    sheet.add("beta_1y", slope, formula=formula)
    return sheet.facts


def correlation_fact(bars: Bars, identity: Identity, other: Bars) -> Fact | None:
    """Compute how closely two symbols moved; nothing without a year of common days up to the last."""
    days, mine, theirs = relative.aligned(bars.dates, bars.close, other.dates, other.close)
    if not days or days[-1] != bars.as_of or days[-1] != other.as_of:
        return None
    sheet = Sheet(bars, identity)
    value = relative.correlation(mine, theirs, volatility.TRADING_DAYS)
    formula = f"correlation of {volatility.TRADING_DAYS} daily log returns with {other.symbol}"
    sheet.add("correlation_1y", value, formula=formula)
    return sheet.facts[0] if sheet.facts else None
