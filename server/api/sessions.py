"""List and search the sessions, read, change, delete, restore and export one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from server.api.chat import CallerDep, ServiceDep
from server.api.schemas import (
    RunId,
    SessionChange,
    SessionDeleted,
    SessionList,
    SessionSummary,
    SessionTranscript,
    Slug,
)
from server.errors import ForeignCursor
from server.exports import MEDIA_TYPES, ExportFormat, export_session, file_name
from server.sessions import Position
from server.transcripts import change_session, delete_session, read_session, restore_session, summary_of

router = APIRouter(prefix="/api/sessions", tags=["sessions"])

PAGE = 50
MAX_PAGE = 100

Branch = Annotated[
    RunId | None, Query(description="A run: the newest branch that holds it; else the newest of all.")
]


@router.get("")
async def list_sessions(
    service: ServiceDep,
    caller: CallerDep,
    q: Annotated[str, Query(max_length=200, description="Words of the title, a question or an answer.")] = "",
    before: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = PAGE,
) -> SessionList:
    """List the caller's sessions, pinned ones first, then the latest; with `q` those that hold its words."""
    try:
        after = Position.decode(before) if before else None
    except ValueError as fault:
        message = "`before` must be the `next` of a page of this list."
        raise ForeignCursor("of the list", message=message) from fault
    records, following = await service.sessions.page(caller.id, limit, after, q)
    return SessionList(
        sessions=[summary_of(record) for record in records],
        next=following.encode() if following is not None else None,
    )


@router.get("/{session_id}")
async def get_session(
    session_id: Slug, service: ServiceDep, caller: CallerDep, branch: Branch = None
) -> SessionTranscript:
    """Read a session: every question, also one that was stopped, failed or is still being answered."""
    return await read_session(service, caller, session_id, branch)


@router.patch("/{session_id}")
async def patch_session(
    session_id: Slug, change: SessionChange, service: ServiceDep, caller: CallerDep
) -> SessionSummary:
    """Rename, pin or unpin a session."""
    return await change_session(service, caller, session_id, change)


@router.delete("/{session_id}")
async def remove_session(
    session_id: Slug,
    service: ServiceDep,
    caller: CallerDep,
    now: Annotated[bool, Query(description="Do not keep it for a restore.")] = False,
) -> SessionDeleted:
    """Delete a session with everything in it; refused while a run is going in it."""
    until = await delete_session(service, caller, session_id, now=now)
    return SessionDeleted(session_id=session_id, restorable_until=until)


@router.post("/{session_id}/restore")
async def undo_removal(session_id: Slug, service: ServiceDep, caller: CallerDep) -> SessionSummary:
    """Give a session back that was deleted a moment ago."""
    return await restore_session(service, caller, session_id)


@router.get("/{session_id}/export", response_class=Response)
async def export(
    session_id: Slug,
    service: ServiceDep,
    caller: CallerDep,
    format: Annotated[ExportFormat, Query(description="Form of the file.")] = "markdown",
    branch: Branch = None,
) -> Response:
    """Download a session: its questions, reports and figures."""
    session = await read_session(service, caller, session_id, branch)
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(session_id, format)}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(export_session(session, format), media_type=MEDIA_TYPES[format], headers=headers)
