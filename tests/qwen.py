"""Models that ask the stand-in for DashScope, and readers of what they answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from pydantic import SecretStr

from graph.models.qwen import QwenAnalystChat
from tests.fake_dashscope import FakeDashScope

KEY = "sk-very-secret-key-7f3a"
HELLO: list[BaseMessage] = [HumanMessage("hello")]


class NoWait(random.Random):
    """A source of jitter that always gives the lowest value."""

    def uniform(self, a: float, b: float) -> float:
        return a


def model_at(fake: FakeDashScope, name: str = "qwen-plus", *, wait: bool = False, **chosen: Any) -> Any:
    """Build a model at the stand-in; it tries once unless told otherwise, and without pauses."""
    fields: dict[str, Any] = {"max_retries": 1, "base_url": fake.url, "dashscope_api_key": SecretStr(KEY)}
    model = QwenAnalystChat(model_name=name, **{**fields, **chosen})
    if not wait:
        model._rng = NoWait()
    return model


@asynccontextmanager
async def opened(fake: FakeDashScope, name: str = "qwen-plus", **chosen: Any) -> AsyncIterator[Any]:
    """Build a model and close its connections in the end."""
    model = model_at(fake, name, **chosen)
    try:
        yield model
    finally:
        await model.aclose()


async def read(
    qwen: Any,
    messages: Sequence[BaseMessage] = HELLO,
    /,
    into: list[AIMessageChunk] | None = None,
    **given: Any,
) -> list[AIMessageChunk]:
    """Read a stream to its end; `into` keeps what came before a fault."""
    chunks = [] if into is None else into
    async for chunk in qwen.astream(list(messages), **given):
        chunks.append(chunk)
    return chunks


def text_of(chunks: Sequence[AIMessageChunk]) -> str:
    """Join the text of chunks."""
    return "".join(str(chunk.text) for chunk in chunks)


def used(chunks: Sequence[AIMessageChunk]) -> tuple[int, int]:
    """Sum the tokens taken and given."""
    parts = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
    return sum(part["input_tokens"] for part in parts), sum(part["output_tokens"] for part in parts)


def added(chunks: Sequence[AIMessageChunk]) -> AIMessageChunk:
    """Add chunks up as LangChain does."""
    total = chunks[0]
    for chunk in chunks[1:]:
        total = total + chunk
    return total


async def until(happened: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something has happened at the stand-in."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)
