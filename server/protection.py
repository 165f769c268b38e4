"""Settings of who may ask, how much, and what of it is seen; a part of the service's settings."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

AuthMode = Literal["none", "api-key", "jwt"]

_SHORTEST_SECRET = 32  # bytes: RFC 7518 wants as many for HS256


def is_loopback(host: str) -> bool:
    """Say whether a name or address means this machine and nothing else."""
    try:
        return ipaddress.ip_address(host.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class ProtectionSettings(BaseSettings):
    """What protects the service; every default is the closed one."""

    auth: AuthMode = Field(
        default="none",
        description="Who may ask: none (this machine only), api-key (`financial-agent keys add`), or jwt.",
        json_schema_extra={"takes": "none, api-key or jwt"},
    )
    jwt_secret: SecretStr | None = Field(
        default=None, description="Shared secret of HS256 tokens, 32 bytes or more; or set the key set's URL."
    )
    jwt_jwks_url: str | None = Field(
        default=None, description="URL of the issuer's key set (JWKS), https unless on this machine."
    )
    jwt_issuer: str | None = Field(default=None, description="The `iss` that a token must have.")
    jwt_audience: str | None = Field(default=None, description="The `aud` that a token must have.")
    jwt_leeway_seconds: float = Field(
        default=30.0, ge=0, le=300, description="Seconds by which clocks may differ."
    )
    api_key: SecretStr | None = Field(
        default=None, description="Key or token that `financial-agent ask` sends to a server."
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Host names by which the server may be asked, separated by commas; empty: any with "
        "accounts, this machine's without.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Exact origins of other sites whose pages may ask, separated by commas."
    )
    requests_per_minute: int = Field(
        default=600, ge=0, description="Most requests of one caller in a minute; 0 for no limit."
    )
    tokens_per_day: int = Field(
        default=0, ge=0, description="Most model tokens (in and out) of one caller in a day; 0 for no limit."
    )
    limits_url: SecretStr | None = Field(
        default=None,
        description="Redis URL where requests and tokens are counted; empty: run_store_url's, or in process.",
    )
    max_json_depth: int = Field(default=32, ge=4, le=200, description="Deepest nesting of a JSON body.")
    max_url_bytes: int = Field(default=8192, ge=256, description="Longest request address, in bytes.")
    max_session_turns: int = Field(default=500, ge=1, description="Most questions in one session.")
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Bearer token for `/metrics`; empty: open on this machine, closed with accounts.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console",
        description="Form of the log: console, or json (one object a line).",
        json_schema_extra={"takes": "console or json"},
    )
    log_content: bool = Field(
        default=False, description="Write questions into the log; otherwise no content ever stands there."
    )
    otel_endpoint: str | None = Field(
        default=None,
        description="OTLP/HTTP endpoint that takes traces (extra `otel`); empty: none are made.",
    )
    langsmith: bool = Field(
        default=False, description="Let LangChain send traces, contents included, to LangSmith."
    )
    receipt_key_file: str = Field(
        default=".financial-agent/receipt.key",
        description="File of the Ed25519 key that signs receipts (PEM); made on first use.",
    )
    receipt_key: SecretStr | None = Field(
        default=None, description="The key itself (PEM), for several machines; used instead of the file."
    )

    @field_validator("allowed_hosts", "cors_origins", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _exact_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError("it takes exact origins, such as https://app.example.com: no path, no star")
        return value

    @field_validator("jwt_jwks_url")
    @classmethod
    def _safe_key_set(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            return value
        raise ValueError("it takes an https:// address, or http:// on this machine")

    @field_validator("otel_endpoint")
    @classmethod
    def _known_endpoint(cls, value: str | None) -> str | None:
        if value is None or (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
            return value
        raise ValueError("it takes an http:// or https:// address")

    @model_validator(mode="after")
    def _whole_jwt(self) -> ProtectionSettings:
        if self.auth != "jwt":
            return self
        if (self.jwt_secret is None) == (self.jwt_jwks_url is None):
            raise ValueError(
                "FINANCIAL_AGENT_AUTH=jwt needs FINANCIAL_AGENT_JWT_SECRET or FINANCIAL_AGENT_JWT_JWKS_URL, "
                "one of them"
            )
        if not self.jwt_issuer or not self.jwt_audience:
            raise ValueError(
                "FINANCIAL_AGENT_AUTH=jwt needs FINANCIAL_AGENT_JWT_ISSUER and FINANCIAL_AGENT_JWT_AUDIENCE"
            )
        if self.jwt_secret and len(self.jwt_secret.get_secret_value().encode()) < _SHORTEST_SECRET:
            raise ValueError(f"FINANCIAL_AGENT_JWT_SECRET takes {_SHORTEST_SECRET} bytes or more")
        return self
