"""Collects the facts that are computed from one symbol's daily bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

from graph.facts import Fact
from graph.indicators import Floats
from graph.market.types import Bars, Identity
from graph.tools.figures import close_fact, fact_id, figure, quoted, rounded
from graph.vocabulary import METRICS


class Sheet:
    """Collects the facts of one symbol's bars; what is not a finite number is left out."""

    def __init__(self, bars: Bars, identity: Identity) -> None:
        self.bars = bars
        self.entity = identity.symbol
        self.facts: list[Fact] = []
        self._ids: set[str] = set()

    def id(self, metric: str) -> str:
        """Name a metric's fact."""
        return fact_id(self.entity, metric)

    def add(
        self,
        metric: str,
        value: float | None,
        *,
        formula: str | None = None,
        inputs: Sequence[str] = (),
        at: int = -1,
        period: str | None = None,
        places: int | None = None,
    ) -> bool:
        """Add a fact dated by bar `at`, computed if it has a formula; say whether it was added."""
        if value is None or not math.isfinite(value):
            return False
        unit = METRICS[metric].unit
        quote = formula is None and unit == "price"
        self._keep(
            figure(
                self.id(metric),
                self.entity,
                metric,
                quoted(value) if quote else rounded(value, unit, places),
                currency=self.bars.currency,
                as_of=self.bars.dates[at],
                source=self.bars.source,
                kind="computed" if formula else "market",
                period=period,
                fetched_at=self.bars.fetched_at,
                formula=formula,
                inputs=inputs,
            )
        )
        return True

    def close_at(self, index: int) -> str:
        """Give the id of the close of a bar, adding its fact if the list does not have it yet."""
        fact = close_fact(self.bars, self.entity, index)
        self._keep(fact)
        return fact.id

    def _keep(self, fact: Fact) -> None:
        if fact.id not in self._ids:
            self._ids.add(fact.id)
            self.facts.append(fact)


def last(values: Floats) -> float:
    """Give the value of the last bar."""
    return float(values[-1])


def percent(part: float, whole: float) -> float:
    """Give how far `part` is from `whole`, in percent."""
    return (part / whole - 1) * 100
