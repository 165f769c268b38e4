"""One series against another, and the volume behind a move. Arrays have one value a bar, oldest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.indicators import Floats


def aligned(
    dates: Sequence[str], values: Floats, other_dates: Sequence[str], other: Floats
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Keep the days that both series have; the dates are in order, and so is the answer."""
    places = {day: i for i, day in enumerate(other_dates)}
    pairs = [(i, places[day]) for i, day in enumerate(dates) if day in places]
    mine, theirs = [i for i, _ in pairs], [j for _, j in pairs]
    return tuple(dates[i] for i in mine), values[mine], other[theirs]


def beta(close: Floats, other: Floats, days: int) -> float | None:
    """Give the slope of the last `days` daily log returns on the other's; None if too few or it is flat."""
    if days < 2 or len(close) <= days or len(close) != len(other):
        return None
    mine, theirs = (np.diff(np.log(values[-days - 1 :])) for values in (close, other))
    variance = float(np.var(theirs, ddof=1))
    return float(np.cov(mine, theirs, ddof=1)[0, 1] / variance) if variance > 0 else None


def correlation(close: Floats, other: Floats, days: int) -> float | None:
    """Give the correlation of the last `days` daily log returns; None if too few or one is flat."""
    if days < 2 or len(close) <= days or len(close) != len(other):
        return None
    mine, theirs = (np.diff(np.log(values[-days - 1 :])) for values in (close, other))
    if not (np.std(mine) > 0 and np.std(theirs) > 0):
        return None
    return float(np.corrcoef(mine, theirs)[0, 1])


def up_volume_share(close: Floats, volume: Floats, days: int) -> float | None:
    """Give the share of the last `days` bars' volume that was traded on bars that closed higher, 0 to 1."""
    if days < 1 or len(close) <= days:
        return None
    rising = np.diff(close[-days - 1 :]) > 0
    total = float(volume[-days:].sum())
    return float(volume[-days:][rising].sum() / total) if total > 0 else None
