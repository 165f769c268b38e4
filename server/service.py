"""Wires the service's parts together: the one place where the graph, the log and the stores meet.

Every door works on this: the HTTP app, and the command line when no server runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from graph.agent import Analyst, build_deps, build_graph
from graph.deps import Deps
from server.checkpoints import open_checkpointer
from server.runs.execute import Executor
from server.runs.log import MemoryRunLog, RunLog
from server.runs.manager import RunManager
from server.sessions import SessionIndex, open_index
from server.settings import ServerSettings, require_strict_msgpack


@dataclass(frozen=True)
class Service:
    """Everything that a door needs to ask, follow, stop and read."""

    settings: ServerSettings
    deps: Deps
    graph: Analyst
    log: RunLog
    sessions: SessionIndex
    manager: RunManager


@asynccontextmanager
async def open_service(settings: ServerSettings) -> AsyncIterator[Service]:
    """Open every part that the settings name and close them in reverse; runs are drained first."""
    require_strict_msgpack()
    async with AsyncExitStack() as stack:
        store_url = settings.store_url.get_secret_value()
        checkpointer = await stack.enter_async_context(open_checkpointer(store_url))
        sessions = await stack.enter_async_context(open_index(store_url))
        await sessions.mark_lost()
        log = MemoryRunLog(settings.run_ttl_seconds)
        stack.push_async_callback(log.close)
        deps = await asyncio.to_thread(build_deps, settings.agent)  # it reads prompts and data from files
        stack.push_async_callback(deps.aclose)
        graph = build_graph(deps, checkpointer)
        manager = RunManager(Executor(graph, deps, log, sessions), settings.max_runs)
        stack.push_async_callback(manager.drain, settings.drain_seconds)
        yield Service(settings, deps, graph, log, sessions, manager)
