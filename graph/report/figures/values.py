"""What two amounts of documents, or several of one kind, come to in the unit of a claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from graph.report.figures import cues
from graph.report.figures.claims import Claim
from graph.report.figures.derive import plain
from graph.report.figures.ordering import (
    is_alike,
    is_one,
    is_over_time,
    is_turned,
    ordered,
    years_between,
)
from graph.report.figures.point import PER, Point, is_of_one_kind

HUNDRED = Decimal(100)
# How far off values may be that are computed roughly, and how far sums may, beside their parts.
_ROUGH, _TINY = 1e-6, 1e-12
IN_POINTS = ("pp", "bps", "points")
# What says that a level is computed from amounts of other kinds.
_ACROSS = re.compile(
    r"(?<![a-z])(?:per|times|x|impl\w+|about|roughly|approximately|around|makes?|making|worth|equals?|gives?"
    r"|corresponds?|that is|i\.e)(?![a-z])|(?<![a-z])at (?:an? |the |average |price |rate |of )*[$€£¥]?\d"
    r"|[=×*/÷~≈]|约|每|相当|即"
)
_IMPLIED = re.compile(
    r"(?<![a-z])(?:impl(?:y|ies|ied)|would|will|should|expect\w*|guid\w*|outlook|at the (?:mid|low|high)\w*"
    r"|forecast|target)(?![a-z])|预计|隐含|指引|相当于"
)
_AGAINST = re.compile(
    r"(?<![a-z])(?:than|above|below|exceed\w*|over|under|versus|vs|against|gap|spread|difference|apart|ahead|behind|short|cushion"
    r"|headroom|between|minus|less)(?![a-z])|[-−–]|高于|低于|相差|比|高出"
)
_THAN = re.compile(
    r"(?<![a-z])(?:than|above|below|exceed\w*|outpac\w*|premium|discount|over|under)(?![a-z])|高于|低于|比|超"
)


class Value(NamedTuple):
    """A computed value in a unit, with the form of its formula and the amounts that this takes.

    `signed` where its sign says a direction, `sure` where the operands are surely meant.
    """

    value: Decimal
    unit: str
    currency: str | None
    rule: str
    form: str
    parts: tuple[Decimal, ...]
    signed: bool = False
    sure: bool = False

    @property
    def formula(self) -> str:
        """Write how it came about."""
        return self.form.format(*map(plain, self.parts))


@dataclass(frozen=True)
class Ops:
    """What the sentence says is done: nothing said leaves everything that the unit allows."""

    moved: bool
    mean: bool
    added: bool
    share: bool
    apart: bool

    @cached_property
    def joins(self) -> bool:
        """Tell whether amounts are said to be joined."""
        return self.mean or self.added

    @cached_property
    def joins_lines(self) -> bool:
        """Tell whether at least whole lines of amounts may be joined."""
        return self.joins or not (self.moved or self.apart)

    @cached_property
    def differs(self) -> bool:
        """Tell whether amounts may be taken from each other."""
        return not (self.mean or (self.added and not (self.moved or self.apart)))


def joined(
    claim: Claim, ops: Ops, group: Sequence[Point], sure: bool, whole: bool = False
) -> Iterator[Value]:
    """Give the sum and the mean of amounts of one kind; `whole` says that they are a whole line."""
    if not (ops.joins or (whole and ops.joins_lines)):
        return
    size = len(group)
    if size < 2 or (claim.count and size != claim.count and not (ops.added and not ops.mean)):
        return
    parts = tuple(p.value for p in group)
    sums = [sum(parts, Decimal(0))]
    if len({part < 0 for part in parts}) > 1:
        sums.append(sum((abs(part) for part in parts), Decimal(0)))
    if not any(claim.reaches(total) or claim.reaches(total / size) for total in sums):
        return
    if not is_of_one_kind(group) or any(abs(part) < claim.least for part in parts):
        return  # one does not matter
    first = group[0]
    form = " + ".join(["{}"] * size)
    for total in sums:
        if ops.mean and (size == 2 or is_over_time(group)) and claim.reaches(total / size):
            yield Value(
                total / size,
                first.kind,
                first.currency,
                "mean",
                f"({form}) / {size}",
                parts,
                sure=sure,
            )
        summed = ops.added or (whole and not (ops.mean or ops.moved or ops.apart or first.rated))
        if summed and claim.reaches(total):
            yield Value(total, first.kind, first.currency, "sum", form, parts, sure=sure and ops.added)


def nearness(claim: Claim, ops: Ops) -> Callable[[Point, Point], bool]:
    """Give what tells roughly whether two amounts may come to anything that lies near a claim."""
    unit = claim.number.unit
    if unit in IN_POINTS:
        return lambda a, b: a.rated and b.rated
    return _near_rate(claim) if unit == "percent" else _near_amount(claim, ops)


def _near_rate(claim: Claim) -> Callable[[Point, Point], bool]:
    low, high = claim.reach
    low, high = low / 100 - _ROUGH, high / 100 * (1 + _ROUGH) + _ROUGH
    compound = claim.says(cues.COMPOUND)

    def is_near(a: Point, b: Point) -> bool:
        if a.rated or b.rated:
            return a.rated == b.rated
        x, y = a.size, b.size
        if compound or not (x and y):
            return True
        ratio = x / y
        if low <= abs(ratio) <= high or low <= abs(ratio - 1) <= high:
            return True
        ratio = y / x
        return low <= abs(ratio) <= high or low <= abs(ratio - 1) <= high

    return is_near


def _near_amount(claim: Claim, ops: Ops) -> Callable[[Point, Point], bool]:
    least, most = claim.reach
    least, most, joins = least * (1 - _ROUGH), most * (1 + _ROUGH), ops.joins

    def is_near(a: Point, b: Point) -> bool:
        if a.rated or b.rated:
            return True
        x, y = a.size, b.size
        if not (x and y):
            return True
        size = abs(x) + abs(y)
        low, high = least - size * _TINY, most + size * _TINY
        if low <= abs(x - y) <= high:
            return True
        if joins and (low <= abs(x + y) <= high * 2 or low <= size <= high * 2):
            return True
        for second in b.sizes:
            if low <= abs(x * second) <= high or low <= abs(x / second) <= high:
                return True
        return any(low <= abs(y / first) <= high for first in a.sizes)

    return is_near


def paired(claim: Claim, ops: Ops, a: Point, b: Point, sure: bool) -> Iterator[Value]:
    """Give what two amounts come to in the unit of the claim."""
    if a.value == b.value and a.kind == b.kind and not (a.place[0] and b.place[0]):
        return  # the same amount, told and found
    unit = claim.number.unit
    if unit in IN_POINTS:
        if a.rated and b.rated and (is_one(a, b) or (claim.kind != "change" and claim.says(_AGAINST))):
            in_order = ordered(a, b)
            old, new = in_order or (a, b)
            size = (new.value - old.value) * (HUNDRED if unit == "bps" else 1)
            if not claim.reaches(size):
                return
            yield Value(
                size,
                "bps" if unit == "bps" else "pp",
                None,
                "difference of percentages",
                "{} - {}",
                (new.value, old.value),
                in_order is not None,
                sure,
            )
        return
    if unit == "percent":
        if a.rated == b.rated and is_alike(a, b):
            yield from _percents(claim, ops, a, b, sure)
        return
    near = ops.differs and not (a.rated or b.rated) and claim.reaches(a.value - b.value)
    matters = near or (ops.joins and not a.rated)
    if matters and is_alike(a, b) and min(abs(a.value), abs(b.value)) >= claim.least:
        if near:
            yield _difference(claim, ops, a, b, sure)
        yield from joined(claim, ops, (a, b), sure)
    if unit in ("", "multiple") and not claim.number.currency and not claim.number.scale:
        for top, bottom in ((a, b), (b, a)):
            if not (bottom.value and claim.number.decimals) or top.rated or bottom.rated:
                continue
            if claim.reaches(top.value / bottom.value) and not is_turned(claim, top, bottom):
                yield Value(
                    abs(top.value / bottom.value),
                    "multiple",
                    None,
                    "ratio",
                    "{} / {}",
                    (top.value, bottom.value),
                    sure=sure and ops.share,
                )
    if claim.kind != "level" or claim.says(_ACROSS):
        yield from _across(claim, a, b)


def _difference(claim: Claim, ops: Ops, a: Point, b: Point, sure: bool) -> Value:
    """Give the difference of two amounts, of the later from the earlier where their times are told."""
    in_order = ordered(a, b)
    old, new = in_order or (a, b)
    # Costs filed as negative grow with their size.
    turned = -1 if old.value < 0 and new.value < 0 else 1
    return Value(
        turned * (new.value - old.value),
        a.kind,
        a.currency or b.currency,
        "difference",
        "{} - {}",
        (new.value, old.value),
        in_order is not None and ops.moved,
        sure and (ops.moved or not ops.added),
    )


def _percents(
    claim: Claim,
    ops: Ops,
    a: Point,
    b: Point,
    sure: bool,
) -> Iterator[Value]:
    """Give the changes and ratios of two amounts of one kind, in percent."""
    in_order = ordered(a, b)
    if a.rated:
        if ops.added or ops.mean:
            yield from joined(claim, ops, (a, b), sure)
        if not (ops.moved and in_order):
            return
    for old, new in (in_order,) if in_order else ((a, b), (b, a)):
        if old.value and (is_one(old, new) or claim.says(_THAN)):
            form, parts = "({} - {}) / {}", (new.value, old.value, old.value)
            change = _change(claim, old, new)
            if change is not None:
                yield Value(
                    change,
                    "percent",
                    None,
                    "percent change",
                    form,
                    parts,
                    in_order is not None or claim.side != 0,
                    sure and ops.moved and in_order is not None,
                )
            years = years_between(old, new)
            if years > 1 and old.value > 0 and new.value > 0 and claim.says(cues.COMPOUND):
                rate = ((new.value / old.value) ** (Decimal(1) / years) - 1) * HUNDRED
                yield Value(rate, "percent", None, "CAGR", form + f" over {years} years", parts, True, sure)
    if a.rated or claim.kind == "change" or (in_order and (is_one(a, b) or not ops.share)):
        return
    for top, bottom in ((a, b), (b, a)):
        if not bottom.size or not claim.may_reach(top.size / bottom.size * 100):
            continue
        ratio = abs(top.value / bottom.value) * HUNDRED
        if claim.reaches(ratio) and not is_turned(claim, top, bottom):
            yield Value(
                ratio,
                "percent",
                None,
                "ratio",
                "{} / {}",
                (top.value, bottom.value),
                sure=sure and ops.share and not in_order,
            )


def _change(claim: Claim, old: Point, new: Point) -> Decimal | None:
    """Give by how much two amounts differ, in percent of the first, where that lies near."""
    if old.size and not claim.may_reach((new.size - old.size) / old.size * 100):
        return None
    change = (new.value - old.value) / abs(old.value) * HUNDRED
    if old.value < 0 and new.value < 0:
        change = -change
    return change if claim.reaches(change) else None


def _across(claim: Claim, a: Point, b: Point) -> Iterator[Value]:
    """Give products and quotients of amounts of different kinds, and what a rate implies of an amount."""
    stated = not (a.place[0] and b.place[0])
    for top, bottom in ((a, b), (b, a)):
        if bottom.rated and not top.rated and bottom.value and not stated:
            part, grown = bottom.value / HUNDRED, 1 + bottom.value / HUNDRED
            told = top.value, bottom.value
            made = [(top.value * part, "product", "{} * {}%")]
            implied = claim.says(_IMPLIED)
            if implied or top.place[:2] == bottom.place[:2]:
                made.append((top.value / part, "implied whole", "{} / {}%"))
                if grown:
                    made.append((top.value / grown, "implied base", "{} / (1 + {}%)"))
            if implied:
                made.append((top.value * grown, "product", "{} * (1 + {}%)"))
            for value, rule, form in made:
                if claim.reaches(value):
                    yield Value(value, top.kind, top.currency, rule, form, told)
        elif not (top.rated or bottom.rated):
            for lower in bottom.either:
                if lower and claim.may_reach(top.size / float(lower)) and claim.reaches(top.value / lower):
                    per = bool(bottom.row & claim.under) and bool((top.row - bottom.row) & claim.words.keys())
                    yield Value(
                        abs(top.value / lower),
                        "amount",
                        top.currency,
                        "quotient",
                        "{} / {}",
                        (top.value, lower),
                        sure=per and claim.says(PER),
                    )
    if not (a.rated or b.rated) and not (a.kind == b.kind == "money"):
        for factor in b.either:
            if claim.reaches(a.value * factor):
                yield Value(
                    a.value * factor,
                    "amount",
                    a.currency or b.currency,
                    "product",
                    "{} * {}",
                    (a.value, factor),
                )
