"""Says who makes a request: nobody but this machine's user, the owner of a key, or a token's subject."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import Scope

from server.access.caller import LOCAL, Caller
from server.access.cookie import key_in_cookie
from server.access.keys import caller_of_key
from server.access.rates import Rates
from server.protection import ProtectionSettings
from server.refusals import Unauthenticated
from server.shelf import Shelf

if TYPE_CHECKING:
    from server.access.tokens import Tokens


class Access:
    """Who may ask, and how much; `shelf` has the keys and `rates` the counts."""

    def __init__(self, settings: ProtectionSettings, shelf: Shelf, rates: Rates) -> None:
        self._settings = settings
        self._shelf = shelf
        self._tokens: Tokens | None = None
        if settings.auth == "jwt":
            # What only some servers need is not imported by all: cryptography takes its time.
            from server.access.tokens import Tokens

            self._tokens = Tokens(settings)
        self.rates = rates

    @property
    def anybody(self) -> Caller | None:
        """Give the one user of a server that asks nobody who they are."""
        return LOCAL if self._settings.auth == "none" else None

    async def identify(self, scope: Scope) -> Caller:
        """Give the caller of a request: by its headers, or where they show no key, by its cookie.

        Raises:
            Unauthenticated: the key or token is missing, or is worth nothing.
            AuthUnavailable, StoreUnavailable: it cannot be checked now.
        """
        if self.anybody is not None:
            return self.anybody
        headers = Headers(scope=scope)
        if shows_key(headers):
            shown = credential_of(headers, basic=self._settings.auth == "api-key")
        else:
            shown = key_in_cookie(scope)
        if shown is None:
            raise Unauthenticated("no key or token")
        return await self.caller_of(shown)

    async def caller_of(self, shown: str) -> Caller:
        """Say whose a key or token is.

        Raises:
            Unauthenticated: it is worth nothing.
            AuthUnavailable, StoreUnavailable: it cannot be checked now.
        """
        if self._tokens is not None:
            return await self._tokens.caller_of(shown)
        return await caller_of_key(self._shelf, shown)

    def opens_metrics(self, headers: Headers) -> bool:
        """Say whether a request may read the metrics."""
        token = self._settings.metrics_token
        if token is None:
            return self._settings.auth == "none"
        shown = credential_of(headers, basic=False) or ""
        return hmac.compare_digest(shown.encode(), token.get_secret_value().encode())

    def challenge(self, headers: Headers) -> str:
        """Give the `WWW-Authenticate` of a refusal.

        Only who opens an address in a browser is asked by Basic: the page's own requests would bring up the
        browser's dialog over the page's.
        """
        realm = 'realm="financial-agent"'
        if self._settings.auth == "api-key" and "text/html" in headers.get("accept", ""):
            return f'Bearer {realm}, Basic {realm}, charset="UTF-8"'
        return f"Bearer {realm}"


def shows_key(headers: Headers) -> bool:
    """Say whether a request's headers are meant to say who asks."""
    return "authorization" in headers or "x-api-key" in headers


def credential_of(headers: Headers, basic: bool) -> str | None:
    """Find a key or token: `Authorization: Bearer`, `X-API-Key`, or, with `basic`, Basic's password.

    Two of them are as good as none: proxies and servers would disagree on which one counts.
    """
    shown = headers.getlist("authorization") + headers.getlist("x-api-key")
    if len(shown) != 1:
        return None
    if "x-api-key" in headers:
        return shown[0].strip() or None
    scheme, _, rest = shown[0].strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip() or None
    if basic and scheme.lower() == "basic":
        try:
            pair = base64.b64decode(rest.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return None
        return pair.partition(":")[2] or None
    return None
