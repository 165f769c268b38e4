"""Append-only event log of a run: the one place a stream is written to and read from."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from graph.events import Event, encode
from server.errors import ExpiredRun, ForeignCursor, UnknownRun
from server.runs.feed import Entry, Feed, gap_entry

__all__ = ["Entry", "MemoryRunLog", "RunLog"]

MAX_EVENTS = 20_000


class RunLog(Protocol):
    """Events of runs, each readable by any number of followers.

    Numbers start at 1 and have no gaps, so `after` is exactly the last number that a reader saw.
    """

    @property
    def shared(self) -> bool:
        """Say whether other workers can read the same runs."""
        ...

    async def create(self, run_id: str) -> None:
        """Open the log of a new run."""
        ...

    async def discard(self, run_id: str) -> None:
        """Forget a run that was refused before it began."""
        ...

    async def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order and give the number of the last; after an `end` nothing can be added.

        Raises `StoreUnavailable` when they may not have been kept: the same events may be added again.
        Raises `RunTaken` when another worker has taken the run over.
        """
        ...

    def read(self, run_id: str, after: int = 0, idle: float | None = None) -> AsyncGenerator[list[Entry]]:
        """Give what comes after a number, in batches, until the run's `end`.

        A `gap` stands for events that are no longer kept. With `idle`, an empty batch tells that so many
        seconds were silent. Raises `UnknownRun`, `ExpiredRun`, or `ForeignCursor` for a number that was
        never given.
        """
        ...

    def stir(self) -> None:
        """Have every reader that waits look around: each gets an empty batch."""
        ...

    async def last(self, run_id: str) -> int:
        """Give the number of the newest event; raises `UnknownRun` or `ExpiredRun`."""
        ...

    async def close(self) -> None:
        """Release what the log holds."""
        ...


class MemoryRunLog:
    """The log of one process: nothing survives it; finished runs are kept for `ttl` seconds.

    The names of expired runs are remembered, up to `tombstones`, so that a late reader is told to load
    the stored answer instead of hearing that there never was such a run.
    """

    shared = False

    def __init__(self, ttl: float = 900.0, max_events: int = MAX_EVENTS, tombstones: int = 100_000) -> None:
        self._ttl = ttl
        self._max_events = max_events
        self._runs: dict[str, Feed] = {}
        self._expired: OrderedDict[str, None] = OrderedDict()
        self._tombstones = tombstones
        self._timers: dict[str, asyncio.TimerHandle] = {}

    async def create(self, run_id: str) -> None:
        """Open the log of a new run."""
        self._runs[run_id] = Feed(keep=self._max_events)

    async def discard(self, run_id: str) -> None:
        """Forget a run that was refused before it began."""
        self._runs.pop(run_id, None)

    async def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order and wake every follower once."""
        run = self._find(run_id)
        if run.ended:
            raise ValueError(f"run {run_id!r} has ended: nothing can follow its `end`")
        run.extend(
            [Entry(seq, event.type, encode(event, seq)) for seq, event in enumerate(events, run.last + 1)]
        )
        if events and events[-1].type == "end":
            loop = asyncio.get_running_loop()
            self._timers[run_id] = loop.call_later(self._ttl, self._expire, run_id)
        return run.last

    async def read(
        self, run_id: str, after: int = 0, idle: float | None = None
    ) -> AsyncGenerator[list[Entry]]:
        """Give what comes after a number, in batches, until the run's `end`."""
        run = self._find(run_id)
        if not 0 <= after <= run.last:
            raise ForeignCursor(f"run {run_id!r} has no event {after}")
        while True:
            if after < run.base:
                gap = gap_entry(after, run.base)
                after = run.base
                yield [gap]
            elif batch := run.after(after):
                after += len(batch)
                yield batch
            elif run.ended:
                return
            else:
                await run.wait(idle)
                if run.last == after:
                    yield []

    def stir(self) -> None:
        """Have every reader that waits look around."""
        for run in self._runs.values():
            run.wake()

    async def last(self, run_id: str) -> int:
        """Give the number of the newest event."""
        return self._find(run_id).last

    async def close(self) -> None:
        """Forget every timer."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _find(self, run_id: str) -> Feed:
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
