"""What an unfinished answer holds so far: collected while it is written, or again from its log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.events import (
    Event,
    FactsEvent,
    FigureEvent,
    ReportEvent,
    RunEvent,
    SectionEvent,
    StepEvent,
    TokenEvent,
    payload,
)
from graph.report.model import SECTIONS, SectionName


class Draft:
    """The text, figures and facts of an answer so far, and which sections are open."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {name: [] for name in SECTIONS}
        self._open: dict[SectionName, None] = {}
        self._figures: dict[str, dict[str, Any]] = {}
        self.facts: list[dict[str, Any]] = []
        self.run: RunEvent | None = None
        self.report: ReportEvent | None = None
        self.begun = False

    @classmethod
    def of(cls, events: Iterable[Event]) -> Draft:
        """Collect a draft from events."""
        draft = cls()
        for event in events:
            draft.take(event)
        return draft

    def take(self, event: Event) -> None:
        """Take an event into account."""
        match event:
            case TokenEvent():
                self._texts[event.section].append(event.text)
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
                self.report = event
            case RunEvent():
                self.run = event
            case StepEvent():
                self.begun = True
            case _:
                pass

    @property
    def sections(self) -> dict[str, str]:
        """Give the text of every section so far."""
        return {name: "".join(parts) for name, parts in self._texts.items()}

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Give the figures so far, each as it was told last, in the order of the text."""
        return sorted(
            self._figures.values(), key=lambda told: (SECTIONS.index(told["section"]), told["start"])
        )

    def _withdraw(self, section: SectionName) -> None:
        self._texts[section] = []
        self._figures = {key: told for key, told in self._figures.items() if told["section"] != section}

    def closing(self) -> list[SectionEvent]:
        """Give the events that close what is open."""
        return [SectionEvent(section=section, state="closed") for section in self._open]
