"""How a provider's service is called: few threads, few calls a minute, a time limit, retries, a breaker.

The client libraries block, so each call runs in a worker thread. What they raise is turned into the market's
errors by the provider's own `translate`; nothing else leaves here.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TypeVar, runtime_checkable

from graph.errors import MarketError, NotFound, RateLimited, Unavailable

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What a provider's service is asked for at most.

    `timeout` seconds a call, `attempts` tries of it with a jittered pause under a doubling ceiling from
    `pause` seconds on, `per_minute` calls of which `patience` seconds are waited for, `threads` at once.
    After `threshold` failures in a row nothing is asked for `cooldown` seconds.
    """

    timeout: float = 15.0
    attempts: int = 3
    pause: float = 0.5
    per_minute: int = 60
    patience: float = 5.0
    threads: int = 4
    threshold: int = 5
    cooldown: float = 30.0


@runtime_checkable
class Guarded(Protocol):
    """A provider whose service is called through a guard."""

    guard: Guard


class Guard:
    """Makes the calls to one provider's service."""

    def __init__(
        self,
        name: str,
        translate: Callable[[Exception], MarketError],
        limits: Limits | None = None,
        clock: Callable[[], float] = monotonic,
        rng: random.Random | None = None,
    ) -> None:
        self._name = name
        self._translate = translate
        self._limits = limits or Limits()
        self._clock = clock
        self._rng = rng or random.Random()
        self._threads = asyncio.Semaphore(self._limits.threads)
        self._calls: deque[float] = deque()
        self._failures = 0
        self._closed_until = 0.0
        self._reason: type[MarketError] = Unavailable

    @property
    def state(self) -> str:
        """Say whether the service is asked, for people."""
        left = self._closed_until - self._clock()
        if left > 0:
            what = "at its limit" if self._reason is RateLimited else f"failed {self._failures} times"
            return f"{what}, left alone for {left:.0f} s"
        return "is asked" if not self._failures else f"failed {self._failures} times in a row"

    async def call(self, work: Callable[[], T]) -> T:
        """Run blocking work, again after a failure that may pass.

        Raises:
            NotFound: the service answered that there is no such thing; it is not asked again.
            RateLimited: the service or our own limit says to wait.
            Unavailable, Malformed: every attempt failed, or the service is being left alone.
        """
        for attempt in range(self._limits.attempts):
            self._admit()
            await self._take_turn()
            try:
                found = await self._run(work)
            except NotFound:
                self._failures = 0
                raise
            except RateLimited as fault:
                self._close(RateLimited, fault.retry_after or RateLimited.retry_after)
                raise
            except MarketError:
                self._failures += 1
                if self._failures >= self._limits.threshold:
                    self._close(Unavailable, self._limits.cooldown)
                    raise
                if attempt == self._limits.attempts - 1:
                    raise
                await asyncio.sleep(self._rng.uniform(0, self._limits.pause * 2**attempt))
            else:
                self._failures = 0
                return found
        raise AssertionError("unreachable")

    def _admit(self) -> None:
        left = self._closed_until - self._clock()
        if left > 0:
            raise self._reason(f"{self._name} is left alone after failures", retry_after=left)

    def _close(self, reason: type[MarketError], seconds: float) -> None:
        self._reason = reason
        self._closed_until = self._clock() + seconds

    async def _take_turn(self) -> None:
        """Wait until the last minute holds fewer calls than allowed."""
        while True:
            now = self._clock()
            while self._calls and now - self._calls[0] >= 60:
                self._calls.popleft()
            if len(self._calls) < self._limits.per_minute:
                self._calls.append(now)
                return
            wait = 60 - (now - self._calls[0])
            if wait > self._limits.patience:
                raise RateLimited(f"{self._name}: our own limit of calls a minute", retry_after=wait)
            await asyncio.sleep(wait)

    async def _run(self, work: Callable[[], T]) -> T:
        """Run the work in a thread; one that hangs keeps its place, so that threads cannot pile up."""
        try:
            async with asyncio.timeout(self._limits.timeout):
                await self._threads.acquire()
        except TimeoutError as fault:
            raise Unavailable(f"{self._name}: {self._limits.threads} calls are hanging") from fault
        running = asyncio.ensure_future(asyncio.to_thread(work))
        running.add_done_callback(lambda done: self._threads.release())
        done, _ = await asyncio.wait([running], timeout=self._limits.timeout)
        if not done:
            running.add_done_callback(_forget)
            raise Unavailable(f"{self._name} gave no answer in {self._limits.timeout:g} s")
        try:
            return running.result()
        except MarketError:
            raise
        except Exception as fault:  # a client library may raise anything; the reaction is what matters
            raise self._translate(fault) from fault


def _forget(done: asyncio.Future[T]) -> None:
    """Take note of what a call ended with that nobody waits for any more."""
    if not done.cancelled():
        done.exception()
