"""LangGraph Studio's server: `langgraph dev` with `langgraph.json`, driven by its SDK as Studio drives it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient
from pydantic import ValidationError

from graph.agent import studio_graph
from server import studio as studio_doors
from tests.live import events_of

ROOT = Path(__file__).parents[1]
NODES = ["resolve", "gather", "analyst", "verify", "format"]  # of an ordinary turn, in their order
LAST = {"follow", "remember"}  # beside each other


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    folder = tmp_path_factory.mktemp("studio")
    log = folder / "log"
    command = [str(Path(sys.executable).parent / "langgraph"), "dev", "--no-browser", "--no-reload"]
    environment = {
        **os.environ,
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "FINANCIAL_AGENT_OFFLINE_PACE_MS": "0",
        "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{folder}/sessions.db",
        "LANGSMITH_TRACING": "false",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"{url}/ok", timeout=1).status_code == 200:
                    break
            except httpx.HTTPError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
async def api(studio: str) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=studio) as client:
        yield client


async def wait(
    api: LangGraphClient, thread: str, assistant: str = "analyst", **options: Any
) -> dict[str, Any]:
    state = await api.runs.wait(thread, assistant, **options)
    assert isinstance(state, dict)
    assert "__error__" not in state
    return state


async def values_before(api: LangGraphClient, thread: str, node: str) -> tuple[Any, dict[str, Any]]:
    """Give the last checkpoint at which a node was next, and its values."""
    history = await api.threads.get_history(thread, limit=50)
    step = next(step for step in history if step["next"] == [node])
    assert isinstance(step["values"], dict)
    return step["checkpoint"], step["values"]


async def values_now(api: LangGraphClient, thread: str) -> dict[str, Any]:
    state = await api.threads.get_state(thread)
    assert isinstance(state["values"], dict)
    return state["values"]


async def new_thread(api: LangGraphClient) -> str:
    thread = await api.threads.create()
    return thread["thread_id"]


# The first test pays for the start of `langgraph dev`.
@pytest.mark.timeout(120)
async def test_studio_draws_the_graph(api: LangGraphClient) -> None:
    (assistant,) = await api.assistants.search()
    assert assistant["graph_id"] == "analyst"
    drawing = await api.assistants.get_graph(assistant["assistant_id"])
    assert {node["id"] for node in drawing["nodes"]} == {"__start__", *NODES, *LAST, "clarify", "__end__"}
    edges = {(edge["source"], edge["target"]) for edge in drawing["edges"]}
    assert edges >= set(pairwise(["__start__", *NODES]))
    assert ("resolve", "clarify") in edges


async def test_studio_has_forms_for_the_question_and_for_the_options(api: LangGraphClient) -> None:
    (assistant,) = await api.assistants.search()
    schemas = await api.assistants.get_schemas(assistant["assistant_id"])
    form, options = schemas["input_schema"], schemas["context_schema"]
    assert form
    assert options
    assert list(form["properties"]) == form["required"] == ["message"]
    question = form["properties"]["message"]
    assert (question["title"], question["type"], question["minLength"]) == ("Question", "string", 1)
    described = {name: (each["title"], each["default"]) for name, each in options["properties"].items()}
    assert described == {
        "language": ("Language", "auto"),
        "max_tokens": ("Most tokens", None),
        "model": ("Model", None),
    }
    assert all(each["description"] for each in [question, *options["properties"].values()])


async def test_a_run_streams_its_tokens_events_and_nodes(api: LangGraphClient) -> None:
    seen: dict[str, list[Any]] = {}
    async for part in api.runs.stream(
        await new_thread(api),
        "analyst",
        input={"message": "Is AAPL a buy?"},
        stream_mode=["custom", "updates", "messages"],
    ):
        seen.setdefault(part.event, []).append(part.data)
    assert "error" not in seen
    types = [event["type"] for event in seen["custom"]]
    assert {"step", "facts", "section", "token", "figure", "report"} <= set(types)
    assert len(seen["messages/partial"]) > 100
    updates = [name for update in seen["updates"] for name in update]
    assert (updates[: len(NODES)], set(updates[len(NODES) :])) == (NODES, LAST)


async def test_options_and_an_assistant_of_ones_own_choose_the_language(api: LangGraphClient) -> None:
    state = await wait(
        api, await new_thread(api), input={"message": "Is AAPL a buy?"}, context={"language": "zh"}
    )
    assert state["report"]["language"] == "zh"
    chinese = await api.assistants.create("analyst", context={"language": "zh"}, name="Analyst in Chinese")
    try:
        state = await wait(
            api, await new_thread(api), chinese["assistant_id"], input={"message": "Is AAPL a buy?"}
        )
        assert state["report"]["language"] == "zh"
    finally:
        await api.assistants.delete(chinese["assistant_id"])


async def test_a_wrong_option_fails_the_run_and_leaves_the_thread_usable(api: LangGraphClient) -> None:
    thread = await new_thread(api)
    state = await api.runs.wait(
        thread, "analyst", input={"message": "hi"}, context={"max_tokens": 0}, raise_error=False
    )
    assert isinstance(state, dict)
    assert "max_tokens" in state["__error__"]["message"]
    assert (await wait(api, thread, input={"message": "Is AAPL a buy?"}))["report"]["symbols"] == ["AAPL"]


async def test_a_thread_goes_on_and_its_history_can_be_read(api: LangGraphClient) -> None:
    thread = await new_thread(api)
    await wait(api, thread, input={"message": "Is AAPL a buy?"})
    state = await wait(api, thread, input={"message": "And its risk?"})
    assert state["report"]["symbols"] == ["AAPL"]
    assert "earlier verdict" in state["report"]["sections"]["verdict"]
    history = await api.threads.get_history(thread, limit=50)
    turn = [{"__start__"}, *({name} for name in NODES), LAST, set()]
    assert [set(step["next"]) for step in reversed(history)] == turn * 2
    assert len((await values_now(api, thread))["turns"]) == 2


async def test_a_run_can_start_again_from_an_earlier_checkpoint(api: LangGraphClient) -> None:
    thread = await new_thread(api)
    await wait(api, thread, input={"message": "Is AAPL a buy?"})
    before_the_check, _ = await values_before(api, thread, "verify")
    seen = [
        name
        async for part in api.runs.stream(
            thread, "analyst", input=None, checkpoint=before_the_check, stream_mode="updates"
        )
        if part.event == "updates"
        for name in part.data
    ]
    assert (seen[:2], set(seen[2:])) == (["verify", "format"], LAST)
    latest = await values_now(api, thread)
    assert len(latest["turns"]) == 1
    assert latest["report"]["symbols"] == ["AAPL"]


async def test_a_changed_state_is_a_fork_and_the_check_sees_the_change(api: LangGraphClient) -> None:
    thread = await new_thread(api)
    first = await wait(api, thread, input={"message": "Is AAPL a buy?"})
    assert first["report"]["counts"]["contradicted"] == 0
    written, values = await values_before(api, thread, "verify")
    draft = values["draft"]
    sections = draft["sections"] | {"caveat": "Apple's revenue in FY2024 was $999.99 billion."}
    fork = await api.threads.update_state(
        thread, {"draft": draft | {"sections": sections}}, checkpoint=written, as_node="analyst"
    )
    forked = await wait(api, thread, input=None, checkpoint=fork["checkpoint"])
    assert forked["report"]["counts"]["contradicted"] == 1
    (wrong,) = [figure for figure in forked["report"]["figures"] if figure["status"] == "contradicted"]
    assert (wrong["text"], wrong["section"]) == ("$999.99 billion", "caveat")
    assert forked["report"]["rating"]["conviction"] == "low"


async def test_a_run_can_be_held_before_a_node_and_resumed(api: LangGraphClient) -> None:
    thread = await new_thread(api)
    held = await wait(api, thread, input={"message": "Is AAPL a buy?"}, interrupt_before=["analyst"])
    assert "report" not in held or not held["report"]
    assert (await api.threads.get_state(thread))["next"] == ["analyst"]
    values = await values_now(api, thread)
    assert {fact["entity"] for fact in values["facts"]} == {"AAPL"}
    assert (await api.threads.get(thread))["status"] == "interrupted"
    resumed = await wait(api, thread, input=None)
    assert resumed["report"]["symbols"] == ["AAPL"]
    assert (await api.threads.get(thread))["status"] == "idle"


def test_the_same_process_serves_our_doors_with_our_errors(studio: str) -> None:
    with httpx.Client(base_url=studio, timeout=30) as client:
        events = events_of(client.post("/api/chat/stream", json={"message": "Is AAPL a buy?"}).text)
        assert (events[0]["type"], events[-1]["type"], events[-1]["status"]) == ("run", "end", "done")
        session = client.get(f"/api/sessions/{events[0]['session_id']}").json()
        assert session["transcript"][0]["report"]["symbols"] == ["AAPL"]
        assert client.post("/analyst/invoke", json={"input": {"message": "Is IBM a buy?"}}).status_code == 200
        assert "text/html" in client.get("/").headers["content-type"]
        refused = client.post("/api/chat", json={"message": ""})
        assert (refused.status_code, refused.json()["code"]) == (422, "message_empty")
        assert client.get("/ok").json()["ok"] is True
        # What lies beside our paths is LangGraph's, with its errors.
        assert client.get("/apiary").json() == {"detail": "Not Found"}
        assert client.get("/threads/none").status_code == 422


async def test_studio_reads_the_settings_of_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("FINANCIAL_AGENT_MAX_TOKENS=3001\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValidationError, match="max_tokens"):
        await studio_graph().__aenter__()
    with pytest.raises(ValidationError, match="max_tokens"):
        studio_doors.app  # noqa: B018
    with pytest.raises(AttributeError, match="apple"):
        studio_doors.apple  # noqa: B018
