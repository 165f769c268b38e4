"""Moves told by their size and one end, as in "rose $69 million, or 7.1%, to $1.05 billion": they must agree.

The size comes of two amounts of the data, so it says at which of them the move ends. A sentence that ends it
at the other, or whose second size comes of other amounts, is wrong though each of its figures is in the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from graph.report.figures import cues
from graph.report.figures.arithmetic import formula_tokens
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.interval import fits
from graph.report.figures.page import Page
from graph.report.figures.role import Role
from graph.report.figures.units import shown

_HEDGE = r"(?:about |approximately |around |roughly |nearly |almost |just |约)?"
# Between the size of a move and what it ends at.
_TO = re.compile(
    r"[\s,)），]*(?:(?:on the (?:year|quarter)|year[- ](?:over|on)[- ]year|yoy|respectively)[\s,]*)?"
    rf"(?:to|至|到)\s?{_HEDGE}[\s$€£¥₹a-z]{{0,5}}\(?"
)
# Between what a move ended at and its size.
_THEN = re.compile(
    rf"\s?[,(，（]\s?(?:which (?:is|was) |or )?(?:{_HEDGE}"
    r"(?:up|down|an? (?:increase|decrease|rise|decline|drop|gain|fall) of|(?:higher|lower) by)\s"
    rf"{_HEDGE}(?:by )?|(?:[\u4e00-\u9fff]{{0,8}}(?:增加|减少|增长|下降|上升|提高|提升|降低|升|降)了?))"
    r"[\s$€£¥₹]*"
)
# Between two sizes of one move.
_ALSO = re.compile(rf"\s?(?:,? or|,|\(|，|（|、|,? i\.e\.,?|，即)\s?{_HEDGE}[\s$€£¥₹+-]*|（?\(?")
_SAME = re.compile(
    r"(?<![a-z])(?:same|also|both|each|likewise|equal\w*|again|unchanged|flat|identical|respectively|i\.e\."
    r"|that is|so|thus|hence|therefore)(?![a-z])|持平|均|同样|相同|都|即|分别|所以|因此|[=≈]"
)
# What a level is told as where "by" would name a move: nothing that it is of stands behind it.
_ENDS = re.compile(r"\s?(?:[,.;)(，。；]|$)")
_DONE = re.compile(
    r"(?:offset|driven|led|helped|hurt|caused|affected|reduced|covered|backed|followed|supported) $"
    r"|(?:divid|multipl)[a-z]+[^.;]*$"
)
_LEVELS = ("named fact", "amount of a document", "sentence of a document")
_HUNDRED = Decimal(100)
_LEAST = 2  # digits of figures that are no coincidence
Ends = tuple[Decimal, Decimal]


class Reached:
    """Compares the moves of one page with what they are said to end at."""

    def __init__(self, page: Page, roles: Sequence[Role]) -> None:
        self.page = page
        self.roles = roles

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the findings that change: of figures that do not fit the move that they belong to."""
        found: dict[int, Finding] = {}
        ends: dict[int, Ends] = {}
        reached: dict[int, list[int]] = {}
        for at, finding in findings.items():
            if finding.status != "derived":
                continue
            reached[at] = list(self._levels(at))
            if (reached[at] or self._twins(at, findings)) and (told := self._ends(at, finding)) is not None:
                ends[at] = told
        for at, (new, old) in ends.items():
            for level in reached[at]:
                number = self.page.numbers[level]
                if findings[level].status != "supported" or fits(number, new) or not fits(number, old):
                    continue
                if any(fits(self.page.numbers[other], new) for other in self.page.together(number)):
                    continue
                note = "the move begins there; it ends at another amount"
                found[level] = Finding("contradicted", "move told", expected=shown(new), note=note)
        for at in ends:
            if at + 1 in ends and _ALSO.fullmatch(self._gap(at)):
                other = self._other_size(at, at + 1, ends[at], ends[at + 1])
                if other is not None:
                    found[at + 1] = other
        return found | self._by(findings) | self._twice(findings)

    def _twins(self, at: int, findings: Mapping[int, Finding]) -> bool:
        """Tell whether a size beside another may be of the same move."""
        before = at > 0 and findings[at - 1].status == "derived" and _ALSO.fullmatch(self._gap(at - 1))
        after = at + 1 < len(self.page.numbers) and findings[at + 1].status == "derived"
        return bool(before or (after and _ALSO.fullmatch(self._gap(at))))

    def _ends(self, index: int, finding: Finding) -> Ends | None:
        """Give what a derived move ends at and begins at; None where its formula is of no move."""
        if not finding.formula or "-" not in finding.formula:
            return None
        number = self.page.numbers[index]
        tokens = formula_tokens(finding.formula)
        values = [token.value for token in tokens if isinstance(token, Number)]
        signs = "".join(token for token in tokens if isinstance(token, str))
        if signs == "(-)/" and values[1] == values[2]:
            return values[0], values[1]
        if signs != "-" or values[0] == values[1]:
            return None
        near = self.page.masked[max(0, number.start - 40) : number.end + 24]
        # "improved by 4 days" says of no direction.
        side = 0 if cues.VALUED.search(near) else self.roles[index].side or self._side(near)
        low, high = sorted(values[:2], key=abs)
        return None if not side else (high, low) if side > 0 else (low, high)

    @staticmethod
    def _side(near: str) -> int:
        """Give the direction that words name; 0 where they name none, or both."""
        return (cues.RISES.search(near) is not None) - (cues.FALLS.search(near) is not None)

    def _levels(self, size: int) -> Iterator[int]:
        """Give the places of the figures that the move of a size is said to end at."""
        numbers = self.page.numbers
        for after in (size + 1, size + 2):
            if after < len(numbers) and self._is_one(size, after):
                if _TO.fullmatch(self._gap(after - 1)):
                    yield after
                if not _ALSO.fullmatch(self._gap(after - 1)):
                    break
        before = size - 1
        if before > 0 and _ALSO.fullmatch(self._gap(before)) and numbers[before].unit != numbers[size].unit:
            before -= 1
        if before >= 0 and self._is_one(before, size) and _THEN.fullmatch(self._gap(before)):
            yield before

    def _is_one(self, first: int, last: int) -> bool:
        """Tell whether two figures stand in one sentence."""
        return self.page.number_scopes[first] == self.page.number_scopes[last]

    def _other_size(self, first: int, second: int, one: Ends, two: Ends) -> Finding | None:
        """Compare an amount with the percentage that is told of the same move."""
        amount, rate = self.page.numbers[first], self.page.numbers[second]
        if amount.unit or rate.unit != "percent" or not self._is_one(first, second):
            return None
        new, old = one
        told = abs(new - old) / abs(old) * _HUNDRED if old else None
        if one == two or told is None or fits(rate, told):
            return None
        note = "the sentence's own move comes to something else"
        return Finding("contradicted", "move told", expected=shown(told, rate.ulp), note=note)

    def _by(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Find levels that are told as what something moved by."""
        found: dict[int, Finding] = {}
        for index, number in enumerate(self.page.numbers):
            finding = findings[index]
            if finding.status != "supported" or finding.rule not in _LEVELS or number.unit == "percent":
                continue
            start = max(self.page.scope_of(number.start).start, number.start - 60)
            by = cues.BY.search(self.page.low, start, number.start)
            if by is None or not _ENDS.match(self.page.low, number.end):
                continue
            before = self.page.masked[start : by.start()]
            moved = cues.MOVED.search(before) or cues.UNLIKE.search(before)
            if (
                not moved
                or _DONE.search(before)
                or any(_tells_move(known.fact.label) for known in finding.known)
            ):
                continue
            note = "an amount is told as a move; no move of that size is known"
            found[index] = Finding("unsupported", "no fact", note=note)
        return found

    def _twice(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Find a share or growth that a sentence tells of two things though it was found of one."""
        found: dict[int, Finding] = {}
        seen: dict[tuple[int, Decimal, str | None], int] = {}
        for index, number in enumerate(self.page.numbers):
            finding = findings[index]
            digits = len(number.value.normalize().as_tuple().digits)
            if finding.status != "derived" or number.unit != "percent" or digits < _LEAST:
                continue
            key = (self.page.number_scopes[index], number.value, finding.formula)
            first = seen.setdefault(key, index)
            if first == index:
                continue
            scope = self.page.scope_of(number.start)
            between = self.page.masked[self.page.numbers[first].end : number.start]
            if _SAME.search(self.page.low, scope.start, scope.end) or not re.search(
                r"[a-z]{3}|[\u4e00-\u9fff]", between
            ):
                continue
            found[index] = Finding("unsupported", "no fact", note="told twice, of two things")
        return found

    def _gap(self, at: int) -> str:
        """Give the text up to the next figure, as far as it may be read."""
        end = self.page.numbers[at].end
        return self.page.masked[end : min(self.page.numbers[at + 1].start, end + 60)]


def _tells_move(label: str) -> bool:
    return cues.MOVED.search(label.lower()) is not None
