"""The session index on any store: who asked what after what, when, and how it ended.

A session is one document that changes by compare-and-set, so two processes never undo each other's change.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from graph.events import EndStatus
from server.errors import SessionBusy, StoreUnavailable, UnknownRun, UnknownSession
from server.refusals import SessionFull
from server.sessions.records import (
    Position,
    RunRecord,
    SessionRecord,
    is_dead,
    iso,
    micros,
    rank_of,
    this_worker,
    title_of,
)
from server.sessions.search import folded, holds, snippet_of
from server.sessions.store import Change, Document, IndexStore, Stored

_TRIES = 50  # of a change that others keep outrunning
_CHUNK = 50  # sessions whose texts are searched at once
_SWEEP = 100


class Index:
    """The index of all sessions on a store; sessions idle for `idle_seconds` are gone, if that is set."""

    def __init__(self, store: IndexStore, idle_seconds: float | None = None) -> None:
        self._store = store
        self._idle = None if idle_seconds is None else round(idle_seconds * 1_000_000)
        self._worker = this_worker()

    async def record_question(
        self, run: RunRecord, replaces: str | None = None, most_turns: int | None = None
    ) -> None:
        """Store a question, durably, and its session where it is new.

        It follows the newest run of the session, or takes the place of the run that it replaces.

        Raises:
            SessionFull: the session has `most_turns` already.
            UnknownRun: the session has no run of the id in `replaces`.
            UnknownSession: the session was deleted and is not purged yet.
        """
        replaced = await self._replaced(run, replaces) if replaces is not None else None

        def change(stored: Stored | None) -> tuple[Document, Document, str] | None:
            body = dict(stored.body) if stored is not None else _new_session(run)
            if body["deleted"] is not None:
                raise UnknownSession(f"session {run.session_id!r} was deleted")
            if run.run_id in body["running"]:
                return None  # an earlier try was taken, and only its reply was lost
            if most_turns is not None and body["turns"] >= most_turns:
                raise SessionFull(f"{body['turns']} turns")
            parent, depth = body["head"], body["turns"] + 1
            if replaced is not None:
                parent, depth = replaced["parent"], replaced["depth"]
            placed = replace(run, parent=parent, depth=depth, worker=self._worker)
            body.update(head=run.run_id, turns=depth, last_at=run.created_at)
            body["running"] = [*body["running"], run.run_id]
            return body, placed.to_dict(), run.question

        await self._change(run.owner, run.session_id, change)

    async def finish_run(self, run_id: str, status: EndStatus, answer: str = "") -> None:
        """Store how a run ended; a search finds its answer from now on."""
        await self._end(run_id, status, answer)

    async def find_run(self, run_id: str) -> RunRecord | None:
        """Give a run's record, or nothing when there never was such a run or its session is gone."""
        found = await self._store.run(run_id)
        if found is None or await self.find(found.owner, found.session_id) is None:
            return None
        return RunRecord(owner=found.owner, session_id=found.session_id, **found.body)

    async def runs_of(self, owner: str, session_id: str) -> list[RunRecord]:
        """Give the runs of a session, oldest first."""
        found = await self._store.runs(owner, session_id)
        runs = [RunRecord(owner=owner, session_id=session_id, **body) for body in found]
        return sorted(runs, key=lambda run: (run.created_at, run.depth))

    async def find(self, owner: str, session_id: str) -> SessionRecord | None:
        """Give one session's record."""
        stored = await self._store.get(owner, session_id)
        return _record(stored) if stored is not None and not self._is_gone(stored) else None

    async def page(
        self, owner: str, limit: int = 50, after: Position | None = None, words: str = ""
    ) -> tuple[list[SessionRecord], Position | None]:
        """Give an owner's sessions, pinned ones first, then the latest; and where the list goes on.

        With words, only sessions that hold them in their title, a question or an answer.
        """
        wanted = folded(words.strip())
        found: list[SessionRecord] = []
        while True:
            size = _CHUNK if wanted else limit + 1 - len(found)
            page = await self._store.page(owner, size, after)
            alive = [(place, stored) for place, stored in page if not self._is_gone(stored)]
            texts = await self._texts(owner, [stored for _, stored in alive], wanted)
            for place, stored in alive:
                if wanted and stored.session_id not in texts:
                    continue
                if len(found) == limit:
                    return found, after
                record = _record(stored)
                if wanted:
                    record = replace(record, snippet=snippet_of(texts[stored.session_id], wanted))
                found.append(record)
                after = place
            if len(page) < size:
                return found, None
            # Sessions that do not match must not be looked at again, but the cursor names one that was given.
            last = page[-1][0]
            if len(found) < limit:
                after = last

    async def rename(self, owner: str, session_id: str, title: str | None, pinned: bool | None) -> bool:
        """Give a session another title, or pin or unpin it; say whether there is one."""

        def change(stored: Stored | None) -> tuple[Document, None, None] | None:
            if stored is None or self._is_gone(stored):
                raise UnknownSession(f"session {session_id!r}")
            body = dict(stored.body)
            body["title"] = body["title"] if title is None else title
            body["pinned"] = body["pinned"] if pinned is None else pinned
            return body, None, None

        return await self._try(owner, session_id, change)

    async def trash(self, owner: str, session_id: str, seconds: float) -> str | None:
        """Take a session away from every door; give the time until which it can be restored.

        Raises:
            SessionBusy: a run is going in it.
        """
        until = iso(_now() + round(seconds * 1_000_000))
        left = await self._left_running(owner, session_id)

        def change(stored: Stored | None) -> tuple[Document, None, None] | None:
            if stored is None or self._is_gone(stored):
                raise UnknownSession(f"session {session_id!r}")
            for run_id in stored.body["running"]:
                if run_id not in left:
                    raise SessionBusy(run_id)
            return {**stored.body, "deleted": until}, None, None

        return until if await self._try(owner, session_id, change) else None

    async def restore(self, owner: str, session_id: str) -> bool:
        """Give a deleted session back while that can be done; say whether it could."""

        def change(stored: Stored | None) -> tuple[Document, None, None] | None:
            deleted = stored.body["deleted"] if stored is not None else None
            if stored is None or deleted is None or micros(deleted) <= _now():
                raise UnknownSession(f"session {session_id!r}")
            # Restored is active: an idle session would be gone again at once.
            return {**stored.body, "deleted": None, "last_at": iso(_now())}, None, None

        return await self._try(owner, session_id, change)

    async def take_due(self) -> list[tuple[str, str]]:
        """Name the sessions to be purged, by owner and id; no door leads to them any more."""
        taken: list[tuple[str, str]] = []
        for owner, session_id in await self._store.due(_now(), _SWEEP):

            def change(stored: Stored | None) -> tuple[Document, None, None] | None:
                if stored is None:
                    return None
                body = dict(stored.body)
                if self._is_gone(stored) and body["deleted"] is None:
                    body["deleted"] = iso(_now())
                return body, None, None

            await self._change(owner, session_id, change)
            stored = await self._store.get(owner, session_id)
            deleted = stored.body["deleted"] if stored is not None else iso(0)
            if deleted is not None and micros(deleted) <= _now():
                taken.append((owner, session_id))
        return taken

    async def purge(self, owner: str, session_id: str) -> None:
        """Forget a session and its questions."""
        await self._store.drop(owner, session_id)

    async def delete(self, owner: str, session_id: str) -> bool:
        """Forget a session and its questions; say whether there was one."""
        found = await self._store.get(owner, session_id)
        await self._store.drop(owner, session_id)
        return found is not None

    async def ping(self) -> None:
        """Ask the store for a sign of life."""
        await self._store.ping()

    async def mark_lost(self) -> int:
        """End the runs that a process of this machine left when it died; give their number."""
        count = 0
        for owner, session_id in await self._store.busy():
            for run in await self.runs_of(owner, session_id):
                if run.status == "running" and is_dead(run.worker):
                    await self._end(run.run_id, "lost", "")
                    count += 1
        return count

    async def _left_running(self, owner: str, session_id: str) -> set[str]:
        """Name the runs that no process of this machine answers any more."""
        stored = await self._store.get(owner, session_id)
        if stored is None or not stored.body["running"]:
            return set()
        runs = [run for run in await self.runs_of(owner, session_id) if run.status == "running"]
        return {run.run_id for run in runs if run.worker != self._worker and is_dead(run.worker)}

    async def _replaced(self, run: RunRecord, replaces: str) -> Document:
        found = await self._store.run(replaces)
        if found is None or (found.owner, found.session_id) != (run.owner, run.session_id):
            raise UnknownRun(f"run {replaces[:40]!r} is none of session {run.session_id!r}")
        return found.body

    async def _end(self, run_id: str, status: EndStatus, answer: str) -> None:
        found = await self._store.run(run_id)
        if found is None:
            return
        text = f"{found.body['question']}\n\n{answer}" if answer else None

        def change(stored: Stored | None) -> tuple[Document, Document, str | None] | None:
            if stored is None:
                return None
            body = dict(stored.body)
            body["running"] = [each for each in body["running"] if each != run_id]
            if status != "lost":
                body["last_at"] = iso(_now())
            return body, {**found.body, "status": status}, text

        await self._change(found.owner, found.session_id, change)

    async def _texts(self, owner: str, sessions: list[Stored], words: str) -> dict[str, str]:
        if not words or not sessions:
            return {}
        titles = {each.session_id: each.body["title"] for each in sessions}
        found = {name: title for name, title in titles.items() if holds(title, words)}
        rest = [name for name in titles if name not in found]
        return found | (await self._store.matching(owner, rest, words) if rest else {})

    async def _try(self, owner: str, session_id: str, change: Callable[[Stored | None], Any]) -> bool:
        try:
            await self._change(owner, session_id, change)
        except UnknownSession:
            return False
        return True

    async def _change(
        self,
        owner: str,
        session_id: str,
        change: Callable[[Stored | None], tuple[Document, Document | None, str | None] | None],
    ) -> None:
        for number in range(_TRIES):
            stored = await self._store.get(owner, session_id)
            changed = change(stored)
            if changed is None:
                return
            body, run, text = changed
            following = Change(
                owner,
                session_id,
                stored.revision if stored is not None else 0,
                body,
                rank_of(body["last_at"], body["pinned"]) if body["deleted"] is None else None,
                self._due(body),
                bool(body["running"]),
                run,
                text,
            )
            if await self._store.put(following):
                return
            await asyncio.sleep(random.uniform(0, 0.002 * number))
        raise StoreUnavailable(f"session {session_id!r} is changed by too many at once")

    def _due(self, body: Document) -> int | None:
        if body["deleted"] is not None:
            return micros(body["deleted"])
        if self._idle is None or body["running"]:
            return None
        return micros(body["last_at"]) + self._idle

    def _is_gone(self, stored: Stored) -> bool:
        due = self._due(stored.body)
        return stored.body["deleted"] is not None or (due is not None and due <= _now())


def _new_session(run: RunRecord) -> Document:
    return {
        "title": title_of(run.question),
        "created_at": run.created_at,
        "last_at": run.created_at,
        "turns": 0,
        "head": None,
        "running": [],
        "pinned": False,
        "deleted": None,
    }


def _record(stored: Stored) -> SessionRecord:
    body = stored.body
    return SessionRecord(
        stored.session_id,
        body["title"],
        body["created_at"],
        body["last_at"],
        body["turns"],
        body["pinned"],
        bool(body["running"]),
        body["head"],
    )


def _now() -> int:
    return round(datetime.now(UTC).timestamp() * 1_000_000)
