"""What a backend must be able to do: keep the items, records and writes of sessions.

Names are opaque to it. Only two rules of the format are known to a store: a record begins with its
references, and a page's stored form is a byte followed by ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True)
class Read:
    """Asks for the records of a half-open range of fields, the highest first, with their writes.

    With `items` comes every item that they need, except those that the record of `held` needs too: the caller
    has them. Where there is no such record, everything comes.
    """

    low: str
    high: str
    limit: int
    items: bool = True
    held: str | None = None


@dataclass(frozen=True)
class Entry:
    """One stored checkpoint: where it stands, its record, and its pending writes by their keys."""

    field: str
    record: bytes
    writes: dict[bytes, bytes]


@dataclass(frozen=True)
class Page:
    """What a read gives; items are in their stored form."""

    entries: list[Entry]
    items: dict[bytes, bytes]


@dataclass(frozen=True)
class Write:
    """One pending write; the first stands, unless it is to be overwritten."""

    key: bytes
    value: bytes
    overwrite: bool


@dataclass(frozen=True)
class Save:
    """Items and what refers to them, kept together or not at all.

    `guard` is a field whose record must exist, for the items that are left out are its. With `expect`, no
    field of the namespace may be the highest but that one and `field` itself; there may be none, for what was
    lost is then kept again. `run` names who made the checkpoint.
    """

    field: str
    items: dict[bytes, bytes]
    record: bytes | None = None
    writes: tuple[Write, ...] = ()
    guard: str | None = None
    expect: str | None = None
    run: str | None = None


class Outcome(Enum):
    """How a save went."""

    SAVED = "saved"
    GONE = "gone"  # the guard's record is not there: nothing was kept
    MOVED = "moved"  # another is the highest: nothing was kept


class Store(Protocol):
    """A backend; it raises one of `faults` when its server fails."""

    faults: tuple[type[Exception], ...]

    async def read(self, session: str, read: Read) -> Page:
        """Give stored checkpoints."""
        ...

    async def save(self, session: str, save: Save) -> Outcome:
        """Keep a checkpoint or writes."""
        ...

    async def forget(self, session: str, fields: list[str]) -> None:
        """Drop checkpoints with their writes, and the items that nothing needs any more."""
        ...

    async def delete(self, session: str) -> None:
        """Drop everything of a session."""
        ...

    async def sessions_of(self, run: str) -> list[str]:
        """Name the sessions in which a run made checkpoints; it may have made none there that are left."""
        ...

    async def sessions(self) -> list[str]:
        """Name every session; only for rare work on all of them."""
        ...
