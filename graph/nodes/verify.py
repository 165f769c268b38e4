"""Checks every figure of the draft against the facts; marks each, changes none."""

from __future__ import annotations

from typing import Any

from graph.events import FigureEvent
from graph.facts import FactSheet
from graph.report.model import SECTIONS
from graph.report.placing import place_figures
from graph.sink import emit
from graph.state import State


async def verify(state: State) -> dict[str, Any]:
    """Emit a `figure` event for every figure of the draft, section by section."""
    facts = list(FactSheet.from_list(state["facts"]))
    figures: list[dict[str, Any]] = []
    for section in SECTIONS:
        placed = place_figures(section, state["draft"]["sections"][section], facts, state["message"])
        for figure in placed:
            emit(FigureEvent(**figure))
        figures += placed
    return {"figures": figures}
