"""Grounds figures that no name settles in the amounts of the documents, by what they and their sentence say.

Every amount of a document is a candidate, weighed by the words and periods that it shares with the claim. A
figure is an amount's where none is better named; else it is what amounts that belong together come to. So
many amounts combine to so many values that a match alone says little: it counts where the rows and periods
are named, or where so few values lie near that chance is no explanation.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import ChainMap
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from graph.report.figures import combining
from graph.report.figures.amounts import kind_of
from graph.report.figures.arithmetic import Sum
from graph.report.figures.claims import Claim, Claims
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.interval import fits
from graph.report.figures.levels import FAINT, Levels, clash_of, shows_amount
from graph.report.figures.lookup import Lookup
from graph.report.figures.measure import DURATIONS
from graph.report.figures.page import Page
from graph.report.figures.point import Point, short
from graph.report.figures.points import Points
from graph.report.figures.quantities import currency_code
from graph.report.figures.role import Role
from graph.report.figures.units import matches
from graph.report.figures.values import Value
from graph.report.figures.wording import stems

# Without documents only what is said to lie apart comes of figures of the sentence.
_SET_APART = re.compile(
    r"(?<![a-z])(?:gap|width|range|spread|span|distance|apart|difference|spans|separat\w+|wide|times as"
    r"|that is|i\.e)(?![a-z])|相差|差距|区间"
)
_ALSO = re.compile(
    r"(?<![a-z])(?:also|again|same|unchanged|flat|steady|stable|equal(?:s|ed)?|level)(?![a-z])|持平|不变|同样|="
)
# The likeliest that a value which lies near may be one by chance.
_CHANCE = 0.12
# How well a total is named where the sentence speaks of one.
_SAID, _TOTAL = 0.8, 0.75
# What a point weighs where nothing is named.
_UNNAMED = 0.5
# From which weight on words of a length of time tell something.
_TELLING = 1.5
# Figures looked at: fewer where documents hold very many amounts, so that no text takes long.
_LEAST_LOOKED, _LOOKED_AT = 40, 120_000
# Sentences back, and figures on either side, that are looked at for what a figure comes of.
_BACK = 2
_WINDOW = 24
# "(new / old) - 1", "* 100"
_CONSTANTS = (1, 100)
_TIMES = short(stems("days weeks months years hours term life"))


class Ground:
    """Grounds the figures of one text in documents."""

    def __init__(self, lookup: Lookup, asked: Page, points: Points) -> None:
        self._page = lookup.page
        self._points = points
        self._claims = Claims(lookup, asked, points)
        self._levels = Levels(self._page, points, self._claims)
        self._told: dict[int, tuple[Finding, Point]] = {}
        self._barren: set[int] = set()

    def look(
        self,
        numbers: Sequence[Number],
        roles: Sequence[Role],
        findings: Mapping[int, Finding],
        written: Sequence[Sum],
        fresh: Set[int] | None = None,
    ) -> dict[int, Finding]:
        """Give the findings that change: of figures that were wrong or unsupported and have a ground.

        A second look says what is right by now: only figures around these are looked at.
        """
        # What is written out must come to what it says, whatever else comes to that.
        results = {each.result.start for each in written if not _comes_to(each)}
        wrong = [
            index
            for index, number in enumerate(numbers)
            if findings[index].status in ("unsupported", "contradicted")
            and number.start not in results
            and (fresh is None or self._is_near(index, fresh))
        ]
        times = [index for index in range(len(numbers)) if findings[index].rule == "duration"]
        timed = [
            index
            for index in (times if times and fresh is None and self._points.all else [])
            if self._is_told_as_time(self._claims.read(numbers[index], roles[index]))
        ]
        if not wrong and not timed:
            return {}
        most = max(_LEAST_LOOKED, _LOOKED_AT // max(1, len(self._points)))
        wrong = sorted([*wrong, *timed])[:most]
        found: dict[int, Finding] = {}
        grounds: dict[int, Point] = {}
        claims = {index: self._claims.read(numbers[index], roles[index]) for index in wrong}
        for index, claim in claims.items():
            if claim.formula and claim.number.bare and abs(claim.number.value) in _CONSTANTS:
                found[index] = Finding("context", "part of a formula")
        wrong = [index for index in wrong if index not in found]
        wrong = [index for index in wrong if not self._is_repeated(index, numbers, claims[index])]
        for index in wrong:
            shows = [p for p in self._points.showing(numbers[index]) if shows_amount(claims[index], p)]
            if not shows:
                continue
            # An amount that another figure of the sentence shows is no rival.
            own = {point.place[:2] for point in shows}
            taken = frozenset[tuple[str, int]]().union(
                *(
                    self._levels.shown_by(numbers[other])
                    for other in self._page.together(numbers[index])
                    if other != index
                )
            )
            point = self._levels.find(
                claims[index], shows, taken - own, self._levels.held(index, {**findings, **found})
            )
            if point is not None and not self._is_told_twice(index, numbers, claims[index], point):
                grounds[index] = point
                known = (point.known,) if point.known is not None else ()
                ids = tuple(item.fact.id for item in known)
                found[index] = Finding(
                    "supported", "amount of a document", ids=ids, note=point.name, known=known
                )
        tried: dict[int, int] = {}
        known_by = ChainMap(found, {**findings})
        for _ in range(2):
            left = [index for index in wrong if index not in found]
            for index in left:
                stated = self._stated(index, numbers, known_by, grounds)
                if not len(self._points) and not (len(stated) >= 2 and _SET_APART.search(claims[index].told)):
                    continue
                if tried.get(index) == len(stated):
                    continue  # nothing new is told
                tried[index] = len(stated)
                value = self._derived(claims[index], stated)
                if value is not None:
                    found[index] = Finding("derived", value.rule, formula=value.formula)
            if len(left) == len([index for index in wrong if index not in found]):
                break
        for index in timed:
            if index not in found and index in claims:
                note = "no document tells this length of time"
                found[index] = Finding("unsupported", "no fact", note=note)
        return found

    def _is_near(self, index: int, fresh: Set[int]) -> bool:
        """Tell whether a figure stands where it may come of one of others."""
        scopes = self._page.number_scopes
        return any(0 <= scopes[index] - scopes[other] <= _BACK for other in fresh)

    def _is_told_as_time(self, claim: Claim) -> bool:
        """Tell whether a document tells a length of time of what a figure is said of."""
        return any(
            (point.kind in DURATIONS or point.kind == claim.number.unit or _TIMES & (point.row | point.head))
            and sum(
                self._points.weight(word) for word in sorted(point.row) if claim.words.get(word, 0.0) >= 1.0
            )
            >= _TELLING
            for point in self._points.all
        )

    def _is_repeated(self, index: int, numbers: Sequence[Number], claim: Claim) -> bool:
        """Tell whether another figure of the sentence is the same, of what is told as moving or apart."""
        if claim.formula or not claim.compares or _ALSO.search(claim.told):
            return False
        number = numbers[index]
        others = (numbers[other] for other in self._page.together(number) if other != index)
        return any(
            (each.value, each.unit, each.currency) == (number.value, number.unit, number.currency)
            for each in others
        )

    def _is_told_twice(self, index: int, numbers: Sequence[Number], claim: Claim, point: Point) -> bool:
        """Tell whether another figure of a comparison shows the same amount of the same time."""
        if claim.formula or not claim.compares or _ALSO.search(claim.told):
            return False
        others = (numbers[other] for other in self._page.together(numbers[index]) if other != index)
        return any(
            (each.unit, each.currency) == (claim.number.unit, claim.number.currency)
            and fits(each, point.value)
            for each in others
        )

    def _is_stated_row(self, claim: Claim) -> bool:
        """Tell whether the words by the figure are all of a row's name."""
        near = {word for word, weight in claim.words.items() if weight >= 1.0}
        return any(
            row <= near and any(point.of(claim.periods) for point in line.points)
            for row, line in self._points.named_rows.items()
        )

    def _stated(
        self,
        index: int,
        numbers: Sequence[Number],
        findings: Mapping[int, Finding],
        grounds: Mapping[int, Point],
    ) -> list[Point]:
        """Give the figures told right before or in the same sentence that hold, as points."""
        scopes = self._page.number_scopes
        first = bisect_left(scopes, scopes[index] - (_BACK if len(self._points) else 0))
        last = bisect_right(scopes, scopes[index])
        found: list[Point] = []
        for other in range(max(first, index - _WINDOW), min(last, index + _WINDOW)):
            if other == index or findings[other].status not in ("supported", "derived"):
                continue
            if other in grounds:
                found.append(grounds[other])
                continue
            known = self._told.get(other)
            if known is None or known[0] is not findings[other]:
                point = self._told_point(other, numbers[other], findings[other])
                known = self._told[other] = (findings[other], point)
            found.append(known[1])
        return found

    def _told_point(self, place: int, number: Number, finding: Finding) -> Point:
        """Give a figure that holds as a point."""
        held = finding.known[0] if finding.known else None
        return Point(
            number.value if held is None else held.value,
            number.value.scaleb(-number.scale),
            kind_of(number),
            currency_code(number),
            frozenset(),
            frozenset(),
            () if held is None or held.period is None else (held.period,),
            ("", -1, place),
            self._page.norm[number.start : number.end],
            table=False,
        )

    def _derived(self, claim: Claim, stated: Sequence[Point]) -> Value | None:
        """Find what amounts that belong together come to; what is named as one amount is nothing else."""
        if claim.kind == "level" and not claim.number.unit and self._is_stated_row(claim):
            return None
        scores = self._claims.scores(claim)
        weights: dict[int, float] = {}
        for kin in self._points.kin:
            held = [scores[each] for each in kin.ids]
            best = max(held, default=0.0)
            # Where nothing is named, anything may be meant and only chance decides.
            scaled = [score / best if best > FAINT else _UNNAMED for score in held]
            weights.update(zip(kin.ids, scaled, strict=True))
        names = self._points.names
        if claim.words.get("total", 0.0) >= _SAID or not any(
            weight >= _SAID and word in names for word, weight in claim.words.items()
        ):
            weights |= {id(p): max(weights[id(p)], _TOTAL) for p in self._points.totals}
        near: list[Value] = []
        low, high = (float(bound) for bound in claim.number.bounds)
        narrow, seen = replace(claim, narrow=True), claim.place in self._barren
        for value in combining.values(narrow, self._points, weights, stated, only_stated=seen):
            within = low * 0.99 <= abs(float(value.value)) <= high * 1.01 + 1e-9
            if within and _may_show(claim, value):
                if value.sure:
                    return value
                near.append(value)
        if not near:
            # What the documents alone come to need not be looked through again.
            self._barren.add(claim.place)
            return None
        shown, ulp = abs(claim.number.value), claim.number.ulp
        wide = high - low
        if any(abs(abs(value.value) - shown) <= ulp for value in near):
            wide = min(wide, 2 * float(ulp))  # nearer than its "about" asks for
        # How many other values lie near says how likely chance is.
        lying: set[float] = set()
        for value in combining.values(claim, self._points, weights, stated):
            if value.unit == near[0].unit and claim.reaches(value.value):
                lying.add(round(abs(float(value.value)), 9))
        chance = len(lying) * wide / (1.5 * (float(shown) or 1.0))
        return near[0] if chance <= _CHANCE else None


def _comes_to(written: Sum) -> bool:
    """Tell whether the digits of a written sum come to those of its result."""
    value, number = written.value([None] * len(written.operands)), written.result
    if value is None:
        return False
    powers = (0, 2) if number.unit == "percent" else (0, 2) if number.unit == "bps" else (0, number.scale)
    return any(fits(number, value.scaleb(power)) for power in powers)


def _may_show(claim: Claim, value: Value) -> bool:
    number = claim.number
    if clash_of(number, value.unit, value.currency):
        return False
    side = claim.side if value.signed else 0
    return bool(matches(number, value.value, side, unsigned=not value.signed, either=not side))
