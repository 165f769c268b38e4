"""What every door does with a question: hold it to the server's limits, start its run, read its answer."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from graph.events import decode
from server.api.schemas import AnalystInput, ChatAnswer
from server.auth import Caller
from server.errors import (
    ExpiredRun,
    ForeignCursor,
    KeyReused,
    MessageTooLong,
    ModelUnknown,
    RunFailed,
    ServerBusy,
    StoreUnavailable,
    UnknownRun,
)
from server.runs.idempotency import Claim, digest_of
from server.runs.manager import new_id
from server.runs.run import Run
from server.runs.sse import parse_cursor
from server.service import Service
from server.sessions import RunRecord

logger = logging.getLogger("financial_agent.asking")

_STARTS = 100
_START_SECONDS = 0.05


async def ask_once(
    service: Service, caller: Caller, question: AnalystInput, key: str | None
) -> Run | RunRecord:
    """Start answering a question, or give the run that the same caller started with the same key.

    Raises:
        KeyReused: the key was used with another question.
        AgentError: as `ask` raises it.
    """
    if key is None:
        return await ask(service, caller, question)
    claim = Claim(digest_of(question.model_dump()), new_id())
    for _ in range(_STARTS):
        first = await service.keys.claim(caller.id, key, claim)
        if first.digest != claim.digest:
            raise KeyReused(f"key of run {first.run_id!r}")
        if first == claim:
            return await _ask_claimed(service, caller, question, key, claim)
        with suppress(UnknownRun):
            return await find_run(service, caller, first.run_id)
        await asyncio.sleep(_START_SECONDS)  # the first request with this key is just starting it
    raise ServerBusy("the first use of an idempotency key is still being started")


async def _ask_claimed(
    service: Service, caller: Caller, question: AnalystInput, key: str, claim: Claim
) -> Run:
    try:
        run = await ask(service, caller, question, claim.run_id)
    except BaseException:
        with suppress(StoreUnavailable):
            await service.keys.release(caller.id, key)
        raise
    with suppress(StoreUnavailable):
        await service.keys.confirm(caller.id, key)
    return run


async def ask(service: Service, caller: Caller, question: AnalystInput, run_id: str | None = None) -> Run:
    """Start answering a question.

    Raises:
        MessageTooLong: the message has more bytes than `max_message_bytes`.
        ModelUnknown: the named model is not offered.
        QuotaExceeded, SessionFull: the caller's day or the session holds no more.
        UnknownRun: the question replaces a run that is not the caller's or of another session.
        RunError: as `RunManager.start` raises it.
    """
    limit = service.settings.max_message_bytes
    size = len(question.message.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise MessageTooLong(
            f"{size} bytes", message=f"The message has {size} bytes; at most {limit} are taken."
        )
    offered = service.deps.settings.model_names
    if question.model is not None and question.model not in offered:
        raise ModelUnknown(message=f"This model is not offered here. Offered: {', '.join(offered)}.")
    await service.access.rates.require_tokens(caller)
    session_id = question.session_id
    if question.replaces is not None:
        replaced = await find_run(service, caller, question.replaces)
        session_id = session_id or replaced.session_id
    run = await service.manager.start(
        caller.id,
        session_id,
        question.message,
        question.options(),
        question.on_conflict,
        run_id,
        question.replaces,
        service.settings.max_session_turns,
    )
    service.keeper.expect(run.run_id, caller.id, question.options())
    told = {"run_id": run.run_id, "session_id": run.session_id, "caller": caller.id, "bytes": size}
    said = {"question": question.message} if service.settings.log_content else {}
    logger.info("asked", extra=told | said)
    return run


async def wait_for_answer(service: Service, run: Run | RunRecord) -> ChatAnswer:
    """Read a run's log to its end and give the answer.

    Raises:
        RunFailed: the run ended without one.
        ExpiredRun: the run was, but its events are no longer kept.
    """
    last: dict[str, dict[str, Any]] = {}
    try:
        async for batch in service.log.read(run.run_id):
            for entry in batch:
                if entry.type in ("report", "usage", "error", "end"):
                    last[entry.type] = decode(entry.data)
    except (ExpiredRun, UnknownRun) as fault:
        raise ExpiredRun(str(fault), session_id=run.session_id) from fault
    status = last["end"]["status"]
    if status in ("failed", "lost") or "report" not in last:
        error = last.get("error", {})
        raise RunFailed(
            run.run_id,
            run.session_id,
            error.get("code", "run_" + status),
            error.get("message", "The run was stopped before it had written anything."),
            error.get("retry_after"),
        )
    usage = {key: value for key, value in last.get("usage", {}).items() if key not in ("seq", "type")}
    return ChatAnswer(
        run_id=run.run_id,
        session_id=run.session_id,
        status=status,
        report=last["report"]["report"],
        markdown=last["report"]["markdown"],
        usage=usage,
    )


async def find_run(service: Service, caller: Caller, run_id: str) -> RunRecord:
    """Give the record of one of the caller's runs.

    Raises:
        UnknownRun: no such run, or another caller's.
    """
    return await service.manager.find(caller.id, run_id)


async def open_cursor(
    service: Service, caller: Caller, run_id: str, last_event_id: str | None, after: int | None
) -> int:
    """Say after which event a reader of one of the caller's runs goes on.

    Raises:
        UnknownRun: no such run, or another caller's.
        ExpiredRun: the run was, but its events are no longer kept.
        ForeignCursor: the cursor is of another run, or of no event of this one.
    """
    record = await find_run(service, caller, run_id)
    cursor = parse_cursor(run_id, last_event_id, after)
    try:
        last = await service.log.last(run_id)
    except (ExpiredRun, UnknownRun) as fault:
        raise ExpiredRun(str(fault), session_id=record.session_id) from fault
    if cursor > last:
        raise ForeignCursor(f"run {run_id!r} has no event {cursor}")
    return cursor
