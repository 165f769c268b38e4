"""What becomes of sessions when their server stalls, is cut off, dies or is not there."""

from __future__ import annotations

import asyncio
import socket
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from server.checkpoints import open_checkpointer
from server.errors import StoreUnavailable
from tests.server.conftest import MONGO_FAILS, on_server
from tests.server.test_checkpoints import State, ask, at, conversation
from tests.servers import Server, proxied, serving

pytestmark = MONGO_FAILS
DEADLINE = 1.5
FAILING = ("redis", "mongo")  # Valkey and a cluster have the same client


@pytest.fixture(params=FAILING)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def own_server(kind: str) -> Iterator[Server]:
    """A server of the test's own, to be ended and started again."""
    with serving(kind) as server:
        yield server


async def questions(graph: CompiledStateGraph[Any, Any, Any, Any]) -> list[str]:
    """Give what was asked in the session, as it is stored."""
    return [turn["text"] for turn in (await graph.aget_state(at("t"))).values["turns"][::2]]


@pytest.mark.parametrize("scheme", ["redis", "redis+cluster", "mongodb"])
async def test_a_server_that_is_not_there_is_told_in_seconds(scheme: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"{scheme}://user:hunter2@127.0.0.1:{closed.getsockname()[1]}/0"
        started = time.monotonic()
        with pytest.raises(StoreUnavailable) as caught:
            async with open_checkpointer(url):
                pass
    assert time.monotonic() - started < 6
    assert "hunter2" not in f"{caught.value} {caught.value.message}"


@pytest.mark.parametrize(
    "url",
    [
        "redis://ann:hunter2/x@host:6379/0",
        "redis://ann:hunter2@host:port/0",
        "rediss+cluster://ann:hunter2#@host:port",
        "mongodb://ann:hunter2@x@host/db",
    ],
)
async def test_a_url_that_cannot_be_read_tells_no_password(url: str) -> None:
    with pytest.raises(ValueError, match="cannot be read") as caught:
        async with open_checkpointer(url):
            pass
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


async def test_a_mute_server_is_told_in_seconds(kind: str, servers: dict[str, Server]) -> None:
    async with proxied(on_server(kind, servers).url) as wire:
        wire.speaks.clear()
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            async with open_checkpointer(wire.url):
                pass
        assert time.monotonic() - started < 6


async def test_a_stalled_read_is_no_empty_history(kind: str, servers: dict[str, Server]) -> None:
    async with (
        proxied(on_server(kind, servers).url) as wire,
        open_checkpointer(wire.url, deadline=DEADLINE) as saver,
    ):
        graph = conversation(saver)
        await graph.ainvoke(ask("kept"), at("t"), durability="exit")
        wire.speaks.clear()
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await graph.ainvoke(ask("not taken"), at("t"), durability="exit")
        assert time.monotonic() - started < DEADLINE + 1
        wire.speaks.set()
        assert await questions(graph) == ["kept"]


async def test_cut_connections_lose_nothing(kind: str, servers: dict[str, Server]) -> None:
    async with proxied(on_server(kind, servers).url) as wire, open_checkpointer(wire.url) as saver:
        graph = conversation(saver)

        async def cut(stop: asyncio.Event) -> None:
            while not stop.is_set():
                await asyncio.sleep(0.03)
                wire.cut()
                await asyncio.sleep(0.2)

        stop = asyncio.Event()
        cutting = asyncio.create_task(cut(stop))
        taken: list[str] = []
        for number in range(30):
            try:
                await graph.ainvoke(ask(str(number)), at("t"), durability="exit")
                taken.append(str(number))
            except StoreUnavailable:
                pass
        stop.set()
        await cutting
        kept = await questions(graph)
        assert [number for number in kept if number in taken] == taken
        assert len(taken) >= 20


async def test_a_server_that_dies_and_returns_has_lost_nothing(own_server: Server) -> None:
    async with open_checkpointer(own_server.url, deadline=DEADLINE) as saver:
        graph = conversation(saver)
        await graph.ainvoke(ask("before"), at("t"), durability="exit")
        own_server.stop()
        started = time.monotonic()
        with pytest.raises(StoreUnavailable) as caught:
            await graph.ainvoke(ask("lost"), at("t"), durability="exit")
        assert time.monotonic() - started < DEADLINE + 1
        assert "127.0.0.1" not in f"{caught.value} {caught.value.message}"
        own_server.start()
        await graph.ainvoke(ask("after"), at("t"), durability="exit")
        assert await questions(graph) == ["before", "after"]


async def test_a_server_that_dies_in_a_turn_fails_the_turn_only(own_server: Server) -> None:
    async with open_checkpointer(own_server.url, deadline=DEADLINE) as saver:
        await conversation(saver).ainvoke(ask("before"), at("t"), durability="exit")

        def die(state: State) -> State:
            own_server.stop()
            return {"turns": []}

        dying = StateGraph(State)
        dying.add_node("answer", die)
        dying.add_edge(START, "answer")
        with pytest.raises(StoreUnavailable):
            await dying.compile(checkpointer=saver).ainvoke(ask("lost"), at("t"), durability="exit")
        own_server.start()
        assert await questions(conversation(saver)) == ["before"]
