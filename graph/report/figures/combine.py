"""Values that follow from what a sentence names: two periods of a row, two rows of a period, a whole range.

The last reading of a figure that its own name does not settle. The sentence must say that something is
combined (a change, a mean, a sum, a share), and the operands are the rows and periods that it names, or the
question does where the sentence names none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from graph.report.figures import cues, derive, spans
from graph.report.figures.book import Known
from graph.report.figures.definitions import Definitions
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.joining import alike, changes, comparable, joined, ratios, remainder, summed
from graph.report.figures.layout import Scope
from graph.report.figures.lookup import Lookup
from graph.report.figures.operands import MOST, Line, Operands
from graph.report.figures.page import Page
from graph.report.figures.passages import Passages
from graph.report.figures.period import Period
from graph.report.figures.role import Role
from graph.report.figures.stated import Stated
from graph.report.figures.timing import When
from graph.report.figures.units import is_rate

# Units in which a change is told of what is in another unit.
_RELATIVE = ("percent", "pp", "bps", "multiple")
# Between a figure and the period that it is of.
_RIGHT_BEHIND = re.compile(r"\s?\(?(?:in|for|at|as of|during|on)?\s?(?:the |fiscal )*")
# The cost of a name that stands beside the figure.
_BESIDE = 16


class Combine:
    """Reads figures as what the rows and periods of their sentence combine to."""

    def __init__(self, lookup: Lookup, passages: Passages, asked: Page) -> None:
        self.lookup = lookup
        self.resolver = lookup.resolver
        self.page = lookup.page
        self.passages = passages
        self.asked = asked
        self.stated = Stated(lookup)
        self.defined = Definitions(lookup, passages)
        self.operands = Operands(lookup, passages, asked)
        self._memory = cues.Memory()
        self._says = self._memory.holds
        self._is_base = False
        self._is_whole = False
        self._own: Period | None = None
        # Whether the rows that the sentence names gave anything to compare the figure with.
        self.computed = False

    def read(self, number: Number, role: Role, settled: Sequence[Known]) -> Finding | None:
        """Give the finding of a figure that is right so; None when it is not."""
        scope = self.resolver.scope(number)
        self.computed = False
        self._memory.turn_to(scope.start)
        told = self._without_names(scope)
        labels = self.resolver.labels(number)
        if self.stated.is_glossed(number) or (role.kind == "level" and self.stated.is_held(number)):
            return None
        said = self._cued(told)
        by = cues.BY.search(self.page.low, max(scope.start, number.start - 24), number.start)
        # "shortened by 6 days": whatever the verb, something moved or lies apart.
        cue = told if said else told + (" difference" if by else " " + self.asked.low)
        said = said or self._cued(cue)
        defined = [Line(tuple(known), scope.start) for known in self.defined.lines(scope.start, scope.end)]
        lines = defined + self.operands.lines(number, scope)
        periods = self.operands.periods(number, scope)
        when = self.resolver.when(number)
        moved = role.kind == "change" and when.own and when.base is None and len(periods) > 1
        moved = moved and self.page.numbers_between(scope.start, scope.end) > 1
        self._own = when.period if moved else None
        self._is_whole = self._says(cues.WHOLE, told) and not self.page.named_in((scope.start, scope.end))
        if self._is_whole:
            periods = []
        elif self._says(cues.QUARTERLY, told):
            years = [period.year for period in periods if period.kind == "year"]
            periods = [Period("quarter", year, part) for year in years for part in range(1, 5)] or periods
        side = 0 if self._says(cues.VALUED, told) else role.side or self._side(number, told)
        unsigned = self._says(cues.APART, told) or not side
        own = {key for label in labels[:1] if label.cost < _BESIDE for key in label.mention.keys}
        own |= {line.known[0].key for line in defined} if own else set()
        spoken = self.page.named_in((scope.start, scope.end))
        self._is_base = len(spoken) == 1 and bool(
            cues.BASE.search(self.page.low, max(scope.start, spoken[0].start - 24), spoken[0].start)
        )
        rated = number.bare and number.decimals and not scope.cell and self._says(cues.RATED, told)
        strict = not (said or rated or self._is_whole) or number.unit in ("multiple", "pp", "bps")
        relative = number.unit in _RELATIVE
        if not (relative or said) and self.resolver.is_from(number):
            return None
        if not relative and cues.MOVED_TO.search(self._without_names(scope, number.start)):
            return None
        apart = number.unit == "percent" and cues.SET_APART.search(self.page.low, scope.start, number.start)
        left = weigh_derived(number, self._left_over(number, scope, lines, periods), 0, unsigned=True)
        if left is not None and left.status == "derived":
            return left
        composed = weigh_derived(number, self._of_spans(number, lines, periods, when), 0, unsigned=True)
        if composed is not None and composed.status == "derived":
            return composed
        if strict and not (apart or defined) and self.stated.is_stated(number, labels, scope):
            return None
        # "from 12% to 16%" tells levels, whatever else comes to 12%.
        started = number.unit == "percent" and self.resolver.timing.moved_from(number)
        found = [] if started else list(self._over_time(number, cue, lines, periods, own))
        if len(settled) >= 2:
            found += self._of_settled(number, cue, settled)
        if not found and periods and not spoken:
            # The question's periods may be of another matter.
            found, periods = list(self._over_time(number, cue, lines, [], own)), []
        parts = [line for line in lines if not line.bottom and line not in defined]
        if 2 <= len(parts) <= MOST and self._says(cues.SUM, cue):
            # "A and B together rose": their sum is a row of its own.
            whole = Line(tuple(summed([line.known for line in parts])), scope.start)
            found += list(self._over_time(number, cue, [whole], periods, own)) if whole.known else []
            lines = [*lines, whole] if whole.known else lines
        finding = weigh_derived(number, found, side, unsigned=unsigned)
        self.computed = any(item.unit == number.unit for item in found)
        if number.unit == "percent" and cues.MARGIN.search(self.page.low, scope.start, scope.end):
            lines = [*lines, *self.operands.revenue(number, scope.end)]
        if (finding is None or finding.status != "derived") and len(lines) >= 2:
            found = list(self._across(number, cue, lines, periods))
            self.computed = self.computed or any(item.unit == number.unit for item in found)
            finding = weigh_derived(number, found, 0, unsigned=True)
        if finding is None or finding.status != "derived":
            return self.level(number) if self.stated.is_enclosed(number, scope) else None
        return finding

    def _left_over(
        self, number: Number, scope: Scope, lines: Sequence[Line], periods: Sequence[Period]
    ) -> Iterator[Derived]:
        """Give what a row leaves of the total of its table, as in "outside the United States"."""
        for line in lines:
            if not cues.OUTSIDE.search(self.page.low, max(scope.start, line.place - 32), line.place):
                continue
            for period in periods or (None,):
                for item in self._at(line, period)[:1]:
                    for whole in self.operands.totals(item):
                        yield from remainder(item, whole, number.unit)

    def _of_spans(
        self, number: Number, lines: Sequence[Line], periods: Sequence[Period], when: When
    ) -> Iterator[Derived]:
        """Give sums of quarters for the time that is named, and the share that a quarter has of its year."""
        scope = self.resolver.scope(number)
        share = number.unit == "percent" and spans.OF_YEAR.search(self.page.masked, scope.start, scope.end)
        asked = [when.period] if when.period is not None and when.own else periods
        for line in lines:
            for period in asked:
                if share:
                    yield from spans.of_year(line.known, period)
                elif number.unit not in ("percent", "pp", "bps", "multiple"):
                    yield from spans.composed(line.known, period)

    def _without_names(self, scope: Scope, end: int | None = None) -> str:
        """Give the words of a scope without the names in it: "average" and "total" may be part of one."""
        told, place, end = "", scope.start, scope.end if end is None else end
        for mention in self.page.mentions_in((scope.start, end)):
            if mention.start >= place:
                told += self.page.low[place : mention.start] + " "
                place = mention.end
        return told + self.page.low[place:end]

    def level(self, number: Number) -> Finding | None:
        """Find the figure among the values of the rows and periods that the sentence or question names."""
        scope = self.resolver.scope(number)
        periods = self.operands.periods(number, scope)
        for line in self.operands.lines(number, scope):
            known = [item for period in periods for item in self._at(line, period)] if periods else line.known
            finding = weigh_facts(number, known, 0, "operand of a formula", either=True)
            if finding is not None and finding.status == "supported":
                return finding
        return None

    def by_definition(self, number: Number) -> Finding | None:
        """Find the figure as the value of a metric that its sentence names and its documents define."""
        scope = self.resolver.scope(number)
        meant = self.lookup.meant(self.resolver.when(number))
        periods = [meant] if meant is not None else self.operands.periods(number, scope)
        was = meant is None and self.resolver.is_from(number)
        return self.defined.find(number, scope.start, scope.end, periods, was)

    def two_periods(self, first: Number, second: Number, onward: int = 0) -> tuple[Finding, Finding] | None:
        """Find two figures as the values of one row at two of the periods that the sentence names.

        `onward` is 1 where the second is said to be the later one, -1 where the first is.
        """
        scope = self.resolver.scope(first)
        periods = self.operands.periods(first, scope)
        if len(periods) < 2:
            return None
        for line in self.operands.lines(first, scope):
            held = [self._at(line, period) for period in periods]
            told = [
                [weigh_facts(number, known[:1], 0, "named fact", either=True) for known in held]
                for number in (first, second)
            ]
            for a, one in enumerate(told[0]):
                for b, other in enumerate(told[1]):
                    if one is None or other is None or one.status != "supported" != other.status:
                        continue
                    later = (periods[b].order() > periods[a].order()) - (
                        periods[b].order() < periods[a].order()
                    )
                    if onward and later != onward:
                        continue
                    if not (self._is_at(first, periods[a]) and self._is_at(second, periods[b])):
                        continue
                    if a != b and one.status == other.status and held[a][0] is not held[b][0]:
                        return one, other
        return None

    def _is_at(self, number: Number, period: Period) -> bool:
        """Tell whether the figure may be of the period, as far as one is named right behind it."""
        named = self.page.named_in((number.end, number.end + 60))[:1]
        own = named and _RIGHT_BEHIND.fullmatch(self.page.masked, number.end, named[0].start)
        if own and "(" in own[0] and self.page.low[named[0].end : named[0].end + 1] != ")":
            # "(2022 → 2023)" names the periods of both.
            return True
        return not own or named[0].period.kind in ("prior", "range") or named[0].period.agrees(period)

    def _cued(self, text: str) -> bool:
        return any(self._says(cue, text) for cue in (cues.MEAN, cues.MOVED, cues.UNLIKE, cues.SUM))

    def _side(self, number: Number, told: str) -> int:
        # "growth: -3.2%" tells its direction by its sign.
        told = told.replace("growth", "") if number.sign else told
        rises, falls = self._says(cues.RISES, told), self._says(cues.FALLS, told)
        return 0 if rises == falls else 1 if rises else -1

    def _over_time(
        self,
        number: Number,
        cue: str,
        lines: Sequence[Line],
        periods: Sequence[Period],
        own: set[str],
    ) -> Iterator[Derived]:
        """Compare or join the periods of a row; where nothing says which, the periods named are compared."""
        unit = number.unit
        compared = self._says(cues.MOVED, cue) or self._says(cues.UNLIKE, cue)
        mean, added = self._says(cues.MEAN, cue), self._says(cues.SUM, cue)
        added = added or (self._is_whole and not (compared or mean))
        open_ = not (compared or mean or added or self._says(cues.RATED, cue)) and (
            len(periods) >= 2 or unit in _RELATIVE
        )
        # A figure beside the name of one row is no change of another.
        named = [line for line in lines if line.known[0].key in own]
        compound = number.unit == "percent" and self._says(cues.COMPOUND, cue)
        if unit in ("percent", "multiple") and cues.SHARE_AHEAD.search(
            self.page.low, max(0, number.start - 40), number.start
        ):
            return
        scope = self.resolver.scope(number)
        near = self.page.before(number, scope, 40) + " " + self.page.after(number, scope, 32)
        steps = "back" if cues.YEARLY.search(near) else "next" if cues.SEQUENTIAL.search(near) else ""
        for line in named or lines:
            if compound:
                for old, new in self._pairs(line, periods):
                    if old.period is not None and new.period is not None:
                        rate = derive.cagr(old, new, new.period.year - old.period.year)
                        yield from (rate,) if rate is not None else ()
                continue
            if mean and len(line.known) == 2:
                # Both ends of a range.
                yield from joined(line.known, True, False)
            if compared or open_:
                pairs = self._steps(line, periods, steps) if steps else list(self._pairs(line, periods))
                for old, new in pairs:
                    yield from changes(old, new, number)
            if unit in ("pp", "bps") or not (mean or added or open_):
                continue
            picked = self._over(line, periods)
            if len(picked) >= 2:
                yield from joined(picked, mean, (added or open_) and unit != "percent")

    def _across(
        self, number: Number, cue: str, lines: Sequence[Line], periods: Sequence[Period]
    ) -> Iterator[Derived]:
        """Combine rows at one period: their ratio, and their sum, mean or difference as it is said."""
        mean, added = self._says(cues.MEAN, cue), self._says(cues.SUM, cue)
        apart = self._says(cues.UNLIKE, cue) or self._says(cues.MOVED, cue) or not (mean or added)
        apart = self._says(cues.UNLIKE, cue) if number.unit in ("pp", "bps") else apart
        added = added or not (mean or self._says(cues.UNLIKE, cue))
        rated = number.unit in ("percent", "multiple") or (not number.unit and not number.currency)
        for period in periods or (None,):
            held = [(line, self._at(line, period)) for line in lines]
            some = sorted(((line, items[0]) for line, items in held if items), key=lambda pair: pair[0].place)
            for (first, a), (second, b) in combinations(some[:MOST], 2):
                if not comparable(a, b):
                    continue
                top, bottom = (b, a) if first.bottom and not second.bottom else (a, b)
                if rated and is_rate(a.fact.unit) == is_rate(b.fact.unit):
                    yield from ratios(top, bottom, number)
                # Rows of tables are named with care; sentences that share words may be of other things.
                named = self._cued(cue) or not a.key.startswith("said:")
                if named and a.fact.unit == b.fact.unit and number.unit not in ("percent", "multiple"):
                    if apart:
                        yield from (gap for gap in (derive.gap(a, b, number.unit),) if gap is not None)
                    if added or mean:
                        yield from joined([a, b], mean, added)
            whole = [item for _, item in some[:MOST] if item.fact.unit == some[0][1].fact.unit]
            if len(whole) > 2 and (mean or added):
                yield from joined(whole, mean, added)

    def _of_settled(self, number: Number, cue: str, settled: Sequence[Known]) -> Iterator[Derived]:
        """Combine the figures of the sentence that are right by themselves."""
        kept = list(dict.fromkeys(settled))[-MOST:]
        for a, b in combinations(kept, 2):
            if a.fact.unit != b.fact.unit or a.fact.entity != b.fact.entity:
                continue
            same = a.key == b.key and a.order() != b.order()
            if same and self._says(cues.MOVED, cue):
                old, new = sorted((a, b), key=Known.order)
                yield from changes(old, new, number)
            if not same and number.unit not in ("percent", "multiple") and self._says(cues.UNLIKE, cue):
                yield from (gap for gap in (derive.gap(a, b, number.unit),) if gap is not None)
            if number.unit not in ("percent", "multiple") and (
                self._says(cues.MEAN, cue) or self._says(cues.SUM, cue)
            ):
                yield from joined([a, b], self._says(cues.MEAN, cue), self._says(cues.SUM, cue))
            if not same and self._says(cues.SHARE, cue) and number.unit in ("percent", "multiple", ""):
                yield from ratios(a, b, number)

    def _pairs(self, line: Line, periods: Sequence[Period]) -> Iterator[tuple[Known, Known]]:
        """Give the older and the newer fact between which a change may be told."""
        ordered = sorted(periods, key=Period.order)
        if self._own is not None and ordered and self._own.order() <= ordered[0].order():
            # "after falling 4% in 2017", the earliest period that is named: from the one before.
            ordered = [self._own]
        if len(ordered) >= 2:
            for first, last in combinations(ordered, 2):
                for old in self._at(line, first):
                    yield from ((old, new) for new in self._at(line, last) if new is not old)
            return
        dated = [item for item in line.known if item.period is not None or item.day is not None]
        before = [item for item in dated if item.period is not None and item.period.kind == "prior"]
        if before:
            # "a year ago" of a sentence that names no year.
            yield from ((old, new) for old in before for new in line.known if new not in before)
            dated = [item for item in dated if item not in before]
        elif dated and len(dated) + 1 == len(line.known) and line.known[0].key.startswith("said:"):
            # A sentence dates what it compares with, and not what is now.
            new = next(item for item in line.known if item not in dated)
            when = max(item.order() for item in dated)
            yield from ((old, new) for old in dated if old.order() == when)
        news = self._at(line, ordered[0]) if ordered else self.lookup.book.latest(dated)
        if ordered and self._is_base:
            yield from (
                (old, new) for old in news for new in self.lookup.book.latest(dated) if new is not old
            )
            return
        if self._is_whole and len(dated) > 1:
            oldest, newest = min(dated, key=Known.order), max(dated, key=Known.order)
            if alike(oldest, newest):
                yield oldest, newest
            return
        for new in news:
            earlier = [
                item
                for item in dated
                if item.order() < new.order() and item.fact.entity == new.fact.entity and alike(item, new)
            ]
            if earlier:
                latest = max(item.order() for item in earlier)
                yield from ((old, new) for old in earlier if old.order() == latest)

    def _steps(self, line: Line, periods: Sequence[Period], steps: str) -> list[tuple[Known, Known]]:
        """Give the pairs a year, or a quarter, apart where the sentence says so and the row has such."""
        dated = sorted((item for item in line.known if item.period is not None), key=Known.order)
        news = [item for item in dated if any(item.of(period) for period in periods)] or dated[-1:]
        found = []
        for new in news:
            assert new.period is not None
            other = new.period.back() if steps == "back" else new.period.previous()
            found += [(old, new) for old in dated if old.period == other]
        return found or list(self._pairs(line, periods))

    def _over(self, line: Line, periods: Sequence[Period]) -> list[Known]:
        """Give one fact of the row for each of the periods, or for all when none is named."""
        if not periods:
            periods = list(dict.fromkeys(item.period for item in line.known if item.period is not None))
        picked = [
            items[0] for period in sorted(periods, key=Period.order) if (items := self._at(line, period))
        ]
        return list(dict.fromkeys(picked))

    def _at(self, line: Line, period: Period | None) -> list[Known]:
        if period is None:
            return self.lookup.book.latest(list(line.known))
        exact = [item for item in line.known if period in (item.period, item.day)]
        return exact or [item for item in line.known if item.of(period)]
