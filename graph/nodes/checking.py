"""What nodes share of the figure check: the checker of an answer, and telling what it found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from graph.deps import Deps
from graph.errors import MarketError
from graph.events import FigureEvent
from graph.market.companies import names_of
from graph.report.figures import Checker
from graph.report.model import SectionName
from graph.report.placing import place_figures
from graph.sink import emit

WRONG = ("contradicted", "unsupported")


async def open_checker(facts: Sequence[Mapping[str, Any]], deps: Deps) -> Checker:
    """Give the checker of facts, with the names of every company that the data providers know."""
    names = {
        identity.symbol: (identity.name, identity.name_zh, *identity.aliases)
        for identity in await deps.market.universe()
    }
    for symbol in {str(fact["entity"]) for fact in facts if fact.get("entity")}.difference(names):
        # Providers that cannot be enumerated know the companies that were asked for.
        with suppress(MarketError):
            identity = await deps.market.identify(symbol)
            names[symbol] = (identity.name, identity.name_zh, *identity.aliases, *names_of(symbol))
    return deps.sheets.checker(facts, names)


def check_section(
    section: SectionName, text: str, checker: Checker, question: str, told: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Check a whole section and tell what was not told of it before, as `figure` events would have it.

    A figure that was told and is none in the whole text is withdrawn: it becomes context.
    """
    before = {figure["id"]: figure for figure in told if figure["section"] == section}
    figures = place_figures(section, text, checker, question)
    for figure in figures:
        if before.pop(figure["id"], None) != figure:
            emit(FigureEvent(**figure))
    for figure in before.values():
        if figure["status"] != "context":
            emit(FigureEvent(**{**figure, "status": "context", "rule": "no figure"}))
    return figures


def count_wrong(figures: Iterable[dict[str, Any]]) -> int:
    """Count the figures that do not hold."""
    return sum(figure["status"] in WRONG for figure in figures)
