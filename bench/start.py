"""How fast the command line and the server start."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Group, RenderableType
from rich.table import Table

from bench.processes import COMMAND, free_port, offline_environment, running, timed
from bench.results import Check, checks_table

HELP_LIMIT_SECONDS = 0.3
LIVE_LIMIT_RATIO = 1.5

_IMPORTS = "import fastapi, langgraph.graph, langserve"


@dataclass(frozen=True)
class Timing:
    """Something that was started, beside what it is compared with; medians over the rounds."""

    name: str
    seconds: float
    baseline: str
    baseline_seconds: float
    ratio: float


@dataclass(frozen=True)
class StartResult:
    """The timings of all rounds."""

    rounds: int
    timings: list[Timing]
    checks: list[Check]


def measure(quick: bool = False) -> StartResult:
    """Start everything in turn, several times over; the first round only warms the caches."""
    rounds, warming = (1, 0) if quick else (5, 1)
    helps, bares, lives, imports = [], [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(warming + rounds):
            helps.append(timed([COMMAND, "--help"], folder))
            bares.append(timed([sys.executable, "-c", "pass"], folder))
            lives.append(_seconds_to_live(folder))
            imports.append(timed([sys.executable, "-c", _IMPORTS], folder))
    helped = _timing("financial-agent --help", helps[warming:], 'python -c "pass"', bares[warming:])
    live = _timing(
        "financial-agent serve, first 200", lives[warming:], f'python -c "{_IMPORTS}"', imports[warming:]
    )
    checks = [
        Check("financial-agent --help", helped.seconds, HELP_LIMIT_SECONDS, "s"),
        Check("serve against its imports", live.ratio, LIVE_LIMIT_RATIO, "×"),
    ]
    return StartResult(rounds, [helped, live], checks)


def tables(result: StartResult) -> RenderableType:
    """Show the timings and their limits."""
    table = Table(title=f"Start: median of {result.rounds} interleaved rounds", title_justify="left")
    table.add_column("what")
    table.add_column("ms", justify="right")
    table.add_column("baseline")
    table.add_column("ms", justify="right")
    table.add_column("ratio", justify="right")
    for timing in result.timings:
        table.add_row(
            timing.name,
            f"{timing.seconds * 1000:.0f}",
            timing.baseline,
            f"{timing.baseline_seconds * 1000:.0f}",
            f"{timing.ratio:.2f}",
        )
    return Group(table, checks_table(result.checks))


def _seconds_to_live(folder: Path) -> float:
    port = free_port()
    command = [COMMAND, "serve", "--port", str(port)]
    with running(command, port, "/api/health/live", folder, offline_environment(folder)) as server:
        return server.seconds_to_answer


def _timing(name: str, seconds: list[float], baseline: str, baseline_seconds: list[float]) -> Timing:
    ratio = median(one / other for one, other in zip(seconds, baseline_seconds, strict=True))
    return Timing(name, median(seconds), baseline, median(baseline_seconds), ratio)
