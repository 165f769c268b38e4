"""Wires the service's parts together: the one place where the graph, the log and the stores meet.

Every door works on this: the HTTP app, and the command line when no server runs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from graph.agent import Analyst, build_deps, build_graph
from graph.deps import Deps
from graph.indicators import talib
from server.access.door import Access
from server.access.rates import open_rates
from server.checkpoints import open_checkpointer
from server.checkpoints.saver import Checkpointer
from server.faults import describe
from server.keeping import Keeper, forget_runs
from server.market_cache import open_market_cache
from server.runs.admission import Admission
from server.runs.execute import Executor
from server.runs.idempotency import IdempotencyKeys
from server.runs.log import RunLog
from server.runs.manager import RunManager
from server.runs.opening import open_run_state
from server.runs.run import thread_of
from server.sessions import SessionIndex, open_index
from server.settings import ServerSettings, require_strict_msgpack
from server.shelf import Shelf, open_shelf
from server.telemetry.metrics import Metrics
from server.telemetry.store import timed_index
from server.telemetry.tracing import Tracer, allow_langsmith, open_tracer
from server.telemetry.watch import WatchedLog

logger = logging.getLogger("financial_agent.service")

SWEEP_SECONDS = 2.0
WARM_UP_SECONDS = 0.5


@dataclass(frozen=True)
class Service:
    """Everything that a door needs to ask, follow, stop and read."""

    settings: ServerSettings
    deps: Deps
    graph: Analyst
    log: RunLog
    sessions: SessionIndex
    manager: RunManager
    keys: IdempotencyKeys
    checkpointer: Checkpointer
    shelf: Shelf
    access: Access
    keeper: Keeper
    metrics: Metrics
    tracer: Tracer

    async def purge(self, owner: str, session_id: str) -> None:
        """Delete everything of a session; its state first, so that what fails midway is found again."""
        await self.checkpointer.adelete_thread(thread_of(owner, session_id))
        runs = await self.sessions.runs_of(owner, session_id)
        await forget_runs(self.shelf, [run.run_id for run in runs])
        await self.sessions.purge(owner, session_id)

    async def purge_due(self) -> int:
        """Delete the sessions whose time is over; give their number."""
        due = await self.sessions.take_due()
        for owner, session_id in due:
            await self.purge(owner, session_id)
        return len(due)


@asynccontextmanager
async def open_service(settings: ServerSettings) -> AsyncIterator[Service]:
    """Open every part that the settings name and close them in reverse; runs are drained first."""
    require_strict_msgpack()
    async with AsyncExitStack() as stack:
        store_url = settings.store_url.get_secret_value()
        checkpointer = await stack.enter_async_context(open_checkpointer(store_url))
        sessions = await stack.enter_async_context(open_index(store_url, settings.session_ttl_seconds))
        await sessions.mark_lost()
        shelf = await stack.enter_async_context(open_shelf(store_url))
        rates = await stack.enter_async_context(open_rates(settings, settings.counts_url))
        access = Access(settings, shelf, rates)
        cache_url = settings.market_cache.get_secret_value() if settings.market_cache else None
        market_store = await stack.enter_async_context(open_market_cache(cache_url))
        # It reads prompts and data from files.
        deps = await asyncio.to_thread(build_deps, settings.agent, market_store)
        stack.push_async_callback(deps.aclose)
        allow_langsmith(settings.langsmith)
        metrics, tracer = Metrics(), open_tracer(settings.otel_endpoint)
        stack.callback(tracer.close)
        lag = asyncio.create_task(metrics.watch_loop(), name="loop-lag")
        stack.callback(lag.cancel)
        warming = asyncio.create_task(_warm_up(), name="warm-up")
        stack.callback(warming.cancel)
        sessions = timed_index(sessions, metrics)
        keeper = Keeper(deps, shelf, rates)
        graph = build_graph(deps, checkpointer)
        runs = await stack.enter_async_context(open_run_state(settings))
        log = WatchedLog(runs.log, metrics, tracer, keeper.keep)
        executor = Executor(graph, deps, log, sessions)
        admission = Admission(settings.max_runs, settings.max_waiting_runs, settings.max_runs_per_caller)
        manager = RunManager(executor, admission, runs.coordinator)
        runs.start(manager.stop_here, executor)
        stack.push_async_callback(manager.drain, settings.drain_seconds)
        service = Service(
            settings=settings,
            deps=deps,
            graph=graph,
            log=log,
            sessions=sessions,
            manager=manager,
            keys=runs.keys,
            checkpointer=checkpointer,
            shelf=shelf,
            access=access,
            keeper=keeper,
            metrics=metrics,
            tracer=tracer,
        )
        stack.push_async_callback(_sweeping(service))
        yield service


async def _warm_up() -> None:
    """Import, once the server is ready, what its first question would otherwise wait for."""
    await asyncio.sleep(WARM_UP_SECONDS)
    await asyncio.to_thread(talib)


def _sweeping(service: Service) -> Callable[[], Awaitable[None]]:
    """Begin to delete what is due from time to time; give what ends it, between two deletions."""
    stopped = asyncio.Event()

    async def sweep() -> None:
        while not stopped.is_set():
            try:
                await service.purge_due()
            except Exception as fault:  # the task's boundary: the next round may find the store well
                logger.warning("sweep: %s", describe(fault))
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), SWEEP_SECONDS)

    task = asyncio.create_task(sweep(), name="sweep")

    async def stop() -> None:
        stopped.set()
        await task

    return stop
