"""Follows a run's log and writes it as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import ExpiredRun, ForeignCursor, StoreUnavailable, UnknownRun
from server.runs.feed import Entry

SSE_HEADERS = {
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}
RETRY_MS = 1000
_PING = b":\n\n"
_LARGE = 4096


class StreamHeaders:
    """Puts the headers on every event stream that keep proxies from holding it back, LangServe's too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and look at the head of its response alone."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/event-stream"):
                    headers.update(SSE_HEADERS)
            await send(message)

        await self._app(scope, receive, headed)


def frame(run_id: str, entry: Entry) -> bytes:
    """Write one event as a frame; no space follows the colons, for a token is paid on every frame.

    A `drain` is no event of the run: it has no id, so that a reader goes on from the one before.
    """
    if entry.type == "drain":
        return b"event:drain\ndata:%b\n\n" % entry.data
    return b"id:%b-%d\nevent:%b\ndata:%b\n\n" % (run_id.encode(), entry.seq, entry.type.encode(), entry.data)


async def follow(run_id: str, batches: AsyncGenerator[list[Entry]]) -> AsyncIterator[bytes]:
    """Write batches of a run's events as frames; what is ready together comes as one chunk.

    Where the log fails or goes away the stream ends without an `end`: its reader asks again, and is told.
    """
    yield b"retry:%d\n\n" % RETRY_MS
    async with aclosing(batches):
        with suppress(StoreUnavailable, ExpiredRun, UnknownRun):
            async for batch in batches:
                chunk = b"".join(frame(run_id, entry) for entry in batch) if batch else _PING
                large = len(chunk) > _LARGE
                yield chunk
                if large:  # what was given last is held until the next is: a silent reader would hold it all
                    del chunk
                    yield b""


def parse_cursor(run_id: str, last_event_id: str | None, after: int | None) -> int:
    """Read the number after which a reader wants to go on: its `Last-Event-ID`, else `after`, else 0.

    Raises:
        ForeignCursor: the id is malformed or of another run.
    """
    if last_event_id:
        owner, dash, seq = last_event_id.rpartition("-")
        if not dash or owner != run_id or not seq.isascii() or not seq.isdigit() or len(seq) > 12:
            raise ForeignCursor(f"{last_event_id[:80]!r} is no event of run {run_id!r}")
        return int(seq)
    return after or 0
