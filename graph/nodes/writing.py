"""Streams a model's answer: text in, cut into sections, out as events while it is written."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from graph.deps import Deps, Options
from graph.errors import AgentError, ModelUnavailable
from graph.events import SectionEvent, TokenEvent, UsageEvent
from graph.models.faults import as_model_error
from graph.report.model import SECTIONS
from graph.report.parse import Draft, SectionDelta, SectionParser
from graph.sink import emit


@dataclass(frozen=True)
class Written:
    """What a model wrote: its text, the sections of it, and why it ended (`stop`, `length`, …)."""

    text: str
    draft: Draft
    finish_reason: str


async def write(
    deps: Deps, options: Options, messages: Sequence[BaseMessage], only: tuple[str, ...] = SECTIONS
) -> Written:
    """Stream one answer of the model, emitting `section`, `token` and `usage` events of the sections named.

    Raises:
        AgentError: the model failed; what had been written was emitted.
    """
    parser = SectionParser()
    parts: list[str] = []
    taken = given = 0
    finish_reason = ""
    try:
        async with aclosing(_stream(deps.model, messages, _call_options(deps, options))) as chunks:
            async for chunk in chunks:
                if usage := chunk.usage_metadata:
                    taken, given = taken + usage["input_tokens"], given + usage["output_tokens"]
                finish_reason = chunk.response_metadata.get("finish_reason") or finish_reason
                if text := str(chunk.text):
                    parts.append(text)
                    _emit_deltas(parser.feed(text), only)
    finally:
        _emit_deltas(parser.finish(), only)
        emit(UsageEvent(input_tokens=taken, output_tokens=given))
    if not "".join(parts).strip():
        raise ModelUnavailable("the model ended without a text", message="The language model gave no answer.")
    return Written("".join(parts), parser.close(), finish_reason)


def _call_options(deps: Deps, options: Options) -> dict[str, Any]:
    chosen: dict[str, Any] = {"max_tokens": options.max_tokens or deps.settings.max_tokens}
    if options.model is not None and options.model != deps.model_name:
        chosen["model"] = options.model
    return chosen


async def _stream(
    model: BaseChatModel, messages: Sequence[BaseMessage], chosen: dict[str, Any]
) -> AsyncGenerator[AIMessageChunk]:
    try:
        async for chunk in model.astream(list(messages), **chosen):
            if isinstance(chunk, AIMessageChunk):
                yield chunk
    except AgentError:
        raise
    except Exception as fault:  # an integration may raise anything; the reaction is what matters
        raise as_model_error(fault) from fault


def _emit_deltas(deltas: list[SectionDelta], only: tuple[str, ...]) -> None:
    for delta in deltas:
        if delta.section not in only:
            continue
        name = next(section for section in SECTIONS if section == delta.section)
        if delta.opened:
            emit(SectionEvent(section=name, state="open"))
        if delta.text:
            emit(TokenEvent(section=name, text=delta.text))
        if delta.closed:
            emit(SectionEvent(section=name, state="closed"))
