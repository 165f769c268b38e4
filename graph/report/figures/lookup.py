"""Which facts a figure may show: those of its name, entity and period."""

from __future__ import annotations

from collections.abc import Sequence

from graph.report.figures.book import Book, Known
from graph.report.figures.extract import Number
from graph.report.figures.labels import Mention
from graph.report.figures.periods import Period
from graph.report.figures.resolve import Label, Resolver
from graph.report.figures.terms import UNDATED
from graph.report.figures.timing import When
from graph.report.figures.units import clash
from graph.vocabulary import METRICS


class Lookup:
    """Finds the facts of one book for the figures of one page."""

    def __init__(self, resolver: Resolver, book: Book) -> None:
        self.resolver = resolver
        self.page = resolver.page
        self.book = book

    def candidates(self, number: Number, labels: Sequence[Label]) -> list[Label]:
        """Give the nearest name, and those as near that the choice is open."""
        usable = [label for label in labels if label.mention.kind != "window"]
        ranked = sorted(
            usable, key=lambda label: label.cost + (0 if self._fits_unit(number, label.mention) else 15)
        )
        if not ranked:
            return []
        best = ranked[0].cost
        return [ranked[0]] + [label for label in ranked[1:4] if best >= 3 and label.cost <= best + 1]

    def _fits_unit(self, number: Number, mention: Mention) -> bool:
        """Tell whether the figure's unit is one in which the metric is told."""
        return mention.kind == "foreign" or any(self.unit_fits(number, key) for key in mention.keys)

    def unit_fits(self, number: Number, key: str) -> bool:
        """Tell whether the figure's unit is one in which facts of the metric are told."""
        line = self.book.lines.get(key)
        if line:
            return not clash(number, line[0].fact.unit, None)
        return key not in METRICS or not clash(number, METRICS[key].unit, None)

    def at(self, key: str, entities: tuple[str, ...], when: When, number: Number) -> list[Known]:
        """Give the facts of a metric at the period that the figure is said to be of."""
        line = self.book.line(key, entities)
        period = self._period(when, number, line)
        if period is not None:
            found = [
                item
                for item in line
                if item.of(period, undated=key in UNDATED and not self._dates(line, period))
            ]
            return self.book.latest(found) if period.kind in ("year", "month") else found
        carried = [item for item in line if any(item.of(other) for other in when.others)]
        latest = self.book.latest(line)
        return carried + [item for item in latest if item not in carried] if carried else latest

    def _dates(self, line: Sequence[Known], period: Period) -> bool:
        return any(item.of(period) for item in line)

    def _period(self, when: When, number: Number, line: Sequence[Known]) -> Period | None:
        """Settle which of the periods in the sentence is the figure's."""
        period = when.period
        is_from = self.resolver.is_from(number)
        if period is None:
            years = sorted((p for p in when.others if p.kind != "prior"), key=Period.order)
            return (years[0] if is_from else years[-1]) if len(years) > 1 and not when.base else None
        if period.kind == "range":
            return Period("year", period.year if is_from else period.part)
        if period.kind == "prior":
            return self._before(when, line)
        if is_from and not when.own and period.kind in ("year", "quarter", "half"):
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
