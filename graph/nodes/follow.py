"""What comes after the report: the chart with the levels that the answer names, and questions to go on with.

The offline analyst's questions are chosen by code from what the data shows. A live model is asked once, for
little; what it fails to give is logged and missed by nobody.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graph.deps import Deps, Options
from graph.events import SuggestionsEvent, UsageEvent
from graph.models.note.suggest import suggest_questions
from graph.nodes.analyst import LANGUAGE_NAMES, make_briefing
from graph.nodes.gather import make_chart
from graph.sink import emit
from graph.state import State

log = logging.getLogger(__name__)

MOST = 3
MAX_TOKENS = 160
SECONDS = 10.0
_LONGEST = 140
_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)、])?\s*[\"“「']?(?P<text>.*?)[\"”」']?\s*$")


async def follow(state: State, options: Options, deps: Deps) -> dict[str, Any]:
    """Tell which levels the answer names, and what could be asked next; changes nothing of the answer."""
    _show_named(state)
    if deps.settings.suggestions and state["facts"]:
        questions = await _questions(state, options, deps)
        if questions:
            emit(SuggestionsEvent(questions=questions))
    return {}


def _show_named(state: State) -> None:
    """Show the first symbol again, with the averages and levels that the answer's figures stand on."""
    symbols = state["report"]["symbols"]
    if not symbols or not any(fact.get("entity") == symbols[0] for fact in state["facts"]):
        return
    named = {id for figure in state["report"]["figures"] for id in figure.get("facts", ())}
    metrics = {
        str(fact["metric"])
        for fact in state["facts"]
        if fact["id"] in named and fact.get("entity") == symbols[0] and fact.get("metric")
    }
    chart = make_chart(state["facts"], symbols[0], metrics)
    if chart.overlays:
        emit(chart)


async def _questions(state: State, options: Options, deps: Deps) -> list[str]:
    if deps.settings.mode == "offline":
        return suggest_questions(make_briefing(state, deps))[:MOST]
    try:
        async with asyncio.timeout(SECONDS):
            return await _ask(state, options, deps)
    except Exception as fault:  # an integration may raise anything, and the answer stands without this
        log.warning("no suggestions: %s", type(fault).__name__)
        return []


async def _ask(state: State, options: Options, deps: Deps) -> list[str]:
    """Ask the model for questions, showing it the verdict and the actions only."""
    report = state["report"]
    prompt = deps.prompts.get("suggestions", language=report["language"])
    note = f"{report['sections']['verdict']}\n\n{report['sections']['insights']}".replace("<", "\\u003c")
    messages: list[BaseMessage] = [
        SystemMessage(prompt.render(language=LANGUAGE_NAMES[report["language"]])),
        HumanMessage(f"<note>\n{note}\n</note>\n<question>\n{state['message']}\n</question>"),
    ]
    chosen: dict[str, Any] = {"max_tokens": MAX_TOKENS}
    if options.model is not None and options.model != deps.model_name:
        chosen["model"] = options.model
    reply = await deps.model.ainvoke(messages, **chosen)
    if isinstance(reply, AIMessage) and (usage := reply.usage_metadata):
        emit(UsageEvent(input_tokens=usage["input_tokens"], output_tokens=usage["output_tokens"]))
    return read_questions(str(reply.text), state["message"])


def read_questions(text: str, asked: str) -> list[str]:
    """Read questions, one a line; what is none, too long or was just asked is left out."""
    found = []
    for line in text.splitlines():
        match = _MARK.match(line)
        question = match["text"] if match else ""
        if question.endswith(("?", "？")) and len(question) <= _LONGEST and question != asked.strip():
            found.append(question)
    return list(dict.fromkeys(found))[:MOST]
