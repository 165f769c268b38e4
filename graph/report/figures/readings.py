"""Ways to read a figure against the facts: as a level, a change, a distance, a share, a growth rate or a mean."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal

from graph.report.figures import derive
from graph.report.figures.book import Book, Known
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.labels import Mention
from graph.report.figures.periods import Period
from graph.report.figures.resolve import Label, Resolver, When
from graph.report.figures.role import Role
from graph.report.figures.terms import DISTANCES, LEVELS, UNDATED, UNSIGNED
from graph.report.figures.units import clash
from graph.vocabulary import METRICS

_QUARTERLY = re.compile(r"qoq|q/q|quarter[- ](?:over|on)[- ]quarter|sequential|环比")
_SHARES = {(top, bottom): key for key, ratios in derive.RATIOS.items() for top, bottom, _ in ratios}


class Reader:
    """Reads figures of one page against one book."""

    def __init__(self, resolver: Resolver, book: Book) -> None:
        self.resolver = resolver
        self.page = resolver.page
        self.book = book

    def level(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the value of the metric that it is named by."""
        names = self._candidates(number, labels)
        entities = self.resolver.entities(number)
        first: Finding | None = None
        for label in names:
            finding = self._level_of(number, label.mention, entities, when, role)
            if finding is not None and finding.status != "contradicted":
                return finding
            first = first or finding
        return first

    def _candidates(self, number: Number, labels: Sequence[Label]) -> list[Label]:
        """Give the nearest name, and those as near that the choice is open."""
        usable = [label for label in labels if label.mention.kind != "window"]
        ranked = sorted(usable, key=lambda label: label.cost + (0 if self._fits_unit(number, label.mention) else 15))
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

    def _level_of(self, number: Number, mention: Mention, entities: tuple[str, ...], when: When, role: Role) -> Finding | None:
        side = role.side if role.kind == "change" else 0
        found: list[Known] = []
        for key in mention.keys:
            found += self.at(key, entities, when, number)
        unsigned = bool(UNSIGNED & set(mention.keys))
        finding = weigh_facts(number, found, side, "named fact", turned=mention.turned, unsigned=unsigned)
        if found and (finding is None or finding.status != "contradicted"):
            return finding
        computed = [item for key in mention.keys for item in derive.named(self.book, key, entities, when.period)]
        derived = weigh_derived(number, computed, side, unsigned=unsigned)
        if derived is not None and (derived.status == "derived" or finding is None):
            return derived
        return finding

    def at(self, key: str, entities: tuple[str, ...], when: When, number: Number) -> list[Known]:
        """Give the facts of a metric at the period that the figure is said to be of."""
        line = self.book.line(key, entities)
        period = self._period(when, number, line)
        if period is not None:
            found = [item for item in line if item.of(period, undated=key in UNDATED and not self._dates(line, period))]
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

    def change(self, number: Number, labels: Sequence[Label], when: When, role: Role, settled: Sequence[Known]) -> Finding | None:
        """Read the figure as a change of the metric between two periods."""
        entities = self.resolver.entities(number)
        mentions = [role.target] if role.target is not None else []
        mentions += [label.mention for label in labels if label.mention.kind in ("metric", "joint")][:3]
        window = next((label.mention for label in labels if label.mention.kind == "window" and label.cost < 30), None)
        if window is not None and number.unit == "percent" and (not mentions or mentions[0].keys[0] in LEVELS | {"close"}):
            return weigh_facts(number, self.at(window.keys[0], entities, When(), number), role.side, "named fact")
        for mention in mentions:
            for key in mention.keys:
                finding = self._change_of(number, key, entities, when, role, settled)
                if finding is not None:
                    return finding
        return None

    def _change_of(self, number: Number, key: str, entities: tuple[str, ...], when: When, role: Role, settled: Sequence[Known]) -> Finding | None:
        line = self.book.line(key, entities)
        growth = derive.GROWTHS.get(key)
        pairs = list(self._pairs(number, line, when, settled))
        yearly = all(old.period is not None and new.period is not None and old.period == new.period.back() for old, new in pairs)
        if growth and number.unit == "percent" and yearly and when.base is None:
            stated = self.at(growth, entities, When(pairs[0][1].period) if pairs else when, number)
            finding = weigh_facts(number, stated, role.side, "named fact")
            if finding is not None and (finding.status == "supported" or not pairs):
                return finding
        if not line:
            return None
        unit = number.unit or ("money" if number.currency or number.scale else "")
        derived = [item for old, new in pairs if (item := derive.change(old, new, unit)) is not None]
        return weigh_derived(number, derived, role.side)

    def _pairs(self, number: Number, line: Sequence[Known], when: When, settled: Sequence[Known]) -> Iterator[tuple[Known, Known]]:
        """Give the pairs of facts between which the change may be told, the best named first."""
        operands = [item for item in settled if item in line]
        current, base = when.period, when.base or self._from_period(number)
        if current is not None and current.kind == "range":
            base, current = Period("year", current.year), Period("year", current.part)
        if current is not None and current.kind == "prior":
            current = None
        if base is None and (current is None or not when.own):
            years = sorted({p for p in when.others if p.kind not in ("prior", "range")}, key=Period.order)
            if len(years) >= 2:
                base, current = years[0], years[-1]
        if base is not None and base.kind == "prior":
            base = None
        if base is not None:
            news = [item for item in line if current is not None and item.of(current)] or self.book.latest(list(line))
            yield from ((old, new) for old in line for new in news if old.of(base) and old is not new and old.fact.entity == new.fact.entity)
            return
        if len(operands) >= 2 and operands[0] is not operands[-1]:
            yield tuple(sorted((operands[0], operands[-1]), key=Known.order))  # type: ignore[misc]
            return
        if _QUARTERLY.search(self.page.low[max(0, number.start - 40) : number.end + 40]):
            yield from self._sequential(line, current)
            return
        yield from derive.year_pairs(line, current)

    def _sequential(self, line: Sequence[Known], current: Period | None) -> Iterator[tuple[Known, Known]]:
        quarters = [item for item in line if item.period is not None and item.period.kind == "quarter"]
        for old, new in zip(quarters, quarters[1:], strict=False):
            if (current is None and new is quarters[-1]) or (current is not None and new.of(current)):
                yield old, new

    def _from_period(self, number: Number) -> Period | None:
        """Give the period of the amount that follows behind "from"."""
        index = bisect_right(self.page.number_starts, number.start)
        scope = self.resolver.scope(number)
        if index >= len(self.page.numbers) or self.page.numbers[index].start >= scope.end:
            return None
        following = self.page.numbers[index]
        if not self.resolver.is_from(following):
            return None
        when = self.resolver.when(following)
        return when.period if when.own and when.period is not None and when.period.kind not in ("prior", "range") else None

    def distance(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the distance between the price and a level."""
        entities = self.resolver.entities(number)
        percent = number.unit == "percent"
        nearby = [label.mention for label in labels if label.mention.kind in ("metric", "joint") and label.mention is not role.target]
        price = self.book.latest(self.book.line("close", entities))
        if role.target is None or role.target.keys == ("close",):
            levels = [m for m in nearby if m.keys and self._is_price(m.keys[0]) and m.keys != ("close",) and m.start < number.start][:1]
            return self._away(number, [(level, base) for m in levels for key in m.keys for level in self.at(key, entities, when, number) for base in price], role)
        findings: list[Finding | None] = []
        for key in role.target.keys:
            held = self.at(key, entities, When(), number)
            if role.toward:
                findings.append(self._away(number, [(level, base) for level in held for base in price], role))
                continue
            for gap in DISTANCES.get(key, ()) if percent else ():
                findings.append(weigh_facts(number, self.at(gap, entities, When(), number), role.side, "named fact", unsigned=role.side == 0))
            findings.append(self._away(number, [(base, level) for level in held for base in price], role))
            others = [m for m in nearby if m.start < number.start and self._is_price(m.keys[0]) and m.keys[0] not in (key, "close")][:1]
            pairs = [(item, level) for m in others for item in self.at(m.keys[0], entities, When(), number) for level in held]
            findings.append(self._only_good(self._away(number, pairs, role)))
        return next((f for f in findings if f and f.status != "contradicted"), next((f for f in findings if f), None))

    def _only_good(self, finding: Finding | None) -> Finding | None:
        return finding if finding is not None and finding.status != "contradicted" else None

    def _is_price(self, key: str) -> bool:
        return key in LEVELS or key == "close"

    def _away(self, number: Number, pairs: Sequence[tuple[Known, Known]], role: Role) -> Finding | None:
        percent = number.unit == "percent"
        derived = [derive.distance(a, b, percent) for a, b in pairs if a.fact.entity == b.fact.entity]
        return weigh_derived(number, [d for d in derived if d is not None], role.side, unsigned=role.side == 0)

    def share(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the share that one metric is of another."""
        assert role.target is not None
        entities = self.resolver.entities(number)
        parts = [label.mention for label in labels if label.mention is not role.target and label.mention.kind == "metric" and label.mention.start < number.start][:1]
        for part in parts:
            for top in part.keys:
                bottom = role.target.keys[0] if role.target.keys else ""
                ratio = _SHARES.get((top, bottom))
                stated = self.at(ratio, entities, when, number) if ratio else []
                finding = weigh_facts(number, stated, 0, "named fact")
                if finding is not None and finding.status == "supported":
                    return finding
                shares = [
                    derive.share(a, b) for a in self.at(top, entities, when, number) for b in self.at(bottom, entities, when, number)
                    if a.fact.entity == b.fact.entity and (a.period == b.period or a.day == b.day)
                ]  # fmt: skip
                return weigh_derived(number, [s for s in shares if s is not None], 0) or finding
        return None

    def cagr(self, number: Number, labels: Sequence[Label], when: When, role: Role, settled: Sequence[Known]) -> Finding | None:
        """Read the figure as compound annual growth between the first and the last period named."""
        entities = self.resolver.entities(number)
        years = self._years(when)
        for label in [label for label in labels if label.mention.kind == "metric"][:3]:
            for key in label.mention.keys:
                line = [item for item in self.book.line(key, entities) if item.period is not None and item.fact.unit != "percent"]
                ends = years or [item.period for item in settled if item in line and item.period is not None]
                if len(ends) < 2 or not line:
                    continue
                olds = [item for item in line if item.of(ends[0])]
                news = [item for item in line if item.of(ends[-1])]
                results = [derive.cagr(a, b, ends[-1].year - ends[0].year) for a in olds for b in news if a.fact.entity == b.fact.entity]
                finding = weigh_derived(number, [r for r in results if r is not None], role.side)
                if finding is not None:
                    return finding
        return None

    def _years(self, when: When) -> list[Period]:
        """Give the years between which growth is told, first and last."""
        for period in (when.period, *when.others):
            if period is not None and period.kind == "range":
                return [Period("year", period.year), Period("year", period.part)]
        years = sorted({p for p in (*when.others, when.base) if p is not None and p.kind == "year"}, key=Period.order)
        return years if len(years) >= 2 else []

    def several(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the mean or the sum over the periods named."""
        entities = self.resolver.entities(number)
        ends = self._years(when)
        for label in [label for label in labels if label.mention.kind == "metric"][:2]:
            line = self.book.line(label.mention.keys[0], entities)
            if len(ends) == 2 and any(p is not None and p.kind == "range" for p in (when.period, *when.others)):
                picked = [item for item in line if item.period is not None and item.period.kind == "year" and ends[0].year <= item.period.year <= ends[1].year]
            else:
                picked = [item for item in line if any(item.of(p) for p in ends)]
            if len(picked) >= 2:
                result = derive.mean(picked) if role.kind == "mean" else derive.total(picked)
                return weigh_derived(number, [result], 0)
        return None

