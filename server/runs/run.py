"""One question on its way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from graph.deps import Options
from graph.events import EndStatus
from server.runs.coordinator import Place, StopReason


def thread_of(owner: str, session_id: str) -> str:
    """Name a session's thread in the checkpointer; neither part may hold a slash."""
    return f"{owner}/{session_id}"


@dataclass(eq=False)
class Run:
    """Who asked what in which session, and where it stands."""

    run_id: str
    owner: str
    session_id: str
    message: str
    options: Options
    created_at: datetime
    replaces: str | None = None
    after: tuple[str, ...] | None = None  # the run that it follows and its ancestors, when it replaces one
    status: EndStatus | Literal["queued", "running"] = "queued"
    stop_reason: StopReason | None = None
    task: asyncio.Task[None] | None = None
    answering: bool = False
    taken: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def thread_id(self) -> str:
        """Name the session's thread in the checkpointer, scoped to its owner."""
        return thread_of(self.owner, self.session_id)

    @property
    def place(self) -> Place:
        """Give its place among the questions of its session."""
        return Place(self.run_id, self.thread_id)

    def stop(self, reason: StopReason) -> None:
        """Ask the run to stop; once is enough, and a run that ended stays as it is."""
        if self.stop_reason is None and not self.done.is_set():
            self.stop_reason = reason
            self._cancel()

    def take(self) -> None:
        """Give the run up: another worker ends it."""
        self.taken = True
        self._cancel()

    def _cancel(self) -> None:
        # Before its first step, or once the answer is being kept, a cancelled task would leave its
        # followers without an end.
        if self.task is not None and self.answering:
            self.task.cancel()
