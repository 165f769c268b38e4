"""The scenarios of the stand-in, by the name of the model that is asked for."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import orjson

from tests.fake_dashscope.replies import (
    JSON,
    Reply,
    call_frames,
    cut,
    error,
    event,
    frame,
    refusal,
    text_frames,
)

Ask = dict[str, Any]
Scenario = Callable[[Ask, str, int], Reply]

_HTML = b"<html><body>secret-detail</body></html>"
_WAIT = re.compile(r"wait-(\d+)")
_TOKENS = re.compile(r"tokens-(\d+)")


def reply_to(ask: Ask, text: str, number: int) -> Reply:
    """Choose the reply to a request, the `number`-th for its model; an unknown name answers as it should."""
    name = ask["model"]
    if wait := _WAIT.fullmatch(name):
        return _late(text, int(wait[1]) / 1000)
    if tokens := _TOKENS.fullmatch(name):
        frames = text_frames("words, " * int(tokens[1]))
        return Reply([part for one in frames for part in (one, 0.02)])
    if name in REFUSALS:
        return REFUSALS[name]
    scenario = SCENARIOS.get(name)
    return Reply(text_frames(text)) if scenario is None else scenario(ask, text, number)


def _begun(text: str, *rest: bytes | float, end: str = "end") -> Reply:
    pieces: list[bytes | float] = [*text_frames(text)[:6], *rest]
    return Reply(pieces, end="drop" if end == "drop" else "hang" if end == "hang" else "end")


def _late(text: str, seconds: float) -> Reply:
    """Begin late; what follows the beginning comes at once, so that it delays no other's beginning."""
    frames = text_frames(text)
    return Reply([b"".join(frames[:20]), 0.5, b"".join(frames[20:])], before=seconds)


def _slow(ask: Ask, text: str, number: int) -> Reply:
    return Reply([piece for one in text_frames(text) for piece in (one, 0.02)])


def _thinking(ask: Ask, text: str, number: int) -> Reply:
    thoughts = cut("The user asks for a rating; secret-thought: look at the price.")
    details = {"output_tokens_details": {"reasoning_tokens": len(thoughts)}}
    frames = [
        frame({"content": "", "reasoning_content": thought}, "null", at + 1, **_reasoned(at + 1))
        for at, thought in enumerate(thoughts)
    ]
    pieces = cut(text)
    for at, piece in enumerate(pieces):
        frames.append(frame({"content": piece}, "null", len(thoughts) + at + 1, **details))
    cached = {"prompt_tokens_details": {"cached_tokens": 20}}
    frames.append(frame({"content": ""}, "stop", len(thoughts) + len(pieces), **details, **cached))
    return Reply(frames)


def _reasoned(tokens: int) -> dict[str, Any]:
    return {"output_tokens_details": {"reasoning_tokens": tokens}}


def _asking(*calls: tuple[str, str], reason: str = "tool_calls") -> Scenario:
    def scenario(ask: Ask, text: str, number: int) -> Reply:
        answered = ask["input"]["messages"][-1]["role"] == "tool"
        return Reply(text_frames(text) if answered else call_frames(*calls, reason=reason, round=number))

    return scenario


def _tool_loop(ask: Ask, text: str, number: int) -> Reply:
    return Reply(call_frames(("get_technicals", '{"symbol": "MSFT"}'), round=number))


def _flaky(first: Reply, times: int = 2) -> Scenario:
    return lambda ask, text, number: first if number < times else Reply(text_frames(text))


def _in_pieces(size: int) -> Scenario:
    def scenario(ask: Ask, text: str, number: int) -> Reply:
        whole = b"".join(text_frames(text))
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        return Reply([part for piece in pieces for part in (piece, 0.0)])

    return scenario


def _whole(output: Callable[[str], dict[str, Any]]) -> Scenario:
    def scenario(ask: Ask, text: str, number: int) -> Reply:
        usage = {"input_tokens": 26, "output_tokens": 9}
        body = orjson.dumps({"output": output(text), "usage": usage, "request_id": "req-1"})
        return Reply([body[:100], body[100:]], content_type=JSON)

    return scenario


def _message(text: str, **more: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": "stop", "message": {"content": text, "role": "assistant", **more}}]}


def _bytes_of(text: str) -> bytes:
    return b"".join(text_frames(text))


_LONG = "x" * 700_000

SCENARIOS: dict[str, Scenario] = {
    "slow": _slow,
    "stall": lambda ask, text, number: _begun(text, end="hang"),
    "silent": lambda ask, text, number: Reply(end="hang"),
    "deaf": lambda ask, text, number: Reply(text_frames(text), before=60),
    "comments": lambda ask, text, number: Reply([part for _ in range(200) for part in (b":ping\n\n", 0.02)]),
    "cut": lambda ask, text, number: _begun(text),
    "drop": lambda ask, text, number: _begun(text, end="drop"),
    "drop-first": _flaky(Reply(end="drop", before=-1)),
    "flaky": _flaky(refusal(503, "ServiceUnavailable")),
    "flaky-usage": _flaky(Reply([frame({"content": ""}, "null", 2)], end="drop"), 1),
    "length": lambda ask, text, number: Reply(text_frames(text, "length")),
    "filtered": lambda ask, text, number: Reply([*text_frames(text)[:6], frame({}, "content_filter", 6)]),
    "inspected": lambda ask, text, number: _begun(text, error(400, "DataInspectionFailed")),
    "busy-midway": lambda ask, text, number: _begun(text, error(429, "Throttling.RateQuota")),
    "broken-midway": lambda ask, text, number: _begun(text, error(500, "InternalError")),
    "garbage-midway": lambda ask, text, number: _begun(text, b"data:{nothing\n\n"),
    "error-inside-data": lambda ask, text, number: _begun(text, event({"code": "InternalError"})),
    "thinking": _thinking,
    "open-after-end": lambda ask, text, number: Reply(text_frames(text), end="hang"),
    "drop-after-end": lambda ask, text, number: Reply(text_frames(text), end="drop"),
    "labelled-json": lambda ask, text, number: Reply(text_frames(text), content_type=JSON),
    "gzip": lambda ask, text, number: Reply(
        [gzip.compress(_bytes_of(text))], headers={"Content-Encoding": "gzip"}
    ),
    "bad-gzip": lambda ask, text, number: Reply([b"nothing"], headers={"Content-Encoding": "gzip"}),
    "one-piece": lambda ask, text, number: Reply([_bytes_of(text)]),
    "pieces-of-3": _in_pieces(3),
    "pieces-of-1000": _in_pieces(1000),
    "crlf": lambda ask, text, number: Reply([_bytes_of(text).replace(b"\n", b"\r\n")]),
    "long-line": lambda ask, text, number: Reply([frame({"content": _LONG}), *text_frames(text)]),
    "endless": lambda ask, text, number: Reply([frame({"content": _LONG})] * 13),
    "null-content": lambda ask, text, number: Reply([frame({"content": None}), *text_frames(text)]),
    "no-choices": lambda ask, text, number: Reply([frame(None), *text_frames(text), frame(None, None, 99)]),
    "surrogates": lambda ask, text, number: Reply(
        [frame({"content": "HALF"}).replace(b"HALF", b"\\ud83d!"), *text_frames(text)]
    ),
    "bad-utf8": lambda ask, text, number: Reply(
        [frame({"content": "HALF"}).replace(b"HALF", b"\xff!"), *text_frames(text)]
    ),
    "whole-text": _whole(lambda text: {"text": text, "finish_reason": "stop"}),
    "whole-message": _whole(_message),
    "whole-calls": _whole(
        lambda text: _message(
            "",
            reasoning_content="secret-thought",
            tool_calls=[
                {"id": "c1", "function": {"name": "get_technicals", "arguments": '{"symbol": "MSFT"}'}},
                {"id": "c2", "function": {"name": "get_fundamentals", "arguments": '{"symbol": "MSFT"}'}},
            ],
        )
    ),
    "asks-technicals": _asking(("get_technicals", '{"symbol": "MSFT"}')),
    "asks-both": _asking(
        ("get_technicals", '{"symbol": "MSFT"}'), ("get_fundamentals", '{"symbol": "MSFT"}')
    ),
    "asks-many": _asking(*[("get_technicals", '{"symbol": "MSFT"}')] * 12),
    "asks-unknown": _asking(("get_weather", '{"city": "Beijing"}'), ("get_technicals", '{"symbol": "QQQQ"}')),
    "asks-badly": _asking(
        ("get_technicals", '{"symbol": "MSF'), ("get_technicals", '["MSFT"]'), ("get_technicals", '{"a": 5}')
    ),
    "asks-cut": _asking(("get_technicals", '{"symbol": "MSFT"}'), reason="length"),
    "tool-loop": _tool_loop,
}

REFUSALS: dict[str, Reply] = {
    "busy": refusal(429, "Throttling.RateQuota"),
    "burst": refusal(429, "Throttling.BurstRate"),
    "allocation": refusal(429, "Throttling.AllocationQuota"),
    "insufficient": refusal(429, "insufficient_quota"),
    "nokey": refusal(401, "InvalidApiKey"),
    "overdue": refusal(400, "Arrearage"),
    "overdue-403": refusal(403, "Arrearage"),
    "denied": refusal(403, "AccessDenied.Unpurchased"),
    "unknown-model": refusal(404, "ModelNotFound"),
    "invalid": refusal(400, "InvalidParameter"),
    "refused": refusal(400, "DataInspectionFailed"),
    "down": refusal(500, "InternalError"),
    "unavailable": refusal(503, "ServiceUnavailable"),
    "gateway": refusal(504, "GatewayTimeout"),
    "html": Reply([_HTML], 502, "text/html"),
    "html-inside200": Reply([_HTML], 200, "text/html"),
    "sse-error": Reply([error(400, "DataInspectionFailed")], 400),
    "mislabelled": Reply([error(400, "DataInspectionFailed")], 400, JSON),
    "mislabelled-busy": Reply([error(429, "Throttling.RateQuota")], 429, JSON),
    "sse-inside200": Reply([error(400, "DataInspectionFailed")]),
    "inside200": Reply(refusal(200, "Throttling.RateQuota").pieces, 200, JSON),
    "empty": Reply(),
    "plain": Reply([b"upstream connect error"], 200, "text/plain"),
    "elsewhere": Reply(status=302, headers={"Location": "/elsewhere"}),
}
