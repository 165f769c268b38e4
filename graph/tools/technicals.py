"""Facts from daily bars: price, returns, trend, momentum, risk, levels and volume as of the last bar.

An indicator that the bars are too few for gives no fact. Values are computed from the unrounded columns
and rounded last; quoted prices keep the digits they have. Returns, volatility and drawdowns are of the
split-adjusted close, without dividends. A close that a formula refers to is a fact of its own, named by
its date: `AAPL.close@2024-11-29`.
"""

from __future__ import annotations

from datetime import date, timedelta

from graph.facts import Fact
from graph.indicators import momentum, relative, trend, volatility
from graph.market.types import Bars, Identity
from graph.tools.level_facts import add_levels
from graph.tools.sheet import Sheet, last, percent

_LOOKBACKS = (("return_1m", 1), ("return_3m", 3), ("return_6m", 6), ("return_1y", 12))


def technical_facts(bars: Bars, identity: Identity) -> list[Fact]:
    """Compute every technical fact that the bars allow, dated by the last bar."""
    if not len(bars):
        return []
    sheet = Sheet(bars, identity)
    for part in (_prices, _returns, _year_to_date, _range, _trend, _momentum, _risk, add_levels, _volume):
        part(sheet, bars)
    return sheet.facts


def _prices(sheet: Sheet, bars: Bars) -> None:
    sheet.close_at(len(bars) - 1)
    if len(bars) > 1:
        sheet.add("previous_close", float(bars.close[-2]), at=-2)
    sheet.add("adjusted_close", last(bars.adj_close))


def _returns(sheet: Sheet, bars: Bars) -> None:
    close = last(bars.close)
    if len(bars) > 1:
        inputs = (sheet.id("close"), sheet.id("previous_close"))
        change = percent(close, float(bars.close[-2]))
        sheet.add("return_1d", change, formula="close / previous_close - 1", inputs=inputs)
    for metric, months in _LOOKBACKS:
        start = momentum.lookback(bars.dates, months)
        if start is not None:
            inputs = (sheet.id("close"), sheet.close_at(start))
            formula = f"close / close@{bars.dates[start]} - 1"
            sheet.add(metric, percent(close, float(bars.close[start])), formula=formula, inputs=inputs)


def _year_to_date(sheet: Sheet, bars: Bars) -> None:
    """Add the return since the last close of the year before, where the bars reach into it."""
    year = bars.as_of[:4]
    start = next((i - 1 for i, day in enumerate(bars.dates) if day[:4] == year), -1)
    if start >= 0:
        inputs = (sheet.id("close"), sheet.close_at(start))
        formula = f"close / close@{bars.dates[start]} - 1"
        change = percent(last(bars.close), float(bars.close[start]))
        sheet.add("return_ytd", change, formula=formula, inputs=inputs)


def _range(sheet: Sheet, bars: Bars) -> None:
    """Add the 52-week range; only where the bars reach back 52 weeks."""
    first = (date.fromisoformat(bars.as_of) - timedelta(weeks=52)).isoformat()
    if bars.dates[0] > first:
        return
    start = next(i for i, day in enumerate(bars.dates) if day > first)
    close = last(bars.close)
    top, bottom = start + int(bars.high[start:].argmax()), start + int(bars.low[start:].argmin())
    high, low = float(bars.high[top]), float(bars.low[bottom])
    span = f"{bars.dates[start]} to {bars.as_of}"
    sheet.add("high_52w", high, formula=f"max(high, {span})", at=top, period=bars.dates[top])
    sheet.add("low_52w", low, formula=f"min(low, {span})", at=bottom, period=bars.dates[bottom])
    for metric, extreme, value in (("from_high_52w", "high_52w", high), ("from_low_52w", "low_52w", low)):
        inputs = (sheet.id("close"), sheet.id(extreme))
        sheet.add(metric, percent(close, value), formula=f"close / {extreme} - 1", inputs=inputs)


def _trend(sheet: Sheet, bars: Bars) -> None:
    close = last(bars.close)
    for days in (20, 50, 200):
        average = last(trend.sma(bars.close, days))
        known = sheet.add(f"sma_{days}", average, formula=f"mean(close, {days} days)")
        if known and days != 20:
            inputs = (sheet.id("close"), sheet.id(f"sma_{days}"))
            formula = f"close / sma_{days} - 1"
            sheet.add(f"vs_sma_{days}", percent(close, average), formula=formula, inputs=inputs)
    sheet.add("ema_20", last(trend.ema(bars.close, 20)), formula="ema(close, 20 days)")
    strength = last(trend.adx(bars.high, bars.low, bars.close))
    sheet.add("adx_14", strength, formula="adx(high, low, close, 14 days), Wilder")


def _momentum(sheet: Sheet, bars: Bars) -> None:
    sheet.add("rsi_14", last(momentum.rsi(bars.close)), formula="rsi(close, 14 days), Wilder")
    line, signal, histogram = (last(values) for values in momentum.macd(bars.close))
    # The MACD is in the unit of prices: two digits would say nothing of a low-priced share.
    places = 2 if bars.close[-1] >= 10 else 4
    sheet.add("macd", line, formula="ema(close, 12 days) - ema(close, 26 days)", places=places)
    both = (sheet.id("macd"), sheet.id("macd_signal"))
    sheet.add("macd_signal", signal, formula="ema(macd, 9 days)", inputs=both[:1], places=places)
    sheet.add("macd_histogram", histogram, formula="macd - macd_signal", inputs=both, places=places)
    k, d = (last(values) for values in momentum.stochastic(bars.high, bars.low, bars.close))
    sheet.add("stoch_k", k, formula="stoch(14,3,3) %K: mean of the raw %K(14) over 3 days")
    sheet.add("stoch_d", d, formula="stoch(14,3,3) %D: mean(stoch_k, 3 days)", inputs=(sheet.id("stoch_k"),))


def _risk(sheet: Sheet, bars: Bars) -> None:
    close = last(bars.close)
    reach = last(volatility.atr(bars.high, bars.low, bars.close))
    if sheet.add("atr_14", reach, formula="atr(high, low, close, 14 days), Wilder"):
        inputs = (sheet.id("atr_14"), sheet.id("close"))
        sheet.add("atr_pct", reach / close * 100, formula="atr_14 / close", inputs=inputs)
    upper, lower = (last(values) for values in volatility.bollinger(bars.close))
    sheet.add("bollinger_upper", upper, formula="mean(close, 20 days) + 2 × population stdev(close, 20 days)")
    sheet.add("bollinger_lower", lower, formula="mean(close, 20 days) - 2 × population stdev(close, 20 days)")
    for metric, days in (("volatility_20d", 20), ("volatility_1y", volatility.TRADING_DAYS)):
        level = volatility.annualised_volatility(bars.close, days)
        formula = f"sample stdev(log returns of the close, {days} days) × √252"
        sheet.add(metric, None if level is None else level * 100, formula=formula)
    _drawdowns(sheet, bars)


def _drawdowns(sheet: Sheet, bars: Bars) -> None:
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


def _volume(sheet: Sheet, bars: Bars) -> None:
    volume = last(bars.volume)
    sheet.add("volume", volume)
    average = last(trend.sma(bars.volume, 20))
    if sheet.add("volume_avg_20", average, formula="mean(volume, 20 days)") and average > 0:
        inputs = (sheet.id("volume"), sheet.id("volume_avg_20"))
        sheet.add("volume_ratio", volume / average, formula="volume / volume_avg_20", inputs=inputs)
    share = relative.up_volume_share(bars.close, bars.volume, 20)
    formula = "volume of the days that closed higher / volume, 20 days"
    sheet.add("up_volume_20", None if share is None else share * 100, formula=formula)
