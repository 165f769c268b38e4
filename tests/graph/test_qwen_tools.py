"""Qwen's tool calls: put together from their pieces, read strictly, never repaired, answered in pairs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from graph.errors import ModelMisconfigured
from graph.models.tool_calls import CUT, NO_NAME, NO_OBJECT, ToolCallAssembler
from tests.fake_dashscope import FakeDashScope, Reply, fake_dashscope, frame
from tests.fake_dashscope.replies import call_frames
from tests.qwen import HELLO, added, opened, read, used


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


@tool
def get_technicals(symbol: str) -> str:
    """Get prices."""
    return symbol


async def test_tools_are_offered_among_the_parameters(fake: FakeDashScope) -> None:
    async with opened(fake) as model:
        await model.bind_tools([get_technicals], tool_choice="auto", parallel_tool_calls=True).ainvoke(HELLO)
    parameters = fake.requests[0]["parameters"]
    assert parameters["tools"][0]["function"]["name"] == "get_technicals"
    assert parameters["tools"][0]["function"]["parameters"]["required"] == ["symbol"]
    assert (parameters["tool_choice"], parameters["parallel_tool_calls"]) == ("auto", True)
    assert parameters["incremental_output"] is True
    assert "tools" not in fake.requests[0]


@pytest.mark.parametrize("choice", ["any", "required", True, "get_technicals"])
async def test_a_tool_that_has_to_be_called_is_named(fake: FakeDashScope, choice: object) -> None:
    async with opened(fake) as model:
        await model.bind_tools([get_technicals], tool_choice=choice).ainvoke(HELLO)
    named = {"type": "function", "function": {"name": "get_technicals"}}
    assert fake.requests[0]["parameters"]["tool_choice"] == named


@pytest.mark.parametrize(("choice", "count"), [("any", 2), ("get_weather", 1), (7, 1)])
async def test_a_choice_that_names_no_tool_is_refused_unsent(
    fake: FakeDashScope, choice: object, count: int
) -> None:
    async with opened(fake) as model:
        with pytest.raises(ModelMisconfigured, match="tool_choice"):
            model.bind_tools([get_technicals] * count, tool_choice=choice)
    assert fake.requests == []


async def test_structured_output_has_the_schema_called_and_read(fake: FakeDashScope) -> None:
    class Rating(BaseModel):
        """A rating."""

        symbol: str

    fake.replies["qwen-plus"] = [Reply(call_frames(("Rating", '{"symbol": "MSFT"}')))]
    async with opened(fake) as model:
        assert await model.with_structured_output(Rating).ainvoke(HELLO) == Rating(symbol="MSFT")
    parameters = fake.requests[0]["parameters"]
    assert parameters["tool_choice"] == {"type": "function", "function": {"name": "Rating"}}


async def test_parallel_calls_in_pieces_come_whole_on_the_last_chunk(fake: FakeDashScope) -> None:
    async with opened(fake, "asks-both") as model:
        chunks = await read(model)
        whole = await model.ainvoke(HELLO)
    assert all(not chunk.tool_call_chunks for chunk in chunks[:-2])
    for message in (added(chunks), whole):
        assert [(call["name"], call["args"]) for call in message.tool_calls] == [
            ("get_technicals", {"symbol": "MSFT"}),
            ("get_fundamentals", {"symbol": "MSFT"}),
        ]
        assert len({call["id"] for call in message.tool_calls}) == 2
        assert message.invalid_tool_calls == []
        assert message.response_metadata["finish_reason"] == "tool_calls"
    assert used(chunks)[1] > 5


async def test_a_whole_message_brings_its_calls_and_its_reasoning(fake: FakeDashScope) -> None:
    async with opened(fake, "whole-calls") as model:
        message = await model.ainvoke(HELLO)
    assert [call["id"] for call in message.tool_calls] == ["c1", "c2"]
    assert message.additional_kwargs["reasoning_content"] == "secret-thought"


@pytest.mark.parametrize(
    "arguments",
    ['{"period": "6m', '["MSFT"]', '"MSFT"', "5", "null", "{'symbol': 'MSFT'}", '{"a": NaN}', "{}}"],
)
async def test_arguments_that_are_no_object_are_never_repaired(fake: FakeDashScope, arguments: str) -> None:
    fake.replies["odd"] = [
        Reply(call_frames(("get_technicals", arguments), ("get_technicals", '{"symbol": "A"}')))
    ]
    async with opened(fake, "odd") as model:
        streamed = added(await read(model))
        whole = await model.ainvoke(HELLO)
    for message in (streamed, whole, streamed + AIMessageChunk(content="", chunk_position="last")):
        assert [call["args"] for call in message.tool_calls] == [{"symbol": "A"}]
        (invalid,) = message.invalid_tool_calls
        assert (invalid["name"], invalid["id"]) == ("get_technicals", "call_0_0")
        assert json.loads(invalid["args"] or "") == arguments


async def test_a_call_is_refused_when_the_answer_was_cut(fake: FakeDashScope) -> None:
    async with opened(fake, "asks-cut") as model:
        streamed = added(await read(model))
        whole = await model.ainvoke(HELLO)
    for message in (streamed, whole):
        assert (message.tool_calls, len(message.invalid_tool_calls)) == ([], 1)


async def test_a_call_that_breaks_off_is_no_call(fake: FakeDashScope) -> None:
    fake.replies["odd"] = [Reply(call_frames(("get_technicals", '{"symbol": "MSFT"}'))[:-1])]
    chunks: list[AIMessageChunk] = []
    async with opened(fake, "odd") as model:
        with pytest.raises(Exception, match="finish reason"):
            await read(model, into=chunks)
    assert not any(chunk.tool_call_chunks for chunk in chunks)


async def test_the_history_of_calls_is_sent_with_its_answers(fake: FakeDashScope) -> None:
    call = {"name": "get_quote", "args": {"symbol": "腾讯"}, "id": "c1", "type": "tool_call"}
    history = [
        HumanMessage("hello"),
        AIMessage("", tool_calls=[call]),
        ToolMessage("{}", tool_call_id="c1", name="get_quote"),
    ]
    async with opened(fake) as model:
        await model.ainvoke(history)
    said, answered = fake.requests[0]["input"]["messages"][1:]
    function = said["tool_calls"][0].pop("function")
    assert said == {"role": "assistant", "content": "", "tool_calls": [{"id": "c1", "type": "function"}]}
    assert (function["name"], json.loads(function["arguments"])) == ("get_quote", {"symbol": "腾讯"})
    assert answered == {"role": "tool", "content": "{}", "tool_call_id": "c1", "name": "get_quote"}


def test_pieces_without_an_index_belong_to_the_call_of_their_id_or_the_last() -> None:
    calls = ToolCallAssembler()
    calls.add([{"id": "a", "function": {"name": "f", "arguments": '{"x"'}}])
    calls.add([{"id": "", "function": {"arguments": ": 1}"}}])
    calls.add([{"id": "b", "function": {"name": "g", "arguments": "{"}}, {"function": {"arguments": "}"}}])
    valid, invalid = calls.finish("tool_calls")
    assert [(call["id"], call["name"], call["args"]) for call in valid] == [
        ("a", "f", {"x": 1}),
        ("b", "g", {}),
    ]
    assert invalid == []


def test_each_call_gets_an_id_of_its_own_and_a_reason_when_it_cannot_be_made() -> None:
    calls = ToolCallAssembler()
    for index, (name, arguments) in enumerate([("f", "{}"), ("f", ""), ("", "{}"), ("f", "[")]):
        calls.add([{"index": index, "id": "same", "function": {"name": name, "arguments": arguments}}])
    valid, invalid = calls.finish("tool_calls")
    assert [call["args"] for call in valid] == [{}, {}]
    assert [call["error"] for call in invalid] == [NO_NAME, NO_OBJECT]
    assert len({call["id"] for call in [*valid, *invalid]}) == 4
    assert {call["error"] for call in calls.finish("length")[1]} == {CUT}


async def test_arguments_may_come_as_an_object(fake: FakeDashScope) -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "f", "arguments": {"symbol": "MSFT"}}}
    fake.replies["odd"] = [Reply([frame({"content": "", "tool_calls": [call]}, "tool_calls")])]
    async with opened(fake, "odd") as model:
        assert (await model.ainvoke(HELLO)).tool_calls[0]["args"] == {"symbol": "MSFT"}
