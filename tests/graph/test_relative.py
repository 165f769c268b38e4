"""One series against another, breaks of structure and extensions; and that nothing looks ahead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graph.indicators import Floats, levels, momentum, relative, structure, trend, volatility
from graph.indicators.structure import Pivot, Swing, ZigZag
from graph.market.embedded import Embedded
from graph.market.types import Bars, Identity
from graph.tools.relative_facts import correlation_fact, relative_facts


@pytest.fixture(scope="module")
def bars() -> Bars:
    return asyncio.run(Embedded().history("AAPL"))


def columns(bars: Bars) -> dict[str, Any]:
    """Compute every column and turning point of a series."""
    high, low, close, volume = bars.high, bars.low, bars.close, bars.volume
    line, signal, histogram = momentum.macd(close)
    k, d = momentum.stochastic(high, low, close)
    upper, lower = volatility.bollinger(close)
    return {
        **{f"sma_{days}": trend.sma(close, days) for days in (20, 50, 200)},
        "ema": trend.ema(close, 20), "adx": trend.adx(high, low, close), "rsi": momentum.rsi(close),
        "macd": line, "signal": signal, "histogram": histogram, "k": k, "d": d, "upper": upper,
        "lower": lower, "atr": volatility.atr(high, low, close), "volume": trend.sma(volume, 20),
    }  # fmt: skip


def cut(bars: Bars, count: int) -> Bars:
    from dataclasses import replace

    names = ("open", "high", "low", "close", "adj_close", "volume")
    return replace(bars, dates=bars.dates[:count], **{name: getattr(bars, name)[:count] for name in names})


@pytest.mark.parametrize("count", [260, 500, 777, 1200, 1508])
def test_nothing_before_changes_when_the_series_goes_on(bars: Bars, count: int) -> None:
    whole, part = columns(bars), columns(cut(bars, count))
    for name, values in part.items():
        np.testing.assert_array_equal(values, whole[name][:count], err_msg=name)
    found, before = zigzag_of(bars), zigzag_of(cut(bars, count))
    assert before.pivots == tuple(pivot for pivot in found.pivots if (pivot.confirmed or 0) < count)


def zigzag_of(bars: Bars) -> ZigZag:
    return structure.zigzag(bars.high, bars.low, volatility.atr(bars.high, bars.low, bars.close))


def test_a_break_is_known_on_its_day_and_never_moves(bars: Bars) -> None:
    known: list[tuple[int, int]] = []
    for count in range(300, len(bars), 7):
        part = cut(bars, count)
        found = structure.last_break(zigzag_of(part), part.close)
        if found is not None:
            assert found.pivot.confirmed is not None
            assert found.pivot.confirmed < found.index < count
            beyond = part.close[found.index] - found.pivot.price
            assert beyond > 0 if found.pivot.kind == "high" else beyond < 0
            known.append((found.index, found.pivot.index))
    assert known == sorted(known)
    assert len(set(known)) > 20


def test_a_pivot_breaks_once_at_the_first_close_beyond_it() -> None:
    high = Pivot(2, 10.0, "high", 4)
    close = np.array([5, 8, 9, 11, 7, 12, 13, 9, 14], dtype=np.float64)
    broken = structure.last_break(ZigZag((high,), None), close)
    assert broken == structure.Break(5, high)  # the close before its confirmation counts for nothing
    assert structure.last_break(ZigZag((), None), close) is None
    assert structure.last_break(ZigZag((Pivot(2, 99.0, "high", 4),), None), close) is None


@pytest.mark.parametrize(
    ("swing", "expected"),
    [
        (Swing(Pivot(9, 110, "high", None), Pivot(1, 100, "low", 3)), {"127.2": 112.72, "161.8": 116.18}),
        (Swing(Pivot(1, 110, "high", 3), Pivot(9, 100, "low", None)), {"127.2": 97.28, "161.8": 93.82}),
    ],
)
def test_extensions_lie_beyond_the_end_of_the_swing(swing: Swing, expected: dict[str, float]) -> None:
    assert levels.extensions(swing) == pytest.approx(expected)


def test_series_are_set_side_by_side_on_their_common_days() -> None:
    mine, theirs = np.arange(4.0), np.arange(10.0, 14.0)
    days, a, b = relative.aligned(("1", "2", "3", "5"), mine, ("2", "3", "4", "5"), theirs)
    assert (days, a.tolist(), b.tolist()) == (("2", "3", "5"), [1, 2, 3], [10, 11, 13])


def doubled(values: Floats) -> Floats:
    """Give prices whose daily log returns are twice those of others."""
    return np.asarray(values[0] * (values / values[0]) ** 2, dtype=np.float64)


def test_beta_and_correlation_of_known_series(bars: Bars) -> None:
    close = bars.close
    assert relative.beta(doubled(close), close, 252) == pytest.approx(2.0)
    assert relative.correlation(doubled(close), close, 252) == pytest.approx(1.0)
    assert relative.correlation(1 / close, close, 252) == pytest.approx(-1.0)


@pytest.mark.parametrize("measure", [relative.beta, relative.correlation])
def test_too_few_or_flat_series_have_no_measure(
    bars: Bars, measure: Callable[[Floats, Floats, int], float | None]
) -> None:
    close = bars.close[:100]
    assert measure(close, close, 100) is None
    assert measure(close, close[1:], 50) is None
    assert measure(close, np.full(100, 5.0), 50) is None


def test_the_share_of_volume_on_rising_days() -> None:
    close = np.array([1, 2, 1, 3, 3], dtype=np.float64)
    volume = np.array([9, 10, 20, 30, 40], dtype=np.float64)
    assert relative.up_volume_share(close, volume, 4) == pytest.approx(0.4)
    assert relative.up_volume_share(close, volume, 5) is None
    assert relative.up_volume_share(close, volume * 0, 4) is None


def test_the_excess_return_names_both_returns_and_their_days(bars: Bars) -> None:
    from dataclasses import replace

    identity = Identity("AAPL", "Apple", "", "NASDAQ", "USD")
    other = replace(bars, symbol="IDX", close=np.sqrt(bars.close))
    facts = {fact.metric: fact for fact in relative_facts(bars, identity, other, "the index")}
    assert str(facts["relative_1y"].value) == "16.54"
    assert facts["relative_1y"].formula == (
        "30.99% - 14.45%, the return of the index, both from 2023-12-29 to 2024-12-30"
    )
    assert str(facts["beta_1y"].value) == "2.00"
    assert relative_facts(bars, identity, cut(other, 1500), "the index") == []


async def test_the_correlation_of_two_symbols_needs_the_same_last_day() -> None:
    market = Embedded()
    identity, mine = await market.identify("MSFT"), await market.history("MSFT")
    fact = correlation_fact(mine, identity, await market.history("IBM"))
    assert fact is not None
    assert 0.2 < float(fact.value) < 0.9
    assert fact.formula == "correlation of 252 daily log returns with IBM"
    assert correlation_fact(mine, identity, await market.history("AAPL")) is None
