"""The session index in SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite

from graph.events import EndStatus
from server.errors import StoreUnavailable
from server.sessions.records import RunRecord, SessionRecord, is_dead, this_worker, title_of

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    owner TEXT NOT NULL, session_id TEXT NOT NULL, title TEXT NOT NULL,
    created_at TEXT NOT NULL, last_at TEXT NOT NULL, PRIMARY KEY (owner, session_id)
);
CREATE INDEX IF NOT EXISTS sessions_by_last ON sessions (owner, last_at);
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY, owner TEXT NOT NULL, session_id TEXT NOT NULL, question TEXT NOT NULL,
    created_at TEXT NOT NULL, status TEXT NOT NULL, worker TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_by_session ON runs (owner, session_id, created_at);
"""


class SqliteIndex:
    """An index in one SQLite file. Every method raises `StoreUnavailable` when the database fails."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._db = connection
        self._writing = asyncio.Lock()
        self._worker = this_worker()

    async def record_question(self, run: RunRecord) -> None:
        """Store a question, durably, and its session where it is new."""
        async with self._transaction() as db:
            await db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (owner, session_id) DO UPDATE SET last_at = excluded.last_at",
                (run.owner, run.session_id, title_of(run.question), run.created_at, run.created_at),
            )
            await db.execute(
                "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, 'running', ?)",
                (run.run_id, run.owner, run.session_id, run.question, run.created_at, self._worker),
            )

    async def finish_run(self, run_id: str, status: EndStatus) -> None:
        """Store how a run ended."""
        now = datetime.now(UTC).isoformat()
        async with self._transaction() as db:
            await db.execute("UPDATE runs SET status = ? WHERE run_id = ?", (status, run_id))
            await db.execute(
                "UPDATE sessions SET last_at = ? WHERE (owner, session_id) = "
                "(SELECT owner, session_id FROM runs WHERE run_id = ?)",
                (now, run_id),
            )

    async def find_run(self, run_id: str) -> RunRecord | None:
        """Give a run's record, or nothing when there never was such a run."""
        rows = await self._fetch(
            "SELECT run_id, owner, session_id, question, created_at, status FROM runs WHERE run_id = ?",
            (run_id,),
        )
        return RunRecord(*rows[0]) if rows else None

    async def runs_of(self, owner: str, session_id: str) -> list[RunRecord]:
        """Give the runs of a session, oldest first."""
        rows = await self._fetch(
            "SELECT run_id, owner, session_id, question, created_at, status FROM runs "
            "WHERE owner = ? AND session_id = ? ORDER BY created_at, rowid",
            (owner, session_id),
        )
        return [RunRecord(*row) for row in rows]

    async def list(self, owner: str, limit: int = 50, before: str | None = None) -> list[SessionRecord]:
        """Give an owner's sessions, the latest first; `before` is the `last_at` of the last one seen."""
        rows = await self._fetch(
            "SELECT s.session_id, s.title, s.created_at, s.last_at, "
            "(SELECT count(*) FROM runs r WHERE r.owner = s.owner AND r.session_id = s.session_id) "
            "FROM sessions s WHERE s.owner = ? AND (? IS NULL OR s.last_at < ?) "
            "ORDER BY s.last_at DESC LIMIT ?",
            (owner, before, before, limit),
        )
        return [SessionRecord(*row) for row in rows]

    async def find(self, owner: str, session_id: str) -> SessionRecord | None:
        """Give one session's record."""
        rows = await self._fetch(
            "SELECT session_id, title, created_at, last_at, "
            "(SELECT count(*) FROM runs r WHERE r.owner = s.owner AND r.session_id = s.session_id) "
            "FROM sessions s WHERE owner = ? AND session_id = ?",
            (owner, session_id),
        )
        return SessionRecord(*rows[0]) if rows else None

    async def delete(self, owner: str, session_id: str) -> bool:
        """Forget a session and its questions; say whether there was one."""
        async with self._transaction() as db:
            await db.execute("DELETE FROM runs WHERE owner = ? AND session_id = ?", (owner, session_id))
            cursor = await db.execute(
                "DELETE FROM sessions WHERE owner = ? AND session_id = ?", (owner, session_id)
            )
            return cursor.rowcount > 0

    async def ping(self) -> None:
        """Ask the database for a sign of life."""
        await self._fetch("SELECT 1", ())

    async def mark_lost(self) -> int:
        """End the runs that a process of this machine left when it died; give their number."""
        rows = await self._fetch("SELECT DISTINCT worker FROM runs WHERE status = 'running'", ())
        dead = [worker for (worker,) in rows if is_dead(worker)]
        count = 0
        async with self._transaction() as db:
            for worker in dead:
                cursor = await db.execute(
                    "UPDATE runs SET status = 'lost' WHERE status = 'running' AND worker = ?", (worker,)
                )
                count += cursor.rowcount
        return count

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        try:
            async with self._writing:
                try:
                    yield self._db
                except BaseException:
                    await self._db.rollback()
                    raise
                await self._db.commit()
        except (sqlite3.Error, ValueError) as fault:
            raise StoreUnavailable(type(fault).__name__) from fault

    async def _fetch(self, query: str, values: Sequence[object]) -> Sequence[sqlite3.Row]:
        try:
            return list(await self._db.execute_fetchall(query, values))
        except (sqlite3.Error, ValueError) as fault:
            raise StoreUnavailable(type(fault).__name__) from fault


@asynccontextmanager
async def open_index(path: str) -> AsyncIterator[SqliteIndex]:
    """Open the index in a SQLite file, or in memory for `:memory:`.

    Raises:
        StoreUnavailable: the file cannot be opened, or a newer version wrote it.
    """
    try:
        await asyncio.to_thread(Path(path).parent.mkdir, parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path, timeout=5)
    except (sqlite3.Error, OSError) as fault:
        raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
    try:
        await _migrate(connection, path)
        yield SqliteIndex(connection)
    finally:
        await connection.close()


async def _migrate(db: aiosqlite.Connection, path: str) -> None:
    try:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("PRAGMA synchronous = NORMAL")
        (version,) = next(iter(await db.execute_fetchall("PRAGMA user_version")))
        if version > _SCHEMA_VERSION:
            raise StoreUnavailable(
                f"{path!r} was written by a newer version (schema {version}, this one reads up to "
                f"{_SCHEMA_VERSION}): upgrade financial-agent or choose another store_url"
            )
        await db.executescript(_SCHEMA)
        await db.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        await db.commit()
    except sqlite3.Error as fault:
        raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
