"""The figures of paragraphs as operands, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graph.facts import Fact, Unit
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.measure import DURATIONS
from graph.report.figures.period import Period
from graph.report.figures.said import Passage, Said

_RATES: dict[str, Unit] = {"percent": "percent", "pp": "pp", "bps": "bps", "multiple": "multiple"}


@dataclass(frozen=True)
class Quantity:
    """A figure of a paragraph as an operand; `sentence` numbers the sentence that tells it."""

    known: Known
    kind: str
    near: frozenset[str]
    sentence: int
    whole: bool
    rest: bool
    base: frozenset[str]
    each: frozenset[str]


class Blocks:
    """The figures of each paragraph of the documents."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        blocks: dict[tuple[str, int], list[Quantity]] = {}
        for at, passage in enumerate(passages):
            held = blocks.setdefault((passage.title, passage.block), [])
            # The amount by which something moved is no level of it.
            held += [_quantity(passage, other, at) for other in passage.figures if not other.moved]
            # What a rounded rate implies is no operand; what an amount implies is exact.
            held += [
                _quantity(passage, other, at)
                for other in passage.implied
                if other.period is not None
                and not any(figure.was and not figure.number.unit for figure in passage.figures)
                and not other.number.unit
                and len(other.number.value.as_tuple().digits) < 20
            ]
        self._blocks = [
            (frozenset(word for item in held for word in item.near), held) for held in blocks.values()
        ]

    def by_id(self, name: str) -> Known | None:
        """Find a figure by the id of its fact."""
        found = (item for _, held in self._blocks for item in held if item.known.fact.id == name)
        return next((item.known for item in found), None)

    def earlier(self, known: Known, period: Period | None) -> Known | None:
        """Give what a paragraph tells of the same at a period, or else before."""
        for _, held in self._blocks:
            own = next((item for item in held if item.known.fact.id == known.fact.id), None)
            for item in held if own is not None else ():
                if own is None or item is own or item.kind != own.kind or not item.near & own.near:
                    continue
                if item.near != own.near and not (item.near <= own.near or own.near <= item.near):
                    continue
                told = item.known.period
                if told is None or (known.period is not None and told.order() >= known.period.order()):
                    continue
                if period is None or period.kind == "prior" or item.known.of(period):
                    return item.known
        return None

    def closest(
        self, said: frozenset[str], context: frozenset[str], weigh: Callable[[frozenset[str]], float]
    ) -> list[list[Quantity]]:
        """Give the figures of the paragraphs that share the words best, those of what is asked too."""
        scored = [
            (weigh(words & said) + 0.3 * weigh((words & context) - said), at)
            for at, (words, _) in enumerate(self._blocks)
            if words & (said | context)
        ]
        best = max((score for score, _ in scored), default=0.0)
        kept = sorted((-score, at) for score, at in scored if score >= 0.6 * best)
        return [self._blocks[at][1] for _, at in kept[:3]]


def _quantity(passage: Passage, said: Said, sentence: int) -> Quantity:
    unit = said.number.unit
    kind = (
        "time" if unit in DURATIONS
        else unit if unit not in ("", "count")
        else "money" if said.number.currency else "count"
    )  # fmt: skip
    known = known_of(passage, said)
    return Quantity(known, kind, said.near, sentence, said.whole, said.rest, said.base, said.each)


def known_of(passage: Passage, said: Said) -> Known:
    """Take a figure of a sentence for a fact."""
    number = said.number
    unit: Unit = (
        "days"
        if number.unit in DURATIONS
        else _RATES.get(number.unit, "count" if number.unit or not number.currency else "money")
    )
    label = passage.text
    fact = Fact(f"{passage.title}@{number.start}", label, number.value, unit, currency=currency_code(number))
    period = said.period or (Period("prior", 0) if said.was else None)
    return Known(fact, "said:" + label, period, None)


def currency_code(number: Number) -> str | None:
    """Name the currency of a figure as facts name theirs; None where none is shown."""
    return {"$": "USD", "¥": "CNY"}.get(number.currency, number.currency) or None
