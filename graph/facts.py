"""Facts: the typed values that an answer may state, and the sheet that holds them.

A fact is one number with its meaning: what it measures, of whom, when, in which unit, from where and,
if it was computed, by which formula from which other facts. Series are never facts; a named reducer
(`last`, `high(52w)`, `sma(50)`) makes a fact of one. Pure values: no storage, web or model here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

Unit = Literal["money", "price", "per_share", "percent", "pp", "bps", "multiple", "count", "index", "days"]
Kind = Literal["reported", "market", "computed"]

UNITS: frozenset[str] = frozenset(get_args(Unit))
KINDS: frozenset[str] = frozenset(get_args(Kind))

_COLUMNS = (
    "id", "label", "value", "unit", "kind", "entity", "metric", "currency", "period", "as_of", "formula",
    "source",
)  # fmt: skip
_OPTIONAL = ("entity", "metric", "currency", "period", "as_of", "fetched_at", "source", "formula")


@dataclass(frozen=True)
class Fact:
    """One value that an answer may state.

    `value` is at scale 1: 391.04 billion is `Decimal("391040000000")`; 15.3 percent is `Decimal("15.3")`.
    `period` is text such as `FY2024`, `2019`, `Q3 2024` or an ISO date; `as_of` and `fetched_at` are ISO
    dates or times. `inputs` are the ids of the facts that `formula` combines.

    Raises:
        ValueError: the unit or kind is unknown, or the value is not a finite number.
    """

    id: str
    label: str
    value: Decimal
    unit: Unit
    entity: str | None = field(default=None, kw_only=True)
    metric: str | None = field(default=None, kw_only=True)
    currency: str | None = field(default=None, kw_only=True)
    period: str | None = field(default=None, kw_only=True)
    as_of: str | None = field(default=None, kw_only=True)
    fetched_at: str | None = field(default=None, kw_only=True)
    kind: Kind = field(default="reported", kw_only=True)
    source: str | None = field(default=None, kw_only=True)
    formula: str | None = field(default=None, kw_only=True)
    inputs: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what no reader of a fact could use."""
        if self.unit not in UNITS:
            raise ValueError(f"fact {self.id!r}: unit {self.unit!r} is none of {', '.join(sorted(UNITS))}")
        if self.kind not in KINDS:
            raise ValueError(f"fact {self.id!r}: kind {self.kind!r} is none of {', '.join(sorted(KINDS))}")
        if not isinstance(self.value, Decimal) or not self.value.is_finite():
            raise ValueError(f"fact {self.id!r}: value {self.value!r} is not a finite Decimal")

    def to_dict(self) -> dict[str, Any]:
        """Give the fact as plain JSON values, without what is not set; the value is a string."""
        out: dict[str, Any] = {"id": self.id, "label": self.label, "value": format(self.value, "f")}
        out["unit"] = self.unit
        out["kind"] = self.kind
        out.update({name: value for name in _OPTIONAL if (value := getattr(self, name)) is not None})
        if self.inputs:
            out["inputs"] = list(self.inputs)
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fact:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: a required key is missing or a value is malformed.
        """
        try:
            return cls(
                str(data["id"]),
                str(data["label"]),
                Decimal(str(data["value"])),
                data["unit"],
                kind=data.get("kind", "reported"),
                inputs=tuple(data.get("inputs", ())),
                **{name: data[name] for name in _OPTIONAL if data.get(name) is not None},
            )
        except (KeyError, InvalidOperation) as fault:
            raise ValueError(f"no fact in {dict(data)!r}: {fault!r}") from fault


class FactSheet:
    """The facts of one answer, in order, each id once; a later fact replaces an earlier of its id."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._facts: dict[str, Fact] = {fact.id: fact for fact in facts}
        self._lines: str | None = None

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def get(self, entity: str, metric: str, period: str | None = None) -> Fact | None:
        """Find the fact of an entity's metric; without a period, the one of the latest period."""
        found = [fact for fact in self if fact.entity == entity and fact.metric == metric]
        if period is not None:
            found = [fact for fact in found if fact.period == period]
        return max(found, key=lambda fact: (fact.as_of or "", fact.period or ""), default=None)

    def entities(self) -> list[str]:
        """Name the entities, in order of their first fact."""
        return list(dict.fromkeys(fact.entity for fact in self if fact.entity is not None))

    def to_list(self) -> list[dict[str, Any]]:
        """Give all facts as plain JSON values."""
        return [fact.to_dict() for fact in self]

    @classmethod
    def from_list(cls, items: Iterable[Mapping[str, Any]]) -> FactSheet:
        """Read what `to_list` wrote."""
        return cls(Fact.from_dict(item) for item in items)

    def to_lines(self) -> str:
        """Write the sheet as a model is shown it: one line of columns and sources, then a row a fact.

        When a fact was fetched and what it was computed from stay behind: no answer states them.
        """
        if self._lines is None:
            self._lines = self._write_lines() if self._facts else ""
        return self._lines

    def _write_lines(self) -> str:
        sources = list(dict.fromkeys(fact.source for fact in self if fact.source is not None))
        rows: list[Any] = [{"columns": _COLUMNS, "sources": sources}]
        for fact in self:
            data = fact.to_dict()
            data["source"] = None if fact.source is None else sources.index(fact.source)
            rows.append([data.get(name) for name in _COLUMNS])
        return "\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)

    @classmethod
    def from_lines(cls, text: str) -> FactSheet:
        """Read what `to_lines` wrote.

        Raises:
            ValueError: a line is none of a sheet.
        """
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        if not lines:
            return cls()
        try:
            columns, sources = lines[0]["columns"], lines[0]["sources"]
            records = [dict(zip(columns, row, strict=True)) for row in lines[1:]]
            for record in records:
                if record["source"] is not None:
                    record["source"] = sources[record["source"]]
        except (TypeError, KeyError, IndexError) as fault:
            raise ValueError(f"no fact sheet: {type(fault).__name__}") from fault
        return cls.from_list(records)
