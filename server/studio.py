"""Our own doors beside LangGraph Studio's API, in one process: what `langgraph.json` names as `http.app`.

LangGraph puts its routes, handlers and middleware into the app that it is given. So it is given one that
only hands our paths on: both sides keep their own errors, limits and headers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from server.app import create_app
from server.settings import ServerSettings, load_settings

PATHS = ("/api", "/analyst", "/s", "/web")


class Doors(BaseRoute):
    """A route that hands the page and every path under `PATHS` to an app, unchanged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether a request is for the app."""
        path = scope.get("path", "")
        ours = path == "/" or any(path == each or path.startswith(f"{each}/") for each in PATHS)
        return (Match.FULL if ours and scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await self._app(scope, receive, send)


def studio_app(settings: ServerSettings) -> Starlette:
    """Build the app; its lifespan is the service's."""
    app = create_app(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with app.router.lifespan_context(app):
            yield

    return Starlette(routes=[Doors(app)], lifespan=lifespan)


def __getattr__(name: str) -> Any:
    """Build `app` when it is asked for, so that importing this module reads no settings."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return studio_app(load_settings())
