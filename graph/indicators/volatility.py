"""Volatility and risk: ranges, bands, annualised volatility and drawdowns."""

from __future__ import annotations

import numpy as np

from graph.indicators import Floats, talib

TRADING_DAYS = 252


def atr(high: Floats, low: Floats, close: Floats, days: int = 14) -> Floats:
    """Average the true range by Wilder's smoothing, in the prices' unit."""
    values: Floats = talib().ATR(high, low, close, timeperiod=days)
    return values


def bollinger(close: Floats, days: int = 20, width: float = 2.0) -> tuple[Floats, Floats]:
    """Give the upper and lower band: the simple average ± `width` population standard deviations."""
    upper, _, lower = talib().BBANDS(close, timeperiod=days, nbdevup=width, nbdevdn=width)
    return upper, lower


def annualised_volatility(close: Floats, days: int) -> float | None:
    """Give the sample deviation of the last `days` log returns × √252, as a fraction; None if too few."""
    if days < 2 or len(close) <= days:
        return None
    returns = np.diff(np.log(close[-days - 1 :]))
    return float(np.std(returns, ddof=1) * np.sqrt(TRADING_DAYS))


def drawdown(close: Floats) -> tuple[float, int]:
    """Give the last close's distance from the highest, a fraction of at most 0, and that peak's index."""
    peak = int(np.argmax(close))
    return float(close[-1] / close[peak] - 1), peak


def max_drawdown(close: Floats) -> tuple[float, int, int]:
    """Give the deepest fall from a peak, a fraction of at most 0, with the peak's and the trough's index."""
    falls = close / np.maximum.accumulate(close) - 1
    trough = int(np.argmin(falls))
    peak = int(np.argmax(close[: trough + 1]))
    return float(falls[trough]), peak, trough
