"""The key of DashScope is shown nowhere: not by the model, its errors, their frames or any log."""

from __future__ import annotations

import asyncio
import copy
import logging
import pickle
import traceback
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType

import pytest
from langchain_core.load import dumps
from pydantic import SecretStr, ValidationError

from graph.errors import ModelError
from graph.models.dashscope_call import Limits
from graph.models.qwen import QwenAnalystChat
from graph.settings import AgentSettings
from tests.fake_dashscope import FakeDashScope, Reply, fake_dashscope
from tests.qwen import HELLO, KEY, model_at, opened, read

_OURS = tuple(str(Path(__file__).parents[2] / name) for name in ("graph", "server"))


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


def test_no_form_of_the_model_shows_the_key(fake: FakeDashScope) -> None:
    model = model_at(fake)
    shown = [
        repr(model), str(model), model.model_dump(), model.asdict(), dumps(model),
        model.to_json(), model._identifying_params, model._default_params, model._get_ls_params(),
        vars(model), AgentSettings(dashscope_api_key=SecretStr(KEY)),
        model._call(None, HELLO, {}, "m"), model._headers(), copy.copy(model),
    ]  # fmt: skip
    assert KEY not in "".join(map(repr, shown))


def test_a_model_is_not_pickled(fake: FakeDashScope) -> None:
    with pytest.raises(TypeError, match="key"):
        pickle.dumps(model_at(fake))


@pytest.mark.parametrize(
    "wrong",
    [
        {"dashscope_api_key": SecretStr(f"{KEY}\nX: y")},
        {"dashscope_api_key": f"{KEY} x"},
        {"dashscope_api_key": f"{KEY}键"},
        {"dashscope_api_key": KEY, "max_tokens": 0},
        {"dashscope_api_key": KEY, "secret": KEY},
        {"dashscope_api_key": KEY, "model_kwargs": {"secret": KEY}},
    ],
)
def test_a_model_that_cannot_be_built_does_not_tell_why_with_the_key(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        QwenAnalystChat(**wrong)
    assert KEY not in str(caught.value) + repr(caught.value)


async def test_blanks_around_a_key_are_no_part_of_it(fake: FakeDashScope) -> None:
    async with opened(fake, dashscope_api_key=SecretStr(f" {KEY}\n")) as model:
        await model.ainvoke(HELLO)
    assert fake.headers[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "scenario",
    ["nokey", "html", "busy", "inspected", "drop", "drop-first", "stall", "silent", "bad-gzip", "elsewhere",
     "no-http", "nobody", "echo"],
)  # fmt: skip
async def test_a_failure_shows_the_key_in_no_word_no_cause_and_no_frame(
    fake: FakeDashScope, scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    limits = Limits(first_token_seconds=0.1, idle_seconds=0.1)
    fake.replies["echo"] = [Reply([f'{{"code":"{KEY} {KEY}","message":"{KEY}"}}'.encode()], 401)]
    async with answering_nonsense() as nonsense:
        url = {"no-http": nonsense, "nobody": "http://127.0.0.1:9/api/v1"}.get(scenario, fake.url)
        async with opened(fake, scenario, limits=limits, max_retries=2, base_url=url) as model:
            with pytest.raises(ModelError) as caught:
                await read(model)
            told = list(chain_of(caught.value))
    frames = [frame for fault in told for frame in frames_of(fault.__traceback__)]
    assert any(name.startswith(_OURS) for name, _ in frames)
    assert KEY not in "".join(shown for name, shown in frames if name.startswith(_OURS))
    assert KEY not in "".join(f"{fault!r} {fault} {vars(fault)!r}" for fault in told)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert KEY not in caplog.text


def answering_nonsense() -> _Nonsense:
    return _Nonsense()


class _Nonsense:
    """A server that answers what is no HTTP."""

    async def __aenter__(self) -> str:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"ICY nonsense\r\n\r\n")
            await writer.drain()
            writer.close()

        self._server = await asyncio.start_server(answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/api/v1"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()


def chain_of(fault: BaseException | None) -> Iterator[BaseException]:
    """Give an exception, its causes and what it came up in."""
    seen: list[BaseException] = []
    waiting = [fault]
    while waiting:
        one = waiting.pop()
        if one is not None and not any(one is other for other in seen):
            seen.append(one)
            waiting += [one.__cause__, one.__context__]
    return iter(seen)


def frames_of(trace: TracebackType | None) -> Iterator[tuple[str, str]]:
    """Give the file of each frame and what its local variables show."""
    while trace is not None:
        frame = trace.tb_frame
        yield frame.f_code.co_filename, repr(dict(frame.f_locals))
        trace = trace.tb_next
