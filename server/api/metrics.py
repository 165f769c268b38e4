"""The metrics, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from server.api.chat import ServiceDep
from server.telemetry.metrics import CONTENT_TYPE

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(service: ServiceDep) -> Response:
    """Give the metrics in Prometheus' text format."""
    return Response(service.metrics.render(), media_type=CONTENT_TYPE)
