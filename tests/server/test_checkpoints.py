"""The contract of the checkpointer; every store runs the same tests."""

from __future__ import annotations

import asyncio
import base64
import operator
import random
from collections.abc import AsyncIterator
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, CheckpointMetadata, empty_checkpoint
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from server.checkpoints import open_blocking_checkpointer, open_checkpointer
from server.checkpoints.saver import Checkpointer
from server.errors import SessionMoved
from tests.server.conftest import Backend, on_server
from tests.servers import Server, proxied

HOSTILE = [
    "*", "?", "[a-z]*", "**", ":", "::", "u:v", "u", "v:", "a:b:c", "{}", "{a}", "}{", "{a}b",
    "fa:{*}:c",
    "\0", "a\0b", "a\0", "\n", "a\nb", "\r\n", "\t", " ", "", "/", "a/b", "../x", "-", "-/x", "~",
    "$gt", "$where", "a.b", "'; DROP TABLE session_records; --", "%", "_", "日本語", "Ελλάς", "🙂",
    "x" * 1000,
]  # fmt: skip


class State(TypedDict):
    turns: Annotated[list[dict[str, str]], operator.add]


def conversation(checkpointer: Checkpointer, size: int = 3000) -> CompiledStateGraph[Any, Any, Any, Any]:
    """A graph that answers a question of the state with as much text."""

    def answer(state: State) -> State:
        return {"turns": [{"role": "ai", "text": text(size)}]}

    graph = StateGraph(State)
    graph.add_node("answer", answer)
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=checkpointer)


def text(size: int) -> str:
    """Text that does not get much shorter when it is deflated."""
    return base64.b64encode(random.randbytes(size * 3 // 4)).decode()


def ask(words: str) -> Any:
    return {"turns": [{"role": "human", "text": words}]}


def at(thread_id: Any, checkpoint_ns: Any = "", **more: Any) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": checkpoint_ns, **more}}


def checkpoint(**values: Any) -> Checkpoint:
    made = empty_checkpoint()
    made["channel_values"] = values
    return made


META: CheckpointMetadata = {"source": "loop", "step": 0, "parents": {}}


@pytest.fixture
async def saver(backend: Backend) -> AsyncIterator[Checkpointer]:
    async with open_checkpointer(backend.url) as opened:
        yield opened


async def test_it_passes_the_whole_conformance_suite(backend: Backend) -> None:
    async def make() -> AsyncIterator[Checkpointer]:
        async with open_checkpointer(backend.url) as opened:
            yield opened

    report = await validate(checkpointer_test(name=backend.kind)(make))
    assert [failure for result in report.results.values() for failure in result.failures] == []
    assert sum(result.tests_passed for result in report.results.values()) == 81


async def test_a_session_costs_what_its_new_messages_cost(backend: Backend) -> None:
    turns, content = 200, 0
    sent: list[int] = []
    async with proxied(backend.url) as wire, open_checkpointer(wire.url) as saver:
        graph = conversation(saver)
        before = wire.trips
        for _ in range(turns):
            start, question = wire.sent, text(3000)
            content += 2 * len(question)
            await graph.ainvoke(ask(question), at("t"), durability="exit")
            sent.append(wire.sent - start)
        trips = wire.trips - before
        state = await graph.aget_state(at("t"))
    assert len(state.values["turns"]) == 2 * turns
    kept = sum(len(name) + len(value) for name, value in backend.stored().items())
    assert kept <= 2 * content
    # A driver's heartbeats and the first load of a script come besides: a few in all, not some each turn.
    assert trips <= 2 * turns + 10
    assert max(sent[190:]) <= 1.2 * max(sent[5:15])


async def test_hostile_ids_reach_no_other_session(saver: Checkpointer, backend: Backend) -> None:
    assert len(set(HOSTILE)) == 40
    for thread_id in HOSTILE:
        for namespace in ("", "v:", "u"):
            await saver.aput(at(thread_id, namespace), checkpoint(who=[thread_id, namespace]), META, {})
    for thread_id in HOSTILE:
        for namespace in ("", "v:", "u"):
            found = await saver.aget_tuple(at(thread_id, namespace))
            assert found is not None
            assert found.checkpoint["channel_values"]["who"] == [thread_id, namespace]
        assert len([each async for each in saver.alist({"configurable": {"thread_id": thread_id}})]) == 3
    for count, thread_id in enumerate(HOSTILE, start=1):
        await saver.adelete_thread(thread_id)
        rest = {each.config["configurable"]["thread_id"] async for each in saver.alist(None)}
        assert rest == set(HOSTILE[count:])
    assert backend.stored() == {}


@pytest.mark.parametrize("wrong", [None, 7, b"t", ["t"], {"$gt": ""}])
async def test_an_id_that_is_no_text_is_refused(saver: Checkpointer, wrong: Any) -> None:
    for config in (at(wrong), at("t", checkpoint_ns=wrong or 7), at("t", checkpoint_id=wrong or 7)):
        with pytest.raises(TypeError, match="not str"):
            await saver.aget_tuple(config)
    with pytest.raises(TypeError, match="not str"):
        await saver.adelete_thread(wrong)
    with pytest.raises(ValueError, match="more than 4096"):
        await saver.aget_tuple(at("x" * 5000))


async def test_large_values_and_states_come_back_equal(saver: Checkpointer, backend: Backend) -> None:
    large = random.randbytes(17 << 20)
    state = {
        "large": large,
        "many": [random.randbytes(2 << 20) for _ in range(12)],
        "one": [large[:9999], 1, None],
    }
    config = await saver.aput(at("t"), checkpoint(**state), META, {})
    await saver.aput_writes(config, [("large", large), ("other", [large[1 << 22 :]])], "task")
    for reader in (saver, None):
        async with open_checkpointer(backend.url) as cold:
            found = await (reader or cold).aget_tuple(at("t"))
        assert found is not None
        assert found.checkpoint["channel_values"] == state
        assert found.pending_writes == [("task", "large", large), ("task", "other", [large[1 << 22 :]])]


async def test_pending_writes_come_in_the_order_they_are_applied_in(saver: Checkpointer) -> None:
    config = await saver.aput(at("t"), checkpoint(), META, {})
    paths = ["~__pregel_pull, b", "~__pregel_pull, a", "", "a\0b", "a", "a\0", "ab"]
    tasks = [(path, task) for path in paths for task in ("z", "a", "a\0")]
    for path, task in random.sample(tasks, len(tasks)):
        await saver.aput_writes(config, [("x", path), ("__error__", "e"), ("y", task)], task, path)
        await saver.aput_writes(config, [("x", "later"), ("__error__", "again")], task, path)
    found = await saver.aget_tuple(config)
    assert found is not None
    expected = [
        each
        for path, task in sorted(tasks)
        for each in ((task, "__error__", "again"), (task, "x", path), (task, "y", task))
    ]
    assert found.pending_writes == expected


async def test_nothing_of_configurable_is_stored(saver: Checkpointer, backend: Backend) -> None:
    secret = {"api_key": "SECRET-1", "token": "SECRET-2", "nested": {"password": "SECRET-3"}}
    config: RunnableConfig = {
        "configurable": {"thread_id": "t", "run_id": "r1", **secret},
        "metadata": {"k": "SECRET-4"},
    }
    await conversation(saver).ainvoke(ask("?"), config)
    found = await saver.aget_tuple(at("t"))
    assert found is not None
    assert found.metadata["run_id"] == "r1"
    metadata = [each.metadata async for each in saver.alist(at("t"))]
    assert "SECRET" not in repr(metadata)
    assert not [name for name, value in backend.stored().items() if b"SECRET" in name + value]


async def test_two_turns_on_one_checkpoint_are_not_both_taken(backend: Backend) -> None:
    async with open_checkpointer(backend.url) as one, open_checkpointer(backend.url) as two:
        for thread_id, turns in (("new", 0), ("old", 1)):
            for _ in range(turns):
                await conversation(one).ainvoke(ask("first"), at(thread_id), durability="exit")

            async def late(state: State, thread_id: str = thread_id) -> State:
                await conversation(one).ainvoke(ask("other"), at(thread_id), durability="exit")
                return {"turns": []}

            graph = StateGraph(State)
            graph.add_node("answer", late)
            graph.add_edge(START, "answer")
            app = graph.compile(checkpointer=two)
            with pytest.raises(SessionMoved):
                await app.ainvoke(ask("lost?"), at(thread_id), durability="exit")
            state = await app.aget_state(at(thread_id))
            assert [each["text"] for each in state.values["turns"][::2]] == ["first"] * turns + ["other"]
            await conversation(two).ainvoke(ask("next"), at(thread_id), durability="exit")


async def test_a_fork_is_no_second_turn(saver: Checkpointer) -> None:
    graph = conversation(saver)
    for words in ("one", "two"):
        await graph.ainvoke(ask(words), at("t"), durability="exit")
    first = [each async for each in graph.aget_state_history(at("t"))][-1]
    await graph.ainvoke(ask("instead"), first.config, durability="exit")
    state = await graph.aget_state(at("t"))
    assert [each["text"] for each in state.values["turns"][::2]] == ["one", "instead"]


async def test_what_is_gone_is_not_taken_for_stored(backend: Backend) -> None:
    async with open_checkpointer(backend.url) as one, open_checkpointer(backend.url) as two:
        graph = conversation(one)
        await graph.ainvoke(ask("kept"), at("t"), durability="exit")

        async def lose(state: State) -> State:
            await two.adelete_thread("t")
            return {"turns": []}

        losing = StateGraph(State)
        losing.add_node("answer", lose)
        losing.add_edge(START, "answer")
        await losing.compile(checkpointer=one).ainvoke(ask("more"), at("t"), durability="exit")
        state = await conversation(two).aget_state(at("t"))
        assert [each["text"] for each in state.values["turns"][::2]] == ["kept", "more"]


async def test_deleting_a_run_reads_its_sessions_only(saver: Checkpointer, backend: Backend) -> None:
    graph = conversation(saver, size=100)
    for number in range(12):
        config = at(f"t{number}", run_id=f"run{number % 4}")
        await graph.ainvoke(ask("?"), config, durability="exit")
    async with proxied(backend.url) as wire, open_checkpointer(wire.url) as other:
        await other.adelete_for_runs(["none"])
        before = wire.trips
        await other.adelete_for_runs(["run1", "none"])
        # A look for each run, then a read and a removal (which Mongo does in five) for each session.
        assert wire.trips - before <= 2 + 3 * 7
    left = {each.config["configurable"]["thread_id"] async for each in saver.alist(None)}
    assert left == {f"t{number}" for number in range(12) if number % 4 != 1}
    for number in range(12):
        await saver.adelete_thread(f"t{number}")
    assert backend.stored() == {}


async def test_the_blocking_methods_do_the_same(backend: Backend) -> None:
    def work() -> None:
        with open_blocking_checkpointer(backend.url) as saver:
            graph = conversation(saver)
            for words in ("one", "two"):
                graph.invoke(ask(words), at("t"))
            assert len(graph.get_state(at("t")).values["turns"]) == 4
            assert len(list(saver.list(at("t"), limit=2))) == 2
            saver.copy_thread("t", "copy")
            saver.prune(["t"])
            assert len(list(saver.list(at("t")))) == 1
            saver.delete_thread("t")
            assert saver.get_tuple(at("t")) is None
            assert len(graph.get_state(at("copy")).values["turns"]) == 4

    await asyncio.to_thread(work)


async def test_a_blocking_call_on_its_own_loop_is_refused(saver: Checkpointer) -> None:
    with pytest.raises(RuntimeError, match="open_blocking_checkpointer"):
        saver.get_tuple(at("t"))


@pytest.mark.parametrize("kind", ["redis", "valkey"])
async def test_every_key_has_its_sessions_hash_tag(kind: str, servers: dict[str, Server]) -> None:
    backend = on_server(kind, servers)
    async with open_checkpointer(backend.url) as saver:
        await conversation(saver).ainvoke(ask("?"), at("one"))
        await conversation(saver).ainvoke(ask("?"), at("two", run_id="r"))
    names = backend.stored()
    tags = {name.partition(b"}")[0] for name in names if not name.startswith(b"fa:r:")}
    assert len(tags) == 2
    assert sum(name.startswith(b"fa:r:") for name in names) == 1  # the run's pointer to its session
    assert all(tag.startswith(b"fa:{") and len(tag) == 20 for tag in tags)
