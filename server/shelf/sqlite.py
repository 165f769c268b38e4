"""Records in a table of the sessions' SQLite file."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiosqlite

from server.errors import StoreUnavailable
from server.shelf import Record

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (kind, name)
) WITHOUT ROWID
"""


class SqliteShelf:
    """Records in one SQLite file."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._db = connection
        self._using = asyncio.Lock()

    async def put(self, kind: str, name: str, record: Record) -> None:
        """Store a record, durably, instead of the one of its name."""
        await self._do("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", [(kind, name, json.dumps(record))])

    async def get(self, kind: str, name: str) -> Record | None:
        """Give a record, or nothing when there is none."""
        rows = await self._fetch("SELECT record FROM records WHERE kind = ? AND name = ?", (kind, name))
        return json.loads(rows[0][0]) if rows else None

    async def some(self, kind: str, names: Sequence[str]) -> dict[str, Record]:
        """Give those of the named records that there are."""
        query = "SELECT name, record FROM records WHERE kind = ? AND name IN (SELECT value FROM json_each(?))"
        rows = await self._fetch(query, (kind, json.dumps(list(names))))
        return {name: json.loads(record) for name, record in rows}

    async def all(self, kind: str) -> dict[str, Record]:
        """Give every record of a kind by its name, in the order of the names."""
        rows = await self._fetch("SELECT name, record FROM records WHERE kind = ? ORDER BY name", (kind,))
        return {name: json.loads(record) for name, record in rows}

    async def remove(self, kind: str, *names: str) -> None:
        """Forget records."""
        await self._do("DELETE FROM records WHERE kind = ? AND name = ?", [(kind, name) for name in names])

    async def _do(self, statement: str, rows: Sequence[tuple[str, ...]]) -> None:
        try:
            async with self._using:
                await self._db.executemany(statement, rows)
                await self._db.commit()
        except (sqlite3.Error, ValueError) as fault:
            raise StoreUnavailable(type(fault).__name__) from fault

    async def _fetch(self, query: str, values: Sequence[str]) -> list[sqlite3.Row]:
        try:
            return list(await self._db.execute_fetchall(query, values))
        except (sqlite3.Error, ValueError) as fault:
            raise StoreUnavailable(type(fault).__name__) from fault


@asynccontextmanager
async def open_shelf(path: str) -> AsyncIterator[SqliteShelf]:
    """Open the records in a SQLite file, or in memory for `:memory:`.

    Raises:
        StoreUnavailable: the file cannot be opened.
    """
    try:
        connection = await aiosqlite.connect(path, timeout=5)
    except sqlite3.Error as fault:
        raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
    try:
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = NORMAL")
            await connection.execute(_SCHEMA)
            await connection.commit()
        except sqlite3.Error as fault:
            raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
        yield SqliteShelf(connection)
    finally:
        await connection.close()
