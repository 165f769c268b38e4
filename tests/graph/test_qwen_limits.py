"""How long Qwen may take, and how it is left: each limit its own error, every way out closes the socket."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from graph.errors import (
    ModelBusy,
    ModelConnectTimeout,
    ModelError,
    ModelFirstTokenTimeout,
    ModelIdleTimeout,
    ModelTotalTimeout,
    ModelUnavailable,
)
from graph.models.dashscope_call import Limits
from graph.models.qwen import QwenAnalystChat
from tests.fake_dashscope import ANSWER, FakeDashScope, Reply, fake_dashscope, text_frames
from tests.qwen import HELLO, KEY, model_at, opened, read, text_of, until


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


@pytest.mark.parametrize(
    ("scenario", "limits", "kind"),
    [
        ("silent", {"first_token_seconds": 0.15}, ModelFirstTokenTimeout),
        ("deaf", {"first_token_seconds": 0.15}, ModelFirstTokenTimeout),
        ("comments", {"first_token_seconds": 0.15}, ModelFirstTokenTimeout),
        ("stall", {"idle_seconds": 0.15}, ModelIdleTimeout),
        ("stall", {"total_seconds": 0.15}, ModelTotalTimeout),
        ("slow", {"total_seconds": 0.15}, ModelTotalTimeout),
    ],
)
async def test_each_limit_has_its_own_error(
    fake: FakeDashScope, scenario: str, limits: dict[str, float], kind: type[ModelError]
) -> None:
    async with opened(fake, scenario, limits=Limits(**limits)) as model:
        started = time.monotonic()
        with pytest.raises(ModelError) as caught:
            await read(model)
        assert time.monotonic() - started < 1
        assert type(caught.value) is kind
        await until(lambda: fake.hung_up)


async def test_a_heartbeat_is_no_token_and_no_sign_of_life(fake: FakeDashScope) -> None:
    pings: list[bytes | float] = [part for _ in range(100) for part in (b":ping\n\n", 0.02)]
    fake.replies["odd"] = [Reply([*text_frames(ANSWER)[:3], *pings])]
    async with opened(fake, "odd", limits=Limits(idle_seconds=0.15)) as model:
        with pytest.raises(ModelIdleTimeout):
            await read(model)


async def test_a_connection_that_is_not_taken_is_told() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # the queue of those who wait is full after these
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        fake = FakeDashScope(url=f"http://127.0.0.1:{port}/api/v1")
        async with opened(fake, limits=Limits(connect_seconds=0.2)) as model:
            with pytest.raises(ModelConnectTimeout):
                await read(model)
        for one in waiting:
            one.close()


@pytest.mark.parametrize(("name", "chosen"), [("qwq-plus", {}), ("wait-200", {"enable_thinking": True})])
async def test_a_model_that_thinks_may_begin_later(
    fake: FakeDashScope, name: str, chosen: dict[str, Any]
) -> None:
    fake.replies[name] = [Reply(text_frames(ANSWER), before=0.2)]
    limits = Limits(first_token_seconds=0.1, thinking_seconds=2)
    async with opened(fake, name, limits=limits, **chosen) as model:
        assert text_of(await read(model)) == ANSWER
    async with opened(fake, "wait-200", limits=limits) as model:
        with pytest.raises(ModelFirstTokenTimeout):
            await read(model)


async def cancelled_within(task: asyncio.Task[Any], fake: FakeDashScope) -> float:
    """Cancel and give the seconds until the stand-in saw the connection close."""
    at = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: fake.hung_up)
    return fake.hung_up[0] - at


@pytest.mark.parametrize("scenario", ["slow", "stall", "silent", "deaf", "thinking-stall"])
async def test_cancelling_closes_the_socket_at_once(fake: FakeDashScope, scenario: str) -> None:
    thought = text_frames("x")[0].replace(b'"content"', b'"reasoning_content"')
    fake.replies["thinking-stall"] = [Reply([thought], end="hang")]
    async with opened(fake, scenario, max_retries=4) as model:
        task = asyncio.create_task(read(model))
        await until(lambda: fake.requests)
        await asyncio.sleep(0.1)
        assert await cancelled_within(task, fake) < 0.1
        assert len(fake.requests) == 1


async def test_leaving_a_stream_early_closes_the_socket(fake: FakeDashScope) -> None:
    async with opened(fake, "slow") as model:
        stream = model.astream(HELLO)
        await anext(stream)
        left = time.monotonic()
        await stream.aclose()
        await until(lambda: fake.hung_up)
        assert fake.hung_up[0] - left < 0.1


async def test_cancelling_a_back_off_or_a_wait_at_the_gate_ends_it(fake: FakeDashScope) -> None:
    async with opened(fake, "down", wait=True, max_retries=10) as model:
        model._rng = random.Random(3)
        task = asyncio.create_task(read(model))
        await until(lambda: fake.requests)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 0.1)
    fake.requests.clear()
    async with opened(fake, "stall", max_streams=1) as model:
        first = asyncio.create_task(read(model))
        await until(lambda: fake.requests)
        second = asyncio.create_task(read(model))
        await asyncio.sleep(0.05)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(second, 0.1)
        assert await cancelled_within(first, fake) < 0.1
        assert len(fake.requests) == 1
        assert text_of(await read(model, model="qwen-plus")) == ANSWER


async def test_a_full_gate_says_when_to_come_back(fake: FakeDashScope) -> None:
    async with opened(fake, "stall", max_streams=1, patience_seconds=0.1) as model:
        first = asyncio.create_task(read(model))
        await until(lambda: fake.requests)
        with pytest.raises(ModelBusy) as caught:
            await read(model)
        assert caught.value.retry_after == 0.1
        await cancelled_within(first, fake)


async def test_many_streams_run_at_once_and_stalled_ones_delay_no_other(fake: FakeDashScope) -> None:
    async with opened(fake, "wait-300") as model:
        stalled = [asyncio.create_task(read(model, model="stall")) for _ in range(6)]
        await until(lambda: len(fake.requests) == 6)
        started = time.monotonic()
        assert text_of(await read(model, model="qwen-plus")) == ANSWER
        assert time.monotonic() - started < 0.5
        answers = await asyncio.gather(*(read(model) for _ in range(300)))
        assert {text_of(chunks) for chunks in answers} == {ANSWER}
        for task in stalled:
            task.cancel()
        await asyncio.gather(*stalled, return_exceptions=True)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    model = QwenAnalystChat(
        dashscope_api_key=SecretStr(KEY), base_url="http://127.0.0.1:9/api/v1", max_retries=1
    )
    with pytest.raises(ModelUnavailable, match="ClientConnectorError"):
        await model.ainvoke(HELLO)
    await model.aclose()


def test_a_model_at_the_stand_in_is_built_like_any_other() -> None:
    assert isinstance(model_at(FakeDashScope(url="http://127.0.0.1:1")), QwenAnalystChat)
