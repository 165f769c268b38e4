"""LangGraph Studio's server: `langgraph dev` with `langgraph.json`, driven by its SDK."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    log = tmp_path_factory.mktemp("studio") / "log"
    command = [str(Path(sys.executable).parent / "langgraph"), "dev", "--no-browser", "--no-reload"]
    environment = {
        **os.environ,
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "FINANCIAL_AGENT_OFFLINE_PACE_MS": "0",
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


@pytest.mark.timeout(120)
async def test_the_graph_runs_in_studio(studio: str) -> None:
    async with get_client(url=studio) as client:
        (assistant,) = await client.assistants.search()
        assert assistant["graph_id"] == "analyst"
        drawing = await client.assistants.get_graph(assistant["assistant_id"])
        names = [node["id"] for node in drawing["nodes"]]
        assert sorted(names) == sorted(
            [
                "__start__",
                "resolve",
                "clarify",
                "gather",
                "analyst",
                "verify",
                "format",
                "follow",
                "remember",
                "__end__",
            ]
        )
        schemas = await client.assistants.get_schemas(assistant["assistant_id"])
        form, options = schemas["input_schema"], schemas["context_schema"]
        assert form
        assert form["properties"]["message"]["title"] == "Question"
        assert options
        assert set(options["properties"]) == {"language", "max_tokens", "model"}

        thread = await client.threads.create()
        seen: dict[str, list[object]] = {}
        async for part in client.runs.stream(
            thread["thread_id"],
            "analyst",
            input={"message": "Is AAPL a buy?"},
            stream_mode=["custom", "updates", "messages"],
        ):
            seen.setdefault(part.event, []).append(part.data)
        assert "error" not in seen
        types = [event["type"] for event in seen["custom"] if isinstance(event, dict)]
        assert {"step", "facts", "section", "token", "figure", "report"} <= set(types)
        assert len(seen["messages/partial"]) > 100
        updates = [name for update in seen["updates"] if isinstance(update, dict) for name in update]
        assert updates == ["resolve", "gather", "analyst", "verify", "format", "follow"]

        state = await client.runs.wait(thread["thread_id"], "analyst", input={"message": "And its risk?"})
        assert isinstance(state, dict)
        assert state["report"]["symbols"] == ["AAPL"]
        assert "earlier verdict" in state["report"]["sections"]["verdict"]
