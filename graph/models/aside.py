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

    def is_running_here(self) -> bool:
        return self._loop is not None and asyncio.get_running_loop() is self._loop


_LOOP = _Loop()


def is_apart() -> bool:
    """Say whether the caller runs on the loop that serves synchronous callers."""
    return _LOOP.is_running_here()


def run_apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run asynchronous work to its end and give its result; an interrupted caller cancels it."""
    return _wait(_LOOP.submit(work()))


def iterate_apart(start: Callable[[], AsyncIterator[T]]) -> Iterator[T]:
    """Iterate over an asynchronous stream; leaving early, or being interrupted, closes it."""
    stream = start()
    stepping: asyncio.Task[Any] | None = None

    async def step() -> Any:
        nonlocal stepping
        stepping = asyncio.current_task()
        return await anext(stream, _END)

    async def close() -> None:
        if stepping is not None and not stepping.done():
            stepping.cancel()
            await asyncio.wait([stepping])
        aclose = getattr(stream, "aclose", None)
        if aclose is not None:
            await aclose()

    try:
        while (item := _wait(_LOOP.submit(step()))) is not _END:
            yield item
    finally:
        _LOOP.submit(close()).result()


def _wait(future: Future[T]) -> T:
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise
