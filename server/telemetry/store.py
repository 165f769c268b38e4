"""Measures how long the session index takes, whichever store it is in."""

from __future__ import annotations

import inspect
from time import perf_counter
from typing import Any, cast

from server.sessions import SessionIndex
from server.telemetry.metrics import Metrics


class _Timed:
    def __init__(self, index: SessionIndex, metrics: Metrics) -> None:
        self._index = index
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._index, name)
        if not inspect.iscoroutinefunction(value):
            return value
        observe = self._metrics.store.labels(name).observe

        async def measured(*args: Any, **kwargs: Any) -> Any:
            begun = perf_counter()
            try:
                return await value(*args, **kwargs)
            finally:
                observe(perf_counter() - begun)

        setattr(self, name, measured)  # found at once the next time
        return measured


def timed_index(index: SessionIndex, metrics: Metrics) -> SessionIndex:
    """Give an index whose every operation is measured by its name."""
    return cast(SessionIndex, _Timed(index, metrics))
