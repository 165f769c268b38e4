"""The environment variables that settings are read from: what each takes, and what is wrong with a value.

The configuration table, `.env.example`, `financial-agent check` and the messages at start are made of this.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import AliasChoices, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from graph.settings import AgentSettings
from server.clients import without_secrets
from server.settings import ServerSettings

PREFIX = "FINANCIAL_AGENT_"
_SHOWN = 60


@dataclass(frozen=True)
class Variable:
    """One variable: its name, its default and what it takes as text, and what it is for."""

    field: str
    name: str
    default: str
    takes: str
    meaning: str
    secret: bool

    def show(self, value: object) -> str:
        """Write a value as it may be shown: no key, no password of a URL, not more than a line."""
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if self.secret:
            return "(not shown)"
        if isinstance(value, tuple):
            value = ",".join(value)
        text = repr(without_secrets(str(value)))
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def variables() -> tuple[Variable, ...]:
    """Give every variable, in the order of the settings."""
    return tuple(
        Variable(
            field=name,
            name=_name_of(name, field),
            default=_default_of(field),
            takes=_takes(field),
            meaning=field.description or "",
            secret=name.endswith(("_key", "_secret", "_token")),
        )
        for model in (AgentSettings, ServerSettings)
        for name, field in model.model_fields.items()
        if name != "agent"
    )


def problems(fault: ValidationError) -> list[str]:
    """Say of each value that cannot be used: the variable, the value, and what to use instead."""
    known = {each.field: each for each in variables()} | {each.name: each for each in variables()}
    found = []
    for error in fault.errors():
        variable = known.get(str(error["loc"][0])) if error["loc"] else None
        reason = error["msg"].removeprefix("Value error, ")
        if variable is None:
            found.append(reason)
            continue
        # Our own validators give a reason; pydantic's sentences do not say what would be right.
        told = reason if error["type"] == "value_error" else f"it takes {variable.takes}"
        found.append(f"{variable.name}={variable.show(error['input'])} cannot be used: {told}")
    return found


def unknown(names: Iterable[str]) -> list[str]:
    """Say of each name with our prefix that it is none of ours, and which one may be meant."""
    known = [each.name for each in variables()]
    found = []
    for name in sorted(set(names)):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, 1)
            found.append(f"{name} is no setting" + (f": is {near[0]} meant?" if near else ""))
    return found


def without_effect(settings: ServerSettings) -> list[str]:
    """Say which settings change nothing because of another."""
    agent = settings.agent
    found = []
    if agent.model_url and agent.dashscope_api_key:
        found.append("DASHSCOPE_API_KEY is not used: FINANCIAL_AGENT_MODEL_URL is asked instead")
    if agent.model_api_key and not agent.model_url:
        found.append("FINANCIAL_AGENT_MODEL_API_KEY is not used without FINANCIAL_AGENT_MODEL_URL")
    if agent.mode == "offline":
        chosen = [each for each in variables() if each.field in agent.model_fields_set & _OF_LIVE_MODELS]
        found += [f"{each.name} is not used: no language model is set" for each in chosen]
    if agent.thinking_budget and agent.enable_thinking is False:
        found.append("FINANCIAL_AGENT_THINKING_BUDGET is not used: FINANCIAL_AGENT_ENABLE_THINKING is false")
    return found


_OF_LIVE_MODELS = {
    "dashscope_base_url",
    "enable_thinking",
    "fallback_models",
    "model",
    "models",
    "temperature",
    "thinking_budget",
    "tools",
}


def _name_of(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + name.upper()


def _default_of(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=False)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _takes(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, Mapping) and "takes" in extra:
        return str(extra["takes"])
    kinds = get_args(field.annotation) if _is_union(field.annotation) else (field.annotation,)
    if bool in kinds:
        return "true or false"
    if int in kinds:
        return "a whole number" + _limits(field)
    if float in kinds:
        return "a number" + _limits(field)
    if any(get_origin(kind) is tuple for kind in kinds):
        return "names, separated by commas"
    return "text"


def _is_union(annotation: object) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _limits(field: FieldInfo) -> str:
    words = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}"}
    found = {
        name: text.format(value)
        for each in field.metadata
        for name, text in words.items()
        if (value := getattr(each, name, None)) is not None
    }
    return "".join(f" {found[name]}" for name in words if name in found)
