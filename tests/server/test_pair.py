"""A hot Redis before a durable MongoDB: losing the first loses nothing and serves nothing stale."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask as ask_service
from server.auth import LOCAL
from server.checkpoints import open_checkpointer
from server.checkpoints.saver import Checkpointer
from server.clients import is_store_url, without_secrets
from server.errors import StoreUnavailable
from server.service import open_service
from server.settings import ServerSettings
from server.transcripts import read_session
from tests.server.conftest import MONGO_FAILS, Backend, on_server, redis_client
from tests.server.test_checkpoints import ask, at, conversation
from tests.servers import Server, proxied, serving

pytestmark = MONGO_FAILS


@pytest.fixture
def hot() -> Iterator[Server]:
    """A Redis of the test's own, to be ended and started again."""
    with serving("redis") as server:
        yield server


@pytest.fixture
def durable(servers: dict[str, Server]) -> Backend:
    return on_server("mongo", servers)


@asynccontextmanager
async def opened(hot: str, durable: Backend) -> AsyncIterator[Checkpointer]:
    async with open_checkpointer(f"{hot} {durable.url}") as saver:
        yield saver


async def questions(saver: Checkpointer) -> list[str]:
    state = await conversation(saver).aget_state(at("t"))
    return [turn["text"] for turn in state.values.get("turns", [])[::2]]


async def test_a_cold_process_reads_its_items_from_the_hot_copy(hot: Server, durable: Backend) -> None:
    async with proxied(hot.url) as wire:
        async with opened(wire.url, durable) as saver:
            await conversation(saver).ainvoke(ask("one"), at("t"), durability="exit")
        stored = Backend("redis", hot.url).stored()
        assert stored
        assert all(name.startswith(b"fh:{") for name in stored)
        with redis_client(hot.url) as client:
            assert all(0 < client.pttl(key) <= 3_600_000 for key in client.scan_iter())
        trips = wire.trips
        async with opened(wire.url, durable) as saver:
            assert await questions(saver) == ["one"]
        assert wire.trips > trips


async def test_a_flushed_hot_copy_is_filled_again(hot: Server, durable: Backend) -> None:
    async with opened(hot.url, durable) as saver:
        await conversation(saver).ainvoke(ask("one"), at("t"), durability="exit")
        with redis_client(hot.url) as client:
            client.flushall()
        async with opened(hot.url, durable) as cold:
            assert await questions(cold) == ["one"]
        assert Backend("redis", hot.url).stored()
        await conversation(saver).ainvoke(ask("two"), at("t"), durability="exit")
        assert await questions(saver) == ["one", "two"]


async def test_old_data_in_the_hot_copy_is_never_served(hot: Server, durable: Backend) -> None:
    async with opened(hot.url, durable) as saver:
        await conversation(saver).ainvoke(ask("old"), at("t"), durability="exit")
        with redis_client(hot.url) as client:
            (key,) = client.scan_iter()
            old = client.dump(key)
            await conversation(saver).ainvoke(ask("new"), at("t"), durability="exit")
            client.delete(key)
            client.restore(key, 0, old)
        async with opened(hot.url, durable) as cold:
            assert await questions(cold) == ["old", "new"]
        with redis_client(hot.url) as client:
            items = client.hgetall(key)
            client.hset(key, mapping=dict.fromkeys(items, b"\x00forged"))
        async with opened(hot.url, durable) as cold:
            assert await questions(cold) == ["old", "new"]
        await saver.adelete_thread("t")
        with redis_client(hot.url) as client:
            client.restore(key, 0, old, replace=True)
        async with opened(hot.url, durable) as cold:
            assert await questions(cold) == []


async def test_a_dead_hot_copy_holds_nothing_up(hot: Server, durable: Backend) -> None:
    async with opened(hot.url, durable) as saver:
        await conversation(saver).ainvoke(ask("before"), at("t"), durability="exit")
        hot.kill()
        started = time.monotonic()
        await conversation(saver).ainvoke(ask("without"), at("t"), durability="exit")
        async with opened(hot.url, durable) as cold:  # also at the start
            assert await questions(cold) == ["before", "without"]
            await cold.adelete_thread("other")
        assert time.monotonic() - started < 5
        hot.start()
        assert await questions(saver) == ["before", "without"]


async def test_a_mute_hot_copy_costs_a_moment(hot: Server, durable: Backend) -> None:
    async with proxied(hot.url) as wire, opened(wire.url, durable) as saver:
        await conversation(saver).ainvoke(ask("before"), at("t"), durability="exit")
        wire.speaks.clear()
        started = time.monotonic()
        for words in ("one", "two", "three"):
            await conversation(saver).ainvoke(ask(words), at("t"), durability="exit")
        assert time.monotonic() - started < 4
        assert await questions(saver) == ["before", "one", "two", "three"]


async def test_without_the_durable_store_nothing_is_taken(hot: Server) -> None:
    with serving("mongo") as server:
        url = f"{hot.url} {server.url}"
        async with open_checkpointer(url, deadline=1.5) as saver:
            await conversation(saver).ainvoke(ask("kept"), at("t"), durability="exit")
            server.stop()
            with pytest.raises(StoreUnavailable):
                await conversation(saver).ainvoke(ask("not taken"), at("t"), durability="exit")
            server.start()
            assert await questions(saver) == ["kept"]


async def test_the_service_goes_on_while_the_hot_copy_is_lost(hot: Server, durable: Backend) -> None:
    settings = ServerSettings(
        agent=AgentSettings(offline_pace_ms=0), store_url=f"{hot.url} {durable.url}", drain_seconds=1
    )
    async with open_service(settings) as service:
        for number, words in enumerate(("Is AAPL a buy?", "And its risk?", "And its margins?")):
            run = await ask_service(service, LOCAL, AnalystInput(message=words, session_id="s1"))
            await run.done.wait()
            if number == 1:
                hot.kill()
    async with open_service(settings) as service:
        transcript = (await read_session(service, LOCAL, "s1")).transcript
    assert [turn.status for turn in transcript] == ["done"] * 3
    assert all(turn.answer for turn in transcript)


def test_the_url_of_a_pair_is_a_fast_one_and_a_durable_one() -> None:
    assert is_store_url("redis://a mongodb://b/c")
    assert is_store_url("rediss+cluster://a:1 mongodb+srv://b/c")
    for wrong in ("redis://a redis://b", "mongodb://b redis://a", "redis://a mongodb://b x", "redis://a b"):
        assert not is_store_url(wrong)
    shown = without_secrets("redis://u:hunter2@a:1/0 mongodb://u:hunter2@b,c/d?e=f")
    assert shown == "redis://a:1/0 mongodb://b,c/d"
