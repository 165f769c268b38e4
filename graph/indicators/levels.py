"""Price levels: Fibonacci levels of a swing, and support and resistance where pivots cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.indicators.structure import Pivot, Swing

RATIOS = ("23.6", "38.2", "50", "61.8", "78.6")
EXTENSIONS = ("127.2", "161.8")


@dataclass(frozen=True)
class Cluster:
    """Swing pivots at about one price; `level` is their mean."""

    level: float
    pivots: tuple[Pivot, ...]


def retracements(swing: Swing) -> dict[str, float]:
    """Give the price at each retracement in percent, measured from the end of the swing."""
    high, low = swing.high.price, swing.low.price
    span = high - low
    return {
        ratio: high - float(ratio) / 100 * span if swing.rising else low + float(ratio) / 100 * span
        for ratio in RATIOS
    }


def extensions(swing: Swing) -> dict[str, float]:
    """Give the price at each extension in percent of the swing, measured from its start beyond its end."""
    high, low = swing.high.price, swing.low.price
    span = high - low
    return {
        ratio: low + float(ratio) / 100 * span if swing.rising else high - float(ratio) / 100 * span
        for ratio in EXTENSIONS
    }


def clusters(pivots: Iterable[Pivot], width: float) -> list[Cluster]:
    """Group pivots, lowest first; a group spans at most `width`, in the prices' unit."""
    groups: list[list[Pivot]] = []
    for pivot in sorted(pivots, key=lambda pivot: pivot.price):
        if groups and pivot.price - groups[-1][0].price <= width:
            groups[-1].append(pivot)
        else:
            groups.append([pivot])
    return [Cluster(sum(p.price for p in group) / len(group), tuple(group)) for group in groups]


def support(levels: Iterable[Cluster], price: float) -> Cluster | None:
    """Choose the highest level below a price; None when there is none."""
    return max(
        (level for level in levels if level.level < price), key=lambda found: found.level, default=None
    )


def resistance(levels: Iterable[Cluster], price: float) -> Cluster | None:
    """Choose the lowest level above a price; None when there is none."""
    return min(
        (level for level in levels if level.level > price), key=lambda found: found.level, default=None
    )
