"""Takes a run's events from its nodes, joins tokens that are ready together, and writes them to the log."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

from graph.events import (
    EndEvent,
    Event,
    FactsEvent,
    FigureEvent,
    ReportEvent,
    SectionEvent,
    TokenEvent,
    UsageEvent,
    payload,
)
from graph.report.model import SECTIONS, SectionName
from server.runs.log import RunLog

JOIN_SECONDS = 0.005


class Recorder:
    """The sink of one run.

    Calling it never waits: events are kept in order and written by `drain`, as many at once as the log's
    last write let gather. It remembers what a partial answer needs: the text, figures and facts so far, which
    sections are open, the tokens used.
    """

    def __init__(self, log: RunLog, run_id: str) -> None:
        self._log = log
        self._run_id = run_id
        self._pending: list[Event] = []
        self._ready = asyncio.Event()
        self._closed = False
        self._started = perf_counter()
        self._first_token: float | None = None
        self._tokens = {"input_tokens": 0, "output_tokens": 0}
        self._texts: dict[str, list[str]] = {name: [] for name in SECTIONS}
        self._open: dict[SectionName, None] = {}
        self._figures: dict[str, dict[str, Any]] = {}
        self.facts: list[dict[str, Any]] = []
        self.reported = False
        self.markdown = ""

    def __call__(self, event: Event) -> None:
        """Take an event from a node."""
        match event:
            case TokenEvent():
                self._take_token(event)
                return
            case UsageEvent():
                self._tokens["input_tokens"] += event.input_tokens
                self._tokens["output_tokens"] += event.output_tokens
                return
            case SectionEvent(state="open"):
                self._open[event.section] = None
                if event.restart:
                    self._withdraw(event.section)
            case SectionEvent():
                self._open.pop(event.section, None)
            case FigureEvent():
                self._figures[event.id] = payload(event)
            case FactsEvent():
                self.facts += event.facts
            case ReportEvent():
                self.reported = True
                self.markdown = event.markdown
            case _:
                pass
        self._put(event)

    @property
    def sections(self) -> dict[str, str]:
        """Give the text of every section so far."""
        return {name: "".join(parts) for name, parts in self._texts.items()}

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Give every figure as it was told last, in the order of the text."""
        return sorted(
            self._figures.values(), key=lambda told: (SECTIONS.index(told["section"]), told["start"])
        )

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
        for section in tuple(self._open):
            self(SectionEvent(section=section, state="closed"))
        self._put(self.usage())
        self._put(end)
        self._closed = True
        self._ready.set()

    async def drain(self) -> None:
        """Write events to the log until the terminal one is written."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            batch, self._pending = self._pending, []
            if batch:
                await self._log.append(self._run_id, batch)
            if self._closed and not self._pending:
                return
            # What comes within this moment is joined: a third of the cost of a fast stream is its frames.
            await asyncio.sleep(JOIN_SECONDS)

    def _take_token(self, event: TokenEvent) -> None:
        if self._first_token is None:
            self._first_token = perf_counter()
        self._texts[event.section].append(event.text)
        last = self._pending[-1] if self._pending else None
        if isinstance(last, TokenEvent) and last.section == event.section:
            self._pending[-1] = TokenEvent(section=event.section, text=last.text + event.text)
        else:
            self._put(event)

    def _withdraw(self, section: SectionName) -> None:
        self._texts[section] = []
        self._figures = {key: told for key, told in self._figures.items() if told["section"] != section}

    def _put(self, event: Event) -> None:
        if not self._closed:
            self._pending.append(event)
            self._ready.set()
