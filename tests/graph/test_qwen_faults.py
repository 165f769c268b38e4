"""How Qwen fails: each fault its own error, tried again or not, in time, hung up at once, booked once."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator

import pytest
from langchain_core.messages import AIMessageChunk

from graph.errors import (
    ModelBusy,
    ModelCutOff,
    ModelError,
    ModelFirstTokenTimeout,
    ModelInspected,
    ModelMisconfigured,
    ModelQuotaExceeded,
    ModelRefused,
    ModelUnavailable,
)
from graph.models.dashscope_call import Limits
from graph.models.resilience import CircuitBreaker, backoff
from tests.fake_dashscope import ANSWER, FakeDashScope, Reply, fake_dashscope, text_frames
from tests.fake_dashscope.replies import call_frames, refusal
from tests.qwen import HELLO, opened, read, text_of, used


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


@pytest.mark.parametrize(
    ("scenario", "kind", "tries"),
    [
        ("busy", ModelBusy, 3),
        ("burst", ModelBusy, 3),
        ("mislabelled-busy", ModelBusy, 3),
        ("inside200", ModelBusy, 3),
        ("down", ModelUnavailable, 3),
        ("unavailable", ModelUnavailable, 3),
        ("gateway", ModelUnavailable, 3),
        ("html", ModelUnavailable, 3),
        ("html-inside200", ModelUnavailable, 3),
        ("empty", ModelUnavailable, 3),
        ("plain", ModelUnavailable, 3),
        ("bad-gzip", ModelUnavailable, 3),
        ("drop-first", ModelUnavailable, 2),
        ("allocation", ModelQuotaExceeded, 1),
        ("insufficient", ModelQuotaExceeded, 1),
        ("overdue", ModelQuotaExceeded, 1),
        ("overdue-403", ModelQuotaExceeded, 1),
        ("nokey", ModelMisconfigured, 1),
        ("denied", ModelMisconfigured, 1),
        ("unknown-model", ModelMisconfigured, 1),
        ("invalid", ModelRefused, 1),
        ("refused", ModelRefused, 1),
        ("sse-error", ModelRefused, 1),
        ("sse-inside200", ModelRefused, 1),
        ("mislabelled", ModelRefused, 1),
        ("elsewhere", ModelUnavailable, 3),
    ],
)
async def test_a_fault_before_the_first_token_is_tried_again_only_if_it_can_pass(
    fake: FakeDashScope, scenario: str, kind: type[ModelError], tries: int
) -> None:
    chunks: list[AIMessageChunk] = []
    async with opened(fake, scenario, max_retries=tries) as model:
        with pytest.raises(ModelError) as caught:
            await read(model, into=chunks)
    assert type(caught.value) is kind
    assert "secret-detail" not in f"{caught.value!r} {caught.value.message}"
    assert (text_of(chunks), len(fake.requests)) == ("", tries)


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        ("cut", ModelCutOff),
        ("drop", ModelCutOff),
        ("garbage-midway", ModelCutOff),
        ("broken-midway", ModelCutOff),
        ("error-inside-data", ModelCutOff),
        ("busy-midway", ModelBusy),
        ("inspected", ModelInspected),
        ("filtered", ModelInspected),
    ],
)
async def test_a_fault_in_the_middle_ends_the_answer_and_keeps_what_came(
    fake: FakeDashScope, scenario: str, kind: type[ModelError]
) -> None:
    chunks: list[AIMessageChunk] = []
    async with opened(fake, scenario, max_retries=4, fallbacks=("qwen-turbo",)) as model:
        with pytest.raises(ModelError) as caught:
            await read(model, into=chunks)
        with pytest.raises(kind):
            await model.ainvoke(HELLO)
    assert type(caught.value) is kind
    assert "secret-detail" not in f"{caught.value!r} {caught.value.message}"
    assert text_of(chunks) == "".join(fake.pieces()[:6])
    assert used(chunks) == (26, 6)
    assert len(fake.requests) == 2


@pytest.mark.parametrize("scenario", ["flaky", "drop-first"])
async def test_what_passes_is_answered_in_the_end(fake: FakeDashScope, scenario: str) -> None:
    async with opened(fake, scenario, max_retries=3) as model:
        assert text_of(await read(model)) == ANSWER
    assert len(fake.requests) == 3


async def test_tokens_of_a_try_that_failed_are_booked_beside_the_answer_s(fake: FakeDashScope) -> None:
    async with opened(fake, "flaky-usage", max_retries=2) as model:
        chunks = await read(model)
    assert text_of(chunks) == ANSWER
    assert used(chunks) == (26 + 26, 2 + len(fake.pieces()))


@pytest.mark.parametrize("kind", ["text", "reasoning", "call"])
async def test_whatever_was_begun_is_not_begun_again(fake: FakeDashScope, kind: str) -> None:
    begun = {
        "text": text_frames(ANSWER)[:1],
        "reasoning": [text_frames("x")[0].replace(b'"content"', b'"reasoning_content"')],
        "call": call_frames(("get_technicals", '{"symbol": "MSFT"}'))[:2],
    }
    fake.replies["odd"] = [Reply(begun[kind], end="drop")]
    async with opened(fake, "odd", max_retries=4, fallbacks=("qwen-turbo",)) as model:
        with pytest.raises(ModelCutOff):
            await read(model)
    assert len(fake.requests) == 1


async def test_the_next_model_answers_when_the_first_cannot_begin(fake: FakeDashScope) -> None:
    for first in ("down", "busy", "unknown-model", "allocation", "silent"):
        fake.requests.clear()
        limits = Limits(first_token_seconds=0.1)
        async with opened(fake, first, fallbacks=("cut-off", first, "qwen-turbo"), limits=limits) as model:
            fake.replies["cut-off"] = [refusal(500, "InternalError")]
            chunks = await read(model)
        assert text_of(chunks) == ANSWER
        assert chunks[-2].response_metadata["model_name"] == "qwen-turbo"
        assert [body["model"] for body in fake.requests] == [first, "cut-off", "qwen-turbo"]


async def test_a_refused_question_goes_to_no_other_model(fake: FakeDashScope) -> None:
    async with opened(fake, "refused", fallbacks=("qwen-turbo",)) as model:
        with pytest.raises(ModelRefused):
            await read(model)
    assert len(fake.requests) == 1


async def test_of_two_failures_the_one_that_can_pass_is_told(fake: FakeDashScope) -> None:
    for first, second in (("busy", "unknown-model"), ("unknown-model", "busy")):
        async with opened(fake, first, fallbacks=(second,)) as model:
            with pytest.raises(ModelBusy):
                await read(model)


async def test_tries_end_with_the_total_limit(fake: FakeDashScope) -> None:
    async with opened(fake, "down", wait=True, max_retries=10, limits=Limits(total_seconds=0.4)) as model:
        started = time.monotonic()
        with pytest.raises(ModelUnavailable):
            await read(model)
    assert time.monotonic() - started < 0.8


def test_the_wait_is_full_jitter_under_a_doubling_ceiling() -> None:
    rng = random.Random(1)
    for attempt, ceiling in enumerate([0.5, 1, 2, 4, 8, 8]):
        waits = [backoff(attempt, rng) for _ in range(300)]
        assert 0 <= min(waits) < ceiling * 0.05
        assert ceiling * 0.95 < max(waits) <= ceiling


async def test_a_failing_model_is_left_alone_for_a_while(fake: FakeDashScope) -> None:
    for scenario, kind in (("down", ModelUnavailable), ("allocation", ModelQuotaExceeded)):
        fake.requests.clear()
        async with opened(fake, scenario) as model:
            for _ in range(7):
                with pytest.raises(kind):
                    await read(model)
            assert len(fake.requests) == 5
            assert text_of(await read(model, model="qwen-turbo")) == ANSWER


async def test_what_does_not_speak_against_a_model_leaves_it_in_use(fake: FakeDashScope) -> None:
    for scenario in ("busy", "refused"):
        fake.requests.clear()
        async with opened(fake, scenario) as model:
            for _ in range(7):
                with pytest.raises(ModelError):
                    await read(model)
        assert len(fake.requests) == 7


def test_a_breaker_lets_one_call_see_whether_the_model_is_back() -> None:
    now = 0.0
    breaker = CircuitBreaker(threshold=2, cooldown=10, clock=lambda: now)
    for _ in range(2):
        assert breaker.refusal("m") is None
        breaker.failed(ModelUnavailable())
    refusal_ = breaker.refusal("m")
    assert refusal_ is not None
    assert refusal_.retry_after == 10
    now = 10
    assert breaker.refusal("m") is None
    assert breaker.refusal("m") is not None
    breaker.succeeded()
    assert breaker.refusal("m") is None


async def test_a_model_that_does_not_begin_is_asked_once_when_there_is_another(fake: FakeDashScope) -> None:
    limits = Limits(first_token_seconds=0.1)
    async with opened(fake, "silent", limits=limits, max_retries=3, fallbacks=("qwen-turbo",)) as model:
        assert text_of(await read(model)) == ANSWER
    assert [body["model"] for body in fake.requests] == ["silent", "qwen-turbo"]
    async with opened(fake, "silent", limits=limits, max_retries=3) as model:
        with pytest.raises(ModelFirstTokenTimeout):
            await read(model)
    assert len(fake.requests) == 5
