"""Sessions in MongoDB with a hot copy in Redis: MongoDB decides, Redis holds what can never be wrong.

What changes, the records and what is the latest, is read from MongoDB alone. Items are named by their content
and never change, so those that Redis has need not be fetched from MongoDB, and none of them can be stale:
not after a flush, and not when a Redis comes back with old data. They expire when nobody has read them for a
while. A Redis that fails is left alone for some seconds; a turn never waits for it longer than a moment.

    fh:{session}    hash   id -> item in its stored form
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from server.attempts import attempt
from server.checkpoints.format import body_of
from server.checkpoints.mongo import GRACE, MongoStore
from server.checkpoints.store import Outcome, Save, Store
from server.clients import connect_redis, open_mongo
from server.errors import StoreDamaged

logger = logging.getLogger("financial_agent.checkpoints")

_EXPIRY_SECONDS = 3600
_WAIT_SECONDS = 0.5
_REST_SECONDS = 5.0
_MANY = 500
_LARGEST = 64 << 10  # what is larger comes from MongoDB: it would hold up the rest
_FAULTS = (RedisError, RedisClusterException, OSError, TimeoutError)


class HotItems:
    """Items in a Redis that may fail, forget or return with old data at any time."""

    def __init__(self, client: Redis | RedisCluster, expiry_seconds: float = _EXPIRY_SECONDS) -> None:
        self._client: Any = client  # the stubs of the two kinds of client do not agree
        self._expiry = round(expiry_seconds * 1000)
        self._resting_until = 0.0

    async def get(self, session: str, names: list[bytes]) -> dict[bytes, bytes]:
        """Give those of the items that are there and are what their names say."""
        found: dict[bytes, bytes] = {}
        try:
            async with self._trying() as may:
                for start in range(0, len(names) if may else 0, _MANY):
                    some = names[start : start + _MANY]
                    values = await self._client.execute_command("HMGET", _key(session), *some)
                    found |= {name: value for name, value in zip(some, values, strict=True) if value}
        except _FAULTS as fault:
            self._rest(fault)
        return {name: stored for name, stored in found.items() if _is_sound(name, stored)}

    async def put(self, session: str, items: dict[bytes, bytes]) -> None:
        """Keep items, and all of the session's for their time from now on."""
        pairs = [part for pair in items.items() if len(pair[1]) <= _LARGEST for part in pair]
        try:
            async with self._trying() as may:
                if may and pairs:
                    for start in range(0, len(pairs), 2 * _MANY):
                        some = pairs[start : start + 2 * _MANY]
                        await self._client.execute_command("HMSET", _key(session), *some)
                    await self._client.execute_command("PEXPIRE", _key(session), self._expiry)
        except _FAULTS as fault:
            self._rest(fault)

    async def drop(self, session: str) -> None:
        """Forget a session; where that fails its items expire."""
        try:
            async with self._trying() as may:
                if may:
                    await self._client.execute_command("UNLINK", _key(session))
        except _FAULTS as fault:
            self._rest(fault)

    @asynccontextmanager
    async def _trying(self) -> AsyncIterator[bool]:
        async with asyncio.timeout(_WAIT_SECONDS):
            yield monotonic() >= self._resting_until

    def _rest(self, fault: BaseException) -> None:
        self._resting_until = monotonic() + _REST_SECONDS
        logger.warning("the hot copy is left alone for %g s: %s", _REST_SECONDS, type(fault).__name__)


class PairStore(MongoStore):
    """A store in MongoDB whose items are read from a hot copy where that has them."""

    def __init__(
        self, database: AsyncDatabase[dict[str, Any]], hot: HotItems, grace: timedelta = GRACE
    ) -> None:
        super().__init__(database, grace)
        self._hot = hot

    async def save(self, session: str, save: Save) -> Outcome:
        """Keep a checkpoint or writes: durably, and then its items in the hot copy."""
        outcome = await super().save(session, save)
        if outcome is Outcome.SAVED:
            await self._hot.put(session, save.items)
        return outcome

    async def forget(self, session: str, fields: list[str]) -> None:
        """Drop checkpoints with their writes, and the items that nothing needs any more."""
        await super().forget(session, fields)
        await self._hot.drop(session)

    async def delete(self, session: str) -> None:
        """Drop everything of a session."""
        await super().delete(session)
        await self._hot.drop(session)

    async def _fetch(self, session: str, names: Iterable[bytes]) -> dict[bytes, bytes]:
        wanted = list(names)
        found = await self._hot.get(session, wanted) if wanted else {}
        missing = [name for name in wanted if name not in found]
        if missing:
            durable = await super()._fetch(session, missing)
            await self._hot.put(session, durable)
            found |= durable
        return found


def _key(session: str) -> str:
    return f"fh:{{{session}}}"


def _is_sound(name: bytes, stored: bytes) -> bool:
    try:
        body_of(name, stored)
    except StoreDamaged:
        return False
    return True


@asynccontextmanager
async def open_store(hot_url: str, durable_url: str) -> AsyncIterator[Store]:
    """Open a store in a MongoDB, with a hot copy in a Redis that need not be there.

    Raises:
        StoreUnavailable: the MongoDB does not answer.
    """
    async with open_mongo(durable_url) as database, connect_redis(hot_url) as client:
        store = PairStore(database, HotItems(client))
        await attempt(store.prepare, store.faults)
        yield store
