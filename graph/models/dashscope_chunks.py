"""Turns the frames of one answer into LangChain's chunks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk

from graph.errors import ModelCutOff, ModelError, ModelInspected, ModelRefused, ModelUnavailable
from graph.models import dashscope_wire as wire
from graph.models.tool_calls import ToolCallAssembler

_NOTHING = wire.Usage()


class ChunkBuilder:
    """Builds the chunks of one answer.

    Tool calls come whole, on the last chunk. Usage comes as what each frame adds, so that the sum is right
    wherever the stream is left; DashScope counts it up from frame to frame.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._calls = ToolCallAssembler()
        self._booked = _NOTHING
        self._finish_reason = ""
        self._request_id = ""
        self.shown = False

    @property
    def ended(self) -> bool:
        """Say whether the answer told why it ended: what may still come is usage alone."""
        return bool(self._finish_reason)

    def take(self, choices: Sequence[wire.Choice]) -> ChatGenerationChunk | None:
        """Take what came together; give its chunk, or nothing when there is nothing to show or to book."""
        usage: wire.Usage | None = None
        for choice in choices:
            self._finish_reason = choice.finish_reason or self._finish_reason
            self._request_id = self._request_id or choice.request_id
            self._calls.add(choice.tool_calls)
            usage = choice.usage or usage
        text = "".join([choice.text for choice in choices])
        reasoning = "".join([choice.reasoning for choice in choices])
        self.shown = self.shown or bool(text or reasoning or self._calls)
        booked = self._book(usage)
        if not (text or reasoning or booked):
            return None
        extra = {"reasoning_content": reasoning} if reasoning else {}
        return _chunk(AIMessageChunk(content=text, additional_kwargs=extra, usage_metadata=booked))

    def finish(self) -> ChatGenerationChunk:
        """Give the last chunk, with the tool calls and why the answer ended.

        Raises:
            ModelCutOff: the stream ended without a reason, so the answer is not finished.
            ModelInspected: content inspection is the reason.
        """
        if not self._finish_reason:
            raise ModelCutOff(f"request {self._request_id!r} ended without a finish reason")
        if self._finish_reason == "content_filter":
            raise ModelInspected(f"request {self._request_id!r} ended at content inspection")
        valid, invalid = self._calls.finish(self._finish_reason)
        info = {
            "finish_reason": self._finish_reason,
            "request_id": self._request_id,
            "model_name": self._model,
        }
        message = AIMessageChunk(
            content="", response_metadata=info, tool_calls=valid, invalid_tool_calls=invalid
        )
        return _chunk(message, {"finish_reason": self._finish_reason})

    def told(self, fault: ModelError) -> ModelError:
        """Give a fault as it is for the reader: once something was shown, that is a part of an answer."""
        kind = type(fault)
        if self.shown and kind is ModelUnavailable:
            return ModelCutOff(str(fault))
        if not self.shown and kind is ModelCutOff:
            return ModelUnavailable(str(fault))
        if not self.shown and kind is ModelInspected:
            return ModelRefused(str(fault))
        return fault

    def _book(self, usage: wire.Usage | None) -> UsageMetadata | None:
        if usage is None or usage == self._booked:
            return None
        begins = self._booked == _NOTHING
        added, self._booked = usage.minus(self._booked), usage
        total = added.input + added.output
        booked = UsageMetadata(input_tokens=added.input, output_tokens=added.output, total_tokens=total)
        # The details stand where they say something: LangChain adds up every one for every token.
        if begins or added.cached:
            booked["input_token_details"] = InputTokenDetails(cache_read=added.cached)
        if begins or added.reasoning:
            booked["output_token_details"] = OutputTokenDetails(reasoning=added.reasoning)
        return booked


def _chunk(message: AIMessageChunk, info: dict[str, Any] | None = None) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=message, generation_info=info)
