"""The session index in MongoDB: one document a session, which holds its runs, so each change is whole.

sessions       {_id: owner/session, owner, session_id, revision, body, rank, due, busy, run_ids, runs}
session_texts  {_id: owner/session/run, place: owner/session, text}
schema         {_id: "sessions", version}
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError, PyMongoError

from server.attempts import attempt
from server.clients import open_mongo, without_secrets
from server.sessions.migrations import refuse_newer, upgraded
from server.sessions.records import Position
from server.sessions.store import SCHEMA, Change, Document, Stored, StoredRun

T = TypeVar("T")

_BODY = {"owner": 1, "session_id": 1, "revision": 1, "body": 1, "rank": 1}


class MongoIndex:
    """An index in two collections."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        majority = WriteConcern("majority")
        self._sessions: AsyncCollection[Document] = database.get_collection(
            "sessions", write_concern=majority
        )
        self._texts: AsyncCollection[Document] = database.get_collection(
            "session_texts", write_concern=majority
        )
        self._schema: AsyncCollection[Document] = database.get_collection("schema", write_concern=majority)

    async def get(self, owner: str, session_id: str) -> Stored | None:
        """Give a session."""
        found = await self._call(lambda: self._sessions.find_one({"_id": _name(owner, session_id)}, _BODY))
        return _stored(found) if found is not None else None

    async def put(self, change: Change) -> bool:
        """Change a session; the text of a run is written after it."""
        name = _name(change.owner, change.session_id)
        kept: Document = {"revision": change.revision + 1, "body": change.body}
        kept |= {"rank": change.rank, "due": change.due, "busy": change.busy}
        update: Document = {"$set": kept}
        if change.run is not None:
            kept[f"runs.{change.run['run_id']}"] = change.run
            update["$addToSet"] = {"run_ids": change.run["run_id"]}
        if not change.revision:
            update["$setOnInsert"] = {"owner": change.owner, "session_id": change.session_id}

        async def store() -> bool:
            where = {"_id": name, "revision": change.revision or None}
            try:
                done = await self._sessions.update_one(where, update, upsert=not change.revision)
            except DuplicateKeyError:
                return False
            return bool(done.matched_count or done.upserted_id)

        if not await self._call(store):
            return False
        if change.run is not None and change.text is not None:
            text = {"place": name, "text": change.text}
            where = {"_id": f"{name}/{change.run['run_id']}"}
            await self._call(lambda: self._texts.update_one(where, {"$set": text}, upsert=True))
        return True

    async def drop(self, owner: str, session_id: str) -> None:
        """Drop a session with its runs and texts."""
        name = _name(owner, session_id)
        await self._call(lambda: self._texts.delete_many({"place": name}))
        await self._call(lambda: self._sessions.delete_one({"_id": name}))

    async def runs(self, owner: str, session_id: str) -> list[Document]:
        """Give the runs of a session."""
        where = {"_id": _name(owner, session_id)}
        found = await self._call(lambda: self._sessions.find_one(where, {"runs": 1}))
        return list(found.get("runs", {}).values()) if found is not None else []

    async def run(self, run_id: str) -> StoredRun | None:
        """Give one run."""
        if not run_id.isalnum():
            return None  # a path in a document, else
        fields = {"owner": 1, "session_id": 1, f"runs.{run_id}": 1}
        found = await self._call(lambda: self._sessions.find_one({"run_ids": run_id}, fields))
        return StoredRun(found["owner"], found["session_id"], found["runs"][run_id]) if found else None

    async def page(self, owner: str, limit: int, after: Position | None) -> list[tuple[Position, Stored]]:
        """Give an owner's ranked sessions, the highest first, that stand after a position."""
        where: Document = {"owner": owner, "rank": {"$gt": 0}}
        if after is not None:
            lower = {"rank": {"$gt": 0, "$lt": after.rank}}
            equal = {"rank": after.rank, "session_id": {"$lt": after.session_id}}
            where = {"owner": owner, "$or": [lower, equal]}
        order = [("rank", DESCENDING), ("session_id", DESCENDING)]
        found = await self._call(lambda: self._sessions.find(where, _BODY).sort(order).limit(limit).to_list())
        return [(Position(each["rank"], each["session_id"]), _stored(each)) for each in found]

    async def due(self, until: int, limit: int) -> list[tuple[str, str]]:
        """Name sessions, by owner and id, that are due."""
        where = {"due": {"$gt": 0, "$lte": until}}
        found = await self._call(
            lambda: self._sessions.find(where, _BODY).sort("due", 1).limit(limit).to_list()
        )
        return [(each["owner"], each["session_id"]) for each in found]

    async def busy(self) -> list[tuple[str, str]]:
        """Name the sessions that are busy."""
        found = await self._call(lambda: self._sessions.find({"busy": True}, _BODY).to_list())
        return [(each["owner"], each["session_id"]) for each in found]

    async def matching(self, owner: str, session_ids: Sequence[str], words: str) -> dict[str, str]:
        """Give for each of the sessions that has one, a text that holds the words."""
        names = {_name(owner, name): name for name in session_ids}
        pattern = re.escape(words).replace("\0", r"\x00")
        where = {"place": {"$in": list(names)}, "text": {"$regex": pattern, "$options": "i"}}
        found = await self._call(lambda: self._texts.find(where).sort("_id", DESCENDING).to_list())
        return {names[each["place"]]: each["text"] for each in found}

    async def ping(self) -> None:
        """Ask the server for a sign of life."""
        await self._call(lambda: self._sessions.database.command("ping"))

    async def prepare(self, where: str) -> None:
        """Make the indices that the queries need, and upgrade what an older version wrote.

        Raises:
            StoreUnavailable: a newer version wrote it.
        """
        found = await self._call(lambda: self._schema.find_one({"_id": "sessions"}))
        version = int(found["version"]) if found is not None else 1
        refuse_newer(version, where)
        order = [("owner", ASCENDING), ("rank", DESCENDING), ("session_id", DESCENDING)]
        await self._call(lambda: self._sessions.create_index(order))
        for name in ("run_ids", "due", "busy"):
            await self._call(lambda name=name: self._sessions.create_index(name))  # type: ignore[misc]
        await self._call(lambda: self._texts.create_index("place"))
        if version < SCHEMA:
            await self._upgrade()
            kept = {"$set": {"version": SCHEMA}}
            await self._call(lambda: self._schema.update_one({"_id": "sessions"}, kept, upsert=True))

    async def _upgrade(self) -> None:
        """Make today's documents of those of schema 1; one that was cut short is done again."""
        async for old in self._sessions.find({"revision": None}):
            change, placed = upgraded(old["owner"], old["session_id"], old, old["runs"])
            for run in placed:
                text = {"place": old["_id"], "text": run["question"]}
                where = {"_id": f"{old['_id']}/{run['run_id']}"}
                await self._texts.update_one(where, {"$set": text}, upsert=True)
            kept = {"revision": 1, "body": change.body, "rank": change.rank, "due": None, "busy": change.busy}
            runs = {run["run_id"]: run for run in placed}
            kept |= {"runs": runs, "run_ids": list(runs)}
            gone = {"title": "", "created_at": "", "last_at": ""}
            await self._sessions.update_one({"_id": old["_id"]}, {"$set": kept, "$unset": gone})

    async def _call(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await attempt(operation, (PyMongoError, OSError))


def _name(owner: str, session_id: str) -> str:
    return f"{owner}/{session_id}"  # neither holds a slash


def _stored(found: Document) -> Stored:
    body: Any = found["body"]
    return Stored(found["owner"], found["session_id"], found["revision"], body)


@asynccontextmanager
async def open_index(url: str) -> AsyncIterator[MongoIndex]:
    """Open the index in the database that a URL names; what an older version wrote is upgraded.

    Raises:
        StoreUnavailable: it does not answer, or a newer version wrote it.
    """
    async with open_mongo(url) as database:
        index = MongoIndex(database)
        await index.prepare(without_secrets(url))
        yield index
