"""Turns the checked draft into the four-section report; asks for what is missing, never invents it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig

from graph.deps import Deps, Options
from graph.errors import ModelError
from graph.events import ReportEvent, SectionEvent, StepEvent, TokenEvent
from graph.history import close_turn
from graph.nodes.analyst import LANGUAGE_NAMES, build_messages, make_briefing
from graph.nodes.checking import check_section, open_checker
from graph.nodes.writing import Writer
from graph.prompting import render_briefing
from graph.report.live import LiveCheck
from graph.report.model import SECTIONS, TITLES, Rating, Report, SectionName
from graph.report.placing import count_figures, coverage
from graph.report.rating import parse_rating
from graph.report.render import render_markdown
from graph.sink import emit
from graph.state import State

MIN_COVERAGE = 0.95
_CAVEATS = {
    "en": "Figure check: not every figure above is borne out by the data. Those that are not are marked, and "
    "conviction is therefore no higher than low.",
    "zh": "数字核查：上文的数字并非都得到数据支持；未获支持的已标出，信心因此不高于“低”。",
}


async def format_report(state: State, options: Options, deps: Deps, config: RunnableConfig) -> dict[str, Any]:
    """Build the report, repair its form where one more call can, and close the turn."""
    sections, figures = dict(state["draft"]["sections"]), list(state["figures"])
    for name in SECTIONS:
        if not sections[name] and not state["draft"]["truncated"]:
            text, placed = await _ask_for(name, state, options, deps)
            sections[name] = text
            figures += placed
    report = build_report(state, sections, figures, deps, options)
    if not figures_hold(report.counts):
        report = _with_caveat(report)
    markdown, told = render_markdown(report), report.to_dict()
    emit(ReportEvent(report=told, markdown=markdown))
    run_id = config.get("configurable", {}).get("run_id")
    return {"report": told, **close_turn(state, report, markdown, "done", run_id, state["facts"])}


async def _ask_for(
    name: SectionName, state: State, options: Options, deps: Deps
) -> tuple[str, list[dict[str, Any]]]:
    """Ask the model once for a section that it left out; "" when it leaves it out again."""
    language = state["request"]["language"]
    request = deps.prompts.get("section").render(
        language=LANGUAGE_NAMES[language], heading=TITLES[language][name]
    )
    briefing = replace(make_briefing(state, deps), question=request, sections=(name,))
    messages = [
        *build_messages(state, options, deps),
        AIMessage(state["draft"]["text"]),
        HumanMessage(render_briefing(briefing)),
    ]
    label = f"Ask again for {TITLES['en'][name]}"
    emit(StepEvent(id=f"repair:{name}", name="format", label=label, state="started"))
    checker = await open_checker(state["facts"], deps)
    check = LiveCheck(checker, state["message"])
    with Writer(deps, options, only=(name,), check=check) as writer:
        # What the model cannot add stays missing; the rest of the answer is not lost for it.
        with suppress(ModelError):
            await writer.call(messages)
        text = writer.section(name)
    emit(StepEvent(id=f"repair:{name}", name="format", label=label, state="done" if text else "failed"))
    return text, check_section(name, text, checker, state["message"], check.figures)


def build_report(
    state: State, sections: dict[str, str], figures: list[dict[str, Any]], deps: Deps, options: Options
) -> Report:
    """Put the report together; a figure that does not hold caps the conviction."""
    draft, request = state["draft"], state["request"]
    counts = count_figures(figures)
    return Report(
        question=state["message"],
        language=request["language"],
        symbols=tuple(request["symbols"]),
        rating=cap_conviction(parse_rating(sections["verdict"]), counts),
        sections=sections,
        missing=tuple(name for name in SECTIONS if not sections[name]),
        reordered=draft["reordered"],
        duplicated=tuple(draft["duplicated"]),
        truncated=draft["truncated"],
        preamble=draft["preamble"],
        figures=tuple(figures),
        counts=counts,
        coverage=coverage(counts),
        notes=tuple(state["notes"]),
        model=options.model or deps.model_name,
        mode=deps.settings.mode,
        prompt=deps.prompts.get("analyst").tag,
        created_at=deps.clock().isoformat(timespec="seconds"),
    )


def cap_conviction(rating: Rating, counts: dict[str, int]) -> Rating:
    """Lower the conviction to "low" when a figure is contradicted or too few figures hold."""
    if figures_hold(counts) or rating.conviction in (None, "low"):
        return rating
    return replace(rating, conviction="low", capped=True)


def figures_hold(counts: dict[str, int]) -> bool:
    """Say whether no figure is contradicted and nearly all of those that are claims are borne out."""
    return counts["contradicted"] == 0 and coverage(counts) >= MIN_COVERAGE


def _with_caveat(report: Report) -> Report:
    """Say in the caveat, by code, that figures do not hold; the model's own words stay."""
    line = _CAVEATS["zh" if report.language == "zh" else "en"]
    before = report.sections["caveat"]
    added = f"\n\n{line}" if before else line
    emit(SectionEvent(section="caveat", state="open"))
    emit(TokenEvent(section="caveat", text=added))
    emit(SectionEvent(section="caveat", state="closed"))
    return replace(report, sections={**report.sections, "caveat": before + added})
