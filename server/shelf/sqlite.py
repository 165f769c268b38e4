"""Records in a table of the sessions' SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiosqlite

from server.clients import SqliteFile, open_sqlite
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
        self._file = SqliteFile(connection)

    async def put(self, kind: str, name: str, record: Record) -> None:
        """Store a record, durably, instead of the one of its name."""
        await self._do("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", [(kind, name, json.dumps(record))])

    async def get(self, kind: str, name: str) -> Record | None:
        """Give a record, or nothing when there is none."""
        rows = await self._file.fetch("SELECT record FROM records WHERE kind = ? AND name = ?", (kind, name))
        return json.loads(rows[0][0]) if rows else None

    async def some(self, kind: str, names: Sequence[str]) -> dict[str, Record]:
        """Give those of the named records that there are."""
        query = "SELECT name, record FROM records WHERE kind = ? AND name IN (SELECT value FROM json_each(?))"
        rows = await self._file.fetch(query, (kind, json.dumps(list(names))))
        return {name: json.loads(record) for name, record in rows}

    async def all(self, kind: str) -> dict[str, Record]:
        """Give every record of a kind by its name, in the order of the names."""
        rows = await self._file.fetch(
            "SELECT name, record FROM records WHERE kind = ? ORDER BY name", (kind,)
        )
        return {name: json.loads(record) for name, record in rows}

    async def remove(self, kind: str, *names: str) -> None:
        """Forget records."""
        await self._do("DELETE FROM records WHERE kind = ? AND name = ?", [(kind, name) for name in names])

    async def _do(self, statement: str, rows: Sequence[tuple[str, ...]]) -> None:
        async with self._file.transaction() as db:
            await db.executemany(statement, rows)


@asynccontextmanager
async def open_shelf(path: str) -> AsyncIterator[SqliteShelf]:
    """Open the records in a SQLite file, or in memory for `:memory:`.

    Raises:
        StoreUnavailable: the file cannot be opened.
    """
    async with open_sqlite(path) as connection:
        try:
            await connection.execute(_SCHEMA)
            await connection.commit()
        except sqlite3.Error as fault:
            raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
        yield SqliteShelf(connection)
