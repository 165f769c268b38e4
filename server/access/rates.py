"""How much one caller may ask: requests in a minute and tokens in a day, counted in process or in Redis."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from limits import RateLimitItemPerDay, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from server.access.caller import Caller
from server.clients import REDIS_SCHEMES, scheme_of
from server.errors import StoreUnavailable
from server.protection import ProtectionSettings
from server.refusals import QuotaExceeded, RateExceeded

# Keys and signatures cannot be guessed: this bounds what guessing costs, and nobody with a valid key waits.
FAILURES_PER_MINUTE = 20

_NOBODY = Caller("-")  # no owner's name: it begins with a dash


@dataclass(frozen=True)
class Allowance:
    """What a caller has left of this minute; `reset` is in seconds from now."""

    limit: int
    remaining: int
    reset: float


class Rates:
    """Counts what callers ask. Every method raises `StoreUnavailable` when the counts cannot be kept."""

    def __init__(self, storage: Storage, requests_per_minute: int, tokens_per_day: int) -> None:
        self._requests = RateLimitItemPerMinute(requests_per_minute) if requests_per_minute else None
        self._tokens = RateLimitItemPerDay(tokens_per_day) if tokens_per_day else None
        self._failures = RateLimitItemPerMinute(FAILURES_PER_MINUTE)
        self._minute = SlidingWindowCounterRateLimiter(storage)
        self._day = FixedWindowRateLimiter(storage)

    async def request(self, caller: Caller) -> Allowance | None:
        """Count a request and say what is left; nothing where there is no limit.

        Raises:
            RateExceeded: the caller has asked too often.
        """
        if self._requests is None:
            return None
        try:
            taken = await self._minute.hit(self._requests, "requests", caller.id)
            left = await self._minute.get_window_stats(self._requests, "requests", caller.id)
        except StorageError as fault:
            raise StoreUnavailable("counts of requests") from fault
        wait = max(0.0, left.reset_time - time.time())
        if not taken:
            raise RateExceeded(f"caller {caller.id}", retry_after=max(1.0, wait))
        return Allowance(self._requests.amount, left.remaining, wait)

    async def failure(self, address: str) -> None:
        """Count a sign-in that failed.

        Raises:
            RateExceeded: too many of them came from this address within a minute.
        """
        try:
            if await self._minute.hit(self._failures, "failures", address):
                return
            left = await self._minute.get_window_stats(self._failures, "failures", address)
        except StorageError as fault:
            raise StoreUnavailable("counts of failures") from fault
        wait = max(1.0, left.reset_time - time.time())
        raise RateExceeded("failed sign-ins", retry_after=wait)

    async def require_tokens(self, caller: Caller) -> None:
        """Refuse a caller whose tokens of the day are used.

        Raises:
            QuotaExceeded: they are; the answer that used the last ones was still finished.
        """
        if self._tokens is None:
            return
        try:
            if await self._day.test(self._tokens, "tokens", caller.id):
                return
            left = await self._day.get_window_stats(self._tokens, "tokens", caller.id)
        except StorageError as fault:
            raise StoreUnavailable("counts of tokens") from fault
        raise QuotaExceeded(f"caller {caller.id}", retry_after=max(1.0, left.reset_time - time.time()))

    async def spend(self, owner: str, tokens: int) -> None:
        """Count tokens that an answer took."""
        if self._tokens is None or tokens <= 0:
            return
        try:
            await self._day.hit(self._tokens, "tokens", owner, cost=tokens)
        except StorageError as fault:
            raise StoreUnavailable("counts of tokens") from fault


@asynccontextmanager
async def open_rates(settings: ProtectionSettings, url: str) -> AsyncIterator[Rates]:
    """Open the counts: in the Redis of a URL for all workers, or in this process."""
    storage: Any
    if scheme_of(url) in REDIS_SCHEMES:
        scheme, _, rest = url.partition("://")
        cluster = scheme.endswith("+cluster")
        kind = "async+redis+cluster" if cluster else f"async+{scheme}"
        storage = storage_from_string(
            f"{kind}://{rest}",
            implementation="redispy",
            key_prefix="fl",
            wrap_exceptions=True,
            protocol=2,
            socket_connect_timeout=2.0,
            socket_timeout=3.0,
        )
    else:
        storage = MemoryStorage(wrap_exceptions=True)
    rates = Rates(storage, settings.requests_per_minute, settings.tokens_per_day)
    try:
        # The scripts are loaded here: a cluster's client cannot load one from several tasks at once.
        with suppress(RateExceeded):
            await rates.request(_NOBODY)
        await rates.require_tokens(_NOBODY)
        yield rates
    finally:
        await _close(storage)


async def _close(storage: Any) -> None:
    """Let go of what a storage holds; the library itself offers no way."""
    bridge = getattr(storage, "bridge", None)
    if bridge is not None:
        await bridge.get_connection().aclose()
