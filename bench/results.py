"""What a benchmark gives back: figures held against limits, and tables to read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Group, RenderableType
from rich.table import Table


@dataclass(frozen=True)
class Check:
    """One figure and the limit it should keep; shown, never enforced."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def verdict(self) -> str:
        """Say whether the figure keeps its limit."""
        return "within" if self.value <= self.limit else "over"


def checks_table(checks: Iterable[Check]) -> Table:
    """Show figures beside their limits."""
    table = Table(title="Limits", title_justify="left")
    table.add_column("figure")
    for name in ("measured", "limit"):
        table.add_column(name, justify="right")
    table.add_column("")
    for check in checks:
        color = "green" if check.verdict == "within" else "red"
        table.add_row(
            check.name,
            f"{check.value:.2f} {check.unit}",
            f"{check.limit:g} {check.unit}",
            f"[{color}]{check.verdict}[/]",
        )
    return table


def with_note(table: Table, note: str) -> RenderableType:
    """Put a line of explanation under a table."""
    return Group(table, f"[dim]{note}[/]")


def median_ratio(values: Sequence[float], baselines: Sequence[float]) -> float | None:
    """Give the median over rounds of a figure against its baseline; none where noise swallowed a baseline."""
    if min(baselines) <= 0:
        return None
    return median(value / baseline for value, baseline in zip(values, baselines, strict=True))


def shown(ratio: float | None) -> str:
    """Write a ratio for a table."""
    return "–" if ratio is None else f"{ratio:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
