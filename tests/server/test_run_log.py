"""The contract of `RunLog`; every implementation runs the same tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from graph.events import EndEvent, Event, TokenEvent, decode
from server.clients import open_redis
from server.errors import ExpiredRun, ForeignCursor, UnknownRun
from server.runs.coordinator import Place
from server.runs.log import Entry, MemoryRunLog, RunLog
from server.runs.redis.coordinator import RedisCoordinator
from server.runs.redis.log import RedisRunLog
from server.runs.redis.wire import Wire
from tests.server.conftest import on_server
from tests.servers import Server

TOKENS: list[Event] = [TokenEvent(section="verdict", text=f"word {number} ") for number in range(8)]
END = EndEvent(status="done")


class TwoWorkers:
    """One worker writes and another reads."""

    shared = True

    def __init__(self, writer: RunLog, reader: RunLog) -> None:
        self._writer, self._reader = writer, reader

    async def create(self, run_id: str) -> None:
        await self._writer.create(run_id)

    async def discard(self, run_id: str) -> None:
        await self._writer.discard(run_id)

    async def append(self, run_id: str, events: Sequence[Event]) -> int:
        return await self._writer.append(run_id, events)

    def read(self, run_id: str, after: int = 0, idle: float | None = None) -> AsyncGenerator[list[Entry]]:
        return self._reader.read(run_id, after, idle)

    def stir(self) -> None:
        self._reader.stir()

    async def last(self, run_id: str) -> int:
        return await self._reader.last(run_id)

    async def close(self) -> None:
        """Nothing here: each worker closes its own."""


@asynccontextmanager
async def worker_log(url: str, name: str, **chosen: Any) -> AsyncIterator[RedisRunLog]:
    async with open_redis(url) as client:
        wire = Wire(client)
        log = RedisRunLog(wire, name, **chosen)
        coordinator = RedisCoordinator(wire, log, name, patience=4)
        coordinator.start(lambda run_id, reason: None, nothing)
        yield log
        await coordinator.close()
        await log.close()
        await wire.close()


async def nothing(place: Place, worker: str) -> None:
    """Do nothing for a lost run."""


Opened = Callable[..., AbstractAsyncContextManager[RunLog]]


@pytest.fixture(params=["memory", "redis", "valkey", "cluster", "redis, two workers", "cluster, two workers"])
def opened(request: pytest.FixtureRequest, servers: dict[str, Server]) -> Opened:
    """What opens a log of one kind; it holds nothing yet."""
    kind, _, two = request.param.partition(",")

    @asynccontextmanager
    async def open_log(**chosen: Any) -> AsyncIterator[RunLog]:
        if kind == "memory":
            memory = MemoryRunLog(**chosen)
            yield memory
            await memory.close()
            return
        url = on_server(kind, servers).url
        async with worker_log(url, "w1", **chosen) as writer:
            if not two:
                yield writer
                return
            async with worker_log(url, "w2", **chosen) as reader:
                yield TwoWorkers(writer, reader)

    return open_log


@pytest.fixture
async def log(opened: Opened) -> AsyncIterator[RunLog]:
    async with opened(ttl=60) as log:
        await log.create("r1")
        yield log


async def collect(log: RunLog, after: int = 0) -> list[Entry]:
    return [entry async for batch in log.read("r1", after) for entry in batch]


async def write(log: RunLog, pause: float = 0) -> None:
    for event in [*TOKENS, END]:
        await log.append("r1", [event])
        await asyncio.sleep(pause)


async def test_numbers_start_at_one_and_have_no_gap(log: RunLog) -> None:
    assert await log.append("r1", TOKENS) == len(TOKENS)
    assert await log.append("r1", [END]) == len(TOKENS) + 1
    entries = await collect(log)
    assert [entry.seq for entry in entries] == list(range(1, len(TOKENS) + 2))
    assert [decode(entry.data)["seq"] for entry in entries] == [entry.seq for entry in entries]
    assert await log.last("r1") == len(TOKENS) + 1


async def test_two_readers_both_get_every_event(log: RunLog) -> None:
    readers = [asyncio.create_task(collect(log)) for _ in range(2)]
    await asyncio.sleep(0)
    await write(log)
    first, second = await asyncio.gather(*readers)
    assert first == second
    assert [decode(entry.data).get("text") for entry in first[:-1]] == [event.text for event in TOKENS]  # type: ignore[union-attr]
    assert first[-1].type == "end"


@pytest.mark.parametrize("after", range(len(TOKENS) + 2))
async def test_reading_on_from_every_number_has_no_gap_and_no_duplicate(log: RunLog, after: int) -> None:
    await write(log)
    assert [entry.seq for entry in await collect(log, after)] == list(range(after + 1, len(TOKENS) + 2))


@pytest.mark.parametrize("after", range(0, len(TOKENS), 3))
async def test_an_event_added_while_a_reader_catches_up_is_not_lost(log: RunLog, after: int) -> None:
    await log.append("r1", TOKENS[:after])
    reading = log.read("r1", 0)
    first = await anext(reading) if after else []
    writer = asyncio.create_task(write_rest(log, after))
    rest = [entry async for batch in reading for entry in batch]
    await writer
    assert [entry.seq for entry in [*first, *rest]] == list(range(1, len(TOKENS) + 2))


async def write_rest(log: RunLog, start: int) -> None:
    for event in [*TOKENS[start:], END]:
        await asyncio.sleep(0)
        await log.append("r1", [event])


async def test_many_readers_that_come_and_go_each_see_the_whole_run(log: RunLog) -> None:
    async def read_in_pieces(step: int) -> list[int]:
        seen: list[int] = []
        while True:
            reading = log.read("r1", len(seen))
            async for batch in reading:
                for entry in batch[:step]:
                    seen.append(entry.seq)
                    if entry.type == "end":
                        return seen
                break  # the connection is cut in the middle of what was ready
            await reading.aclose()

    readers = [asyncio.create_task(read_in_pieces(step)) for step in (1, 2, 3, 5) * 5]
    await write(log, pause=0.001)
    for seen in await asyncio.gather(*readers):
        assert seen == list(range(1, len(TOKENS) + 2))


async def test_nothing_follows_an_end(log: RunLog) -> None:
    await write(log)
    with pytest.raises(ValueError, match="nothing can follow"):
        await log.append("r1", [TOKENS[0]])
    assert (await collect(log))[-1].type == "end"


async def test_silence_is_told_by_an_empty_batch(log: RunLog) -> None:
    reading = log.read("r1", 0, idle=0.01)
    assert await anext(reading) == []
    await log.append("r1", [TOKENS[0]])
    assert [entry.seq for entry in await anext(reading)] == [1]
    assert await anext(reading) == []


async def test_a_number_that_was_never_given_is_refused(log: RunLog) -> None:
    await log.append("r1", TOKENS)
    for number in (len(TOKENS) + 1, -1):
        with pytest.raises(ForeignCursor):
            await anext(log.read("r1", number))


async def test_a_run_that_never_was_is_unknown(log: RunLog) -> None:
    with pytest.raises(UnknownRun):
        await log.last("r2")
    with pytest.raises(UnknownRun):
        await anext(log.read("r2"))
    with pytest.raises(UnknownRun):
        await log.append("r2", TOKENS)


async def test_an_ended_run_expires_and_is_told_apart_from_an_unknown_one(opened: Opened) -> None:
    async with opened(ttl=0.01) as log:
        await log.create("r1")
        await write(log)
        await asyncio.sleep(0.1)
        with pytest.raises(ExpiredRun):
            await log.last("r1")
        with pytest.raises(UnknownRun):
            await log.last("r2")


async def test_a_reader_that_began_before_the_expiry_reads_to_the_end(opened: Opened) -> None:
    async with opened(ttl=0.3) as log:
        await log.create("r1")
        reading = log.read("r1")
        await log.append("r1", TOKENS)
        first = await anext(reading)
        await log.append("r1", [END])
        await asyncio.sleep(0.6)
        rest = [entry async for batch in reading for entry in batch]
        assert [entry.seq for entry in [*first, *rest]] == list(range(1, len(TOKENS) + 2))


async def test_what_was_trimmed_is_told_by_a_gap_and_the_rest_follows(opened: Opened) -> None:
    async with opened(max_events=100) as log:
        await log.create("r1")
        events: list[Event] = [TokenEvent(section="verdict", text="x") for _ in range(1000)]
        for start in range(0, 1000, 50):
            await log.append("r1", events[start : start + 50])
        await log.append("r1", [END])
        entries = await collect(log)
        gap, *rest = entries
        assert decode(gap.data) == {"seq": gap.seq, "type": "gap", "from": 1, "to": gap.seq}
        assert 100 <= len(rest) <= 300
        assert [entry.seq for entry in rest] == list(range(gap.seq + 1, 1002))
        assert [entry.type for entry in await collect(log, gap.seq)] == [entry.type for entry in rest]


async def test_a_reader_far_behind_is_overtaken_by_nothing(opened: Opened) -> None:
    async with opened() as log:
        await log.create("r1")
        reading = log.read("r1")
        events: list[Event] = [TokenEvent(section="verdict", text="x") for _ in range(3000)]
        seen = []
        for start in range(0, 3000, 100):
            await log.append("r1", events[start : start + 100])
            if start % 500 == 0:
                seen += await anext(reading)
        await log.append("r1", [END])
        seen += [entry async for batch in reading for entry in batch]
        assert [entry.seq for entry in seen] == list(range(1, 3002))
