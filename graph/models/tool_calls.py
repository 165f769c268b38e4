"""Puts tool calls together that a stream brings in pieces, and reads their arguments strictly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
from langchain_core.messages import InvalidToolCall, ToolCall
from langchain_core.messages.tool import invalid_tool_call, tool_call

from graph.models.dashscope_wire import without_surrogates

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
        for piece in pieces:
            function = piece.get("function") or {}
            call_id, name = _text(piece.get("id")), _text(function.get("name"))
            call = self._calls.setdefault(self._index(piece.get("index"), call_id, name), _Call())
            call.id = call.id or call_id
            call.name = call.name or name
            call.arguments.append(_text(function.get("arguments")))

    def _index(self, index: object, call_id: str, name: str) -> int:
        """Give the index of a piece; one that has none begins a call if its id, or else its name, is new."""
        if type(index) is int:
            return index
        if not self._calls:
            return 0
        if call_id:
            known = [at for at, call in self._calls.items() if call.id == call_id]
            return known[0] if known else max(self._calls) + 1
        last = max(self._calls)
        return last + 1 if name and self._calls[last].name else last

    def finish(self, finish_reason: str) -> tuple[list[ToolCall], list[InvalidToolCall]]:
        """Give the calls that can be made, and those that cannot with the reason why."""
        valid: list[ToolCall] = []
        invalid: list[InvalidToolCall] = []
        taken: set[str] = set()
        for _, call in sorted(self._calls.items()):
            text = "".join(call.arguments)
            # Each call is answered by its id: one that is missing or used twice is replaced.
            call_id = call.id if call.id and call.id not in taken else f"call_{uuid4().hex[:16]}"
            taken.add(call_id)
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


def _text(value: object) -> str:
    if isinstance(value, dict):  # arguments that came as an object, not as its text
        return json.dumps(value)
    return "" if value is None else without_surrogates(str(value))


def _read_object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
