"""Mentions of the vocabulary and of free labels brought together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from graph.report.figures.free import JOINS
from graph.report.figures.labels import Mention, find_mentions
from graph.report.figures.tables import FREE


def rows_by_metric(keys: Iterable[str], held: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give the free labels whose own name the vocabulary knows as a metric of which there are no facts."""
    known = set(held)
    found: dict[str, tuple[str, ...]] = {}
    for key in keys:
        own = key.removeprefix(FREE).rpartition(": ")[2].partition("(")[0].strip()
        for mention in find_mentions(own):
            rest = (own[: mention.start] + own[mention.end :]).strip()
            if (
                rest in ("", "total", "net", "合计")
                and len(mention.keys) == 1
                and mention.keys[0] not in known
            ):
                found[mention.keys[0]] = (*found.get(mention.keys[0], ()), key)
    return found


def merge(
    low: str,
    named: Sequence[Mention],
    free: Sequence[Mention],
    held: Iterable[str],
    rows: Mapping[str, tuple[str, ...]],
) -> list[Mention]:
    """Join the mentions of the vocabulary with free ones; where they overlap, what has facts is meant.

    `rows` are the free labels that the vocabulary knows under the name of a metric without facts.
    """
    known = set(held)
    shared = {key for keys in rows.values() for key in keys}
    starts = [mention.start for mention in free]
    typed: list[Mention] = []
    for mention in named:
        # Free mentions do not overlap each other: only the nearest can touch this one or stand beside it.
        place = bisect_left(starts, mention.start)
        beside = free[max(0, place - 2) : place + 2]
        over = any(f.start < mention.end and mention.start < f.end for f in beside)
        keys = set(mention.keys)
        if known & keys:
            if not (over and shared & keys):
                typed.append(mention)
            continue
        if over or any(_is_one_name(low, mention, f) for f in beside):
            continue
        found = tuple(key for name in mention.keys for key in rows.get(name, ()))
        typed.append(replace(mention, keys=found, turned=False) if found else mention)
    ends = [mention.start for mention in typed]
    rest = []
    for f in free:
        place = bisect_left(ends, f.start)
        if not any(m.start < f.end and f.start < m.end for m in typed[max(0, place - 2) : place + 2]):
            rest.append(f)
    return sorted([*typed, *rest], key=lambda mention: mention.start)


def _is_one_name(low: str, mention: Mention, other: Mention) -> bool:
    """Tell whether two mentions are parts of one name, as in "Japan" and "revenue" of "Japan revenue"."""
    start, end = min(mention.end, other.end), max(mention.start, other.start)
    return end - start < 40 and JOINS.fullmatch(low, start, end) is not None
