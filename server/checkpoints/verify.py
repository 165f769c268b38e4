"""Reads everything that a store keeps and derives every hash again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from server.attempts import attempt
from server.checkpoints.format import ITEM, Decoder, body_of, ids_in, references_of
from server.checkpoints.names import EVERYTHING
from server.checkpoints.store import Entry, Read, Store
from server.errors import RunError

_PAGE = 64


@dataclass(frozen=True)
class Verified:
    """What was found in one session: how much was read, and in words what is damaged."""

    session: str
    thread_id: str | None
    checkpoints: int
    items: int
    damages: tuple[str, ...]


async def verify_store(store: Store) -> AsyncIterator[Verified]:
    """Verify every session of a store."""
    for session in await attempt(store.sessions, store.faults):
        yield await _Session(store, session).verify()


class _Session:
    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._serde = JsonPlusSerializer()
        self._bodies: dict[bytes, bytes | None] = {}  # of pages; of an item only that it is sound
        self._damages: dict[str, None] = {}
        self._thread: str | None = None

    async def verify(self) -> Verified:
        low, high = EVERYTHING
        count, held = 0, None
        while True:
            page = await self._read(Read(low, high, _PAGE, items=False))
            for entry in page:
                count += 1
                held = await self._verify(entry, held)
            if len(page) < _PAGE:
                break
            high = page[-1].field
        return Verified(self._name, self._thread, count, len(self._bodies), tuple(self._damages))

    async def _verify(self, entry: Entry, held: str | None) -> str | None:
        """Verify a checkpoint with its writes; give the checkpoint whose items are known from now on."""
        sound = self._decode(f"checkpoint {entry.field}", entry.record)
        for value in entry.writes.values():
            sound &= self._decode(f"a pending write of {entry.field}", value)
        if not sound:
            return held
        await self._take_items(entry, held)
        for blob in (entry.record, *entry.writes.values()):
            for kind, name in references_of(blob):
                self._require(name)
                for inner in ids_in(self._bodies.get(name) or b"") if kind != ITEM else ():
                    self._require(inner)
        return entry.field

    def _decode(self, what: str, blob: bytes) -> bool:
        try:
            body = Decoder(self._serde, blob, {}).body
        except RunError as fault:
            self._damages[f"{what}: {fault}"] = None
            return False
        except Exception as fault:  # bytes that were changed may make any decoder fail in any way
            self._damages[f"{what} cannot be read: {type(fault).__name__}"] = None
            return False
        if isinstance(thread := body.get("thread"), str):
            self._thread = self._thread or thread
        return True

    async def _take_items(self, entry: Entry, held: str | None) -> None:
        read = Read(entry.field, entry.field + "\0", 1, held=held)
        page = await attempt(lambda: self._store.read(self._name, read), self._store.faults)
        for name, stored in page.items.items():
            if name in self._bodies:
                continue
            try:
                body = body_of(name, stored)
            except RunError as fault:
                self._damages[str(fault)] = None
                self._bodies[name] = None
            else:
                self._bodies[name] = body if stored[:1] == b"\0" and len(body) <= 1024 else None

    def _require(self, name: bytes) -> None:
        if name not in self._bodies:
            self._damages[f"item {name.hex()} is missing"] = None

    async def _read(self, read: Read) -> list[Entry]:
        page = await attempt(lambda: self._store.read(self._name, read), self._store.faults)
        return page.entries
