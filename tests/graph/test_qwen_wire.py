"""What Qwen is asked and how its answers read, at the wire: every option, every framing."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import SecretStr, ValidationError

from graph.errors import ModelBusy, ModelMisconfigured
from graph.models.dashscope_request import request_body
from graph.models.qwen import DEFAULT_URL, QwenAnalystChat
from tests.fake_dashscope import ANSWER, FakeDashScope, fake_dashscope
from tests.qwen import HELLO, KEY, model_at, opened, read, text_of

TEXT = "/api/v1/services/aigc/text-generation/generation"
MULTIMODAL = "/api/v1/services/aigc/multimodal-generation/generation"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_tokens", 1),
        ("max_tokens", 3000),
        ("temperature", 0.0),
        ("top_p", 0.5),
        ("seed", 7),
        ("enable_thinking", True),
        ("enable_thinking", False),
        ("thinking_budget", 100),
        ("stop", ["END"]),
        ("model_kwargs", {"parallel_tool_calls": True}),
        ("model_kwargs", {"response_format": {"type": "json_object"}}),
    ],
)
async def test_every_field_and_every_call_option_stands_on_the_wire(
    fake: FakeDashScope, field: str, value: Any
) -> None:
    wanted = value if field == "model_kwargs" else {field: value}
    async with opened(fake, **{field: value}) as model:
        await model.ainvoke(HELLO)
    async with opened(fake) as model:
        await model.ainvoke(HELLO, **wanted)
    for body in fake.requests:
        assert body["parameters"].items() >= wanted.items()
        assert body["parameters"]["incremental_output"] is True
        assert body["parameters"]["result_format"] == "message"


def test_the_defaults_are_those_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    model = QwenAnalystChat()
    assert (model.model_name, model.base_url, model.max_tokens) == ("qwen-plus", DEFAULT_URL, 2000)
    assert model.dashscope_api_key == SecretStr(KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_token": 5},
        {"max_tokens": 0},
        {"max_tokens": 3001},
        {"temperature": 2},
        {"top_p": 0},
        {"seed": -1},
        {"endpoint": "both"},
        {"base_url": "dashscope"},
        {"model_kwargs": {"base_address": "x"}},
        {"max_retries": 0},
    ],
)
def test_what_cannot_be_meant_is_refused_when_built(fake: FakeDashScope, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model_at(fake, **wrong)


@pytest.mark.parametrize(
    "wrong", [{"max_token": 5}, {"temperature": 3}, {"seed": "x"}, {"max_tokens": "many"}, {"tools": 5}]
)
async def test_what_cannot_be_meant_is_refused_when_called(
    fake: FakeDashScope, wrong: dict[str, Any]
) -> None:
    async with opened(fake) as model:
        with pytest.raises(ModelMisconfigured, match=next(iter(wrong))):
            await model.ainvoke(HELLO, **wrong)
    assert fake.requests == []


@pytest.mark.parametrize(("asked", "sent"), [(9000, 3000), (0, 1), (-5, 1), (700, 700)])
async def test_a_call_s_max_tokens_is_brought_within_its_limits(
    fake: FakeDashScope, asked: int, sent: int
) -> None:
    async with opened(fake) as model:
        await model.ainvoke(HELLO, max_tokens=asked)
    assert fake.requests[0]["parameters"]["max_tokens"] == sent


@pytest.mark.parametrize(
    ("model_name", "endpoint", "path"),
    [
        ("qwen-plus", "auto", TEXT),
        ("qwen3-max", "auto", TEXT),
        ("qwen2.5-72b-instruct", "auto", TEXT),
        ("qwen3.5-plus", "auto", MULTIMODAL),
        ("qwen3.7-max", "auto", MULTIMODAL),
        ("qwen-vl-max", "auto", MULTIMODAL),
        ("qwen3-vl-plus", "auto", MULTIMODAL),
        ("qwen3.5-plus", "multimodal", MULTIMODAL),
        ("qwen-plus", "text", TEXT),
    ],
)
async def test_a_model_is_asked_at_its_endpoint(
    fake: FakeDashScope, model_name: str, endpoint: str, path: str
) -> None:
    async with opened(fake, model_name, endpoint=endpoint) as model:
        assert text_of(await read(model, [SystemMessage("be brief"), *HELLO])) == ANSWER
    content = fake.requests[0]["input"]["messages"][1]["content"]
    assert fake.paths == [path]
    assert content == ([{"text": "hello"}] if path == MULTIMODAL else "hello")


async def test_the_headers_are_those_of_a_stream(fake: FakeDashScope) -> None:
    async with opened(fake) as model:
        await model.ainvoke(HELLO)
    wanted = {
        "Authorization": f"Bearer {KEY}",
        "Accept": "text/event-stream",
        "X-DashScope-SSE": "enable",
        "Content-Type": "application/json; charset=utf-8",
    }
    assert fake.headers[0].items() >= wanted.items()


async def test_messages_that_cannot_be_sent_are_told_before_they_are(fake: FakeDashScope) -> None:
    call = AIMessage("", tool_calls=[{"name": "get_quote", "args": {}, "id": "c1"}])
    image = HumanMessage([{"type": "image_url", "image_url": {"url": "http://127.0.0.1/x.png"}}])
    async with opened(fake) as model:
        for messages in ([*HELLO, call], [*HELLO, ToolMessage("{}", tool_call_id="c1")], [image]):
            with pytest.raises(ModelMisconfigured):
                await model.ainvoke(messages)
    assert fake.requests == []


def test_a_call_that_could_not_be_read_is_sent_with_its_answer() -> None:
    bad = {"name": "get_quote", "args": "{", "id": "c2", "error": "x", "type": "invalid_tool_call"}
    said = AIMessage("", invalid_tool_calls=[bad])
    assert b'"tool_calls"' not in request_body("m", [said], {}, False)
    answered = request_body("m", [said, ToolMessage("no", tool_call_id="c2")], {}, False)
    assert b'"id":"c2"' in answered


def test_the_sync_methods_stream_batch_and_leave_nothing_open() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(_use_sync())
        gc.collect()


async def _use_sync() -> None:
    async with fake_dashscope() as fake:
        model, slow, busy = model_at(fake), model_at(fake, "slow"), model_at(fake, "busy")

        def use() -> None:
            assert model.invoke("hello").text == ANSWER
            assert [answer.text for answer in model.batch(["a", "b", "c"])] == [ANSWER] * 3
            assert text_of(list(model.stream("hello"))) == ANSWER
            stream = slow.stream("hello")
            next(stream)
            stream.close()
            with pytest.raises(ModelBusy):
                busy.invoke("hello")
            with pytest.raises(ModelBusy):
                list(busy.stream("hello"))

        await asyncio.to_thread(use)
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert len(fake.hung_up) == 1
