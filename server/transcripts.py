"""What a session holds, put together from its index and the graph's state; and how it is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig

from graph.state import Turn
from server.api.schemas import SessionChange, SessionSummary, SessionTranscript, SessionTurn
from server.auth import Caller
from server.errors import SessionBusy, UnknownRun, UnknownSession
from server.runs.run import thread_of
from server.service import Service
from server.sessions import RunRecord, SessionRecord


async def read_session(
    service: Service, caller: Caller, session_id: str, branch: str | None = None
) -> SessionTranscript:
    """Give a branch of a session: its questions in order, each with its answer or with why there is none.

    The newest branch, or with `branch` the newest that holds this run.

    Raises:
        UnknownSession: no such session, or another caller's.
        UnknownRun: the session has no run `branch`.
    """
    record = await find_session(service, caller, session_id)
    runs = await service.sessions.runs_of(caller.id, session_id)
    line = line_of(runs, branch or record.head)
    config: RunnableConfig = {"configurable": {"thread_id": thread_of(caller.id, session_id)}}
    values = (await service.graph.aget_state(config)).values
    turns: dict[str | None, Turn] = {turn["run_id"]: turn for turn in values.get("turns", [])}
    versions: dict[str | None, list[str]] = {}
    for run in runs:
        versions.setdefault(run.parent, []).append(run.run_id)
    cited = values.get("cited", [])
    return SessionTranscript(
        **summary_of(record).model_dump(),
        transcript=[_turn(run, turns.get(run.run_id), versions[run.parent], cited) for run in line],
    )


async def find_session(service: Service, caller: Caller, session_id: str) -> SessionRecord:
    """Give the record of one of the caller's sessions.

    Raises:
        UnknownSession: no such session, or another caller's.
    """
    record = await service.sessions.find(caller.id, session_id)
    if record is None:
        raise UnknownSession(f"session {session_id!r}")
    return record


async def change_session(
    service: Service, caller: Caller, session_id: str, change: SessionChange
) -> SessionSummary:
    """Rename, pin or unpin a session.

    Raises:
        UnknownSession: no such session, or another caller's.
    """
    if not await service.sessions.rename(caller.id, session_id, change.title, change.pinned):
        raise UnknownSession(f"session {session_id!r}")
    return summary_of(await find_session(service, caller, session_id))


async def delete_session(
    service: Service, caller: Caller, session_id: str, *, now: bool = True
) -> str | None:
    """Delete a session: at once with everything in it, or so that it can be restored for a while.

    Gives the time until which it can be restored.

    Raises:
        UnknownSession: no such session, or another caller's.
        SessionBusy: a run is going in it.
    """
    await find_session(service, caller, session_id)
    if (run_id := await service.manager.running_in(thread_of(caller.id, session_id))) is not None:
        raise SessionBusy(run_id)
    until = await service.sessions.trash(caller.id, session_id, 0 if now else service.settings.undo_seconds)
    if until is None:
        raise UnknownSession(f"session {session_id!r}")
    if now:
        await service.purge(caller.id, session_id)
        return None
    return until


async def restore_session(service: Service, caller: Caller, session_id: str) -> SessionSummary:
    """Give a deleted session back.

    Raises:
        UnknownSession: no session that could be restored.
    """
    if not await service.sessions.restore(caller.id, session_id):
        raise UnknownSession(f"session {session_id!r}")
    return summary_of(await find_session(service, caller, session_id))


def summary_of(record: SessionRecord) -> SessionSummary:
    """Tell a session in a list."""
    return SessionSummary.model_validate(record, from_attributes=True)


def line_of(runs: Sequence[RunRecord], through: str | None) -> list[RunRecord]:
    """Give the runs of the newest branch that holds a run, oldest first.

    Raises:
        UnknownRun: it is none of them.
    """
    by_id = {run.run_id: run for run in runs}
    if through is None:
        return []
    if through not in by_id:
        raise UnknownRun(f"run {through[:40]!r}")
    newest, continuing = through, {through}
    for run in runs:  # oldest first, so a run comes after the one that it follows
        if run.parent in continuing:
            continuing.add(run.run_id)
            newest = run.run_id
    line: list[RunRecord] = []
    at: RunRecord | None = by_id[newest]
    while at is not None and at not in line:
        line.append(at)
        at = by_id.get(at.parent) if at.parent is not None else None
    return line[::-1]


def _turn(
    run: RunRecord, turn: Turn | None, versions: list[str], cited: Sequence[dict[str, Any]]
) -> SessionTurn:
    return SessionTurn(
        run_id=run.run_id,
        question=run.question,
        status=run.status,
        answer=turn["answer"] if turn else "",
        report=turn["report"] if turn and turn["answer"] else None,
        created_at=run.created_at,
        versions=versions,
        facts=[cited[place] for place in turn.get("facts", [])] if turn else [],
    )
