"""Streams a model's answer: text in, cut into sections, out as events while it is written."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage, InvalidToolCall, ToolCall

from graph.deps import Deps, Options
from graph.errors import AgentError, ModelUnavailable
from graph.events import FigureEvent, SectionEvent, StepEvent, TokenEvent, UsageEvent
from graph.models.faults import as_model_error
from graph.models.tool_calls import ToolCallAssembler
from graph.report.live import LiveCheck
from graph.report.model import SECTIONS, SectionName
from graph.report.parse import Draft, SectionDelta, SectionParser
from graph.sink import emit, is_crowded


@dataclass(frozen=True)
class Reply:
    """What one call of the model gave: text, tool calls that can be made and that cannot, why it ended."""

    text: str
    tool_calls: list[ToolCall]
    invalid_tool_calls: list[InvalidToolCall]
    finish_reason: str


class Writer:
    """Writes one answer over one or more calls of the model, emitting events of the sections named.

    With a `check`, the figures of a sentence are told as soon as it is written. Use it as a context manager:
    however the block is left, what was held back is emitted and open sections are closed.
    """

    def __init__(
        self,
        deps: Deps,
        options: Options,
        only: tuple[str, ...] = SECTIONS,
        check: LiveCheck | None = None,
    ) -> None:
        self._deps = deps
        self._options = options
        self._only = only
        self._check = check
        self._parser = SectionParser()
        self._parts: list[str] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._emit(self._parser.finish())

    @property
    def text(self) -> str:
        """Give everything that was written."""
        return "".join(self._parts)

    def draft(self) -> Draft:
        """End the answer and give its sections.

        Raises:
            ModelUnavailable: nothing was written.
        """
        if not self.text.strip():
            raise ModelUnavailable(
                "the model ended without a text", message="The language model gave no answer."
            )
        self._emit(self._parser.finish())
        return self._parser.close()

    def section(self, name: SectionName) -> str:
        """End the answer and give the text of one of its sections, "" when there is none."""
        self._emit(self._parser.finish())
        text: str = getattr(self._parser.close(), name)
        return text

    async def call(self, messages: Sequence[BaseMessage], may_look_up: bool = False) -> Reply:
        """Call the model once, with the tools or without, and write what it answers.

        Raises:
            AgentError: the model failed; what had been written was emitted.
        """
        calls, thought, reply = ToolCallAssembler(), _Thought(), _Tally()
        try:
            async with aclosing(self._stream(messages, may_look_up)) as chunks:
                async for chunk in chunks:
                    reply.take(chunk)
                    calls.add(_pieces(chunk))
                    thought.take(str(chunk.additional_kwargs.get("reasoning_content") or ""))
                    if text := str(chunk.text):
                        thought.end()
                        reply.parts.append(text)
                        self._parts.append(text)
                        self._emit(self._parser.feed(text))
        finally:
            thought.end()
            emit(UsageEvent(input_tokens=reply.taken, output_tokens=reply.given))
        valid, invalid = calls.finish(reply.finish_reason)
        return Reply("".join(reply.parts), valid, invalid, reply.finish_reason)

    async def _stream(
        self, messages: Sequence[BaseMessage], may_look_up: bool
    ) -> AsyncGenerator[AIMessageChunk]:
        model = self._deps.model_with_tools if may_look_up else self._deps.model
        try:
            async for chunk in model.astream(list(messages), **self._choices()):
                if isinstance(chunk, AIMessageChunk):
                    yield chunk
        except AgentError:
            raise
        except Exception as fault:  # an integration may raise anything; the reaction is what matters
            raise as_model_error(fault) from fault

    def _choices(self) -> dict[str, Any]:
        chosen: dict[str, Any] = {"max_tokens": self._options.max_tokens or self._deps.settings.max_tokens}
        if self._options.model is not None and self._options.model != self._deps.model_name:
            chosen["model"] = self._options.model
        return chosen

    def _emit(self, deltas: list[SectionDelta]) -> None:
        for delta in deltas:
            if delta.section not in self._only:
                continue
            name = next(section for section in SECTIONS if section == delta.section)
            if delta.opened:
                emit(SectionEvent(section=name, state="open"))
            if delta.text:
                emit(TokenEvent(section=name, text=delta.text))
            if self._check is not None:
                for figure in self._check.take(name, delta.text, last=delta.closed, wait=is_crowded()):
                    emit(FigureEvent(**figure))
            if delta.closed:
                emit(SectionEvent(section=name, state="closed"))


class _Tally:
    """What a call used and why it ended."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.taken = self.given = 0
        self.finish_reason = ""

    def take(self, chunk: AIMessageChunk) -> None:
        if usage := chunk.usage_metadata:
            self.taken += usage["input_tokens"]
            self.given += usage["output_tokens"]
        self.finish_reason = chunk.response_metadata.get("finish_reason") or self.finish_reason


class _Thought:
    """Tells of a model's reasoning as a step: that it thinks, then how long; never what."""

    def __init__(self) -> None:
        self._started: float | None = None

    def take(self, text: str) -> None:
        if text and self._started is None:
            self._started = perf_counter()
            emit(StepEvent(id="thinking", name="analyst", label="Think", state="started"))

    def end(self) -> None:
        if self._started is not None:
            ms = round((perf_counter() - self._started) * 1000)
            emit(StepEvent(id="thinking", name="analyst", label="Think", state="done", ms=ms))
            self._started = None


def _pieces(chunk: AIMessageChunk) -> list[dict[str, Any]]:
    return [
        {
            "index": piece.get("index"),
            "id": piece.get("id"),
            "function": {"name": piece.get("name"), "arguments": piece.get("args")},
        }
        for piece in chunk.tool_call_chunks
    ]
