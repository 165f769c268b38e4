"""Makes the receipt of an answer: what was asked, of what, from which facts, and what the check found."""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.runnables import RunnableConfig

from graph.state import Turn
from server import __version__
from server.auth import Caller
from server.keeping import RUN
from server.refusals import NoReceipt, SigningUnavailable
from server.runs.run import thread_of
from server.service import Service
from server.sessions import RunRecord


async def make_receipt(service: Service, caller: Caller, run_id: str) -> dict[str, Any]:
    """Give the signed receipt of one of the caller's answers, also after the run's events are gone.

    Raises:
        UnknownRun: no such run, or another caller's.
        NoReceipt: the run is going, or nothing of it was kept in the session.
        SigningUnavailable: the key cannot be read or made.
    """
    # Imported by those who ask for one: cryptography takes its time, and a start should not wait for it.
    from server.signing import FORMAT, KeyUnusable, open_signer

    record = await service.manager.find(caller.id, run_id)
    turn, facts = await _find_turn(service, record)
    if turn is None:
        raise NoReceipt(f"run {run_id!r} has no turn")
    kept = await service.shelf.get(RUN, run_id) or {}
    try:
        signer = await asyncio.to_thread(open_signer, service.settings)
    except KeyUnusable as fault:
        raise SigningUnavailable(str(fault)) from fault
    return signer.sign({"format": FORMAT, **_receipt(record, turn, facts, kept)})


async def _find_turn(service: Service, record: RunRecord) -> tuple[Turn | None, list[dict[str, Any]] | None]:
    """Find a run's turn, and the facts of the moment when it was kept."""
    config: RunnableConfig = {"configurable": {"thread_id": thread_of(record.owner, record.session_id)}}
    found: Turn | None = None
    async for snapshot in service.graph.aget_state_history(config):
        values = snapshot.values
        turns = values.get("turns") or []
        mine = next((turn for turn in turns if turn["run_id"] == record.run_id), None)
        if mine is None:
            break
        found = mine
        if turns[-1] is mine:
            # A turn that was stopped early may stand beside the facts of the one before.
            return mine, list(values.get("facts", [])) if values.get("message") == mine["question"] else []
    return found, None


def _receipt(
    record: RunRecord, turn: Turn, facts: list[dict[str, Any]] | None, kept: dict[str, Any]
) -> dict[str, Any]:
    report = turn["report"]
    return {
        "made_by": f"financial-agent {__version__}",
        "run_id": record.run_id,
        "session_id": record.session_id,
        "status": record.status,
        "question": record.question,
        "answer": turn["answer"],
        "rating": report.get("rating"),
        "model": kept.get("model", report.get("model")),
        "mode": kept.get("mode", report.get("mode")),
        "prompt": {
            "name": kept.get("prompt", report.get("prompt")),
            "sha256": kept.get("prompt_sha256"),
        },
        "parameters": kept.get("parameters"),
        # None where the session no longer has them; the figures name those that they stand on.
        "facts": facts,
        "figures": report.get("figures", []),
        "counts": report.get("counts", {}),
        "coverage": report.get("coverage"),
        "usage": {
            "tokens": kept.get("tokens"),
            "seconds": kept.get("seconds"),
            "first_token_seconds": kept.get("first_token_seconds"),
        },
        "times": {
            "asked_at": record.created_at,
            "answered_at": turn["created_at"],
            "ended_at": kept.get("ended_at"),
        },
    }
