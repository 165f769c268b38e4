"""Looks on while runs are written and read: counts, traces, charges tokens, and keeps what a receipt needs.

It stands before the run log, so that whatever writes and reads runs is seen, and neither has to know.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from graph.events import (
    EndEvent,
    ErrorEvent,
    Event,
    ReportEvent,
    RunEvent,
    StepEvent,
    UsageEvent,
)
from server.errors import RunTaken
from server.faults import describe
from server.runs.log import Entry, RunLog
from server.telemetry.metrics import Metrics
from server.telemetry.tracing import Tracer

logger = logging.getLogger("financial_agent.watch")


@dataclass
class Seen:
    """What was seen of a run that goes on."""

    run: RunEvent
    span: Any
    usage: UsageEvent | None = None
    begun: bool = False
    kept: bool = False
    since: float = field(default_factory=perf_counter)
    steps: dict[str, Any] = field(default_factory=dict)


AtEnd = Callable[[RunEvent, UsageEvent | None, EndEvent], Awaitable[None]]


class WatchedLog:
    """A run log, looked at. `at_end` is told of every run before its followers hear the end."""

    def __init__(self, log: RunLog, metrics: Metrics, tracer: Tracer, at_end: AtEnd) -> None:
        self._log = log
        self._metrics = metrics
        self._tracer = tracer
        self._at_end = at_end
        self._seen: dict[str, Seen] = {}
        self._waiting = 0  # of those seen, that have not begun

    @property
    def shared(self) -> bool:
        """Say whether other workers can read the same runs."""
        return self._log.shared

    async def discard(self, run_id: str) -> None:
        """Forget a run that was refused before it began."""
        await self._log.discard(run_id)

    def stir(self) -> None:
        """Have every reader that waits look around."""
        self._log.stir()

    async def create(self, run_id: str) -> None:
        """Open the log of a new run."""
        await self._log.create(run_id)

    async def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order and give the number of the last."""
        if events and isinstance(events[0], RunEvent) and run_id not in self._seen:
            self._seen[run_id] = Seen(events[0], self._tracer.begin_run(events[0]))
            self._waiting += 1
            self._gauge()
        seen = self._seen.get(run_id)
        if seen is None:
            return await self._log.append(run_id, events)
        end = events[-1] if events and isinstance(events[-1], EndEvent) else None
        if end is not None and not seen.kept:
            seen.kept = True
            await self._keep(seen, events, end)
        try:
            last = await self._log.append(run_id, events)
        except RunTaken:
            self._forget(run_id, seen, EndEvent(status="lost"))
            raise
        for event in events:  # only now: what could not be written is written again
            if event.type != "token":
                self._look(seen, event)
        if end is not None:
            self._forget(run_id, seen, end)
        return last

    async def read(
        self, run_id: str, after: int = 0, idle: float | None = None
    ) -> AsyncGenerator[list[Entry]]:
        """Give what comes after a number, in batches, until the run's `end`."""
        if after:
            self._metrics.resumes.inc()
        async with aclosing(self._log.read(run_id, after, idle)) as batches:
            async for batch in batches:
                if batch and batch[0].type == "gap":  # what is missing is told first
                    self._metrics.gaps.inc()
                yield batch

    async def last(self, run_id: str) -> int:
        """Give the number of the newest event."""
        return await self._log.last(run_id)

    async def close(self) -> None:
        """Release what the log holds."""
        await self._log.close()

    def _look(self, seen: Seen, event: Event) -> None:
        metrics = self._metrics
        match event:
            case StepEvent():
                if not seen.begun:
                    seen.begun = True
                    self._waiting -= 1
                    metrics.queue.observe(perf_counter() - seen.since)
                    self._gauge()
                self._tracer.step(seen.span, seen.steps, event)
            case UsageEvent():
                seen.usage = event
            case ReportEvent():
                for status, count in event.report.get("counts", {}).items():
                    metrics.figures.labels(status).inc(count)
            case ErrorEvent():
                metrics.errors.labels(event.code).inc()
            case _:
                pass

    async def _keep(self, seen: Seen, events: Sequence[Event], end: EndEvent) -> None:
        used = next((event for event in events if isinstance(event, UsageEvent)), seen.usage)
        try:
            await self._at_end(seen.run, used, end)
        except Exception as fault:  # the answer stands, whatever becomes of its record
            logger.error("run %s: its record was not kept: %s", seen.run.run_id, describe(fault))

    def _forget(self, run_id: str, seen: Seen, end: EndEvent) -> None:
        if self._seen.pop(run_id, None) is not None and not seen.begun:
            self._waiting -= 1
        metrics, usage = self._metrics, seen.usage
        metrics.runs.labels(end.status).inc()
        if end.status == "stopped":
            metrics.stops.labels(end.reason or "unknown").inc()
        if usage is not None:
            metrics.tokens.labels("in").inc(usage.input_tokens)
            metrics.tokens.labels("out").inc(usage.output_tokens)
            if usage.seconds is not None:
                metrics.seconds.observe(usage.seconds)
            if usage.first_token_seconds is not None:
                metrics.first_token.observe(usage.first_token_seconds)
        self._gauge()
        self._tracer.end_run(seen.span, seen.steps, usage, end)

    def _gauge(self) -> None:
        self._metrics.active.set(len(self._seen))
        self._metrics.waiting.set(self._waiting)
