"""The session index in MongoDB: one document a session, which holds its runs, so each change is whole.

{_id: owner/session, owner, session_id, title, created_at, last_at, runs: [{run_id, question, ...}]}
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError, PyMongoError

from graph.events import EndStatus
from server.attempts import attempt
from server.clients import open_mongo
from server.sessions.records import RunRecord, SessionRecord, is_dead, this_worker, title_of

T = TypeVar("T")
Document = dict[str, Any]

_COLLECTION = "sessions"
_SUMMARY = {"session_id": 1, "title": 1, "created_at": 1, "last_at": 1, "runs.run_id": 1}


class MongoIndex:
    """An index in one collection."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        majority = WriteConcern("majority")
        self._sessions: AsyncCollection[Document] = database.get_collection(
            _COLLECTION, write_concern=majority
        )
        self._worker = this_worker()

    async def prepare(self) -> None:
        """Make the indices that the queries need."""
        await self._call(lambda: self._sessions.create_index([("owner", ASCENDING), ("last_at", DESCENDING)]))
        await self._call(lambda: self._sessions.create_index("runs.run_id"))
        await self._call(lambda: self._sessions.create_index("runs.status"))

    async def record_question(self, run: RunRecord) -> None:
        """Store a question, durably, and its session where it is new."""
        entry = {
            "run_id": run.run_id,
            "question": run.question,
            "created_at": run.created_at,
            "status": "running",
            "worker": self._worker,
        }
        first = {
            "owner": run.owner,
            "session_id": run.session_id,
            "title": title_of(run.question),
            "created_at": run.created_at,
        }
        change = {"$setOnInsert": first, "$set": {"last_at": run.created_at}, "$push": {"runs": entry}}
        # A second try finds the run there, matches nothing and collides: then it is stored already.
        where = {"_id": _name(run.owner, run.session_id), "runs.run_id": {"$ne": run.run_id}}

        async def store() -> None:
            try:
                await self._sessions.update_one(where, change, upsert=True)
            except DuplicateKeyError:
                if await self._sessions.find_one({"_id": where["_id"], "runs.run_id": run.run_id}) is None:
                    raise

        await self._call(store)

    async def finish_run(self, run_id: str, status: EndStatus) -> None:
        """Store how a run ended."""
        await self._set(run_id, {"runs.$.status": status, "last_at": datetime.now(UTC).isoformat()})

    async def find_run(self, run_id: str) -> RunRecord | None:
        """Give a run's record, or nothing when there never was such a run."""
        found = await self._call(lambda: self._sessions.find_one({"runs.run_id": run_id}))
        return next((run for run in _runs(found) if run.run_id == run_id), None)

    async def runs_of(self, owner: str, session_id: str) -> list[RunRecord]:
        """Give the runs of a session, oldest first."""
        found = await self._call(lambda: self._sessions.find_one({"_id": _name(owner, session_id)}))
        return sorted(_runs(found), key=lambda run: run.created_at)

    async def find(self, owner: str, session_id: str) -> SessionRecord | None:
        """Give one session's record."""
        found = await self._call(lambda: self._sessions.find_one({"_id": _name(owner, session_id)}, _SUMMARY))
        return _session(found) if found is not None else None

    async def delete(self, owner: str, session_id: str) -> bool:
        """Forget a session and its questions; say whether there was one."""
        gone = await self._call(lambda: self._sessions.delete_one({"_id": _name(owner, session_id)}))
        return gone.deleted_count > 0

    async def ping(self) -> None:
        """Ask the server for a sign of life."""
        await self._call(lambda: self._sessions.database.command("ping"))

    async def mark_lost(self) -> int:
        """End the runs that a process of this machine left when it died; give their number."""
        found = await self._call(lambda: self._sessions.find({"runs.status": "running"}).to_list())
        lost = [
            run["run_id"]
            for each in found
            for run in each["runs"]
            if run["status"] == "running" and is_dead(run["worker"])
        ]
        for run_id in lost:
            await self._set(run_id, {"runs.$.status": "lost"})
        return len(lost)

    async def list(self, owner: str, limit: int = 50, before: str | None = None) -> list[SessionRecord]:
        """Give an owner's sessions, the latest first; `before` is the `last_at` of the last one seen."""
        where: Document = {"owner": owner} | ({"last_at": {"$lt": before}} if before is not None else {})
        found = await self._call(
            lambda: self._sessions.find(where, _SUMMARY).sort("last_at", DESCENDING).limit(limit).to_list()
        )
        return [_session(each) for each in found]

    async def _set(self, run_id: str, values: Document) -> None:
        await self._call(lambda: self._sessions.update_one({"runs.run_id": run_id}, {"$set": values}))

    async def _call(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await attempt(operation, (PyMongoError, OSError))


def _name(owner: str, session_id: str) -> str:
    return f"{owner}/{session_id}"  # neither holds a slash


def _session(found: Document) -> SessionRecord:
    return SessionRecord(
        found["session_id"], found["title"], found["created_at"], found["last_at"], len(found["runs"])
    )


def _runs(found: Document | None) -> list[RunRecord]:
    if found is None:
        return []
    return [
        RunRecord(
            run["run_id"],
            found["owner"],
            found["session_id"],
            run["question"],
            run["created_at"],
            run["status"],
        )
        for run in found["runs"]
    ]


@asynccontextmanager
async def open_index(url: str) -> AsyncIterator[MongoIndex]:
    """Open the index in the database that a URL names.

    Raises:
        StoreUnavailable: it does not answer.
    """
    async with open_mongo(url) as database:
        index = MongoIndex(database)
        await index.prepare()
        yield index
