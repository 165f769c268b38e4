"""What a figure is said to be: its metric, its entity and its period."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from graph.report.figures.book import Book
from graph.report.figures.extract import Number
from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope, Span
from graph.report.figures.page import Page
from graph.report.figures.pairing import Pairing
from graph.report.figures.timing import Timing, When

_BARE_PRICE = re.compile(
    r"(?:[A-Z][A-Z0-9]{0,5}(?:\.[A-Z]{1,2})?|\d{4,6}\.[A-Z]{2})\)?:?\s(?:at|@|is at|报)?\s?$"
)
_APPOSED = re.compile(r"\s?(?:,|[(—]|，即)\s?(?:the|its|a|an|which is the|the nearest|即|its)?\s?")
_PARTS = re.compile(r"[,，;:]|(?<![a-z])(?:and|while|but|with|vs)(?![a-z])|和|而")
_FAR = 60


@dataclass(frozen=True)
class Label:
    """A mention as the name of a figure; the lower the cost, the closer it stands."""

    cost: int
    mention: Mention


class Resolver:
    """Finds what each figure of a page is said to be."""

    def __init__(self, page: Page, book: Book, question: Page) -> None:
        self.page = page
        self.book = book
        self.question = question
        self._entities = book.mentioned(page.norm)
        self._entity_starts = [start for start, _, _ in self._entities]
        self.pairing = Pairing(page)
        self.timing = Timing(page, question, self.pairing)

    def scope(self, number: Number) -> Scope:
        """Give the scope in which the figure stands."""
        return self.page.scope_of(number.start)

    def when(self, number: Number) -> When:
        """Give the period that the figure is said to be of."""
        return self.timing.when(number)

    def is_from(self, number: Number) -> bool:
        """Tell whether the figure is what something moved from."""
        return self.timing.is_from(number)

    def labels(self, number: Number) -> list[Label]:
        """Give the names that may be the figure's, nearest first."""
        scope = self.scope(number)
        paired = self.pairing.paired("mention", self.page.mentions_in((scope.start, scope.end)), scope).get(
            number.start
        )
        if isinstance(paired, Mention):
            return [Label(0, paired)]
        found = self._near(number, scope)
        if scope.cell:
            found += [Label(3 + 2 * rank, mention) for rank, mention in self._headers(number, scope)]
        elif not found:
            found = self._elsewhere(number, scope)
        return sorted(found, key=lambda label: label.cost)

    def _near(self, number: Number, scope: Scope) -> list[Label]:
        """Weigh the mentions of the scope itself, on both sides of the figure."""
        page = self.page
        starts = page.mention_starts
        first, last = bisect_left(starts, scope.start), bisect_left(starts, scope.end)
        here = bisect_left(starts, number.start)
        found: list[Label] = []
        for mention in page.mentions[max(first, here - 4) : here]:
            if mention.end <= number.start:
                found.append(Label(page.distance(mention.end, number.start) + self._spent(mention), mention))
        for mention in page.mentions[here : min(last, here + 3)]:
            # "9.9 times sales": the figure's unit is part of the name.
            if mention.start >= number.end or (mention.start > number.start and mention.end > number.end):
                place = max(number.end, mention.start)
                found.append(Label(2 + self._behind(number.end, place), mention))
        if number.currency and not number.scale and not any(label.cost < 4 for label in found):
            before = page.norm[max(scope.start, number.start - 16) : number.start]
            if _BARE_PRICE.search(before):
                found.append(Label(3, Mention(number.start, number.start, ("close",))))
        return found

    def _spent(self, mention: Mention) -> int:
        """Weigh down a name that another figure holds in parentheses, as in "$232.04 (50-day)"."""
        gap = self.page.masked[max(0, mention.start - 3) : mention.start]
        if not gap.endswith("(") or self.page.low[mention.end : mention.end + 1] != ")":
            return 0
        index = bisect_left(self.page.number_starts, mention.start)
        return 20 if index and self.page.numbers[index - 1].end >= mention.start - 3 else 0

    def _behind(self, end: int, start: int) -> int:
        """Weigh a name behind the figure: a clause mark between them parts them, an apposition does not."""
        page = self.page
        if start - end < 24 and _APPOSED.fullmatch(page.low[end:start]):
            return 1
        cost = page.distance(end, start)
        return cost + (30 if cost >= 4 and _PARTS.search(page.low, end, start) else 0)

    def _headers(self, number: Number, scope: Scope) -> list[tuple[int, Mention]]:
        """Give the names of the row header, the column header and the caption."""
        spans = [span for span in (scope.row, scope.column, *scope.heads) if span is not None]
        return [
            (rank, mention)
            for rank, span in enumerate(spans)
            for mention in self.page.mentions_in(span)
            if not (mention.start <= number.start < mention.end) and span != (scope.start, scope.end)
        ]

    def _elsewhere(self, number: Number, scope: Scope) -> list[Label]:
        """Look for a name before the scope: sentences of the same paragraph, the heading, the question."""
        index = self.page.scope_index(number.start)
        for step in range(1, 4):
            if index < step or self.page.scopes[index - step].block != scope.block:
                break
            earlier = self.page.scopes[index - step]
            mentions = self.page.mentions_in((earlier.start, earlier.end))
            if mentions:
                return [Label(_FAR, mention) for mention in (mentions[0], mentions[-1])]
        mentions = [mention for span in scope.heads for mention in self.page.mentions_in(span)]
        return [Label(_FAR, mention) for mention in (mentions or self.question.mentions)[:3]]

    def entities(self, number: Number) -> tuple[str, ...]:
        """Give the entities that the figure may be of; none when any may be meant."""
        if not self._entities:
            return tuple(self.book.entities) if len(self.book.entities) == 1 else ()
        scope = self.scope(number)
        spans: list[Span] = [(scope.start, scope.end)]
        if scope.cell:
            spans += [span for span in (scope.row, scope.column) if span is not None]
        spans += list(scope.heads)
        for span in spans:
            found = self._entities[
                bisect_left(self._entity_starts, span[0]) : bisect_left(self._entity_starts, span[1])
            ]
            if found:
                return (self._nearest_entity(number, found),)
        index = self.page.scope_index(number.start)
        if index and self.page.scopes[index - 1].block == scope.block:
            earlier = self.page.scopes[index - 1]
            found = [item for item in self._entities if earlier.start <= item[0] < earlier.end]
            if found:
                return (found[-1][2],)
        return ()

    def _nearest_entity(self, number: Number, found: Sequence[tuple[int, int, str]]) -> str:
        paired = self._pair_entities(number, found)
        if paired:
            return paired
        behind = [item for item in found if item[0] >= number.end]
        ahead = [item for item in found if item[1] <= number.start]
        if behind and self.page.distance(number.end, behind[0][0]) <= 2:
            return behind[0][2]
        return (ahead[-1] if ahead else behind[0] if behind else found[0])[2]

    def _pair_entities(self, number: Number, found: Sequence[tuple[int, int, str]]) -> str | None:
        scope = self.scope(number)
        marks = [Mention(start, end, (entity,)) for start, end, entity in found]
        paired = self.pairing.paired("entity", marks, scope).get(number.start)
        return paired.keys[0] if isinstance(paired, Mention) else None
