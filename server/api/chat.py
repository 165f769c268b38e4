"""Ask a question, follow its run, stop it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from server.api.schemas import AnalystInput, ChatAnswer, RunStatusAnswer
from server.asking import ask_once, find_run, open_cursor, wait_for_answer
from server.auth import Caller, current_caller
from server.runs.sse import follow
from server.service import Service

router = APIRouter(prefix="/api", tags=["chat"])


async def service_of(request: Request) -> Service:
    """Give the service that this app was opened with."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(service_of)]
CallerDep = Annotated[Caller, Depends(current_caller)]
KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Names a question: sent again by the same caller, it gives the same run.",
    ),
]


@router.post("/chat/stream", response_class=StreamingResponse)
async def chat_stream(
    question: AnalystInput, service: ServiceDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> StreamingResponse:
    """Ask, and follow the run as server-sent events; leaving does not stop it."""
    run = await ask_once(service, caller, question, idempotency_key)
    return _stream(service, run.run_id, 0, {"X-Run-Id": run.run_id, "X-Session-Id": run.session_id})


@router.post("/chat")
async def chat(
    question: AnalystInput, service: ServiceDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> ChatAnswer:
    """Ask, and get the finished report as one JSON answer."""
    return await wait_for_answer(service, await ask_once(service, caller, question, idempotency_key))


@router.get("/runs/{run_id}/events", response_class=StreamingResponse)
async def run_events(
    run_id: str,
    service: ServiceDep,
    caller: CallerDep,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> StreamingResponse:
    """Follow a run from the event after `Last-Event-ID` (or `after`), while it goes and after it ended."""
    cursor = await open_cursor(service, caller, run_id, last_event_id, after)
    return _stream(service, run_id, cursor, {"X-Run-Id": run_id})


@router.post("/runs/{run_id}/stop")
async def stop_run(run_id: str, service: ServiceDep, caller: CallerDep) -> RunStatusAnswer:
    """Stop a run and keep its partial answer; one that has ended stays as it is."""
    status = await service.manager.stop(caller.id, run_id)
    record = await find_run(service, caller, run_id)
    return RunStatusAnswer(run_id=run_id, session_id=record.session_id, status=status)


@router.get("/runs/{run_id}")
async def run_status(run_id: str, service: ServiceDep, caller: CallerDep) -> RunStatusAnswer:
    """Say where a run stands."""
    record = await find_run(service, caller, run_id)
    return RunStatusAnswer(run_id=run_id, session_id=record.session_id, status=record.status)


def _stream(service: Service, run_id: str, after: int, headers: dict[str, str]) -> StreamingResponse:
    frames = follow(run_id, service.manager.follow(run_id, after, service.settings.ping_seconds))
    return StreamingResponse(frames, media_type="text/event-stream", headers=headers)
