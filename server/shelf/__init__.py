"""Small records beside the sessions, in the same store: keys, feedback, what a receipt needs of a run.

A record is a JSON object with a kind and a name. Workers share them, because they share the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from server.clients import MONGO_SCHEMES, REDIS_SCHEMES, durable_url, scheme_of, sqlite_path

__all__ = ["Record", "Shelf", "open_shelf"]

Record = dict[str, Any]


class Shelf(Protocol):
    """Records by kind and name. Every method may be called twice, and raises `StoreUnavailable`."""

    async def put(self, kind: str, name: str, record: Record) -> None:
        """Store a record, durably, instead of the one of its name."""
        ...

    async def get(self, kind: str, name: str) -> Record | None:
        """Give a record, or nothing when there is none."""
        ...

    async def some(self, kind: str, names: Sequence[str]) -> dict[str, Record]:
        """Give those of the named records that there are, by name, in one round trip."""
        ...

    async def all(self, kind: str) -> dict[str, Record]:
        """Give every record of a kind by its name, in the order of the names."""
        ...

    async def remove(self, kind: str, *names: str) -> None:
        """Forget records; names of none are no fault."""
        ...


def open_shelf(url: str) -> AbstractAsyncContextManager[Shelf]:
    """Open the records in the store that a URL names; of a pair, in the durable one.

    Raises:
        StoreUnavailable: the store does not answer.
        ValueError: the URL is of no kind that can be opened.
    """
    url = durable_url(url)
    scheme = scheme_of(url)
    if scheme in REDIS_SCHEMES:
        from server.shelf import redis

        return redis.open_shelf(url)
    if scheme in MONGO_SCHEMES:
        from server.shelf import mongo

        return mongo.open_shelf(url)
    from server.shelf import sqlite

    return sqlite.open_shelf(sqlite_path(url))
