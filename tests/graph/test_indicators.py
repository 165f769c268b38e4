"""Indicators beside an independent computation."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from graph.indicators import Floats, momentum, trend, volatility
from graph.market.embedded import Embedded
from graph.market.types import Bars

SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG", "FB")


@pytest.fixture(params=SYMBOLS)
async def bars(request: pytest.FixtureRequest) -> Bars:
    return await Embedded().history(request.param)


def wilder(values: Floats, days: int) -> list[float]:
    """Smooth as Wilder does: the mean of the first values, then (days - 1) parts old to one part new."""
    smoothed = [float(np.mean(values[:days]))]
    for value in values[days:]:
        smoothed.append((smoothed[-1] * (days - 1) + float(value)) / days)
    return smoothed


def exponential(values: Floats, days: int) -> list[float]:
    smoothed = [float(np.mean(values[:days]))]
    for value in values[days:]:
        smoothed.append(smoothed[-1] + 2 / (days + 1) * (float(value) - smoothed[-1]))
    return smoothed


def true_ranges(bars: Bars) -> Floats:
    before = bars.close[:-1]
    return np.maximum(bars.high[1:], before) - np.minimum(bars.low[1:], before)


def test_sma_is_the_mean_of_the_last_closes(bars: Bars) -> None:
    found = trend.sma(bars.close, 50)
    assert np.isnan(found[:49]).all()
    for i in (49, 100, len(bars) - 1):
        assert found[i] == pytest.approx(np.mean(bars.close[i - 49 : i + 1]), rel=1e-12)


def test_ema_is_seeded_by_the_mean_and_weighs_two_over_days_plus_one(bars: Bars) -> None:
    found = trend.ema(bars.close, 20)
    assert np.isnan(found[:19]).all()
    np.testing.assert_allclose(found[19:], exponential(bars.close, 20), rtol=1e-10)


def test_rsi_is_wilders_recursion(bars: Bars) -> None:
    steps = np.diff(bars.close)
    gains, losses = wilder(np.maximum(steps, 0), 14), wilder(np.maximum(-steps, 0), 14)
    expected = [100 * gain / (gain + loss) for gain, loss in zip(gains, losses, strict=True)]
    found = momentum.rsi(bars.close)
    assert np.isnan(found[:14]).all()
    np.testing.assert_allclose(found[14:], expected, rtol=1e-9)


def test_macd_is_the_difference_of_two_averages_and_its_own_average(bars: Bars) -> None:
    line, signal, histogram = momentum.macd(bars.close)
    fast = exponential(bars.close[14:], 12)
    slow = exponential(bars.close, 26)
    expected = np.array(fast) - np.array(slow)
    np.testing.assert_allclose(line[33:], expected[8:], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(signal[33:], exponential(expected, 9), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(histogram[33:], line[33:] - signal[33:], atol=1e-12)
    assert np.isnan(line[:33]).all()


def test_stochastic_is_the_place_in_the_range_smoothed_twice(bars: Bars) -> None:
    days = range(13, len(bars))
    raw = np.array(
        [
            100
            * (bars.close[i] - bars.low[i - 13 : i + 1].min())
            / (bars.high[i - 13 : i + 1].max() - bars.low[i - 13 : i + 1].min())
            for i in days
        ]
    )
    k = np.convolve(raw, np.ones(3) / 3, "valid")
    d = np.convolve(k, np.ones(3) / 3, "valid")
    found_k, found_d = momentum.stochastic(bars.high, bars.low, bars.close)
    np.testing.assert_allclose(found_k[17:], k[2:], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found_d[17:], d, rtol=1e-9, atol=1e-9)


def test_atr_is_the_true_range_smoothed_as_wilder_does(bars: Bars) -> None:
    found = volatility.atr(bars.high, bars.low, bars.close)
    assert np.isnan(found[:14]).all()
    np.testing.assert_allclose(found[14:], wilder(true_ranges(bars), 14), rtol=1e-9)


def test_adx_settles_at_wilders_definition(bars: Bars) -> None:
    up, down = np.diff(bars.high), -np.diff(bars.low)
    plus = wilder(np.where((up > down) & (up > 0), up, 0.0), 14)
    minus = wilder(np.where((down > up) & (down > 0), down, 0.0), 14)
    strength = [100 * abs(p - m) / (p + m) if p + m else 0.0 for p, m in zip(plus, minus, strict=True)]
    expected = wilder(np.array(strength), 14)[-1]
    found = trend.adx(bars.high, bars.low, bars.close)
    # The libraries differ in how they seed; after 150 bars the seed weighs less than 0.01.
    assert found[-1] == pytest.approx(expected, abs=0.01)


def test_bollinger_bands_are_two_population_deviations_wide(bars: Bars) -> None:
    upper, lower = volatility.bollinger(bars.close)
    last = bars.close[-20:]
    assert upper[-1] == pytest.approx(last.mean() + 2 * last.std(ddof=0), rel=1e-9)
    assert lower[-1] == pytest.approx(last.mean() - 2 * last.std(ddof=0), rel=1e-9)


def test_volatility_is_the_sample_deviation_of_log_returns_over_a_year(bars: Bars) -> None:
    returns = [math.log(b / a) for a, b in zip(bars.close[-21:-1], bars.close[-20:], strict=True)]
    mean = sum(returns) / 20
    expected = math.sqrt(sum((step - mean) ** 2 for step in returns) / 19 * 252)
    assert volatility.annualised_volatility(bars.close, 20) == pytest.approx(expected, rel=1e-12)


def test_volatility_needs_one_close_more_than_returns() -> None:
    close = np.linspace(100, 120, 21)
    assert volatility.annualised_volatility(close[1:], 20) is None
    assert volatility.annualised_volatility(close, 20) is not None
    assert volatility.annualised_volatility(close, 1) is None


def test_max_drawdown_is_the_worst_of_all_pairs() -> None:
    close = 100 * np.exp(np.cumsum(np.random.default_rng(7).normal(0, 0.02, 120)))
    pairs = [(close[j] / close[i] - 1, i, j) for i in range(len(close)) for j in range(i, len(close))]
    assert volatility.max_drawdown(close) == pytest.approx(min(pairs))


def test_drawdown_is_zero_at_a_new_high() -> None:
    assert volatility.drawdown(np.array([1.0, 3.0, 2.0, 4.0])) == (0.0, 3)
    assert volatility.drawdown(np.array([1.0, 4.0, 2.0, 3.0])) == (-0.25, 1)
    assert volatility.max_drawdown(np.array([1.0, 2.0, 3.0])) == (0.0, 0, 0)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-12-30", 1, "2024-11-30"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2023-03-31", 1, "2023-02-28"),
        ("2024-01-15", 1, "2023-12-15"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2024-05-31", 6, "2023-11-30"),
    ],
)
def test_months_go_back_by_the_calendar(day: str, months: int, expected: str) -> None:
    assert momentum.months_before(date.fromisoformat(day), months).isoformat() == expected


def test_lookback_is_the_last_bar_on_or_before_the_day() -> None:
    days = ("2024-05-30", "2024-06-14", "2024-06-17", "2024-07-15")
    assert momentum.lookback(days, 1) == 1
    assert momentum.lookback((*days[:3], "2024-07-17"), 1) == 2
    assert momentum.lookback(days[1:], 2) is None
    assert momentum.lookback((), 1) is None


def test_lookback_does_not_reach_over_a_gap() -> None:
    assert momentum.lookback(("2024-01-02", "2024-06-20", "2024-07-15"), 1) is None
