"""Facts about price levels: swings and their structure, Fibonacci levels, support and resistance.

Every level names the bars it stands on, and a swing's end the bar that confirmed it.
"""

from __future__ import annotations

from graph.indicators import levels, structure, volatility
from graph.market.types import Bars
from graph.tools.sheet import Sheet, last

SWING_BARS = 252
LEVEL_BARS = 504


def add_levels(sheet: Sheet, bars: Bars) -> None:
    """Add the structure of the last swings, the levels of the largest, and what lies next to the close."""
    reach = volatility.atr(bars.high, bars.low, bars.close)
    found = structure.zigzag(bars.high, bars.low, reach)
    _structure(sheet, bars, found)
    swing = structure.dominant_swing(found, len(bars) - SWING_BARS)
    if swing is not None:
        _fibonacci(sheet, bars, swing)
    recent = [pivot for pivot in found.pivots if pivot.index >= len(bars) - LEVEL_BARS]
    groups = levels.clusters(recent, last(reach)) if recent else []
    close = last(bars.close)
    for metric, level in (
        ("support", levels.support(groups, close)),
        ("resistance", levels.resistance(groups, close)),
    ):
        if level is not None:
            days = ", ".join(bars.dates[pivot.index] for pivot in sorted(level.pivots, key=lambda p: p.index))
            formula = f"mean of the swing pivots within one ATR(14) of each other: {days}"
            sheet.add(metric, level.level, formula=formula)


def _fibonacci(sheet: Sheet, bars: Bars, swing: structure.Swing) -> None:
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
    for ratio, level in levels.extensions(swing).items():
        formula = f"swing_low + {ratio}% × {span}" if swing.rising else f"swing_high - {ratio}% × {span}"
        if level > 0:
            sheet.add(f"fib_{ratio}", level, formula=formula, inputs=inputs)


def _structure(sheet: Sheet, bars: Bars, found: structure.ZigZag) -> None:
    """Add the last two confirmed swing highs and lows, and the pivot that a close broke last."""
    for kind in ("high", "low"):
        pivots = [pivot for pivot in found.pivots if pivot.kind == kind and pivot.confirmed is not None]
        for name, pivot in zip((f"pivot_{kind}", f"pivot_{kind}_prior"), reversed(pivots[-2:]), strict=False):
            _add_pivot(sheet, bars, name, pivot, "")
    broken = structure.last_break(found, bars.close)
    if broken is not None:
        name = "break_up" if broken.pivot.kind == "high" else "break_down"
        side = "above" if broken.pivot.kind == "high" else "below"
        how = f", first close {side} it {bars.dates[broken.index]}"
        _add_pivot(sheet, bars, name, broken.pivot, how)


def _add_pivot(sheet: Sheet, bars: Bars, name: str, pivot: structure.Pivot, how: str) -> None:
    assert pivot.confirmed is not None
    day = bars.dates[pivot.index]
    formula = f"{pivot.kind} of {day}, zig-zag of 3 × ATR(14), confirmed {bars.dates[pivot.confirmed]}{how}"
    sheet.add(name, pivot.price, formula=formula, at=pivot.index, period=day)
