"""What a backend of the session index must be able to do: keep documents that change one at a time.

What a session's document means is known to the index alone. A store orders sessions by a rank, finds those
that are due or busy, finds runs by their id, and finds words in texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.sessions.records import Position

Document = dict[str, Any]

SCHEMA = 2  # of all three stores; 1 had no branches


@dataclass(frozen=True)
class Stored:
    """A session as it stands: each change raises its revision by one."""

    owner: str
    session_id: str
    revision: int
    body: Document


@dataclass(frozen=True)
class StoredRun:
    """A run as it stands, and whose it is."""

    owner: str
    session_id: str
    body: Document


@dataclass(frozen=True)
class Change:
    """A session's next document, taken only if its revision is still the one named, 0 for a new one.

    Without a rank it stands in no list. `due` is a time in microseconds. `run` is kept with it in one step,
    and so is `text`, what a search finds of that run.
    """

    owner: str
    session_id: str
    revision: int
    body: Document
    rank: int | None
    due: int | None
    busy: bool
    run: Document | None = None
    text: str | None = None


class IndexStore(Protocol):
    """A backend; every method may be called twice and raises `StoreUnavailable` when its server fails."""

    async def get(self, owner: str, session_id: str) -> Stored | None:
        """Give a session."""
        ...

    async def put(self, change: Change) -> bool:
        """Change a session; false where its revision is another."""
        ...

    async def drop(self, owner: str, session_id: str) -> None:
        """Drop a session with its runs and texts."""
        ...

    async def runs(self, owner: str, session_id: str) -> list[Document]:
        """Give the runs of a session."""
        ...

    async def run(self, run_id: str) -> StoredRun | None:
        """Give one run."""
        ...

    async def page(self, owner: str, limit: int, after: Position | None) -> list[tuple[Position, Stored]]:
        """Give an owner's ranked sessions, the highest first, that stand after a position."""
        ...

    async def due(self, until: int, limit: int) -> list[tuple[str, str]]:
        """Name sessions, by owner and id, that are due."""
        ...

    async def busy(self) -> list[tuple[str, str]]:
        """Name the sessions that are busy."""
        ...

    async def matching(self, owner: str, session_ids: Sequence[str], words: str) -> dict[str, str]:
        """Give for each of the sessions that has one, a text that holds the words; letters of either case."""
        ...

    async def ping(self) -> None:
        """Ask the store for a sign of life."""
        ...
