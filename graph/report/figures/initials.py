"""Short forms of labels: capitals in a text that stand for the words of a row, as in NII and FFO."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

# A word with two capitals or more, such as NII, CET1, EBITDAaL, S&M and TC/RC.
CAPITALS = re.compile(r"(?<![A-Za-z\d])[A-Z](?=[A-Za-z\d&/.-]*[A-Z])[A-Za-z\d&/-]{1,11}(?![A-Za-z])")
_GIVEN = re.compile(r"\(([a-z][a-z\d&/-]{1,11})\)")
_PARTS = re.compile(r"[a-z]+|\d+")
_SMALL = frozenset({"of", "and", "in", "to", "the", "for", "on", "a", "at", "by", "per", "from", "with"})
_LEAST = 3


def short_forms(label: str) -> Iterator[str]:
    """Give the short forms of a label in lower case: those it gives itself, and the initials of its words."""
    yield from _GIVEN.findall(label)
    words = _PARTS.findall(label.partition("(")[0])
    for kept in (words, [word for word in words if word not in _SMALL]):
        initials = "".join(word if word.isdigit() else word[0] for word in kept[:8])
        for length in range(_LEAST, len(initials) + 1):
            yield initials[:length]


def _runs(label: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the initials of words that stand together in a label, with these words, as in AUM."""
    words = _PARTS.findall(label.partition("(")[0])[:12]
    for kept in (words, [word for word in words if word not in _SMALL]):
        for first in range(len(kept)):
            for last in range(first + _LEAST, min(len(kept), first + 6) + 1):
                yield "".join(word[0] for word in kept[first:last]), tuple(kept[first:last])


class Initials:
    """Finds short forms of labels in a text as it is written."""

    def __init__(self, labels: Iterable[tuple[str, str]]) -> None:
        self._labels = list(labels)
        self._is_read = False

    def _read(self) -> None:
        """Read the labels, once a text has capitals at all."""
        self._is_read = True
        self._keys: dict[str, list[str]] = {}
        self._letters: dict[frozenset[str], list[str]] = {}
        self._runs: dict[str, set[tuple[str, ...]]] = {}
        for key, label in self._labels:
            words = [word for word in _PARTS.findall(label.partition("(")[0]) if word not in _SMALL]
            whole = "".join(word[0] for word in words)
            for short in dict.fromkeys(short_forms(label)):
                self._keys.setdefault(short, []).append(key)
            for short, run in _runs(label):
                self._runs.setdefault(short, set()).add(run)
            if len(words) >= _LEAST:
                self._letters.setdefault(frozenset(whole), []).append(key)

    def find(self, capitals: Iterable[re.Match[str]]) -> Iterator[tuple[int, int, list[str]]]:
        """Give the places of short forms, with the keys of the labels that each may stand for."""
        for match in capitals:
            word = match[0].rstrip("/-&").lower()
            keys = self._keys.get(word) or (self._keys.get(word[:-1]) if word.endswith("s") else None)
            if keys is None and "/" in word:
                # "TC/RC" takes its letters from "treatment and refining charges" in its own order.
                keys = self._letters.get(frozenset(word.replace("/", "")))
            if keys:
                yield match.start(), match.start() + len(word), keys

    def words(self, capitals: Iterable[re.Match[str]]) -> Iterator[tuple[str, int, int]]:
        """Give the words of labels that capitals of a text stand for, each at the place of the capitals."""
        for match in capitals:
            runs = self._runs.get(match[0].rstrip("/-&").lower(), ())
            if len(runs) == 1:
                yield from ((word, match.start(), match.end()) for run in runs for word in run)

    def capitals(self, norm: str, low: str, start: int, end: int) -> Sequence[re.Match[str]]:
        """Find the words with two capitals or more; `low` is the text in lower case."""
        if norm[start + 1 : end] == low[start + 1 : end]:
            return ()  # no capital but the first
        found = list(CAPITALS.finditer(norm, start, end))
        if found and not self._is_read:
            self._read()
        return found
