"""The HTTP app: the doors mounted on one service, opened and closed with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.middleware.gzip import GZipMiddleware

from graph.errors import AgentError
from server import __version__
from server.api import chat, errors, health, market, metrics, records, sessions, sign_in
from server.api.openapi import DescribedApp
from server.auth import current_caller
from server.guard import SafeHeaders, protect
from server.runnable import analyst_router
from server.runs.sse import StreamHeaders
from server.service import Service, open_service
from server.settings import ServerSettings, load_settings
from server.telemetry.requests import WatchRequests
from server.web import find_chart_library, web_routes


def create_app(settings: ServerSettings | None = None) -> FastAPI:
    """Build the app; its lifespan opens the service and closes it."""
    settings = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_service(settings) as service:
            app.state.service = service
            yield

    app = DescribedApp(
        title="Financial agent",
        version=__version__,
        summary="A financial analyst whose every figure is checked against its data.",
        lifespan=lifespan,
        auth=settings.auth,
        docs_url=None,
        redoc_url=None,
    )

    def service() -> Service:
        opened: Service = app.state.service
        return opened

    async def knows(request: Request, session_id: str) -> bool:
        try:
            found = await service().sessions.find((await current_caller(request)).id, session_id)
        except AgentError:
            return True  # the page itself will tell that the store cannot be read
        return found is not None

    chart = find_chart_library()
    app.state.chart_library = chart
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)  # event streams are left alone
    app.add_middleware(StreamHeaders)
    protect(app, settings, errors.problem_of)
    errors.install(app)
    app.add_middleware(SafeHeaders, shared=bool(settings.cors_origins))
    app.add_middleware(WatchRequests)
    app.include_router(chat.router)
    app.include_router(sessions.router)
    app.include_router(sign_in.router)
    app.include_router(records.router)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(market.router)
    app.include_router(analyst_router(service, settings.serves_development, settings.ping_seconds))
    app.router.routes.extend(web_routes(knows, chart, settings.agent.mode, settings.auth))
    return app
