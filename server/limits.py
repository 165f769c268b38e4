"""Limits on what a request may be, as plain ASGI so that streams pass untouched."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import AgentError
from server.errors import BodyTooLarge
from server.refusals import EncodingRefused, NestedTooDeeply

_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


class BodyLimit:
    """Refuses request bodies of more than `limit` bytes, announced or not, compressed ones, and deep ones."""

    def __init__(
        self, app: ASGIApp, limit: int, refuse: Callable[[AgentError], Response], depth: int = 32
    ) -> None:
        self._app = app
        self._limit = limit
        self._depth = depth
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            await self._refuse(EncodingRefused("compressed body"))(scope, receive, send)
            return
        announced = headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > self._limit:
            await self._refuse(BodyTooLarge(f"{int(announced)} bytes"))(scope, receive, send)
            return
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._limit:
                await self._refuse(BodyTooLarge(f"more than {self._limit} bytes"))(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        if is_deeper(b"".join(each.get("body", b"") for each in messages), self._depth):
            await self._refuse(NestedTooDeeply(f"more than {self._depth} deep"))(scope, receive, send)
            return
        await self._app(scope, _replay(messages, receive), send)


def is_deeper(body: bytes, depth: int) -> bool:
    """Say whether brackets outside of texts are nested deeper than `depth`, in one pass and no recursion."""
    if body.count(b"[") + body.count(b"{") <= depth:
        return False
    level = 0
    for bracket in _BRACKET.findall(_TEXT.sub(b"", body)):
        level += 1 if bracket in b"[{" else -1
        if level > depth:
            return True
    return False


def _replay(messages: list[Message], receive: Receive) -> Callable[[], Awaitable[Message]]:
    async def replayed() -> Message:
        return messages.pop(0) if messages else await receive()

    return replayed
