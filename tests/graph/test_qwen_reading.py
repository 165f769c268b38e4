"""How Qwen's answers read, at the wire: every framing, wrong types anywhere, bytes cut anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import ModelError
from graph.models import dashscope_wire as wire
from graph.models.dashscope_chunks import ChunkBuilder
from tests.fake_dashscope import ANSWER, FakeDashScope, Reply, fake_dashscope, frame, text_frames
from tests.qwen import HELLO, added, opened, read, text_of, used

TEXT = "/api/v1/services/aigc/text-generation/generation"
MULTIMODAL = "/api/v1/services/aigc/multimodal-generation/generation"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


@pytest.mark.parametrize(
    "scenario",
    [
        "labelled-json", "gzip", "one-piece", "pieces-of-3", "pieces-of-1000", "crlf", "null-content",
        "no-choices", "whole-text", "whole-message", "open-after-end", "drop-after-end",
    ],
)  # fmt: skip
async def test_every_framing_gives_the_same_answer(fake: FakeDashScope, scenario: str) -> None:
    fake.answers[scenario] = answer = ANSWER + "营收 🚀\u2028é"
    async with opened(fake, scenario) as model:
        chunks = await asyncio.wait_for(read(model), 5)
        whole = await model.ainvoke(HELLO)
    assert text_of(chunks) == whole.text == answer
    assert added(chunks).response_metadata["finish_reason"] == "stop"
    assert used(chunks)[0] == 26
    assert used(chunks)[1] > 0


async def test_a_line_may_be_long_but_an_answer_has_an_end(fake: FakeDashScope) -> None:
    async with opened(fake, "long-line") as model:
        assert len(text_of(await read(model))) == 700_000 + len(ANSWER)
    async with opened(fake, "endless") as model:
        with pytest.raises(ModelError):
            await read(model)


@pytest.mark.parametrize("scenario", ["surrogates", "bad-utf8"])
async def test_what_utf8_cannot_hold_is_replaced(fake: FakeDashScope, scenario: str) -> None:
    async with opened(fake, scenario) as model:
        text = text_of(await read(model))
    assert text.startswith("\ufffd!")
    assert text.endswith(ANSWER)
    text.encode()


WRONG = [5, True, "text", [], [5], {}, {"a": 5}, [[]], 1.5]
PLACES = ("output", "choices", "choice", "message", "content", "reasoning_content", "tool_calls", "call",
          "function", "index", "id", "name", "arguments", "finish_reason", "usage", "output_tokens",
          "details", "request_id", "code")  # fmt: skip


def with_wrong(place: str, value: Any) -> dict[str, Any]:
    """Build a frame that holds a value of the wrong type in one place."""

    def at(name: str, right: Any) -> Any:
        return value if name == place else right

    function = {"name": at("name", "get_technicals"), "arguments": at("arguments", "{}")}
    call = {"index": at("index", 0), "id": at("id", "c1"), "function": at("function", function)}
    message = {
        "content": at("content", "a"),
        "reasoning_content": at("reasoning_content", "b"),
        "tool_calls": at("tool_calls", [at("call", call)]),
    }
    choice = {"message": at("message", message), "finish_reason": at("finish_reason", "stop")}
    usage = {
        "output_tokens": at("output_tokens", 5),
        "output_tokens_details": at("details", {"reasoning_tokens": 1}),
    }
    data = {"output": at("output", {"choices": at("choices", [at("choice", choice)])})}
    data |= {"usage": at("usage", usage), "request_id": at("request_id", "r")}
    return {**data, "code": value} if place == "code" else data


@pytest.mark.parametrize("place", PLACES)
async def test_a_wrong_type_anywhere_is_an_answer_or_a_model_error(fake: FakeDashScope, place: str) -> None:
    for value in WRONG:
        body = orjson.dumps(with_wrong(place, value))
        fake.replies["odd"] = [
            Reply([b"data:" + body + b"\n\n"]),
            Reply([body], content_type="application/json"),
            Reply([body], status=400, content_type="application/json"),
        ]
        fake.counts.clear()
        async with opened(fake, "odd") as model:
            for _ in range(3):
                try:
                    added(await read(model))
                except ModelError:
                    continue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["output", "choices", "message", *PLACES]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["output", "usage", "code", "request_id", "error"]), JSON))
def test_no_json_at_all_is_more_than_a_model_error(data: dict[str, Any]) -> None:
    builder = ChunkBuilder("m")
    try:
        builder.take([wire.read_frame(wire.Frame(200, "result", data))])
        builder.finish()
    except ModelError:
        pass


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.integers(100, 599))
def test_no_bytes_at_all_are_more_than_a_model_error(body: bytes, status: int) -> None:
    assert isinstance(wire.error_of(status, body), ModelError)
    reader = wire.FrameReader()
    with contextlib.suppress(ModelError):
        [*reader.feed(body), *reader.close()]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2000), max_size=30), st.booleans())
def test_frames_may_be_cut_anywhere(places: list[int], crlf: bool) -> None:
    whole = b"".join(text_frames("营收 rose 🚀 to 5 亿"))
    whole = whole.replace(b"\n", b"\r\n") if crlf else whole
    cuts = sorted({min(place, len(whole)) for place in places} | {0, len(whole)})
    reader = wire.FrameReader()
    frames = [found for a, b in itertools.pairwise(cuts) for found in reader.feed(whole[a:b])]
    frames += reader.close()
    assert "".join(wire.choice_of(found.data).text for found in frames) == "营收 rose 🚀 to 5 亿"


def test_a_frame_may_come_in_very_many_pieces() -> None:
    reader, line = wire.FrameReader(), frame({"content": "x" * 4_000_000})
    pieces = [line[start : start + 100] for start in range(0, len(line), 100)]
    assert len([found for piece in pieces for found in reader.feed(piece)]) == 1


async def test_reasoning_is_apart_from_the_answer_and_counted_once(fake: FakeDashScope) -> None:
    async with opened(fake, "thinking") as model:
        chunks = await read(model)
        whole = await model.ainvoke(HELLO)
    assert text_of(chunks) == whole.text == ANSWER
    thought = "".join(chunk.additional_kwargs.get("reasoning_content", "") for chunk in chunks)
    assert thought.startswith("The user asks")
    assert "secret-thought" in thought
    for usage in (added(chunks).usage_metadata, whole.usage_metadata):
        assert usage is not None
        assert usage["input_token_details"] == {"cache_read": 20}
        assert usage["output_token_details"] == {"reasoning": 9}
        assert usage["output_tokens"] == 9 + len(fake.pieces())
