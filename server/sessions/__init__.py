"""The session index: who asked what, when, and how it ended; written before a run starts.

The turns themselves are the graph's state, kept by its checkpointer. What stands here makes sure that a
question is never lost with a process, that a run which is no longer in the log can be told from one that
never was, and which answers are versions of one turn.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from server.clients import MONGO_SCHEMES, REDIS_SCHEMES, durable_url, scheme_of, sqlite_path
from server.sessions.index import Index
from server.sessions.records import Position, RunRecord, RunStatus, SessionRecord
from server.sessions.store import IndexStore

SessionIndex = Index

__all__ = ["Position", "RunRecord", "RunStatus", "SessionIndex", "SessionRecord", "open_index"]


@asynccontextmanager
async def open_index(url: str, idle_seconds: float | None = None) -> AsyncIterator[SessionIndex]:
    """Open the index in the store that a URL names; of a pair, in the durable one.

    Raises:
        StoreUnavailable: the store does not answer, or a newer version wrote it.
        ValueError: the URL is of no kind that can be opened.
    """
    async with _open_store(durable_url(url)) as store:
        yield Index(store, idle_seconds)


def _open_store(url: str) -> AbstractAsyncContextManager[IndexStore]:
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
