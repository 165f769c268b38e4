"""Starts the server."""

from __future__ import annotations

import logging
import math
import sys

import uvicorn

from server.app import create_app
from server.commands import settings_or_exit


def serve(host: str | None, port: int | None) -> int:
    """Serve until told to stop; a command line value counts before the environment's."""
    chosen = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_or_exit()
    settings = settings.model_copy(update=chosen)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    mode = settings.agent.mode
    names = ", ".join(settings.agent.model_names)
    print(f"financial-agent: {mode} mode ({names}), http://{settings.host}:{settings.port}", file=sys.stderr)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        log_config=None,
        timeout_graceful_shutdown=math.ceil(settings.drain_seconds) + 1,
        timeout_keep_alive=30,
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1
