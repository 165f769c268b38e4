"""The text cut into scopes: sentences of prose, and cells of tables with their headers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"[.!?](?=[\s\"')\]]|$)|。|[!?;](?=[^\d]|$)|\n")
_ABBREVIATION = re.compile(
    r"(?<![a-z])(?:vs|e\.g|i\.e|approx|inc|corp|ltd|co|no|u\.s|st|dr|mr|ms|cf|est|avg|max|min|fig|etc|jan"
    r"|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|c|p\.a)\.$"
)
_RULE = re.compile(r"[\s|:=-]*-[\s|:=-]*")
_ITEM = re.compile(r"[ \t]*(?:[-+•·]|\d{1,3}[.)、])[ \t]")
_LONG = 1500


@dataclass(frozen=True)
class Scope:
    """A stretch of text in which a figure is read, with the headers that name what it is.

    `heads` are spans to look at, nearest first, when the scope itself names nothing: a cell's row and column
    header, a paragraph's heading. `block` numbers the paragraph, list item or table row.
    """

    start: int
    end: int
    block: int
    heads: tuple[Span, ...] = ()
    row: Span | None = None
    column: Span | None = None
    mates: tuple[Span, ...] = field(default=(), repr=False)

    @property
    def cell(self) -> bool:
        """Tell whether the scope is a cell of a table."""
        return self.row is not None


def scopes(low: str) -> list[Scope]:
    """Cut lower-case text into scopes that cover every figure, in order."""
    found: list[Scope] = []
    heading: Span | None = None
    block = 0
    lines = _lines(low)
    index = 0
    while index < len(lines):
        start, end = lines[index]
        line = low[start:end]
        table = _table_length(low, lines, index)
        if table:
            block += 1
            found += _table(low, lines[index : index + table], block, heading)
            block += table
            index += table
            continue
        if not line.strip():
            block += 1
        elif _is_heading(line):
            block += 1
            heading = (start, end)
            found += _sentences(low, start, end, block, None)
            block += 1
        else:
            if _ITEM.match(line):
                block += 1
            found += _sentences(low, start, end, block, heading)
        index += 1
    return found


def is_only_tables(low: str) -> bool:
    """Tell at a glance whether lower-case text surely has nothing but tables in it."""
    lines = _lines(low)
    index = 0
    while index < len(lines):
        start, end = lines[index]
        length = _table_length(low, lines, index)
        if not length and low[start:end].strip():
            parted = end - start > _LONG or _SENTENCE_END.search(low, start, end) is not None
            if parted or low.find("|", start, end) < 0:
                return False
        index += max(1, length)
    return True


def _lines(low: str) -> list[Span]:
    spans, start = [], 0
    for line in low.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _is_heading(line: str) -> bool:
    text = line.strip()
    return text.startswith("#") or (
        len(text) < 80 and text.endswith(":") and not any(char.isdigit() for char in text)
    )


def _sentences(low: str, start: int, end: int, block: int, heading: Span | None) -> Iterator[Scope]:
    """Cut a line at the ends of its sentences, and very long ones wherever they are."""
    heads = (heading,) if heading is not None else ()
    begin = start
    for match in _SENTENCE_END.finditer(low, start, end):
        stop = match.end()
        if low[match.start()] == "." and _ABBREVIATION.search(low, max(begin, stop - 8), stop):
            continue
        yield from _pieces(begin, stop, block, heads)
        begin = stop
    yield from _pieces(begin, end, block, heads)


def _pieces(begin: int, end: int, block: int, heads: tuple[Span, ...]) -> Iterator[Scope]:
    for start in range(begin, end, _LONG):
        yield Scope(start, min(end, start + _LONG), block, heads)


def _table_length(low: str, lines: list[Span], index: int) -> int:
    """Count the lines of the table that begins at `index`; 0 when none does."""
    length = 0
    ruled = leading = False
    for start, end in lines[index:]:
        if low.find("|", start, end) < 0:
            break
        line = low[start:end].strip()
        ruled = ruled or (length == 1 and bool(_RULE.fullmatch(line[:400])))
        leading = leading or (length == 0 and line.startswith("|"))
        length += 1
        if length == 2 and not (ruled or leading):
            return 0
    return length if length >= 2 and (ruled or leading) else 0


def _cells(low: str, start: int, end: int) -> list[Span]:
    """Give the cells of a table line."""
    marks = [place for place in range(start, end) if low[place] == "|"]
    lead = low[start:end].lstrip()[:1] == "|"
    edges = marks if lead else [start - 1, *marks]
    if low[start:end].rstrip()[-1:] != "|":
        edges = [*edges, end]
    return [(left + 1, right) for left, right in itertools.pairwise(edges)]


def _table(low: str, lines: list[Span], block: int, heading: Span | None) -> Iterator[Scope]:
    """Give every cell of a table with its row header, column header and neighbours."""
    header = _cells(low, *lines[0])
    heads = (heading,) if heading is not None else ()
    for number, (start, end) in enumerate(lines):
        cells = _cells(low, start, end)
        if not cells or _RULE.fullmatch(low[start:end][:400]):
            continue
        for index, (left, right) in enumerate(cells):
            column = header[index] if number and index < len(header) else None
            mates = tuple(cells[1:12]) if number else ()
            yield Scope(left, right, block + number, heads, row=cells[0], column=column, mates=mates)
