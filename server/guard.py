"""What stands around every route: headers on all answers, places and sites that may ask, shapes refused.

Each is plain ASGI, so that streams pass untouched. `protect` puts them in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import AgentError
from server.auth import Gate
from server.limits import BodyLimit
from server.protection import is_loopback
from server.refusals import AddressTooLong, CrossSiteRefused, HostRefused
from server.settings import ServerSettings

Refuse = Callable[[AgentError], Response]

_READING = ("GET", "HEAD", "OPTIONS")
_PLAYGROUND = "/analyst/playground"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_NO_CONTENT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def protect(app: FastAPI, settings: ServerSettings, refuse: Refuse) -> None:
    """Add what must pass before a route is reached, the innermost first."""
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, depth=settings.max_json_depth, refuse=refuse)
    app.add_middleware(Gate, refuse=refuse)
    app.add_middleware(Places, settings=settings, refuse=refuse)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-API-Key"],
            expose_headers=["Retry-After", "X-Run-Id", "X-Session-Id", "X-Request-Id"],
            max_age=600,
        )


class SafeHeaders:
    """Puts security headers on every answer that has not set its own."""

    def __init__(self, app: ASGIApp, shared: bool) -> None:
        self._app = app
        self._headers = {
            **_HEADERS,
            "Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and look at the head of its response alone."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                # The playground is LangServe's own page, with scripts in it.
                if not scope["path"].startswith(_PLAYGROUND):
                    headers.setdefault("Content-Security-Policy", _NO_CONTENT)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, headed)


class Places:
    """Refuses requests from where nobody of ours can be, and pages of other sites that would act for a user.

    Without accounts only this machine may ask, by a name of its own: a name that was bound to this address
    elsewhere (DNS rebinding) is refused like a stranger's address.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings, refuse: Refuse) -> None:
        self._app = app
        self._settings = settings
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault is not None:
            await self._refuse(fault)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _fault(self, scope: Scope) -> AgentError | None:
        size = len(scope.get("raw_path") or b"") + len(scope.get("query_string", b""))
        if size > self._settings.max_url_bytes:
            return AddressTooLong(f"{size} bytes")
        headers = Headers(scope=scope)
        host = _host_of(headers.get("host", ""))
        if not self._may_be_asked_as(host, scope):
            return HostRefused("host or address of a stranger")
        if scope["method"] not in _READING and self._is_cross_site(headers):
            return CrossSiteRefused("another site's page")
        return None

    def _may_be_asked_as(self, host: str, scope: Scope) -> bool:
        allowed = self._settings.allowed_hosts
        if self._settings.auth != "none":
            return not allowed or host in allowed or scope["path"].startswith("/api/health/")
        client = scope.get("client")
        near = client is None or not client[0] or is_loopback(client[0])
        return near and (is_loopback(host) or host in allowed)

    def _is_cross_site(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin in self._settings.cors_origins:
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _host_of(host: str) -> str:
    """Give the name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()
