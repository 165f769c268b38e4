"""The contract of `RunLog`; every implementation runs the same tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from graph.events import EndEvent, Event, TokenEvent, decode
from server.errors import ExpiredRun, ForeignCursor, UnknownRun
from server.runs.log import Entry, MemoryRunLog, RunLog

TOKENS: list[Event] = [TokenEvent(section="verdict", text=f"word {number} ") for number in range(8)]
END = EndEvent(status="done")


@pytest.fixture(params=["memory"])
async def log(request: pytest.FixtureRequest) -> AsyncIterator[RunLog]:
    opened = MemoryRunLog(ttl=60)
    await opened.create("r1")
    yield opened
    await opened.close()


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
            await reading.aclose()  # type: ignore[attr-defined]

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


async def test_an_ended_run_expires_and_is_told_apart_from_an_unknown_one() -> None:
    log = MemoryRunLog(ttl=0.01)
    await log.create("r1")
    await write(log)
    await asyncio.sleep(0.1)
    with pytest.raises(ExpiredRun):
        await log.last("r1")
    with pytest.raises(UnknownRun):
        await log.last("r2")
    await log.close()


async def test_a_reader_that_began_before_the_expiry_reads_to_the_end() -> None:
    log = MemoryRunLog(ttl=0.01)
    await log.create("r1")
    reading = log.read("r1")
    await log.append("r1", TOKENS)
    first = await anext(reading)
    await log.append("r1", [END])
    await asyncio.sleep(0.1)
    rest = [entry async for batch in reading for entry in batch]
    assert [entry.seq for entry in [*first, *rest]] == list(range(1, len(TOKENS) + 2))
    await log.close()
