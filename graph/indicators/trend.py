"""Trend: moving averages and the strength of a trend. Arrays have one value a bar, oldest first."""

from __future__ import annotations

from graph.indicators import Floats, talib


def sma(close: Floats, days: int) -> Floats:
    """Average the last `days` closes, equally weighted, in the closes' unit."""
    values: Floats = talib().SMA(close, timeperiod=days)
    return values


def ema(close: Floats, days: int) -> Floats:
    """Average the closes exponentially with weight 2 / (days + 1), seeded by the first simple average."""
    values: Floats = talib().EMA(close, timeperiod=days)
    return values


def adx(high: Floats, low: Floats, close: Floats, days: int = 14) -> Floats:
    """Measure how directional the prices are, 0 to 100, by Wilder's average directional index."""
    values: Floats = talib().ADX(high, low, close, timeperiod=days)
    return values
