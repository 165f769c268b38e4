"""What a figure is said to be: its metric, its entity and its period."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from graph.report.figures.book import Book
from graph.report.figures.extract import DURATIONS, Number
from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope, Span
from graph.report.figures.mask import Named
from graph.report.figures.page import P, Page, inside
from graph.report.figures.periods import Period

_LISTED = re.compile(r"(?:[\s,/&()、，-]|and|or|the|its|和|与|及|以及|its|of|at|moving|averages?|stood|are|were|is|was|:|分别|为|在|respectively){0,12}")
_BARE_PRICE = re.compile(r"(?:[A-Z][A-Z0-9]{0,5}(?:\.[A-Z]{1,2})?|\d{4,6}\.[A-Z]{2})\)?:?\s(?:at|@|is at|报)?\s?$")
_LATER = re.compile(r"(?<![a-z])(?:in|for|during|of|on|at|as of|by|ended|ending|the|fiscal|year|end|quarter|through|dated|period|reached|set)(?![a-z])|[(\s,:于在截至]")
_FROM = re.compile(r"(?:(?<![a-z])(?:from|versus|vs\.?|against|than|compared (?:with|to)|over)|从|自|由|较|相比)[\s(]{0,3}(?:about|约)?\s?$")
_BASE = re.compile(r"[\s)]{0,3}(?:(?:from|over|versus|vs\.?|against|than|since|compared (?:with|to)|on)(?![a-z])|较|比)[\s(]{0,3}(?:the )?(?:fiscal )?$")
_OF_WHAT = re.compile(r"[\s-]{1,2}(?:its |annual |trailing |ttm |fy\d{2,4} ){0,2}(?:(?P<pe>earnings|profits?)|(?P<ps>sales|revenues?))(?![a-z])")
_FAR = 60


@dataclass(frozen=True)
class Label:
    """A mention as the name of a figure; the lower the cost, the closer it stands."""

    cost: int
    mention: Mention


@dataclass(frozen=True)
class When:
    """The period a figure is said to be of; `own` when it is named beside the figure itself.

    `base` is the period a change is measured from, when it is named behind the figure.
    """

    period: Period | None = None
    own: bool = False
    base: Period | None = None
    others: tuple[Period, ...] = ()


class Resolver:
    """Finds what each figure of a page is said to be."""

    def __init__(self, page: Page, book: Book, question: Page) -> None:
        self.page = page
        self.book = book
        self.question = question
        self._entities = book.mentioned(page.norm)
        self._entity_starts = [start for start, _, _ in self._entities]
        self._pairs: dict[tuple[int, str], dict[int, object]] = {}

    def scope(self, number: Number) -> Scope:
        """Give the scope in which the figure stands."""
        return self.page.scopes[self.page.scope_index(number.start)]

    def labels(self, number: Number) -> list[Label]:
        """Give the names that may be the figure's, nearest first."""
        scope = self.scope(number)
        paired = self._paired("mention", self.page.mentions_in((scope.start, scope.end)), scope).get(number.start)
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
                found.append(Label(page.distance(mention.end, number.start), mention))
        for mention in page.mentions[here : min(last, here + 3)]:
            if mention.start >= number.end:
                found.append(Label(2 + self._behind(number.end, mention.start), mention))
        multiple = _OF_WHAT.match(page.low, number.end) if number.unit == "multiple" else None
        if multiple is not None:
            found.append(Label(0, Mention(number.end, multiple.end(), ("pe" if multiple["pe"] else "ps",))))
            return found
        if number.currency and not number.scale and not any(label.cost < 4 for label in found):
            before = page.norm[max(scope.start, number.start - 16) : number.start]
            if _BARE_PRICE.search(before):
                found.append(Label(3, Mention(number.start, number.start, ("close",))))
        return found

    def _behind(self, end: int, start: int) -> int:
        """Weigh a name behind the figure: a clause mark between them parts them."""
        page = self.page
        cost = page.distance(end, start)
        return cost + (30 if cost >= 4 and re.search(r"[,，;:]|(?<![a-z])(?:and|while|but|with|vs)(?![a-z])|和|而", page.low[end:start]) else 0)

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

    def when(self, number: Number) -> When:
        """Give the period that the figure is said to be of."""
        scope = self.scope(number)
        named = self.page.named_in((scope.start, scope.end))
        paired = self._paired("period", named, scope).get(number.start)
        if isinstance(paired, Named):
            return When(paired.period, own=True)
        if scope.cell:
            return self._cell_period(scope, named)
        others = tuple(dict.fromkeys(item.period for item in named[:8]))
        behind = self._period_behind(number, scope)
        base = None
        if behind is not None and _BASE.match(self.page.low[number.end : behind.start]):
            base, behind = behind.period, None
        if behind is not None:
            return When(behind.period, own=True, others=others)
        ahead = self._period_ahead(number, scope)
        if ahead is not None:
            return When(ahead.period, own=not self.page.numbers_between(ahead.end, number.start), base=base, others=others)
        if others:
            rest = [period for period in others if period != base and period.kind != "prior"]
            return When(rest[0] if len(rest) == 1 and base is None else None, base=base, others=others)
        return self._period_elsewhere(number, scope)

    def _period_behind(self, number: Number, scope: Scope) -> Named | None:
        """Give the period named directly behind the figure."""
        index = bisect_left(self.page.named_starts, number.end)
        if index >= len(self.page.named):
            return None
        named = self.page.named[index]
        gap = self.page.low[number.end : named.start][:60]
        if named.end > scope.end or self.page.numbers_between(number.end, named.start) or named.start - number.end > 40:
            return None
        if _BASE.match(gap):
            return named
        mentions = inside(self.page.mentions, self.page.mention_starts, number.end, named.start)
        for mention in mentions:
            gap = gap.replace(self.page.low[mention.start : mention.end], " ")
        return named if not _LATER.sub("", gap.replace(")", " ")).strip() and gap.count(",") < 1 else None

    def _period_ahead(self, number: Number, scope: Scope) -> Named | None:
        """Give the last period named before the figure that no other figure claims as its own."""
        starts = self.page.named_starts
        for index in range(bisect_right(starts, number.start) - 1, -1, -1):
            named = self.page.named[index]
            if named.start < scope.start:
                return None
            if named.end <= number.start and not self._is_base(named, scope):
                return named
        return None

    def _is_base(self, named: Named, scope: Scope) -> bool:
        """Tell whether a period is what a change is measured from, as in "up 2% from FY2023"."""
        before = self.page.low[max(scope.start, named.start - 24) : named.start]
        return bool(re.search(r"(?:(?<![a-z])(?:from|over|versus|vs\.?|than|since|compared (?:with|to))|较|比)\s(?:the )?(?:fiscal )?$|[较比]$", before))

    def _cell_period(self, scope: Scope, named: Sequence[Named]) -> When:
        """Read the period of a cell from itself, its headers and its neighbours."""
        for span in (scope.column, scope.row, *scope.mates):
            found = [*named, *(self.page.named_in(span) if span is not None else ())]
            if found:
                return When(found[0].period, own=span in (scope.column, scope.row))
        for span in scope.heads:
            heading = self.page.named_in(span)
            if len(heading) == 1:
                return When(heading[0].period)
        return When()

    def _period_elsewhere(self, number: Number, scope: Scope) -> When:
        """Carry a period over from the sentence before, the heading or the question."""
        index = self.page.scope_index(number.start)
        if index and self.page.scopes[index - 1].block == scope.block:
            earlier = self.page.scopes[index - 1]
            named = self.page.named_in((earlier.start, earlier.end))
            if named:
                return When(None, others=tuple(item.period for item in named[:8]))
        for span in scope.heads:
            named = self.page.named_in(span)
            if named:
                return When(None, others=tuple(item.period for item in named[:8]))
        return When(None, others=tuple(item.period for item in self.question.named[:8]))

    def is_from(self, number: Number) -> bool:
        """Tell whether the figure is what something moved from."""
        return bool(_FROM.search(self.page.before(number, self.scope(number))))

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
            found = self._entities[bisect_left(self._entity_starts, span[0]) : bisect_left(self._entity_starts, span[1])]
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
        paired = self._paired("entity", marks, scope).get(number.start)
        return paired.keys[0] if isinstance(paired, Mention) else None

    def _paired(self, name: str, items: Sequence[P], scope: Scope) -> dict[int, object]:
        """Match names listed together with as many figures listed together, in order."""
        known = self._pairs.get((scope.start, name))
        if known is None:
            known = self._pairs[scope.start, name] = self._match_lists(items, scope)
        return known

    def _match_lists(self, items: Sequence[P], scope: Scope) -> dict[int, object]:
        pairs: dict[int, object] = {}
        if len(items) < 2 or scope.cell:
            return pairs
        starts = self.page.number_starts
        numbers = self.page.numbers[bisect_left(starts, scope.start) : bisect_left(starts, scope.end)]
        taken = {(item.start, item.end) for item in items}
        numbers = [n for n in numbers if n.unit not in DURATIONS and not any(s <= n.start < e for s, e in taken)][:64]
        run: list[P] = []
        for place, item in enumerate(items[:64]):
            run = [*run, item] if run and self._listed(run[-1].end, item.start) else [item]
            following = items[place + 1].start if place + 1 < len(items) else scope.end
            group = self._listed_numbers(numbers, item.end, following)
            if len(run) >= 2 and len(group) == len(run):
                pairs |= {number.start: member for number, member in zip(group, run, strict=True)}
        return pairs

    def _listed(self, start: int, end: int) -> bool:
        return 0 <= end - start <= 40 and bool(_LISTED.fullmatch(self.page.low[start:end]))

    def _listed_numbers(self, numbers: Sequence[Number], start: int, end: int) -> list[Number]:
        """Give the figures of one kind that are listed together behind a place."""
        group: list[Number] = []
        for number in numbers:
            if not start <= number.start < end:
                continue
            if group and not (self._listed(group[-1].end, number.start) and group[-1].unit == number.unit):
                break
            group.append(number)
        return group
