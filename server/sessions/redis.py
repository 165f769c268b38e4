"""The session index in Redis or Valkey: an owner's keys share a hash tag and change in one transaction.

fi:{owner hash}:s             zset   session id, by its last activity in microseconds
fi:{owner hash}:d:SESSION     hash   title, created_at, last_at; for each run its record and its status
fi:r:RUN                      string owner/session of a run
fi:running                    hash   run -> the worker that answers it
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from graph.events import EndStatus
from server.attempts import attempt
from server.clients import open_redis
from server.sessions.records import RunRecord, RunStatus, SessionRecord, is_dead, this_worker, title_of

T = TypeVar("T")

_RUNNING = "fi:running"
_RUN, _STATUS = "run:", "status:"


class RedisIndex:
    """An index on a Redis client; every operation may be done twice."""

    def __init__(self, client: Redis | RedisCluster) -> None:
        self._client: Any = client  # the stubs of the two kinds of client do not agree
        self._worker = this_worker()

    async def record_question(self, run: RunRecord) -> None:
        """Store a question, durably, and its session where it is new."""
        owned, session = _keys(run.owner, run.session_id)
        record = json.dumps({"question": run.question, "created_at": run.created_at})

        async def store() -> None:
            # The pointers first: without their run they mean nothing.
            await self._client.set(_pointer(run.run_id), f"{run.owner}/{run.session_id}")
            await self._client.hset(_RUNNING, run.run_id, self._worker)
            async with self._client.pipeline(transaction=True) as change:
                change.hsetnx(session, "title", title_of(run.question))
                change.hsetnx(session, "created_at", run.created_at)
                change.hset(session, "last_at", run.created_at)
                change.hset(session, _RUN + run.run_id, record)
                change.hset(session, _STATUS + run.run_id, "running")
                change.zadd(owned, {run.session_id: _micros(run.created_at)})
                await change.execute()

        await self._call(store)

    async def finish_run(self, run_id: str, status: EndStatus) -> None:
        """Store how a run ended."""
        await self._end(run_id, status)

    async def find_run(self, run_id: str) -> RunRecord | None:
        """Give a run's record, or nothing when there never was such a run."""
        place = await self._place_of(run_id)
        if place is None:
            return None
        return next((run for run in await self.runs_of(*place) if run.run_id == run_id), None)

    async def runs_of(self, owner: str, session_id: str) -> list[RunRecord]:
        """Give the runs of a session, oldest first."""
        fields = await self._fields(owner, session_id)
        runs = []
        for name, value in fields.items():
            if name.startswith(_RUN):
                run_id, record = name.removeprefix(_RUN), json.loads(value)
                status: Any = fields[_STATUS + run_id]
                runs.append(RunRecord(run_id, owner, session_id, **record, status=status))
        return sorted(runs, key=lambda run: run.created_at)

    async def find(self, owner: str, session_id: str) -> SessionRecord | None:
        """Give one session's record."""
        fields = await self._fields(owner, session_id)
        if not fields:
            return None
        turns = sum(name.startswith(_RUN) for name in fields)
        return SessionRecord(session_id, fields["title"], fields["created_at"], fields["last_at"], turns)

    async def delete(self, owner: str, session_id: str) -> bool:
        """Forget a session and its questions; say whether there was one."""
        runs = await self.runs_of(owner, session_id)
        owned, session = _keys(owner, session_id)

        async def forget() -> None:
            async with self._client.pipeline(transaction=True) as change:
                change.zrem(owned, session_id)
                change.execute_command("UNLINK", session)  # what awaits nothing in both kinds of pipeline
                await change.execute()
            for run in runs:
                await self._client.unlink(_pointer(run.run_id))
                await self._client.hdel(_RUNNING, run.run_id)

        await self._call(forget)
        return bool(runs)

    async def ping(self) -> None:
        """Ask the server for a sign of life."""
        await self._call(lambda: self._client.execute_command("PING"))

    async def mark_lost(self) -> int:
        """End the runs that a process of this machine left when it died; give their number."""
        running = await self._call(lambda: self._client.hgetall(_RUNNING))
        lost = [run_id.decode() for run_id, worker in running.items() if is_dead(worker.decode())]
        for run_id in lost:
            await self._end(run_id, "lost")
        return len(lost)

    async def list(self, owner: str, limit: int = 50, before: str | None = None) -> list[SessionRecord]:
        """Give an owner's sessions, the latest first; `before` is the `last_at` of the last one seen."""
        owned, _ = _keys(owner, "")
        highest = "+inf" if before is None else f"({_micros(before)}"
        names = await self._call(
            lambda: self._client.zrevrangebyscore(owned, highest, "-inf", start=0, num=limit)
        )
        found = [await self.find(owner, name.decode()) for name in names]
        return [each for each in found if each is not None]

    async def _end(self, run_id: str, status: RunStatus) -> None:
        place = await self._place_of(run_id)
        if place is None:
            return
        owned, session = _keys(*place)
        now = datetime.now(UTC).isoformat()

        async def store() -> None:
            async with self._client.pipeline(transaction=True) as change:
                change.hset(session, _STATUS + run_id, status)
                if status != "lost":
                    change.hset(session, "last_at", now)
                    change.zadd(owned, {place[1]: _micros(now)})
                await change.execute()
            await self._client.hdel(_RUNNING, run_id)

        await self._call(store)

    async def _place_of(self, run_id: str) -> tuple[str, str] | None:
        found = await self._call(lambda: self._client.get(_pointer(run_id)))
        if found is None:
            return None
        owner, _, session_id = found.decode().rpartition("/")
        return owner, session_id

    async def _fields(self, owner: str, session_id: str) -> dict[str, str]:
        _, session = _keys(owner, session_id)
        found = await self._call(lambda: self._client.hgetall(session))
        return {name.decode(): value.decode() for name, value in found.items()}

    async def _call(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await attempt(operation, (RedisError, RedisClusterException, OSError))


def _keys(owner: str, session_id: str) -> tuple[str, str]:
    digest = hashlib.blake2b(owner.encode(), digest_size=12).digest()
    tag = f"fi:{{{base64.urlsafe_b64encode(digest).decode()}}}"
    return f"{tag}:s", f"{tag}:d:{session_id}"


def _pointer(run_id: str) -> str:
    return f"fi:r:{run_id}"


def _micros(moment: str) -> int:
    # Below 2**53, so that a score holds it exactly.
    return round(datetime.fromisoformat(moment).timestamp() * 1_000_000)


@asynccontextmanager
async def open_index(url: str) -> AsyncIterator[RedisIndex]:
    """Open the index on the server or cluster that a URL names.

    Raises:
        StoreUnavailable: it does not answer.
    """
    async with open_redis(url) as client:
        yield RedisIndex(client)
