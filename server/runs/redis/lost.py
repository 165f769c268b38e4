"""Ends the runs of a worker that died: what was written is kept, and followers hear `end` exactly once."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from graph.events import EVENT_ADAPTER, EndEvent, EndStatus, ErrorEvent, Event, RunEvent, decode
from server.runs.coordinator import Coordinator, Place
from server.runs.draft import Draft
from server.runs.feed import Entry
from server.runs.partials import Partials, ancestors_of, config_of
from server.runs.redis.log import RedisRunLog
from server.sessions import RunRecord, SessionIndex

logger = logging.getLogger("financial_agent.runs")

_MESSAGE = "The server that wrote this answer was lost. What is shown is only a part. Ask again."


@dataclass(frozen=True)
class LostRuns:
    """Brings the runs of dead workers to their end."""

    log: RedisRunLog
    coordinator: Coordinator
    sessions: SessionIndex
    partials: Partials

    async def end(self, place: Place, worker: str) -> None:
        """End one run of a dead worker; one that has ended stays as it is.

        Raises:
            RunTaken: another worker is ending it.
            StoreUnavailable: not now. The run is this worker's, and is to be ended again later.
            SessionMoved: the session changed meanwhile; the same.
        """
        entries = await self.log.take_over(place.run_id, worker)
        if entries is None:
            await self.coordinator.leave(place)
            return
        events = [_event_of(entry) for entry in entries]
        draft = Draft.of(event for event in events if event is not None)
        record = await self.sessions.find_run(place.run_id)
        status, told = await self._settle(place, draft, record)
        if record is not None and not entries:  # its worker died before it had written anything
            told.insert(0, self._run_event(record))
        await self.coordinator.leave(place)
        end = EndEvent(status=status, reason="worker_lost")
        await self.log.append(place.run_id, [*draft.closing(), *told, end])
        logger.warning("run %s of a lost worker ended as %s", place.run_id, status)

    async def _settle(
        self, place: Place, draft: Draft, record: RunRecord | None
    ) -> tuple[EndStatus, list[Event]]:
        """Record how the run ended, and give what its followers are told before the end."""
        if record is not None and record.status in ("done", "stopped", "failed"):
            return record.status, []
        kept = await self.partials.status_of(place.thread_id, place.run_id)
        if kept is not None and kept != "lost":  # its worker died between keeping the answer and saying so
            await self.sessions.finish_run(place.run_id, kept)
            return kept, []
        report = draft.report
        status: EndStatus = "lost" if report is None else "done"  # only what follows an answer was lost
        told: list[Event] = []
        if report is None:
            told.append(ErrorEvent(code="worker_lost", message=_MESSAGE, retryable=True))
        # One that only waited wrote nothing, and must not write beside the run that goes on.
        if record is not None and draft.begun and draft.run is not None:
            after = await ancestors_of(self.sessions, record.owner, record.session_id, place.run_id)
            config = config_of(place.thread_id, place.run_id, after)
            report = await self.partials.keep(config, record.question, draft.run.model, draft, status)
            if report is not None and draft.report is None:
                told.append(report)
        await self.sessions.finish_run(place.run_id, status, report.markdown if report else "")
        return status, told

    def _run_event(self, record: RunRecord) -> RunEvent:
        deps = self.partials.deps
        return RunEvent(
            run_id=record.run_id,
            session_id=record.session_id,
            question=record.question,
            model=deps.model_name,
            prompt=deps.prompts.get("analyst").tag,
            mode=deps.settings.mode,
            created_at=record.created_at,
        )


def _event_of(entry: Entry) -> Event | None:
    fields = decode(entry.data)
    fields.pop("seq", None)
    return None if entry.type == "gap" else EVENT_ADAPTER.validate_python(fields)
