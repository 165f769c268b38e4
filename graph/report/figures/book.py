"""The facts of one check, found by metric, entity and period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from graph.facts import Fact
from graph.report.figures.normal import normalise
from graph.report.figures.period import Period
from graph.report.figures.periods import parse_period
from graph.report.figures.tables import ALSO, FREE, Cell, clean_label


@dataclass(frozen=True)
class Known:
    """A fact with its period read; `day` is the date on which it was observed.

    `column` are the words that head the fact's column of a table, beside the period.
    """

    fact: Fact
    key: str
    period: Period | None
    day: Period | None
    column: frozenset[str] = frozenset()

    @property
    def value(self) -> Decimal:
        """Give the value at scale 1."""
        return self.fact.value

    def order(self) -> tuple[int, int]:
        """Give a key that sorts facts in time."""
        best = self.period or self.day
        return best.order() if best is not None else (0, 0)

    def of(self, period: Period, *, undated: bool = False) -> bool:
        """Tell whether the fact is one of the named period; an extreme has no date that could disagree."""
        if undated and period.kind == "day":
            return True
        dates = [date for date in (self.period, self.day) if date is not None]
        if self.period is not None and period.kind != "day":
            dates = [self.period]
        return any(period.agrees(date) for date in dates)


class Book:
    """The facts of one check.

    A fact without a metric is filed under its label in lower case, like the cells of tables under that of
    their row. `names` are other names of entities.
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        names: Mapping[str, Iterable[str]] | None = None,
        cells: Iterable[Cell] = (),
    ) -> None:
        self.lines: dict[str, list[Known]] = {}
        self.entities: list[str] = []
        for fact in facts:
            key = fact.metric or FREE + clean_label(normalise(fact.label).lower())
            known = Known(fact, key, parse_period(fact.period), parse_period(fact.as_of))
            self.lines.setdefault(key, []).append(known)
            if fact.entity and fact.entity not in self.entities:
                self.entities.append(fact.entity)
        # Powers of ten at which tables show amounts of money.
        powers: set[int] = set()
        for cell in cells:
            if cell.of_range:
                continue
            powers.add(cell.power if cell.fact.unit == "money" else 0)
            key = FREE + cell.fact.label
            held = self.lines.get(key)
            if held and _family(held[0].fact) != _family(cell.fact):
                # A row of amounts and of shares or counts is several lines of one name.
                key += f"{ALSO}{cell.fact.unit}"
            known = Known(cell.fact, key, cell.period, cell.day, cell.column)
            self.lines.setdefault(key, []).append(known)
        self.powers = sorted(powers - {0})
        self._shown: dict[Decimal, list[Known]] | None = None
        self._sorted: dict[tuple[str, tuple[str, ...]], list[Known]] = {}
        self._names = {
            entity: _pattern((entity, *_listed((names or {}).get(entity, ())))) for entity in self.entities
        }

    def line(self, key: str, entities: tuple[str, ...] = ()) -> list[Known]:
        """Give the facts of a metric in order of time, of the named entities where any are named."""
        known = self._sorted.get((key, entities))
        if known is None:
            found = [
                item
                for item in self.lines.get(key, ())
                if not entities or item.fact.entity is None or item.fact.entity in entities
            ]
            known = self._sorted[key, entities] = sorted(found, key=Known.order)
        return known

    def shown(self, value: Decimal) -> list[Known]:
        """Give the facts of this very size, whatever their sign."""
        if self._shown is None:
            self._shown = {}
            for line in self.lines.values():
                for item in line:
                    self._shown.setdefault(abs(item.value), []).append(item)
        return self._shown.get(abs(value), [])

    def latest(self, known: list[Known]) -> list[Known]:
        """Give the facts of the last period, one or more for each entity."""
        last: dict[str | None, tuple[int, int]] = {}
        for item in known:
            entity = item.fact.entity
            last[entity] = max(last.get(entity, (0, 0)), item.order())
        return [item for item in known if item.order() == last[item.fact.entity]]

    def mentioned(self, text: str) -> list[tuple[int, int, str]]:
        """Find the entities named in normalised text."""
        if len(self.entities) < 2:
            return []
        found = [
            (match.start(), match.end(), entity)
            for entity, pattern in self._names.items()
            for match in pattern.finditer(text)
        ]
        return sorted(found)


def _family(fact: Fact) -> str:
    """Name what the amounts of one line have in common."""
    return fact.unit if fact.unit in ("percent", "count") else ""


def _listed(names: Iterable[str]) -> Iterable[str]:
    """Take a single name for a list of one."""
    return (names,) if isinstance(names, str) else names


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Match the names of an entity as words; a short one only in its own spelling."""
    parts = []
    for name in sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name)):
        word = re.escape(normalise(name))
        if name[0].isascii():
            word = r"(?<![A-Za-z0-9])" + word
        if name[-1].isascii():
            word += r"(?![A-Za-z0-9])"
        parts.append(f"(?i:{word})" if len(name) > 5 else word)
    return re.compile("|".join(parts))
