"""Runs under load and trouble: many at once, many readers of one, stopped, cut, killed."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Group, RenderableType
from rich.table import Table

from bench.live_load import Resumed, Seen, read_all, read_live, restless, session, start_run, stop_seconds
from bench.pool import Pool, open_pool
from bench.processes import PROJECT, environment, free_port, running
from bench.results import Check, checks_table, percentile, with_note

_OPEN_AT_ONCE = 100
_SILENT_SECONDS = 1.0
_MOST_ROUNDS = 12  # of a worker killed, one told to go, and Redis started again
_QUIET_SECONDS = 12.0  # between two such rounds
_NOTE = (
    "The client that reads all of it runs on the same cores, so a server has less than the machine's CPU.\n"
    "A gap is the time between two chunks with tokens of one stream, at its reader."
)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    streams: int
    tokens: int
    pace_ms: float
    spread: float
    few: int
    followers: int
    idle: int
    stops: int
    readers: int
    cycles: int


FULL = Sizes(1000, 200, 50, 20, 50, 300, 1000, 10, 24, 1000)
QUICK = Sizes(4, 20, 5, 0.1, 2, 5, 10, 1, 3, 12)


@dataclass(frozen=True)
class Live:
    """Many runs at a steady pace; CPU of the workers, without Redis and the readers."""

    name: str
    streams: int
    complete: int
    tokens_per_second: float
    first_token_p50: float
    gap_p50: float
    gap_p99: float
    gap_max: float
    cpu_ms_per_token: float


@dataclass(frozen=True)
class LiveResult:
    """All that was measured."""

    sizes: Sizes
    live: list[Live]
    followers_served: int
    idle_kb: dict[str, float]
    stop_ms: dict[str, float]
    resumed: Resumed
    checks: list[Check]


def measure(quick: bool = False) -> LiveResult:
    """Put the server through all of it, one after the other."""
    sizes = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        live = [
            _live(folder, "memory, 1 worker", sizes, sizes.few, 1, on_redis=False),
            _live(folder, "Redis, 1 worker", sizes, sizes.few, 1),
            _live(folder, "Redis, 2 workers", sizes, sizes.streams, 2),
        ]
        served = _followers(folder, sizes)
        idle = {kind: _idle(folder, sizes, kind == "Redis") for kind in ("memory", "Redis")}
        stops = _stops(folder, sizes)
        resumed = _resume(folder, sizes)
    memory, redis, many = live
    checks = [
        Check(f"CPU per token at {memory.streams} streams, memory", memory.cpu_ms_per_token, 0.15, "ms"),
        Check(f"CPU per token at {redis.streams} streams, Redis", redis.cpu_ms_per_token, 0.3, "ms"),
        Check(f"{many.streams} live streams, not complete", many.streams - many.complete, 0, ""),
        Check(f"{many.streams} live streams, gap p99", many.gap_p99, 0.5, "s"),
        Check(f"{sizes.followers} followers of one run, not served", sizes.followers - served, 0, ""),
        *(Check(f"memory per idle follower, {kind}", kb, 50, "kB") for kind, kb in idle.items()),
        *(Check(f"stop to silence, {kind}, longest", ms, 200, "ms") for kind, ms in stops.items()),
        Check(f"{resumed.cycles} cuts, events lost", resumed.lost, 0, ""),
        Check(f"{resumed.cycles} cuts, events doubled", resumed.doubled, 0, ""),
    ]
    return LiveResult(sizes, live, served, idle, stops, resumed, checks)


def tables(result: LiveResult) -> RenderableType:
    """Show the streams, what restless readers saw, and the limits."""
    pace = 1000 / result.sizes.pace_ms
    table = Table(title=f"Live streams at {pace:.0f} tokens/s each", title_justify="left")
    names = ("runs on", "streams", "complete", "tokens/s", "1st token\np50 s", "gap p50\ns", "p99 s", "max s")
    for name in (*names, "CPU ms\n/token"):
        table.add_column(name, justify="left" if name == "runs on" else "right")
    for each in result.live:
        table.add_row(
            each.name,
            str(each.streams),
            str(each.complete),
            f"{each.tokens_per_second:.0f}",
            f"{each.first_token_p50:.2f}",
            f"{each.gap_p50:.3f}",
            f"{each.gap_p99:.3f}",
            f"{each.gap_max:.2f}",
            f"{each.cpu_ms_per_token:.3f}",
        )
    seen = result.resumed
    ends = ", ".join(f"{count} {status}" for status, count in sorted(seen.ends.items()))
    line = (
        f"{seen.cycles} cuts and resumes of {seen.runs} runs with {seen.events} events, while a worker was "
        f"killed, one told to go, and Redis started again: {seen.lost} events lost, {seen.doubled} doubled. "
        f"The runs ended as: {ends}."
    )
    return Group(with_note(table, _NOTE), line, checks_table(result.checks))


def _live(folder: Path, name: str, sizes: Sizes, streams: int, workers: int, on_redis: bool = True) -> Live:
    extra = {"FINANCIAL_AGENT_OFFLINE_PACE_MS": str(sizes.pace_ms)}
    spread = sizes.spread * streams / sizes.streams
    with open_pool(folder, workers, extra, on_redis) as pool:
        asyncio.run(read_live(pool.url, min(5, streams), 5, 0))
        before, started = pool.cpu_seconds(), time.perf_counter()
        seen = asyncio.run(read_live(pool.url, streams, sizes.tokens, spread))
        seconds, cpu = time.perf_counter() - started, pool.cpu_seconds() - before
    return _told(name, seen, seconds, cpu, streams * sizes.tokens)


def _told(name: str, seen: list[Seen], seconds: float, cpu: float, tokens: int) -> Live:
    gaps = [gap for one in seen for gap in one.gaps]
    return Live(
        name=name,
        streams=len(seen),
        complete=sum(one.complete for one in seen),
        tokens_per_second=tokens / seconds,
        first_token_p50=percentile([one.first_seconds or 0.0 for one in seen], 0.5),
        gap_p50=percentile(gaps, 0.5),
        gap_p99=percentile(gaps, 0.99),
        gap_max=max(gaps),
        cpu_ms_per_token=cpu / tokens * 1000,
    )


def _followers(folder: Path, sizes: Sizes) -> int:
    """Count the followers of one run who got the whole of it, at two workers."""

    async def follow(pool: Pool) -> int:
        async with session(pool.url) as http:
            run_id = await start_run(http)
            bodies = await asyncio.gather(*(read_all(http, run_id) for _ in range(sizes.followers)))
            whole = await read_all(http, run_id)
        return sum(body == whole and b"event:end\n" in body for body in bodies)

    with open_pool(folder, 2, {"FINANCIAL_AGENT_OFFLINE_PACE_MS": "5"}) as pool:
        return asyncio.run(follow(pool))


def _idle(folder: Path, sizes: Sizes, on_redis: bool) -> float:
    """Measure what one more reader of a silent run takes, in kB."""

    async def grown(pool: Pool) -> int:
        async with session(pool.url) as http:
            run_id = await start_run(http, model="silent")
            opened = [await http.get(f"/api/runs/{run_id}/events") for _ in range(5)]
            await _until_silent(opened[0])
            before = pool.resident_bytes()
            for _ in range(0, sizes.idle, _OPEN_AT_ONCE):
                some = min(_OPEN_AT_ONCE, sizes.idle)
                opened += await asyncio.gather(*(http.get(f"/api/runs/{run_id}/events") for _ in range(some)))
            await asyncio.sleep(1)
            size = pool.resident_bytes() - before
            for response in opened:
                response.close()
        return size

    with _stand_in() as models, open_pool(folder, 1, models, on_redis) as pool:
        return asyncio.run(grown(pool)) / sizes.idle / 1024


async def _until_silent(response: aiohttp.ClientResponse) -> None:
    """Read a run until it has told its data: what it still tells takes room at every reader for a moment."""
    told = b""
    while b"event:facts" not in told:
        if response.content.at_eof():
            raise RuntimeError("the run ended before it told its data")
        told = told[-16:] + await response.content.readany()
    with suppress(TimeoutError):
        while True:
            await asyncio.wait_for(response.content.readany(), _SILENT_SECONDS)


def _stops(folder: Path, sizes: Sizes) -> dict[str, float]:
    """Measure the longest time from a stop to silence, in ms, where two workers share the runs."""
    cases = {
        "flowing": ("slow", "token"),
        "stalled": ("stall", "token"),
        "before a token": ("silent", "facts"),
    }
    with _stand_in() as models, open_pool(folder, 2, models) as pool:
        return {
            kind: 1000 * max(asyncio.run(stop_seconds(pool.url, model, after)) for _ in range(sizes.stops))
            for kind, (model, after) in cases.items()
        }


def _resume(folder: Path, sizes: Sizes) -> Resumed:
    """Have readers leave and come back while workers and Redis go and come."""

    async def trouble(pool: Pool) -> Resumed:
        assert pool.redis is not None
        reading = asyncio.create_task(restless(pool.url, sizes.readers, sizes.cycles, seed=7))
        rounds = 0
        while not reading.done() or not rounds:
            await asyncio.sleep(3)
            await asyncio.to_thread(pool.signal_one, signal.SIGKILL, rounds)
            await asyncio.sleep(3)
            await asyncio.to_thread(pool.signal_one, signal.SIGTERM, rounds + 1)
            await asyncio.sleep(2)
            await asyncio.to_thread(pool.redis.stop)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(pool.redis.start)
            rounds += 1
            if rounds >= _MOST_ROUNDS:
                break
            await asyncio.wait([reading], timeout=_QUIET_SECONDS)
        return await reading

    with open_pool(folder, 2, {"FINANCIAL_AGENT_OFFLINE_PACE_MS": "8"}) as pool:
        return asyncio.run(trouble(pool))


@contextmanager
def _stand_in() -> Iterator[dict[str, str]]:
    """Start a stand-in for DashScope, and give the settings by which the server asks it."""
    port = free_port()
    command = [sys.executable, "-m", "tests.fake_dashscope", "--port", str(port)]
    with running(command, port, "/live", PROJECT, environment()) as server:
        yield {
            "DASHSCOPE_API_KEY": "sk-stand-in-not-a-real-key",
            "DASHSCOPE_HTTP_BASE_URL": f"{server.url}/api/v1",
            "FINANCIAL_AGENT_MODELS": "slow,stall,silent",
            "FINANCIAL_AGENT_DRAIN_SECONDS": "0",
        }
