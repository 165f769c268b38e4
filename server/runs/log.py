"""Append-only event log of a run: the one place a stream is written to and read from."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from graph.events import Event, encode
from server.errors import ExpiredRun, ForeignCursor, UnknownRun


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in the log: its number, its type, its line of JSON."""

    seq: int
    type: str
    data: bytes


class RunLog(Protocol):
    """Events of runs, each readable by any number of followers.

    Numbers start at 1 and have no gaps, so `after` is exactly the last number that a reader saw.
    """

    async def create(self, run_id: str) -> None:
        """Open the log of a new run."""
        ...

    async def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order and give the number of the last; after an `end` nothing can be added."""
        ...

    def read(self, run_id: str, after: int = 0, idle: float | None = None) -> AsyncIterator[list[Entry]]:
        """Give what comes after a number, in batches, until the run's `end`.

        With `idle`, an empty batch tells that so many seconds were silent. Raises `UnknownRun`,
        `ExpiredRun`, or `ForeignCursor` for a number that was never given.
        """
        ...

    async def last(self, run_id: str) -> int:
        """Give the number of the newest event; raises `UnknownRun` or `ExpiredRun`."""
        ...

    async def close(self) -> None:
        """Release what the log holds."""
        ...


@dataclass(slots=True)
class _Run:
    entries: list[Entry] = field(default_factory=list)
    ended: bool = False
    waiters: set[asyncio.Future[bool]] = field(default_factory=set)


class MemoryRunLog:
    """The log of one process: nothing survives it; finished runs are kept for `ttl` seconds.

    The names of expired runs are remembered, up to `tombstones`, so that a late reader is told to load
    the stored answer instead of hearing that there never was such a run.
    """

    def __init__(self, ttl: float = 900.0, tombstones: int = 100_000) -> None:
        self._ttl = ttl
        self._runs: dict[str, _Run] = {}
        self._expired: OrderedDict[str, None] = OrderedDict()
        self._tombstones = tombstones
        self._timers: dict[str, asyncio.TimerHandle] = {}

    async def create(self, run_id: str) -> None:
        """Open the log of a new run."""
        self._runs[run_id] = _Run()

    async def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order and wake every follower once."""
        run = self._find(run_id)
        if run.ended:
            raise ValueError(f"run {run_id!r} has ended: nothing can follow its `end`")
        for event in events:
            seq = len(run.entries) + 1
            run.entries.append(Entry(seq, event.type, encode(event, seq)))
            run.ended = event.type == "end"
        _wake(run)
        if run.ended:
            loop = asyncio.get_running_loop()
            self._timers[run_id] = loop.call_later(self._ttl, self._expire, run_id)
        return len(run.entries)

    async def read(
        self, run_id: str, after: int = 0, idle: float | None = None
    ) -> AsyncIterator[list[Entry]]:
        """Give what comes after a number, in batches, until the run's `end`."""
        run = self._find(run_id)
        if not 0 <= after <= len(run.entries):
            raise ForeignCursor(f"run {run_id!r} has no event {after}")
        while True:
            if after < len(run.entries):
                batch = run.entries[after:]
                after += len(batch)
                yield batch
            elif run.ended:
                return
            elif not await _wait(run, idle):
                yield []

    async def last(self, run_id: str) -> int:
        """Give the number of the newest event."""
        return len(self._find(run_id).entries)

    async def close(self) -> None:
        """Forget every timer."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _find(self, run_id: str) -> _Run:
        run = self._runs.get(run_id)
        if run is not None:
            return run
        if run_id in self._expired:
            raise ExpiredRun(f"run {run_id!r}")
        raise UnknownRun(f"run {run_id!r}")

    def _expire(self, run_id: str) -> None:
        self._timers.pop(run_id, None)
        self._runs.pop(run_id, None)
        self._expired[run_id] = None
        while len(self._expired) > self._tombstones:
            self._expired.popitem(last=False)


def _wake(run: _Run) -> None:
    """Wake every follower that waits; one that has just looked waits in the same step, so none is missed."""
    for waiter in run.waiters:
        if not waiter.done():
            waiter.set_result(True)
    run.waiters.clear()


async def _wait(run: _Run, idle: float | None) -> bool:
    """Wait until something is added; say whether it was, or `idle` seconds passed."""
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[bool] = loop.create_future()
    run.waiters.add(waiter)
    # A plain timer: `asyncio.timeout` costs several times as much, and this is paid for every token.
    timer = None if idle is None else loop.call_later(idle, _give_up, waiter)
    try:
        return await waiter
    finally:
        run.waiters.discard(waiter)
        if timer is not None:
            timer.cancel()


def _give_up(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)
