"""Moves whose two ends and size are all told, as in "fell 7.1% to $66.84 from $71.95": they have to agree.

Each of the three may be an amount of the data and the sentence still be wrong. What is compared are the
figures as they are shown, so the check needs no data; it is not made where a word says that the size is of
something else, such as organic growth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from graph.report.figures import cues
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.page import Page
from graph.report.figures.units import shown

_SURE = ("supported", "derived")
_HUNDRED = Decimal(100)
_SPACE = r"[\s$€£¥(\x00]*"
_HEDGE = r"(?:about |approximately |around |roughly |nearly |almost |some |just |over |约)?"
_FROM = re.compile(rf"(?:(?<![a-z])from|由|从){_SPACE}{_HEDGE}{_SPACE}$")
_TO = re.compile(rf"(?:(?<![a-z])to|至|到|->|→){_SPACE}{_HEDGE}{_SPACE}$")
# Between the ends: at most a unit and a period.
_ENDS = re.compile(
    r"(?:[\s,()\x00]|(?:in|at|for|on|by|per|a|the|of|during|one|year|quarter|month|unit|share|fiscal"
    r"|period|earlier|ago|up|down|barrel|ounce|pound|ton|day|million|thousand|billion)(?![a-z])|[\u4e00-\u9fff/])*"
    rf"(?:(?:(?<![a-z])(?:from|to)|由|从|至|到|->|→){_SPACE}{_HEDGE}{_SPACE})$"
)
_NOUN = (
    r"(?:increase|rise|gain|growth|jump|improvement|expansion|decrease|decline|drop|fall|reduction|loss|contraction|change"
    r"|difference)"
)
# Between the ends and the size behind them.
_SIZE = re.compile(
    r"(?:[\s,:;(\x00$€£¥+-]|(?:in|at|for|on)(?![a-z])"
    r"|(?:i\.e\.|that is|which is|or|an?|by|up|down|equal to|equals|is)(?![a-z])"
    rf"|(?:{_NOUN}(?: of)?)(?![a-z])"
    r"|(?:about|approximately|around|roughly|nearly|almost|just)(?![a-z])"
    r"|同比|环比|合计|即|共|增长|增加|提高|上升|下降|下滑|减少|降低|增幅|降幅|涨幅|跌幅|升幅|上涨|下跌|[为了约达，、])*"
)
# Between the size and the ends behind it, or before a size of the same move in another unit.
_AHEAD = re.compile(
    rf"(?:[\s,:(\x00]|{_NOUN}(?![a-z])"
    r"|(?:year[- ](?:over|on)[- ]year|yoy|year|quarter|sequentially|over|in|for|the|on)(?![a-z]))*"
    r"(?:(?<![a-z])(?:from|to)|由|从|至|到)[\s$€£¥(]*$"
)
# Between what a move ended at and its size, as in "$5, down 4% from $6".
_DIRECTED = re.compile(
    r"[\s,(]*(?:which (?:is|was) |or )?"
    r"(?:up|down|an? (?:increase|decrease|rise|decline|drop|gain) of|(?:higher|lower) by)"
    rf"(?: by)?\s{_HEDGE}[\s$€£¥]*"
)
_ALSO = re.compile(rf"\s?(?:or|,|\(|，|（|i\.e\.|，即)\s?{_HEDGE}[\s$€£¥+-]*")
_OTHER = re.compile(
    r"organic|constant|adjust|like-for-like|comparable|same-store|cagr|compound|annuali[sz]"
    r"|per (?:year|annum)|a year|each|average|underlying|excluding|复合|年均|可比|剔除|平均"
)
_REACH = 160  # where a word is looked for that takes the size out of the comparison
_LONGEST_GAP = 80
_POINTS = ("pp", "bps", "points")


class Moves:
    """Compares the ends of the moves of one page with what is said of their size."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the sizes that do not fit the ends which the same sentence tells."""
        found: dict[int, Finding] = {}
        for old, new, size in self._told():
            held = [findings[at] for at in (old, new, size)]
            if held[2].status not in _SURE and all(finding.status in _SURE for finding in held[:2]):
                ends = self.page.numbers[old], self.page.numbers[new]
                if self._is_directed(*ends, size) and _agrees(*ends, self.page.numbers[size]):
                    found[size] = Finding("derived", "move told", formula=self._formula(old, new, size))
                continue
            if any(finding.status not in _SURE for finding in held) or held[2].status != "derived":
                continue
            wrong = _against(*(self.page.numbers[at] for at in (old, new, size)))
            if wrong is not None:
                formula = self._formula(old, new, size)
                note = "the sentence's own figures come to something else"
                found[size] = Finding(
                    "contradicted", "move told", expected=shown(wrong), formula=formula, note=note
                )
        return found

    def _is_directed(self, old: Number, new: Number, size: int) -> bool:
        """Tell whether the words by a size do not speak of the other direction."""
        numbers = self.page.numbers
        number = numbers[size]
        start = max(number.start - 40, numbers[size - 1].end if size else 0)
        end = min(number.end + 24, numbers[size + 1].start if size + 1 < len(numbers) else number.end + 24)
        near = self.page.masked[start:end]
        rises, falls = cues.RISES.search(near) is not None, cues.FALLS.search(near) is not None
        return rises == falls or rises == (new.value > old.value)

    def _formula(self, old: int, new: int, size: int) -> str:
        """Write how the size of a move comes of its ends."""
        apart = f"{self._text(new)} - {self._text(old)}"
        return f"({apart}) / {self._text(old)}" if self.page.numbers[size].unit == "percent" else apart

    def _told(self) -> Iterator[tuple[int, int, int]]:
        """Give the places of the old, the new and the size of each move told without a break."""
        numbers = self.page.numbers
        for at in range(len(numbers) - 1):
            ends = self._ends(at, at + 1)
            if ends is None:
                continue
            sizes = []
            scope = self.page.scope_of(numbers[at].start)
            start, end = (
                max(scope.start, numbers[at].start - _REACH),
                min(scope.end, numbers[at].end + _REACH),
            )
            if _OTHER.search(self.page.low, start, end):
                continue
            if at and numbers[at - 1].start >= scope.start and _AHEAD.fullmatch(self._gap(at - 1)):
                sizes.append(at - 1)
                if at > 1 and numbers[at - 2].start >= scope.start and _ALSO.fullmatch(self._gap(at - 2)):
                    sizes.append(at - 2)
            after = at + 2
            while (
                after < len(numbers)
                and after < at + 4
                and numbers[after].start < scope.end
                and (_SIZE if after == at + 2 else _ALSO).fullmatch(self._gap(after - 1))
            ):
                sizes.append(after)
                after += 1
            for size in sizes:
                yield (*ends, size)
        for at in range(len(numbers) - 2):
            new, old = numbers[at], numbers[at + 2]
            alike = new.unit == old.unit and new.currency == old.currency
            if alike and _DIRECTED.fullmatch(self._gap(at)) and _AHEAD.fullmatch(self._gap(at + 1)):
                scope = self.page.scope_of(new.start)
                if old.start < scope.end and not _OTHER.search(self.page.low, new.start, old.end):
                    yield at + 2, at, at + 1

    def _ends(self, first: int, second: int) -> tuple[int, int] | None:
        """Give the old and the new of two figures that are the ends of a move."""
        a, b = self.page.numbers[first], self.page.numbers[second]
        gap = self._gap(first)
        if a.unit != b.unit or a.currency != b.currency or len(gap) > 60 or not _ENDS.fullmatch(gap):
            return None
        scope = self.page.scope_of(a.start)
        before = self.page.masked[max(scope.start, a.start - 40) : a.start]
        if b.start < scope.end and _FROM.search(before) and _TO.search(gap):
            return first, second
        if b.start < scope.end and _TO.search(before) and _FROM.search(gap):
            return second, first
        return None

    def _gap(self, at: int) -> str:
        """Give the text up to the next figure, as far as it may be read."""
        end = self.page.numbers[at].end
        return self.page.masked[end : min(self.page.numbers[at + 1].start, end + _LONGEST_GAP)]

    def _text(self, at: int) -> str:
        number = self.page.numbers[at]
        return self.page.norm[number.start : number.end]


def _against(old: Number, new: Number, size: Number) -> Decimal | None:
    """Give what the ends come to; None where the size fits, or is of another kind."""
    rate = old.unit == "percent"
    low, high = _difference(old, new)
    if rate and size.unit in _POINTS:
        factor = _HUNDRED if size.unit == "bps" else Decimal(1)
    elif not rate and size.unit == "percent" and old.value:
        base = abs(old.value)
        low, high, factor = low / (base + old.ulp / 2), high / max(base - old.ulp / 2, old.ulp / 2), _HUNDRED
    elif not rate and size.unit == old.unit and size.currency == old.currency:
        factor = Decimal(1)
    else:
        return None
    low, high = low * factor, high * factor
    rises = abs(new.value) > abs(old.value)
    least, most = size.bounds
    turned = size.sign and (size.sign == "+") != rises and old.value > 0 and new.value > 0
    if not turned and low - size.ulp <= most and least <= high + size.ulp:
        return None
    middle = (low + high) / 2
    return (middle if rises else -middle).quantize(min(size.ulp, Decimal(1)))


def _agrees(old: Number, new: Number, size: Number) -> bool:
    """Tell whether a size in percent or in the unit of the ends is exactly what these come to."""
    if size.unit == "percent" and old.unit != "percent" and old.value:
        moved = (new.value - old.value) / abs(old.value) * _HUNDRED
        loose = (old.ulp + new.ulp) / abs(old.value) * _HUNDRED
    elif size.unit == old.unit != "percent" and size.currency == old.currency:
        moved, loose = new.value - old.value, old.ulp + new.ulp
    else:
        return False
    turned = size.sign and (size.sign == "+") != (moved > 0)
    return not turned and abs(abs(moved) - abs(size.value)) <= size.ulp / 2 + loose / 2


def _difference(old: Number, new: Number) -> tuple[Decimal, Decimal]:
    """Give the least and the most by which two figures differ, as they are shown."""
    apart, loose = abs(new.value - old.value), (old.ulp + new.ulp) / 2
    return max(apart - loose, Decimal(0)), apart + loose
