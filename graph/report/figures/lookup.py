"""Which facts a figure may show: those of its name, entity and period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from graph.report.figures.book import Book, Known
from graph.report.figures.extract import Number
from graph.report.figures.labels import Mention
from graph.report.figures.naming import Label
from graph.report.figures.period import Period
from graph.report.figures.resolve import Resolver
from graph.report.figures.terms import UNDATED
from graph.report.figures.timing import When
from graph.report.figures.wording import tokens

# Costs of names: beside the figure, clearly apart from it, in another clause; what leaves the choice open.
_ATTACHED = 2
_BEHIND = 3
_NAMED = 6
_APART = 12
_PARTED = 15
_OPEN = 6
_WINDOWS = {
    "volatility_20d": re.compile(r"(?<!\d)20[- ]?(?:trading )?(?:days?|d)(?![a-z])|20日|one[- ]month"),
    "volatility_1y": re.compile(
        r"(?<![a-z])(?:one|1|12)[- ]?(?:years?|y|months?)(?![a-z])|(?:past|last|full) year|over the year"
        r"|[一1]年"
    ),
}
_JOINT = re.compile(r"(?<![a-z])(?:and|while|with)(?![a-z])|[,;，；]")
_SPANS = ("year", "quarter", "half", "span")


class Lookup:
    """Finds the facts of one book for the figures of one page."""

    def __init__(self, resolver: Resolver, book: Book) -> None:
        self.resolver = resolver
        self.page = resolver.page
        self.naming = resolver.naming
        self.book = book
        self._said: dict[int, frozenset[str]] = {}

    def candidates(self, number: Number, labels: Sequence[Label]) -> list[Label]:
        """Give the nearest name that fits the figure's unit, and those as near that the choice is open."""
        usable = [
            replace(label, mention=self._windowed(number, label.mention))
            for label in labels
            if label.mention.kind != "window"
        ]
        fitting = [label for label in usable if self.naming.fits(number, label.mention)]
        if not fitting and number.unit == "multiple":
            fitting = [
                replace(label, mention=replace(label.mention, keys=("volume_ratio",)))
                for label in usable[:2]
                if label.cost <= _APART and set(label.mention.keys) & {"volume", "volume_avg_20"}
            ]
        if not fitting or (usable[0].cost <= _ATTACHED and fitting[0].cost > _APART):
            return [
                label
                for label in usable[:1]
                if label.cost <= (_NAMED if label.mention.end <= number.start else _BEHIND)
            ]
        free = [label for label in fitting if not label.taken and label.cost < fitting[0].cost + _PARTED]
        best = (free or fitting)[0]
        reach = best.cost + (_OPEN if best.cost > _ATTACHED else 1)
        return [best] + [
            label for label in free[1:4] if (best.cost >= 2 and label.cost <= reach) or label.apposed
        ]

    def _windowed(self, number: Number, mention: Mention) -> Mention:
        """Settle which of several windows is meant, by what is said behind the figure or else before it."""
        windows = {key: pattern for key, pattern in _WINDOWS.items() if key in mention.keys}
        if not windows or not (mention.kind == "joint" or "volatility" in mention.keys[0]):
            return mention
        scope = self.resolver.scope(number)
        behind = _JOINT.split(self.page.low[number.end : min(scope.end, number.end + 28)])[0]
        before = self.page.low[max(scope.start, number.start - 70) : number.start]
        for text in (behind, before):
            said = [key for key, pattern in _WINDOWS.items() if pattern.search(text)]
            if len(said) == 1 and self.book.lines.get(said[0]):
                return replace(mention, keys=(said[0],))
        return mention

    def unit_fits(self, number: Number, key: str) -> bool:
        """Tell whether the figure's unit is one in which facts of the metric are told."""
        return self.naming.unit_fits(number, key)

    def at(self, key: str, entities: tuple[str, ...], when: When, number: Number) -> list[Known]:
        """Give the facts of a metric at the period that the figure is said to be of."""
        line = self.narrowed(self.book.line(key, entities), number)
        period = self._period(when, number, line)
        if period is not None:
            found = [
                item
                for item in line
                if item.of(period, undated=key in UNDATED and not self._dates(line, period))
            ]
            return self.book.latest(found) if period.kind in ("year", "month") else found
        earlier = self._earlier(when, number, line)
        if earlier and self.resolver.timing.moved_from(number):
            return earlier
        carried = [item for item in line if any(item.of(other) for other in when.others)]
        latest = self.book.latest(line)
        carried += [item for item in latest if item not in carried]
        return earlier + [item for item in carried if item not in earlier]

    def narrowed(self, found: list[Known], number: Number) -> list[Known]:
        """Keep the facts whose columns the sentence, or else the question, names best."""
        if len({item.column for item in found}) < 2:
            return found
        scope = self.resolver.scope(number)
        for said in (self._tokens(scope.start, scope.end), self.resolver.question_tokens):
            named = [(len(item.column & said), item) for item in found]
            most = max(count for count, _ in named)
            if most:
                best = [item for count, item in named if count == most]
                least = min(len(item.column) for item in best)
                return [item for item in best if len(item.column) == least]
        plain = [item for item in found if not item.column]
        return plain or found

    def _tokens(self, start: int, end: int) -> frozenset[str]:
        known = self._said.get(start)
        if known is None:
            known = self._said[start] = tokens(self.page.low[start:end])
        return known

    def meant(self, when: When) -> Period | None:
        """Give the period that the figure is said to be of, a year before counted from the others named."""
        if when.period is None or when.period.kind != "prior":
            return when.period
        about = [period for period in when.others if period.kind not in ("prior", "range")]
        return max(about, key=Period.order).back() if about else None

    def _earlier(self, when: When, number: Number, line: Sequence[Known]) -> list[Known]:
        """Give the facts of a year before, for what something moved from or is compared with."""
        if not self.resolver.is_from(number):
            return []
        years = [item.period for item in line if item.period is not None and item.period.kind in _SPANS]
        if when.base is not None and when.base.kind in _SPANS:
            return [item for item in line if item.period == when.base]
        about = [period for period in when.others if period.kind in _SPANS] or years
        last = max(about, key=Period.order).back() if about else None
        return [item for item in line if last is not None and item.period == last]

    def _dates(self, line: Sequence[Known], period: Period) -> bool:
        return any(item.of(period) for item in line)

    def _period(self, when: When, number: Number, line: Sequence[Known]) -> Period | None:
        """Settle which of the periods in the sentence is the figure's."""
        period = when.period
        is_from = self.resolver.is_from(number)
        moved = self.resolver.timing.moves(number)
        if moved and not when.own:
            ends = sorted((p for p in when.others if p.kind in _SPANS), key=Period.order)
            if len(ends) > 1:
                return ends[0] if moved < 0 else ends[-1]
        if period is None:
            years = sorted((p for p in when.others if p.kind != "prior"), key=Period.order)
            return (years[0] if is_from else years[-1]) if len(years) > 1 and not when.base else None
        if period.kind == "range":
            return Period("year", period.year if is_from else period.part)
        if period.kind == "prior":
            return self._before(when, line)
        if is_from and not when.own and period.kind in _SPANS:
            earlier = [p for p in when.others if p.kind == period.kind and p.order() < period.order()]
            return earlier[0] if earlier else period.back()
        return period

    def _before(self, when: When, line: Sequence[Known]) -> Period | None:
        """Give the period a year before the one that the sentence is about."""
        about = [p for p in when.others if p.kind != "prior"]
        if about:
            return about[0].back()
        periods = [item.period for item in line if item.period is not None]
        return max(periods, key=Period.order).back() if periods else None
