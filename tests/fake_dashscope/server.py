"""The server of the stand-in: takes requests as the service does, notes what came and who hung up when."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from tests.fake_dashscope.replies import ANSWER, Reply, cut, refusal
from tests.fake_dashscope.scenarios import reply_to

TEXT_PATH = "/api/v1/services/aigc/text-generation/generation"
MULTIMODAL_PATH = "/api/v1/services/aigc/multimodal-generation/generation"
_MULTIMODAL_ONLY = ("qwen3.5", "qwen3.6", "qwen3.7", "qwen-vl", "qwen2.5-vl", "qwen3-vl")


@dataclass
class FakeDashScope:
    """What was asked, and when each connection was hung up.

    `answers` replaces the text of a model's answer; `replies` its whole replies, one after the other, the
    last one for good. `keep` says whether requests are remembered.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    hung_up: list[float] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    keep: bool = True
    counts: Counter[str] = field(default_factory=Counter)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request by its model's name."""
        body = orjson.loads(await request.read())
        if self.keep:
            self.requests.append(body)
            self.headers.append(dict(request.headers))
            self.paths.append(request.path)
            self.asked_at.append(time.monotonic())
        try:
            return await self._write(request, self._choose(request, body))
        except (ConnectionError, asyncio.CancelledError):
            self.hung_up.append(time.monotonic())
            raise

    def pieces(self, scenario: str = "") -> list[str]:
        """Cut a scenario's answer as it is streamed."""
        return cut(self.answers.get(scenario, ANSWER))

    def _choose(self, request: web.Request, body: dict[str, Any]) -> Reply:
        model = body["model"]
        number = self.counts[model]
        self.counts[model] += 1
        refused = _refuse(request, body)
        if refused is not None:
            return refused
        if replies := self.replies.get(model):
            return replies[min(number, len(replies) - 1)]
        return reply_to(body, self.answers.get(model, ANSWER), number)

    async def _write(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.before < 0:
            _abort(request)
        await asyncio.sleep(max(0, reply.before))
        response = web.StreamResponse(
            status=reply.status, headers={"Content-Type": reply.content_type, **reply.headers}
        )
        await response.prepare(request)
        for piece in reply.pieces:
            if isinstance(piece, bytes):
                await response.write(piece)
            else:
                await asyncio.sleep(piece)
        if reply.end == "hang":
            await asyncio.sleep(60)
        if reply.end == "drop":
            await asyncio.sleep(0.01)
            _abort(request)
        return response


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
    raise ConnectionResetError


def _refuse(request: web.Request, body: dict[str, Any]) -> Reply | None:
    """Refuse what the service refuses, whatever the scenario."""
    if not request.headers.get("Authorization", "").startswith("Bearer "):
        return refusal(401, "InvalidApiKey")
    is_text = request.path == TEXT_PATH
    if is_text == body["model"].startswith(_MULTIMODAL_ONLY):
        return refusal(400, "InvalidParameter")
    parameters = body.get("parameters", {})
    streams = request.headers.get("X-DashScope-SSE") == "enable"
    if parameters.get("incremental_output") and not streams:
        return refusal(400, "InvalidParameter")
    contents = [message.get("content") for message in body["input"]["messages"]]
    if any(isinstance(content, str) != is_text for content in contents):
        return refusal(400, "InvalidParameter")
    return None if _is_paired(body["input"]["messages"]) else refusal(400, "InvalidParameter")


def _is_paired(messages: list[dict[str, Any]]) -> bool:
    """Say whether every tool call is followed by its answer and every answer follows its call."""
    open_calls: set[str] = set()
    for message in messages:
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                return False
            open_calls.discard(message["tool_call_id"])
        elif open_calls:
            return False
        open_calls |= {call["id"] for call in message.get("tool_calls", [])}
    return not open_calls


@asynccontextmanager
async def serve(fake: FakeDashScope, port: int = 0) -> AsyncIterator[FakeDashScope]:
    """Serve on a port of this machine, by default a free one."""
    app = web.Application(client_max_size=2**24)
    for path in (TEXT_PATH, MULTIMODAL_PATH):
        app.router.add_post(path, fake.handle)
    app.router.add_get("/live", _live)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=2048).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1"
    try:
        yield fake
    finally:
        await runner.cleanup()


async def _live(request: web.Request) -> web.Response:
    return web.Response(text="live")


@asynccontextmanager
async def fake_dashscope() -> AsyncIterator[FakeDashScope]:
    """Serve a new stand-in on a free port."""
    async with serve(FakeDashScope()) as fake:
        yield fake
