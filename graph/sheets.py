"""Fact sheets that are read and prepared for checking once, however many answers state the same facts."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import orjson

from graph.facts import FactSheet
from graph.report.figures import Checker

Names = Mapping[str, tuple[str, ...]]

_MAX_KEPT = 32
_T = TypeVar("_T")


class Sheets:
    """Reads the facts of a run's state; of equal facts the sheet and the checker are kept, the latest 32.

    A sheet and a checker never change, so runs that go on at once may share them.
    """

    def __init__(self) -> None:
        self._sheets: _Kept[FactSheet] = _Kept()
        self._checkers: _Kept[Checker] = _Kept()

    def read(self, facts: Sequence[Mapping[str, Any]]) -> FactSheet:
        """Give the sheet of facts as `Fact.to_dict` writes them.

        Raises:
            ValueError: one of them is none.
        """
        key = _digest(facts)
        sheet = self._sheets.get(key)
        return self._sheets.keep(key, FactSheet.from_list(facts)) if sheet is None else sheet

    def checker(self, facts: Sequence[Mapping[str, Any]], names: Names) -> Checker:
        """Give the checker of answers that state these facts, of entities that also go by other names."""
        key = _digest(facts) + _digest(sorted(names.items()))
        checker = self._checkers.get(key)
        if checker is None:
            checker = self._checkers.keep(key, Checker(self.read(facts), names=names))
        return checker


class _Kept(Generic[_T]):
    def __init__(self) -> None:
        self._values: OrderedDict[bytes, _T] = OrderedDict()

    def get(self, key: bytes) -> _T | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def keep(self, key: bytes, value: _T) -> _T:
        self._values[key] = value
        if len(self._values) > _MAX_KEPT:
            self._values.popitem(last=False)
        return value


def _digest(value: Any) -> bytes:
    # A surrogate half cannot be written as UTF-8, and facts come from outside.
    try:
        text = orjson.dumps(value)
    except TypeError:
        text = repr(value).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()
