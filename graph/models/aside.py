"""Runs asynchronous work for synchronous callers, on one event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

_END = object()


class _Loop:
    """The loop, started at its first use; its thread ends with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=self._loop.run_forever, name="financial-agent-aside", daemon=True
                ).start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)


_LOOP = _Loop()


def run_apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run asynchronous work to its end and give its result."""
    return _LOOP.submit(work()).result()


def iterate_apart(start: Callable[[], AsyncIterator[T]]) -> Iterator[T]:
    """Iterate over an asynchronous stream; leaving early closes it."""
    stream = start()

    async def step() -> Any:
        return await anext(stream, _END)

    async def close() -> None:
        aclose = getattr(stream, "aclose", None)
        if aclose is not None:
            await aclose()

    try:
        while (item := _LOOP.submit(step()).result()) is not _END:
            yield item
    finally:
        _LOOP.submit(close()).result()
