"""Reads and saves in one round trip each, with what this process knows to be stored left out.

The knowledge is a claim and is checked where it is used: a read names the checkpoint it came from, and a save
makes it a condition. After a deletion, an expiry or a lost server nothing is assumed and everything is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from server.attempts import DEADLINE_SECONDS, attempt
from server.checkpoints.format import Encoder, MissingItem, body_of, reachable
from server.checkpoints.held import Held, HeldItems
from server.checkpoints.names import is_final
from server.checkpoints.store import Entry, Outcome, Page, Read, Save, Store, Write
from server.errors import SessionMoved, StoreUnavailable

T = TypeVar("T")

_HELD_BYTES = 64 << 20
_PAGE_ENTRIES = 64
_THREAD_BYTES = 1 << 20  # above this, packing would hold up every other session's stream


@dataclass(frozen=True)
class Loaded:
    """A stored checkpoint with the bodies of everything it needs."""

    entry: Entry
    items: Mapping[bytes, bytes]


class Access:
    """What a checkpointer does with its store; each method raises `StoreUnavailable` when the store fails."""

    def __init__(
        self, store: Store, held_bytes: int = _HELD_BYTES, deadline: float = DEADLINE_SECONDS
    ) -> None:
        self._store = store
        self._deadline = deadline
        self._held = HeldItems(held_bytes)

    async def load(self, session: str, namespace: str, low: str, high: str, latest: bool) -> Loaded | None:
        """Give the highest checkpoint of a range; what is not held already is fetched with it."""
        for _ in range(3):
            held = self._held.get(session, namespace)
            known = held.items if held is not None else None
            read = Read(low, high, 1, held=held.field if held is not None and known is not None else None)
            page = await self._read(session, read)
            if not page.entries:
                if latest:
                    self._held.drop(session, namespace)
                return None
            entry = page.entries[0]
            items = dict(known or {}) | await _bodies(page.items)
            try:
                needed, final = _needed(entry, items)
            except MissingItem:
                # Another process replaced or deleted while we read: ask for all of it.
                self._held.drop(session, namespace)
                continue
            items = {name: items[name] for name in needed}
            if latest:
                self._held.put(session, namespace, Held(entry.field, final, items))
            return Loaded(entry, items)
        raise StoreUnavailable(f"a checkpoint of session {session} is not complete")

    async def history(
        self, session: str, low: str, high: str, limit: int | None = None, items: bool = True
    ) -> AsyncIterator[Loaded]:
        """Give the checkpoints of a range, the highest first, a page in each round trip."""
        while limit is None or limit > 0:
            size = min(_PAGE_ENTRIES, limit or _PAGE_ENTRIES)
            page = await self._read(session, Read(low, high, size, items))
            bodies = await _bodies(page.items)
            for entry in page.entries:
                yield Loaded(entry, bodies)
            if len(page.entries) < size:
                return
            high = page.entries[-1].field
            limit = None if limit is None else limit - size

    async def save(
        self,
        session: str,
        namespace: str,
        field: str,
        encoder: Encoder,
        *,
        record: bytes | None = None,
        writes: tuple[Write, ...] = (),
        expect: str | None = None,
        run: str | None = None,
    ) -> None:
        """Keep a checkpoint or writes; `expect` is the field that must be the latest, `run` who made it.

        Nothing is learned from writes: another may have been first with one, and its items then stand for
        nothing and may be swept.

        Raises:
            SessionMoved: another checkpoint is the latest; nothing was kept.
        """
        held = self._held.get(session, namespace)
        save = Save(field, {}, record, writes, None, expect, run)
        outcome = await self._save(session, save, encoder, held)
        if outcome is Outcome.GONE:
            self._held.drop(session, namespace)
            outcome = await self._save(session, save, encoder, None)
        if outcome is not Outcome.SAVED:
            self._held.drop(session, namespace)
            raise SessionMoved(f"session {session}: {field} is not the next of {expect!r}")
        if record is not None:
            self._held.put(session, namespace, Held(field, frozenset(encoder.items), encoder.items))

    async def forget(self, session: str, fields: list[str]) -> None:
        """Drop checkpoints of a session."""
        self._held.drop(session)
        await self._call(lambda: self._store.forget(session, fields))

    async def delete(self, session: str) -> None:
        """Drop a session."""
        self._held.drop(session)
        await self._call(lambda: self._store.delete(session))

    async def sessions_of(self, run: str) -> list[str]:
        """Name the sessions in which a run made checkpoints."""
        return await self._call(lambda: self._store.sessions_of(run))

    async def sessions(self) -> list[str]:
        """Name every session of the store."""
        return await self._call(self._store.sessions)

    async def _read(self, session: str, read: Read) -> Page:
        return await self._call(lambda: self._store.read(session, read))

    async def _save(self, session: str, save: Save, encoder: Encoder, held: Held | None) -> Outcome:
        known = held.ids if held is not None else frozenset[bytes]()
        new = sum(len(body) for name, body in encoder.items.items() if name not in known)
        stored = (
            encoder.stored(known) if new < _THREAD_BYTES else await asyncio.to_thread(encoder.stored, known)
        )
        guard = held.field if held is not None and len(stored) < len(encoder.items) else None
        complete = replace(save, items=stored, guard=guard)
        return await self._call(lambda: self._store.save(session, complete))

    async def _call(self, operation: Callable[[], Awaitable[T]]) -> T:
        return await attempt(operation, self._store.faults, self._deadline)


async def _bodies(stored: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    def read() -> dict[bytes, bytes]:
        return {name: body_of(name, each) for name, each in stored.items()}

    small = sum(map(len, stored.values())) < _THREAD_BYTES
    return read() if small else await asyncio.to_thread(read)


def _needed(entry: Entry, items: Mapping[bytes, bytes]) -> tuple[set[bytes], frozenset[bytes]]:
    """Give the ids that an entry needs, and those that it will need for as long as it stands."""
    final = reachable(entry.record, items)
    needed = set(final)
    for key, value in entry.writes.items():
        found = reachable(value, items)
        needed |= found
        if is_final(key):
            final |= found
    if missing := needed - items.keys():
        raise MissingItem(next(iter(missing)).hex())
    return needed, frozenset(final)
