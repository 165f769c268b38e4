"""Checks every figure of the draft against the facts; marks each, changes none."""

from __future__ import annotations

from typing import Any

from graph.deps import Deps
from graph.events import FigureEvent
from graph.facts import FactSheet
from graph.report.model import SECTIONS
from graph.report.placing import place_figures
from graph.sink import emit
from graph.state import State


async def verify(state: State, deps: Deps) -> dict[str, Any]:
    """Emit a `figure` event for every figure of the draft, section by section."""
    facts, names = list(FactSheet.from_list(state["facts"])), await names_of(deps)
    figures: list[dict[str, Any]] = []
    for section in SECTIONS:
        placed = place_figures(section, state["draft"]["sections"][section], facts, state["message"], names)
        for figure in placed:
            emit(FigureEvent(**figure))
        figures += placed
    return {"figures": figures}


async def names_of(deps: Deps) -> dict[str, tuple[str, ...]]:
    """Give how people call each company that the data providers can name."""
    return {
        identity.symbol: (identity.name, identity.name_zh, *identity.aliases)
        for identity in await deps.market.universe()
    }
