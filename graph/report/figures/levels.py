"""Which amount of the documents a figure is: the one that it shows and that nothing else is named like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.report.figures.claims import Claim, Claims
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.interval import fits
from graph.report.figures.measure import DURATIONS
from graph.report.figures.page import Page
from graph.report.figures.point import Point
from graph.report.figures.points import Points
from graph.report.figures.units import clash, matches

# How well an amount must be named, beside the best named of its kind.
_CLOSE = 0.62
# Many shown digits are no coincidence: such an amount may be named less well.
_CLOSE_LONG, _LONG = 0.5, 4
# A score that names nothing, and from which weight on a word of a name counts as said.
FAINT, NAMED = 0.05, 0.8
# Words of a column's head that tell it from no other.
_ANY_HEAD = frozenset({"amount", "number", "total", "valu"})


class Levels:
    """Finds the amounts that the figures of one text are."""

    def __init__(self, page: Page, points: Points, claims: Claims) -> None:
        self._page = page
        self._points = points
        self._claims = claims
        self._shown: dict[int, frozenset[tuple[str, int]]] = {}

    def shown_by(self, number: Number) -> frozenset[tuple[str, int]]:
        """Name the rows that hold an amount which a figure shows."""
        known = self._shown.get(number.start)
        if known is None:
            known = self._shown[number.start] = frozenset(
                point.place[:2] for point in self._points.showing(number) if fits(number, point.value)
            )
        return known

    def held(self, index: int, findings: Mapping[int, Finding]) -> frozenset[str]:
        """Name the facts that other figures of a sentence are."""
        return frozenset(
            name
            for other in self._page.together(self._page.numbers[index])
            if other != index and findings[other].status == "supported"
            for name in findings[other].ids
        )

    def find(
        self,
        claim: Claim,
        shows: Sequence[Point],
        taken: frozenset[tuple[str, int]],
        held_ids: frozenset[str],
    ) -> Point | None:
        """Find which of the amounts that it shows the figure is: no rival may be named much better.

        `taken` are rows that other figures of the sentence show, `held_ids` facts that they are.
        """
        number = claim.number
        periods = claim.periods
        kinds = {_family(point.kind) for point in shows}
        # What the move ends at is no rival of what it comes from.
        told = self._shown_beside(number) if claim.was else frozenset[int]()
        rivals = [
            p
            for p in self._points.all
            if _family(p.kind) in kinds
            and not (number.scale > 0 and p.kin == "one")
            and not clash_of(number, p.kind, p.currency)
            and p.of(periods)
            and (p.place[:2] not in taken or any(claim.words.get(word, 0.0) >= 1.0 for word in p.row))
            and not (claim.was and id(p) in told)
            and (p.known is None or p.known.fact.id not in held_ids or is_shown(p, shows))
        ]
        if claim.own is not None and any(p.periods and p.of(periods) for p in shows):
            rivals = [p for p in rivals if p.periods]
        scores = self._claims.scores(claim)
        best = max((scores[id(point)] for point in rivals), default=0.0)
        kins = {point.kin for point in shows}
        top = max((scores[id(p)] for p in self._points.all if p.kin in kins), default=0.0)
        digits = len(number.value.normalize().as_tuple().digits)
        share = _CLOSE_LONG if digits >= _LONG else _CLOSE
        named = [p for p in rivals if p.row and all(claim.words.get(word, 0.0) >= NAMED for word in p.row)]
        most = max(scores[id(p)] for p in shows)
        if any(scores[id(p)] >= most for p in named) and not any(is_shown(p, shows) for p in named):
            return None
        held = [
            p
            for p in shows
            if (
                claim.formula
                or (scores[id(p)] > 0 and scores[id(p)] >= share * best)
                or (top <= FAINT and digits >= _LONG - 1)
            )
            and (claim.formula or self._is_named(claim, p) or scores[id(p)] >= _CLOSE * top or top <= FAINT)
            and (p.of(periods) or (claim.formula and p.within(periods)))
            and (not p.was or claim.was or claim.compares or claim.own is not None)
            and not (claim.past and self._is_latest(p))
            and (claim.kind != "change" or p.moved or (p.rated and self._is_headed(claim, p)))
            and not self._is_of_other_column(claim, p)
            and not self._is_of_other_time(claim, p)
        ]
        return max(held, key=lambda p: scores[id(p)]) if held else None

    def _shown_beside(self, number: Number) -> frozenset[int]:
        """Give the ids of the amounts that the other figures of a sentence show."""
        others = (self._page.numbers[at] for at in self._page.together(number))
        return frozenset(
            id(point)
            for other in others
            if other is not number
            for point in self._points.showing(other)
            if fits(other, point.value)
        )

    def _is_of_other_time(self, claim: Claim, point: Point) -> bool:
        """Tell whether something moved from an amount though a document has one of the year before."""
        if not claim.was or claim.own is not None or claim.named or len(claim.asked) != 1:
            return False
        before = claim.asked[0].back()
        if not point.periods or point.of((before,)):
            return False
        line = [other for other in self._points.texts[point.place[0]] if other.row == point.row]
        return any(other.periods and other.of((before,)) for other in line)

    def _is_of_other_column(self, claim: Claim, point: Point) -> bool:
        """Tell whether the words by the figure name another column of an amount's row, and not its own."""
        if not point.table or not point.head or self._is_headed(claim, point):
            return False
        return any(self._is_headed(claim, other) for other in self._points.rows[point.place[:2]].points)

    def _is_headed(self, claim: Claim, point: Point) -> bool:
        own = [word for word in point.head if self._points.weight(word) > 0 and word not in _ANY_HEAD]
        return bool(own) and all(claim.words.get(word, 0.0) >= 1.0 for word in own)

    def _is_latest(self, point: Point) -> bool:
        """Tell whether a document compares an amount with one of an earlier time."""
        return not point.was and any(
            other.was
            and not other.table
            and other.place[:2] == point.place[:2]
            and bool(other.row & point.row)
            for other in self._points.texts[point.place[0]]
        )

    def _is_named(self, claim: Claim, point: Point) -> bool:
        """Tell whether the sentence has a word of an amount's own name, where that has any of its own."""
        own = [word for word in point.row if self._points.weight(word) > 0]
        return point.total or not own or any(claim.words.get(word, 0.0) >= NAMED for word in own)


def is_shown(point: Point, shows: Sequence[Point]) -> bool:
    """Tell whether a point is one of those that a figure shows."""
    return any(point is other for other in shows)


def shows_amount(claim: Claim, point: Point) -> bool:
    """Tell whether the figure shows the amount, in its unit, currency and sign."""
    number = claim.number
    value = point.value
    raw = claim.formula and not (number.scale or number.unit) and (number.bare or claim.unscaled > 1)
    if raw and point.shown != point.value and fits(number, point.shown):
        return True
    counted = (number.bare and number.grouped) or number.unit == "count"
    counted = counted or number.unit in DURATIONS
    if counted and not number.scale and fits(number, point.shown) and not point.rated:
        return True
    if not fits(number, value):
        return False
    return not clash_of(number, point.kind, point.currency) and bool(matches(number, value, 0, either=True))


def clash_of(number: Number, kind: str, currency: str | None) -> bool:
    """Tell whether a figure cannot be in a unit."""
    if number.currency and currency and clash(number, "price", currency) == "currency":
        return True
    if kind == "amount":
        return number.unit not in ("", "count", "days", "points")
    if kind == "money" and number.unit == "" and not number.currency:
        return False
    if kind in ("percent", "multiple", "pp", "bps", "count", "money", "price", "per_share", "index", "days"):
        return bool(clash(number, "price" if kind == "money" else kind, currency))
    return number.unit not in (kind, "")


def _family(kind: str) -> str:
    return "" if kind in ("amount", "money", "count", "price", "per_share") else kind
