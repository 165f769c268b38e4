"""What two amounts of documents, or several of one kind, come to in the unit of a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from graph.report.figures import cues
from graph.report.figures.claims import Claim
from graph.report.figures.derive import plain
from graph.report.figures.ordering import (
    is_alike,
    is_of_one_kind,
    is_one,
    is_over_time,
    is_turned,
    ordered,
    years_between,
)
from graph.report.figures.points import Point

HUNDRED = Decimal(100)
IN_POINTS = ("pp", "bps", "points")
# What says that a level is computed from amounts of other kinds.
_ACROSS = re.compile(
    r"(?<![a-z])(?:per|times|x|impl\w+|about|roughly|approximately|around|makes?|making|worth|equals?|gives?"
    r"|corresponds?|that is|i\.e)(?![a-z])|(?<![a-z])at (?:an? |the |average |price |rate |of )*[$€£¥]?\d"
    r"|[=×*/÷~≈]|约|每|相当|即"
)
PER = re.compile(r"(?<![a-z])(?:per|for each|a piece|apiece|each)(?![a-z])|每")
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


@dataclass(frozen=True)
class Value:
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


def joined(
    claim: Claim, ops: Ops, group: Sequence[Point], sure: bool, whole: bool = False
) -> Iterator[Value]:
    """Give the sum and the mean of amounts of one kind; `whole` says that they are a whole line."""
    if claim.count and len(group) != claim.count and not (ops.added and not ops.mean):
        return
    if len(group) < 2 or not is_of_one_kind(group):
        return
    if any(abs(p.value) < claim.number.ulp / 2 for p in group):
        return  # one that does not matter
    first, signs = group[0], {p.value < 0 for p in group}
    parts = tuple(p.value for p in group)
    form = " + ".join("{}" for _ in parts)
    sums = [sum(parts, Decimal(0))]
    if len(signs) > 1:
        sums.append(sum((abs(part) for part in parts), Decimal(0)))
    for total in sums:
        if ops.mean and (len(group) == 2 or is_over_time(group)):
            yield Value(
                total / len(group),
                first.kind,
                first.currency,
                "mean",
                f"({form}) / {len(group)}",
                parts,
                sure=sure,
            )
        if ops.added or (whole and not (ops.mean or ops.moved or ops.apart or first.rated)):
            yield Value(total, first.kind, first.currency, "sum", form, parts, sure=sure and ops.added)


def paired(claim: Claim, ops: Ops, a: Point, b: Point, sure: bool) -> Iterator[Value]:
    """Give what two amounts come to in the unit of the claim."""
    if a.value == b.value and a.kind == b.kind and not (a.place[0] and b.place[0]):
        return  # the same amount, told and found
    unit = claim.number.unit
    alike = is_alike(a, b)
    in_order = ordered(a, b)
    if unit in IN_POINTS:
        if a.rated and b.rated and (is_one(a, b) or (claim.kind != "change" and _AGAINST.search(claim.told))):
            old, new = in_order or (a, b)
            size = (new.value - old.value) * (HUNDRED if unit == "bps" else 1)
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
        yield from _percents(claim, ops, a, b, alike, in_order, sure)
        return
    if alike and not a.rated and min(abs(a.value), abs(b.value)) >= claim.number.ulp / 2:
        old, new = in_order or (a, b)
        if not (ops.mean or (ops.added and not (ops.moved or ops.apart))):
            # Costs filed as negative grow with their size.
            turned = -1 if old.value < 0 and new.value < 0 else 1
            yield Value(
                turned * (new.value - old.value),
                a.kind,
                a.currency or b.currency,
                "difference",
                "{} - {}",
                (new.value, old.value),
                in_order is not None and ops.moved,
                sure and (ops.moved or not ops.added),
            )
        yield from joined(claim, ops, (a, b), sure)
    if unit in ("", "multiple") and not claim.number.currency and not claim.number.scale:
        for top, bottom in ((a, b), (b, a)):
            turned = is_turned(claim, top, bottom)
            if bottom.value and not (turned or top.rated or bottom.rated) and claim.number.decimals:
                yield Value(
                    abs(top.value / bottom.value),
                    "multiple",
                    None,
                    "ratio",
                    "{} / {}",
                    (top.value, bottom.value),
                    sure=sure and ops.share,
                )
    if claim.kind != "level" or _ACROSS.search(claim.told):
        yield from _across(claim, a, b)


def _percents(
    claim: Claim,
    ops: Ops,
    a: Point,
    b: Point,
    alike: bool,
    in_order: tuple[Point, Point] | None,
    sure: bool,
) -> Iterator[Value]:
    """Give the changes and ratios of two amounts, in percent."""
    if a.rated != b.rated or not alike:
        return
    if a.rated:
        if ops.added or ops.mean:
            yield from joined(claim, ops, (a, b), sure)
        if not (ops.moved and in_order):
            return
    for old, new in (in_order,) if in_order else ((a, b), (b, a)):
        if old.value and (is_one(old, new) or _THAN.search(claim.told)):
            change = (new.value - old.value) / abs(old.value) * HUNDRED
            if old.value < 0 and new.value < 0:
                change = -change
            form, parts = "({} - {}) / {}", (new.value, old.value, old.value)
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
            if years > 1 and old.value > 0 and new.value > 0 and claim.cued(cues.COMPOUND):
                rate = ((new.value / old.value) ** (Decimal(1) / years) - 1) * HUNDRED
                yield Value(rate, "percent", None, "CAGR", form + f" over {years} years", parts, True, sure)
    if a.rated or claim.kind == "change" or (in_order and (is_one(a, b) or not ops.share)):
        return
    for top, bottom in ((a, b), (b, a)):
        if bottom.value and not is_turned(claim, top, bottom):
            yield Value(
                abs(top.value / bottom.value) * HUNDRED,
                "percent",
                None,
                "ratio",
                "{} / {}",
                (top.value, bottom.value),
                sure=sure and ops.share and not in_order,
            )


def _across(claim: Claim, a: Point, b: Point) -> Iterator[Value]:
    """Give products and quotients of amounts of different kinds, and what a rate implies of an amount."""
    stated = not (a.place[0] and b.place[0])
    for top, bottom in ((a, b), (b, a)):
        if bottom.rated and not top.rated and bottom.value and not stated:
            part, grown = bottom.value / HUNDRED, 1 + bottom.value / HUNDRED
            told = top.value, bottom.value
            yield Value(top.value * part, top.kind, top.currency, "product", "{} * {}%", told)
            if top.place[:2] == bottom.place[:2] or _IMPLIED.search(claim.told):
                yield Value(top.value / part, top.kind, top.currency, "implied whole", "{} / {}%", told)
                if grown:
                    yield Value(
                        top.value / grown,
                        top.kind,
                        top.currency,
                        "implied base",
                        "{} / (1 + {}%)",
                        told,
                    )
            if _IMPLIED.search(claim.told):
                form = "{} * (1 + {}%)"
                yield Value(top.value * grown, top.kind, top.currency, "product", form, told)
        elif not (top.rated or bottom.rated):
            for lower in _either(bottom):
                if lower:
                    per = bool(bottom.row & claim.under) and bool((top.row - bottom.row) & claim.words.keys())
                    yield Value(
                        abs(top.value / lower),
                        "amount",
                        top.currency,
                        "quotient",
                        "{} / {}",
                        (top.value, lower),
                        sure=per and PER.search(claim.told) is not None,
                    )
    if not (a.rated or b.rated) and not (a.kind == b.kind == "money"):
        for factor in _either(b):
            yield Value(
                a.value * factor,
                "amount",
                a.currency or b.currency,
                "product",
                "{} * {}",
                (a.value, factor),
            )


def _either(point: Point) -> tuple[Decimal, ...]:
    """Give the value of an amount, and as it is shown where it may be a count that no scale is meant for."""
    if point.kind in ("amount", "count") and point.shown != point.value:
        return point.value, point.shown
    return (point.value,)
