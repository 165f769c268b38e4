"""The analyst's settings: frozen, read once where a program starts, passed in from there."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MAX_TOKENS_CEILING = 3000
OFFLINE_MODEL = "offline-analyst"

Mode = Literal["live", "offline"]


class AgentSettings(BaseSettings):
    """What the analyst runs with; each value comes from an argument, the environment or `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="FINANCIAL_AGENT_",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        protected_namespaces=(),
        hide_input_in_errors=True,
        env_ignore_empty=True,
    )

    dashscope_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("DASHSCOPE_API_KEY"),
        description="Key for Qwen on DashScope. With it the analyst is live.",
        json_schema_extra={"takes": "a key"},
    )
    dashscope_base_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("DASHSCOPE_HTTP_BASE_URL"),
        description="Base URL of DashScope, for another region or a gateway.",
        json_schema_extra={"takes": "an http:// or https:// address"},
    )
    model: str = Field(
        default="qwen-plus",
        min_length=1,
        description="Model name at DashScope or at `FINANCIAL_AGENT_MODEL_URL`.",
        json_schema_extra={"takes": "a name"},
    )
    models: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Further model names that a request may choose."
    )
    model_url: str | None = Field(
        default=None,
        description="An OpenAI-compatible endpoint (Ollama, vLLM), used instead of DashScope.",
        json_schema_extra={"takes": "an http:// or https:// address"},
    )
    model_api_key: SecretStr | None = Field(
        default=None,
        description="Key for `FINANCIAL_AGENT_MODEL_URL`, where it wants one.",
        json_schema_extra={"takes": "a key"},
    )
    fallback_models: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Qwen models to ask in turn when the first cannot begin."
    )
    enable_thinking: bool | None = Field(
        default=None, description="Let Qwen think before it writes; empty leaves it to the model."
    )
    thinking_budget: int | None = Field(default=None, ge=1, description="Most tokens of Qwen's thinking.")
    max_tokens: int = Field(
        default=2000, ge=1, le=MAX_TOKENS_CEILING, description="Most tokens of an answer."
    )
    temperature: float = Field(default=0.3, ge=0, lt=2, description="Sampling temperature of a live model.")
    offline_pace_ms: float = Field(
        default=8.0, ge=0, le=1000, description="Milliseconds between tokens of the offline analyst."
    )
    market: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("embedded",), description="Market data providers in order."
    )
    sec_identity: str | None = Field(
        default=None,
        validation_alias=AliasChoices("EDGAR_IDENTITY"),
        description="Name and e-mail that the SEC is told, for the provider `sec`.",
        json_schema_extra={"takes": "a name and an e-mail address"},
    )
    suggestions: bool = Field(
        default=True, description="Offer up to three follow-up questions after an answer."
    )
    tools: bool | None = Field(
        default=None,
        description="Let a live model call tools; empty: on DashScope only, for not every endpoint can.",
    )
    history_turns: int = Field(
        default=4, ge=0, le=50, description="Most earlier turns that the model is shown in full."
    )
    history_tokens: int = Field(
        default=8000,
        ge=500,
        le=100_000,
        description="Most tokens of earlier turns and their summary that the model is shown.",
    )

    @field_validator("market", "models", "fallback_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "dashscope_api_key",
        "model_api_key",
        "model_url",
        "sec_identity",
        "dashscope_base_url",
        "enable_thinking",
        "thinking_budget",
        "tools",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("dashscope_api_key", "model_api_key")
    @classmethod
    def _usable_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        key = value.get_secret_value().strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValueError("it holds characters that no key has: copy it again, without spaces or quotes")
        return SecretStr(key)

    @field_validator("model_url", "dashscope_base_url")
    @classmethod
    def _usable_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or any(char.isspace() for char in value):
            raise ValueError("it takes an address that begins with http:// or https:// and names a host")
        return value

    @model_validator(mode="after")
    def _known_providers(self) -> AgentSettings:
        unknown = [name for name in self.market if name not in PROVIDERS]
        if unknown or not self.market:
            raise ValueError(
                f"FINANCIAL_AGENT_MARKET names {', '.join(map(repr, unknown)) or 'no provider'}: "
                f"use one or more of {', '.join(PROVIDERS)}"
            )
        return self

    @property
    def mode(self) -> Mode:
        """Say whether a language model answers (`live`) or the offline analyst (`offline`)."""
        return "live" if self.dashscope_api_key or self.model_url else "offline"

    @property
    def lets_model_call_tools(self) -> bool:
        """Say whether the model is offered the tools."""
        if self.mode == "offline":
            return False
        return self.model_url is None if self.tools is None else self.tools

    @property
    def model_names(self) -> tuple[str, ...]:
        """Name the models that a request may choose, the default first."""
        return (
            (OFFLINE_MODEL,) if self.mode == "offline" else tuple(dict.fromkeys((self.model, *self.models)))
        )


PROVIDERS = ("embedded", "yahoo", "sec")
