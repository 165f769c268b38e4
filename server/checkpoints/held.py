"""What this process knows to be stored: the items of the checkpoints that it read or wrote last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

_MAX_ENTRIES = 4096
_ENTRY_BYTES = 120  # what Python adds to an id and a body


@dataclass(frozen=True)
class Held:
    """A checkpoint whose items are known: their ids and, unless room was needed, their bodies."""

    field: str
    ids: frozenset[bytes]
    items: Mapping[bytes, bytes] | None

    @property
    def size(self) -> int:
        """Count the bytes that the bodies take."""
        return sum(len(body) + _ENTRY_BYTES for body in (self.items or {}).values())


class HeldItems:
    """The latest `Held` of each session's namespace; bodies are dropped before ids, the oldest first.

    Bodies are bytes and are decoded afresh for every reader, so no two share a value that can change.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._held: OrderedDict[tuple[str, str], Held] = OrderedDict()
        self._whole: OrderedDict[tuple[str, str], None] = OrderedDict()  # those with bodies

    def get(self, session: str, namespace: str) -> Held | None:
        """Give what is known of a namespace's latest checkpoint."""
        held = self._held.get((session, namespace))
        if held is not None:
            self._held.move_to_end((session, namespace))
            if held.items is not None:
                self._whole.move_to_end((session, namespace))
        return held

    def put(self, session: str, namespace: str, held: Held) -> None:
        """Know a checkpoint's items, in place of those of the one before."""
        self.drop(session, namespace)
        self._held[session, namespace] = held
        if held.items is not None:
            self._whole[session, namespace] = None
        self._bytes += held.size
        self._make_room()

    def drop(self, session: str, namespace: str | None = None) -> None:
        """Know nothing of a namespace, or of a whole session."""
        keys = [(session, namespace)] if namespace is not None else [k for k in self._held if k[0] == session]
        for key in keys:
            if (held := self._held.pop(key, None)) is not None:
                self._whole.pop(key, None)
                self._bytes -= held.size

    def _make_room(self) -> None:
        while len(self._held) > _MAX_ENTRIES:
            key, held = self._held.popitem(last=False)
            self._whole.pop(key, None)
            self._bytes -= held.size
        while self._bytes > self._max_bytes and self._whole:
            key, _ = self._whole.popitem(last=False)
            held = self._held[key]
            self._bytes -= held.size
            self._held[key] = Held(held.field, held.ids, None)
