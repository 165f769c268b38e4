"""The session index in Redis or Valkey: an owner's keys share a hash tag and change in one step.

fi:{owner hash}:o             zset   session id, by its rank
fi:{owner hash}:m:SESSION     hash   revision, body, and each run under run:ID
fi:{owner hash}:t:SESSION     hash   run -> what a search finds of it
fi:r:RUN                      string owner/session of a run
fi:busy, fi:due               zsets  owner/session; a session's own document decides
fi:schema                     string the version of this form
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, TypeVar

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import NoScriptError, RedisClusterException, RedisError

from server.attempts import attempt
from server.clients import open_redis, without_secrets
from server.sessions.migrations import refuse_newer, upgraded
from server.sessions.records import Position
from server.sessions.store import SCHEMA, Change, Document, Stored, StoredRun

T = TypeVar("T")

_SCHEMA_KEY, _BUSY, _DUE = "fi:schema", "fi:busy", "fi:due"
_RUN = "run:"
_SEARCHED = 10  # sessions whose texts one script reads: a script holds up every other client


class Script:
    """A Lua script, sent whole only to a server that does not have it yet."""

    def __init__(self, name: str) -> None:
        self._text = (files("server.sessions") / "lua" / f"{name}.lua").read_text()
        self._sha = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, client: Any, keys: Sequence[str], *values: str | int) -> Any:
        """Run it on keys of one owner."""
        rest = (len(keys), *keys, *values)
        try:
            return await client.execute_command("EVALSHA", self._sha, *rest)
        except NoScriptError:
            return await client.execute_command("EVAL", self._text, *rest)


class RedisIndex:
    """An index on a Redis client."""

    def __init__(self, client: Redis | RedisCluster) -> None:
        self._client: Any = client  # the stubs of the two kinds of client do not agree
        self._put, self._page, self._matching = Script("put"), Script("page"), Script("matching")

    async def get(self, owner: str, session_id: str) -> Stored | None:
        """Give a session."""
        key = keys_of(owner, session_id)[0]
        revision, body = await self._call(lambda: self._client.hmget(key, "revision", "body"))
        return Stored(owner, session_id, int(revision), json.loads(body)) if revision else None

    async def put(self, change: Change) -> bool:
        """Change a session; what points to it is written first, and means nothing without it."""
        place = f"{change.owner}/{change.session_id}"
        run_id = change.run["run_id"] if change.run is not None else ""

        async def store() -> bool:
            if run_id:
                await self._client.set(_pointer(run_id), place)
            if change.busy:
                await self._client.zadd(_BUSY, {place: 0})
            if change.due is not None:
                await self._client.zadd(_DUE, {place: change.due})
            taken = await self._put(
                self._client,
                keys_of(change.owner, change.session_id),
                change.session_id,
                change.revision,
                json.dumps(change.body),
                change.rank if change.rank is not None else "",
                run_id,
                json.dumps(change.run) if change.run is not None else "",
                change.text or "",
            )
            if taken and not change.busy:
                await self._client.zrem(_BUSY, place)
            if taken and change.due is None:
                await self._client.zrem(_DUE, place)
            return bool(taken)

        return await self._call(store)

    async def drop(self, owner: str, session_id: str) -> None:
        """Drop a session with its runs and texts."""
        session, texts, order = keys_of(owner, session_id)
        place = f"{owner}/{session_id}"

        async def forget() -> None:
            names = [name.decode() for name in await self._client.hkeys(session)]
            for name in names:
                if name.startswith(_RUN):
                    await self._client.unlink(_pointer(name.removeprefix(_RUN)))
            async with self._client.pipeline(transaction=True) as change:
                change.zrem(order, session_id)
                change.execute_command("UNLINK", session, texts)
                await change.execute()
            await self._client.zrem(_BUSY, place)
            await self._client.zrem(_DUE, place)

        await self._call(forget)

    async def runs(self, owner: str, session_id: str) -> list[Document]:
        """Give the runs of a session."""
        key = keys_of(owner, session_id)[0]
        found = await self._call(lambda: self._client.hgetall(key))
        return [json.loads(value) for name, value in found.items() if name.startswith(_RUN.encode())]

    async def run(self, run_id: str) -> StoredRun | None:
        """Give one run."""
        place = await self._call(lambda: self._client.get(_pointer(run_id)))
        if place is None:
            return None
        owner, session_id = _place(place)
        key = keys_of(owner, session_id)[0]
        body = await self._call(lambda: self._client.hget(key, _RUN + run_id))
        return StoredRun(owner, session_id, json.loads(body)) if body is not None else None

    async def page(self, owner: str, limit: int, after: Position | None) -> list[tuple[Position, Stored]]:
        """Give an owner's ranked sessions, the highest first, that stand after a position."""
        order = keys_of(owner, "")[2]
        place = (after.rank, after.session_id) if after is not None else ("", "")
        flat = await self._call(lambda: self._page(self._client, [order], limit, *place))
        places = [
            Position(int(rank), name.decode()) for name, rank in zip(flat[::2], flat[1::2], strict=True)
        ]

        async def bodies() -> list[list[bytes | None]]:
            async with self._client.pipeline(transaction=False) as read:
                for each in places:
                    read.hmget(keys_of(owner, each.session_id)[0], "revision", "body")
                found: list[list[bytes | None]] = await read.execute()
                return found

        rows = await self._call(bodies) if places else []
        return [
            (each, Stored(owner, each.session_id, int(revision), json.loads(body)))
            for each, (revision, body) in zip(places, rows, strict=True)
            if revision is not None and body is not None
        ]

    async def due(self, until: int, limit: int) -> list[tuple[str, str]]:
        """Name sessions, by owner and id, that are due."""
        found = await self._call(lambda: self._client.zrangebyscore(_DUE, "-inf", until, start=0, num=limit))
        return [_place(each) for each in found]

    async def busy(self) -> list[tuple[str, str]]:
        """Name the sessions that are busy."""
        return [_place(each) for each in await self._call(lambda: self._client.zrange(_BUSY, 0, -1))]

    async def matching(self, owner: str, session_ids: Sequence[str], words: str) -> dict[str, str]:
        """Give for each of the sessions that has one, a text that holds the words."""
        found: dict[str, str] = {}
        for start in range(0, len(session_ids), _SEARCHED):
            some = session_ids[start : start + _SEARCHED]
            keys = [keys_of(owner, name)[1] for name in some]
            texts = await self._call(lambda keys=keys: self._matching(self._client, keys, words))  # type: ignore[misc]
            found |= {name: text.decode() for name, text in zip(some, texts, strict=True) if text}
        return found

    async def ping(self) -> None:
        """Ask the store for a sign of life."""
        await self._call(lambda: self._client.execute_command("PING"))

    async def prepare(self, where: str) -> None:
        """Upgrade what an older version wrote.

        Raises:
            StoreUnavailable: a newer version wrote it.
        """
        found = await self._call(lambda: self._client.get(_SCHEMA_KEY))
        version = int(found) if found is not None and found.isdigit() else 1
        refuse_newer(version, where)
        if version < SCHEMA:
            await self._call(self._upgrade)
            await self._call(lambda: self._client.set(_SCHEMA_KEY, SCHEMA))

    async def _call(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await attempt(operation, (RedisError, RedisClusterException, OSError))

    async def _upgrade(self) -> None:
        """Make today's keys of those of schema 1; one that was cut short is done again."""
        workers = {
            name.decode(): by.decode() for name, by in (await self._client.hgetall("fi:running")).items()
        }
        async for key in self._client.scan_iter(match="fi:{*}:d:*", count=1000):
            session_id = key.decode().partition(":d:")[2]
            fields = {
                name.decode(): text.decode() for name, text in (await self._client.hgetall(key)).items()
            }
            runs = [
                {
                    **json.loads(text),
                    "run_id": name.removeprefix(_RUN),
                    "status": fields["status:" + name.removeprefix(_RUN)],
                    "worker": workers.get(name.removeprefix(_RUN), ""),
                }
                for name, text in fields.items()
                if name.startswith(_RUN)
            ]
            place = await self._client.get(_pointer(runs[0]["run_id"])) if runs else None
            if place is not None:
                owner, _ = _place(place)
                change, placed = upgraded(owner, session_id, fields, runs)
                await self._keep_upgraded(change, placed)
            await self._client.unlink(key)
        async for key in self._client.scan_iter(match="fi:{*}:s", count=1000):
            await self._client.unlink(key)
        await self._client.unlink("fi:running")

    async def _keep_upgraded(self, change: Change, placed: list[Document]) -> None:
        session, texts, _ = keys_of(change.owner, change.session_id)
        for run in placed:
            await self._client.hset(session, _RUN + run["run_id"], json.dumps(run))
            await self._client.hset(texts, run["run_id"], run["question"])
        await self.put(change)


def keys_of(owner: str, session_id: str) -> tuple[str, str, str]:
    """Name the keys of a session: its document, its texts, and the order of its owner's sessions."""
    digest = hashlib.blake2b(owner.encode(), digest_size=12).digest()
    tag = f"fi:{{{base64.urlsafe_b64encode(digest).decode()}}}"
    return f"{tag}:m:{session_id}", f"{tag}:t:{session_id}", f"{tag}:o"


def _place(pointer: bytes) -> tuple[str, str]:
    owner, _, session_id = pointer.decode().rpartition("/")
    return owner, session_id


def _pointer(run_id: str) -> str:
    return f"fi:r:{run_id}"


@asynccontextmanager
async def open_index(url: str) -> AsyncIterator[RedisIndex]:
    """Open the index on the server or cluster that a URL names; what an older version wrote is upgraded.

    Raises:
        StoreUnavailable: it does not answer, or a newer version wrote it.
    """
    async with open_redis(url) as client:
        index = RedisIndex(client)
        await index.prepare(without_secrets(url))
        yield index
