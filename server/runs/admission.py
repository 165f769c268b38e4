"""How many runs a process takes at once, how many wait, and when to come back."""

from __future__ import annotations

import asyncio
from collections import Counter

from server.errors import CallerBusy, ServerBusy

_FIRST_GUESS_SECONDS = 5.0
_WEIGHT = 0.2  # of the newest run in the mean


class Admission:
    """Admits up to `most` runs at once, lets `waiting` more wait, and no caller have more than `each`."""

    def __init__(self, most: int, waiting: int, each: int) -> None:
        self._most, self._waiting, self._each = most, waiting, each
        self._callers: Counter[str] = Counter()
        self._free = asyncio.Semaphore(most)
        self._seconds = _FIRST_GUESS_SECONDS

    @property
    def count(self) -> int:
        """Count the runs that were admitted and have not ended."""
        return self._callers.total()

    def admit(self, caller: str) -> None:
        """Count a run in.

        Raises:
            CallerBusy: the caller has as many as one may have.
            ServerBusy: as many run and wait as may.
        """
        if self._callers[caller] >= self._each:
            raise CallerBusy(f"{self._each} runs of one caller", retry_after=self._wait_for(1))
        if self.count >= self._most + self._waiting:
            raise ServerBusy(f"{self.count} runs are going", retry_after=self._wait_for(self._waiting + 1))
        self._callers[caller] += 1

    def release(self, caller: str) -> None:
        """Count a run out."""
        self._callers[caller] -= 1
        if self._callers[caller] <= 0:
            del self._callers[caller]

    async def turn(self) -> Turn:
        """Wait until one of the places is free, and take it."""
        await self._free.acquire()
        return Turn(self)

    def took(self, seconds: float) -> None:
        """Take a turn's time into the mean, and give its place to the next."""
        self._seconds += _WEIGHT * (seconds - self._seconds)
        self._free.release()

    def _wait_for(self, runs: int) -> float:
        """Estimate the seconds until so many of those that run have ended."""
        going = max(1, min(self.count, self._most))
        return min(600.0, max(1.0, self._seconds * runs / going))


class Turn:
    """A place among those that run; given back once."""

    def __init__(self, admission: Admission) -> None:
        self._admission: Admission | None = admission
        self._since = asyncio.get_running_loop().time()

    def end(self) -> None:
        """Give the place back."""
        if self._admission is not None:
            self._admission.took(asyncio.get_running_loop().time() - self._since)
            self._admission = None
