"""Records in MongoDB: one collection, `{_id: KIND/NAME, kind, name, record}`; the record is a JSON text."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pymongo import ASCENDING, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from server.attempts import attempt
from server.clients import open_mongo
from server.shelf import Record

T = TypeVar("T")


class MongoShelf:
    """Records in one collection."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        self._records: AsyncCollection[dict[str, Any]] = database.get_collection(
            "records", write_concern=WriteConcern("majority")
        )

    async def prepare(self) -> None:
        """Make the index that the lists need."""
        await self._call(lambda: self._records.create_index([("kind", ASCENDING), ("name", ASCENDING)]))

    async def put(self, kind: str, name: str, record: Record) -> None:
        """Store a record, durably, instead of the one of its name."""
        document = {"kind": kind, "name": name, "record": json.dumps(record)}
        where = {"_id": f"{kind}/{name}"}
        await self._call(lambda: self._records.replace_one(where, document, upsert=True))

    async def get(self, kind: str, name: str) -> Record | None:
        """Give a record, or nothing when there is none."""
        found = await self._call(lambda: self._records.find_one({"_id": f"{kind}/{name}"}))
        return None if found is None else json.loads(found["record"])

    async def some(self, kind: str, names: Sequence[str]) -> dict[str, Record]:
        """Give those of the named records that there are."""
        where = {"_id": {"$in": [f"{kind}/{name}" for name in names]}}
        found = await self._call(lambda: self._records.find(where).to_list())
        return {each["name"]: json.loads(each["record"]) for each in found}

    async def all(self, kind: str) -> dict[str, Record]:
        """Give every record of a kind by its name, in the order of the names."""
        found = await self._call(lambda: self._records.find({"kind": kind}).sort("name", ASCENDING).to_list())
        return {each["name"]: json.loads(each["record"]) for each in found}

    async def remove(self, kind: str, *names: str) -> None:
        """Forget records."""
        where = {"_id": {"$in": [f"{kind}/{name}" for name in names]}}
        await self._call(lambda: self._records.delete_many(where))

    async def _call(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await attempt(operation, (PyMongoError, OSError))


@asynccontextmanager
async def open_shelf(url: str) -> AsyncIterator[MongoShelf]:
    """Open the records in the database that a URL names.

    Raises:
        StoreUnavailable: it does not answer.
    """
    async with open_mongo(url) as database:
        shelf = MongoShelf(database)
        await shelf.prepare()
        yield shelf
