"""Sessions in Redis 5 or newer, Valkey, or a cluster of either: six keys a session, in one slot.

    fa:{session}:c  hash   field -> record
    fa:{session}:b  hash   id -> item in its stored form
    fa:{session}:w  hash   write's key -> write
    fa:{session}:i  zset   the fields, in their order
    fa:{session}:j  zset   the writes' keys, in their order
    fa:{session}:r  set    the runs that made checkpoints
    fa:r:RUN        set    the sessions of a run; what points to none means nothing

Each operation is one script, so it is whole and takes one round trip. Only core commands are used.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import NoScriptError, RedisClusterException, RedisError

from server.checkpoints.names import range_of
from server.checkpoints.store import Entry, Outcome, Page, Read, Save, Store
from server.clients import open_redis

_PREFIX = "fa:{"
_PARTS = "cbwijr"
_RUN_PREFIX = "fa:r:"


class Script:
    """A Lua script, sent whole only to a server that does not have it yet."""

    def __init__(self, name: str) -> None:
        folder = files("server.checkpoints") / "lua"
        self._text = (folder / "references.lua").read_text() + (folder / f"{name}.lua").read_text()
        self._sha = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, client: Redis | RedisCluster, session: str, *values: str | bytes | int) -> Any:
        """Run it on the keys of a session."""
        rest = (len(_PARTS), *keys_of(session), *values)
        try:
            return await client.execute_command("EVALSHA", self._sha, *rest)
        except NoScriptError:
            return await client.execute_command("EVAL", self._text, *rest)

    async def after(
        self, first: tuple[str, ...], client: Redis | RedisCluster, session: str, *values: str | bytes | int
    ) -> Any:
        """Run it behind another command, in the same round trip where one server has both."""
        if isinstance(client, RedisCluster):
            await client.execute_command(*first)
            return await self(client, session, *values)
        async with client.pipeline(transaction=False) as both:
            both.execute_command(*first)
            both.execute_command("EVALSHA", self._sha, len(_PARTS), *keys_of(session), *values)
            _, result = await both.execute(raise_on_error=False)
        if isinstance(result, NoScriptError):
            return await self(client, session, *values)
        if isinstance(result, Exception):
            raise result
        return result


class RedisStore:
    """A store on a Redis client."""

    faults: tuple[type[Exception], ...] = (RedisError, RedisClusterException, OSError)

    def __init__(self, client: Redis | RedisCluster) -> None:
        self._client = client
        self._read, self._save, self._forget = Script("read"), Script("save"), Script("forget")

    async def read(self, session: str, read: Read) -> Page:
        """Give stored checkpoints."""
        entries, items = await self._read(
            self._client, session, read.low, read.high, read.limit, int(read.items), read.held or ""
        )
        return Page(
            [Entry(field.decode(), record, _pairs(writes)) for field, record, writes in entries],
            _pairs(items),
        )

    async def save(self, session: str, save: Save) -> Outcome:
        """Keep a checkpoint or writes."""
        values: list[str | bytes | int] = [save.field, save.record or b"", save.guard or ""]
        values += [int(save.expect is not None), save.expect or ""]
        values += [*range_of(save.field.partition("/")[0]), save.run or "", len(save.items)]
        for pair in save.items.items():
            values += pair
        for write in save.writes:
            values += [write.key, write.value, int(write.overwrite)]
        if save.run is None:
            outcome = await self._save(self._client, session, *values)
        else:
            pointer = ("SADD", _RUN_PREFIX + save.run, session)
            outcome = await self._save.after(pointer, self._client, session, *values)
        return Outcome(outcome.decode())

    async def forget(self, session: str, fields: list[str]) -> None:
        """Drop checkpoints with their writes, and the items that nothing needs any more."""
        await self._forget(self._client, session, *fields)

    async def delete(self, session: str) -> None:
        """Drop everything of a session; its own keys first, for pointers to none mean nothing."""
        keys = keys_of(session)
        runs = await self._client.execute_command("SMEMBERS", keys[-1])
        await self._client.execute_command("UNLINK", *keys)
        for run in runs:
            await self._client.execute_command("SREM", _RUN_PREFIX + run.decode(), session)

    async def sessions_of(self, run: str) -> list[str]:
        """Name the sessions in which a run made checkpoints."""
        found = await self._client.execute_command("SMEMBERS", _RUN_PREFIX + run)
        return [session.decode() for session in found]

    async def sessions(self) -> list[str]:
        """Name every session, by a scan of all keys."""
        found = [key.decode() async for key in self._client.scan_iter(match=f"{_PREFIX}*}}:i", count=1000)]
        return [key.removeprefix(_PREFIX).removesuffix("}:i") for key in found]


def keys_of(session: str) -> list[str]:
    """Name the keys of a session."""
    return [f"{_PREFIX}{session}}}:{part}" for part in _PARTS]


def _pairs(flat: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open a store on the server or cluster that a URL names.

    Raises:
        StoreUnavailable: it does not answer.
    """
    async with open_redis(url) as client:
        yield RedisStore(client)
