"""Runs on a Redis that several workers share: their log, their order, and what becomes of a dead worker's."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from server.clients import open_redis
from server.runs.coordinator import OnStop
from server.runs.execute import Executor
from server.runs.redis.coordinator import RedisCoordinator
from server.runs.redis.keys import RedisKeys
from server.runs.redis.log import RedisRunLog
from server.runs.redis.lost import LostRuns
from server.runs.redis.wire import Wire
from server.settings import ServerSettings


@dataclass(frozen=True)
class RedisRunState:
    """What one worker has of the runs of all."""

    log: RedisRunLog
    coordinator: RedisCoordinator
    keys: RedisKeys

    def start(self, on_stop: OnStop, executor: Executor) -> None:
        """Begin to take part, when everything that ends a run is there."""
        lost = LostRuns(self.log, self.coordinator, executor.sessions, executor.partials)
        self.coordinator.start(on_stop, lost.end)


@asynccontextmanager
async def open_run_state(url: str, settings: ServerSettings) -> AsyncIterator[RedisRunState]:
    """Join the workers on a Redis.

    Raises:
        StoreUnavailable: it does not answer.
    """
    async with AsyncExitStack() as stack:
        wire = Wire(await stack.enter_async_context(open_redis(url)))
        stack.push_async_callback(wire.close)
        worker = name_of_worker()
        log = RedisRunLog(wire, worker, settings.run_ttl_seconds, settings.max_run_events)
        stack.push_async_callback(log.close)
        coordinator = RedisCoordinator(wire, log, worker, settings.heartbeat_seconds)
        stack.push_async_callback(coordinator.close)
        yield RedisRunState(log, coordinator, RedisKeys(wire))


def name_of_worker() -> str:
    """Name this process among all workers, once and for all: its number will be another's."""
    host = "".join(char if char.isalnum() else "-" for char in socket.gethostname())
    return f"{host}:{os.getpid()}:{secrets.token_hex(4)}"
