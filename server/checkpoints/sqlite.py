"""Sessions in a SQLite file, or in memory: one connection, used by one thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from server.checkpoints.format import ITEM, ids_in, references_of
from server.checkpoints.store import Entry, Outcome, Page, Read, Save, Store
from server.errors import StoreUnavailable

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session_items (
    session TEXT NOT NULL, id BLOB NOT NULL, stored BLOB NOT NULL, PRIMARY KEY (session, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session_records (
    session TEXT NOT NULL, field TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (session, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session_writes (
    session TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (session, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session_runs (
    session TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (session, run)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_run ON session_runs (run);
"""
_TABLES = ("session_items", "session_records", "session_writes", "session_runs")
_MANY = 500  # SQLite takes some thousand variables in a statement


class SqliteStore:
    """A store in one SQLite database."""

    faults: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._db = connection
        self._thread = thread

    async def read(self, session: str, read: Read) -> Page:
        """Give stored checkpoints."""
        return await self._run(lambda: self._read(session, read), "BEGIN")

    async def save(self, session: str, save: Save) -> Outcome:
        """Keep a checkpoint or writes in one transaction."""
        return await self._run(lambda: self._save(session, save))

    async def forget(self, session: str, fields: list[str]) -> None:
        """Drop checkpoints and sweep the session's items in one transaction."""
        await self._run(lambda: self._forget(session, fields))

    async def delete(self, session: str) -> None:
        """Drop everything of a session."""
        await self._run(lambda: self._delete(session))

    async def sessions_of(self, run: str) -> list[str]:
        """Name the sessions in which a run made checkpoints."""
        query = "SELECT session FROM session_runs WHERE run = ?"
        return await self._run(lambda: [name for (name,) in self._db.execute(query, (run,))], "BEGIN")

    async def sessions(self) -> list[str]:
        """Name every session."""
        query = "SELECT DISTINCT session FROM session_records"
        return await self._run(lambda: [name for (name,) in self._db.execute(query)], "BEGIN")

    async def _run(self, work: Callable[[], T], begin: str = "BEGIN IMMEDIATE") -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._whole, work, begin)

    def _whole(self, work: Callable[[], T], begin: str) -> T:
        self._db.execute(begin)
        try:
            result = work()
            self._db.execute("COMMIT")
        except BaseException:
            self._db.rollback()
            raise
        return result

    def _read(self, session: str, read: Read) -> Page:
        rows = self._db.execute(
            "SELECT field, record FROM session_records WHERE session = ? AND field >= ? AND field < ? "
            "ORDER BY field DESC LIMIT ?",
            (session, read.low, read.high, read.limit),
        ).fetchall()
        entries = [Entry(field, record, self._writes(session, field)) for field, record in rows]
        if not read.items:
            return Page(entries, {})
        held = self._record(session, read.held) if read.held is not None else None
        needed = [blob for entry in entries for blob in (entry.record, *entry.writes.values())]
        return Page(entries, self._items(session, needed, held))

    def _items(self, session: str, blobs: list[bytes], held: bytes | None) -> dict[bytes, bytes]:
        """Give the items that records and writes need beyond those of the held record."""
        old = set(references_of(held)) if held is not None else set()
        new = {reference for blob in blobs for reference in references_of(blob)} - old
        found = self._fetch(session, {name for _, name in new})
        pages = [found[name] for kind, name in new if kind != ITEM and name in found]
        listed = {each for page in pages for each in ids_in(page[1:])}
        return found | self._fetch(session, listed - found.keys() - {name for _, name in old})

    def _fetch(self, session: str, names: Iterable[bytes]) -> dict[bytes, bytes]:
        wanted = list(names)
        found: dict[bytes, bytes] = {}
        for start in range(0, len(wanted), _MANY):
            some = wanted[start : start + _MANY]
            marks = ",".join("?" * len(some))
            query = f"SELECT id, stored FROM session_items WHERE session = ? AND id IN ({marks})"
            found.update(self._db.execute(query, (session, *some)).fetchall())
        return found

    def _record(self, session: str, field: str) -> bytes | None:
        query = "SELECT record FROM session_records WHERE session = ? AND field = ?"
        row = self._db.execute(query, (session, field)).fetchone()
        return row[0] if row else None

    def _writes(self, session: str, field: str) -> dict[bytes, bytes]:
        query = "SELECT key, value FROM session_writes WHERE session = ? AND key >= ? AND key < ?"
        rows = self._db.execute(query, (session, *_keys_of(field)))
        return dict(rows.fetchall())

    def _save(self, session: str, save: Save) -> Outcome:
        if save.guard is not None and self._record(session, save.guard) is None:
            return Outcome.GONE
        if save.expect is not None:
            namespace = save.field.partition("/")[0]
            query = "SELECT max(field) FROM session_records WHERE session = ? AND field >= ? AND field < ?"
            (head,) = self._db.execute(query, (session, f"{namespace}/", f"{namespace}0")).fetchone()
            if head is not None and head not in (save.expect, save.field):
                return Outcome.MOVED
        self._db.executemany(
            "INSERT OR IGNORE INTO session_items VALUES (?, ?, ?)",
            [(session, name, stored) for name, stored in save.items.items()],
        )
        if save.record is not None:
            self._db.execute(
                "INSERT OR REPLACE INTO session_records VALUES (?, ?, ?)", (session, save.field, save.record)
            )
        if save.run is not None:
            self._db.execute("INSERT OR IGNORE INTO session_runs VALUES (?, ?)", (session, save.run))
        for write in save.writes:
            clash = "REPLACE" if write.overwrite else "IGNORE"
            query = f"INSERT OR {clash} INTO session_writes VALUES (?, ?, ?)"
            self._db.execute(query, (session, write.key, write.value))
        return Outcome.SAVED

    def _forget(self, session: str, fields: list[str]) -> None:
        for field in fields:
            self._db.execute("DELETE FROM session_records WHERE session = ? AND field = ?", (session, field))
            self._db.execute(
                "DELETE FROM session_writes WHERE session = ? AND key >= ? AND key < ?",
                (session, *_keys_of(field)),
            )
        query = (
            "SELECT record FROM session_records WHERE session = ? "
            "UNION ALL SELECT value FROM session_writes WHERE session = ?"
        )
        blobs = [blob for (blob,) in self._db.execute(query, (session, session))]
        used = self._items(session, blobs, None)
        stored = self._db.execute("SELECT id FROM session_items WHERE session = ?", (session,)).fetchall()
        self._db.executemany(
            "DELETE FROM session_items WHERE session = ? AND id = ?",
            [(session, name) for (name,) in stored if name not in used],
        )

    def _delete(self, session: str) -> None:
        for table in _TABLES:
            self._db.execute(f"DELETE FROM {table} WHERE session = ?", (session,))


def _keys_of(field: str) -> tuple[bytes, bytes]:
    return field.encode() + b"\0", field.encode() + b"\1"


@asynccontextmanager
async def open_store(path: str) -> AsyncIterator[Store]:
    """Open a store in a SQLite file, or in memory for `:memory:`.

    Raises:
        StoreUnavailable: the file cannot be opened.
    """
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, "sqlite-store")
    try:
        try:
            connection = await loop.run_in_executor(thread, _connect, path)
        except (sqlite3.Error, OSError) as fault:
            raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
        try:
            yield SqliteStore(connection, thread)
        finally:
            await loop.run_in_executor(thread, connection.close)
    finally:
        thread.shutdown(wait=False)


def _connect(path: str) -> sqlite3.Connection:
    Path(path).parent.mkdir(parents=True, exist_ok=True)  # of ":memory:" it is this folder
    connection = sqlite3.connect(path, timeout=2, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_SCHEMA)
    return connection
