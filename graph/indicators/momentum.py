"""Momentum: oscillators of the close, and the bar that a calendar look-back starts from."""

from __future__ import annotations

import bisect
import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from graph.indicators import Floats, talib

_MAX_GAP = timedelta(days=10)


def rsi(close: Floats, days: int = 14) -> Floats:
    """Give Wilder's relative strength index of the closes, 0 to 100."""
    values: Floats = talib().RSI(close, timeperiod=days)
    return values


def macd(close: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the MACD(12,26,9) line, its signal and their difference, in the closes' unit."""
    line, signal, histogram = talib().MACD(close, fastperiod=12, slowperiod=26, signalperiod=9)
    return line, signal, histogram


def stochastic(high: Floats, low: Floats, close: Floats) -> tuple[Floats, Floats]:
    """Give the slow stochastic(14,3,3): %K smoothed over 3 bars and %D, its average over 3; 0 to 100."""
    k, d = talib().STOCH(high, low, close, fastk_period=14, slowk_period=3, slowd_period=3)
    return k, d


def months_before(day: date, months: int) -> date:
    """Go back by calendar months, to the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def lookback(dates: Sequence[str], months: int) -> int | None:
    """Find the last bar on or before the date that is `months` before the last bar.

    `dates` are ISO dates in order. None when the series starts later or has a gap of over ten days there.
    """
    if not dates:
        return None
    start = months_before(date.fromisoformat(dates[-1]), months)
    found = bisect.bisect_right(dates, start.isoformat()) - 1
    if found < 0 or start - date.fromisoformat(dates[found]) > _MAX_GAP:
        return None
    return found
