"""Market structure: swing pivots by a zig-zag on true range, without looking ahead.

A leg's extreme becomes a pivot at the first later bar that moves `reversal` × ATR away from it; that bar
confirms it. What was confirmed by some bar never changes with later bars. The extreme of the leg that is
still running is no pivot yet: it is given apart, as `current`, and can move on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph.indicators import Floats

Kind = Literal["high", "low"]
Trend = Literal["up", "down", "mixed"]


@dataclass(frozen=True)
class Pivot:
    """A swing high or low: its bar, its price and the bar that confirmed it; None while unconfirmed."""

    index: int
    price: float
    kind: Kind
    confirmed: int | None


@dataclass(frozen=True)
class ZigZag:
    """Confirmed pivots, alternating and oldest first, and the extreme of the running leg."""

    pivots: tuple[Pivot, ...]
    current: Pivot | None


@dataclass(frozen=True)
class Swing:
    """A move between a swing high and a swing low; `rising` when the low came first."""

    high: Pivot
    low: Pivot

    @property
    def rising(self) -> bool:
        """Say whether the move went up."""
        return self.low.index < self.high.index


def zigzag(high: Floats, low: Floats, atr: Floats, reversal: float = 3.0) -> ZigZag:
    """Find the swing pivots of a series.

    The arrays have one value a bar, in prices. A bar that extends its leg confirms nothing, for which of
    its two extremes came first is unknown.
    """
    highs, lows = high.tolist(), low.tolist()
    thresholds = (atr * reversal).tolist()
    pivots: list[Pivot] = []
    top = bottom = 0
    leg: Kind | None = None
    for i, (bar_high, bar_low, threshold) in enumerate(zip(highs, lows, thresholds, strict=True)):
        top = i if bar_high > highs[top] else top
        bottom = i if bar_low < lows[bottom] else bottom
        if leg != "low" and top < i and _moved(highs[top] - bar_low, threshold):
            pivots.append(Pivot(top, highs[top], "high", i))
            bottom, leg = min(range(top + 1, i + 1), key=lows.__getitem__), "low"
        elif leg != "high" and bottom < i and _moved(bar_high - lows[bottom], threshold):
            pivots.append(Pivot(bottom, lows[bottom], "low", i))
            top, leg = max(range(bottom + 1, i + 1), key=highs.__getitem__), "high"
    if leg is None:
        return ZigZag((), None)
    extreme = (
        Pivot(top, highs[top], "high", None) if leg == "high" else Pivot(bottom, lows[bottom], "low", None)
    )
    return ZigZag(tuple(pivots), extreme)


def _moved(distance: float, threshold: float) -> bool:
    """Say whether a move reverses a leg; never where the threshold is not defined."""
    return distance > 0 and distance >= threshold


@dataclass(frozen=True)
class Break:
    """A close beyond a swing pivot that had been confirmed by then: the bar and the pivot it broke."""

    index: int
    pivot: Pivot


def last_break(found: ZigZag, close: Floats) -> Break | None:
    """Find the latest bar that closed beyond the then last confirmed swing high or low; None if none did.

    A pivot counts from the bar after the one that confirmed it, and breaks once, at the first such close.
    """
    closes = close.tolist()
    latest: Break | None = None
    for kind in ("high", "low"):
        pivots = [pivot for pivot in found.pivots if pivot.kind == kind]
        for pivot, after in zip(pivots, [*pivots[1:], None][: len(pivots)], strict=True):
            first = (pivot.confirmed or 0) + 1
            until = len(closes) if after is None or after.confirmed is None else after.confirmed + 1
            for i in range(first, until):
                beyond = closes[i] > pivot.price if kind == "high" else closes[i] < pivot.price
                if beyond:
                    if latest is None or i > latest.index:
                        latest = Break(i, pivot)
                    break
    return latest


def dominant_swing(found: ZigZag, since: int) -> Swing | None:
    """Choose the swing between the highest high and the lowest low from bar `since` on.

    The running leg's extreme takes part, unconfirmed. None when a high or a low is missing.
    """
    pivots = [*found.pivots, *([found.current] if found.current else [])]
    highs = [pivot for pivot in pivots if pivot.kind == "high" and pivot.index >= since]
    lows = [pivot for pivot in pivots if pivot.kind == "low" and pivot.index >= since]
    if not highs or not lows:
        return None
    swing = Swing(
        high=max(highs, key=lambda pivot: (pivot.price, pivot.index)),
        low=min(lows, key=lambda pivot: (pivot.price, -pivot.index)),
    )
    return swing if swing.high.price > swing.low.price else None


def trend(pivots: Sequence[Pivot]) -> Trend | None:
    """Read the last two confirmed highs and lows: both higher is up, both lower down; None if too few."""
    highs = [pivot.price for pivot in pivots if pivot.kind == "high"][-2:]
    lows = [pivot.price for pivot in pivots if pivot.kind == "low"][-2:]
    if len(highs) < 2 or len(lows) < 2:
        return None
    if highs[1] > highs[0] and lows[1] > lows[0]:
        return "up"
    if highs[1] < highs[0] and lows[1] < lows[0]:
        return "down"
    return "mixed"
