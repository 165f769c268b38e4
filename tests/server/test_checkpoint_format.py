"""How values are cut and named, what is swept, and what stored bytes may do."""

from __future__ import annotations

import operator
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any, TypedDict

import ormsgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langgraph.channels.delta import DeltaChannel
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import EXT_CONSTRUCTOR_SINGLE_ARG, JsonPlusSerializer
from langgraph.checkpoint.serde.types import _DeltaSnapshot
from langgraph.graph import START, StateGraph

from server.checkpoints import open_checkpointer, open_store
from server.checkpoints.access import Access
from server.checkpoints.format import Decoder, Encoder, references_of, unpack
from server.checkpoints.held import Held, HeldItems
from server.checkpoints.mongo import MongoStore
from server.checkpoints.names import namespace_key, session_key
from server.checkpoints.pair import HotItems, PairStore
from server.checkpoints.saver import Checkpointer
from server.checkpoints.store import Read, Save, Store
from server.clients import connect_redis, durable_url, open_mongo, pair_of
from server.errors import StoreUnavailable
from tests.server.conftest import Backend
from tests.server.test_checkpoints import META, ask, at, checkpoint, conversation, text

SERDE = JsonPlusSerializer()

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=200)
    | st.binary(max_size=3000),
    lambda inner: st.lists(inner, max_size=50) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=80,
)


def there_and_back(values: dict[str, Any]) -> dict[str, Any]:
    encoder = Encoder(SERDE)
    record = encoder.record({"slots": [encoder.add(name, value) for name, value in values.items()]})
    items = {name: unpack(stored) for name, stored in encoder.stored(()).items()}
    decoder = Decoder(SERDE, record, items)
    return decoder.values(decoder.body["slots"])


@given(st.dictionaries(st.text(max_size=5), plain, max_size=5))
def test_values_come_back_equal(values: dict[str, Any]) -> None:
    assert there_and_back(values) == values


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 64, 1000])
def test_lists_of_any_length_come_back_equal(count: int) -> None:
    values = {"a": [text(2000) for _ in range(count)], "b": [{"n": n} for n in range(count)], "c": None}
    assert there_and_back(values) == values
    snapshot = there_and_back({"d": _DeltaSnapshot(values["a"])})["d"]
    assert isinstance(snapshot, _DeltaSnapshot)
    assert snapshot.value == values["a"]


def test_a_longer_list_adds_what_is_new_in_it() -> None:
    messages = [text(3000) for _ in range(100)]
    known: set[bytes] = set()
    for length in range(1, 101):
        encoder = Encoder(SERDE)
        record = encoder.record({"slots": [encoder.add("m", messages[:length])]})
        assert len(set(encoder.items) - known) <= 2  # the message, and at times a page
        assert len(references_of(record)) <= length // 32 + 31
        known |= set(encoder.items)


def test_large_items_between_small_ones_come_back_equal() -> None:
    large = random.randbytes(9 << 20)
    values = {"m": ["a" * 900, "b" * 900, large, "c", large[::2], "d" * 5000]}
    assert there_and_back(values) == values


def test_bodies_are_dropped_before_ids_and_the_oldest_first() -> None:
    held = HeldItems(3000)
    for number in range(4):
        body = {bytes([number]): bytes(1000)}
        held.put(f"s{number}", "-", Held(f"-/{number}", frozenset(body), body))
    kept = [held.get(f"s{number}", "-") for number in range(4)]
    assert [each is not None and each.items is not None for each in kept] == [False, False, True, True]
    assert [each.ids for each in kept if each] == [frozenset({bytes([number])}) for number in range(4)]


def test_names_of_sessions_do_not_collide() -> None:
    assert session_key("b", "a") != session_key("ab", "") != session_key("a", "b")
    assert session_key("3:abc") != session_key("c", "3:ab")
    assert len({namespace_key(name) for name in ("", "-", "a", "a:b", "a:b|c")}) == 5


async def test_a_process_without_room_sends_what_is_new_only(backend: Backend) -> None:
    async with open_store(backend.url) as store:
        saves: list[Save] = []
        graph = conversation(Checkpointer(Access(Recording(store, saves), held_bytes=0)))
        for _ in range(5):
            await graph.ainvoke(ask(text(3000)), at("t"), durability="exit")
        assert [len(save.items) for save in saves] == [2] * 5
        assert len((await graph.aget_state(at("t"))).values["turns"]) == 10


class Recording:
    """A store that remembers what was saved."""

    def __init__(self, store: Store, saves: list[Save]) -> None:
        self._store, self._saves = store, saves

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def save(self, session: str, save: Save) -> Any:
        self._saves.append(save)
        return await self._store.save(session, save)


async def test_a_record_of_a_newer_version_is_refused(backend: Backend) -> None:
    async with open_store(backend.url) as store:
        await store.save(session_key("t"), Save("-/1", {}, b"\3\0\0\0\0new"))
    async with open_checkpointer(backend.url) as saver:
        with pytest.raises(StoreUnavailable, match="upgrade financial-agent"):
            await saver.aget_tuple(at("t"))


async def test_stored_bytes_name_nothing_to_call(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "hunter2")
    call = ormsgpack.packb(("os", "getenv", "A_SECRET"))
    forged = ormsgpack.packb(ormsgpack.Ext(EXT_CONSTRUCTOR_SINGLE_ARG, call))

    class Forger(JsonPlusSerializer):
        def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
            return ("msgpack", forged) if obj == "forged" else super().dumps_typed(obj)

    async with open_checkpointer(backend.url) as saver:
        writer = Checkpointer(saver._access)
        writer.serde = Forger()
        await writer.aput(at("t"), checkpoint(value="forged"), META, {})
        found = await saver.aget_tuple(at("t"))
        assert found is not None
        assert "hunter2" not in repr(found.checkpoint["channel_values"])


async def test_pruning_sweeps_what_nothing_needs(backend: Backend) -> None:
    async with open_for_sweeping(backend) as saver:
        same = text(5000)
        for _ in range(3):
            values = {"own": text(5000), "same": same}
            config = await saver.aput(at("t"), checkpoint(**values), META, {})
        await saver.aput_writes(config, [("x", text(2000))], "task")
        before = sum(map(len, backend.stored().values()))
        await saver.aprune(["t"])
        after = sum(map(len, backend.stored().values()))
        assert before > 17_000 > 11_000 > after
        found = await saver.aget_tuple(at("t"))
        assert found is not None
        assert found.checkpoint["channel_values"] == values
        assert len(found.pending_writes or []) == 1


def open_for_sweeping(backend: Backend) -> Any:
    """Open a checkpointer that does not wait before it sweeps."""
    if backend.kind in ("mongo", "pair"):
        return _impatient(backend.url)
    return open_checkpointer(backend.url)


@asynccontextmanager
async def _impatient(url: str) -> AsyncIterator[Checkpointer]:
    none = timedelta(seconds=-1)
    async with open_mongo(durable_url(url)) as database:
        if (pair := pair_of(url)) is None:
            yield Checkpointer(Access(MongoStore(database, none)))
        else:
            async with connect_redis(pair[0]) as client:
                yield Checkpointer(Access(PairStore(database, HotItems(client), none)))


def extended(log: list[str] | None, writes: list[list[str]]) -> list[str]:
    return [*(log or []), *(line for lines in writes for line in lines)]


class Deltas(TypedDict):
    log: Annotated[list[str], DeltaChannel(extended, snapshot_frequency=5)]
    turns: Annotated[list[str], operator.add]


def logging_graph(saver: BaseCheckpointSaver[Any]) -> Any:
    graph = StateGraph(Deltas)
    for name in ("a", "b", "c"):
        graph.add_node(
            name, lambda state, name=name: {"log": [f"{name}{len(state['turns'])}"], "turns": [name]}
        )
        graph.add_edge(START, name)
    return graph.compile(checkpointer=saver)


async def test_delta_channels_work_and_survive_pruning(backend: Backend) -> None:
    async with open_checkpointer(backend.url) as saver:
        ours, theirs = logging_graph(saver), logging_graph(InMemorySaver())
        for number in range(7):
            for graph in (ours, theirs):
                await graph.ainvoke({"log": [f"q{number}"], "turns": ["q"]}, at("t"))
            state = await ours.aget_state(at("t"))
            assert state.values == (await theirs.aget_state(at("t"))).values
            found = await saver.aget_delta_channel_history(config=state.config, channels=["log", "none"])
            walked = await BaseCheckpointSaver.aget_delta_channel_history(
                saver, config=state.config, channels=["log", "none"]
            )
            assert found == walked
            if number % 2:
                await saver.aprune(["t"])
                assert (await ours.aget_state(at("t"))).values == state.values


async def test_a_read_gives_only_what_is_asked_for(backend: Backend) -> None:
    async with open_checkpointer(backend.url) as saver, open_store(backend.url) as store:
        values = {"m": [text(2000) for _ in range(70)]}
        config = await saver.aput(at("t"), checkpoint(**values), META, {})
        session = session_key("t")
        held = f"-/{config['configurable']['checkpoint_id']}"
        everything = await store.read(session, Read("-/", "-0", 1))
        assert len(everything.items) == 72
        assert (await store.read(session, Read("-/", "-0", 1, held=held))).items == {}
        assert (await store.read(session, Read("-/", "-0", 1, items=False))).items == {}
        assert (await store.read(session, Read("-/", "-0", 1, held="-/unknown"))) == everything
