"""Facts read from the tables of documents: a row's label, a column's period, the scale of the caption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from graph.facts import Fact, Unit
from graph.report.figures.extract import extract
from graph.report.figures.mask import mask
from graph.report.figures.normal import normalise
from graph.report.figures.periods import Period, find_periods

_SCALE = re.compile(
    r"(?:in|of|\$|amounts)\s?(?:u\.?s\.?\s?)?(?:dollars\s?in\s?)?(thousands|millions|billions)|['’](000)"
    r"|(?:单位|人民币)[:：]?\s?(千|万|百万|亿)元?"
)
_POWERS = {"thousands": 3, "millions": 6, "billions": 9, "000": 3, "千": 3, "万": 4, "百万": 6, "亿": 8}
_PER_SHARE = re.compile(r"per\b.*\bshare|per share|earnings per|每股")
_SHARES = re.compile(r"\bshares\b|number of|股数|股本")
_CURRENCY = (
    ("us$", "USD"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("人民币", "CNY"),
    ("rmb", "CNY"),
    ("元", "CNY"),
    ("¥", "CNY"),
)
_MOST_ROWS = 2000


def table_facts(texts: Sequence[tuple[str, str]]) -> list[Fact]:
    """Read the facts of every table in the (title, text) documents."""
    low = [(title, normalise(text).lower()) for title, text in texts]
    everywhere = next((power for _, text in low if (power := _power(text)) is not None), 0)
    facts: list[Fact] = []
    for title, text in low:
        if "|" in text:
            own = _power(text)
            facts += _Table(title, text, everywhere if own is None else own).facts()
    return facts


def _power(text: str) -> int | None:
    match = _SCALE.search(text)
    return None if match is None else _POWERS[match[1] or match[2] or match[3]]


class _Table:
    """One table on its way to facts."""

    def __init__(self, title: str, text: str, power: int) -> None:
        self.title = title
        self.power = power
        self.currency = next((code for mark, code in _CURRENCY if mark in text), None)
        self.rows = [
            [cell.strip() for cell in line.split("|")]
            for line in text.split("\n")[:_MOST_ROWS]
            if "|" in line
        ]

    def facts(self) -> list[Fact]:
        """Give a fact for every amount that stands in a row with a label and a column with a period."""
        found: list[Fact] = []
        columns: dict[int, str] = {}
        heading = ""
        for index, cells in enumerate(self.rows):
            label, *rest = cells
            header = self._header(cells)
            if header:
                columns = header
            elif label and not any(rest):
                heading = label.rstrip(":")
            elif any(rest):
                name = f"{heading}: {label}" if heading and label else label or f"{heading}: total"
                for column, cell in enumerate(rest, start=1):
                    fact = self._fact(index, column, name, cell, columns.get(column))
                    if fact is not None:
                        found.append(fact)
        return found

    def _header(self, cells: list[str]) -> dict[int, str]:
        """Read the periods that head the columns; {} when the row is no header."""
        named: dict[int, str] = {}
        for column, cell in enumerate(cells):
            periods = list(find_periods(cell))
            if not periods:
                continue
            masked, _ = mask(cell)
            if any(number.currency or number.grouped for number in extract(masked)):
                return {}
            named[column] = self._period(periods[0][2], cell[periods[0][0] : periods[0][1]])
        if not named or (0 in named and len(named) == 1):
            return {}
        years = [text[:4] for text in named.values()]
        if len(set(years)) == len(years):
            return dict(zip(named, years, strict=True))
        return named

    def _period(self, period: Period, text: str) -> str:
        return f"{period.year} {text}" if period.kind != "year" and period.year else str(period.year)

    def _fact(self, row: int, column: int, label: str, cell: str, period: str | None) -> Fact | None:
        # The mark keeps a filed (512) from being read as the number of a list.
        masked, _ = mask(": " + cell)
        numbers = extract(masked)
        if len(numbers) != 1 or period is None:
            return None
        number = numbers[0]
        unit: Unit = "percent" if number.unit == "percent" else "money"
        power = self.power
        if _PER_SHARE.search(label):
            unit, power = "per_share", 0
        elif _SHARES.search(label) and not number.currency:
            unit = "count"
        if unit == "percent":
            power = 0
        value = -abs(number.value) if number.enclosed else number.value
        currency = self.currency if unit in ("money", "per_share") else None
        return Fact(
            f"{self.title}!r{row + 1}c{column + 1}",
            label,
            Decimal(value).scaleb(power),
            unit,
            period=period.split(" ", 1)[-1],
            currency=currency,
            source=self.title,
        )
