"""Puts tool calls together that a stream brings in pieces, and reads their arguments strictly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from langchain_core.messages import InvalidToolCall, ToolCall
from langchain_core.messages.tool import invalid_tool_call, tool_call

CUT = "The call was cut off at the token limit."
NO_OBJECT = "The arguments are no JSON object."
NO_NAME = "The call names no tool."


@dataclass
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class ToolCallAssembler:
    """Collects pieces by their index; the calls are given whole, when the stream has ended."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, pieces: Iterable[Mapping[str, Any]]) -> None:
        """Take the pieces of one frame; the first of a call brings its id and name."""
        for position, piece in enumerate(pieces):
            index = piece.get("index")
            call = self._calls.setdefault(index if isinstance(index, int) else position, _Call())
            function = piece.get("function") or {}
            call.id = call.id or str(piece.get("id") or "")
            call.name = call.name or str(function.get("name") or "")
            call.arguments.append(str(function.get("arguments") or ""))

    def finish(self, finish_reason: str) -> tuple[list[ToolCall], list[InvalidToolCall]]:
        """Give the calls that can be made, and those that cannot with the reason why."""
        valid: list[ToolCall] = []
        invalid: list[InvalidToolCall] = []
        for index, call in sorted(self._calls.items()):
            text, call_id = "".join(call.arguments), call.id or f"call_{index}"
            arguments = _read_object(text or "{}")
            if finish_reason == "length":
                invalid.append(_refuse(call, call_id, text, CUT))
            elif not call.name:
                invalid.append(_refuse(call, call_id, text, NO_NAME))
            elif arguments is None:
                invalid.append(_refuse(call, call_id, text, NO_OBJECT))
            else:
                valid.append(tool_call(name=call.name, args=arguments, id=call_id))
        return valid, invalid


def _refuse(call: _Call, call_id: str, text: str, reason: str) -> InvalidToolCall:
    # As a JSON string: langchain completes what looks like half an object when chunks are added up.
    shown = orjson.dumps(text).decode()
    return invalid_tool_call(name=call.name or None, args=shown, id=call_id, error=reason)


def _read_object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
