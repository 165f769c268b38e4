"""Tries an operation on a store again after a fault, for a limited time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from server.errors import StoreUnavailable

T = TypeVar("T")

DEADLINE_SECONDS = 8.0
_PAUSES = (0.1, 0.4)  # before the second and the third try


async def attempt(
    operation: Callable[[], Awaitable[T]],
    faults: tuple[type[Exception], ...],
    deadline: float = DEADLINE_SECONDS,
) -> T:
    """Do one thing, up to three times: it must be one that may be done twice.

    Raises:
        StoreUnavailable: it failed each time, or there was no time left.
    """
    try:
        async with asyncio.timeout(deadline):
            for pause in _PAUSES:
                try:
                    return await operation()
                except faults:
                    await asyncio.sleep(pause)
            return await operation()
    except faults as fault:
        raise StoreUnavailable(type(fault).__name__) from fault
    except TimeoutError as fault:
        raise StoreUnavailable(f"no answer in {deadline} s") from fault
