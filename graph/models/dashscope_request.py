"""What a request to DashScope says: its options, its messages, its headers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

import orjson
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph.errors import ModelMisconfigured
from graph.models.dashscope_wire import without_surrogates
from graph.settings import MAX_TOKENS_CEILING

TEXT_PATH = "/services/aigc/text-generation/generation"
MULTIMODAL_PATH = "/services/aigc/multimodal-generation/generation"

# Text-generation refuses these with "url error": they are reached by the multimodal endpoint alone.
_MULTIMODAL = re.compile(r"qwen-?(?:3\.[5-9]|[4-9])|(?:^|-)(?:vl|omni)(?:-|$)|vl-", re.IGNORECASE)
_THINKING = re.compile(r"(?:^|-)(?:qwq|qvq|thinking|r1)(?:-|$)", re.IGNORECASE)


class CallOptions(BaseModel):
    """What a call may set besides its messages; anything else is a mistake and is refused unsent."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, protected_namespaces=())

    model: str | None = Field(default=None, min_length=1)
    max_tokens: int | None = None
    temperature: float | None = Field(default=None, ge=0, lt=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    enable_thinking: bool | None = None
    thinking_budget: int | None = Field(default=None, ge=1)
    stop: list[str] | str | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    response_format: dict[str, Any] | None = None


def read_options(given: dict[str, Any]) -> dict[str, Any]:
    """Give the options that a call sets, `max_tokens` brought within its limits.

    Raises:
        ModelMisconfigured: an option is unknown or its value cannot be sent.
    """
    try:
        chosen = CallOptions.model_validate(given).model_dump(exclude_none=True)
    except ValidationError as fault:
        wrong = [f"{error['loc'][0]}: {error['msg']}" for error in fault.errors(include_input=False)]
        raise ModelMisconfigured(f"call options that cannot be used: {'; '.join(wrong)}") from None
    if "max_tokens" in chosen:
        chosen["max_tokens"] = max(1, min(chosen["max_tokens"], MAX_TOKENS_CEILING))
    return chosen


def tool_choice(choice: Any, tools: Sequence[Any]) -> Any:
    """Write which tool has to be called as DashScope reads it: it knows names, "auto" and "none".

    Raises:
        ModelMisconfigured: the choice names no tool, or leaves one of several to be called.
    """
    if choice in ("auto", "none") or isinstance(choice, dict):
        return choice
    names = [convert_to_openai_tool(each)["function"]["name"] for each in tools]
    if choice in ("any", "required", True):
        if len(names) != 1:
            raise ModelMisconfigured(f"tool_choice {choice!r} needs exactly one tool, there are {len(names)}")
        choice = names[0]
    if choice not in names:
        raise ModelMisconfigured(f"tool_choice {choice!r} is none of {', '.join(names) or 'no tools'}")
    return {"type": "function", "function": {"name": choice}}


def is_multimodal(model: str) -> bool:
    """Say whether a model is reached by the multimodal endpoint alone."""
    return _MULTIMODAL.search(model) is not None


def always_thinks(model: str) -> bool:
    """Say whether a model thinks before it writes, whatever it is asked."""
    return _THINKING.search(model) is not None


def request_body(
    model: str, messages: Sequence[BaseMessage], parameters: dict[str, Any], multimodal: bool
) -> bytes:
    """Write a request; deltas are always asked for, so that nothing has to be subtracted.

    Raises:
        ModelMisconfigured: a message cannot be sent, or a tool call and its answer are not a pair.
    """
    answered = _answered(messages)
    return orjson.dumps(
        {
            "model": model,
            "input": {"messages": [message_dict(message, multimodal, answered) for message in messages]},
            "parameters": {"result_format": "message", "incremental_output": True, **parameters},
        }
    )


def message_dict(
    message: BaseMessage, multimodal: bool = False, answered: Collection[str] = ()
) -> dict[str, Any]:
    """Write one message as DashScope reads it; tool calls come from `AIMessage.tool_calls`."""
    text = without_surrogates(str(message.text))
    content: str | list[dict[str, str]] = [{"text": text}] if multimodal else text
    match message:
        case AIMessage():
            out: dict[str, Any] = {"role": "assistant", "content": content}
            if calls := _calls_of(message, answered):
                out["tool_calls"] = calls
            return out
        case SystemMessage() | HumanMessage() | ToolMessage() if _has_more_than_text(message):
            raise ModelMisconfigured(f"a {type(message).__name__} holds more than text: only text is sent")
        case SystemMessage():
            return {"role": "system", "content": content}
        case HumanMessage():
            return {"role": "user", "content": content}
        case ToolMessage():
            named = {"name": message.name} if message.name else {}
            return {"role": "tool", "content": content, "tool_call_id": message.tool_call_id, **named}
        case _:
            raise ModelMisconfigured(f"DashScope knows no message of type {type(message).__name__}")


class MaskedHeader(str):
    """A header's value that shows itself in no `repr`, so that no list of local variables tells it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def headers(key: str) -> dict[str, str]:
    """Give the headers of a streamed request; they hold the key."""
    return {
        "Authorization": MaskedHeader(f"Bearer {key}"),
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "text/event-stream",
        "X-DashScope-SSE": "enable",
        "X-Accel-Buffering": "no",
    }


def _calls_of(message: AIMessage, answered: Collection[str]) -> list[dict[str, Any]]:
    """Give a message's calls; one that could not be read goes along, empty, when it was answered."""
    calls = [(call["id"], call["name"], call["args"]) for call in message.tool_calls]
    calls += [
        (call["id"], call["name"] or "unknown", {})
        for call in message.invalid_tool_calls
        if (call["id"] or "") in answered
    ]
    return [
        {"id": id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for id, name, arguments in calls
    ]


def _answered(messages: Sequence[BaseMessage]) -> set[str]:
    """Name the calls that have an answer; DashScope refuses a call without one and an answer without a call.

    Raises:
        ModelMisconfigured: there is one or the other.
    """
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    wanted: set[str] = set()
    asked: set[str] = set()
    for message in messages:
        if isinstance(message, AIMessage):
            wanted |= {call["id"] or "" for call in message.tool_calls}
            asked |= {call["id"] or "" for call in message.invalid_tool_calls}
        elif isinstance(message, ToolMessage) and message.tool_call_id not in wanted | asked:
            raise ModelMisconfigured("a tool message answers no call")
    if wanted - answered:
        raise ModelMisconfigured("a tool call has no answer")
    return answered


def _has_more_than_text(message: BaseMessage) -> bool:
    parts = message.content if isinstance(message.content, list) else []
    return any(isinstance(part, dict) and part.get("type", "text") != "text" for part in parts)
