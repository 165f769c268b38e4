"""When to try a model again, when to leave it alone, and how many calls go out at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from graph.errors import (
    ModelBusy,
    ModelError,
    ModelMisconfigured,
    ModelQuotaExceeded,
    ModelRefused,
    ModelUnavailable,
)

_BASE_SECONDS, _CAP_SECONDS = 0.5, 8.0


def may_pass(fault: ModelError) -> bool:
    """Say whether the same call may work a moment later: neither a refusal nor a wrong setting will."""
    return not isinstance(fault, ModelRefused | ModelMisconfigured)


def backoff(attempt: int, rng: random.Random) -> float:
    """Give the seconds to wait after an attempt (0, 1, …): full jitter under a doubling ceiling."""
    return rng.uniform(0, min(_CAP_SECONDS, _BASE_SECONDS * 2**attempt))


class CircuitBreaker:
    """Leaves a model alone for `cooldown` seconds after `threshold` failures in a row.

    Only what speaks against the model counts: that it is unavailable or out of quota, not that it is busy or
    refuses a question.
    """

    def __init__(
        self, threshold: int = 5, cooldown: float = 30.0, clock: Callable[[], float] = monotonic
    ) -> None:
        self._threshold = threshold
        self._cooldown = cooldown
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._kind: type[ModelError] = ModelUnavailable

    def refusal(self, name: str) -> ModelError | None:
        """Say why no call may go out; nothing when one may, as after each cooldown, to see if it is back."""
        if self._opened_at is None:
            return None
        left = self._cooldown - (self._clock() - self._opened_at)
        if left > 0:
            return self._kind(f"{name} failed {self._failures} times and is left alone", retry_after=left)
        self._opened_at = self._clock()
        return None

    def succeeded(self) -> None:
        """Note that the model answers."""
        self._failures, self._opened_at = 0, None

    def failed(self, fault: ModelError) -> None:
        """Note how a call failed."""
        if not isinstance(fault, ModelUnavailable | ModelQuotaExceeded):
            return
        self._failures += 1
        self._kind = ModelQuotaExceeded if isinstance(fault, ModelQuotaExceeded) else ModelUnavailable
        if self._failures >= self._threshold:
            self._opened_at = self._clock()


class Gate:
    """Lets `limit` calls out at once; further ones wait up to `patience` seconds."""

    def __init__(self, limit: int, patience: float) -> None:
        self._free = asyncio.Semaphore(limit)
        self._limit = limit
        self._patience = patience

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Wait for a place and hold it.

        Raises:
            ModelBusy: no place came free in time.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError as fault:
            raise ModelBusy(f"{self._limit} calls are going", retry_after=self._patience) from fault
        try:
            yield
        finally:
            self._free.release()
