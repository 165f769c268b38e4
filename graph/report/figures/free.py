"""Mentions of labels that no vocabulary holds: rows of tables and facts without a metric.

A label is mentioned where enough of its words stand together; rare words weigh more than common ones, and
where labels share words the one that the text covers best is meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope
from graph.report.figures.tables import FREE
from graph.report.figures.wording import stems, words

_PARTED = re.compile(r"[\d;|]")
_MOST = 200
_TOGETHER = 32
_ENOUGH = 0.6
_HEADING = 0.4
_MISSING = 0.5
# Words that writers leave out of a row's name, or add to it.
_COMMON = frozenset({"net", "total", "amount", "less", "valu", "other", "all", "consolidat", "overall", "gross"})
_FAINT = 0.35


@dataclass(frozen=True)
class _Label:
    key: str
    own: frozenset[str]
    heading: frozenset[str]


@dataclass(frozen=True)
class _Hit:
    score: float
    start: int
    end: int
    key: str


class FreeLabels:
    """Finds mentions of free labels."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._labels = [self._read(key) for key in keys]
        counts = Counter(word for label in self._labels for word in label.own | label.heading)
        total = len(self._labels)
        self._weight = {
            word: log(1 + total / count) * (_FAINT if word in _COMMON else 1) for word, count in counts.items()
        }
        self._index: dict[str, list[_Label]] = {}
        for label in self._labels:
            for word in label.own | label.heading:
                self._index.setdefault(word, []).append(label)

    def _read(self, key: str) -> _Label:
        heading, _, own = key.removeprefix(FREE).rpartition(": ")
        return _Label(key, stems(own) or stems(heading), stems(heading))

    def find(self, low: str, scopes: Sequence[Scope]) -> list[Mention]:
        """Find the free labels mentioned in the scopes of lower-case text, in order."""
        if not self._labels:
            return []
        found = [mention for scope in scopes for mention in self._in_scope(low, scope)]
        return sorted(found, key=lambda mention: mention.start)

    def _in_scope(self, low: str, scope: Scope) -> list[Mention]:
        places: dict[str, list[tuple[str, int, int]]] = {}
        by_key = {}
        for word, start, end in words(low, scope.start, scope.end):
            for label in self._index.get(word, ()):
                places.setdefault(label.key, []).append((word, start, end))
                by_key[label.key] = label
        hits = [hit for key, here in places.items() for hit in self._hits(low, by_key[key], here)]
        return self._choose(hits)

    def _hits(self, low: str, label: _Label, here: Sequence[tuple[str, int, int]]) -> list[_Hit]:
        """Weigh each place where words of the label stand together."""
        groups: list[list[tuple[str, int, int]]] = []
        for place in here:
            gap = low[groups[-1][-1][2] : place[1]] if groups else ""
            if groups and len(gap) <= _TOGETHER and not _PARTED.search(gap):
                groups[-1].append(place)
            else:
                groups.append([place])
        hits = []
        whole = self._sum(label.own)
        for group in groups:
            said = {word for word, _, _ in group}
            covered = self._sum(label.own & said)
            if covered < _ENOUGH * whole or not covered:
                continue
            score = (
                covered
                + _HEADING * self._sum(label.heading & said - label.own)
                - _MISSING * (whole - covered)
            )
            hits.append(_Hit(score, group[0][1], group[-1][2], label.key))
        return hits

    def _sum(self, those: frozenset[str] | set[str]) -> float:
        return sum(self._weight[word] for word in sorted(those))

    def _choose(self, hits: list[_Hit]) -> list[Mention]:
        """Keep the best of overlapping hits; labels that the text covers alike stay together."""
        kept: list[tuple[_Hit, list[str]]] = []
        for hit in sorted(hits, key=lambda hit: (-hit.score, hit.start, hit.key))[:_MOST]:
            rival = next((pair for pair in kept if pair[0].start < hit.end and hit.start < pair[0].end), None)
            if rival is None:
                kept.append((hit, [hit.key]))
            elif hit.score > rival[0].score - 1e-9:
                rival[1].append(hit.key)
        return [Mention(hit.start, hit.end, tuple(keys)) for hit, keys in kept]


def merge(named: Sequence[Mention], free: Sequence[Mention], held: Iterable[str]) -> list[Mention]:
    """Join the mentions of the vocabulary with free ones; where they overlap, what has facts is meant."""
    known = set(held)
    typed = [
        mention
        for mention in named
        if known & set(mention.keys) or not any(f.start < mention.end and mention.start < f.end for f in free)
    ]
    rest = [f for f in free if not any(f.start < mention.end and mention.start < f.end for mention in typed)]
    return sorted([*typed, *rest], key=lambda mention: mention.start)
