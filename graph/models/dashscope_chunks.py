"""Turns the frames of one answer into LangChain's chunks."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk

from graph.errors import ModelCutOff
from graph.models import dashscope_wire as wire
from graph.models.tool_calls import ToolCallAssembler


class ChunkBuilder:
    """Builds the chunks of one answer.

    Tool calls come whole, on the last chunk. Usage comes as what each frame adds, so that the sum is right
    wherever the stream is left; DashScope counts it up from frame to frame.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._calls = ToolCallAssembler()
        self._booked = wire.Usage()
        self._finish_reason = ""
        self._request_id = ""
        self.shown = False

    def take(self, data: dict[str, Any]) -> ChatGenerationChunk | None:
        """Take a frame's data; give its chunk, or nothing when it brings nothing to show."""
        choice = wire.choice_of(data)
        self._finish_reason = choice.finish_reason or self._finish_reason
        self._request_id = str(data.get("request_id") or self._request_id)
        self._calls.add(choice.tool_calls)
        self.shown = self.shown or bool(choice.text or choice.reasoning or choice.tool_calls)
        usage = self._book(wire.usage_of(data))
        if not (choice.text or choice.reasoning or usage):
            return None
        extra = {"reasoning_content": choice.reasoning} if choice.reasoning else {}
        return _chunk(AIMessageChunk(content=choice.text, additional_kwargs=extra, usage_metadata=usage))

    def finish(self) -> ChatGenerationChunk:
        """Give the last chunk, with the tool calls and why the answer ended.

        Raises:
            ModelCutOff: the stream ended without a reason, so the answer is not finished.
        """
        if not self._finish_reason:
            raise ModelCutOff(f"request {self._request_id[:60]!r} ended without a finish reason")
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

    def _book(self, usage: wire.Usage | None) -> UsageMetadata | None:
        if usage is None or usage == self._booked:
            return None
        added, self._booked = usage.minus(self._booked), usage
        return UsageMetadata(
            input_tokens=added.input,
            output_tokens=added.output,
            total_tokens=added.input + added.output,
            input_token_details=InputTokenDetails(cache_read=added.cached),
            output_token_details=OutputTokenDetails(reasoning=added.reasoning),
        )


def _chunk(message: AIMessageChunk, info: dict[str, Any] | None = None) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=message, generation_info=info)
