"""An OpenAI-compatible endpoint, against a server on this machine that speaks its protocol."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from graph.client import AnalystClient
from graph.errors import ModelBusy, ModelError, ModelMisconfigured, ModelUnavailable
from graph.events import ReportEvent, UsageEvent
from graph.settings import AgentSettings
from tests.fake_dashscope import ANSWER


class Endpoint:
    """Answers /chat/completions; the model's name is the status it answers with, or "ok"."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        if body["model"].isdigit():
            error = {"error": {"message": "secret-detail", "type": "x", "code": "x"}}
            return web.json_response(error, status=int(body["model"]))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for start in range(0, len(ANSWER), 9):
            await self._send(response, {"delta": {"role": "assistant", "content": ANSWER[start : start + 9]}})
        await self._send(response, {"delta": {}, "finish_reason": "stop"})
        usage = {"prompt_tokens": 11, "completion_tokens": 22, "total_tokens": 33}
        await response.write(
            self._line({"id": "1", "object": "chat.completion.chunk", "choices": [], "usage": usage})
        )
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _send(self, response: web.StreamResponse, choice: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]}
        await response.write(self._line(chunk))

    def _line(self, data: dict[str, Any]) -> bytes:
        return b"data: " + json.dumps(data).encode() + b"\n\n"


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    opened = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", opened.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    opened.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield opened
    await runner.cleanup()


async def test_an_answer_is_streamed_checked_and_counted(endpoint: Endpoint) -> None:
    settings = AgentSettings(model_url=endpoint.url, model="local-qwen", max_tokens=900, suggestions=False)
    async with AnalystClient(settings) as analyst:
        events = [event async for event in analyst.astream_chat("Is AAPL a buy?")]
    report = next(event for event in events if isinstance(event, ReportEvent)).report
    assert report["rating"]["direction"] == "hold"
    assert report["counts"]["supported"] >= 3
    assert report["model"] == "local-qwen"
    assert sum(event.type == "token" for event in events) > 20
    used = next(event for event in events if isinstance(event, UsageEvent))
    assert (used.input_tokens, used.output_tokens) == (11, 22)
    request = endpoint.requests[0]
    assert request["stream"] is True
    assert request.get("max_tokens") or request.get("max_completion_tokens") == 900
    assert "tools" not in request
    assert endpoint.keys == ["Bearer not-needed"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, ModelBusy), (401, ModelMisconfigured), (404, ModelMisconfigured), (500, ModelUnavailable)],
)
async def test_a_failure_is_the_error_of_its_reaction(
    endpoint: Endpoint, status: int, kind: type[ModelError]
) -> None:
    settings = AgentSettings(model_url=endpoint.url, model=str(status))
    async with AnalystClient(settings) as analyst:
        with pytest.raises(kind) as caught:
            await analyst.ask("Is AAPL a buy?")
    assert "secret-detail" not in str(caught.value) + caught.value.message


async def test_a_dead_endpoint_is_unavailable() -> None:
    settings = AgentSettings(model_url="http://127.0.0.1:9/v1", model="local-qwen")
    async with AnalystClient(settings) as analyst:
        with pytest.raises(ModelUnavailable):
            await analyst.ask("Is AAPL a buy?")
