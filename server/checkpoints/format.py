"""The stored form of a checkpoint: items named by their content, pages of items, and a record of references.

An *item* is a value, or a run of a list's values of about a kilobyte; a list that has grown therefore shares
every item but its last with the list before. 32 items in a row make a *page* (their ids), so that a long list
costs few references; a value of more than 4 MB is cut into parts under a page of its own. Small values stand
in the record itself.

    record  = format u8 | count u32 | count x (kind u8, id 16 bytes) | packed body | checksum 8 bytes
    item    = packed (type length u8 | type | length u64 | bytes)+
    page    = 0 u8 | ids
    packed  = 0 u8 | bytes, or 1 u8 | deflated bytes

References stand in front, so that a store can follow them without reading a body. Whatever is read is held
against its name or checksum; a record of the older format 1 has no checksum.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol

from langgraph.checkpoint.serde.types import _DeltaSnapshot

from server.errors import StoreDamaged, StoreUnavailable

FORMAT = 2
READABLE = (1, 2)
ID_SIZE = 16
REF_SIZE = 1 + ID_SIZE
HEADER_SIZE = 5
CHECK_SIZE = 8

ITEM, PAGE, PARTS = 0, 1, 2  # kinds of reference; the last two name a list of ids
SINGLE, LIST, DELTA = 0, 1, 2  # shapes of a value

_INLINE_BYTES = 96
_ITEM_BYTES = 1024
_PAGE_ITEMS = 32
_PART_BYTES = 4 << 20
_COMPRESS_BYTES = 1024
_REMEMBERED_BYTES = 4096
_PERSONS = (b"item", b"page", b"part")

Slot = list[Any]  # [channel, shape, bytes that stand here or the number of references]
Reference = tuple[int, bytes]


class Serializer(Protocol):
    """What turns a value into bytes and back."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]: ...  # noqa: D102
    def loads_typed(self, data: tuple[str, bytes]) -> Any: ...  # noqa: D102


class MissingItem(Exception):
    """A record refers to an item that is not at hand."""


class Encoder:
    """Cuts values into items; `items` are their bodies, not yet packed."""

    def __init__(self, serde: Serializer) -> None:
        self._serde = serde
        self.items: dict[bytes, bytes] = {}
        self._pages: set[bytes] = set()
        self._references: list[Reference] = []

    def add(self, channel: str, value: Any) -> Slot:
        """Take in a channel's value and say where it stands."""
        shape, values = _shape(value)
        bodies = [_typed(self._serde, each) for each in values]
        if sum(map(len, bodies)) <= _INLINE_BYTES:
            return [channel, shape, b"".join(bodies)]
        before = len(self._references)
        self._references += self._paged(self._cut(bodies))
        return [channel, shape, len(self._references) - before]

    @classmethod
    def of(cls, serde: Serializer, record: bytes, items: Mapping[bytes, bytes]) -> Encoder:
        """Take over what a record refers to."""
        encoder = cls(serde)
        encoder._references = references_of(record)
        encoder._pages = {name for kind, name in encoder._references if kind != ITEM}
        encoder.items = {name: items[name] for name in reachable(record, items)}
        return encoder

    def take(self, other: Encoder) -> None:
        """Take in another's items, but not its references."""
        self.items |= other.items
        self._pages |= other._pages

    def record(self, body: Mapping[str, Any]) -> bytes:
        """Make the record that refers to everything added."""
        references = b"".join(bytes((kind,)) + name for kind, name in self._references)
        head = bytes((FORMAT,)) + len(self._references).to_bytes(4, "big")
        return sealed(head + references + pack(_typed(self._serde, dict(body))))

    def stored(self, known: Collection[bytes]) -> dict[bytes, bytes]:
        """Give the stored form of the items whose ids are not known."""
        return {
            name: b"\0" + body if name in self._pages else pack(body)
            for name, body in self.items.items()
            if name not in known
        }

    def _cut(self, bodies: list[bytes]) -> Iterator[Reference]:
        run: list[bytes] = []
        size = 0
        for body in bodies:
            if len(body) > _PART_BYTES:
                if run:
                    yield ITEM, self._keep(ITEM, b"".join(run))
                    run, size = [], 0
                starts = range(0, len(body), _PART_BYTES)
                parts = [self._keep(PARTS, body[start : start + _PART_BYTES]) for start in starts]
                yield PARTS, self._keep(PAGE, b"".join(parts))
                continue
            run.append(body)
            size += len(body)
            if size >= _ITEM_BYTES:
                yield ITEM, self._keep(ITEM, b"".join(run))
                run, size = [], 0
        if run:
            yield ITEM, self._keep(ITEM, b"".join(run))

    def _paged(self, references: Iterator[Reference]) -> Iterator[Reference]:
        run: list[Reference] = []
        for reference in references:
            if reference[0] != ITEM:
                yield from run
                run = []
                yield reference
                continue
            run.append(reference)
            if len(run) == _PAGE_ITEMS:
                yield PAGE, self._keep(PAGE, b"".join(name for _, name in run))
                run = []
        yield from run

    def _keep(self, kind: int, body: bytes) -> bytes:
        # A page's name never equals an item's, so a store can tell by the reference how to read it.
        name = _name(kind, body)
        self.items[name] = body
        if kind == PAGE:
            self._pages.add(name)
        return name


def pack(body: bytes) -> bytes:
    """Give the stored form of a body: deflated where that is shorter."""
    if len(body) <= _COMPRESS_BYTES:
        return b"\0" + body
    return _pack_small(body) if len(body) <= _REMEMBERED_BYTES else _deflate(body)


def _deflate(body: bytes) -> bytes:
    deflated = zlib.compress(body, 1)
    return b"\1" + deflated if len(deflated) < len(body) else b"\0" + body


# The facts of a symbol are the same in every session that asks for it.
_pack_small = lru_cache(maxsize=2048)(_deflate)


def unpack(stored: bytes) -> bytes:
    """Give the body of a stored form."""
    return zlib.decompress(stored[1:]) if stored[:1] == b"\1" else stored[1:]


def body_of(name: bytes, stored: bytes) -> bytes:
    """Give the body of an item or page whose stored form was read under a name.

    Raises:
        StoreDamaged: it is not what was stored under it.
    """
    try:
        body = unpack(stored)
    except zlib.error as fault:
        raise StoreDamaged(f"item {name.hex()} cannot be read") from fault
    likely = (PARTS, ITEM, PAGE) if len(body) > 1 << 20 else (ITEM, PAGE, PARTS)
    if not any(_name(kind, body) == name for kind in likely):
        raise StoreDamaged(f"item {name.hex()} is not what its name says")
    return body


def sealed(record: bytes) -> bytes:
    """Give a record with its checksum."""
    return record + _checksum(record)


def references_of(record: bytes) -> list[Reference]:
    """Give what a record refers to.

    Raises:
        StoreUnavailable: a newer version wrote the record.
        StoreDamaged: it is shorter than it says.
    """
    if not record or record[0] not in READABLE:
        raise StoreUnavailable(
            f"a record is of format {record[0] if record else 'none'}, this version reads up to {FORMAT}: "
            "upgrade financial-agent or choose another store_url"
        )
    end = HEADER_SIZE + REF_SIZE * int.from_bytes(record[1:HEADER_SIZE], "big")
    if end > len(record):
        raise StoreDamaged("a record is cut")
    starts = range(HEADER_SIZE, end, REF_SIZE)
    return [(record[start], record[start + 1 : start + REF_SIZE]) for start in starts]


def ids_in(page: bytes) -> list[bytes]:
    """Give the ids in a page's body."""
    return [page[start : start + ID_SIZE] for start in range(0, len(page), ID_SIZE)]


def reachable(record: bytes, items: Mapping[bytes, bytes]) -> set[bytes]:
    """Give the ids of everything that a record needs.

    Raises:
        MissingItem: a page is not among the items.
    """
    found: set[bytes] = set()
    for kind, name in references_of(record):
        found.add(name)
        if kind != ITEM:
            if name not in items:
                raise MissingItem(name.hex())
            found.update(ids_in(items[name]))
    return found


class Decoder:
    """Reads a record: its body, and then once the values of its slots.

    Raises:
        StoreDamaged: the record is not as it was written.
    """

    def __init__(self, serde: Serializer, record: bytes, items: Mapping[bytes, bytes]) -> None:
        self._serde = serde
        self._items = items
        references = references_of(record)
        self._references = iter(references)
        end = len(record)
        if record[0] != 1:
            end -= CHECK_SIZE
            if record[end:] != _checksum(record[:end]):
                raise StoreDamaged("a record is not what its checksum says")
        self.body: dict[str, Any] = _values(
            serde, unpack(record[HEADER_SIZE + REF_SIZE * len(references) : end])
        )[0]

    def values(self, slots: list[Slot], channels: Collection[str] | None = None) -> dict[str, Any]:
        """Give the values of a record's slots by channel, or only those of some channels.

        Raises:
            MissingItem: an item is not at hand.
        """
        found = {}
        for channel, shape, place in slots:
            wanted = channels is None or channel in channels
            if isinstance(place, bytes):
                bodies = [place]
            else:
                references = list(islice(self._references, place))
                bodies = [body for each in references for body in self._bodies(each)] if wanted else []
            if wanted:
                values = [value for body in bodies for value in _values(self._serde, body)]
                found[channel] = _shaped(shape, values)
        return found

    def _bodies(self, reference: Reference) -> list[bytes]:
        kind, name = reference
        if kind == ITEM:
            return [self._item(name)]
        bodies = [self._item(each) for each in ids_in(self._item(name))]
        return bodies if kind == PAGE else [b"".join(bodies)]

    def _item(self, name: bytes) -> bytes:
        try:
            return self._items[name]
        except KeyError:
            raise MissingItem(name.hex()) from None


def _name(kind: int, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=ID_SIZE, person=_PERSONS[kind]).digest()


def _checksum(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=CHECK_SIZE, person=b"record").digest()


def _shape(value: Any) -> tuple[int, list[Any]]:
    if type(value) is list:
        return LIST, value
    if isinstance(value, _DeltaSnapshot) and type(value.value) is list:
        return DELTA, value.value
    return SINGLE, [value]


def _shaped(shape: int, values: list[Any]) -> Any:
    if shape == SINGLE:
        return values[0]
    return _DeltaSnapshot(values) if shape == DELTA else values


def _typed(serde: Serializer, value: Any) -> bytes:
    kind, data = serde.dumps_typed(value)
    name = kind.encode()
    return bytes((len(name),)) + name + len(data).to_bytes(8, "big") + data


def _values(serde: Serializer, body: bytes) -> list[Any]:
    values, at = [], 0
    while at < len(body):
        start = at + 1 + body[at]
        end = start + 8 + int.from_bytes(body[start : start + 8], "big")
        values.append(serde.loads_typed((body[at + 1 : start].decode(), body[start + 8 : end])))
        at = end
    return values
