"""What the stand-in sends: the bytes of frames, and replies made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

ANSWER = """## Verdict

**Rating: Hold · Conviction: medium · Horizon: 6–12 months**

AAPL closed at $252.20 on 2024-12-30; the price is fair.

## Evidence

- AAPL closed at $252.20 on 2024-12-30, above its 200-day moving average of $213.02.

## Insights & Action

Watch the 200-day moving average.

## Caveat

The data ends on 2024-12-30.
"""
INPUT_TOKENS = 26
SSE = "text/event-stream"
JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """One answer on the wire: its pieces are written one by one, a number among them is a pause in seconds.

    `end` is what follows the last piece: the body ends, the connection is cut, or nothing comes any more.
    """

    pieces: Sequence[bytes | float] = ()
    status: int = 200
    content_type: str = SSE
    end: Literal["end", "drop", "hang"] = "end"
    headers: dict[str, str] = field(default_factory=dict)
    before: float = 0.0


def frame(
    message: dict[str, Any] | None,
    reason: str | None = "null",
    output_tokens: int = 1,
    **usage: Any,
) -> bytes:
    """Write one frame of an answer; its usage is what was used until then."""
    data = {
        "output": {"choices": [] if message is None else [{"message": message, "finish_reason": reason}]},
        "usage": {
            "total_tokens": INPUT_TOKENS + output_tokens,
            "input_tokens": INPUT_TOKENS,
            "output_tokens": output_tokens,
            **usage,
        },
        "request_id": "req-1",
    }
    return event(data)


def event(data: Any, name: str = "result", status: int = 200) -> bytes:
    """Write one frame of any JSON."""
    head = f"id:1\nevent:{name}\n:HTTP_STATUS/{status}\ndata:".encode()
    return head + orjson.dumps(data) + b"\n\n"


def error(status: int, code: str) -> bytes:
    """Write an error's frame."""
    return event({"code": code, "message": "secret-detail", "request_id": "r"}, "error", status)


def refusal(status: int, code: str) -> Reply:
    """Refuse with an error's JSON."""
    body = orjson.dumps({"code": code, "message": "secret-detail", "request_id": "r"})
    return Reply([body], status, JSON)


def cut(text: str, size: int = 7) -> list[str]:
    """Cut a text as it is streamed."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def text_frames(text: str, reason: str = "stop", used: int = 0) -> list[bytes]:
    """Write a text as frames, a few characters each, the last one with the reason why it ends."""
    pieces = cut(text)
    frames = [
        frame({"content": piece, "role": "assistant"}, "null", used + number + 1)
        for number, piece in enumerate(pieces)
    ]
    return [*frames, frame({"content": "", "role": "assistant"}, reason, used + len(pieces))]


def call_frames(*calls: tuple[str, str], reason: str = "tool_calls", round: int = 0) -> list[bytes]:
    """Write tool calls, given as name and arguments' text: in pieces that take turns, by their index."""
    pieces: list[dict[str, Any]] = []
    texts = [cut(arguments, 5) for _, arguments in calls]
    for index, (name, _) in enumerate(calls):
        function = {"name": name, "arguments": ""}
        pieces.append(
            {"index": index, "id": f"call_{round}_{index}", "type": "function", "function": function}
        )
    for turn in range(max(map(len, texts), default=0)):
        for index, parts in enumerate(texts):
            if turn < len(parts):
                function = {"name": "", "arguments": parts[turn]}
                pieces.append({"index": index, "id": "", "type": "function", "function": function})
    frames = [
        frame({"content": "", "role": "assistant", "tool_calls": [piece]}, "null", number + 1)
        for number, piece in enumerate(pieces)
    ]
    return [*frames, frame({"content": "", "role": "assistant"}, reason, len(pieces))]
