"""The same question by every door gives the same report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from langserve import RemoteRunnable

from tests.live import LiveServer, events_of, joined

QUESTION = "Is AAPL a buy?"
FINANCIAL_AGENT = [sys.executable, "-m", "server.cli"]


def essence(report: dict[str, Any]) -> dict[str, Any]:
    """A report without the moment it was made."""
    return {key: value for key, value in report.items() if key != "created_at"}


@pytest.fixture(scope="module")
def expected(server: LiveServer) -> dict[str, Any]:
    response = httpx.post(f"{server.url}/api/chat", json={"message": QUESTION}, timeout=30)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    assert answer["status"] == "done"
    return answer


@pytest.fixture
def remote(server: LiveServer) -> Iterator[RemoteRunnable[Any, Any]]:
    runnable: RemoteRunnable[Any, Any] = RemoteRunnable(f"{server.url}/analyst")
    yield runnable
    runnable.sync_client.close()


def environment() -> dict[str, str]:
    return {**os.environ, "FINANCIAL_AGENT_OFFLINE_PACE_MS": "0", "NO_COLOR": "1"}


def test_rest_answers_with_a_whole_report(expected: dict[str, Any]) -> None:
    report = expected["report"]
    assert set(report["sections"]) == {"verdict", "evidence", "insights", "caveat"}
    assert report["rating"]["direction"] in ("buy", "hold", "sell")
    assert report["coverage"] == 1.0
    assert report["counts"]["supported"] > 10
    assert report["mode"] == "offline"
    assert "no language model" in report["sections"]["caveat"]
    for title in ("## Verdict", "## Evidence", "## Insights & Action", "## Caveat"):
        assert title in expected["markdown"]
    for figure in report["figures"]:
        assert figure["status"] in ("supported", "derived", "context")


def test_rest_stream(client: httpx.Client, expected: dict[str, Any]) -> None:
    events = events_of(client.post("/api/chat/stream", json={"message": QUESTION}).text)
    report = next(event for event in events if event["type"] == "report")
    assert essence(report["report"]) == essence(expected["report"])
    assert report["markdown"] == expected["markdown"]
    assert joined(events) == expected["report"]["sections"]


def test_langserve_stream_gives_the_same_events_as_data(client: httpx.Client) -> None:
    response = client.post("/analyst/stream", json={"input": {"message": QUESTION}})
    lines = [line for line in response.text.splitlines() if line.startswith("data: {")]
    events = [event for event in map(json.loads, (line[6:] for line in lines)) if "seq" in event]
    run_id = events[0]["run_id"]
    replayed = events_of(client.get(f"/api/runs/{run_id}/events").text)
    assert events == replayed


def test_remote_runnable_in_another_process(server: LiveServer, expected: dict[str, Any]) -> None:
    program = (
        "import json, sys\n"
        "from langserve import RemoteRunnable\n"
        "answer = RemoteRunnable(sys.argv[1]).invoke({'message': sys.argv[2]})\n"
        "print(json.dumps(answer['report']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, f"{server.url}/analyst", QUESTION],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert essence(json.loads(done.stdout)) == essence(expected["report"])


@pytest.mark.parametrize("local", [False, True])
def test_command_line(server: LiveServer, expected: dict[str, Any], tmp_path: Any, local: bool) -> None:
    where = ["--local"] if local else ["--server", server.url]
    done = subprocess.run(
        [*FINANCIAL_AGENT, "ask", QUESTION, "--json", *where],
        capture_output=True,
        text=True,
        timeout=60,
        env={**environment(), "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{tmp_path}/s.db"},
    )
    assert done.returncode == 0, done.stderr
    assert essence(json.loads(done.stdout)) == essence(expected["report"])


def test_remote_runnable_invoke_and_batch(remote: RemoteRunnable[Any, Any], expected: dict[str, Any]) -> None:
    assert essence(remote.invoke({"message": QUESTION})["report"]) == essence(expected["report"])
    answers = remote.batch([{"message": QUESTION}, {"message": "MSFT risk?"}])
    assert [answer["report"]["symbols"] for answer in answers] == [["AAPL"], ["MSFT"]]


def test_remote_runnable_stream(remote: RemoteRunnable[Any, Any], expected: dict[str, Any]) -> None:
    events = list(remote.stream({"message": QUESTION}))
    assert (events[0]["type"], events[-1]["type"]) == ("run", "end")
    assert joined(events) == expected["report"]["sections"]


async def test_remote_runnable_async_methods(
    remote: RemoteRunnable[Any, Any], expected: dict[str, Any]
) -> None:
    answer = await remote.ainvoke({"message": QUESTION})
    assert essence(answer["report"]) == essence(expected["report"])
    answers = await remote.abatch([{"message": QUESTION}] * 3)
    assert [essence(answer["report"]) for answer in answers] == [essence(expected["report"])] * 3
    assert len({answer["session_id"] for answer in answers}) == 3
    events = [event async for event in remote.astream({"message": QUESTION})]
    assert joined(events) == expected["report"]["sections"]
    patches = [patch async for patch in remote.astream_log({"message": QUESTION})]
    assert any("final_output" in str(patch.ops) for patch in patches)
    seen = [event async for event in remote.astream_events({"message": QUESTION}, version="v2")]
    chunks = [event["data"]["chunk"] for event in seen if event["event"] == "on_chain_stream"]
    assert joined(chunks) == expected["report"]["sections"]
    await remote.async_client.aclose()


def test_thread_id_names_the_session(remote: RemoteRunnable[Any, Any], client: httpx.Client) -> None:
    config: Any = {"configurable": {"thread_id": "by-thread-id"}}
    first = remote.invoke({"message": QUESTION}, config=config)
    list(remote.stream({"message": "And its risk?"}, config=config))
    assert first["session_id"] == "by-thread-id"
    transcript = client.get("/api/sessions/by-thread-id").json()["transcript"]
    assert [turn["question"] for turn in transcript] == [QUESTION, "And its risk?"]
    assert transcript[1]["report"]["symbols"] == ["AAPL"]


def test_line_separators_in_a_question_break_no_reader(
    remote: RemoteRunnable[Any, Any], client: httpx.Client
) -> None:
    question = "Is AAPL\u2028a\u2029buy\u0085? 😀"
    assert remote.invoke({"message": question})["report"]["question"] == question
    assert next(iter(remote.stream({"message": question})))["question"] == question
    text = client.post("/api/chat/stream", json={"message": question}).text
    assert "\u2028" not in text
    assert events_of(text)[0]["question"] == question


def test_schemas_describe_the_doors(client: httpx.Client) -> None:
    assert client.get("/analyst/input_schema").json()["required"] == ["message"]
    assert "report" in client.get("/analyst/output_schema").json()["properties"]
    assert "configurable" in client.get("/analyst/config_schema").json()["properties"]
    assert client.get("/analyst/playground/").status_code == 200
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/api/chat", "/api/chat/stream", "/api/runs/{run_id}/events", "/analyst/stream"} <= set(paths)


def test_the_seeds_request_still_works(client: httpx.Client) -> None:
    response = client.post(
        "/api/chat/stream",
        content=json.dumps({"message": "Your question about AAPL", "session_id": "seed-1"}),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 200
    assert response.headers["x-session-id"] == "seed-1"
    assert events_of(response.text)[-1]["status"] == "done"
