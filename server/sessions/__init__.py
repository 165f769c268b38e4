"""The session index: who asked what, when, and how it ended; written before a run starts.

The turns themselves are the graph's state, kept by its checkpointer. What stands here makes sure that a
question is never lost with a process, and that a run which is no longer in the log can be told from one
that never was.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from graph.events import EndStatus
from server.clients import MONGO_SCHEMES, REDIS_SCHEMES, scheme_of, sqlite_path
from server.sessions.records import RunRecord, RunStatus, SessionRecord

__all__ = ["RunRecord", "RunStatus", "SessionIndex", "SessionRecord", "open_index"]


class SessionIndex(Protocol):
    """The index of all sessions. Every method raises `StoreUnavailable` when its store fails."""

    async def record_question(self, run: RunRecord) -> None:
        """Store a question, durably, and its session where it is new."""
        ...

    async def finish_run(self, run_id: str, status: EndStatus) -> None:
        """Store how a run ended."""
        ...

    async def find_run(self, run_id: str) -> RunRecord | None:
        """Give a run's record, or nothing when there never was such a run."""
        ...

    async def runs_of(self, owner: str, session_id: str) -> list[RunRecord]:
        """Give the runs of a session, oldest first."""
        ...

    async def find(self, owner: str, session_id: str) -> SessionRecord | None:
        """Give one session's record."""
        ...

    async def delete(self, owner: str, session_id: str) -> bool:
        """Forget a session and its questions; say whether there was one."""
        ...

    async def ping(self) -> None:
        """Ask the store for a sign of life."""
        ...

    async def mark_lost(self) -> int:
        """End the runs that a process of this machine left when it died; give their number."""
        ...

    async def list(self, owner: str, limit: int = 50, before: str | None = None) -> list[SessionRecord]:
        """Give an owner's sessions, the latest first; `before` is the `last_at` of the last one seen."""
        ...


def open_index(url: str) -> AbstractAsyncContextManager[SessionIndex]:
    """Open the index in the store that a URL names.

    Raises:
        StoreUnavailable: the store does not answer, or a newer version wrote it.
        ValueError: the URL is of no kind that can be opened.
    """
    # A driver is imported only where its URL is used: each costs up to a fifth of a second.
    scheme = scheme_of(url)
    if scheme in REDIS_SCHEMES:
        from server.sessions import redis

        return redis.open_index(url)
    if scheme in MONGO_SCHEMES:
        from server.sessions import mongo

        return mongo.open_index(url)
    from server.sessions import sqlite

    return sqlite.open_index(sqlite_path(url))
