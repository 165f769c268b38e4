"""List the sessions, read one with its answers, delete one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from server.api.chat import CallerDep, ServiceDep
from server.api.schemas import SessionList, SessionSummary, SessionTranscript, Slug
from server.transcripts import delete_session, read_session

router = APIRouter(prefix="/api/sessions", tags=["sessions"])

PAGE = 50


@router.get("")
async def list_sessions(
    service: ServiceDep,
    caller: CallerDep,
    before: Annotated[str | None, Query(max_length=40, description="`next` of the page before.")] = None,
) -> SessionList:
    """List the caller's sessions, the latest first."""
    records = await service.sessions.list(caller.id, PAGE + 1, before)
    page = records[:PAGE]
    return SessionList(
        sessions=[SessionSummary.model_validate(record, from_attributes=True) for record in page],
        next=page[-1].last_at if len(records) > PAGE else None,
    )


@router.get("/{session_id}")
async def get_session(session_id: Slug, service: ServiceDep, caller: CallerDep) -> SessionTranscript:
    """Read a session: every question, also one that was stopped, failed or is still being answered."""
    return await read_session(service, caller, session_id)


@router.delete("/{session_id}", status_code=204, response_class=Response)
async def remove_session(session_id: Slug, service: ServiceDep, caller: CallerDep) -> None:
    """Delete a session with everything in it; refused while a run is going in it."""
    await delete_session(service, caller, session_id)
