"""The newest events of one run in this process, and who waits for more of them.

A follower holds a number, never events: one that is slow costs nothing, and one that fell behind what is
kept here is told so and reads from elsewhere.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass

from graph.events import GapEvent, encode

BATCH = 256  # most events that a follower takes at once, so that one who catches up holds up nobody


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in the log: its number, its type, its line of JSON."""

    seq: int
    type: str
    data: bytes


def gap_entry(after: int, to: int) -> Entry:
    """Tell that the events up to a number are no longer kept; a reader goes on after that number."""
    return Entry(to, "gap", encode(GapEvent(start=after + 1, end=to), to))


class Feed:
    """Events `base + 1` to `last` of a run."""

    __slots__ = ("_entries", "_timer", "_waiters", "base", "ended", "followers", "gone", "keep")

    def __init__(self, base: int = 0, keep: int = 1024) -> None:
        self.base = base
        self.keep = keep
        self.ended = False
        self.gone = False  # the log behind it is no longer there
        self.followers = 0
        self._entries: list[Entry] = []
        self._waiters: dict[asyncio.Future[bool], float] = {}  # each with the time that it waits until
        self._timer: asyncio.TimerHandle | None = None

    @property
    def last(self) -> int:
        """Give the number of the newest event."""
        return self.base + len(self._entries)

    def extend(self, entries: Sequence[Entry]) -> None:
        """Add what comes after the last, wake every follower once, and let go of the oldest."""
        held = self._entries
        for entry in entries:
            if entry.seq > self.base + len(held) + 1:
                held.clear()
                self.base = entry.seq - 1
            if entry.seq > self.base + len(held):
                held.append(entry)
                self.ended = entry.type == "end"
        if len(held) > self.keep + self.keep // 10:
            # A tenth at a time: to drop one is to move all the others.
            dropped = len(held) - self.keep
            del held[:dropped]
            self.base += dropped
        self.wake()

    def after(self, seq: int) -> list[Entry]:
        """Give some of the events after a number, which must not be below `base`."""
        start = seq - self.base
        return self._entries[start : start + BATCH]

    def wake(self) -> None:
        """Wake every follower that waits; one that has just looked waits in the same step: none is missed."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(True)
        self._waiters.clear()

    async def wait(self, idle: float | None) -> bool:
        """Wait until something is added; say whether it was, or `idle` seconds passed."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        if idle is None:
            self._waiters[waiter] = math.inf
        else:
            # One timer for all who wait, left standing: one for every wait would be paid for every token.
            self._waiters[waiter] = due = loop.time() + idle
            if self._timer is None or due < self._timer.when():
                self._set_timer(due)
        try:
            return await waiter
        finally:
            self._waiters.pop(waiter, None)

    def _set_timer(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(due, self._give_up)

    def _give_up(self) -> None:
        """Tell those whose time is over that nothing came."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        for waiter, due in self._waiters.items():
            if due <= now and not waiter.done():
                waiter.set_result(False)
        later = [due for due in self._waiters.values() if now < due < math.inf]
        if later:
            self._set_timer(min(later))
