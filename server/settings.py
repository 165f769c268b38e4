"""The service's settings: frozen, read once at start, containing the analyst's."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from graph.settings import AgentSettings
from server.clients import STORE_URLS, is_store_url
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
    )

    agent: AgentSettings = Field(default_factory=AgentSettings, exclude=True)
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 for any free one.")
    store_url: SecretStr = Field(
        default=SecretStr("sqlite:///.financial-agent/sessions.db"),
        description="Where sessions are kept: sqlite:///PATH, redis://HOST, redis+cluster://HOST, "
        "mongodb://HOST/DATABASE, or memory: for none at all.",
    )
    run_ttl_seconds: float = Field(
        default=900.0, gt=0, description="Seconds for which a finished run's events can be read again."
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
    drain_seconds: float = Field(
        default=20.0, ge=0, description="Seconds that runs get to finish at shutdown."
    )
    development: bool | None = Field(
        default=None,
        description="Serve LangServe's playground, stream_log, stream_events; empty: on loopback only.",
    )
    log_level: str = Field(default="info", description="Level of the log: debug, info, warning, error.")

    @field_validator("store_url")
    @classmethod
    def _known_store(cls, value: SecretStr) -> SecretStr:
        if not is_store_url(value.get_secret_value()):
            raise ValueError(f"store_url is none of: {STORE_URLS}")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("log_level is none of: debug, info, warning, error")
        return value.lower()

    @property
    def serves_development(self) -> bool:
        """Say whether the doors that show how the analyst works inside are open."""
        return self.is_loopback if self.development is None else self.development

    @property
    def is_exposed(self) -> bool:
        """Say whether strangers could reach a server that asks nobody who they are."""
        return self.auth == "none" and not self.is_loopback

    @property
    def is_loopback(self) -> bool:
        """Say whether only this machine can reach the server."""
        return is_loopback(self.host)


def load_settings(env_file: str | Path | None = ENV_FILE) -> ServerSettings:
    """Read the settings from the environment and, where it exists, from a `.env` file.

    Raises:
        pydantic.ValidationError: a value cannot be used; the text names the variable and the reason.
    """
    return ServerSettings(agent=AgentSettings(_env_file=env_file), _env_file=env_file)
