"""The service's metrics, as Prometheus reads them at `/metrics`; a test holds the dashboard to these names.

Each service has a registry of its own. Where several workers run, `PROMETHEUS_MULTIPROC_DIR` has them summed.
"""

from __future__ import annotations

import asyncio
import os
from time import perf_counter

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 120)
_SHORT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 8)
_LAG_EVERY = 0.5


class Metrics:
    """All that is counted; names begin with `financial_agent_`."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"financial_agent_{name}", text, labels, registry=registry)

        def histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"financial_agent_{name}", text, labels, buckets=buckets, registry=registry)

        self.runs = counter("runs", "Runs that have ended.", "status")
        self.stops = counter("stops", "Runs that were stopped, by who or what did it.", "reason")
        self.errors = counter("errors", "Errors told to followers of runs, the model's included.", "code")
        self.tokens = counter("tokens", "Tokens as models count them.", "direction")
        self.figures = counter("figures", "Figures of reports, by what the check found.", "status")
        self.resumes = counter("resumes", "Streams that went on after a number.")
        self.gaps = counter("gaps", "Gaps told to readers: events that were no longer kept.")
        self.requests = counter("requests", "HTTP requests.", "method", "route", "status")
        self.refusals = counter("refusals", "Requests refused before a route saw them.", "status")
        self.queue = histogram("queue_seconds", "From the question to its first step.", _SECONDS)
        self.first_token = histogram("first_token_seconds", "From the start to the first token.", _SECONDS)
        self.seconds = histogram("run_seconds", "From the start to the end of a run.", _SECONDS)
        self.store = histogram("store_seconds", "Operations of the session index.", _SHORT, "operation")
        self.request_seconds = histogram(
            "request_seconds", "From a request to the head of its answer.", _SHORT, "route"
        )
        self.active = Gauge(
            "financial_agent_runs_active",
            "Runs that have not ended, the waiting ones included.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.waiting = Gauge(
            "financial_agent_runs_waiting",
            "Runs that have not begun.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.lag = Gauge(
            "financial_agent_event_loop_lag_seconds",
            "How late the event loop was, at its latest moment.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self.tasks = Gauge(
            "financial_agent_event_loop_tasks",
            "Tasks of the event loop that have not ended.",
            registry=registry,
            multiprocess_mode="livesum",
        )

    def render(self) -> bytes:
        """Write everything as Prometheus' text."""
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self.registry)

    async def watch_loop(self) -> None:
        """Measure, until cancelled, how late the event loop wakes who waits, and how many tasks it has."""
        while True:
            before = perf_counter()
            await asyncio.sleep(_LAG_EVERY)
            self.lag.set(max(0.0, perf_counter() - before - _LAG_EVERY))
            self.tasks.set(len(asyncio.all_tasks()))
