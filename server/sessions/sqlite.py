"""The session index in SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiosqlite

from server.clients import SqliteFile, open_sqlite
from server.errors import StoreUnavailable
from server.sessions.migrations import refuse_newer, upgrade_sqlite
from server.sessions.records import Position
from server.sessions.search import holds
from server.sessions.store import SCHEMA, Change, Document, Stored, StoredRun

_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    owner TEXT NOT NULL, session_id TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
    rank INTEGER, due INTEGER, busy INTEGER NOT NULL, PRIMARY KEY (owner, session_id)
);
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY, owner TEXT NOT NULL, session_id TEXT NOT NULL, body TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT ''
);
"""
_INDICES = """
CREATE INDEX IF NOT EXISTS sessions_by_rank ON sessions (owner, rank, session_id) WHERE rank IS NOT NULL;
CREATE INDEX IF NOT EXISTS sessions_by_due ON sessions (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS sessions_busy ON sessions (busy) WHERE busy;
CREATE INDEX IF NOT EXISTS runs_of_session ON runs (owner, session_id);
"""


class SqliteIndex:
    """An index in one SQLite file."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._file = SqliteFile(connection)

    async def get(self, owner: str, session_id: str) -> Stored | None:
        """Give a session."""
        rows = await self._file.fetch(
            "SELECT revision, body FROM sessions WHERE owner = ? AND session_id = ?", (owner, session_id)
        )
        return Stored(owner, session_id, rows[0][0], json.loads(rows[0][1])) if rows else None

    async def put(self, change: Change) -> bool:
        """Change a session in one transaction."""
        where = (change.owner, change.session_id)
        values = (change.revision + 1, json.dumps(change.body), change.rank, change.due, change.busy)
        async with self._file.transaction() as db:
            if change.revision:
                changed = await db.execute(
                    "UPDATE sessions SET revision = ?, body = ?, rank = ?, due = ?, busy = ? "
                    "WHERE owner = ? AND session_id = ? AND revision = ?",
                    (*values, *where, change.revision),
                )
            else:
                changed = await db.execute(
                    "INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", (*where, *values)
                )
            if changed.rowcount != 1:
                return False
            if change.run is not None:
                await db.execute(
                    "INSERT INTO runs VALUES (?, ?, ?, ?, coalesce(?, '')) ON CONFLICT (run_id) "
                    "DO UPDATE SET body = excluded.body, text = coalesce(?, text)",
                    (change.run["run_id"], *where, json.dumps(change.run), change.text, change.text),
                )
        return True

    async def drop(self, owner: str, session_id: str) -> None:
        """Drop a session with its runs and texts."""
        async with self._file.transaction() as db:
            for table in ("runs", "sessions"):
                await db.execute(
                    f"DELETE FROM {table} WHERE owner = ? AND session_id = ?", (owner, session_id)
                )

    async def runs(self, owner: str, session_id: str) -> list[Document]:
        """Give the runs of a session."""
        rows = await self._file.fetch(
            "SELECT body FROM runs WHERE owner = ? AND session_id = ? ORDER BY rowid", (owner, session_id)
        )
        return [json.loads(body) for (body,) in rows]

    async def run(self, run_id: str) -> StoredRun | None:
        """Give one run."""
        rows = await self._file.fetch("SELECT owner, session_id, body FROM runs WHERE run_id = ?", (run_id,))
        return StoredRun(rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else None

    async def page(self, owner: str, limit: int, after: Position | None) -> list[tuple[Position, Stored]]:
        """Give an owner's ranked sessions, the highest first, that stand after a position."""
        beyond = " AND (rank, session_id) < (?, ?)" if after is not None else ""
        rows = await self._file.fetch(
            "SELECT rank, session_id, revision, body FROM sessions WHERE owner = ? AND rank IS NOT NULL"
            f"{beyond} ORDER BY rank DESC, session_id DESC LIMIT ?",
            (owner, *((after.rank, after.session_id) if after is not None else ()), limit),
        )
        return [
            (Position(rank, name), Stored(owner, name, revision, json.loads(body)))
            for rank, name, revision, body in rows
        ]

    async def due(self, until: int, limit: int) -> list[tuple[str, str]]:
        """Name sessions, by owner and id, that are due."""
        query = "SELECT owner, session_id FROM sessions WHERE due <= ? ORDER BY due LIMIT ?"
        return [(owner, name) for owner, name in await self._file.fetch(query, (until, limit))]

    async def busy(self) -> list[tuple[str, str]]:
        """Name the sessions that are busy."""
        rows = await self._file.fetch("SELECT owner, session_id FROM sessions WHERE busy", ())
        return [(owner, name) for owner, name in rows]

    async def matching(self, owner: str, session_ids: Sequence[str], words: str) -> dict[str, str]:
        """Give for each of the sessions that has one, a text that holds the words."""
        marks = ",".join("?" * len(session_ids))
        rows = await self._file.fetch(
            f"SELECT session_id, text FROM runs WHERE owner = ? AND session_id IN ({marks}) "
            "AND holds(text, ?) ORDER BY rowid DESC",
            (owner, *session_ids, words),
        )
        return {str(name): str(text) for name, text in rows}

    async def ping(self) -> None:
        """See that the database can be written."""
        await self._file.ping()


@asynccontextmanager
async def open_index(path: str) -> AsyncIterator[SqliteIndex]:
    """Open the index in a SQLite file, or in memory for `:memory:`; what an older version wrote is upgraded.

    Raises:
        StoreUnavailable: the file cannot be opened, or a newer version wrote it.
    """
    async with open_sqlite(path) as connection:
        await _prepare(connection, path)
        yield SqliteIndex(connection)


async def _prepare(db: aiosqlite.Connection, path: str) -> None:
    try:
        await db.create_function("holds", 2, holds, deterministic=True)
        await db.execute("BEGIN IMMEDIATE")
        (version,) = next(iter(await db.execute_fetchall("PRAGMA user_version")))
        refuse_newer(version, repr(path))
        old = await upgrade_sqlite(db) if version == 1 else []
        for statement in (_TABLES + _INDICES).split(";"):
            await db.execute(statement)
        for session, runs in old:
            await db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", session)
            await db.executemany("INSERT INTO runs VALUES (?, ?, ?, ?, ?)", runs)
        await db.execute(f"PRAGMA user_version = {SCHEMA}")
        await db.commit()
    except sqlite3.Error as fault:
        raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
