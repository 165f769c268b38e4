"""Filings written for the evaluation: the text as it stands, and what its rows say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from evals.amounts import read
from evals.cases import lines
from graph.facts import Fact, Unit
from graph.report.figures import Source

_UNITS: dict[str, Unit] = {"$": "money", "s": "per_share", "n": "count", "c": "count", "%": "percent"}


@dataclass(frozen=True)
class Row:
    """A row: its label with its heading, how it is spoken, and its values at scale 1 by period or column."""

    label: str
    kind: str
    spoken: tuple[str, ...]
    values: dict[str, Decimal]


@dataclass
class Filing:
    """A table with its paragraphs."""

    name: str
    currency: str
    power: int
    language: str
    paragraphs: list[str] = field(default_factory=list)
    table: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def sources(self) -> tuple[Source, ...]:
        """Give the filing as a reader of documents hands it over."""
        told = [Source(f"Paragraph {n}", text) for n, text in enumerate(self.paragraphs, start=1)]
        return (Source("Table", "\n".join(self.table)), *told)

    def facts(self) -> tuple[Fact, ...]:
        """Give the rows as facts without a metric."""
        return tuple(
            Fact(
                f"{self.name}-{place}-{column}",
                row.label,
                value,
                _UNITS[row.kind],
                currency=self.currency if row.kind in "$s" else None,
                period=column,
            )
            for place, row in enumerate(self.rows)
            for column, value in row.values.items()
            if column.isdigit()
        )


def read_filings(split: str) -> list[Filing]:
    """Read the filings of a split."""
    filings: list[Filing] = []
    raw: list[tuple[str, str]] = []
    for line in lines("filings.txt", split):
        if line.startswith("= "):
            name, currency, power, language = line[2:].split(" | ")
            filings.append(Filing(name, currency, int(power), language))
            raw = []
        elif line.startswith("P "):
            filings[-1].paragraphs.append(line[2:])
        elif line.startswith("C "):
            filings[-1].columns = line[2:].split()
            filings[-1].rows = _rows(filings[-1], raw)
        elif line.strip() and line != "T":
            cells, _, said = line.partition(" @")
            filings[-1].table.append(cells)
            raw.append((cells, said))
    return filings


def _rows(filing: Filing, raw: list[tuple[str, str]]) -> list[Row]:
    rows: list[Row] = []
    heading = ""
    for cells, said in raw:
        label, *rest = cells.split("|")
        shown = [cell for cell in rest if re.search(r"[\d—]", cell)]
        if label.strip() and not shown:
            heading = label.strip().rstrip(":")
        match = re.match(r"([$snc%](?=\s))?\s*(.*)", said)
        if not said or said.strip().startswith("-") or match is None:
            continue
        kind = match[1] or "$"
        scale = filing.power if kind in "$n" else 0
        amounts = [read(cell + (")" if "(" in cell and ")" not in cell else "")) for cell in shown]
        amounts = amounts[-len(filing.columns) :]
        values = {
            column: amount.scaleb(scale)
            for column, amount in zip(filing.columns, amounts, strict=False)
            if amount is not None and column != "-"
        }
        name = f"{heading}: {label.strip()}" if heading else label.strip()
        rows.append(Row(name, kind, tuple(part.strip() for part in match[2].split(";")), values))
    return rows
