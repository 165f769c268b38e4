"""Qwen on DashScope, against a server on this machine that speaks its protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from langchain_community.chat_models.tongyi import ChatTongyi
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import SecretStr

from graph.errors import (
    ModelBusy,
    ModelCutOff,
    ModelError,
    ModelInspected,
    ModelMisconfigured,
    ModelQuotaExceeded,
    ModelRefused,
    ModelUnavailable,
)
from graph.models import build_model
from graph.models.dashscope_call import Limits
from graph.models.dashscope_request import message_dict
from graph.models.dashscope_wire import MAX_STREAM_BYTES, FrameReader
from graph.models.qwen import QwenAnalystChat
from graph.settings import AgentSettings
from tests.fake_dashscope import ANSWER, FakeDashScope, fake_dashscope

KEY = "sk-very-secret-key"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as opened:
        yield opened


def model_for(fake: FakeDashScope, scenario: str) -> QwenAnalystChat:
    settings = AgentSettings(
        dashscope_api_key=SecretStr(KEY), dashscope_base_url=fake.url, model=scenario, max_tokens=1500
    )
    model = build_model(settings)
    assert isinstance(model, QwenAnalystChat)
    return model.model_copy(update={"max_retries": 1})


async def test_a_key_builds_a_chat_tongyi_that_streams(fake: FakeDashScope) -> None:
    model = model_for(fake, "slow")
    assert isinstance(model, ChatTongyi)
    chunks = [chunk async for chunk in model.astream([SystemMessage("be brief"), HumanMessage("hello")])]
    assert "".join(str(chunk.text) for chunk in chunks) == ANSWER
    assert len(chunks) > 20
    used = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
    assert sum(part["input_tokens"] for part in used) == 26
    assert sum(part["output_tokens"] for part in used) == len(fake.pieces())
    assert sum(part["total_tokens"] for part in used) == 26 + len(fake.pieces())
    assert any(chunk.response_metadata.get("finish_reason") == "stop" for chunk in chunks)
    await model.aclose()


async def test_what_is_asked_stands_on_the_wire(fake: FakeDashScope) -> None:
    model = model_for(fake, "qwen-plus")
    await model.ainvoke([HumanMessage("hello")], max_tokens=9000, stop=["END"], seed=7)
    body, headers = fake.requests[0], fake.headers[0]
    assert body["input"]["messages"] == [{"role": "user", "content": "hello"}]
    assert body["parameters"] == {
        "result_format": "message",
        "incremental_output": True,
        "max_tokens": 3000,
        "top_p": 0.8,
        "temperature": 0.3,
        "seed": 7,
        "stop": ["END"],
    }
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["X-DashScope-SSE"] == "enable"
    await model.ainvoke([HumanMessage("hello")])
    assert fake.requests[1]["parameters"]["max_tokens"] == 1500
    await model.aclose()


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        ("busy", ModelBusy),
        ("inside200", ModelBusy),
        ("nokey", ModelMisconfigured),
        ("overdue", ModelQuotaExceeded),
        ("refused", ModelRefused),
        ("mislabelled", ModelRefused),
        ("inspected", ModelInspected),
        ("html", ModelUnavailable),
        ("cut", ModelCutOff),
        ("drop", ModelCutOff),
    ],
)
async def test_every_failure_is_the_error_of_its_reaction(
    fake: FakeDashScope, scenario: str, kind: type[ModelError]
) -> None:
    model = model_for(fake, scenario)
    with pytest.raises(ModelError) as caught:
        [chunk async for chunk in model.astream([HumanMessage("hello")])]
    assert type(caught.value) is kind
    assert "secret-detail" not in str(caught.value) + caught.value.message
    with pytest.raises(kind):
        await model.ainvoke([HumanMessage("hello")])
    await model.aclose()


async def test_a_dead_server_is_unavailable() -> None:
    model = QwenAnalystChat(
        model_name="qwen-plus", dashscope_api_key=SecretStr(KEY), base_url="http://127.0.0.1:9/api/v1"
    )
    with pytest.raises(ModelUnavailable):
        await model.ainvoke([HumanMessage("hello")])
    await model.aclose()


@pytest.mark.parametrize("scenario", ["slow", "stall", "silent"])
async def test_cancelling_hangs_up_at_once(fake: FakeDashScope, scenario: str) -> None:
    model = model_for(fake, scenario)

    async def consume() -> None:
        async for _ in model.astream([HumanMessage("hello")]):
            pass

    task = asyncio.create_task(consume())
    await asyncio.sleep(0.3)
    cancelled = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(50):
        if fake.hung_up:
            break
        await asyncio.sleep(0.01)
    assert fake.hung_up
    assert fake.hung_up[0] - cancelled < 0.1
    await model.aclose()


async def test_silence_ends_in_time(fake: FakeDashScope) -> None:
    for scenario in ("silent", "stall"):
        limits = Limits(first_token_seconds=0.2, idle_seconds=0.2)
        model = model_for(fake, scenario).model_copy(update={"limits": limits})
        with pytest.raises(ModelUnavailable):
            await asyncio.wait_for(model.ainvoke([HumanMessage("hello")]), 5)
        await model.aclose()


async def test_the_sync_methods_go_the_same_way(fake: FakeDashScope) -> None:
    model = model_for(fake, "qwen-plus")
    assert (await asyncio.to_thread(model.invoke, "hello")).text == ANSWER
    chunks = await asyncio.to_thread(lambda: list(model.stream("hello")))
    assert "".join(str(chunk.text) for chunk in chunks) == ANSWER
    busy = model_for(fake, "busy")
    with pytest.raises(ModelBusy):
        await asyncio.to_thread(busy.invoke, "hello")
    with pytest.raises(ModelBusy):
        await asyncio.to_thread(lambda: list(busy.stream("hello")))


def test_the_key_stays_secret() -> None:
    model = QwenAnalystChat(model_name="qwen-plus", dashscope_api_key=SecretStr(KEY))
    assert KEY not in repr(model)
    assert KEY not in str(model.model_dump())
    assert KEY not in str(model._identifying_params)
    settings = AgentSettings(dashscope_api_key=SecretStr(KEY))
    assert KEY not in repr(settings)


@pytest.mark.parametrize("limit", [0, 3001, -1])
def test_max_tokens_is_one_to_three_thousand(limit: int) -> None:
    with pytest.raises(ValueError, match="max_tokens"):
        QwenAnalystChat(model_name="qwen-plus", dashscope_api_key=SecretStr(KEY), max_tokens=limit)


def test_tool_calls_of_the_history_are_sent() -> None:
    call = AIMessage("", tool_calls=[{"name": "get_quote", "args": {"symbol": "AAPL"}, "id": "c1"}])
    assert message_dict(call)["tool_calls"][0]["function"] == {
        "name": "get_quote",
        "arguments": '{"symbol": "AAPL"}',
    }
    answer = ToolMessage("{}", tool_call_id="c1")
    assert message_dict(answer) == {"role": "tool", "content": "{}", "tool_call_id": "c1"}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_do_not_depend_on_how_the_bytes_come(size: int) -> None:
    stream = (
        'id:1\nevent:result\n:HTTP_STATUS/200\ndata:{"a":"营收"}\n\n'
        'id:2\r\nevent:error\r\n:HTTP_STATUS/429\r\ndata: {"code":"Throttling"}\r\n\r\n'
        'data:{"last":1}'
    ).encode()
    reader = FrameReader()
    frames = []
    for start in range(0, len(stream), size):
        frames += list(reader.feed(stream[start : start + size]))
    frames += list(reader.close())
    assert [(frame.status, frame.event, frame.data) for frame in frames] == [
        (200, "result", {"a": "营收"}),
        (429, "error", {"code": "Throttling"}),
        (200, "result", {"last": 1}),
    ]


def test_a_stream_without_end_is_refused() -> None:
    reader = FrameReader()
    with pytest.raises(ModelUnavailable):
        list(reader.feed(b"x" * (MAX_STREAM_BYTES + 1)))
