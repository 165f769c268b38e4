"""What a session holds, put together from its index and the graph's state."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig

from graph.state import Turn
from server.api.schemas import SessionTranscript, SessionTurn
from server.auth import Caller
from server.errors import SessionBusy, UnknownSession
from server.keeping import forget_runs
from server.runs.execute import thread_of
from server.service import Service
from server.sessions import RunRecord


async def read_session(service: Service, caller: Caller, session_id: str) -> SessionTranscript:
    """Give a session's questions in order, each with its answer or with why there is none.

    Raises:
        UnknownSession: no such session, or another caller's.
    """
    record = await service.sessions.find(caller.id, session_id)
    if record is None:
        raise UnknownSession(f"session {session_id!r}")
    config: RunnableConfig = {"configurable": {"thread_id": thread_of(caller.id, session_id)}}
    snapshot = await service.graph.aget_state(config)
    turns: dict[str | None, Turn] = {turn["run_id"]: turn for turn in snapshot.values.get("turns", [])}
    runs = await service.sessions.runs_of(caller.id, session_id)
    return SessionTranscript(
        session_id=record.session_id,
        title=record.title,
        created_at=record.created_at,
        last_at=record.last_at,
        turns=record.turns,
        transcript=[_turn(run, turns.get(run.run_id)) for run in runs],
    )


async def delete_session(service: Service, caller: Caller, session_id: str) -> None:
    """Delete a session's index and state.

    Raises:
        UnknownSession: no such session, or another caller's.
        SessionBusy: a run is going in it.
    """
    if await service.sessions.find(caller.id, session_id) is None:
        raise UnknownSession(f"session {session_id!r}")
    thread = thread_of(caller.id, session_id)
    if (run_id := service.manager.running_in(thread)) is not None:
        raise SessionBusy(run_id)
    if service.graph.checkpointer and not isinstance(service.graph.checkpointer, bool):
        await service.graph.checkpointer.adelete_thread(thread)
    runs = await service.sessions.runs_of(caller.id, session_id)
    await forget_runs(service.shelf, [run.run_id for run in runs])
    await service.sessions.delete(caller.id, session_id)


def _turn(run: RunRecord, turn: Turn | None) -> SessionTurn:
    return SessionTurn(
        run_id=run.run_id,
        question=run.question,
        status=run.status,
        answer=turn["answer"] if turn else "",
        report=turn["report"] if turn and turn["answer"] else None,
        created_at=run.created_at,
    )
