"""Records in Redis or Valkey: a hash for each kind, `fs:KIND`, by name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from server.attempts import attempt
from server.clients import open_redis
from server.shelf import Record

T = TypeVar("T")


class RedisShelf:
    """Records on a Redis client."""

    def __init__(self, client: Redis | RedisCluster) -> None:
        self._client: Any = client  # the stubs of the two kinds of client do not agree

    async def put(self, kind: str, name: str, record: Record) -> None:
        """Store a record, durably, instead of the one of its name."""
        await self._call(lambda: self._client.hset(_key(kind), name, json.dumps(record)))

    async def get(self, kind: str, name: str) -> Record | None:
        """Give a record, or nothing when there is none."""
        found = await self._call(lambda: self._client.hget(_key(kind), name))
        return None if found is None else json.loads(found)

    async def some(self, kind: str, names: Sequence[str]) -> dict[str, Record]:
        """Give those of the named records that there are."""
        if not names:
            return {}
        found: list[bytes | None] = await self._call(lambda: self._client.hmget(_key(kind), list(names)))
        return {name: json.loads(each) for name, each in zip(names, found, strict=True) if each is not None}

    async def all(self, kind: str) -> dict[str, Record]:
        """Give every record of a kind by its name, in the order of the names."""
        found: dict[bytes, bytes] = await self._call(lambda: self._client.hgetall(_key(kind)))
        return {name.decode(): json.loads(found[name]) for name in sorted(found)}

    async def remove(self, kind: str, *names: str) -> None:
        """Forget records."""
        if names:
            await self._call(lambda: self._client.hdel(_key(kind), *names))

    async def _call(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await attempt(operation, (RedisError, RedisClusterException, OSError))


def _key(kind: str) -> str:
    return f"fs:{kind}"


@asynccontextmanager
async def open_shelf(url: str) -> AsyncIterator[RedisShelf]:
    """Open the records on the server or cluster that a URL names.

    Raises:
        StoreUnavailable: it does not answer.
    """
    async with open_redis(url) as client:
        yield RedisShelf(client)
