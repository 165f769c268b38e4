"""Starts the server."""

from __future__ import annotations

import gc
import socket
import sys

import uvicorn
from fastapi import FastAPI
from sse_starlette.sse import AppStatus

from server.app import create_app
from server.commands import settings_or_exit
from server.telemetry.logs import secrets_of, set_up_logs


class DrainingServer(uvicorn.Server):
    """A uvicorn server that lets runs end before it lets go of the connections that follow them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._fastapi = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and let the garbage collector leave alone what start-up has made: it never goes away."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse new questions, give runs `drain_seconds`, end the rest truthfully, then close."""
        service = getattr(self._fastapi.state, "service", None)
        if service is not None:
            await service.manager.drain(service.settings.drain_seconds)
        await super().shutdown(sockets)


def serve(host: str | None, port: int | None) -> int:
    """Serve until told to stop; a command line value counts before the environment's."""
    chosen = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_or_exit()
    settings = settings.model_copy(update=chosen)
    if settings.is_exposed:
        print(
            f"financial-agent: {settings.host} can be reached by others, and auth=none asks nobody who they "
            "are: set FINANCIAL_AGENT_AUTH=api-key (then `financial-agent keys add NAME`) or jwt, or listen "
            "on 127.0.0.1",
            file=sys.stderr,
        )
        return 2
    set_up_logs(settings.log_level, settings.log_format, secrets_of(settings))
    mode = settings.agent.mode
    names = ", ".join(settings.agent.model_names)
    print(f"financial-agent: {mode} mode ({names}), http://{settings.host}:{settings.port}", file=sys.stderr)
    app = create_app(settings)
    # LangServe's streams would otherwise be cut at the first sign of a shutdown.
    AppStatus.disable_automatic_graceful_drain()  # type: ignore[no-untyped-call]
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        log_config=None,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
    )
    server = DrainingServer(config, app)
    server.run()
    return 0 if server.started else 1
