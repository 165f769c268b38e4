"""The rows and periods that a sentence names, or else the question, for what they may come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.report.figures import cues
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope
from graph.report.figures.lookup import Lookup
from graph.report.figures.measure import DURATIONS
from graph.report.figures.page import Page
from graph.report.figures.passages import Passages
from graph.report.figures.period import Period
from graph.report.figures.wording import words

_YEARS = ("year", "quarter", "half", "span", "day", "month")
MOST = 6


@dataclass(frozen=True)
class Line:
    """The facts of one row and where it is named; `bottom` when it is what others are set against."""

    known: tuple[Known, ...]
    place: int
    bottom: bool = False


class Operands:
    """Finds what the figures of one page may be computed from."""

    def __init__(self, lookup: Lookup, passages: Passages, asked: Page) -> None:
        self.lookup = lookup
        self.resolver = lookup.resolver
        self.page = lookup.page
        self.passages = passages
        self.asked = asked
        self._periods: dict[int, list[Period]] = {}

    def lines(self, number: Number, scope: Scope) -> list[Line]:
        """Give the rows that the sentence names, else those of the sentences before, else the question's."""
        mentions = self.page.mentions_in((scope.start, scope.end))
        page, found = self.page, self._held(number, mentions, self.page)
        index = self.page.scope_index(number.start)
        while not found and index and self.page.scopes[index - 1].block == scope.block:
            index -= 1
            earlier = self.page.scopes[index]
            found = self._held(number, self.page.mentions_in((earlier.start, earlier.end)), page)
        asked = self._held(number, self.asked.mentions, self.asked)
        if not found or (len(found) == 1 and len(asked) > 1):
            found += [line for line in asked if line.known not in [other.known for other in found]]
        found += self._told(self.page, scope.start, scope.end, number.unit in DURATIONS)
        if self.asked.low and not found:
            found += self._told(self.asked, 0, len(self.asked.low))
        return found[: 2 * MOST]

    def totals(self, part: Known) -> list[Known]:
        """Give the totals at the time of a row that stand in its table."""
        book = self.lookup.book
        return [
            item
            for key in book.lines
            if cues.TOTAL_ROW.search(key)
            for item in book.lines[key]
            if item.fact.source == part.fact.source
            and (item.period, item.column, item.fact.unit) == (part.period, part.column, part.fact.unit)
            and abs(item.value) > abs(part.value)
        ]

    def revenue(self, number: Number, place: int) -> list[Line]:
        """Give what a margin is a share of."""
        entities = self.resolver.entities(number)
        book = self.lookup.book
        held = [book.line(key, entities) for key in book.lines if cues.REVENUE.fullmatch(key)]
        held += [known for _, known in self.passages.lines(frozenset({"revenu"}))]
        return [Line(tuple(known), place, True) for known in held if known][:MOST]

    def _told(self, page: Page, start: int, end: int, timed: bool = False) -> list[Line]:
        """Give the figures of documents' sentences that speak of what the stretch of text speaks of."""
        if not self.passages:
            return []
        places: dict[str, int] = {}
        for word, place, _ in (*words(page.masked, start, end), *page.short):
            if start <= place < end:
                places.setdefault(word, place)
        found = []
        said = page.telling(start, end)
        for by, known in self.passages.lines(said, timed) or self.passages.closest(said, timed):
            place = min((places.get(word, start) for word in by), default=start)
            found.append(Line(tuple(known), place, _is_bottom(page.low, max(start, place - 30), place)))
        return found

    def _held(self, number: Number, mentions: Sequence[Mention], page: Page) -> list[Line]:
        entities = self.resolver.entities(number)
        found: list[Line] = []
        for mention in mentions[:MOST]:
            bottom = _is_bottom(page.low, max(0, mention.start - 30), mention.start)
            for key in mention.keys[:4]:
                known = tuple(self.lookup.narrowed(self.lookup.book.line(key, entities), number))
                if known and all(known != line.known for line in found):
                    found.append(Line(known, mention.start, bottom))
        return found

    def periods(self, number: Number, scope: Scope) -> Sequence[Period]:
        """Give the periods that the sentence names, filled up from the question where it names too few."""
        known = self._periods.get(scope.start)
        if known is None:
            known = self._periods[scope.start] = self._read_periods(number, scope)
        return known

    def _read_periods(self, number: Number, scope: Scope) -> list[Period]:
        named = [item.period for item in self.page.named_in((scope.start, scope.end))]
        if scope.cell:
            for span in (scope.row, scope.column):
                named += [item.period for item in self.page.named_in(span)] if span is not None else []
        asked = [item.period for item in self.asked.named[:8]]
        periods = list(dict.fromkeys(named))
        if not periods:
            index = self.page.scope_index(number.start)
            if index and self.page.scopes[index - 1].block == scope.block:
                earlier = self.page.scopes[index - 1]
                periods = [item.period for item in self.page.named_in((earlier.start, earlier.end))]
        if len(periods) < 2:
            periods += [period for period in asked if not any(period.agrees(other) for other in periods)]
        about = [
            period
            for period in periods
            if period.kind in _YEARS and (period.year or period.kind in ("quarter", "half", "span"))
        ]
        if any(period.kind == "prior" for period in periods) and about:
            about.append(max(about, key=Period.order).back())
        if any(not period.year for period in about):
            # "in the fourth quarter" of the year that the question names.
            about = [period for period in about if period.kind != "year"] or about
        for period in periods:
            if period.kind == "range":
                about += [
                    Period("year", year)
                    for year in range(period.year, min(period.part, period.year + 20) + 1)
                ]
        return list(dict.fromkeys(about))[: MOST + 2]


def _is_bottom(low: str, start: int, place: int) -> bool:
    """Tell whether what is named at a place is what something else is set against."""
    return cues.BOTTOM.search(low, start, place) is not None and cues.TOP.search(low, start, place) is None
