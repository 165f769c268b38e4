"""Runs on Qwen: tools in the whole graph, reasoning, usage, stops and secrets, as a client hears of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from graph.events import decode
from graph.nodes.tool_round import MAX_CALLS, MAX_ROUNDS
from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask
from server.auth import LOCAL
from server.runs.run import Run
from server.service import Service, open_service
from server.settings import ServerSettings
from server.transcripts import read_session
from tests.fake_dashscope import ANSWER, FakeDashScope, fake_dashscope
from tests.live import joined
from tests.qwen import KEY, until

Events = list[dict[str, Any]]


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


@pytest.fixture
async def live(fake: FakeDashScope, tmp_path: Path) -> AsyncIterator[Service]:
    """The service with Qwen at the stand-in."""
    scenarios = "thinking,asks-technicals,asks-both,asks-many,asks-unknown,asks-badly,asks-cut,tool-loop"
    agent = AgentSettings(
        suggestions=False,
        dashscope_api_key=SecretStr(KEY),
        dashscope_base_url=fake.url,
        models=f"{scenarios},slow,stall,down,cut,busy-midway,inspected,flaky-usage,nokey",
    )
    settings = ServerSettings(agent=agent, store_url=f"sqlite:///{tmp_path}/s.db", drain_seconds=0.2)
    async with open_service(settings) as service:
        yield service


async def start(service: Service, model: str, session: str = "s1") -> Run:
    return await ask(service, LOCAL, AnalystInput(message="Is AAPL a buy?", session_id=session, model=model))


async def read(service: Service, run: Run) -> Events:
    return [decode(entry.data) async for batch in service.log.read(run.run_id) for entry in batch]


def of(events: Events, kind: str) -> Events:
    return [event for event in events if event["type"] == kind]


def told(fake: FakeDashScope, number: int = -1) -> list[str]:
    """Give what the tools answered the model in a request."""
    messages = fake.requests[number]["input"]["messages"]
    return [message["content"] for message in messages if message["role"] == "tool"]


async def test_facts_of_a_call_for_another_symbol_support_the_answer(
    live: Service, fake: FakeDashScope
) -> None:
    found = (await live.deps.tools["get_technicals"].ainvoke({"symbol": "MSFT"}))["facts"]
    (close,) = [fact for fact in found if fact["id"] == "MSFT.close"]
    claim = f"MSFT closed at ${close['value']} on {close['as_of']}."
    fake.answers["asks-technicals"] = fake.answers["qwen-plus"] = ANSWER.replace(
        "the price is fair.", f"the price is fair. {claim}"
    )
    events = await read(live, await start(live, "asks-technicals"))
    without = await read(live, await start(live, "qwen-plus", "s2"))
    assert events[-1]["status"] == "done"
    by_text = {figure["text"]: figure for figure in of(events, "figure")}
    assert by_text[f"${close['value']}"]["status"] == "supported"
    assert by_text[f"${close['value']}"]["facts"] == ["MSFT.close"]
    assert {figure["text"]: figure["status"] for figure in of(without, "figure")}[
        f"${close['value']}"
    ] != "supported"
    ids = {fact["id"] for event in of(events, "facts") for fact in event["facts"]}
    assert {"MSFT.close", "AAPL.close"} <= ids
    steps = [step for step in of(events, "step") if step["label"] == "get_technicals MSFT"]
    assert [step["state"] for step in steps] == ["started", "done"]
    assert steps[1]["summary"].endswith("facts")
    said = fake.requests[1]["input"]["messages"][-2]
    assert (said["role"], said["content"], len(said["tool_calls"])) == ("assistant", "", 1)
    assert '"MSFT"' in told(fake, 1)[0]


@pytest.mark.parametrize(
    ("model", "answers"),
    [
        ("asks-both", ['"MSFT"', "No data."]),
        ("asks-unknown", ["no tool of that name", "No configured data provider"]),
        ("asks-badly", ["do not fit", "no JSON object", "no JSON object"]),
        ("asks-cut", ["cut off"]),
        ("asks-many", ['"MSFT"'] * MAX_CALLS + ["at most"] * 4),
    ],
)
async def test_every_call_is_answered_and_the_run_goes_on(
    live: Service, fake: FakeDashScope, model: str, answers: list[str]
) -> None:
    events = await read(live, await start(live, model))
    assert events[-1]["status"] == "done"
    assert joined(events)["caveat"].strip() == "The data ends on 2024-12-30."
    for text, part in zip(told(fake), answers, strict=True):
        assert part in text
    steps = [step for step in of(events, "step") if step["id"].startswith("call_")]
    started = [step["id"] for step in steps if step["state"] == "started"]
    assert sorted(started) == sorted(step["id"] for step in steps if step["state"] != "started")
    assert len(set(started)) == len(started)


async def test_a_model_that_never_stops_calling_comes_to_an_end(live: Service, fake: FakeDashScope) -> None:
    events = await read(live, await start(live, "tool-loop"))
    assert len(fake.requests) == MAX_ROUNDS + 1
    assert "tools" not in fake.requests[-1]["parameters"]
    assert [error["message"] for error in of(events, "error")] == ["The language model gave no answer."]
    assert events[-1]["status"] == "failed"


async def test_reasoning_is_a_step_and_never_a_part_of_the_answer(live: Service) -> None:
    run = await start(live, "thinking")
    events = await read(live, run)
    steps = [step for step in of(events, "step") if step["id"] == "thinking"]
    assert [step["state"] for step in steps] == ["started", "done"]
    assert "secret-thought" not in str(events)
    turn = (await read_session(live, LOCAL, "s1")).transcript[0]
    assert "secret-thought" not in str(turn)


@pytest.mark.parametrize(
    ("model", "used"),
    [("cut", 6), ("busy-midway", 6), ("inspected", 6), ("flaky-usage", 2), ("qwen-plus", 0)],
)
async def test_usage_is_told_once_however_a_run_ends(
    live: Service, fake: FakeDashScope, model: str, used: int
) -> None:
    events = await read(live, await start(live, model))
    (usage,) = of(events, "usage")
    whole = len(fake.pieces()) if events[-1]["status"] == "done" else 0
    calls = 2 if model == "flaky-usage" else 1
    assert (usage["input_tokens"], usage["output_tokens"]) == (26 * calls, used + whole)


@pytest.mark.parametrize("model", ["slow", "stall"])
async def test_a_stopped_run_hangs_up_at_once_and_tells_what_it_used(
    live: Service, fake: FakeDashScope, model: str
) -> None:
    run = await start(live, model)
    async for batch in live.log.read(run.run_id):
        if any(entry.type == "token" for entry in batch):
            break
    asked = time.monotonic()
    assert await live.manager.stop("local", run.run_id) == "stopped"
    await until(lambda: fake.hung_up)
    assert fake.hung_up[0] - asked < 0.1
    (usage,) = of(await read(live, run), "usage")
    assert usage["input_tokens"] == 26
    assert 0 < usage["output_tokens"] < len(fake.pieces())


async def test_a_run_is_stopped_while_it_waits_to_try_again(live: Service, fake: FakeDashScope) -> None:
    run = await start(live, "down")
    await until(lambda: len(fake.requests) > 1)
    asked = time.monotonic()
    assert await live.manager.stop("local", run.run_id) == "stopped"
    assert time.monotonic() - asked < 0.5
    count = len(fake.requests)
    await asyncio.sleep(0.5)
    assert len(fake.requests) == count


async def test_the_key_is_in_no_event_no_log_and_no_stored_byte(
    live: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    models = ("qwen-plus", "nokey", "asks-both", "cut")
    seen = [await read(live, await start(live, model)) for model in models]
    assert [events[-1]["status"] for events in seen] == ["done", "failed", "done", "failed"]
    stored = await asyncio.to_thread(_bytes_in, tmp_path)
    assert b"Is AAPL a buy?" in stored
    assert KEY.encode() not in stored
    assert KEY not in str(seen) + caplog.text + repr(live.deps) + repr(live.settings)


def _bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
