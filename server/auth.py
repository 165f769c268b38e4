"""Who calls: the one place where every door learns whose a request is.

`Gate` stands before all routes and lets nothing through that is not declared open, so that a new route is
closed until somebody decides otherwise. `current_caller` reads what it found.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import AgentError
from server.access.caller import LOCAL, Caller
from server.access.door import Access
from server.access.rates import Allowance
from server.refusals import Unauthenticated

__all__ = ["LOCAL", "Caller", "Gate", "current_caller", "is_open"]

METRICS = "/metrics"

# What anybody may read: whether the server lives, and the page's own files, which hold no data.
OPEN = frozenset({"/", "/favicon.ico", "/api/health/live", "/api/health/ready"})
OPEN_UNDER = ("/web/", "/vendor/", "/s/")
# How a browser becomes known.
SIGN_IN, SIGN_OUT = "/api/sign-in", "/api/sign-out"

_CALLER = "financial_agent.caller"


def is_open(method: str, path: str) -> bool:
    """Say whether a request needs no caller."""
    if method == "POST":
        return path in (SIGN_IN, SIGN_OUT)
    return method in ("GET", "HEAD") and (path in OPEN or path.startswith(OPEN_UNDER))


async def current_caller(request: HTTPConnection) -> Caller:
    """Give the caller of a request.

    Raises:
        Unauthenticated: the gate let nobody in with it.
    """
    caller = request.scope.get(_CALLER)
    if not isinstance(caller, Caller):
        raise Unauthenticated("no caller in the request's scope")
    return caller


class Gate:
    """Finds out who makes a request, before its body is read, and counts it."""

    def __init__(self, app: ASGIApp, refuse: Callable[[AgentError], Response]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its caller, or answer it with a refusal."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        access: Access = scope["app"].state.service.access
        if is_open(scope["method"], scope["path"]):
            if access.anybody is not None:
                scope[_CALLER] = access.anybody
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            if scope["path"] == METRICS:
                if not access.opens_metrics(headers):
                    raise Unauthenticated("metrics")
                left = None
            else:
                caller = await access.identify(scope)
                left = await access.rates.request(caller)
                scope[_CALLER] = caller
        except AgentError as fault:
            response = self._refuse(fault)
            if isinstance(fault, Unauthenticated):
                response.headers["WWW-Authenticate"] = access.challenge(headers)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send if left is None else _telling(left, send))


def _telling(left: Allowance, send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["RateLimit-Limit"] = str(left.limit)
            headers["RateLimit-Remaining"] = str(left.remaining)
            headers["RateLimit-Reset"] = str(round(left.reset))
        await send(message)

    return told
