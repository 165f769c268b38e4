"""The benchmark of Qwen measures what it says, against the stand-in in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from bench.qwen import QUICK, SERVER, QwenResult, Waits, tables
from bench.qwen_client import OURS, TONGYI, build, stall_six, stream_many
from bench.results import Check
from graph.models.qwen import QwenAnalystChat
from tests.fake_dashscope import FakeDashScope, fake_dashscope


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


async def test_streams_are_timed_to_their_first_token_and_failures_counted(fake: FakeDashScope) -> None:
    seen = await stream_many(OURS, fake.url, "wait-200", 3)
    assert (len(seen.first_tokens), seen.failures) == (3, 0)
    assert all(0.2 <= seconds < 1 for seconds in seen.first_tokens)
    assert seen.cpu_seconds > 0
    assert (await stream_many(OURS, fake.url, "down", 2)).failures == 2


async def test_a_call_is_timed_alone_and_beside_six_that_stall(fake: FakeDashScope) -> None:
    seen = await stall_six(OURS, fake.url)
    assert seen.alone_seconds > 0
    assert seen.beside_seconds is not None
    assert fake.counts["stall"] == 6


def test_both_kinds_are_what_they_are_called(fake: FakeDashScope) -> None:
    assert [type(build(kind, fake.url, "m")).__name__ for kind in (OURS, TONGYI)] == [OURS, TONGYI]
    assert isinstance(build(OURS, fake.url, "m"), QwenAnalystChat)


def test_the_tables_tell_who_was_blocked() -> None:
    result = QwenResult(
        QUICK,
        [Waits(SERVER, 2, 1.02, 1.03, 0)],
        {OURS: 80.0, TONGYI: 160.0},
        0.5,
        {OURS: 0.1, TONGYI: None},
        [Check("CPU", 0.5, 0.6, "×")],
    )
    console = Console(width=150)
    with console.capture() as captured:
        console.print(tables(result))
    shown = captured.get()
    assert "blocked (> 5 s)" in shown
    assert "1.02" in shown
