"""What follows from the figures that a sentence shows: their gap, sum, growth, share, and what they imply.

A last look at figures that nothing else settles. The operands are figures of the same sentence that are right
already, and words have to say what is done with them, so few sums are tried and chance has little room.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations, permutations
from operator import itemgetter

from graph.report.figures import cues
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.layout import Scope
from graph.report.figures.lookup import Lookup
from graph.report.figures.point import Point, short
from graph.report.figures.points import Points
from graph.report.figures.wording import stems

_OPEN = ("unsupported", "contradicted")
_SURE = ("supported", "derived")
_MOST = 5  # figures of a sentence that are tried
_REACH = 24  # and how many are looked at to either side
_HUNDRED = Decimal(100)
_POINTS = ("pp", "bps", "points")
# How far the rounding of the operands may carry a result.
_LOOSE = Decimal("0.02")
_BASE = re.compile(
    r"(?:(?<![a-z])(?:from|below|above|under|over|than|against|versus|vs\.?|to|on|off|with)|较|比)"
    r"\s(?:the |its |a |fiscal )*(?:about |approximately )?[$€£¥a-z\x00']{0,20}\s?$"
)
_SHARE = re.compile(r"\s?(?:\)\s?)?of\s|\s?的")
_OPENED = re.compile(r"\s?[(（]\s?(?:about |approximately |约)?")
_SHARE_OF = re.compile(r"\sof\s(?:the |its |our |total )*([a-z&' -]{3,40})")
_PER = re.compile(r"(?<![a-z])(?:per|each|apiece|a)(?![a-z])|每")
_IMPLIED = re.compile(
    r"(?<![a-z])(?:impl(?:y|ies|ied|ying)|given|because|since|as|would|means|before|earlier|prior|previous"
    r"|equivalent|back)(?![a-z])|意味|推算|倒推|由此|据此"
)
_MIDDLE_OF = itemgetter(0)
_MIDDLE = re.compile(r"mid-?point|half-?way|中点|中值")

Range = tuple[Decimal, Decimal]
# A rule, between what the result lies, how it is computed, and the places of its operands.
Result = tuple[str, Range, str, tuple[int, ...]]


@dataclass(frozen=True)
class _Said:
    """What a sentence says is done with its figures."""

    text: str

    @cached_property
    def apart(self) -> bool:
        """Tell whether it says that something moved or lies apart."""
        return bool(cues.UNLIKE.search(self.text) or cues.MOVED.search(self.text))

    @cached_property
    def summed(self) -> bool:
        """Tell whether it says that something is added up."""
        return cues.SUM.search(self.text) is not None

    @cached_property
    def rose(self) -> bool:
        """Tell whether it says that something rose."""
        return cues.RISES.search(self.text) is not None

    @cached_property
    def fell(self) -> bool:
        """Tell whether it says that something fell."""
        return cues.FALLS.search(self.text) is not None

    @cached_property
    def implied(self) -> bool:
        """Tell whether it says that something follows."""
        return _IMPLIED.search(self.text) is not None

    @cached_property
    def middle(self) -> bool:
        """Tell whether it speaks of the middle of something."""
        return _MIDDLE.search(self.text) is not None

    @cached_property
    def words(self) -> frozenset[str]:
        """Give the beginnings of its words."""
        return short(stems(self.text))


class Nearby:
    """Computes what the right figures of a sentence come to."""

    def __init__(self, lookup: Lookup, points: Points) -> None:
        self.resolver = lookup.resolver
        self.page = lookup.page
        self.points = points
        self._wholes: list[Point] = []
        self._wholes_of = -1
        self._last: tuple[int, _Said] = (-1, _Said(""))

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the findings of figures that follow from those around them."""
        found: dict[int, Finding] = {}
        settled = ChainMap(found, {**findings})
        for index, number in enumerate(self.page.numbers):
            finding = findings[index]
            signed = number.sign and number.unit != "percent"
            if finding.status not in _OPEN or number.word or signed:
                continue
            said = self._said(self.resolver.scope(number))
            middle = self._middle(number, said)
            if middle is not None:
                found[index] = middle
                continue
            glossed = self._gloss(index, settled) if number.unit == "percent" else None
            if glossed is not None:
                found[index] = glossed
                continue
            near = self._near(index, settled)
            for rule, value, formula, operands in self._results(number, finding, near, said) if near else ():
                low, high = number.bounds
                if value[0] <= high and low <= value[1]:
                    ids = tuple(name for at in operands for name in settled[at].ids)
                    found[index] = Finding("derived", rule, ids=ids, formula=formula)
                    break
        return found

    def _said(self, scope: Scope) -> _Said:
        """Give what a sentence says is done with its figures; the last one is kept."""
        if self._last[0] != scope.start:
            self._last = (scope.start, _Said(self.page.low[scope.start : scope.end]))
        return self._last[1]

    def _middle(self, number: Number, said: _Said) -> Finding | None:
        """Find the middle of a range that a document states of what the sentence names."""
        if not said.middle or number.unit not in ("", "percent"):
            return None
        low, high = number.bounds
        ranges = self.points.ranges
        for middle, first, last in ranges[bisect_left(ranges, low, key=_MIDDLE_OF) :]:
            if middle > high:
                break
            if said.words & (first.row | last.row):
                ids = tuple(point.known.fact.id for point in (first, last) if point.known is not None)
                return Finding("derived", "mean", ids=ids, formula=f"({first.value:f} + {last.value:f}) / 2")
        return None

    def _gloss(self, index: int, findings: Mapping[int, Finding]) -> Finding | None:
        """Find the share that stands in parentheses behind its part, as in "$31 (8% of sales) and $26 (7%)".

        Where it does not say of what, it is of the same as the one before it in the sentence.
        """
        numbers = self.page.numbers
        number, part = numbers[index], numbers[index - 1]
        if not index or findings[index - 1].status not in _SURE or part.unit not in ("", "count"):
            return None
        if not _OPENED.fullmatch(self.page.masked, part.end, number.start):
            return None
        scope = self.page.scope_index(number.start)
        told = _SHARE_OF.match(self.page.low, number.end)
        if told is None:
            wholes = (
                self._wholes
                if self._wholes_of == scope and self.page.low[number.end : number.end + 1] == ")"
                else []
            )
        else:
            words = short(stems(told[1]))
            wholes = [
                p for p in self.points.all if p.table and not p.rated and words and words <= p.row | p.head
            ]
        low, high = self._range(index - 1)
        least, most = number.bounds
        # A part is of what the whole was at its own time.
        time = [known.period for known in findings[index - 1].known[:1] if known.period is not None]
        fitting = [
            p
            for p in wholes
            if p.value > 0 and low / p.value * _HUNDRED <= most and high / p.value * _HUNDRED >= least
            if not time or p.of(time)
        ]
        if not fitting:
            return None
        self._wholes_of, self._wholes = scope, fitting
        ids = (*findings[index - 1].ids, *((fitting[0].known.fact.id,) if fitting[0].known else ()))
        formula = f"{self._text(index - 1)} / {fitting[0].value:f}"
        return Finding("derived", "ratio", ids=ids, formula=formula)

    def _near(self, index: int, findings: Mapping[int, Finding]) -> list[int]:
        """Give the right figures of the sentence, and of the one before where there are fewer than two."""
        starts, scope = self.page.number_starts, self.page.scope_of(self.page.numbers[index].start)
        first = max(bisect_left(starts, scope.start), index - _REACH)
        last = min(bisect_left(starts, scope.end), index + _REACH)

        def sure(places: Sequence[int]) -> list[int]:
            return [at for at in places if at != index and findings[at].status in _SURE]

        here = sure(range(first, last))
        if len(here) < 2 and first:
            before = self.page.scope_of(starts[first - 1])
            if before.block == scope.block:
                begin = max(bisect_left(starts, before.start), first - _REACH)
                here = [*sure(range(begin, first))[-_MOST:], *here]
        return sorted(here, key=lambda at: abs(at - index))[:_MOST]

    def _results(
        self, number: Number, finding: Finding, near: Sequence[int], said: _Said
    ) -> Iterator[Result]:
        scope = self.resolver.scope(number)
        numbers = self.page.numbers
        rates = [at for at in near if numbers[at].unit == "percent"]
        amounts = [at for at in near if not numbers[at].unit or numbers[at].unit == "count"]
        alike = [at for at in amounts if numbers[at].currency == number.currency]
        contradicted = finding.status == "contradicted"
        by = cues.BY.search(self.page.low, max(scope.start, number.start - 24), number.start) is not None
        if number.unit in _POINTS:
            yield from self._gaps(number, rates)
            if number.unit == "points":
                yield from self._differences([at for at in amounts if numbers[at].bare], loose=True)
        elif number.unit == "percent":
            if not contradicted:
                yield from self._implied_rates(said, near, rates)
                yield from self._growths(number, amounts)
            if _SHARE.match(self.page.low, number.end):
                yield from self._shares(number, amounts)
        elif not number.unit or number.unit == "count":
            if by or (not contradicted and said.apart):
                yield from self._differences(alike)
            if not contradicted:
                if said.summed:
                    yield from self._totals(alike)
                yield from self._parts(rates, alike)
                if number.hedge or said.implied:
                    yield from self._bases(said, rates, alike)
                if number.currency and _PER.search(self.page.low, number.end, number.end + 24):
                    yield from self._each(amounts)

    def _gaps(self, number: Number, rates: Sequence[int]) -> Iterator[Result]:
        factor = _HUNDRED if number.unit == "bps" else 1
        for a, b in combinations(sorted(rates), 2):
            low, high = _minus(self._range(a), self._range(b))
            yield "difference of percentages", (low * factor, high * factor), self._told("-", a, b), (a, b)

    def _implied_rates(self, said: _Said, near: Sequence[int], rates: Sequence[int]) -> Iterator[Result]:
        """Give what a rate was before it moved by so many points."""
        rose = said.rose
        if rose == said.fell:
            return
        for at in near:
            points = self.page.numbers[at]
            if points.unit not in _POINTS:
                continue
            factor = Decimal("0.01") if points.unit == "bps" else Decimal(1)
            low, high = (edge * factor for edge in self._range(at))
            for rate in rates:
                least, most = self._range(rate)
                value = (least - high, most - low) if rose else (least + low, most + high)
                yield "base of a move", value, self._told("-" if rose else "+", rate, at), (rate, at)

    def _growths(self, number: Number, amounts: Sequence[int]) -> Iterator[Result]:
        for new, old in permutations(amounts, 2):
            first, second = self.page.numbers[new], self.page.numbers[old]
            if first.currency != second.currency or not self._is_base(second):
                continue
            low, high = self._range(new)
            least, most = self._range(old)
            if least <= 0:
                continue
            ends = (low / most - 1) * _HUNDRED, (high / least - 1) * _HUNDRED
            rises = ends[0] > 0
            side = cues.RISES.search(self.page.low, max(0, number.start - 60), number.end + 30)
            sinks = cues.FALLS.search(self.page.low, max(0, number.start - 60), number.end + 30)
            if (rises and sinks and not side) or (not rises and side and not sinks):
                continue
            if number.sign and (number.sign == "+") != rises:
                continue
            value = (ends[0], ends[1]) if rises else (-ends[1], -ends[0])
            yield "percent change", value, f"({self._told('-', new, old)}) / {self._text(old)}", (new, old)

    def _shares(self, number: Number, amounts: Sequence[int]) -> Iterator[Result]:
        behind = [at for at in amounts if number.end <= self.page.numbers[at].start < number.end + 60]
        for whole in behind:
            least, most = self._range(whole)
            for part in amounts:
                if part == whole or self.page.numbers[part].currency != self.page.numbers[whole].currency:
                    continue
                low, high = self._range(part)
                if least > 0:
                    value = low / most * _HUNDRED, high / least * _HUNDRED
                    yield "ratio", value, self._told("/", part, whole), (part, whole)

    def _differences(self, alike: Sequence[int], loose: bool = False) -> Iterator[Result]:
        for a, b in combinations(sorted(alike), 2):
            value = _minus(self._range(a), self._range(b))
            if loose or value[1] - value[0] <= _LOOSE * max(value[1], Decimal(1)):
                yield "difference", value, self._told("-", a, b), (a, b)

    def _totals(self, alike: Sequence[int]) -> Iterator[Result]:
        places = sorted(alike)
        for size in range(2, len(places) + 1):
            for chosen in combinations(places, size):
                lows, highs = zip(*(self._range(at) for at in chosen), strict=True)
                value = sum(lows, Decimal(0)), sum(highs, Decimal(0))
                yield "sum", value, " + ".join(self._text(at) for at in chosen), chosen

    def _parts(self, rates: Sequence[int], alike: Sequence[int]) -> Iterator[Result]:
        """Give so many per cent of an amount."""
        for rate in rates:
            least, most = self._range(rate)
            for whole in alike:
                low, high = self._range(whole)
                yield (
                    "share of an amount",
                    (
                        low * least / _HUNDRED,
                        high * most / _HUNDRED,
                    ),
                    self._told("*", rate, whole),
                    (rate, whole),
                )

    def _bases(self, said: _Said, rates: Sequence[int], alike: Sequence[int]) -> Iterator[Result]:
        """Give what an amount was before it moved by so many per cent."""
        rose = said.rose
        if rose == (said.fell or " fewer" in said.text or " less" in said.text):
            return
        side = 1 if rose else -1
        for rate in rates:
            least, most = self._range(rate)
            for new in alike:
                low, high = self._range(new)
                ends = sorted((1 + side * least / _HUNDRED, 1 + side * most / _HUNDRED))
                if ends[0] > 0:
                    formula = f"{self._text(new)} / (1 {'+' if rose else '-'} {self._text(rate)})"
                    yield "base of a move", (low / ends[1], high / ends[0]), formula, (new, rate)

    def _each(self, amounts: Sequence[int]) -> Iterator[Result]:
        for money, count in permutations(amounts, 2):
            if not self.page.numbers[money].currency or self.page.numbers[count].currency:
                continue
            low, high = self._range(money)
            least, most = self._range(count)
            if least > 0:
                yield "ratio", (low / most, high / least), self._told("/", money, count), (money, count)

    def _range(self, at: int) -> Range:
        return _plain_bounds(self.page.numbers[at])

    def _is_base(self, number: Number) -> bool:
        before = self.page.masked[max(0, number.start - 36) : number.start]
        return _BASE.search(before) is not None

    def _text(self, at: int) -> str:
        number = self.page.numbers[at]
        return self.page.norm[number.start : number.end]

    def _told(self, sign: str, a: int, b: int) -> str:
        return f"{self._text(a)} {sign} {self._text(b)}"


def _plain_bounds(number: Number) -> Range:
    """Give between which sizes the digits of a figure lie, whatever word hedges it."""
    size, half = abs(number.value), number.ulp / 2
    return size - half, size + half


def _minus(a: Range, b: Range) -> Range:
    """Give the size of a difference between its least and its most."""
    low, high = a[0] - b[1], a[1] - b[0]
    if low > 0:
        return low, high
    return (-high, -low) if high < 0 else (Decimal(0), max(high, -low))
