"""Checkpointers: where the graph's state of every session is kept.

One core, and a small store for each kind of server: `names` and `format` say what is kept under which name,
`access` what goes over the wire, `saver` is what LangGraph sees, `sqlite` (and others beside it) keep it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from server.attempts import DEADLINE_SECONDS
from server.checkpoints.access import Access
from server.checkpoints.saver import Checkpointer
from server.checkpoints.store import Store
from server.clients import MONGO_SCHEMES, REDIS_SCHEMES, pair_of, scheme_of, sqlite_path


@asynccontextmanager
async def open_checkpointer(
    url: str, tenant: str = "", deadline: float = DEADLINE_SECONDS
) -> AsyncIterator[Checkpointer]:
    """Open the checkpointer that a URL names; no call on it takes longer than `deadline` seconds.

    `sqlite:///path`, `memory:`, `redis://`, `rediss://`, `redis+cluster://`, `mongodb://`, `mongodb+srv://`,
    or a pair: `redis://HOST mongodb://HOST/DATABASE`.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    async with open_store(url) as store:
        yield Checkpointer(Access(store, deadline=deadline), tenant)


@contextmanager
def open_blocking_checkpointer(url: str, tenant: str = "") -> Iterator[Checkpointer]:
    """Open a checkpointer for code without an event loop; a thread of its own runs one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="checkpointer", daemon=True)
    thread.start()
    opened = open_checkpointer(url, tenant)
    try:
        checkpointer = asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result()
        try:
            yield checkpointer
        finally:
            asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def open_store(url: str) -> AbstractAsyncContextManager[Store]:
    """Open the store that a URL names, without a checkpointer on it."""
    # A driver is imported only where its URL is used: each costs up to a fifth of a second.
    if (pair := pair_of(url)) is not None:
        from server.checkpoints import pair as paired

        return paired.open_store(*pair)
    scheme = scheme_of(url)
    if scheme in REDIS_SCHEMES:
        from server.checkpoints import redis

        return redis.open_store(url)
    if scheme in MONGO_SCHEMES:
        from server.checkpoints import mongo

        return mongo.open_store(url)
    from server.checkpoints import sqlite

    return sqlite.open_store(sqlite_path(url))
