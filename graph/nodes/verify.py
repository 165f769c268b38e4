"""Checks every figure of the draft against the facts; has wrong ones corrected once, marks what remains."""

from __future__ import annotations

from typing import Any

from graph.deps import Deps, Options
from graph.events import StepEvent
from graph.nodes.checking import check_section, count_wrong, open_checker
from graph.nodes.repair import repair_figures
from graph.report.model import SECTIONS
from graph.report.placing import count_figures
from graph.sink import emit
from graph.state import DraftState, State


async def verify(state: State, options: Options, deps: Deps) -> dict[str, Any]:
    """Check the whole sections; wrong figures in the evidence lead to one repair by the model.

    A section whose figures were decided on the whole of its text is not checked again.
    """
    checker = await open_checker(state["facts"], deps)
    draft, told = state["draft"], state.get("figures", [])
    checked = state.get("checked", [])
    placed = {
        name: [figure for figure in told if figure["section"] == name]
        if name in checked
        else check_section(name, draft["sections"][name], checker, state["message"], told)
        for name in SECTIONS
    }
    figures = [figure for name in SECTIONS for figure in placed[name]]
    if count_wrong(placed["evidence"]) and not draft["truncated"]:
        repaired = await repair_figures(state, figures, checker, options, deps)
        draft = DraftState(**{**draft, "sections": {**draft["sections"], **repaired.sections}})
        placed |= repaired.figures
        figures = [figure for name in SECTIONS for figure in placed[name]]
    emit(StepEvent(id="verify", name="verify", label="Check figures", state="done", summary=_told(figures)))
    return {"draft": draft, "figures": figures}


def _told(figures: list[dict[str, Any]]) -> str:
    counts = count_figures(figures)
    told = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    return told or "no figures"
