"""Opens what runs live in: in this process, or on a Redis that several workers share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from server.runs.coordinator import Coordinator, LocalCoordinator, OnStop, Place
from server.runs.execute import Executor
from server.runs.idempotency import IdempotencyKeys, MemoryKeys
from server.runs.log import MemoryRunLog, RunLog
from server.settings import ServerSettings


class RunState(Protocol):
    """The log of runs, the order of those in a session, and the keys that name them."""

    @property
    def log(self) -> RunLog:
        """Give the log."""
        ...

    @property
    def coordinator(self) -> Coordinator:
        """Give what keeps the order."""
        ...

    @property
    def keys(self) -> IdempotencyKeys:
        """Give the keys."""
        ...

    def start(self, on_stop: OnStop, executor: Executor) -> None:
        """Begin to take part, when everything that ends a run is there."""
        ...


@dataclass(frozen=True)
class LocalRunState:
    """The runs of one process."""

    log: MemoryRunLog
    coordinator: LocalCoordinator = field(default_factory=LocalCoordinator)
    keys: MemoryKeys = field(default_factory=MemoryKeys)

    def start(self, on_stop: OnStop, executor: Executor) -> None:
        """Begin: there is nobody else whose runs could be lost."""

        async def nobody(place: Place, worker: str) -> None:
            raise AssertionError(f"{worker} was never there")

        self.coordinator.start(on_stop, nobody)


def open_run_state(settings: ServerSettings) -> AbstractAsyncContextManager[RunState]:
    """Open what `run_store_url` names.

    Raises:
        StoreUnavailable: the server does not answer.
    """
    url = settings.run_store_url.get_secret_value()
    if url == "memory:":
        return _open_memory(settings)
    # A driver is imported only where its URL is used: it costs a fifth of a second.
    from server.runs import redis

    return redis.open_run_state(url, settings)


@asynccontextmanager
async def _open_memory(settings: ServerSettings) -> AsyncIterator[LocalRunState]:
    log = MemoryRunLog(settings.run_ttl_seconds, settings.max_run_events)
    try:
        yield LocalRunState(log)
    finally:
        await log.close()
