"""Sessions in MongoDB 4.4 or newer, and what speaks its protocol: one collection, no transaction.

    session/b/<id>      {d: item in its stored form, t: when it was sent last}
    session/c/<field>   {r: record, w: {<key>: write}, n: the checkpoint that followed it, run: who made it}
    session/a/<N>       {n: the first checkpoint of a namespace}

Every access but that by run is a range or a list of `_id`s, which needs no index. A save is one ordered batch
that stops at the first refusal: what a checkpoint depends on, its items, its claim to be the next, and the
checkpoint last. So no reader finds a checkpoint without its items.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import DESCENDING, UpdateOne, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, PyMongoError

from server.attempts import attempt
from server.checkpoints.format import ITEM, ids_in, references_of
from server.checkpoints.names import range_of
from server.checkpoints.store import Entry, Outcome, Page, Read, Save, Store
from server.clients import open_mongo

Document = dict[str, Any]

_COLLECTION = "checkpoints"
_BATCH = 10_000  # documents in a reply; the server's own limit of 16 MB comes first
GRACE = timedelta(hours=1)  # longer than any save takes from its items to its checkpoint
_IMMUTABLE, _DUPLICATE = 66, 11000
_REFUSE = {"$setOnInsert": {"_id": "!"}}  # fails where it would insert: an update that must match


class MongoStore:
    """A store in one collection; items that nothing needs are swept after `grace`."""

    faults: tuple[type[Exception], ...] = (PyMongoError, OSError)

    def __init__(self, database: AsyncDatabase[Document], grace: timedelta = GRACE) -> None:
        majority = WriteConcern("majority")
        self._documents: AsyncCollection[Document] = database.get_collection(
            _COLLECTION, write_concern=majority
        )
        self._grace = grace

    async def read(self, session: str, read: Read) -> Page:
        """Give stored checkpoints; a trip more for items that are new, and one for those in new pages."""
        between = {"$gte": f"{session}/c/{read.low}", "$lt": f"{session}/c/{read.high}"}
        found = self._documents.find({"_id": between, "r": {"$exists": True}}, batch_size=_BATCH)
        documents = await found.sort("_id", DESCENDING).limit(read.limit).to_list()
        entries = [
            Entry(
                each["_id"][len(session) + 3 :], each["r"], {_key(k): v for k, v in each.get("w", {}).items()}
            )
            for each in documents
        ]
        if not read.items:
            return Page(entries, {})
        blobs = [blob for entry in entries for blob in (entry.record, *entry.writes.values())]
        return Page(entries, await self._items(session, blobs, await self._held(session, read.held, entries)))

    async def save(self, session: str, save: Save) -> Outcome:
        """Keep a checkpoint or writes."""
        outcome = await self._write(session, save, save.expect)
        if outcome is Outcome.MOVED:
            # A claim whose checkpoint never came, of a server that died between the two, is void.
            head = await self._head(session, save.field.partition("/")[0])
            if head in (None, save.expect, save.field):
                return await self._write(session, save, None)
        return outcome

    async def forget(self, session: str, fields: list[str]) -> None:
        """Drop checkpoints with their writes, and the items that nothing needs any more."""
        await self._documents.delete_many({"_id": {"$in": [f"{session}/c/{field}" for field in fields]}})
        rest = self._documents.find({"_id": _range(f"{session}/c/")}, batch_size=_BATCH)
        blobs = [blob async for each in rest for blob in (each.get("r"), *each.get("w", {}).values()) if blob]
        kinds = {name: kind for blob in blobs for kind, name in references_of(blob)}
        pages = await self._fetch(session, (name for name, kind in kinds.items() if kind != ITEM))
        used = kinds.keys() | {name for page in pages.values() for name in ids_in(page[1:])}
        stored = self._documents.find({"_id": _range(f"{session}/b/")}, {"_id": 1}, batch_size=_BATCH)
        unused = [each["_id"] async for each in stored if _key(each["_id"].rpartition("/")[2]) not in used]
        # A save that goes on has sent its items again, and thereby made them young.
        before = datetime.now(UTC) - self._grace
        await self._documents.delete_many({"_id": {"$in": unused}, "t": {"$lt": before}})

    async def delete(self, session: str) -> None:
        """Drop everything of a session."""
        await self._documents.delete_many({"_id": _range(f"{session}/")})

    async def sessions_of(self, run: str) -> list[str]:
        """Name the sessions in which a run made checkpoints."""
        found = self._documents.find({"run": run}, {"_id": 1}, batch_size=_BATCH)
        return sorted({each["_id"].partition("/")[0] async for each in found})

    async def prepare(self) -> None:
        """Make the index of runs."""
        await self._documents.create_index("run", sparse=True)

    async def sessions(self) -> list[str]:
        """Name every session, by a read of all checkpoints' names."""
        found = self._documents.find({"r": {"$exists": True}}, {"_id": 1}, batch_size=_BATCH)
        return sorted({each["_id"].partition("/")[0] async for each in found})

    async def _write(self, session: str, save: Save, expect: str | None) -> Outcome:
        batch: list[UpdateOne] = []
        if save.guard is not None:
            guarded = {"_id": f"{session}/c/{save.guard}", "r": {"$exists": True}}
            batch.append(UpdateOne(guarded, _REFUSE, upsert=True))
        now = datetime.now(UTC)
        for name, stored in save.items.items():
            change = {"$setOnInsert": {"d": stored}, "$set": {"t": now}}
            batch.append(UpdateOne({"_id": f"{session}/b/{_text(name)}"}, change, upsert=True))
        claim = len(batch) if expect is not None else None
        if expect is not None:
            batch.append(_claim(session, save.field, expect))
        if save.record is not None:
            kept: Document = {"r": save.record} | ({"run": save.run} if save.run is not None else {})
            batch.append(UpdateOne({"_id": f"{session}/c/{save.field}"}, {"$set": kept}, upsert=True))
        if save.writes:
            batch.append(_pending(session, save))
        try:
            await self._documents.bulk_write(batch)
        except BulkWriteError as fault:
            error = fault.details["writeErrors"][0] if fault.details["writeErrors"] else {}
            if error.get("index") == 0 and save.guard is not None and error["code"] == _IMMUTABLE:
                return Outcome.GONE
            if (
                claim is not None
                and error.get("index") == claim
                and error["code"] in (_IMMUTABLE, _DUPLICATE)
            ):
                return Outcome.MOVED
            raise
        return Outcome.SAVED

    async def _head(self, session: str, namespace: str) -> str | None:
        low, high = range_of(namespace)
        page = await self.read(session, Read(low, high, 1, items=False))
        return page.entries[0].field if page.entries else None

    async def _held(self, session: str, field: str | None, entries: list[Entry]) -> bytes | None:
        for entry in entries:
            if entry.field == field:
                return entry.record
        if field is None or not entries:
            return None
        found = await self._documents.find_one({"_id": f"{session}/c/{field}"}, {"r": 1})
        return found.get("r") if found else None

    async def _items(self, session: str, blobs: list[bytes], held: bytes | None) -> dict[bytes, bytes]:
        """Give the items that records and writes need beyond those of the held record."""
        old = {name for _, name in references_of(held)} if held is not None else set()
        new = {name: kind for blob in blobs for kind, name in references_of(blob) if name not in old}
        found = await self._fetch(session, new)
        pages = [found[name] for name, kind in new.items() if kind != ITEM and name in found]
        listed = {each for page in pages for each in ids_in(page[1:])}
        return found | await self._fetch(session, listed - found.keys() - old)

    async def _fetch(self, session: str, names: Iterable[bytes]) -> dict[bytes, bytes]:
        wanted = [f"{session}/b/{_text(name)}" for name in names]
        if not wanted:
            return {}
        found = self._documents.find({"_id": {"$in": wanted}}, {"d": 1}, batch_size=_BATCH)
        return {_key(each["_id"].rpartition("/")[2]): each["d"] async for each in found}


def _claim(session: str, field: str, expect: str) -> UpdateOne:
    """Make an update that fails unless nothing, or this checkpoint, has followed the expected one."""
    free = {"$in": [None, field]}
    if expect:
        return UpdateOne(
            {"_id": f"{session}/c/{expect}", "n": free}, {"$set": {"n": field}} | _REFUSE, upsert=True
        )
    namespace = field.partition("/")[0]
    return UpdateOne({"_id": f"{session}/a/{namespace}", "n": free}, {"$set": {"n": field}}, upsert=True)


def _pending(session: str, save: Save) -> UpdateOne:
    kept: Document = {}
    for write in save.writes:
        path = f"w.{_text(write.key)}"
        kept[path] = write.value if write.overwrite else {"$ifNull": [f"${path}", write.value]}
    return UpdateOne({"_id": f"{session}/c/{save.field}"}, [{"$set": kept}], upsert=True)


def _range(prefix: str) -> Document:
    return {"$gte": prefix, "$lt": prefix[:-1] + "0"}  # "0" is the character after "/"


def _text(name: bytes) -> str:
    return base64.urlsafe_b64encode(name).decode()


def _key(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open a store in the database that a URL names.

    Raises:
        StoreUnavailable: it does not answer.
    """
    async with open_mongo(url) as database:
        store = MongoStore(database)
        await attempt(store.prepare, store.faults)
        yield store
