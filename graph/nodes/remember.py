"""Sums up the turns that leave the model's window, after the answer was given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage

from graph.deps import Deps
from graph.errors import AgentError
from graph.events import StepEvent, StepState, UsageEvent
from graph.models.faults import as_model_error
from graph.nodes.analyst import LANGUAGE_NAMES
from graph.prompting import escape_data
from graph.sink import emit
from graph.state import State, Turn
from graph.window import MAX_SUMMARY, digest_of, leaving, summary_of

SECONDS = 8.0
MAX_TOKENS = 500
_WORDS = 180
_MAX_ANSWER = 4000  # characters of an answer that are read for it


async def remember(state: State, deps: Deps) -> dict[str, Any]:
    """Keep a summary of the turns that no longer fit; where the model cannot make one, a digest by rule."""
    branch = state["turns"]
    text, turns, stay = leaving(state, deps.settings)
    if not turns:
        return {}
    made = "" if deps.settings.mode == "offline" else await _ask(text, turns, deps)
    made = made or digest_of(branch[: len(branch) - stay])
    return {"summary": summary_of(branch, stay, made)}


async def _ask(text: str, turns: Sequence[Turn], deps: Deps) -> str:
    """Let the model write the summary; "" when it fails or takes too long."""
    started = perf_counter()

    def step(state: StepState) -> None:
        ms = None if state == "started" else round((perf_counter() - started) * 1000)
        label = "Sum up earlier questions"
        emit(StepEvent(id="remember", name="remember", label=label, state=state, ms=ms))

    step("started")
    try:
        async with asyncio.timeout(SECONDS):
            made = await _write(_messages(text, turns, deps), deps)
    except (AgentError, TimeoutError):
        step("failed")
        return ""
    step("done")
    return made[:MAX_SUMMARY]


def _messages(text: str, turns: Sequence[Turn], deps: Deps) -> list[BaseMessage]:
    language = turns[-1]["language"]
    prompt = deps.prompts.get("summary").render(language=LANGUAGE_NAMES[language], words=str(_WORDS))
    told = "\n".join(
        f'<turn date="{turn["created_at"][:10]}" status="{turn["status"]}">\n'
        f"<question>\n{escape_data(turn['question'])}\n</question>\n"
        f"<answer>\n{escape_data(turn['answer'][:_MAX_ANSWER])}\n</answer>\n</turn>"
        for turn in turns
    )
    memory = f"<memory>\n{escape_data(text)}\n</memory>\n<turns>\n{told}\n</turns>"
    return [SystemMessage(prompt), HumanMessage(memory)]


async def _write(messages: list[BaseMessage], deps: Deps) -> str:
    parts: list[str] = []
    taken = given = 0
    try:
        async for chunk in deps.model.astream(messages, max_tokens=MAX_TOKENS):
            if isinstance(chunk, AIMessageChunk):
                parts.append(str(chunk.text))
                if usage := chunk.usage_metadata:
                    taken += usage["input_tokens"]
                    given += usage["output_tokens"]
    except (AgentError, asyncio.CancelledError):
        raise
    except Exception as fault:  # an integration may raise anything; the reaction is what matters
        raise as_model_error(fault) from fault
    finally:
        emit(UsageEvent(input_tokens=taken, output_tokens=given))
    return "".join(parts).strip()
