"""Wires the service's parts together: the one place where the graph, the log and the stores meet.

Every door works on this: the HTTP app, and the command line when no server runs.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from graph.agent import Analyst, build_deps, build_graph
from graph.deps import Deps
from server.access.door import Access
from server.access.rates import open_rates
from server.checkpoints import open_checkpointer
from server.keeping import Keeper
from server.runs.execute import Executor
from server.runs.log import MemoryRunLog, RunLog
from server.runs.manager import RunManager
from server.sessions import SessionIndex, open_index
from server.settings import ServerSettings
from server.shelf import Shelf, open_shelf
from server.telemetry.metrics import Metrics
from server.telemetry.store import timed_index
from server.telemetry.tracing import Tracer, allow_langsmith, open_tracer
from server.telemetry.watch import WatchedLog


@dataclass(frozen=True)
class Service:
    """Everything that a door needs to ask, follow, stop and read."""

    settings: ServerSettings
    deps: Deps
    graph: Analyst
    log: RunLog
    sessions: SessionIndex
    manager: RunManager
    shelf: Shelf
    access: Access
    keeper: Keeper
    metrics: Metrics
    tracer: Tracer


@asynccontextmanager
async def open_service(settings: ServerSettings) -> AsyncIterator[Service]:
    """Open every part that the settings name and close them in reverse; runs are drained first."""
    require_strict_msgpack()
    async with AsyncExitStack() as stack:
        store_url = settings.store_url.get_secret_value()
        checkpointer = await stack.enter_async_context(open_checkpointer(store_url))
        sessions = await stack.enter_async_context(open_index(store_url))
        await sessions.mark_lost()
        shelf = await stack.enter_async_context(open_shelf(store_url))
        rates = await stack.enter_async_context(open_rates(settings, store_url))
        access = Access(settings, shelf, rates)
        deps = build_deps(settings.agent)
        stack.push_async_callback(deps.aclose)
        allow_langsmith(settings.langsmith)
        metrics, tracer = Metrics(), open_tracer(settings.otel_endpoint)
        stack.callback(tracer.close)
        lag = asyncio.create_task(metrics.watch_loop(), name="loop-lag")
        stack.callback(lag.cancel)
        sessions = timed_index(sessions, metrics)
        keeper = Keeper(deps, shelf, rates)
        log = WatchedLog(MemoryRunLog(settings.run_ttl_seconds), metrics, tracer, keeper.keep)
        stack.push_async_callback(log.close)
        graph = build_graph(deps, checkpointer)
        manager = RunManager(Executor(graph, deps, log, sessions), settings.max_runs)
        stack.push_async_callback(manager.drain, settings.drain_seconds)
        yield Service(settings, deps, graph, log, sessions, manager, shelf, access, keeper, metrics, tracer)


def require_strict_msgpack() -> None:
    """Refuse to start when stored bytes could name functions to call.

    Raises:
        RuntimeError: `LANGGRAPH_STRICT_MSGPACK` was switched off.
    """
    if os.environ.get("LANGGRAPH_STRICT_MSGPACK", "").lower() not in ("1", "true", "yes"):
        raise RuntimeError(
            "LANGGRAPH_STRICT_MSGPACK is off: who can write the store could run code. "
            "Unset it or set it to true."
        )
