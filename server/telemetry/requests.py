"""Counts, traces and logs each request, as plain ASGI; the log says which route, never which words."""

from __future__ import annotations

import logging
import secrets
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from server.telemetry.metrics import Metrics
from server.telemetry.tracing import Tracer

logger = logging.getLogger("financial_agent.requests")

_QUIET = ("/api/health/live", "/api/health/ready", "/metrics")
_KNOWN = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class WatchRequests:
    """Looks on while requests are answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and remember how it was answered."""
        service = getattr(scope["app"].state, "service", None) if scope["type"] == "http" else None
        if service is None:
            await self._app(scope, receive, send)
            return
        metrics: Metrics = service.metrics
        tracer: Tracer = service.tracer
        begun = perf_counter()
        request_id = secrets.token_hex(8)
        status, waited = 0, 0.0

        async def headed(message: Message) -> None:
            nonlocal status, waited
            if message["type"] == "http.response.start":
                status, waited = message["status"], perf_counter() - begun
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        method = scope["method"] if scope["method"] in _KNOWN else "OTHER"
        with bound_contextvars(request_id=request_id):
            headers = {
                key.decode("latin-1"): value.decode("latin-1")
                for key, value in scope["headers"]
                if key in (b"traceparent", b"tracestate")
            }
            with tracer.request(method, headers) as span:
                try:
                    await self._app(scope, receive, headed)
                finally:
                    route = route_of(scope)
                    metrics.requests.labels(method, route, str(status)).inc()
                    metrics.request_seconds.labels(route).observe(waited)
                    if status in (401, 403, 413, 414, 415, 429):
                        metrics.refusals.labels(str(status)).inc()
                    if span is not None:
                        span.update_name(f"{method} {route}")
                        span.set_attribute("http.route", route)
                        span.set_attribute("http.response.status_code", status)
                    if scope["path"] not in _QUIET:
                        told = {"method": method, "route": route, "status": status}
                        seconds = round(perf_counter() - begun, 4)
                        logger.info("request", extra={**told, "seconds": seconds})


def route_of(scope: Scope) -> str:
    """Give the route of a request as it is declared; what matched none is `none`, whatever its path."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else "none"
