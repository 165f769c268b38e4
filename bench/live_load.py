"""What readers of live runs see: how long they wait, what they miss, when it is silent."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import aiohttp
import orjson

from server.client import AsyncRunClient, RunUnreachable

QUESTION = {"message": "What is the risk of AAPL?"}
EVENTS = "/api/runs/{}/events"


@dataclass
class Seen:
    """One stream as its reader saw it."""

    first_seconds: float | None = None
    gaps: list[float] = field(default_factory=list)
    tokens: int = 0
    complete: bool = False


@dataclass
class Resumed:
    """What restless readers saw of their runs."""

    runs: int = 0
    cycles: int = 0
    events: int = 0
    lost: int = 0
    doubled: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    unreachable: int = 0


def session(url: str) -> aiohttp.ClientSession:
    """Open a session that holds as many connections as are asked for."""
    timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
    return aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=0), timeout=timeout)


async def read_live(url: str, streams: int, tokens: int, spread: float) -> list[Seen]:
    """Read many runs while they are written; the time between the chunks of each is taken."""
    async with session(url) as http:
        body = {**QUESTION, "max_tokens": tokens}
        return await asyncio.gather(
            *(_read(http, body, number * spread / streams) for number in range(streams))
        )


async def _read(http: aiohttp.ClientSession, body: dict[str, object], delay: float) -> Seen:
    await asyncio.sleep(delay)
    seen, started, last = Seen(), time.perf_counter(), None
    async with http.post("/api/chat/stream", json=body) as response:
        response.raise_for_status()
        async for chunk in response.content.iter_any():
            count = chunk.count(b"event:token\n")
            now = time.perf_counter()
            if count:
                if seen.first_seconds is None:
                    seen.first_seconds = now - started
                if last is not None:
                    seen.gaps.append(now - last)
                last = now
                seen.tokens += count
            seen.complete = seen.complete or b'"type":"end","status":"done"' in chunk
    return seen


async def start_run(http: aiohttp.ClientSession, **body: object) -> str:
    """Start a run, leave it, and give its id."""
    async with http.post("/api/chat/stream", json={**QUESTION, **body}) as response:
        response.raise_for_status()
        return response.headers["X-Run-Id"]


async def read_all(http: aiohttp.ClientSession, run_id: str) -> bytes:
    """Follow a run to its end and give its frames, without the pings."""
    async with http.get(EVENTS.format(run_id)) as response:
        response.raise_for_status()
        return (await response.read()).replace(b":\n\n", b"")


async def stop_seconds(url: str, model: str, after: str) -> float:
    """Stop a run when an event of a type has come; give the seconds from there to its `end`."""
    async with (
        session(url) as http,
        http.post("/api/chat/stream", json={**QUESTION, "model": model}) as response,
    ):
        response.raise_for_status()
        run_id, told = response.headers["X-Run-Id"], b""
        while b"event:" + after.encode() not in told:
            told += await response.content.readany()
        await asyncio.sleep(0.3)
        started = time.perf_counter()
        stopping = asyncio.create_task(_stop(http, run_id))
        told = b""
        while b"event:end" not in told:
            told += await response.content.readany()
        seconds = time.perf_counter() - started
        await stopping
        return seconds


async def _stop(http: aiohttp.ClientSession, run_id: str) -> None:
    async with http.post(f"/api/runs/{run_id}/stop") as response:
        response.raise_for_status()


async def restless(url: str, readers: int, cycles: int, seed: int) -> Resumed:
    """Ask run after run, and leave and come back at random, so many times in all."""
    total = Resumed()
    async with AsyncRunClient(url, patience=60, trust_env=False) as client:
        dice = random.Random(seed)
        await asyncio.gather(*(_wander(client, cycles, dice, total) for _ in range(readers)))
    return total


async def _wander(client: AsyncRunClient, cycles: int, dice: random.Random, total: Resumed) -> None:
    while total.cycles < cycles:
        try:
            await _one_run(client, dice, total)
        except RunUnreachable:
            total.unreachable += 1


async def _one_run(client: AsyncRunClient, dice: random.Random, total: Resumed) -> None:
    """Follow one run in pieces, then hold what was seen against what the log has."""
    seen: list[bytes] = []
    run_id, ended, last = "", "", 0
    while not ended:
        source = client.follow(run_id, last) if run_id else client.stream(QUESTION["message"])
        left = dice.randrange(1, 160)
        async for event in source:
            run_id = run_id or event["run_id"]
            last, left = event["seq"], left - 1
            seen.append(orjson.dumps(event))
            ended = event["status"] if event["type"] == "end" else ""
            if not left:
                break
        await source.aclose()
        total.cycles += 1
    log = [orjson.dumps(event) async for event in client.follow(run_id)]
    total.runs += 1
    total.events += len(log)
    total.doubled += len(seen) - len(set(seen))
    total.lost += len(set(log) - set(seen)) + len(set(seen) - set(log))
    total.ends[ended] = total.ends.get(ended, 0) + 1
