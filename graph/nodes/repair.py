"""One more call of the model for figures that do not hold: it is told them and the right values."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from graph.deps import Deps, Options
from graph.errors import ModelError
from graph.events import FigureEvent, SectionEvent, StepEvent, TokenEvent
from graph.facts import FactSheet
from graph.nodes.analyst import LANGUAGE_NAMES, build_messages, make_briefing
from graph.nodes.checking import WRONG, count_wrong
from graph.nodes.writing import Writer
from graph.prompting import render_briefing
from graph.report.figures import Checker
from graph.report.model import SECTIONS, TITLES, SectionName
from graph.report.placing import place_figures
from graph.sink import emit
from graph.state import State

_MAX_LISTED = 30


@dataclass(frozen=True)
class Repaired:
    """The sections that were written again with fewer wrong figures, and all figures of each of them."""

    sections: dict[str, str]
    figures: dict[SectionName, list[dict[str, Any]]]


async def repair_figures(
    state: State, figures: list[dict[str, Any]], checker: Checker, options: Options, deps: Deps
) -> Repaired:
    """Let the model write the sections with wrong figures again, once; a section that got no better stays.

    The new text is told only after it was checked, as a section that begins anew.
    """
    wrong = [figure for figure in figures if figure["status"] in WRONG]
    names = tuple(name for name in SECTIONS if any(figure["section"] == name for figure in wrong))
    step = _Step(len(wrong))
    with Writer(deps, options, only=()) as writer:
        # Without an answer the figures stay as they are, and stay marked.
        with suppress(ModelError):
            await writer.call(_messages(state, wrong, names, options, deps))
        written: dict[SectionName, str] = {name: writer.section(name) for name in names}
    repaired = Repaired({}, {})
    left = 0
    for name in names:
        before = count_wrong(figure for figure in figures if figure["section"] == name)
        placed = place_figures(name, written[name], checker, state["message"])
        if written[name].strip() and count_wrong(placed) < before:
            repaired.sections[name], repaired.figures[name] = written[name], placed
            left += count_wrong(placed)
            _tell(name, written[name], placed)
        else:
            left += before
    step.end(left)
    return repaired


def _messages(
    state: State, wrong: list[dict[str, Any]], names: tuple[SectionName, ...], options: Options, deps: Deps
) -> list[BaseMessage]:
    language = state["request"]["language"]
    titles = TITLES[language]
    request = deps.prompts.get("repair").render(
        language=LANGUAGE_NAMES[language],
        figures="\n".join(_line(figure, titles[figure["section"]]) for figure in wrong[:_MAX_LISTED]),
        headings="\n".join(f"## {titles[name]}" for name in names),
    )
    # The facts stand in the first briefing: they are not sent twice.
    briefing = replace(make_briefing(state, deps), question=request, sections=names, facts=FactSheet())
    return [
        *build_messages(state, options, deps),
        AIMessage(state["draft"]["text"]),
        HumanMessage(render_briefing(briefing)),
    ]


def _line(figure: dict[str, Any], title: str) -> str:
    right = figure.get("expected")
    found = f"the data give {right}" if right else "no fact bears it"
    note = f" ({figure['note']})" if figure.get("note") else ""
    return f'- "{figure["text"]}" in {title}: {found}{note}'


def _tell(name: SectionName, text: str, figures: list[dict[str, Any]]) -> None:
    emit(SectionEvent(section=name, state="open", restart=True))
    emit(TokenEvent(section=name, text=text))
    for figure in figures:
        emit(FigureEvent(**figure))
    emit(SectionEvent(section=name, state="closed"))


class _Step:
    """Tells of the repair as a step."""

    def __init__(self, wrong: int) -> None:
        self._wrong = wrong
        self._tell("started", None)

    def end(self, left: int) -> None:
        summary = f"{self._wrong - left} of {self._wrong} corrected"
        self._tell("done" if left < self._wrong else "failed", summary)

    def _tell(self, state: Any, summary: str | None) -> None:
        label = f"Correct {self._wrong} {'figure' if self._wrong == 1 else 'figures'}"
        emit(StepEvent(id="repair:figures", name="verify", label=label, state=state, summary=summary))
