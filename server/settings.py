"""The service's settings: frozen, read once at start, containing the analyst's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from graph.settings import AgentSettings
from server.clients import REDIS_SCHEMES, STORE_URLS, is_store_url, scheme_of
from server.protection import ProtectionSettings, is_loopback

ENV_FILE = ".env"


class ServerSettings(ProtectionSettings):
    """What the service runs with; each value comes from an argument, the environment or `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="FINANCIAL_AGENT_",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
    )

    agent: Annotated[AgentSettings, NoDecode] = Field(default_factory=AgentSettings, exclude=True)
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        pattern=r"^\S+$",
        description="Address to listen on.",
        json_schema_extra={
            "takes": "a host name or an address of this machine, such as 127.0.0.1 or 0.0.0.0"
        },
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 for any free one.")
    store_url: SecretStr = Field(
        default=SecretStr("sqlite:///.financial-agent/sessions.db"),
        description="Where sessions are kept: sqlite:///PATH, redis://HOST, redis+cluster://HOST, "
        "mongodb://HOST/DATABASE, a pair 'redis://HOST mongodb://HOST/DATABASE', or memory: for none at all.",
        json_schema_extra={"takes": "a store's URL"},
    )
    session_ttl_seconds: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Seconds after which an idle session is deleted; empty: never.",
    )
    undo_seconds: float = Field(
        default=10.0, ge=0, le=86_400, description="Seconds for which a deleted session can be restored."
    )
    run_store_url: SecretStr = Field(
        default=SecretStr("memory:"),
        description="Where runs and their events are kept: memory: in this one process, or redis://HOST, "
        "redis+cluster://HOST (Redis 5 or newer, Valkey) for several workers; runs then outlive a worker.",
        json_schema_extra={"takes": "memory: or a Redis URL"},
    )
    workers: int = Field(default=1, ge=1, le=64, description="Worker processes; more than one needs Redis.")
    market_cache: SecretStr | None = Field(
        default=None,
        description="Redis URL where market data is kept for all processes; empty keeps it in each.",
        json_schema_extra={"takes": "a Redis URL"},
    )
    run_ttl_seconds: float = Field(
        default=900.0,
        gt=0,
        allow_inf_nan=False,
        description="Seconds for which a finished run's events can be read again.",
    )
    ping_seconds: float = Field(
        default=8.0, gt=0, le=10, description="Longest silence on a stream, in seconds."
    )
    max_message_bytes: int = Field(default=16_384, ge=1, description="Largest question, in bytes of UTF-8.")
    max_body_bytes: int = Field(default=262_144, ge=1024, description="Largest request body, in bytes.")
    max_batch: int = Field(default=16, ge=1, le=256, description="Most questions in one LangServe batch.")
    max_runs: int = Field(
        default=256, ge=1, description="Most runs at once; further ones are told when to retry."
    )
    max_waiting_runs: int = Field(
        default=64, ge=0, description="Most runs that wait for one of those to end; further ones are refused."
    )
    max_runs_per_caller: int = Field(default=256, ge=1, description="Most runs of one caller at once.")
    max_run_events: int = Field(
        default=20_000, ge=100, description="Most events that are kept of a run; older ones become a gap."
    )
    heartbeat_seconds: float = Field(
        default=6.0,
        ge=1,
        allow_inf_nan=False,
        description="Seconds after which a silent worker's runs are ended as lost.",
    )
    slow_reader_seconds: float = Field(
        default=30.0,
        gt=0,
        allow_inf_nan=False,
        description="Seconds after which a reader that takes nothing is cut off.",
    )
    drain_seconds: float = Field(
        default=20.0, ge=0, allow_inf_nan=False, description="Seconds that runs get to finish at shutdown."
    )
    development: bool | None = Field(
        default=None,
        description="Serve LangServe's playground, stream_log, stream_events; empty: on loopback only.",
    )
    log_level: str = Field(
        default="info",
        description="Level of the log.",
        json_schema_extra={"takes": "debug, info, warning or error"},
    )

    @field_validator("market_cache", "limits_url", mode="before")
    @classmethod
    def _known_cache(cls, value: object) -> object:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and text.strip() and not _is_redis_url(text):
            raise ValueError("it takes redis://HOST or redis+cluster://HOST")
        return None if isinstance(text, str) and not text.strip() else value

    @field_validator("store_url")
    @classmethod
    def _known_store(cls, value: SecretStr) -> SecretStr:
        if not is_store_url(value.get_secret_value()):
            raise ValueError(f"it takes one of {STORE_URLS}, and a HOST may have a port")
        return value

    @field_validator("session_ttl_seconds", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("run_store_url")
    @classmethod
    def _known_run_store(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url != "memory:" and not _is_redis_url(url):
            raise ValueError("it takes memory:, redis://HOST or redis+cluster://HOST")
        return value

    @model_validator(mode="after")
    def _shared_stores(self) -> ServerSettings:
        if self.workers > 1:
            for name in ("run_store_url", "store_url"):
                if getattr(self, name).get_secret_value() == "memory:":
                    raise ValueError(
                        f"FINANCIAL_AGENT_WORKERS={self.workers} share their runs and sessions, and "
                        f"FINANCIAL_AGENT_{name.upper()} is memory:, which one process has: set it to a "
                        "store that they share, or serve with one worker"
                    )
        return self

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("it takes debug, info, warning or error")
        return value.lower()

    @model_validator(mode="after")
    def _message_fits_body(self) -> ServerSettings:
        if self.max_message_bytes > self.max_body_bytes:
            raise ValueError(
                f"FINANCIAL_AGENT_MAX_MESSAGE_BYTES={self.max_message_bytes} is more than "
                f"FINANCIAL_AGENT_MAX_BODY_BYTES={self.max_body_bytes}, in which a message arrives: "
                "lower the first or raise the second"
            )
        return self

    @property
    def serves_development(self) -> bool:
        """Say whether the doors that show how the analyst works inside are open."""
        return self.is_loopback if self.development is None else self.development

    @property
    def counts_url(self) -> str:
        """Give the store in which the workers count together what callers ask."""
        chosen = self.limits_url or self.run_store_url
        return chosen.get_secret_value()

    @property
    def is_exposed(self) -> bool:
        """Say whether strangers could reach a server that asks nobody who they are."""
        return self.auth == "none" and not self.is_loopback

    @property
    def is_loopback(self) -> bool:
        """Say whether only this machine can reach the server."""
        return is_loopback(self.host)


def _is_redis_url(url: str) -> bool:
    return scheme_of(url) in REDIS_SCHEMES and is_store_url(url)


def load_settings(env_file: str | Path | None = ENV_FILE, **given: Any) -> ServerSettings:
    """Read the settings from the environment and, where it exists, from a `.env` file.

    What is given counts before both.

    Raises:
        pydantic.ValidationError: a value cannot be used; `server.variables.problems` says why.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    return ServerSettings(agent=AgentSettings(_env_file=env_file), _env_file=env_file, **given)


def require_strict_msgpack() -> None:
    """Refuse to start when stored bytes could name functions to call.

    Raises:
        RuntimeError: `LANGGRAPH_STRICT_MSGPACK` was switched off.
    """
    if os.environ.get("LANGGRAPH_STRICT_MSGPACK", "").lower() not in ("1", "true", "yes"):
        raise RuntimeError(
            "LANGGRAPH_STRICT_MSGPACK is off: who can write the store could run code. "
            "Unset it or set it to true."
        )
