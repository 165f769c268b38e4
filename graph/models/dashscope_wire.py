"""DashScope's native protocol: what a request says, how a stream of frames reads, what its errors mean.

Pure functions and one reader of bytes; `qwen.py` does the talking.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from graph.errors import (
    ModelBusy,
    ModelError,
    ModelInspected,
    ModelMisconfigured,
    ModelQuotaExceeded,
    ModelRefused,
    ModelUnavailable,
)

TEXT_PATH = "/services/aigc/text-generation/generation"
MULTIMODAL_PATH = "/services/aigc/multimodal-generation/generation"

MAX_STREAM_BYTES = 8 * 2**20

_BUSY = ("Throttling", "Throttling.RateQuota", "Throttling.BurstRate")
_QUOTA = ("Throttling.AllocationQuota", "insufficient_quota", "Arrearage")
_INSPECTED = ("DataInspectionFailed", "data_inspection_failed")


@dataclass(frozen=True)
class Frame:
    """One frame of a stream: the status its comment told (200 unless told), its event, its JSON."""

    status: int
    event: str
    data: dict[str, Any]


class FrameReader:
    """Cuts bytes into frames, whatever the pieces they come in.

    Raises:
        ModelUnavailable: a frame holds no JSON object, or the stream is larger than `MAX_STREAM_BYTES`.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._size = 0
        self._lines: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """Take bytes and give the frames that they complete."""
        self._size += len(piece)
        if self._size > MAX_STREAM_BYTES:
            raise ModelUnavailable(f"stream of more than {MAX_STREAM_BYTES} bytes")
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for raw in lines:
            line = raw.rstrip(b"\r")
            if line:
                self._lines.append(line)
            elif self._lines:
                yield from self._complete()

    def close(self) -> Iterator[Frame]:
        """Give the frame that the end of the stream completes, if there is one."""
        if self._rest:
            self._lines.append(self._rest.rstrip(b"\r"))
            self._rest = b""
        if self._lines:
            yield from self._complete()

    def _complete(self) -> Iterator[Frame]:
        lines, self._lines = self._lines, []
        status, event, data = 200, "result", []
        for line in lines:
            field, _, value = line.partition(b":")
            if line.startswith(b":HTTP_STATUS/"):
                status = int(line[13:16]) if line[13:16].isdigit() else 200
            elif field == b"event":
                event = value.strip().decode("ascii", "replace")
            elif field == b"data":
                data.append(value.lstrip(b" "))
        if data:
            yield Frame(status, event, read_object(b"\n".join(data)))


def read_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        ModelUnavailable: the bytes are none.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise ModelUnavailable("a frame holds no JSON") from fault
    if not isinstance(value, dict):
        raise ModelUnavailable("a frame holds no JSON object")
    return value


def error_of(status: int, body: bytes) -> ModelError:
    """Read an error's body by its content, not by its label: JSON, frames, or a proxy's HTML."""
    text = body.strip()
    try:
        data = read_object(text) if text.startswith(b"{") else _first_frame(text)
    except ModelUnavailable:
        data = {}
    return model_error(status, str(data.get("code", "")))


def _first_frame(text: bytes) -> dict[str, Any]:
    reader = FrameReader()
    frames = [*reader.feed(text), *reader.close()]
    return frames[0].data if frames else {}


def model_error(status: int, code: str) -> ModelError:
    """Tell which reaction DashScope's status and code ask for."""
    detail = f"DashScope {status} {code[:80]}"
    if code in _INSPECTED:
        return ModelRefused(detail)
    if code in _QUOTA:
        return ModelQuotaExceeded(detail)
    if code in _BUSY or status == 429:
        return ModelBusy(detail)
    if status in (401, 402, 403, 404):
        return ModelMisconfigured(detail)
    if status in (400, 413, 422):
        return ModelRefused(detail, message="The language model's service refused this request.")
    return ModelUnavailable(detail)


def request_body(
    model: str, messages: Iterable[BaseMessage], parameters: dict[str, Any], multimodal: bool
) -> bytes:
    """Write a request; deltas are always asked for, so that nothing has to be subtracted."""
    return orjson.dumps(
        {
            "model": model,
            "input": {"messages": [message_dict(message, multimodal) for message in messages]},
            "parameters": {"result_format": "message", "incremental_output": True, **parameters},
        }
    )


def message_dict(message: BaseMessage, multimodal: bool = False) -> dict[str, Any]:
    """Write one message as DashScope reads it; tool calls come from `AIMessage.tool_calls`."""
    text = without_surrogates(str(message.text))
    content: str | list[dict[str, str]] = [{"text": text}] if multimodal else text
    match message:
        case SystemMessage():
            return {"role": "system", "content": content}
        case HumanMessage():
            return {"role": "user", "content": content}
        case ToolMessage():
            return {"role": "tool", "content": content, "tool_call_id": message.tool_call_id}
        case AIMessage():
            out: dict[str, Any] = {"role": "assistant", "content": content}
            if message.tool_calls:
                out["tool_calls"] = [
                    {
                        "id": call["id"],
                        "type": "function",
                        "function": {"name": call["name"], "arguments": json.dumps(call["args"])},
                    }
                    for call in message.tool_calls
                ]
            return out
        case _:
            raise ModelMisconfigured(f"DashScope knows no message of type {type(message).__name__}")


@dataclass(frozen=True)
class Choice:
    """What one frame brings; `finish_reason` is "" while the answer goes on."""

    text: str
    reasoning: str
    tool_calls: Sequence[dict[str, Any]]
    finish_reason: str


@dataclass(frozen=True)
class Usage:
    """Tokens as DashScope counts them: reasoning is part of the output, cached part of the input."""

    input: int = 0
    output: int = 0
    reasoning: int = 0
    cached: int = 0

    def minus(self, earlier: Usage) -> Usage:
        """Give what was added since an earlier count."""
        return Usage(
            self.input - earlier.input,
            self.output - earlier.output,
            self.reasoning - earlier.reasoning,
            self.cached - earlier.cached,
        )


def choice_of(data: dict[str, Any]) -> Choice:
    """Read a frame's choice; a missing or empty part is an empty text, never an error."""
    output = data.get("output") or {}
    choices = output.get("choices") or [{"message": {"content": output.get("text")}, **output}]
    message = choices[0].get("message") or {}
    content = message.get("content") or ""
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    reason = choices[0].get("finish_reason")
    return Choice(
        text=without_surrogates(str(content)),
        reasoning=without_surrogates(str(message.get("reasoning_content") or "")),
        tool_calls=[call for call in message.get("tool_calls") or [] if isinstance(call, dict)],
        finish_reason="" if reason in (None, "null", "") else str(reason),
    )


def usage_of(data: dict[str, Any]) -> Usage | None:
    """Read a frame's cumulative usage, where it has one."""
    usage = data.get("usage")
    if not isinstance(usage, dict) or "output_tokens" not in usage:
        return None
    given, taken = usage.get("output_tokens_details") or {}, usage.get("prompt_tokens_details") or {}
    return Usage(
        input=int(usage.get("input_tokens") or 0),
        output=int(usage["output_tokens"] or 0),
        reasoning=int(given.get("reasoning_tokens") or 0),
        cached=int(taken.get("cached_tokens") or 0),
    )


def checked(frame: Frame) -> dict[str, Any]:
    """Give a frame's data, or raise the error that it tells of: by its event, its status or its code."""
    code = str(frame.data.get("code") or "")
    if frame.event != "error" and frame.status < 400 and not code:
        return frame.data
    fault = model_error(frame.status if frame.status >= 400 else 500, code)
    raise ModelInspected(str(fault)) if code in _INSPECTED else fault


def headers(key: str) -> dict[str, str]:
    """Give the headers of a streamed request; they hold the key."""
    return {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "text/event-stream",
        "X-DashScope-SSE": "enable",
    }


def without_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs, which no UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
