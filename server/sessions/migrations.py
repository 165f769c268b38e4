"""Brings what was kept under schema 1 into today's form, and refuses what a newer version wrote.

Schema 1 had no branches: each run followed the one before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import aiosqlite

from server.errors import StoreUnavailable
from server.sessions.records import rank_of
from server.sessions.store import SCHEMA, Change, Document


def refuse_newer(version: int, where: str) -> None:
    """Refuse a store of a newer version.

    Raises:
        StoreUnavailable: its schema is not known here.
    """
    if version > SCHEMA:
        raise StoreUnavailable(
            f"{where} was written by a newer version (schema {version}, this one reads up to {SCHEMA}): "
            "upgrade financial-agent or choose another store_url"
        )


def upgraded(
    owner: str, session_id: str, summary: Document, runs: Iterable[Document]
) -> tuple[Change, list[Document]]:
    """Make today's session and runs of those of schema 1.

    `summary` has title, created_at and last_at; a run has run_id, question, created_at, status, worker.
    """
    ordered = sorted(runs, key=lambda run: str(run["created_at"]))
    placed: list[Document] = []
    for depth, run in enumerate(ordered, start=1):
        parent = placed[-1]["run_id"] if placed else None
        placed.append({**run, "parent": parent, "depth": depth})
    running = [run["run_id"] for run in placed if run["status"] == "running"]
    body = {
        "title": summary["title"],
        "created_at": summary["created_at"],
        "last_at": summary["last_at"],
        "turns": len(placed),
        "head": placed[-1]["run_id"] if placed else None,
        "running": running,
        "pinned": False,
        "deleted": None,
    }
    rank = rank_of(body["last_at"], False)
    return Change(owner, session_id, 0, body, rank, None, bool(running)), placed


async def upgrade_sqlite(db: aiosqlite.Connection) -> list[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Take the tables of schema 1 away; give the rows of today's `sessions` and `runs`."""
    sessions = list(
        await db.execute_fetchall("SELECT owner, session_id, title, created_at, last_at FROM sessions")
    )
    names = ("run_id", "question", "created_at", "status", "worker")
    rows: list[tuple[tuple[Any, ...], list[tuple[Any, ...]]]] = []
    for owner, session_id, title, created_at, last_at in sessions:
        found = await db.execute_fetchall(
            "SELECT run_id, question, created_at, status, worker FROM runs "
            "WHERE owner = ? AND session_id = ? ORDER BY created_at, rowid",
            (owner, session_id),
        )
        summary = {"title": title, "created_at": created_at, "last_at": last_at}
        runs = [dict(zip(names, row, strict=True)) for row in found]
        change, placed = upgraded(owner, session_id, summary, runs)
        row = (owner, session_id, 1, json.dumps(change.body), change.rank, change.due, change.busy)
        rows.append(
            (row, [(run["run_id"], owner, session_id, json.dumps(run), run["question"]) for run in placed])
        )
    await db.execute("DROP TABLE runs")
    await db.execute("DROP TABLE sessions")
    return rows
