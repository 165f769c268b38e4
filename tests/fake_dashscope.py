"""A loopback DashScope: speaks the native protocol, plays the scenario that the model's name asks for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

ANSWER = """## Verdict

**Rating: Hold · Conviction: medium · Horizon: 6–12 months**

AAPL closed at $252.20 on 2024-12-30; the price is fair.

## Evidence

- AAPL closed at $252.20 on 2024-12-30, above its 200-day moving average of $213.02.

## Insights & Action

Watch the 200-day moving average.

## Caveat

The data ends on 2024-12-30.
"""


@dataclass
class FakeDashScope:
    """What was asked, and when each connection was hung up."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hung_up: list[float] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request by its model's name."""
        body = orjson.loads(await request.read())
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        scenario = body["model"]
        if scenario in _REFUSALS:
            status, content_type, text = _REFUSALS[scenario]
            return web.Response(status=status, text=text, content_type=content_type)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await self._play(scenario, response)
        except (ConnectionError, asyncio.CancelledError):
            self.hung_up.append(time.monotonic())
            raise
        return response

    def pieces(self, scenario: str = "") -> list[str]:
        """Cut a scenario's answer as it is streamed."""
        text = self.answers.get(scenario, ANSWER)
        return [text[start : start + 7] for start in range(0, len(text), 7)]

    async def _play(self, scenario: str, response: web.StreamResponse) -> None:
        pieces = self.pieces(scenario)
        if scenario == "silent":
            await asyncio.sleep(60)
        for number, piece in enumerate(pieces):
            await response.write(_frame({"content": piece, "role": "assistant"}, "null", number + 1))
            if scenario == "slow":
                await asyncio.sleep(0.02)
            if scenario == "stall" and number == 5:
                await asyncio.sleep(60)
            if scenario == "cut" and number == 5:
                return
            if scenario == "drop" and number == 5:
                raise ConnectionResetError  # the connection is cut, its body unfinished
            if scenario == "inspected" and number == 5:
                error = {"code": "DataInspectionFailed", "message": "secret-detail", "request_id": "r"}
                await response.write(
                    b"id:9\nevent:error\n:HTTP_STATUS/400\ndata:" + orjson.dumps(error) + b"\n\n"
                )
                return
        reason = "length" if scenario == "length" else "stop"
        await response.write(_frame({"content": "", "role": "assistant"}, reason, len(pieces)))


_REFUSALS = {
    "busy": (
        429,
        "application/json",
        '{"code":"Throttling.RateQuota","message":"secret-detail","request_id":"r"}',
    ),
    "nokey": (401, "application/json", '{"code":"InvalidApiKey","message":"secret-detail","request_id":"r"}'),
    "overdue": (400, "application/json", '{"code":"Arrearage","message":"secret-detail","request_id":"r"}'),
    "refused": (400, "application/json", '{"code":"DataInspectionFailed","message":"secret-detail"}'),
    "html": (502, "text/html", "<html>secret-detail</html>"),
    "mislabelled": (
        400,
        "application/json",
        'id:1\nevent:error\n:HTTP_STATUS/400\ndata:{"code":"DataInspectionFailed","message":"x"}\n\n',
    ),
    "inside200": (200, "application/json", '{"code":"Throttling.RateQuota","message":"secret-detail"}'),
}


def _frame(message: dict[str, Any], reason: str, output_tokens: int) -> bytes:
    data = {
        "output": {"choices": [{"message": message, "finish_reason": reason}]},
        "usage": {"total_tokens": 26 + output_tokens, "input_tokens": 26, "output_tokens": output_tokens},
        "request_id": "req-1",
    }
    return b"id:1\nevent:result\n:HTTP_STATUS/200\ndata:" + orjson.dumps(data) + b"\n\n"


@asynccontextmanager
async def fake_dashscope() -> AsyncIterator[FakeDashScope]:
    """Serve on a free port of this machine."""
    fake = FakeDashScope()
    app = web.Application()
    app.router.add_post("/api/v1/services/aigc/text-generation/generation", fake.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    fake.url = f"http://127.0.0.1:{port}/api/v1"
    try:
        yield fake
    finally:
        await runner.cleanup()
