"""Calls the model with the prompt, the facts and the history; emits its tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graph.deps import Deps, Options
from graph.nodes.checking import open_checker
from graph.nodes.tool_round import MAX_ROUNDS, run_tools
from graph.nodes.writing import Writer
from graph.prompting import Briefing, render_briefing
from graph.report.live import LiveCheck
from graph.report.model import SECTIONS, TITLES, Rating
from graph.report.rating import rating_line
from graph.state import DraftState, State
from graph.window import window_of

LANGUAGE_NAMES = {"en": "English", "zh": "Simplified Chinese (简体中文)"}


async def analyst(state: State, options: Options, deps: Deps) -> dict[str, Any]:
    """Let the model write the four sections; what its tool calls find joins the fact sheet."""
    messages = build_messages(state, options, deps)
    may_look_up = deps.settings.lets_model_call_tools and bool(deps.tools)
    sheet = {fact["id"]: fact for fact in state["facts"]}
    check = LiveCheck(await open_checker(state["facts"], deps), state["message"])
    with Writer(deps, options, check=check) as writer:
        reply = await writer.call(messages, may_look_up)
        for number in range(1, MAX_ROUNDS + 1):
            if not (reply.tool_calls or reply.invalid_tool_calls):
                break
            done = await run_tools(reply, deps)
            messages += done.messages
            if done.facts:
                sheet |= {fact["id"]: fact for fact in done.facts}
                check.use(await open_checker(list(sheet.values()), deps))
            # The last round may not ask again: it has to write with what it has.
            reply = await writer.call(messages, may_look_up and number < MAX_ROUNDS)
        draft = writer.draft()
    sections = {
        "verdict": draft.verdict,
        "evidence": draft.evidence,
        "insights": draft.insights,
        "caveat": draft.caveat,
    }
    return {
        "facts": list(sheet.values()),
        "figures": check.figures,
        "checked": [name for name in SECTIONS if check.is_whole(name, sections[name])],
        "draft": DraftState(
            text=writer.text,
            sections=sections,
            preamble=draft.preamble,
            missing=list(draft.missing),
            duplicated=list(draft.duplicated),
            reordered=draft.reordered,
            truncated=draft.truncated or reply.finish_reason == "length",
        ),
    }


def build_messages(state: State, options: Options, deps: Deps) -> list[BaseMessage]:
    """Give the model its instructions, the last turns of the session and the briefing, in this order."""
    request = state["request"]
    language = request["language"]
    titles = TITLES[language]
    example = Rating("hold", "medium", "6–12 个月" if language == "zh" else "6–12 months")
    instructions = deps.prompts.get("analyst", language=language).render(
        language=LANGUAGE_NAMES[language],
        rating_line=f"`{rating_line(example, language)}` (Buy, Hold or Sell; low, medium or high)"
        if language == "en"
        else f"`{rating_line(example, language)}`（买入、持有或卖出；低、中或高）",
        abstain=rating_line(Rating(), language),
        words=str((options.max_tokens or deps.settings.max_tokens) // (2 if language == "zh" else 3)),
        **titles,
    )
    messages: list[BaseMessage] = [SystemMessage(instructions)]
    window = window_of(state, deps.settings)
    for turn in window.turns:
        if turn["answer"]:
            messages += [HumanMessage(turn["question"]), AIMessage(turn["answer"])]
    briefing = replace(make_briefing(state, deps), earlier=window.summary)
    messages.append(HumanMessage(render_briefing(briefing)))
    return messages


def make_briefing(state: State, deps: Deps) -> Briefing:
    """Put together what the model is told about this question."""
    request = state["request"]
    return Briefing(
        question=state["message"],
        language=request["language"],
        intent=request["intent"],
        symbols=(*request["symbols"], *request["unknown"]),
        facts=deps.sheets.read(state["facts"]),
        notes=tuple(state["notes"]),
    )
