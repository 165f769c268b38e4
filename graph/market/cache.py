"""What providers gave, kept as long as it is fresh: once in this process, and in a store where one is set.

A key is loaded once however many ask for it at the same time. What has expired is still kept for a while:
when the provider fails then, the old value is given, marked as stale, and never as if it were new.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import time
from typing import Any, Generic, Protocol, TypeVar

import orjson

from graph.errors import MarketError, NotFound

T = TypeVar("T")
log = logging.getLogger(__name__)

MAX_ENTRIES = 2048
NOT_FOUND_SECONDS = 300.0


class CacheStore(Protocol):
    """Where bytes are kept for all processes; a store that fails is passed over, never waited for twice."""

    async def get(self, key: str) -> bytes | None:
        """Give what is kept under a key."""
        ...

    async def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep bytes for some seconds."""
        ...


@dataclass(frozen=True)
class Kind(Generic[T]):
    """One kind of value: how it is written as JSON and read back, and how long an old one is still of use."""

    name: str
    dump: Callable[[T], Any]
    load: Callable[[Any], T]
    kept_seconds: float


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A value with the time it was loaded and until when it is fresh, as seconds since 1970."""

    value: T
    loaded: float
    fresh_until: float
    stale: bool = False


class Cache:
    """Values of one provider by kind and symbol."""

    def __init__(self, name: str, store: CacheStore | None = None, clock: Callable[[], float] = time) -> None:
        self._name = name
        self._store = store
        self._clock = clock
        self._entries: OrderedDict[str, Kept[Any]] = OrderedDict()
        self._absent: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Kept[Any]]] = {}

    async def get(
        self,
        kind: Kind[T],
        symbol: str,
        load: Callable[[], Awaitable[T]],
        fresh: Callable[[T], Awaitable[float]],
    ) -> Kept[T]:
        """Give a value, loading it when none is fresh; `fresh` tells until when a new one is.

        Raises:
            MarketError: it could not be loaded and no old value is left.
        """
        key = f"{kind.name}:{symbol}"
        if (entry := self._entries.get(key)) is not None and entry.fresh_until > self._clock():
            return entry
        if (absent := self._absent.get(key)) is not None and absent[0] > self._clock():
            raise NotFound(absent[1])
        task = self._loading.get(key)
        if task is None:
            task = asyncio.create_task(self._refresh(key, kind, load, fresh), name=f"market {key}")
            self._loading[key] = task
            task.add_done_callback(lambda done: self._loaded(key, done))
        return await asyncio.shield(task)

    def _loaded(self, key: str, done: asyncio.Task[Kept[Any]]) -> None:
        self._loading.pop(key, None)
        if not done.cancelled():
            done.exception()

    async def _refresh(
        self,
        key: str,
        kind: Kind[T],
        load: Callable[[], Awaitable[T]],
        fresh: Callable[[T], Awaitable[float]],
    ) -> Kept[T]:
        old = self._entries.get(key) or await self._stored(key, kind)
        if old is not None and old.fresh_until > self._clock():
            return self._remember(key, old)
        try:
            value = await load()
        except NotFound as fault:
            self._absent[key] = (self._clock() + NOT_FOUND_SECONDS, str(fault))
            _trim(self._absent)
            raise
        except MarketError as fault:
            if old is None or self._clock() - old.loaded > kind.kept_seconds:
                raise
            log.warning("%s: %s kept from before is given: %s", self._name, key, type(fault).__name__)
            return Kept(old.value, old.loaded, old.fresh_until, stale=True)
        entry = Kept(value, self._clock(), await fresh(value))
        await self._keep(key, kind, entry)
        return self._remember(key, entry)

    def _remember(self, key: str, entry: Kept[T]) -> Kept[T]:
        self._entries[key] = entry
        self._entries.move_to_end(key)
        _trim(self._entries)
        return entry

    async def _stored(self, key: str, kind: Kind[T]) -> Kept[T] | None:
        """Read the store; what cannot be read is as good as not there."""
        if self._store is None:
            return None
        try:
            found = await self._store.get(self._name_of(key))
            if found is None:
                return None
            data = await asyncio.to_thread(orjson.loads, found)
            return Kept(kind.load(data["value"]), float(data["loaded"]), float(data["fresh_until"]))
        except Exception as fault:  # a dead store or a foreign value must cost no answer
            log.warning("the market cache cannot be read: %s", type(fault).__name__)
            return None

    async def _keep(self, key: str, kind: Kind[T], entry: Kept[T]) -> None:
        if self._store is None:
            return
        data = {"value": kind.dump(entry.value), "loaded": entry.loaded, "fresh_until": entry.fresh_until}
        try:
            text = await asyncio.to_thread(orjson.dumps, data, option=orjson.OPT_SERIALIZE_NUMPY)
            await self._store.set(self._name_of(key), text, int(kind.kept_seconds) + 1)
        except Exception as fault:  # a dead store must cost no answer
            log.warning("the market cache cannot be written: %s", type(fault).__name__)

    def _name_of(self, key: str) -> str:
        """Name an entry by a hash, so that no symbol a user writes is part of a key."""
        return f"market:1:{self._name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _trim(entries: OrderedDict[str, Any]) -> None:
    while len(entries) > MAX_ENTRIES:
        entries.popitem(last=False)
