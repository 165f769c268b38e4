"""Facts read from the tables of documents: a row's label, a column's period and words, its scale."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache

from graph.facts import Fact
from graph.report.figures.extract import Number, extract, extract_alone
from graph.report.figures.headings import period_name, period_of, periods_in, row_period, spread
from graph.report.figures.kinds import PERCENT, Head, Kinds, RowKind, rate_columns
from graph.report.figures.mask import mask
from graph.report.figures.normal import normalise
from graph.report.figures.period import Period
from graph.report.figures.rows import MOST_CELLS, cells_of
from graph.report.figures.scale import currency_of, dollars_of, scale_of
from graph.report.figures.wording import stems, tokens

_CHANGE = re.compile(
    r"(?<![a-z])(?:change|chg\.?|variance|var\.?|vs\.?|versus|increase|decrease|growth|yoy|y/y|movement"
    r"|difference|incr\.?|decr\.?|better|worse|fav(?:ou?rable)?)(?![a-z])"
    r"|\+\s?/\s?[-–]|[±δ∆]|变动|增减|同比"
)
_NO_AMOUNTS = re.compile(r"notes?|ref\.?|page|附注")
_FOOTNOTE = re.compile(r"\s?\((?:\d{1,2}|[a-z]{1,2})\)|[*†‡]+|\s?\[\d{1,2}\]")
_CLOSING = re.compile(r"\)?\s?%?\)?")
# Rows and facts that no metric of the vocabulary names are filed under this and their label.
FREE = "label:"
ALSO = "\x00"
_TOTALS = frozenset({"total", "totals", "合计", "总计"})
_PERIOD_WORDS = frozenset(
    {"fiscal", "ended", "end", "years", "december", "as", "period", "restated", "unaudit", "or"}
)
_ORDINALS = frozenset({"first", "second", "third", "fourth", "1st", "2nd", "3rd", "4th"})
_MOST_ROWS = 2000
# At the head of a table, of all its amounts.
_ALL_RATES = re.compile(
    r"^\W*(?:in |as )?(?:a )?(?:%|percent(?:age)?)(?:\s?of\s|\W*$)|占.{1,12}(?:比例|比重|%)"
)


@dataclass(frozen=True)
class Cell:
    """An amount of a table as a fact, with the period and the other words that head its column.

    `power` is the power of ten that its caption gives it; `priced` says that it shows a currency itself.
    `caption` are the words over the whole table. `of_range` says that the cell shows other amounts beside it.
    """

    fact: Fact
    period: Period | None
    day: Period | None
    column: frozenset[str]
    power: int = 0
    priced: bool = False
    caption: frozenset[str] = frozenset()
    of_range: bool = False


@dataclass
class _Column:
    """What heads a column: its period, the day on which it ends, its words.

    A column of changes repeats what the others say; it is left out.
    """

    period: Period | None = None
    day: Period | None = None
    text: str = ""
    words: frozenset[str] = frozenset()
    title: str = ""
    change: bool = False
    power: int | None = None
    percent: bool = field(default=False)


def clean_label(label: str) -> str:
    """Leave footnote marks and doubled spaces out of a row's label in lower case."""
    return re.sub(r"\s{2,}", " ", _FOOTNOTE.sub("", label)).strip(" :：.")


def table_cells(texts: Sequence[tuple[str, str]]) -> list[Cell]:
    """Read the amounts of every table in the (title, text) documents."""
    low = [(title, normalise(text).lower()) for title, text in texts]
    # A scale in the label of one row is that row's alone.
    captions = [_caption(text) for _, text in low]
    everywhere = next((power for text in captions if (power := scale_of(text)) is not None), 0)
    currency = next((code for _, text in low if (code := currency_of(text)) is not None), None)
    dollars = dollars_of("\n".join(text for _, text in low))
    cells: list[Cell] = []
    for (title, text), caption in zip(low, captions, strict=True):
        if "|" in text:
            own = scale_of(caption)
            power = everywhere if own is None else own
            own_currency = currency_of(text) or currency
            if dollars is not None and own_currency in (None, "USD"):
                own_currency = dollars
            cells += _Table(title, text, power, own_currency, " ".join(captions)).cells()
    return cells


def _caption(text: str) -> str:
    """Give the lines of a document that may say the scale of a table; those inside one are of its parts."""
    if "\n" not in text.strip():
        return text  # "Note 5 | Loans ($ in thousands)" alone is no head of columns
    found, inside = [], False
    for line in text.split("\n"):
        if "|" not in line:
            found.append(line)
        elif _has_amounts(line):
            inside = True
        elif not inside:
            found.append(_over_all(line))
    return "\n".join(found)


def _over_all(line: str) -> str:
    """Leave out of a header's cells those that head one column of several: their scale is that column's."""
    first, *rest = line.split("|")
    filled = [cell.strip() for cell in rest if cell.strip()]
    own = [cell for cell in filled if scale_of(cell) is not None]
    if len(filled) > 1 and len(own) < len(filled) and any(stems(_CAPTION.sub("", cell)) for cell in own):
        return first
    return line


def _has_amounts(line: str) -> bool:
    cells = line.split("|")[1:MOST_CELLS]
    return any(map(_SURELY.fullmatch, cells)) or any(_amount(cell) is not None for cell in cells)


class _Table:
    """One table on its way to facts."""

    def __init__(self, title: str, text: str, power: int, currency: str | None, captions: str = "") -> None:
        self.title = title
        self.power = power
        self.currency = currency
        lines = [line for line in text.split("\n")[:_MOST_ROWS] if "|" in line]
        self.rows = [cells_of(line) for line in lines]
        self.amounts = [
            {place: number for place, cell in enumerate(row[1:]) if (number := _amount(cell))}
            for row in self.rows
        ]
        self.rates = rate_columns(self.amounts)
        self.kinds = Kinds(power, lines, captions)
        self.captions = captions
        self.heads: list[list[str]] = []
        self.caption: frozenset[str] = frozenset()
        self.columns: list[_Column] = []
        self.read_rows = 0

    def cells(self) -> list[Cell]:
        """Give every amount that stands in a row with a label, or below a heading, under a column."""
        found: list[Cell] = []
        heading, outer, percent = "", "", False
        started = False
        for index, row in enumerate(self.rows):
            label, *rest = row if len(row) > 1 else [*row, ""]
            label = clean_label(label)
            shown = list(self.amounts[index].items())
            if label and not shown and self._is_of_values(label, rest):
                found += self._ranges(index, label, heading, rest)
                continue
            if not shown or self._is_header(label, rest, shown):
                filled = [
                    cell for place, cell in enumerate(rest) if cell and place not in self.amounts[index]
                ]
                if filled or self._has_period(label):
                    if started:
                        # A period over the rows of a part leaves the heads of the columns as they are.
                        kept = [] if filled else [head for head in self.heads if any(head[1:])]
                        self.heads, started = kept, False
                    self.heads.append([label, *rest])
                elif label and not any(cell for cell in rest if cell not in ("-", "—")):
                    if not started and not self.columns and scale_of(label) is not None:
                        continue
                    heading, outer = label, heading if not started else outer
                    percent = bool(PERCENT.search(label))
                continue
            if started and len(rest) == 2 * len(self.columns) and not any(rest[::2]):
                # Cells for a currency sign that this row leaves empty.
                rest = rest[1::2]
                shown = [(place // 2, number) for place, number in shown]
            if not started:
                headed = [place for head in self.heads for place, text in enumerate(head) if text and place]
                self.columns = self._head(max(len(rest), *headed, 0))
                started = True
            name = f"{heading}: {label}" if heading and label else label or f"{heading}: total".strip(": ")
            pairs = [
                (place, number, column)
                for (place, number), column in zip(shown, self._columns_of(rest, shown), strict=True)
                if not column.change
            ]
            told = self.kinds.under(heading, label)
            row_kind = self.kinds.of_row(told, name, [number for _, number, _ in pairs])
            of_row = row_period(label, self.heads)
            later = label in ("thereafter", "beyond", "later years", "以后年度")
            if (of_row is not None or later) and any(column.period is None for _, _, column in pairs):
                # Periods down the side: each column is a row of its own.
                day = of_row if of_row is not None and of_row.kind == "day" else None
                if day is not None and self._ends_years:
                    of_row = Period("year", day.year)
                for place, number, column in pairs:
                    if column.title:
                        words = tokens(label) if later else frozenset()
                        turned = replace(column, period=of_row, day=day, words=words, title="")
                        name = f"{heading}: {column.title}" if heading else column.title
                        found.append(self._cell(index, place, name, name, number, turned, percent, ""))
                name = f"{heading}: {label}" if heading else label
            for place, number, column in pairs:
                found.append(self._cell(index, place, name, told, number, column, percent, row_kind))
                if row_kind == "open":
                    # The row may count things: then its amounts stand as they are shown.
                    found.append(self._cell(index, place, name, told, number, column, percent, "count"))
        return found

    @cached_property
    def _ends_years(self) -> bool:
        """Tell whether the days that are names of rows are each of another year."""
        days = [
            found.year
            for row in self.rows
            if (found := row_period(clean_label(row[0]))) and found.kind == "day"
        ]
        return len(set(days)) == len(days)

    def _ranges(self, index: int, label: str, heading: str, rest: list[str]) -> Iterator[Cell]:
        """Give the amounts of a row of ranges, such as an outlook."""
        name = f"{heading}: {label}" if heading else label
        columns = self.columns or self._head(len(rest))
        for place, cell in enumerate(rest[: len(columns)]):
            for number in extract(mask(": " + cell)[0]):
                made = self._cell(index, place, name, label, number, columns[place], False, "")
                yield replace(made, of_range=True)

    def _has_period(self, text: str) -> bool:
        return bool(text) and bool(periods_in(text))

    def _is_header(self, label: str, rest: list[str], shown: list[tuple[int, Number]]) -> bool:
        """Tell whether what looks like amounts are the years of a header, or words stand between them."""
        if any(number.currency or number.grouped or number.enclosed for _, number in shown):
            return False
        worded = [cell for cell in rest if re.search(r"[a-z\u4e00-\u9fff]{3}", cell)]
        return len(worded) > len(shown)

    def _is_of_values(self, label: str, rest: list[str]) -> bool:
        """Tell whether a row with a name shows what is no single amount, such as ranges: it heads nothing."""
        filled = [cell for cell in rest if any(char.isdigit() for char in _THOUSANDS.sub("", cell))]
        return bool(filled) and all(
            re.search(r"[%$€£]|\d\s?(?:-|to)\s?\d", cell) and not self._has_period(cell) for cell in filled
        )

    def _head(self, width: int) -> list[_Column]:
        """Read what heads each column from the header rows, the lowest last."""
        columns = [_Column() for _ in range(width)]
        texts: list[list[str]] = [[] for _ in range(width)]
        shared = [row[0] for row in self.heads if row[0]]
        self.caption |= frozenset(word for text in shared for word in stems(_CAPTION.sub("", text)))
        whole = any(_ALL_RATES.search(text) for text in shared)
        for row in self.heads:
            below = self.heads[-1][1:] if row is not self.heads[-1] else None
            for place, text in enumerate(spread(row[1:], width, below)):
                if text:
                    texts[place].append(text)
        for place, column in enumerate(columns):
            parts = [_FOOTNOTE.sub("", _CAPTION.sub("", text)) for text in texts[place]]
            column.text = " ".join(parts)
            column.change = bool(
                _CHANGE.search(column.text) or _NO_AMOUNTS.fullmatch(parts[-1] if parts else "")
            )
            column.power = scale_of(" ".join(texts[place]))
            column.percent = "%" in column.text or "percent" in column.text or place in self.rates
            column.percent = column.percent or whole
            column.period = None if column.change else period_of(parts, shared)
            words = column.text
            for start, end, _ in sorted(periods_in(words), reverse=True):
                words = words[:start] + " " + words[end:]
            column.words = tokens(words) - _PERIOD_WORDS
            if column.period is not None and column.period.kind == "quarter":
                column.words -= _ORDINALS
            column.title = re.sub(r"\s+", " ", words).strip(" ,:") if column.words else ""
        self._settle(columns)
        return columns

    def _settle(self, columns: list[_Column]) -> None:
        """Take the columns for years where their years tell them apart."""
        if columns[::2] and all(column.period for column in columns[::2]):
            for of_year, beside in zip(columns[::2], columns[1::2], strict=False):
                if beside.percent and not (beside.period or beside.change):
                    # "2023 | % of revenue | 2022 | % of revenue": the shares are of the year before them.
                    beside.period = of_year.period
        headed = [column for column in columns if column.period is not None]
        years = [column.period.year for column in headed if column.period is not None]
        back = self._is_of_year_before([column.period for column in headed if column.period is not None])
        for column in headed:
            assert column.period is not None
            column.day = column.period if column.period.kind == "day" else None
            if column.period.kind in ("day", "month") and len(set(years)) == len(years):
                column.period = Period("year", column.period.year - back)

    def _is_of_year_before(self, periods: list[Period]) -> bool:
        """Tell whether days in January end the fiscal years before, as the text around a table names them."""
        if not periods or not all(p.kind == "day" and 101 <= p.part <= 207 for p in periods):
            return False
        last = max(period.year for period in periods)
        own, before = (
            re.search(rf"fiscal (?:year )?{year}(?!\d)|(?<!\d){year} fiscal year", self.captions)
            for year in (last, last - 1)
        )
        return before is not None and own is None

    def _columns_of(self, rest: list[str], shown: list[tuple[int, Number]]) -> list[_Column]:
        """Match the amounts of a row with the columns: in order where their numbers agree, else by place."""
        headed = [column for column in self.columns if column.text]
        filled = [place for place, cell in enumerate(rest) if cell]
        own = [place for place, text in enumerate(self.heads[-1][1:]) if text] if self.heads else []
        if len(filled) != len(headed) and len(filled) == len(own) and own[-1] < len(self.columns):
            # A head may span the cell of its currency sign and the amount, or stand over the sign alone.
            headed = [self.columns[place] for place in own]
        if len(filled) == len(headed):
            order = dict(zip(filled, headed, strict=True))
            return [order[place] for place, _ in shown]
        blank = _Column()
        return [self.columns[place] if place < len(self.columns) else blank for place, _ in shown]

    def _cell(
        self,
        row: int,
        place: int,
        name: str,
        label: str,
        number: Number,
        column: _Column,
        percent: bool,
        row_kind: RowKind,
    ) -> Cell:
        head = Head(column.text, column.power, column.percent)
        unit, power = self.kinds.unit(label, name, number, head, percent, row_kind)
        if name in _TOTALS and column.title and column.period is not None:
            # "Total" below "Freight revenues" is told as total freight revenues.
            name = f"{column.title}: {name}"
        value = -abs(number.value) if number.enclosed else number.value
        currency = self.currency if unit in ("money", "per_share") else None
        fact = Fact(
            f"{self.title}!r{row + 1}c{place + 2}",
            name,
            Decimal(value).scaleb(power),
            unit,
            period=None if column.period is None else period_name(column.period),
            currency=currency,
            source=self.title,
        )
        return Cell(fact, column.period, column.day, column.words, power, bool(number.currency), self.caption)


@lru_cache(maxsize=4096)
def _amount(cell: str) -> Number | None:
    """Read a cell that shows one amount; None when it shows none, several, or words."""
    if not cell or len(cell) > 60 or not any(char.isdigit() for char in cell) or _ZEROS.fullmatch(cell):
        return None
    twice = _TWICE.fullmatch(cell)
    if twice is not None and twice["again"] == twice["once"]:
        # "-1,234 ( 1,234 )" and "4.5% ( 4.5 % )" show one amount in two ways.
        cell = (
            f"-{twice['once']}{'%' if '%' in cell else ''}"
            if twice["minus"]
            else cell[: twice.start("rest")].strip()
        )
    if _PLAIN.fullmatch(cell) and not _YEAR.fullmatch(cell):
        text = ": " + cell
        alone = extract_alone(text, 2)
        plain = extract(text) if alone is None else [alone]
        return plain[0] if len(plain) == 1 else None
    # The mark keeps a filed (512) from being read as the number of a list.
    masked, named = mask(": " + _FOOTNOTE_BEHIND.sub(r"\1", cell))
    if named and not re.search(r"[$€£%]", cell):
        return None
    numbers = extract(masked)
    if len(numbers) != 1 or re.search(r"[a-z]{4}", re.sub(r"million|billion|thousand", "", cell)):
        return None
    return numbers[0]


_PLAIN = re.compile(r"(?:us|hk)?[$€£¥]?\s?\(?-?\d{1,3}(?:,\d{3})*(?:\.\d{1,4})?\)?%?|\d{3,9}(?:\.\d{1,4})?")
# "$'000" heads a column.
_ZEROS = re.compile(r"[a-z]{0,3}[$€£¥]?\s?['’]?000(?:['’,]?000)?['’]?s?")
_THOUSANDS = re.compile(r"(?<![\d.,])['’]?000(?:['’,]?000)?['’]?s?(?![\d.,])")
# What is one amount whatever stands around it.
_SURELY = re.compile(r"\s{0,9}[$€£¥]?\(?[1-9]\d{0,2}(?:,\d{3}){0,4}(?:\.\d{1,2})?\)?\s{0,9}")
_TWICE = re.compile(
    r"[$€£]?\s?(?P<minus>-)?\s?[$€£]?\s?(?P<once>\d[\d,.]*)\s?%?(?P<rest>\s?\(\s?[$€£]?\s?(?P<again>\d[\d,.]*)\s?%?\s?\)\s?%?)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CAPTION = re.compile(r"\([^()]{0,60}(?:thousands|millions|billions|except)[^()]{0,60}\)")
_FOOTNOTE_BEHIND = re.compile(r"(\d\)?)\s?\((?:\d{1,2}|[a-z])\)$")
