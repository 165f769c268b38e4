"""Starts the server: in this process, or in several workers under a supervisor."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys

import uvicorn
from fastapi import FastAPI
from sse_starlette.sse import AppStatus

from graph.errors import AgentError
from server.app import create_app
from server.clients import open_redis
from server.commands import settings_or_exit
from server.commands.protocol import patient
from server.commands.supervise import Supervisor
from server.sessions import open_index
from server.settings import ServerSettings
from server.telemetry.logs import secrets_of, set_up_logs

_CLOSE_SECONDS = 5
_HEAR_SECONDS = 0.1


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
            if service.log.shared:
                self._send_elsewhere()
            await service.manager.drain(service.settings.drain_seconds)
            await asyncio.sleep(_HEAR_SECONDS)  # the followers hear the end before they are let go
        await super().shutdown(sockets)

    def _send_elsewhere(self) -> None:
        """Take no connection and let go of those that are idle: other workers take what comes from now on."""
        for listening in self.servers:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()


def serve(host: str | None, port: int | None, workers: int | None) -> int:
    """Serve until told to stop; a command line value counts before the environment's."""
    given = {"host": host, "port": port, "workers": workers}
    settings = settings_or_exit(**{key: value for key, value in given.items() if value is not None})
    if settings.is_exposed:
        print(
            f"financial-agent: {settings.host} can be reached by others, and auth=none asks nobody who they "
            "are: set FINANCIAL_AGENT_AUTH=api-key (then `financial-agent keys add NAME`) or jwt, or listen "
            "on 127.0.0.1",
            file=sys.stderr,
        )
        return 2
    _begin_logging(settings)
    try:
        asyncio.run(_reach_stores(settings))
    except (AgentError, OSError, ValueError) as fault:
        print(f"financial-agent: a store cannot be opened: {fault}", file=sys.stderr)
        return 1
    mode = settings.agent.mode
    names = ", ".join(settings.agent.model_names)
    print(f"financial-agent: {mode} mode ({names}), http://{settings.host}:{settings.port}", file=sys.stderr)
    if settings.workers == 1:
        return serve_one(settings)
    listening = _config(settings, None).bind_socket()
    listening.listen(2048)
    return Supervisor(settings, listening, serve_one).run()


def serve_one(settings: ServerSettings, listening: socket.socket | None = None) -> int:
    """Serve in this process, on a socket that is listening already where one is given."""
    if listening is not None:
        _begin_logging(settings)
    app = create_app(settings)
    # LangServe's streams would otherwise be cut at the first sign of a shutdown.
    AppStatus.disable_automatic_graceful_drain()  # type: ignore[no-untyped-call]
    server = DrainingServer(_config(settings, app), app)
    server.run([listening] if listening is not None else None)
    return 0 if server.started else 1


async def _reach_stores(settings: ServerSettings) -> None:
    """Open what the server will need: what is not there is told in one line, before anything starts."""
    async with open_index(settings.store_url.get_secret_value()):
        pass
    if (runs := settings.run_store_url.get_secret_value()) != "memory:":
        async with open_redis(runs):
            pass


def _config(settings: ServerSettings, app: FastAPI | None) -> uvicorn.Config:
    return uvicorn.Config(
        app or "server.app:create_app",
        host=settings.host,
        port=settings.port,
        http=patient(settings.slow_reader_seconds),
        log_level="warning",
        log_config=None,
        timeout_graceful_shutdown=_CLOSE_SECONDS,
        timeout_keep_alive=30,
    )


def _begin_logging(settings: ServerSettings) -> None:
    set_up_logs(settings.log_level, settings.log_format, secrets_of(settings))
