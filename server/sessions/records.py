"""What the session index keeps, and how it tells that a process is gone."""

from __future__ import annotations

import base64
import binascii
import os
import re
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from graph.events import EndStatus

TITLE_LENGTH = 60

RunStatus = EndStatus | Literal["running"]

_PINNED = 1 << 52  # above every time in microseconds, and exact in a Redis score


@dataclass(frozen=True)
class RunRecord:
    """One question of a session; `created_at` is an ISO time.

    `parent` is the run whose answer it follows, `depth` its place in its branch, from 1. Runs of one parent
    are versions of one turn. `worker` names the process that answers it.
    """

    run_id: str
    owner: str
    session_id: str
    question: str
    created_at: str
    status: RunStatus = "running"
    parent: str | None = None
    depth: int = 1
    worker: str = field(default="", compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Give what a store keeps of it beside the names of its session."""
        return {
            "run_id": self.run_id,
            "question": self.question,
            "created_at": self.created_at,
            "status": self.status,
            "parent": self.parent,
            "depth": self.depth,
            "worker": self.worker,
        }


@dataclass(frozen=True)
class SessionRecord:
    """One session; its title is its first question, shortened, until it is given another.

    `turns` counts the questions of its newest branch, whose last run is `head`.
    """

    session_id: str
    title: str
    created_at: str
    last_at: str
    turns: int
    pinned: bool = False
    running: bool = False
    head: str | None = None
    snippet: str | None = None


@dataclass(frozen=True)
class Position:
    """Where a session stands in its owner's list: by rank and, among equals, by its id; highest first."""

    rank: int
    session_id: str

    def encode(self) -> str:
        """Write the position as an opaque cursor."""
        return base64.urlsafe_b64encode(f"{self.rank}.{self.session_id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str) -> Position:
        """Read a cursor.

        Raises:
            ValueError: it is none.
        """
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        except (binascii.Error, ValueError):
            raise ValueError("no cursor") from None
        match = re.fullmatch(r"(\d{1,16})\.([A-Za-z0-9][A-Za-z0-9._-]{0,127})", text, re.ASCII)
        if match is None:
            raise ValueError("no cursor")
        return cls(int(match[1]), match[2])


def rank_of(last_at: str, pinned: bool) -> int:
    """Give a session's rank: its last activity in microseconds, pinned ones above all others."""
    return micros(last_at) + (_PINNED if pinned else 0)


def micros(moment: str) -> int:
    """Give an ISO time in microseconds."""
    return round(datetime.fromisoformat(moment).timestamp() * 1_000_000)


def iso(moment: int) -> str:
    """Give a time in microseconds as ISO text."""
    return datetime.fromtimestamp(moment / 1_000_000, UTC).isoformat()


def title_of(question: str) -> str:
    """Make a session's title of its first question."""
    title = " ".join(question.split())
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"


def this_worker() -> str:
    """Name this process among those that share a store."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(worker: str) -> bool:
    """Say whether a worker was a process of this machine and runs no more.

    Our own number belongs to a process before us: this one has not started a run yet when it asks.
    """
    host, _, number = worker.rpartition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
