"""What Qwen's class and the server around it cost and wait for, beside plain ChatTongyi."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from bench.load import Door, load
from bench.processes import COMMAND, PROJECT, Server, environment, free_port, running
from bench.qwen_client import BLOCKED_SECONDS, KEY, OURS, TONGYI
from bench.results import Check, checks_table, median_ratio, percentile, with_note

SERVER = "financial-agent serve"
ARRIVING = f"{SERVER}, arriving over 10 s"
_ARRIVAL_SECONDS = 10.0
TTFT_LIMIT_SECONDS, CPU_LIMIT_RATIO, DELAY_LIMIT_MS = 1.5, 0.6, 50
_CLIENT_SECONDS = 180
_WAITING = "wait-1000"
_SEVENTH = "a seventh call beside six that stall"

_NOTE = (
    "The stand-in is a process of its own; its first token comes after 1 s. All streams begin at once,\n"
    "unless it is said how they arrive.\n"
    f"{TONGYI} is asked up to 128 streams only: it reads six at a time, so 512 would take over a minute."
)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    streams: tuple[int, ...]
    largest_of_tongyi: int
    cpu_streams: int
    cpu_tokens: int
    rounds: int
    most: int


FULL = Sizes((8, 128, 512), 128, 128, 150, 3, 1000)
QUICK = Sizes((2,), 2, 2, 10, 1, 4)


@dataclass(frozen=True)
class Waits:
    """Seconds to the first token of many streams at once."""

    who: str
    streams: int
    p50: float
    max: float
    failures: int


@dataclass(frozen=True)
class QwenResult:
    """All that was measured; `delay_ms` is none where the seventh call was blocked."""

    sizes: Sizes
    waits: list[Waits]
    cpu_us_per_token: dict[str, float]
    cpu_ratio: float | None
    delay_ms: dict[str, float | None]
    checks: list[Check]


def measure(quick: bool = False) -> QwenResult:
    """Measure the class, ChatTongyi and the whole server against one stand-in."""
    sizes = QUICK if quick else FULL
    with _stand_in() as stand_in:
        url = f"{stand_in.url}/api/v1"
        waits = _waits(sizes, url)
        cpu, ratio = _cpu(sizes, url)
        stalls = {kind: _client(kind, url, "stall") for kind in (OURS, TONGYI)}
        most = _of_class(OURS, url, sizes.most)
    delays = {kind: _delay_ms(stall) for kind, stall in stalls.items()}
    served, arriving = ([wait for wait in waits if wait.who == who][-1] for who in (SERVER, ARRIVING))
    first = f"{served.streams} streams through the server, first token p50"
    delay = delays[OURS]
    checks = [
        Check(first, served.p50, TTFT_LIMIT_SECONDS, "s"),
        Check(f"{first}, arriving over 10 s", arriving.p50, TTFT_LIMIT_SECONDS, "s"),
        *([] if ratio is None else [Check(f"CPU per token against {TONGYI}", ratio, CPU_LIMIT_RATIO, "×")]),
        Check(_SEVENTH, 1e3 * BLOCKED_SECONDS if delay is None else delay, DELAY_LIMIT_MS, "ms"),
        Check(f"{most.streams} streams at once, failures", most.failures, 0, ""),
    ]
    return QwenResult(sizes, [*waits, most], cpu, ratio, delays, checks)


def tables(result: QwenResult) -> RenderableType:
    """Show the waits, the costs and the limits."""
    waits = Table(title="Qwen: first token of many streams at once, due after 1 s", title_justify="left")
    for name in ("who", "streams", "p50 s", "max s", "failures"):
        waits.add_column(name, justify="left" if name == "who" else "right")
    for wait in result.waits:
        waits.add_row(wait.who, str(wait.streams), f"{wait.p50:.2f}", f"{wait.max:.2f}", str(wait.failures))
    costs = Table(
        title=f"Qwen: CPU at {result.sizes.cpu_streams} streams; {_SEVENTH}",
        title_justify="left",
    )
    for name in ("who", "CPU µs/token", "delay ms"):
        costs.add_column(name, justify="left" if name == "who" else "right")
    for who, cpu in result.cpu_us_per_token.items():
        delay = result.delay_ms[who]
        shown = f"blocked (> {BLOCKED_SECONDS:g} s)" if delay is None else f"{delay:.1f}"
        costs.add_row(who, f"{cpu:.0f}", shown)
    return Group(with_note(waits, _NOTE), costs, checks_table(result.checks))


@contextmanager
def _stand_in() -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "tests.fake_dashscope", "--port", str(port)]
    with running(command, port, "/live", PROJECT, environment()) as server:
        yield server


def _waits(sizes: Sizes, url: str) -> list[Waits]:
    found = []
    for streams in sizes.streams:
        kinds = (TONGYI, OURS) if streams <= sizes.largest_of_tongyi else (OURS,)
        found += [_of_class(kind, url, streams) for kind in kinds]
        found.append(_of_server(url, streams))
    found.append(_of_server(url, sizes.streams[-1], ARRIVING, _ARRIVAL_SECONDS))
    return found


def _of_class(kind: str, url: str, streams: int) -> Waits:
    seen = _client(kind, url, _WAITING, str(streams))
    firsts = seen["first_tokens"]
    if not firsts:
        raise RuntimeError(f"all {streams} streams of {kind} failed")
    return Waits(kind, streams, percentile(firsts, 0.5), max(firsts), seen["failures"])


def _of_server(url: str, streams: int, who: str = SERVER, spread: float = 0.0) -> Waits:
    door = Door(
        name=who,
        path="/api/chat/stream",
        body=lambda _: {"message": "What is the risk of AAPL?"},
        token_mark=b"\nevent:token\n",
        end_mark=b'"type":"end","status":"done"',
        text_of=lambda event: event.get("text"),
    )
    with _server(url) as server:
        asyncio.run(load(door, server.url, 0, 2, 0))  # the first questions pay for caches
        answers = asyncio.run(load(door, server.url, 0, streams, spread))
    firsts = [answer.seconds_to_token for answer in answers]
    return Waits(who, streams, percentile(firsts, 0.5), max(firsts), 0)


@contextmanager
def _server(url: str) -> Iterator[Server]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        chosen = {
            "DASHSCOPE_HTTP_BASE_URL": url,
            "DASHSCOPE_API_KEY": KEY,
            "FINANCIAL_AGENT_MODEL": _WAITING,
            "FINANCIAL_AGENT_MAX_RUNS": "2048",
            "FINANCIAL_AGENT_MAX_RUNS_PER_CALLER": "2048",
            "FINANCIAL_AGENT_REQUESTS_PER_MINUTE": "0",
            "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{folder}/sessions.db",
            "FINANCIAL_AGENT_DRAIN_SECONDS": "1",
        }
        command = [COMMAND, "serve", "--port", str(port)]
        with running(command, port, "/api/health/live", Path(folder), environment(chosen)) as server:
            yield server


def _cpu(sizes: Sizes, url: str) -> tuple[dict[str, float], float | None]:
    """Give the CPU per token of both kinds, in rounds that take turns, and the ratio within a round."""
    costs: dict[str, list[float]] = {OURS: [], TONGYI: []}
    for _ in range(sizes.rounds):
        for kind, rounds in costs.items():
            seen = _client(kind, url, f"tokens-{sizes.cpu_tokens}", str(sizes.cpu_streams))
            if seen["failures"]:
                raise RuntimeError(f"{seen['failures']} streams of {kind} failed")
            rounds.append(seen["cpu_seconds"] / (sizes.cpu_tokens * sizes.cpu_streams) * 1e6)
    return {kind: median(rounds) for kind, rounds in costs.items()}, median_ratio(costs[OURS], costs[TONGYI])


def _client(kind: str, url: str, *what: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.qwen_client", kind, url, *what]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, env=environment(), capture_output=True, text=True, timeout=_CLIENT_SECONDS
        )
    except subprocess.TimeoutExpired as fault:
        raise RuntimeError(f"{kind} did not end in {_CLIENT_SECONDS} s") from fault
    if done.returncode != 0:
        raise RuntimeError(f"{kind} ended with {done.returncode}: {done.stderr[-2000:]}")
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _delay_ms(stall: dict[str, Any]) -> float | None:
    beside = stall["beside_seconds"]
    return None if beside is None else max(0.0, beside - stall["alone_seconds"]) * 1e3
