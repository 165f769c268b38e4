"""What a streamed token costs the server, and how long the first one takes."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Group, RenderableType
from rich.table import Table

from bench.doors import GRAPH, LANGSERVE, OURS, RAW, Target, open_targets
from bench.load import Frames, load, read_frames
from bench.processes import cpu_seconds
from bench.results import Check, checks_table, median_ratio, percentile, shown, with_note

BEYOND_TEXT_LIMIT = 100

_NOTE = (
    "All stream the same words. Ours also finds facts, checks figures and writes a report, so its CPU has\n"
    "two parts: marginal, the slope between short and long answers, and per run, what is left at no tokens.\n"
    f"{GRAPH} is one node on LangServe, read by /stream_events: its /stream carries no tokens.\n"
    "The naive way is FastAPI and ChatTongyi in a generator. It reads six answers at a time, so that\n"
    "others wait for their first token.\n"
    "A heading is no token of ours but a section, so its first token comes two pauses of the model later."
)


@dataclass(frozen=True)
class Pattern:
    """One way of asking: how many streams at once, how long, how fast."""

    name: str
    streams: int
    tokens: int
    few: int
    pace_ms: float
    spread: float
    rounds: int


PATTERNS = (
    Pattern("full speed", streams=50, tokens=400, few=40, pace_ms=0, spread=0, rounds=3),
    Pattern("paced", streams=50, tokens=100, few=10, pace_ms=40, spread=2, rounds=2),
)
QUICK = (
    Pattern("full speed", streams=2, tokens=24, few=6, pace_ms=0, spread=0, rounds=1),
    Pattern("paced", streams=2, tokens=24, few=6, pace_ms=2, spread=0.02, rounds=1),
)


@dataclass
class Tally:
    """What was measured of one door, a value per round."""

    cpu_us: list[float] = field(default_factory=list)
    marginal_us: list[float] = field(default_factory=list)
    run_ms: list[float] = field(default_factory=list)
    seconds_to_token: list[float] = field(default_factory=list)
    wire_bytes: list[float] = field(default_factory=list)
    frames: Frames | None = None


@dataclass(frozen=True)
class DoorResult:
    """One door's figures: medians over the rounds, ratios within each round."""

    door: str
    cpu_us_per_token: float
    cpu_to_raw: float | None
    cpu_to_graph: float | None
    marginal_us_per_token: float
    marginal_to_raw: float | None
    marginal_to_graph: float | None
    cpu_ms_per_run: float
    first_token_ms_p50: float
    first_token_ms_p99: float
    wire_bytes_per_token: float
    beyond_text_mean: float
    beyond_text_max: int


@dataclass(frozen=True)
class PatternResult:
    """All doors asked in one way."""

    pattern: Pattern
    doors: list[DoorResult]


@dataclass(frozen=True)
class StreamResult:
    """All ways of asking."""

    patterns: list[PatternResult]
    checks: list[Check]


def measure(quick: bool = False) -> StreamResult:
    """Ask all doors in turn, at full speed and paced."""
    with tempfile.TemporaryDirectory() as name:
        text_file = Path(name, "answer.md")
        patterns = [_measure_pattern(pattern, text_file) for pattern in (QUICK if quick else PATTERNS)]
    largest = max(
        door.beyond_text_max for result in patterns for door in result.doors if door.door in (OURS, LANGSERVE)
    )
    name = "bytes of ours beyond a token's text, largest"
    return StreamResult(patterns, [Check(name, largest, BEYOND_TEXT_LIMIT, "B")])


def tables(result: StreamResult) -> RenderableType:
    """Show a table for each way of asking, and the limits."""
    *others, last = [_table(one) for one in result.patterns]
    return Group(*others, with_note(last, _NOTE), checks_table(result.checks))


def _measure_pattern(pattern: Pattern, text_file: Path) -> PatternResult:
    folder = text_file.parent / pattern.name.replace(" ", "-")
    folder.mkdir()
    with open_targets(folder, text_file, pattern.pace_ms) as targets:
        tallies = asyncio.run(_rounds(pattern, targets))
    raw, graph = tallies[RAW], tallies[GRAPH]
    return PatternResult(pattern, [_door(name, tally, raw, graph) for name, tally in tallies.items()])


async def _rounds(pattern: Pattern, targets: list[Target]) -> dict[str, Tally]:
    tallies = {target.door.name: Tally() for target in targets}
    for target in targets:  # the first questions pay for caches that later ones find
        await load(target.door, target.server.url, pattern.few, min(5, pattern.streams), 0)
    for _ in range(pattern.rounds):
        for target in targets:
            await _one_round(pattern, target, tallies[target.door.name])
    return tallies


async def _one_round(pattern: Pattern, target: Target, tally: Tally) -> None:
    """Ask for short answers, then for long ones, and tell what a run and what a token costs."""
    door, server, streams = target.door, target.server, pattern.streams
    before = cpu_seconds(server.pid)
    await load(door, server.url, pattern.few, streams, pattern.spread)
    between = cpu_seconds(server.pid)
    answers = await load(door, server.url, pattern.tokens, streams, pattern.spread)
    few, many = between - before, cpu_seconds(server.pid) - between
    marginal = (many - few) / (streams * (pattern.tokens - pattern.few))
    tally.cpu_us.append(many / (streams * pattern.tokens) * 1e6)
    tally.marginal_us.append(marginal * 1e6)
    tally.run_ms.append((few / streams - marginal * pattern.few) * 1e3)
    tally.seconds_to_token += [answer.seconds_to_token for answer in answers]
    tally.wire_bytes.append(sum(answer.size for answer in answers) / (streams * pattern.tokens))
    tally.frames = tally.frames or read_frames(door, answers[0].body)


def _door(name: str, tally: Tally, raw: Tally, graph: Tally) -> DoorResult:
    assert tally.frames is not None
    return DoorResult(
        door=name,
        cpu_us_per_token=median(tally.cpu_us),
        cpu_to_raw=median_ratio(tally.cpu_us, raw.cpu_us),
        cpu_to_graph=median_ratio(tally.cpu_us, graph.cpu_us),
        marginal_us_per_token=median(tally.marginal_us),
        marginal_to_raw=median_ratio(tally.marginal_us, raw.marginal_us),
        marginal_to_graph=median_ratio(tally.marginal_us, graph.marginal_us),
        cpu_ms_per_run=median(tally.run_ms),
        first_token_ms_p50=percentile(tally.seconds_to_token, 0.5) * 1e3,
        first_token_ms_p99=percentile(tally.seconds_to_token, 0.99) * 1e3,
        wire_bytes_per_token=median(tally.wire_bytes),
        beyond_text_mean=tally.frames.beyond_mean,
        beyond_text_max=tally.frames.beyond_max,
    )


def _table(result: PatternResult) -> Table:
    pattern = result.pattern
    pace = f"{1000 / pattern.pace_ms:.0f} tokens/s each" if pattern.pace_ms else "no pause"
    begun = f"begun over {pattern.spread:g} s" if pattern.spread else "begun at once"
    title = (
        f"Stream, {pattern.name}: {pattern.streams} streams of {pattern.tokens} tokens, {pace}, {begun}, "
        f"median of {pattern.rounds} interleaved rounds"
    )
    table = Table(title=title, title_justify="left")
    table.add_column("door", no_wrap=True)
    columns = ("CPU µs\n/token", "×raw", "×graph", "marginal\nµs/token", "×raw", "×graph", "CPU ms\n/run")
    for name in (*columns, "1st token\np50 ms", "p99\nms", "bytes\n/token", "beyond text\nmean, max B"):
        table.add_column(name, justify="right")
    for door in result.doors:
        table.add_row(
            door.door,
            f"{door.cpu_us_per_token:.0f}",
            shown(door.cpu_to_raw),
            shown(door.cpu_to_graph),
            f"{door.marginal_us_per_token:.0f}",
            shown(door.marginal_to_raw),
            shown(door.marginal_to_graph),
            f"{door.cpu_ms_per_run:.1f}",
            f"{door.first_token_ms_p50:.0f}",
            f"{door.first_token_ms_p99:.0f}",
            f"{door.wire_bytes_per_token:.0f}",
            f"{door.beyond_text_mean:.0f}, {door.beyond_text_max}",
        )
    return table
