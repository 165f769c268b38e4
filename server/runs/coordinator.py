"""Whose turn it is: one run at a time answers in a session, and a run can be stopped from anywhere.

`LocalCoordinator` keeps the turns of one process; `redis_coordinator` those of all workers on one Redis.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from server.errors import ServerBusy, SessionBusy

OnConflict = Literal["reject", "enqueue", "interrupt"]
StopReason = Literal["user", "interrupted", "shutdown", "log"]
OnStop = Callable[[str, StopReason], None]

MAX_QUEUED = 8


@dataclass(frozen=True)
class Place:
    """A run's place among the questions of its session."""

    run_id: str
    thread_id: str


OnLost = Callable[[Place, str], Awaitable[None]]


class Coordinator(Protocol):
    """Keeps the order of runs in their sessions; raises `StoreUnavailable` when its store fails."""

    def start(self, on_stop: OnStop, on_lost: OnLost) -> None:
        """Begin: `on_stop` is told to stop a run of this worker, `on_lost` to end a run of a dead one.

        `on_lost` is given the run's place and the worker that is gone; it may be told more than once.
        """
        ...

    async def enter(self, place: Place, on_conflict: OnConflict) -> list[str]:
        """Take a place in the session, atomically, and give the runs ahead, the one that answers first.

        Raises:
            SessionBusy: a run is going and `on_conflict` is "reject".
            ServerBusy: too many wait in the session.
        """
        ...

    async def ahead(self, place: Place) -> list[str]:
        """Give the runs that come before this one."""
        ...

    async def leave(self, place: Place) -> None:
        """Give the place in the session to the next."""
        ...

    async def forget(self, place: Place) -> None:
        """Be responsible for a run no more: its followers have heard the end, or it never began."""
        ...

    async def running_in(self, thread_id: str) -> str | None:
        """Name the run that is going in a session's thread, if there is one."""
        ...

    async def ask_to_stop(self, run_id: str, reason: StopReason) -> None:
        """Have the worker that answers a run stop it."""
        ...

    async def ping(self) -> None:
        """Ask for a sign of life."""
        ...

    async def close(self) -> None:
        """Leave the others."""
        ...


class LocalCoordinator:
    """The turns of one process."""

    def __init__(self) -> None:
        self._queues: dict[str, list[str]] = {}

    def start(self, on_stop: OnStop, on_lost: OnLost) -> None:
        """Begin: runs are stopped by this process's manager, and none outlives it."""
        self._on_stop = on_stop

    async def enter(self, place: Place, on_conflict: OnConflict) -> list[str]:
        """Take a place in the session and give the runs ahead: nothing here waits, so it is atomic."""
        queue = self._queues.get(place.thread_id, [])
        if queue and on_conflict == "reject":
            raise SessionBusy(queue[0])
        if len(queue) > MAX_QUEUED:
            raise queue_full(len(queue))
        ahead = list(queue)
        self._queues[place.thread_id] = [*queue, place.run_id]
        return ahead

    async def ahead(self, place: Place) -> list[str]:
        """Give the runs that come before this one."""
        queue = self._queues.get(place.thread_id, [])
        return queue[: queue.index(place.run_id)] if place.run_id in queue else []

    async def leave(self, place: Place) -> None:
        """Give the place in the session to the next."""
        queue = self._queues.get(place.thread_id, [])
        if place.run_id in queue:
            queue.remove(place.run_id)
        if not queue:
            self._queues.pop(place.thread_id, None)

    async def forget(self, place: Place) -> None:
        """Do nothing: nobody else asks for it."""

    async def running_in(self, thread_id: str) -> str | None:
        """Name the run that is going in a session's thread, if there is one."""
        queue = self._queues.get(thread_id)
        return queue[0] if queue else None

    async def ask_to_stop(self, run_id: str, reason: StopReason) -> None:
        """Stop a run of this process."""
        self._on_stop(run_id, reason)

    async def ping(self) -> None:
        """Do nothing: it lives as this process does."""

    async def close(self) -> None:
        """Do nothing."""


def queue_full(waiting: int) -> ServerBusy:
    """Say that a session takes no further question for now."""
    return ServerBusy(
        f"{waiting} runs wait in one session",
        message="Too many questions are waiting in this session. Ask again in a moment.",
    )
