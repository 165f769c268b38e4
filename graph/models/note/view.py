"""One symbol's facts, as a writer asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from graph.facts import Fact, FactSheet


class View:
    """The facts of one symbol; a metric that the sheet does not hold is `None`, never a default."""

    def __init__(self, symbol: str, sheet: FactSheet) -> None:
        self.symbol = symbol
        self.facts = [fact for fact in sheet if fact.entity == symbol]
        self._by_metric: dict[str, list[Fact]] = {}
        for fact in self.facts:
            self._by_metric.setdefault(fact.metric or "", []).append(fact)
        for found in self._by_metric.values():
            found.sort(key=lambda fact: (fact.as_of or "", fact.period or ""), reverse=True)

    def __bool__(self) -> bool:
        return bool(self.facts)

    def fact(self, metric: str, back: int = 0) -> Fact | None:
        """Give a metric's latest fact, or the one `back` periods before it."""
        found = self._by_metric.get(metric, [])
        return found[back] if back < len(found) else None

    def value(self, metric: str, back: int = 0) -> Decimal | None:
        """Give the value of `fact`."""
        fact = self.fact(metric, back)
        return fact.value if fact else None

    def number(self, metric: str, back: int = 0) -> float | None:
        """Give the value as a float, for scoring; text is always written from the `Decimal`."""
        value = self.value(metric, back)
        return None if value is None else float(value)

    def has(self, *metrics: str) -> bool:
        """Tell whether every one of the metrics is on the sheet."""
        return all(metric in self._by_metric for metric in metrics)

    @property
    def metrics(self) -> frozenset[str]:
        """The names of the metrics that the sheet holds."""
        return frozenset(self._by_metric)

    @property
    def as_of(self) -> str:
        """The date of the last price, else of the latest fact; empty when no fact has one."""
        close = self.fact("close")
        if close and close.as_of:
            return close.as_of[:10]
        return max((fact.as_of[:10] for fact in self.facts if fact.as_of), default="")

    @property
    def swing_is_up(self) -> bool | None:
        """Whether the named swing ran from its low to its high; unknown without both dates."""
        low, high = self.fact("swing_low"), self.fact("swing_high")
        if not (low and high and low.as_of and high.as_of):
            return None
        return low.as_of <= high.as_of

    @property
    def without_fundamentals(self) -> bool:
        """Whether the sheet holds no annual value and no multiple of the symbol."""
        return not self.has("revenue") and not self.has("pe")

    @property
    def source(self) -> str:
        """The name of the source of the prices, without what its text adds behind a comma."""
        close = self.fact("close")
        known = [close.source] if close else []
        known += [fact.source for fact in self.facts]
        return next((source.split(",")[0].split(";")[0] for source in known if source), "")


def source_groups(views: Iterable[View]) -> list[tuple[tuple[str, str], list[View]]]:
    """Group symbols by the source of their prices and its last day, in their order."""
    groups: dict[tuple[str, str], list[View]] = {}
    for view in views:
        groups.setdefault((view.source, view.as_of), []).append(view)
    return list(groups.items())
