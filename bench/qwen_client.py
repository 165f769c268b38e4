"""One process that asks a DashScope with one kind of model: `python -m bench.qwen_client KIND URL WHAT ...`.

It prints what it saw as JSON. Each kind has a process of its own, so that its CPU time is its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from langchain_community.chat_models.tongyi import ChatTongyi
from langchain_core.language_models import BaseChatModel

from graph.models.qwen import QwenAnalystChat

KEY = "sk-stand-in-not-a-real-key"
OURS, TONGYI = "QwenAnalystChat", "ChatTongyi"
BLOCKED_SECONDS = 5.0
_CALLS = 9


@dataclass(frozen=True)
class Streams:
    """What many streams at once gave: seconds to each first token, CPU seconds of all, how many failed."""

    first_tokens: list[float]
    cpu_seconds: float
    failures: int


@dataclass(frozen=True)
class Stalled:
    """How long a call takes alone and beside six that stall; no time when it was blocked."""

    alone_seconds: float
    beside_seconds: float | None


def build(kind: str, url: str, name: str) -> BaseChatModel:
    """Build a model of a kind, streaming from `url`."""
    if kind == OURS:
        return QwenAnalystChat(model=name, api_key=KEY, base_url=url, max_retries=1)  # type: ignore[call-arg]
    return ChatTongyi(model=name, api_key=KEY, streaming=True, model_kwargs={"base_address": url})


async def stream_many(kind: str, url: str, name: str, streams: int) -> Streams:
    """Read many streams at once, after one that warms up."""
    async with _opened(kind, url, "qwen-plus") as first:
        await _first_token(first.astream("hello"))
    async with _opened(kind, url, name) as model:
        before = time.process_time()
        seen = await asyncio.gather(
            *(_first_token(model.astream("hello")) for _ in range(streams)), return_exceptions=True
        )
        used = time.process_time() - before
    firsts = [one for one in seen if isinstance(one, float)]
    return Streams(firsts, used, streams - len(firsts))


async def stall_six(kind: str, url: str) -> Stalled:
    """Time a call alone, then beside six calls that never go on."""
    async with _opened(kind, url, "qwen-plus") as model, _opened(kind, url, "stall") as stalling:
        await _timed(model)
        alone = median([await _timed(model) for _ in range(_CALLS)])
        tasks = [asyncio.create_task(_first_token(stalling.astream("hello"))) for _ in range(6)]
        await asyncio.sleep(1)
        try:
            async with asyncio.timeout(BLOCKED_SECONDS):
                return Stalled(alone, median([await _timed(model) for _ in range(_CALLS)]))
        except TimeoutError:
            return Stalled(alone, None)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@asynccontextmanager
async def _opened(kind: str, url: str, name: str) -> AsyncIterator[BaseChatModel]:
    model = build(kind, url, name)
    try:
        yield model
    finally:
        if isinstance(model, QwenAnalystChat):
            await model.aclose()


async def _timed(model: BaseChatModel) -> float:
    started = time.perf_counter()
    await _first_token(model.astream("hello"))
    return time.perf_counter() - started


async def _first_token(chunks: AsyncIterator[Any]) -> float:
    """Read a stream to its end and give the seconds to its first text."""
    started, first = time.perf_counter(), None
    async for chunk in chunks:
        if first is None and chunk.text:
            first = time.perf_counter() - started
    if first is None:
        raise RuntimeError("a stream without a token")
    return first


def main(kind: str, url: str, what: str, *rest: str) -> None:
    """Do what is asked and print its result; threads that are blocked are left behind."""

    async def work() -> None:
        seen = await (stall_six(kind, url) if what == "stall" else stream_many(kind, url, what, int(rest[0])))
        print(json.dumps(asdict(seen)), flush=True)
        # ChatTongyi's threads cannot be ended, and a loop would wait for them.
        os._exit(0)

    asyncio.run(work())


if __name__ == "__main__":
    main(*sys.argv[1:])
