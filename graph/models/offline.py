"""The offline analyst: a chat model that needs no key, no network and no language model.

It reads the briefing in its last message and writes a four-section note from the fact sheet by rules, in
the form and under the rules that a live model is given. The same messages always give the same text.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable

from graph.models.note import Turn, write_note
from graph.prompting import parse_briefing

_CJK = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
_TOKEN = re.compile(rf"\s*[{_CJK}]{{1,2}}|\s*[^\s{_CJK}]+|\s+")


def split_tokens(text: str) -> list[str]:
    """Cut text into a word with its leading space, or up to two Chinese characters; joined it is `text`."""
    return _TOKEN.findall(text)


_WIDE = re.compile("[\u2e80-\U0010ffff]")


class OfflineAnalyst(BaseChatModel):
    """Writes an analysis from the fact sheet of its last message, by rules.

    `pace` is the pause between two tokens in seconds; `max_tokens` cuts the answer, also as an argument of
    a call. Tools may be bound and are never called: the fact sheet is all it works from.
    """

    model_name: str = "offline-analyst"
    pace: float = 0.0
    max_tokens: int = 2000

    @property
    def _llm_type(self) -> str:
        return "offline-analyst"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "max_tokens": self.max_tokens}

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Accept tools without ever calling one."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return _collect(self._chunks(messages, stop, kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        await asyncio.sleep(0)
        return _collect(self._chunks(messages, stop, kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages, stop, kwargs):
            if self.pace > 0:
                time.sleep(self.pace)
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages, stop, kwargs):
            # A pause of zero still lets other tasks run between two tokens.
            await asyncio.sleep(max(self.pace, 0.0))
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _chunks(
        self, messages: list[BaseMessage], stop: list[str] | None, options: dict[str, Any]
    ) -> Iterator[ChatGenerationChunk]:
        """Write the note and cut it into chunks; the last one carries the usage and why it ended."""
        limit = int(options.get("max_tokens") or self.max_tokens)
        tokens = split_tokens(_until_stop(_write(messages), stop or []))
        kept = tokens[:limit] or [""]
        read = sum(estimate_tokens(message.text) for message in messages)
        for position, token in enumerate(kept):
            message = AIMessageChunk(content=token)
            if position == len(kept) - 1:
                written = min(len(tokens), limit)
                message = AIMessageChunk(
                    content=token,
                    chunk_position="last",
                    response_metadata={
                        "finish_reason": "length" if len(tokens) > limit else "stop",
                        "model_name": self.model_name,
                    },
                    usage_metadata=UsageMetadata(
                        input_tokens=read, output_tokens=written, total_tokens=read + written
                    ),
                )
            yield ChatGenerationChunk(message=message)


def _write(messages: list[BaseMessage]) -> str:
    asked = max((at for at, message in enumerate(messages) if isinstance(message, HumanMessage)), default=-1)
    if asked < 0:
        return write_note(None)
    return write_note(parse_briefing(messages[asked].text), history=_turns(messages[:asked]))


def _turns(messages: list[BaseMessage]) -> list[Turn]:
    """Pair each earlier question with the answer behind it."""
    turns: list[Turn] = []
    question = ""
    for message in messages:
        if isinstance(message, HumanMessage):
            briefing = parse_briefing(message.text)
            question = briefing.question if briefing else message.text
        elif isinstance(message, AIMessage) and message.text:
            turns.append(Turn(question, message.text))
    return turns


def _until_stop(text: str, stop: list[str]) -> str:
    ends = [at for word in stop if word and (at := text.find(word)) >= 0]
    return text[: min(ends)] if ends else text


def estimate_tokens(text: str) -> int:
    """Estimate tokens: four characters of Latin text, or one of Chinese, make a token."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    return wide + -(-(len(text) - wide) // 4)


def _collect(chunks: Iterator[ChatGenerationChunk]) -> ChatResult:
    parts = [chunk.message for chunk in chunks]
    last = parts[-1]
    assert isinstance(last, AIMessageChunk)
    message = AIMessage(
        content="".join(part.text for part in parts),
        response_metadata=last.response_metadata,
        usage_metadata=last.usage_metadata,
    )
    return ChatResult(generations=[ChatGeneration(message=message)])
