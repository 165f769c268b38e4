"""Amounts that a rate, a price of each or a count of a paragraph makes of another of its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from graph.report.figures import cues
from graph.report.figures.derive import Derived
from graph.report.figures.phrased import Phrased, times, together
from graph.report.figures.quantities import Quantity


def products(claim: Phrased, held: Sequence[Quantity]) -> Iterator[Derived | None]:
    """Give the amount that a percentage of the paragraph makes of what it is told to be of."""
    rest = cues.REST.search(claim.clause) is not None
    for rate in held:
        if rate.kind != "percent" or not rate.base or not (rate.near & claim.said):
            continue
        bases = [item for item in held if item.kind == claim.kind and rate.base & item.near]
        best = max((len(rate.base & item.near) for item in bases), default=0)
        for base in bases:
            if len(rate.base & base.near) == best:
                part = rate.known.value / 100
                yield times(base.known, 1 - part if rest else part, rate.known)


def by_terms(claim: Phrased, held: Sequence[Quantity]) -> Iterator[Derived | None]:
    """Give an amount times what stands beside it: a rate of interest, a price below par, a price of each."""
    if claim.kind != "money":
        return
    for price in held:
        for count in held if price.each and price.kind == "money" else ():
            if count.kind == "count" and price.each & count.near and together(price.known, count.known):
                yield times(count.known, price.known.value, price.known)
    interest, below = cues.INTEREST.search(claim.sentence), cues.BELOW_PAR.search(claim.sentence)
    for rate in held if interest or below else ():
        for base in held if rate.kind == "percent" else ():
            if (
                base.kind != "money"
                or base.sentence != rate.sentence
                or not ((base.near | rate.near) & (claim.said | claim.context))
            ):
                continue
            part = rate.known.value / 100
            if interest and not rate.base:
                yield times(base.known, part, rate.known)
            if below and "par" in rate.base | rate.near:
                yield times(base.known, abs(1 - part), rate.known)


def per_one(claim: Phrased, held: Sequence[Quantity]) -> Iterator[Derived | None]:
    """Give an amount by the count that stands beside it: an average price, an amount per store."""
    if claim.kind not in ("money", "count") or not (cues.EACH.search(claim.clause) or claim.number.per):
        return
    for first, second in pairwise(held):
        if claim.kind == "count":
            yield from _counted(claim, first, second)
        elif {first.kind, second.kind} == {"money", "count"} and first.sentence == second.sentence:
            amount, count = (first, second) if first.kind == "money" else (second, first)
            if (amount.near | count.near) & (claim.said | claim.context) and count.known.value:
                yield Derived(
                    amount.known.value / count.known.value,
                    "money",
                    f"{amount.known.value:f} / {count.known.value:f}",
                    (amount.known.fact.id, count.known.fact.id),
                    "per one",
                    amount.known.fact.currency,
                )


def _counted(claim: Phrased, first: Quantity, second: Quantity) -> Iterator[Derived]:
    """Give how many of one thing there are for each of another that is counted beside it."""
    more, fewer = sorted((first, second), key=lambda item: -abs(item.known.value))
    both = {more.kind, fewer.kind} == {"count"} and first.sentence == second.sentence and fewer.known.value
    if both and (more.near | fewer.near) & claim.said:
        told = f"{more.known.value:f} / {fewer.known.value:f}"
        value = more.known.value / fewer.known.value
        yield Derived(value, "count", told, (more.known.fact.id, fewer.known.fact.id), "per one")
