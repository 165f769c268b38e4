"""Sessions in Redis 5 or newer, Valkey, or a cluster of either: five keys a session, in one slot.

    fa:{session}:c  hash   field -> record
    fa:{session}:b  hash   id -> item in its stored form
    fa:{session}:w  hash   write's key -> write
    fa:{session}:i  zset   the fields, in their order
    fa:{session}:j  zset   the writes' keys, in their order

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
_PARTS = "cbwij"


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
        values += [*range_of(save.field.partition("/")[0]), len(save.items)]
        for pair in save.items.items():
            values += pair
        for write in save.writes:
            values += [write.key, write.value, int(write.overwrite)]
        return Outcome((await self._save(self._client, session, *values)).decode())

    async def forget(self, session: str, fields: list[str]) -> None:
        """Drop checkpoints with their writes, and the items that nothing needs any more."""
        await self._forget(self._client, session, *fields)

    async def delete(self, session: str) -> None:
        """Drop everything of a session."""
        await self._client.execute_command("UNLINK", *keys_of(session))

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
