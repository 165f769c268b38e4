"""Facts read as signals: what each topic says about one symbol.

Each topic gives at most one signal: a state, which decides the words, and a score from -1 (bearish) to +1
(bullish). Levels and volume have a state but take no side. Topics without facts give no signal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.models.note.view import View

#: Conventional thresholds, named in the text beside the figures that they judge.
RSI_HIGH, RSI_LOW, ADX_STRONG = 70, 30, 25
FUNDAMENTAL = ("growth", "margins", "valuation", "balance")


@dataclass(frozen=True)
class Signal:
    """What one topic says: `state` decides the words, `score` (-1 to +1) the rating."""

    topic: str
    state: str
    score: float


def read_signals(view: View) -> dict[str, Signal]:
    """Read every topic for which the view has facts."""
    found = (read(view) for read in _READERS)
    return {signal.topic: signal for signal in found if signal is not None}


def _clip(value: float, limit: float = 1.0) -> float:
    return max(-limit, min(limit, value))


def _trend(view: View) -> Signal | None:
    close, fast, slow = view.number("close"), view.number("sma_50"), view.number("sma_200")
    average = slow if slow is not None else fast
    if close is None or average is None:
        return None
    adx = view.number("adx_14")
    strength = 0.85 if adx is None else (1.0 if adx >= ADX_STRONG else 0.75)
    if fast is None or slow is None:
        state = "above" if close >= average else "below"
        return Signal("trend", state, (0.7 if close >= average else -0.7) * strength)
    above_slow, above_fast, ordered = close >= slow, close >= fast, fast >= slow
    states = {
        (True, True, True): "up", (True, True, False): "turning_up", (True, False, True): "pullback",
        (False, True, False): "bounce", (False, False, True): "breaking", (False, False, False): "down",
    }  # fmt: skip
    score = sum(1.0 if part else -1.0 for part in (above_slow, above_fast, ordered)) / 3
    return Signal("trend", states.get((above_slow, above_fast, ordered), "mixed"), score * strength)


def _returns(view: View) -> Signal | None:
    limits = (("return_1m", 5.0), ("return_3m", 10.0), ("return_6m", 15.0), ("return_1y", 20.0))
    known = [(value, limit) for name, limit in limits if (value := view.number(name)) is not None]
    if not known:
        return None
    score = sum(_clip(value / limit) for value, limit in known) / len(known)
    signs = {value > 0 for value, _ in known}
    if len(signs) == 2:
        state = (
            "turned_down"
            if known[0][0] <= 0 < known[-1][0]
            else "turned_up"
            if known[-1][0] <= 0
            else "mixed"
        )
    else:
        state = "gaining" if True in signs else "losing"
    return Signal("returns", state, score)


def _momentum(view: View) -> Signal | None:
    rsi = view.number("rsi_14")
    if rsi is None:
        return None
    if rsi >= RSI_HIGH:
        return Signal("momentum", "overbought", -0.4)
    if rsi <= RSI_LOW:
        return Signal("momentum", "oversold", 0.3)
    score = _clip((rsi - 50) / 15)
    return Signal("momentum", "firm" if rsi >= 55 else "soft" if rsi <= 45 else "neutral", score)


def _macd(view: View) -> Signal | None:
    line, signal = view.number("macd"), view.number("macd_signal")
    if line is None or signal is None:
        return None
    span = view.number("atr_14") or abs(line)
    if abs(line - signal) < span * 0.02:
        return Signal("macd", "level_above" if line >= 0 else "level_below", 0.25 if line >= 0 else -0.25)
    rising = line >= signal
    score = (0.5 if rising else -0.5) + (0.25 if line >= 0 else -0.25)
    return Signal("macd", ("rising" if rising else "falling") + ("_above" if line >= 0 else "_below"), score)


def _range(view: View) -> Signal | None:
    high, low = view.number("from_high_52w"), view.number("from_low_52w")
    if high is None:
        return None
    if high >= -5:
        return Signal("range", "near_high", 0.8)
    if low is not None and low <= 10:
        return Signal("range", "near_low", -0.9)
    if high >= -15:
        return Signal("range", "upper", 0.2)
    return Signal("range", "middle", -0.4 if high >= -30 else -0.8)


def _volatility(view: View) -> Signal | None:
    year = view.number("volatility_1y")
    value = year if year is not None else view.number("volatility_20d")
    if value is None:
        return None
    if value < 20:
        return Signal("volatility", "calm", 0.5)
    if value < 35:
        return Signal("volatility", "normal", 0.0)
    return Signal("volatility", "high", -0.5 if value < 50 else -0.9)


def _drawdown(view: View) -> Signal | None:
    worst, now = view.number("max_drawdown_1y"), view.number("drawdown")
    known = [value for value in (worst, now) if value is not None]
    if not known:
        return None
    if now is not None and now <= -20:
        return Signal("drawdown", "under_water", -0.8)
    if min(known) > -20:
        return Signal("drawdown", "contained", 0.4)
    return Signal("drawdown", "recovered" if now is not None and now > -10 else "deep", -0.3)


def _growth(view: View) -> Signal | None:
    sales = view.number("revenue_growth")
    profit = view.number("eps_growth")
    profit = profit if profit is not None else view.number("net_income_growth")
    known = [value for value in (sales, profit) if value is not None]
    if not known:
        return None
    score = sum(_clip(value / 15) for value in known) / len(known)
    if sales is not None and profit is not None and sales * profit < 0:
        return Signal("growth", "uneven", score)
    state = (
        "strong" if score >= 0.6 else "modest" if score >= 0.1 else "flat" if score > -0.1 else "shrinking"
    )
    return Signal("growth", state, score)


def _margins(view: View) -> Signal | None:
    metric = "operating_margin" if view.has("operating_margin") else "net_margin"
    now, before = view.number(metric), view.number(metric, back=1)
    if now is None:
        return None
    level = 0.3 if now >= 20 else -0.3 if now < 5 else 0.0
    if before is None:
        return Signal("margins", "level", level)
    change = now - before
    state = "widening" if change >= 0.5 else "narrowing" if change <= -0.5 else "stable"
    return Signal("margins", state, level + _clip(change / 2, 0.6))


def _valuation(view: View) -> Signal | None:
    pe = view.number("pe")
    if pe is None or pe <= 0:
        return None
    if pe > 35:
        return Signal("valuation", "demanding", -0.9)
    if pe > 25:
        return Signal("valuation", "full", -0.5)
    return Signal("valuation", "fair", 0.0) if pe > 15 else Signal("valuation", "modest", 0.6)


def _balance(view: View) -> Signal | None:
    cash_flow, net_debt = view.number("free_cash_flow"), view.number("net_debt")
    if cash_flow is None:
        return None
    if cash_flow < 0:
        return Signal("balance", "burning", -0.7)
    if net_debt is not None and net_debt <= 0:
        return Signal("balance", "net_cash", 0.6)
    if net_debt is not None and net_debt <= cash_flow:
        return Signal("balance", "covered", 0.4)
    return Signal("balance", "levered" if net_debt is not None else "generating", 0.0)


def _levels(view: View) -> Signal | None:
    close, low, high = view.number("close"), view.number("support"), view.number("resistance")
    if close is None:
        return None
    if low is None or high is None:
        if low is None and high is None:
            return Signal("levels", "swing", 0.0) if view.has("swing_low", "swing_high") else None
        return Signal("levels", "open_above" if high is None else "open_below", 0.0)
    place = (close - low) / (high - low) if high > low else 0.5
    return Signal(
        "levels", "on_support" if place < 0.33 else "under_resistance" if place > 0.67 else "between", 0.0
    )


def _volume(view: View) -> Signal | None:
    volume, average = view.number("volume"), view.number("volume_avg_20")
    if volume is None or not average:
        return None
    ratio = volume / average
    return Signal("volume", "heavy" if ratio >= 1.3 else "light" if ratio <= 0.7 else "normal", 0.0)


_READERS: tuple[Callable[[View], Signal | None], ...] = (
    _trend, _returns, _momentum, _macd, _range, _volatility, _drawdown, _growth, _margins, _valuation,
    _balance, _levels, _volume,
)  # fmt: skip
