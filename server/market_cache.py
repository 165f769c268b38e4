"""Keeps market data on Redis, so that all processes of a service ask a provider once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from server.clients import open_redis

if TYPE_CHECKING:
    from redis.asyncio import Redis, RedisCluster


class RedisCacheStore:
    """Bytes under a key for some seconds; what Redis raises is for the cache to pass over."""

    def __init__(self, client: Redis | RedisCluster) -> None:
        self._client: Any = client

    async def get(self, key: str) -> bytes | None:
        """Give what is kept under a key."""
        found: bytes | None = await self._client.get(key)
        return found

    async def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep bytes for some seconds."""
        await self._client.set(key, value, ex=seconds)


@asynccontextmanager
async def open_market_cache(url: str | None) -> AsyncIterator[RedisCacheStore | None]:
    """Open the store that a URL names; nothing without one.

    Raises:
        StoreUnavailable: nothing answers there in a few seconds.
        ValueError: the URL cannot be read.
    """
    if url is None:
        yield None
        return
    async with open_redis(url) as client:
        yield RedisCacheStore(client)
