"""Tells why a server could not start in one line instead of a traceback."""

from __future__ import annotations

import sys

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import AgentError


class PlainStartup:
    """Wraps an app: an expected failure of its start is told on stderr; any other keeps its traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and look at what fails before the first request."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        failed: list[Message] = []

        async def held(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                failed.append(message)  # its text is the traceback
            else:
                await send(message)

        try:
            await self._app(scope, receive, held)
        except AgentError as fault:
            if not failed:
                raise
            print(f"financial-agent: cannot start: {fault.message} ({fault})", file=sys.stderr)
            await send({"type": "lifespan.startup.failed", "message": ""})
        except BaseException:
            for message in failed:
                await send(message)
            raise
