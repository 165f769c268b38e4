"""Checks every figure of the draft against the facts; marks each, changes none."""

from __future__ import annotations

from typing import Any

from graph.deps import Deps
from graph.events import FigureEvent
from graph.report.figures import Checker
from graph.report.model import SECTIONS
from graph.report.placing import place_figures
from graph.sink import emit
from graph.state import State


async def verify(state: State, deps: Deps) -> dict[str, Any]:
    """Emit a `figure` event for every figure of the draft, section by section."""
    checker = await open_checker(state, deps)
    figures: list[dict[str, Any]] = []
    for section in SECTIONS:
        placed = place_figures(section, state["draft"]["sections"][section], checker, state["message"])
        for figure in placed:
            emit(FigureEvent(**figure))
        figures += placed
    return {"figures": figures}


async def open_checker(state: State, deps: Deps) -> Checker:
    """Read the fact sheet for checking, with the names of every company that the data providers know."""
    names = {
        identity.symbol: (identity.name, identity.name_zh, *identity.aliases)
        for identity in await deps.market.universe()
    }
    return deps.sheets.checker(state["facts"], names)
