"""Why a run cannot be started, found or read; each type is one reaction of the caller.

RunError
├── SessionBusy      wait for the run of the session, or follow it
├── SessionMoved     another turn was kept meanwhile: ask again
├── ServerBusy       try again after `retry_after` seconds
│   └── CallerBusy       … when some of the caller's own questions are answered
├── RunTaken         (between workers) another one has taken the run over: write no more of it
├── KeyReused        send another Idempotency-Key with another question
├── StoreUnavailable the sessions' store failed: try again later
├── StoreDamaged     stored bytes are not what was written: verify the store
├── UnknownRun       there is no such run (or it is somebody else's)
├── ExpiredRun       the run's events are gone: read the session instead
├── ForeignCursor    the cursor is of another run, or of no event that was sent
├── UnknownSession   there is no such session (or it is somebody else's)
├── BodyTooLarge     send less
├── BatchTooLarge    send fewer questions at once
├── MessageTooLong   ask with fewer words
├── ModelUnknown     choose one of the offered models
├── IndicatorUnknown name an indicator that exists
└── RunFailed        the run ended without an answer; its code says why
"""

from __future__ import annotations

from graph.errors import AgentError


class RunError(AgentError):
    """A run could not be started, found or read."""

    code = "run_error"
    message = "The run could not be used."


class SessionBusy(RunError):
    """A run is going in the session; `run_id` names it."""

    code = "session_busy"
    message = "This session is still answering a question. Follow that run, stop it, or choose on_conflict."
    retryable = True
    retry_after = 5.0

    def __init__(self, run_id: str) -> None:
        super().__init__(f"run {run_id!r} is going")
        self.run_id = run_id


class SessionMoved(RunError):
    """Another turn of the session was kept while this one was made; this one was not."""

    code = "session_moved"
    message = "Another answer was kept in this session meanwhile, so this one was not. Ask again."
    retryable = True
    retry_after = 1.0


class ServerBusy(RunError):
    """The server runs as much as it may, or is shutting down."""

    code = "server_busy"
    message = "The analyst is at its limit. Ask again in a moment."
    retryable = True
    retry_after = 3.0


class CallerBusy(ServerBusy):
    """The caller has as many questions going as one may have."""

    code = "caller_busy"
    message = "You have as many questions going as are taken at once. Wait for one of them to end."


class RunTaken(RunError):
    """Another worker took the run over, for this one had not been heard of in time."""

    code = "run_taken"
    message = "The run was taken over by another worker."


class KeyReused(RunError):
    """The idempotency key was used with another question."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used with another question. Use a new one for each question."


class StoreUnavailable(RunError):
    """The store of sessions cannot be written or read."""

    code = "store_unavailable"
    message = "The store of sessions cannot be reached, so the question was not taken. Ask again later."
    retryable = True
    retry_after = 5.0


class StoreDamaged(RunError):
    """Stored bytes are not what was written."""

    code = "store_damaged"
    message = "What is stored of this session is damaged. `financial-agent sessions verify` says where."


class UnknownRun(RunError):
    """There is no such run."""

    code = "run_not_found"
    message = "There is no such run."


class ExpiredRun(RunError):
    """The run's events are no longer kept."""

    code = "run_expired"
    message = "The events of this run are no longer kept. Read its session for the stored answer."

    def __init__(self, detail: str = "", *, session_id: str | None = None) -> None:
        super().__init__(detail)
        self.session_id = session_id


class ForeignCursor(RunError):
    """The cursor does not belong to this run."""

    code = "cursor_invalid"
    message = "The cursor does not belong to this run. Follow it from the beginning."


class UnknownSession(RunError):
    """There is no such session."""

    code = "session_not_found"
    message = "There is no such session."


class BodyTooLarge(RunError):
    """The request body is larger than the server takes."""

    code = "body_too_large"
    message = "The request body is too large."


class BatchTooLarge(RunError):
    """The batch holds more questions than the server takes at once."""

    code = "batch_too_large"
    message = "The batch holds more questions than are taken at once."


class MessageTooLong(RunError):
    """The question is larger than the server takes."""

    code = "message_too_long"
    message = "The message is too long."


class ModelUnknown(RunError):
    """The request names a model that is not offered."""

    code = "model_unknown"
    message = "This model is not offered here."


class IndicatorUnknown(RunError):
    """The request names an indicator that there is not."""

    code = "indicator_unknown"
    message = "An indicator is not known."


class RunFailed(RunError):
    """A run ended without an answer; code and sentence are those of its `error` event."""

    def __init__(
        self, run_id: str, session_id: str, code: str, message: str, retry_after: float | None
    ) -> None:
        super().__init__(f"run {run_id!r}: {code}", message=message, retry_after=retry_after)
        self.run_id = run_id
        self.session_id = session_id
        self.code = code
