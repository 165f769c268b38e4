"""JSON Web Tokens: signature, issuer, audience and times are checked, or the token counts for nothing."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import Any

import httpx
import jwt

from server.access.caller import Caller
from server.protection import ProtectionSettings
from server.refusals import AuthUnavailable, Unauthenticated

_SHARED = ["HS256"]
_PUBLIC = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]  # never HS256: its key would be a public one
_LIFETIME_SECONDS = 300.0
_PAUSE_SECONDS = 10.0  # between fetches for unknown keys: strangers choose their names
_MOST_BYTES = 65_536
_LONGEST = 8_192
_LONGEST_NAME = 100


class Tokens:
    """Says whose a token is, by a shared secret or the issuer's key set."""

    def __init__(self, settings: ProtectionSettings) -> None:
        self._settings = settings
        self._keys = KeySet(settings.jwt_jwks_url) if settings.jwt_jwks_url else None

    async def caller_of(self, text: str) -> Caller:
        """Give the caller whose token it is.

        Raises:
            Unauthenticated: it is malformed, forged, of another issuer or audience, too early or too late.
            AuthUnavailable: the key set cannot be fetched.
        """
        try:
            if len(text) > _LONGEST:
                raise jwt.InvalidTokenError("too long")
            key, algorithms = await self._key(text)
            claims: dict[str, Any] = jwt.decode(
                text,
                key,
                algorithms=algorithms,
                audience=self._settings.jwt_audience,
                issuer=self._settings.jwt_issuer,
                leeway=self._settings.jwt_leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as fault:
            raise Unauthenticated(f"token refused: {type(fault).__name__}") from fault
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise Unauthenticated("token without a subject")
        owner = owner_of(str(claims["iss"]), subject)
        return Caller(owner, name=_name_in(claims), until=float(claims["exp"]))

    async def _key(self, text: str) -> tuple[Any, list[str]]:
        if self._keys is None:
            secret = self._settings.jwt_secret
            return (secret.get_secret_value() if secret else ""), _SHARED
        name = jwt.get_unverified_header(text).get("kid")
        return await self._keys.find(name if isinstance(name, str) else None), _PUBLIC


def _name_in(claims: dict[str, Any]) -> str:
    """Give what a token calls its subject; it is shown to nobody else."""
    named = [claims.get(claim) for claim in ("email", "preferred_username", "name", "sub")]
    return next(name for name in named if isinstance(name, str) and name)[:_LONGEST_NAME]


def owner_of(issuer: str, subject: str) -> str:
    """Name the owner of a subject's sessions: subjects may hold anything, owners may not."""
    return "jwt-" + hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:32]


class KeySet:
    """An issuer's public keys, fetched when first needed, every five minutes, and for a name not seen."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str | None, Any] = {}
        self._fetched: float | None = None
        self._fetching = asyncio.Lock()

    async def find(self, name: str | None) -> Any:
        """Give the key of a name.

        Raises:
            jwt.PyJWTError: the issuer has none of that name.
            AuthUnavailable: there are no keys and none can be fetched.
        """
        async with self._fetching:
            age = None if self._fetched is None else time.monotonic() - self._fetched
            if age is None or age > _LIFETIME_SECONDS or (name not in self._keys and age > _PAUSE_SECONDS):
                await self._fetch()
        if name in self._keys:
            return self._keys[name]
        if name is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        raise jwt.InvalidKeyError("unknown key")

    async def _fetch(self) -> None:
        try:
            body = await self._read()
            keys = {key.key_id: key.key for key in jwt.PyJWKSet.from_json(body.decode()).keys}
        except (httpx.HTTPError, TimeoutError, jwt.PyJWTError, ValueError, KeyError, AttributeError) as fault:
            if not self._keys:
                raise AuthUnavailable(f"key set: {type(fault).__name__}") from fault
        else:
            self._keys = keys
        self._fetched = time.monotonic()

    async def _read(self) -> bytes:
        async with (
            asyncio.timeout(5),
            httpx.AsyncClient(timeout=3, follow_redirects=False) as client,
            client.stream("GET", self._url, headers={"Accept-Encoding": "identity"}) as response,
        ):
            if response.status_code != 200:
                raise ValueError(f"status {response.status_code}")
            body = b""
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise ValueError("too large")
            return body
