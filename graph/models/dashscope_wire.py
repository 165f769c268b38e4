"""DashScope's native protocol: how a stream of frames reads, what a frame brings, what its errors mean.

Pure functions and one reader of bytes. Everything is read by its content, never by its label: frames come
labelled as JSON, errors inside HTTP 200, and proxies answer in HTML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.errors import (
    ModelBusy,
    ModelError,
    ModelInspected,
    ModelMisconfigured,
    ModelQuotaExceeded,
    ModelRefused,
    ModelUnavailable,
)

MAX_STREAM_BYTES = 8 * 2**20

_BUSY = ("Throttling", "Throttling.RateQuota", "Throttling.BurstRate")
_QUOTA = ("Throttling.AllocationQuota", "insufficient_quota", "Arrearage")
_INSPECTED = ("DataInspectionFailed", "data_inspection_failed")
_MOST_TOKENS = 2**53
_NAME = re.compile(r"[\w.\-]{1,80}", re.ASCII)


@dataclass(frozen=True)
class Frame:
    """One frame of a stream: the status its comment told (200 unless told), its event, its JSON."""

    status: int
    event: str
    data: dict[str, Any]


class FrameReader:
    """Cuts bytes into frames, whatever the pieces they come in; a body that is one JSON object is one frame.

    Raises:
        ModelUnavailable: a frame holds no JSON object, the body is HTML, or it is larger than
            `MAX_STREAM_BYTES`.
    """

    def __init__(self) -> None:
        self._begun = False
        self._is_object = False
        self._open: list[bytes] = []
        self._size = 0
        self._lines: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """Take bytes and give the frames that they complete."""
        self._size += len(piece)
        if self._size > MAX_STREAM_BYTES:
            raise ModelUnavailable(f"an answer of more than {MAX_STREAM_BYTES} bytes")
        if not self._begun:
            piece = self._begin(piece)
        if self._is_object:
            self._open.append(piece)
            return
        first, *lines = piece.split(b"\n")
        self._open.append(first)
        for following in lines:
            # Joined only when a line is whole: a line may come in thousands of pieces.
            line = b"".join(self._open).rstrip(b"\r")
            self._open = [following]
            if line:
                self._lines.append(line)
            elif self._lines:
                yield from self._complete()

    def close(self) -> Iterator[Frame]:
        """Give the frame that the end of the stream completes, if there is one."""
        rest, self._open = b"".join(self._open), []
        if self._is_object:
            yield Frame(200, "result", read_object(rest))
            return
        if line := rest.rstrip(b"\r"):
            self._lines.append(line)
        if self._lines:
            yield from self._complete()

    def _begin(self, piece: bytes) -> bytes:
        piece = piece.lstrip(b"\xef\xbb\xbf \t\r\n")
        self._begun = bool(piece)
        self._is_object = piece.startswith(b"{")
        if piece.startswith(b"<"):
            raise ModelUnavailable("the answer is HTML")
        return piece

    def _complete(self) -> Iterator[Frame]:
        lines, self._lines = self._lines, []
        status, event, data = 200, "result", []
        for line in lines:
            field, _, value = line.partition(b":")
            if line.startswith(b":HTTP_STATUS/"):
                status = _status(line[13:], status)
            elif field == b"status":
                status = _status(value, status)
            elif field == b"event":
                event = value.strip().decode("ascii", "replace")
            elif field == b"data":
                data.append(value.lstrip(b" "))
        if data:
            yield Frame(status, event, read_object(b"\n".join(data)))


def _status(text: bytes, otherwise: int) -> int:
    return int(text.strip()[:3]) if text.strip()[:3].isdigit() else otherwise


def read_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object; what is no UTF-8 in it, and halves of surrogate pairs, are no reason to refuse it.

    Raises:
        ModelUnavailable: the bytes are none.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = _read_tolerantly(body)
    if not isinstance(value, dict):
        raise ModelUnavailable("a frame holds no JSON object")
    return value


def _read_tolerantly(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def error_of(status: int, body: bytes) -> ModelError:
    """Read an error's body by its content, not by its label: JSON, frames, or a proxy's HTML."""
    reader = FrameReader()
    try:
        frames = [*reader.feed(body), *reader.close()]
    except ModelUnavailable:
        frames = []
    return _error_in(status, frames[0].data if frames else {})


def _error_in(status: int, data: dict[str, Any]) -> ModelError:
    inner = data.get("error")
    code = data.get("code") or (inner.get("code") if isinstance(inner, dict) else None)
    return model_error(status, name_of(code), name_of(data.get("request_id")))


def name_of(value: object) -> str:
    """Give a code or an id as far as a log may show it: whatever else the service sent is not repeated."""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


def model_error(status: int, code: str, request_id: str = "") -> ModelError:
    """Tell which reaction DashScope's status and code ask for."""
    detail = " ".join(filter(None, ("DashScope", str(status), code, request_id)))
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


def read_frame(frame: Frame) -> Choice:
    """Give what a frame brings, or raise the error that it tells of: by its event, its status or its code."""
    data = frame.data
    if frame.event != "error" and frame.status < 400 and not (data.get("code") or data.get("error")):
        return choice_of(data)
    fault = _error_in(frame.status if frame.status >= 400 else 500, data)
    raise ModelInspected(str(fault)) if data.get("code") in _INSPECTED else fault


@dataclass(frozen=True, slots=True)
class Choice:
    """What one frame brings; `finish_reason` is "" while the answer goes on."""

    text: str
    reasoning: str
    tool_calls: Sequence[dict[str, Any]]
    finish_reason: str
    usage: Usage | None
    request_id: str


@dataclass(frozen=True, slots=True)
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
    """Read a frame's choice; a part that is missing, null or empty is an empty text.

    Raises:
        ModelUnavailable: a part is of another type than the protocol says.
    """
    output = _object(data, "output")
    choices = _array(output, "choices")
    choice = choices[0] if choices else {**output, "message": {"content": output.get("text")}}
    if not isinstance(choice, dict):
        raise _malformed("choices")
    message = _object(choice, "message")
    reason = choice.get("finish_reason")
    if reason is not None and not isinstance(reason, str):
        raise _malformed("finish_reason")
    calls = _array(message, "tool_calls")
    for call in calls:
        if not isinstance(call, dict):
            raise _malformed("tool_calls")
        _object(call, "function")
    return Choice(
        text=_text(message, "content"),
        reasoning=_text(message, "reasoning_content"),
        tool_calls=calls,
        finish_reason="" if reason in (None, "null", "") else reason,
        usage=usage_of(data),
        request_id=name_of(data.get("request_id")),
    )


def usage_of(data: dict[str, Any]) -> Usage | None:
    """Read a frame's cumulative usage, where it has one; a count that is no number counts as none."""
    usage = data.get("usage")
    if not isinstance(usage, dict) or "output_tokens" not in usage:
        return None
    given, taken = usage.get("output_tokens_details"), usage.get("prompt_tokens_details")
    reasoning = _count(given.get("reasoning_tokens")) if isinstance(given, dict) else 0
    cached = _count(taken.get("cached_tokens")) if isinstance(taken, dict) else 0
    return Usage(_count(usage.get("input_tokens")), _count(usage["output_tokens"]), reasoning, cached)


def without_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs, which no UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    if value is not None and not isinstance(value, dict):
        raise _malformed(name)
    return value or {}


def _array(holder: dict[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    if value is not None and not isinstance(value, list):
        raise _malformed(name)
    return value or []


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if isinstance(value, str):
        return without_surrogates(value)
    if value is None:
        return ""
    # The multimodal endpoint answers in parts.
    parts = value if isinstance(value, list) else [None]
    texts = [part.get("text") or "" if isinstance(part, dict) else None for part in parts]
    if not all(isinstance(text, str) for text in texts):
        raise _malformed(name)
    return without_surrogates("".join(map(str, texts)))


def _count(value: object) -> int:
    return max(0, min(value, _MOST_TOKENS)) if type(value) is int else 0


def _malformed(name: str) -> ModelUnavailable:
    return ModelUnavailable(f"a frame's {name!r} is not what the protocol says")
