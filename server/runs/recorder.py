"""Takes a run's events from its nodes, joins tokens that are ready together, and writes them to the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import perf_counter

from graph.events import EndEvent, Event, TokenEvent, UsageEvent
from server.errors import RunTaken, StoreUnavailable
from server.runs.draft import Draft
from server.runs.log import RunLog

logger = logging.getLogger("financial_agent.runs")

JOIN_SECONDS = 0.005
LONGEST_JOIN_SECONDS = 0.2
_JOIN_PER_RUN_SECONDS = 0.002
PATIENCE_SECONDS = 20.0
_AGAIN_SECONDS = 0.25
_CROWD_SECONDS = 0.05


class Pace:
    """How long the runs of a process let tokens gather before they are written.

    Most of a token's cost is its frame, paid for all that it carries at once. The more runs are live, and
    the later their timers fire, the longer they gather; a lone run is written as it comes.
    """

    def __init__(self) -> None:
        self.live = 0
        self._late = 0.0

    def seconds(self) -> float:
        """Say how long to gather."""
        crowded = max(self.live * _JOIN_PER_RUN_SECONDS, 4 * self._late)
        return min(LONGEST_JOIN_SECONDS, max(JOIN_SECONDS, crowded))

    def take(self, late: float) -> None:
        """Learn by how many seconds a timer fired late."""
        self._late += (late - self._late) / 16


class Recorder:
    """The sink of one run.

    Calling it never waits: events are kept in order and written by `drain`, as many at once as gathered in
    the time that `pace` gives. While the log cannot be written they wait, joined; after `PATIENCE_SECONDS` of
    that `on_stall` is called, and `on_taken` when another worker has taken the run over.
    """

    def __init__(
        self,
        log: RunLog,
        run_id: str,
        on_stall: Callable[[], None] = lambda: None,
        on_taken: Callable[[], None] = lambda: None,
        pace: Pace | None = None,
    ) -> None:
        self._log = log
        self._run_id = run_id
        self._on_stall, self._on_taken = on_stall, on_taken
        self._pending: list[Event] = []
        self._ready = asyncio.Event()
        self._pace = pace or Pace()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._written = -LONGEST_JOIN_SECONDS
        self._writing = False
        self._closed = False
        self._started = perf_counter()
        self._first_token: float | None = None
        self._tokens = {"input_tokens": 0, "output_tokens": 0}
        self.draft = Draft()

    def __call__(self, event: Event) -> None:
        """Take an event from a node."""
        self.draft.take(event)
        match event:
            case TokenEvent():
                self._take_token(event)
            case UsageEvent():
                self._tokens["input_tokens"] += event.input_tokens
                self._tokens["output_tokens"] += event.output_tokens
            case _:
                self._put(event)

    @property
    def crowded(self) -> bool:
        """Say whether tokens gather for so long that readers see steps: see `graph.sink.is_crowded`."""
        return self._pace.seconds() > _CROWD_SECONDS

    def usage(self) -> UsageEvent:
        """Say what the run took until now."""
        first = self._first_token
        return UsageEvent(
            **self._tokens,
            seconds=round(perf_counter() - self._started, 3),
            first_token_seconds=None if first is None else round(first - self._started, 3),
        )

    def finish(self, end: EndEvent) -> None:
        """Close what is open, add the usage and the run's one terminal event; nothing is taken after it."""
        for section in self.draft.closing():
            self._put(section)
        self._put(self.usage())
        self._put(end)
        self.abandon()

    def abandon(self) -> None:
        """Take nothing more, and have the rest written at once."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._ready.set()

    async def drain(self) -> None:
        """Write events to the log until the terminal one is written, or the run is another worker's."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            batch, self._pending = self._pending, []
            self._writing = True
            try:
                if batch:
                    await self._write(batch)
            except RunTaken:
                self._closed = True
                self._on_taken()
                return
            finally:
                self._writing = False
            if self._closed and not self._pending:
                return
            self._written = self._loop.time()
            if self._pending:
                self._ring()

    async def _write(self, batch: list[Event]) -> None:
        """Write events, the same ones again for as long as the log may not have kept them."""
        since: float | None = None
        while True:
            try:
                await self._log.append(self._run_id, batch)
            except StoreUnavailable:
                now = perf_counter()
                if since is None:
                    since = now
                    logger.warning("run %s: its log cannot be written; trying again", self._run_id)
                elif now - since > PATIENCE_SECONDS:
                    self._on_stall()
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    def _take_token(self, event: TokenEvent) -> None:
        if self._first_token is None:
            self._first_token = perf_counter()
        last = self._pending[-1] if self._pending else None
        if isinstance(last, TokenEvent) and last.section == event.section:
            self._pending[-1] = TokenEvent(section=event.section, text=last.text + event.text)
        else:
            self._put(event)

    def _put(self, event: Event) -> None:
        if not self._closed:
            self._pending.append(event)
            self._ring()

    def _ring(self) -> None:
        """Have what is pending written when its time to gather is over."""
        if self._timer is not None or self._writing:
            return
        due = self._written + self._pace.seconds()
        if due <= self._loop.time():
            self._ready.set()
        else:
            self._timer = self._loop.call_at(due, self._due, due)

    def _due(self, at: float) -> None:
        self._timer = None
        self._pace.take(self._loop.time() - at)
        self._ready.set()
