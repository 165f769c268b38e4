"""Whether the server lives, and whether it can take questions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from graph.errors import AgentError
from server import __version__
from server.api.chat import ServiceDep
from server.api.errors import problem
from server.api.schemas import Health

router = APIRouter(prefix="/api/health", tags=["health"])


@router.get("")
async def health(request: Request, service: ServiceDep) -> Health:
    """Say what this server runs."""
    names = service.deps.settings.model_names
    return Health(
        status="draining" if service.manager.draining else "ok",
        version=__version__,
        mode=service.deps.settings.mode,
        model=names[0],
        models=list(names),
        market=list(service.deps.settings.market),
        active_runs=service.manager.active,
        chart_library="present" if request.app.state.chart_library else "missing",
    )


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer as long as the process can."""
    return {"status": "ok"}


@router.get("/ready")
async def ready(service: ServiceDep) -> JSONResponse:
    """Answer 200 when a question would be taken, else 503."""
    if service.manager.draining:
        return problem(503, "server_draining", "The server is shutting down.", retry_after=5)
    try:
        await service.sessions.ping()
    except AgentError:
        return problem(503, "store_unavailable", "The store of sessions cannot be reached.", retry_after=5)
    try:
        await service.manager.ping()
    except AgentError:
        return problem(503, "run_store_unavailable", "The store of runs cannot be reached.", retry_after=5)
    return JSONResponse({"status": "ok"})
