"""Limits on what a request may be, as plain ASGI so that streams pass untouched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import BodyTooLarge


class BodyLimit:
    """Refuses request bodies of more than `limit` bytes, announced or not."""

    def __init__(self, app: ASGIApp, limit: int, refuse: Callable[[BodyTooLarge], Response]) -> None:
        self._app = app
        self._limit = limit
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._limit:
            await self._refuse(BodyTooLarge(f"{int(announced)} bytes"))(scope, receive, send)
            return
        messages, size = [], 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._limit:
                await self._refuse(BodyTooLarge(f"more than {self._limit} bytes"))(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        await self._app(scope, _replay(messages, receive), send)


def _replay(messages: list[Message], receive: Receive) -> Callable[[], Awaitable[Message]]:
    async def replayed() -> Message:
        return messages.pop(0) if messages else await receive()

    return replayed
