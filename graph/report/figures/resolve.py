"""What a figure is said to be: its metric, its entity and its period."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from graph.report.figures.book import Book
from graph.report.figures.extract import Number
from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope, Span
from graph.report.figures.naming import Label, Naming
from graph.report.figures.page import Page
from graph.report.figures.pairing import Pairing
from graph.report.figures.timing import Timing, When
from graph.report.figures.wording import tokens

_FAR = 60
_BACK = 6
_EARNED = re.compile(r"(?<![a-z])(?:earn(?:ed|s|ings)?|income|profits?|loss|made)(?![a-z])|盈利|收益")


class Resolver:
    """Finds what each figure of a page is said to be."""

    def __init__(self, page: Page, book: Book, question: Page) -> None:
        self.page = page
        self.book = book
        self.question = question
        self.question_tokens = tokens(question.low)
        self._entities = book.mentioned(page.norm)
        self._entity_starts = [start for start, _, _ in self._entities]
        self.naming = Naming(page, book)
        self.pairing = Pairing(page)
        self._labels: dict[int, list[Label]] = {}
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
        known = self._labels.get(number.start)
        if known is None:
            known = self._labels[number.start] = self._find_labels(number)
        return known

    def _find_labels(self, number: Number) -> list[Label]:
        scope = self.scope(number)
        paired = self.pairing.paired("mention", self.page.mentions_in((scope.start, scope.end)), scope).get(
            number.start
        )
        if isinstance(paired, Mention):
            return [Label(0, self.naming.as_told(number, paired))]
        if scope.cell and (row := self._row_pair(number, scope)) is not None:
            return [Label(0, self.naming.as_told(number, row))]
        found = self.naming.near(number, scope)
        if scope.cell:
            found += [Label(3 + 8 * rank, mention) for rank, mention in self._headers(number, scope)]
        elif not found:
            found = self._elsewhere(number, scope)
        near = any(label.cost <= _BACK for label in found)
        earned = number.per and _EARNED.search(self.page.low, scope.start, scope.end)
        if earned and not near and self.book.lines.get("eps_diluted"):
            # "Apple earned $6.08 per diluted share" names the metric by its unit.
            found.append(Label(1, Mention(number.start, number.start, ("eps_diluted",))))
        return sorted(found, key=lambda label: label.cost)

    def _row_pair(self, number: Number, scope: Scope) -> Mention | None:
        """Match the figures of a cell in order with as many names of its row, as in "MACD / Signal"."""
        if scope.row is None or scope.row == (scope.start, scope.end):
            return None
        starts = self.page.number_starts
        first, last = bisect_left(starts, scope.start), bisect_left(starts, scope.end)
        names = self.page.mentions_in(scope.row) if 2 <= last - first <= 4 else []
        place = bisect_left(starts, number.start) - first
        return names[place] if len(names) == last - first and 0 <= place < len(names) else None

    def _headers(self, number: Number, scope: Scope) -> list[tuple[int, Mention]]:
        """Give the names of the row header, the column header and the caption."""
        spans = [span for span in (scope.row, scope.column, *scope.heads) if span is not None]
        return [
            (rank, self.naming.as_told(number, mention))
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
            found = self._entities_in(span)
            if found:
                return (self._nearest_entity(number, found),)
        return self._carried(number, scope)

    def _carried(self, number: Number, scope: Scope) -> tuple[str, ...]:
        """Carry the subject over from the sentences before, or what else the nearest of them names."""
        index = self.page.scope_index(number.start)
        for earlier in reversed(self.page.scopes[max(0, index - _BACK) : index]):
            if earlier.block != scope.block:
                break
            found = self._entities_in((earlier.start, earlier.end))
            if found:
                return tuple(dict.fromkeys((found[0][2], found[-1][2])))
        return ()

    def _entities_in(self, span: Span) -> list[tuple[int, int, str]]:
        starts = self._entity_starts
        return self._entities[bisect_left(starts, span[0]) : bisect_left(starts, span[1])]

    def _nearest_entity(self, number: Number, found: Sequence[tuple[int, int, str]]) -> str:
        paired = self._pair_entities(number, found)
        if paired:
            return paired
        behind = [item for item in found if item[0] >= number.end]
        ahead = [item for item in found if item[1] <= number.start]
        own = behind and self.page.low[behind[0][1] : behind[0][1] + 2] in ("'s", "’s", "的")
        if behind and not (own and ahead) and self.page.distance(number.end, behind[0][0]) <= 2:
            return behind[0][2]
        return (ahead[-1] if ahead else behind[0] if behind else found[0])[2]

    def _pair_entities(self, number: Number, found: Sequence[tuple[int, int, str]]) -> str | None:
        scope = self.scope(number)
        marks = [Mention(start, end, (entity,)) for start, end, entity in found]
        paired = self.pairing.paired("entity", marks, scope).get(number.start)
        return paired.keys[0] if isinstance(paired, Mention) else None
