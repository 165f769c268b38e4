"""What is kept of an answer: its signed receipt, and what its reader said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from server.api.chat import CallerDep, ServiceDep
from server.api.schemas import Slug
from server.asking import find_run
from server.keeping import FEEDBACK, feedback_of
from server.receipts import make_receipt
from server.refusals import NoFeedback
from server.shelf import Record
from server.transcripts import find_session

router = APIRouter(prefix="/api", tags=["records"])

_LONGEST_REASON = 2000


class FeedbackInput(BaseModel):
    """A thumb, and why."""

    model_config = ConfigDict(extra="forbid")

    rating: Literal["up", "down"] = Field(description="Whether the answer was of use.")
    reason: Annotated[str, Field(max_length=_LONGEST_REASON, strict=True)] | None = Field(
        default=None, description="Why, in a few words."
    )


class Feedback(FeedbackInput):
    """What was said of an answer, and when it was said last (ISO)."""

    run_id: str
    at: str


class SessionFeedback(BaseModel):
    """What was said of a session's answers, on all its branches."""

    feedback: list[Feedback]


class Signature(BaseModel):
    """The signature over the canonical form of `receipt`; binary values are in base64."""

    algorithm: str
    key_id: str
    public_key: str
    value: str


class SignedReceipt(BaseModel):
    """A receipt, checked by `financial-agent receipt verify FILE`."""

    receipt: dict[str, Any]
    signature: Signature


@router.get("/runs/{run_id}/receipt", response_model=SignedReceipt)
async def receipt(run_id: str, service: ServiceDep, caller: CallerDep) -> dict[str, Any]:
    """Give the signed receipt of an answer that is kept in its session."""
    return await make_receipt(service, caller, run_id)


@router.put("/runs/{run_id}/feedback")
async def put_feedback(run_id: str, said: FeedbackInput, service: ServiceDep, caller: CallerDep) -> Feedback:
    """Say whether an answer was of use; the last word counts."""
    record = await find_run(service, caller, run_id)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    kept = {
        **said.model_dump(),
        "run_id": run_id,
        "session_id": record.session_id,
        "owner": caller.id,
        "question": record.question,
        "status": record.status,
        "at": at,
    }
    await service.shelf.put(FEEDBACK, run_id, kept)
    return Feedback(run_id=run_id, at=at, **said.model_dump())


@router.get("/runs/{run_id}/feedback")
async def get_feedback(run_id: str, service: ServiceDep, caller: CallerDep) -> Feedback:
    """Give what was said of an answer."""
    await find_run(service, caller, run_id)
    kept = await feedback_of(service.shelf, run_id)
    if kept is None:
        raise NoFeedback(f"run {run_id!r}")
    return _told(kept)


@router.get("/sessions/{session_id}/feedback")
async def feedback_in(session_id: Slug, service: ServiceDep, caller: CallerDep) -> SessionFeedback:
    """Give everything that was said of a session's answers."""
    await find_session(service, caller, session_id)
    runs = await service.sessions.runs_of(caller.id, session_id)
    kept = await service.shelf.some(FEEDBACK, [run.run_id for run in runs])
    return SessionFeedback(feedback=[_told(kept[run.run_id]) for run in runs if run.run_id in kept])


@router.delete("/runs/{run_id}/feedback", status_code=204, response_class=Response)
async def remove_feedback(run_id: str, service: ServiceDep, caller: CallerDep) -> None:
    """Take back what was said of an answer."""
    await find_run(service, caller, run_id)
    await service.shelf.remove(FEEDBACK, run_id)


def _told(kept: Record) -> Feedback:
    return Feedback(**{name: kept[name] for name in ("run_id", "rating", "reason", "at")})
