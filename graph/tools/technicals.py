"""Facts from daily bars: price, returns, trend, momentum, risk, levels and volume as of the last bar.

An indicator that the bars are too few for gives no fact. Values are computed from the unrounded columns
and rounded last; quoted prices keep the digits they have. Returns, volatility and drawdowns are of the
split-adjusted close, without dividends. A close that a formula refers to is a fact of its own, named by
its date: `AAPL.close@2024-11-29`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from graph.facts import Fact
from graph.indicators import Floats, levels, momentum, structure, trend, volatility
from graph.market.types import Bars, Identity
from graph.tools.figures import close_fact, fact_id, figure, quoted, rounded
from graph.vocabulary import METRICS

SWING_BARS = 252
LEVEL_BARS = 504
_LOOKBACKS = (("return_1m", 1), ("return_3m", 3), ("return_6m", 6), ("return_1y", 12))


def technical_facts(bars: Bars, identity: Identity) -> list[Fact]:
    """Compute every technical fact that the bars allow, dated by the last bar."""
    if not len(bars):
        return []
    sheet = _Sheet(bars, identity)
    for part in (_prices, _returns, _range, _trend, _momentum, _risk, _levels, _volume):
        part(sheet, bars)
    return sheet.facts


class _Sheet:
    """Collects the facts of one symbol's bars; what is not a finite number is left out."""

    def __init__(self, bars: Bars, identity: Identity) -> None:
        self.bars = bars
        self.entity = identity.symbol
        self.facts: list[Fact] = []
        self._ids: set[str] = set()

    def id(self, metric: str) -> str:
        """Name a metric's fact."""
        return fact_id(self.entity, metric)

    def add(
        self,
        metric: str,
        value: float | None,
        *,
        formula: str | None = None,
        inputs: Sequence[str] = (),
        at: int = -1,
        period: str | None = None,
        places: int | None = None,
    ) -> bool:
        """Add a fact dated by bar `at`, computed if it has a formula; say whether it was added."""
        if value is None or not math.isfinite(value):
            return False
        unit = METRICS[metric].unit
        quote = formula is None and unit == "price"
        self._keep(
            figure(
                self.id(metric),
                self.entity,
                metric,
                quoted(value) if quote else rounded(value, unit, places),
                currency=self.bars.currency,
                as_of=self.bars.dates[at],
                source=self.bars.source,
                kind="computed" if formula else "market",
                period=period,
                fetched_at=self.bars.fetched_at,
                formula=formula,
                inputs=inputs,
            )
        )
        return True

    def close_at(self, index: int) -> str:
        """Give the id of the close of a bar, adding its fact if the list does not have it yet."""
        fact = close_fact(self.bars, self.entity, index)
        self._keep(fact)
        return fact.id

    def _keep(self, fact: Fact) -> None:
        if fact.id not in self._ids:
            self._ids.add(fact.id)
            self.facts.append(fact)


def _last(values: Floats) -> float:
    return float(values[-1])


def _percent(part: float, whole: float) -> float:
    """Give how far `part` is from `whole`, in percent."""
    return (part / whole - 1) * 100


def _prices(sheet: _Sheet, bars: Bars) -> None:
    sheet.close_at(len(bars) - 1)
    if len(bars) > 1:
        sheet.add("previous_close", float(bars.close[-2]), at=-2)
    sheet.add("adjusted_close", _last(bars.adj_close))


def _returns(sheet: _Sheet, bars: Bars) -> None:
    close = _last(bars.close)
    if len(bars) > 1:
        inputs = (sheet.id("close"), sheet.id("previous_close"))
        change = _percent(close, float(bars.close[-2]))
        sheet.add("return_1d", change, formula="close / previous_close - 1", inputs=inputs)
    for metric, months in _LOOKBACKS:
        start = momentum.lookback(bars.dates, months)
        if start is not None:
            inputs = (sheet.id("close"), sheet.close_at(start))
            formula = f"close / close@{bars.dates[start]} - 1"
            sheet.add(metric, _percent(close, float(bars.close[start])), formula=formula, inputs=inputs)


def _range(sheet: _Sheet, bars: Bars) -> None:
    """Add the 52-week range; only where the bars reach back 52 weeks."""
    first = (date.fromisoformat(bars.as_of) - timedelta(weeks=52)).isoformat()
    if bars.dates[0] > first:
        return
    start = next(i for i, day in enumerate(bars.dates) if day > first)
    close = _last(bars.close)
    top, bottom = start + int(bars.high[start:].argmax()), start + int(bars.low[start:].argmin())
    high, low = float(bars.high[top]), float(bars.low[bottom])
    span = f"{bars.dates[start]} to {bars.as_of}"
    sheet.add("high_52w", high, formula=f"max(high, {span})", at=top, period=bars.dates[top])
    sheet.add("low_52w", low, formula=f"min(low, {span})", at=bottom, period=bars.dates[bottom])
    for metric, extreme, value in (("from_high_52w", "high_52w", high), ("from_low_52w", "low_52w", low)):
        inputs = (sheet.id("close"), sheet.id(extreme))
        sheet.add(metric, _percent(close, value), formula=f"close / {extreme} - 1", inputs=inputs)


def _trend(sheet: _Sheet, bars: Bars) -> None:
    close = _last(bars.close)
    for days in (20, 50, 200):
        average = _last(trend.sma(bars.close, days))
        known = sheet.add(f"sma_{days}", average, formula=f"mean(close, {days} days)")
        if known and days != 20:
            inputs = (sheet.id("close"), sheet.id(f"sma_{days}"))
            formula = f"close / sma_{days} - 1"
            sheet.add(f"vs_sma_{days}", _percent(close, average), formula=formula, inputs=inputs)
    sheet.add("ema_20", _last(trend.ema(bars.close, 20)), formula="ema(close, 20 days)")
    strength = _last(trend.adx(bars.high, bars.low, bars.close))
    sheet.add("adx_14", strength, formula="adx(high, low, close, 14 days), Wilder")


def _momentum(sheet: _Sheet, bars: Bars) -> None:
    sheet.add("rsi_14", _last(momentum.rsi(bars.close)), formula="rsi(close, 14 days), Wilder")
    line, signal, histogram = (_last(values) for values in momentum.macd(bars.close))
    # The MACD is in the unit of prices: two digits would say nothing of a low-priced share.
    places = 2 if bars.close[-1] >= 10 else 4
    sheet.add("macd", line, formula="ema(close, 12 days) - ema(close, 26 days)", places=places)
    both = (sheet.id("macd"), sheet.id("macd_signal"))
    sheet.add("macd_signal", signal, formula="ema(macd, 9 days)", inputs=both[:1], places=places)
    sheet.add("macd_histogram", histogram, formula="macd - macd_signal", inputs=both, places=places)
    k, d = (_last(values) for values in momentum.stochastic(bars.high, bars.low, bars.close))
    sheet.add("stoch_k", k, formula="stoch(14,3,3) %K: mean of the raw %K(14) over 3 days")
    sheet.add("stoch_d", d, formula="stoch(14,3,3) %D: mean(stoch_k, 3 days)", inputs=(sheet.id("stoch_k"),))


def _risk(sheet: _Sheet, bars: Bars) -> None:
    close = _last(bars.close)
    reach = _last(volatility.atr(bars.high, bars.low, bars.close))
    if sheet.add("atr_14", reach, formula="atr(high, low, close, 14 days), Wilder"):
        inputs = (sheet.id("atr_14"), sheet.id("close"))
        sheet.add("atr_pct", reach / close * 100, formula="atr_14 / close", inputs=inputs)
    upper, lower = (_last(values) for values in volatility.bollinger(bars.close))
    sheet.add("bollinger_upper", upper, formula="mean(close, 20 days) + 2 × population stdev(close, 20 days)")
    sheet.add("bollinger_lower", lower, formula="mean(close, 20 days) - 2 × population stdev(close, 20 days)")
    for metric, days in (("volatility_20d", 20), ("volatility_1y", volatility.TRADING_DAYS)):
        level = volatility.annualised_volatility(bars.close, days)
        formula = f"sample stdev(log returns of the close, {days} days) × √252"
        sheet.add(metric, None if level is None else level * 100, formula=formula)
    _drawdowns(sheet, bars)


def _drawdowns(sheet: _Sheet, bars: Bars) -> None:
    """Add the drawdowns of the closes since one calendar year before the last bar."""
    start = momentum.lookback(bars.dates, 12)
    if start is None:
        return
    closes = bars.close[start:]
    fall, peak = volatility.drawdown(closes)
    inputs = (sheet.id("close"), sheet.close_at(start + peak))
    formula = f"close / {_name(inputs[1])} - 1, the highest close since {bars.dates[start]}"
    sheet.add("drawdown", fall * 100, formula=formula, inputs=inputs)
    fall, peak, trough = volatility.max_drawdown(closes)
    inputs = (sheet.close_at(start + trough), sheet.close_at(start + peak))
    formula = f"{_name(inputs[0])} / {_name(inputs[1])} - 1, the deepest fall since {bars.dates[start]}"
    sheet.add("max_drawdown_1y", fall * 100, formula=formula, inputs=inputs)


def _name(id: str) -> str:
    """Give the id without its entity, as a formula names it."""
    return id[id.index(".close") + 1 :]


def _levels(sheet: _Sheet, bars: Bars) -> None:
    reach = volatility.atr(bars.high, bars.low, bars.close)
    found = structure.zigzag(bars.high, bars.low, reach)
    swing = structure.dominant_swing(found, len(bars) - SWING_BARS)
    if swing is not None:
        _fibonacci(sheet, bars, swing)
    recent = [pivot for pivot in found.pivots if pivot.index >= len(bars) - LEVEL_BARS]
    groups = levels.clusters(recent, _last(reach)) if recent else []
    close = _last(bars.close)
    for metric, level in (
        ("support", levels.support(groups, close)),
        ("resistance", levels.resistance(groups, close)),
    ):
        if level is not None:
            days = ", ".join(bars.dates[pivot.index] for pivot in sorted(level.pivots, key=lambda p: p.index))
            formula = f"mean of the swing pivots within one ATR(14) of each other: {days}"
            sheet.add(metric, level.level, formula=formula)


def _fibonacci(sheet: _Sheet, bars: Bars, swing: structure.Swing) -> None:
    """Add the dominant swing of the last 252 bars and its retracements, measured from the swing's end."""
    for pivot in (swing.high, swing.low):
        day = bars.dates[pivot.index]
        state = "not yet confirmed" if pivot.confirmed is None else f"confirmed {bars.dates[pivot.confirmed]}"
        formula = f"{pivot.kind} of {day}, zig-zag of 3 × ATR(14), {state}"
        sheet.add(f"swing_{pivot.kind}", pivot.price, formula=formula, at=pivot.index, period=day)
    inputs = (sheet.id("swing_high"), sheet.id("swing_low"))
    span = "(swing_high - swing_low)"
    for ratio, level in levels.retracements(swing).items():
        formula = f"swing_high - {ratio}% × {span}" if swing.rising else f"swing_low + {ratio}% × {span}"
        sheet.add(f"fib_{ratio}", level, formula=formula, inputs=inputs)


def _volume(sheet: _Sheet, bars: Bars) -> None:
    volume = _last(bars.volume)
    sheet.add("volume", volume)
    average = _last(trend.sma(bars.volume, 20))
    if sheet.add("volume_avg_20", average, formula="mean(volume, 20 days)") and average > 0:
        inputs = (sheet.id("volume"), sheet.id("volume_avg_20"))
        sheet.add("volume_ratio", volume / average, formula="volume / volume_avg_20", inputs=inputs)
