"""Swing pivots that never change once they are confirmed, and the levels that are drawn from them."""

from __future__ import annotations

import numpy as np
import pytest

from graph.indicators import Floats, levels, structure, volatility
from graph.indicators.structure import Pivot, Swing, ZigZag
from graph.market.embedded import Embedded
from graph.market.types import Bars

SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG", "FB")


@pytest.fixture(params=SYMBOLS)
async def bars(request: pytest.FixtureRequest) -> Bars:
    return await Embedded().history(request.param)


def walk(seed: int, bars: int = 400) -> tuple[Floats, Floats, Floats]:
    """Make high, low and close of a random walk."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.02, bars)))
    open_ = np.concatenate([[100.0], close[:-1]])
    high = np.maximum(open_, close) * (1 + random.uniform(0, 0.01, bars))
    low = np.minimum(open_, close) * (1 - random.uniform(0, 0.01, bars))
    return high, low, close


def test_zigzag_finds_the_turns_of_a_drawn_series() -> None:
    path = np.array([10, 11, 12, 13, 14, 13.5, 12, 11, 10, 9, 9.5, 10.5, 12, 13, 12.8, 13.2], dtype=float)
    found = structure.zigzag(path + 0.1, path - 0.1, np.ones_like(path), reversal=2)
    assert found.pivots == (
        Pivot(0, 9.9, "low", 2),
        Pivot(4, 14.1, "high", 6),
        Pivot(9, 8.9, "low", 12),
    )
    assert found.current == Pivot(15, 13.299999999999999, "high", None)


def test_zigzag_has_nothing_to_say_of_a_flat_or_unmeasured_series() -> None:
    flat = np.full(50, 10.0)
    assert structure.zigzag(flat, flat, np.zeros(50)) == ZigZag((), None)
    high, low, _ = walk(1, 50)
    assert structure.zigzag(high, low, np.full(50, np.nan)) == ZigZag((), None)


def test_a_bar_that_extends_its_leg_does_not_also_reverse_it() -> None:
    high = np.array([10.0, 12.0, 14.0, 20.0, 20.0])
    low = np.array([9.0, 11.0, 13.0, 5.0, 14.0])
    found = structure.zigzag(high, low, np.ones(5), reversal=3)
    assert [(pivot.index, pivot.confirmed) for pivot in found.pivots] == [(0, 1), (3, 4)]


def check_pivots(high: Floats, low: Floats, found: ZigZag) -> None:
    """Check that pivots alternate, are the extremes between their neighbours and were confirmed later."""
    for before, pivot in zip(found.pivots, found.pivots[1:], strict=False):
        assert before.kind != pivot.kind
        between = slice(before.index + 1, (pivot.confirmed or 0) + 1)
        if pivot.kind == "high":
            assert pivot.price == high[pivot.index] == high[between].max()
        else:
            assert pivot.price == low[pivot.index] == low[between].min()
    for pivot in found.pivots:
        assert pivot.confirmed is not None
        assert pivot.confirmed > pivot.index


def test_pivots_of_real_prices_alternate_and_are_extremes(bars: Bars) -> None:
    found = structure.zigzag(bars.high, bars.low, volatility.atr(bars.high, bars.low, bars.close))
    assert len(found.pivots) >= 5
    check_pivots(bars.high, bars.low, found)


def confirmed_by(found: ZigZag, bar: int) -> list[Pivot]:
    return [pivot for pivot in found.pivots if pivot.confirmed is not None and pivot.confirmed < bar]


def test_what_was_confirmed_never_changes_on_real_prices(bars: Bars) -> None:
    reach = volatility.atr(bars.high, bars.low, bars.close)
    whole = structure.zigzag(bars.high, bars.low, reach)
    for end in range(20, len(bars), 29):
        cut_reach = volatility.atr(bars.high[:end], bars.low[:end], bars.close[:end])
        cut = structure.zigzag(bars.high[:end], bars.low[:end], cut_reach)
        assert list(cut.pivots) == confirmed_by(whole, end)


@pytest.mark.parametrize("seed", range(8))
def test_what_was_confirmed_never_changes_at_any_bar(seed: int) -> None:
    high, low, close = walk(seed)
    whole = structure.zigzag(high, low, volatility.atr(high, low, close))
    check_pivots(high, low, whole)
    assert len(whole.pivots) > 8
    for end in range(15, len(close)):
        cut = structure.zigzag(high[:end], low[:end], volatility.atr(high[:end], low[:end], close[:end]))
        assert list(cut.pivots) == confirmed_by(whole, end)


def test_the_dominant_swing_joins_the_highest_high_and_the_lowest_low() -> None:
    pivots = (
        Pivot(5, 50.0, "high", 7),
        Pivot(10, 20.0, "low", 12),
        Pivot(20, 30.0, "high", 22),
        Pivot(30, 25.0, "low", 33),
    )
    current = Pivot(40, 45.0, "high", None)
    swing = structure.dominant_swing(ZigZag(pivots, current), since=8)
    assert swing == Swing(high=current, low=pivots[1])
    assert swing.rising
    whole = structure.dominant_swing(ZigZag(pivots, current), since=0)
    assert whole == Swing(high=pivots[0], low=pivots[1])
    assert not whole.rising
    assert structure.dominant_swing(ZigZag(pivots, current), since=35) is None
    assert structure.dominant_swing(ZigZag((), None), since=0) is None


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([10, 5, 12, 6], "up"),
        ([12, 6, 10, 5], "down"),
        ([12, 5, 10, 6], "mixed"),
        ([10, 5, 12], None),
    ],
)
def test_trend_reads_the_last_two_highs_and_lows(prices: list[float], expected: str | None) -> None:
    pivots = [Pivot(i, price, "low" if i % 2 else "high", i + 1) for i, price in enumerate(prices)]
    assert structure.trend(pivots) == expected


def test_retracements_are_measured_from_the_end_of_the_swing() -> None:
    low, high = Pivot(1, 100.0, "low", 2), Pivot(9, 200.0, "high", None)
    rising = levels.retracements(Swing(high=high, low=low))
    assert rising == pytest.approx({"23.6": 176.4, "38.2": 161.8, "50": 150, "61.8": 138.2, "78.6": 121.4})
    falling = levels.retracements(Swing(high=Pivot(0, 200.0, "high", 1), low=low))
    assert falling == pytest.approx({"23.6": 123.6, "38.2": 138.2, "50": 150, "61.8": 161.8, "78.6": 178.6})


def test_clusters_span_at_most_their_width_and_levels_are_the_nearest() -> None:
    prices = (10.0, 10.4, 10.9, 11.2, 15.0)
    groups = levels.clusters((Pivot(i, p, "high", i + 1) for i, p in enumerate(reversed(prices))), 1.0)
    assert [tuple(pivot.price for pivot in group.pivots) for group in groups] == [
        (10.0, 10.4, 10.9),
        (11.2,),
        (15.0,),
    ]
    below, above = levels.support(groups, 12.0), levels.resistance(groups, 12.0)
    assert below is not None
    assert above is not None
    assert (below.level, above.level) == (11.2, 15.0)
    assert levels.support(groups, 10.0) is None
    at_a_level = levels.support(groups, 11.2)
    assert at_a_level is not None
    assert at_a_level.level == pytest.approx(31.3 / 3)
    assert levels.resistance(groups, 15.0) is None
    assert levels.clusters([], 1.0) == []
