"""A real server on a free port of this machine, and readers of what it streams."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from server.app import create_app
from server.service import Service
from server.settings import ServerSettings

Events = list[dict[str, Any]]


@dataclass(frozen=True)
class LiveServer:
    """A running server."""

    url: str
    app: FastAPI

    @property
    def service(self) -> Service:
        """The service behind it; only to look at, for it lives on the server's loop."""
        opened: Service = self.app.state.service
        return opened


@contextmanager
def serving(
    settings: ServerSettings,
    wrap: Callable[[FastAPI], ASGIApp] | None = None,
    http: type[asyncio.Protocol] | Literal["auto"] = "auto",
) -> Iterator[LiveServer]:
    """Run a server in a thread until the block ends; `wrap` puts something before its app.

    `http` is how uvicorn speaks on a connection.
    """
    app = create_app(settings)
    served = app if wrap is None else wrap(app)
    config = uvicorn.Config(
        served, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=2, http=http
    )
    instance = uvicorn.Server(config)
    thread = threading.Thread(target=instance.run, name="test-server", daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not instance.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
    port = instance.servers[0].sockets[0].getsockname()[1]
    try:
        yield LiveServer(f"http://127.0.0.1:{port}", app)
    finally:
        instance.should_exit = True
        thread.join(timeout=15)


def parse_frames(text: str) -> list[tuple[str | None, dict[str, Any]]]:
    """Read server-sent events: the id of each and its data."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(":", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if "data" in fields:
            found.append((fields.get("id"), json.loads(fields["data"])))
    return found


def events_of(text: str) -> Events:
    """Read the events of a stream, in order."""
    return [event for _, event in parse_frames(text)]


def joined(events: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Join the tokens of each section."""
    texts: dict[str, str] = {}
    for event in events:
        if event["type"] == "token":
            texts[event["section"]] = texts.get(event["section"], "") + event["text"]
    return texts
