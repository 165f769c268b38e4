"""The life of one run: ask the graph, write its events, end with exactly one terminal event.

The task that does this knows no connection. However it ends, the session is left so that the next question
is sane: what had been written is kept as a turn and marked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from structlog.contextvars import bind_contextvars

from graph.agent import Analyst
from graph.deps import Deps, Options
from graph.errors import AgentError
from graph.events import EndEvent, EndStatus, ErrorEvent, ReportEvent, RunEvent
from graph.nodes.format import cap_conviction
from graph.report.model import SECTIONS, Report
from graph.report.placing import count_figures, coverage
from graph.report.rating import parse_rating
from graph.report.render import render_markdown
from graph.sink import events_to
from graph.state import Turn
from server.faults import describe
from server.runs.log import RunLog
from server.runs.recorder import Recorder
from server.sessions import SessionIndex

logger = logging.getLogger("financial_agent.runs")

StopReason = Literal["user", "interrupted", "shutdown"]


def thread_of(owner: str, session_id: str) -> str:
    """Name a session's thread in the checkpointer; neither part may hold a slash."""
    return f"{owner}/{session_id}"


@dataclass(eq=False)
class Run:
    """One question on its way: who asked what in which session, and where it stands."""

    run_id: str
    owner: str
    session_id: str
    message: str
    options: Options
    created_at: datetime
    status: EndStatus | Literal["queued", "running"] = "queued"
    stop_reason: StopReason | None = None
    task: asyncio.Task[None] | None = None
    answering: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def thread_id(self) -> str:
        """Name the session's thread in the checkpointer, scoped to its owner."""
        return thread_of(self.owner, self.session_id)

    def stop(self, reason: StopReason) -> None:
        """Ask the run to stop; once is enough, and a run that ended stays as it is."""
        if self.stop_reason is None and not self.done.is_set():
            self.stop_reason = reason
            # Before its first step, or once the answer is being kept, a cancelled task would leave its
            # followers without an end.
            if self.task is not None and self.answering:
                self.task.cancel()


@dataclass(frozen=True)
class Executor:
    """What every run is executed with."""

    graph: Analyst
    deps: Deps
    log: RunLog
    sessions: SessionIndex

    async def execute(self, run: Run, ahead: tuple[Run, ...], release: Callable[[], None]) -> None:
        """Answer one question after those ahead of it in the session.

        `release` is called when the session is ready for the next question, before followers hear the end.
        """
        bind_contextvars(run_id=run.run_id, session_id=run.session_id)  # of this task alone
        recorder = Recorder(self.log, run.run_id)
        recorder(self._run_event(run))
        writer = asyncio.create_task(recorder.drain(), name=f"log:{run.run_id}")
        end = EndEvent(status="failed", reason="internal_error")
        run.answering = True
        try:
            end = await self._answer(run, recorder, ahead)
        except asyncio.CancelledError:
            end = _end_of_cancelled(run, recorder)
        except AgentError as fault:
            logger.warning("run %s failed: %s: %s", run.run_id, fault.code, fault)
            if fault.__cause__ is not None:
                logger.warning("run %s: %s", run.run_id, describe(fault))
            recorder(_error_event(fault))
            end = EndEvent(status="failed", reason=fault.code)
        except Exception as fault:  # the task's boundary: whatever happened, followers are told and it ends
            logger.error("run %s failed: %s", run.run_id, describe(fault))
            recorder(ErrorEvent(code="internal_error", message=AgentError.message))
        finally:
            run.answering = False
            await self._settle(run, recorder, end)
            release()
            recorder.finish(end)
            await writer

    async def _answer(self, run: Run, recorder: Recorder, ahead: tuple[Run, ...]) -> EndEvent:
        for other in ahead:
            await other.done.wait()
        if run.stop_reason is not None:
            raise asyncio.CancelledError
        run.status = "running"
        with events_to(recorder):
            await self.graph.ainvoke(
                {"message": run.message}, self._config(run), context=run.options, durability="exit"
            )
        return EndEvent(status="done")

    async def _settle(self, run: Run, recorder: Recorder, end: EndEvent) -> None:
        """Leave the session sane: the partial kept unless the turn is complete, the run's end recorded."""
        try:
            # One that never began wrote nothing, and must not write beside the run that goes on.
            if end.status != "done" and run.status == "running":
                await self._keep_partial(run, recorder, end)
            await self.sessions.finish_run(run.run_id, end.status)
        except Exception as fault:  # the store failed too: the followers still get their terminal event
            logger.error("run %s not stored: %s", run.run_id, describe(fault))
            message = "The answer could not be kept in the session."
            recorder(ErrorEvent(code="store_unavailable", message=message, retryable=True))
        run.status = end.status

    async def _keep_partial(self, run: Run, recorder: Recorder, end: EndEvent) -> None:
        """Close the turn in the session with what was written, marked by how it ended."""
        snapshot = await self.graph.aget_state(self._config(run))
        report = self._partial_report(run, recorder, snapshot.values)
        markdown = render_markdown(report) if any(report.sections.values()) else ""
        if markdown and not recorder.reported:
            recorder(ReportEvent(report=report.to_dict(), markdown=markdown))
        turn = Turn(
            run_id=run.run_id,
            question=run.message,
            answer=markdown,
            status=end.status,
            language=report.language,
            symbols=list(report.symbols),
            report=report.to_dict(),
            created_at=report.created_at,
        )
        await self.graph.aupdate_state(self._config(run), {"turns": [turn]}, as_node="format")

    def _partial_report(self, run: Run, recorder: Recorder, values: dict[str, Any]) -> Report:
        sections, counts = recorder.sections, count_figures(recorder.figures)
        ours = values.get("message") == run.message and "request" in values
        request: dict[str, Any] = values["request"] if ours else {"language": "en", "symbols": []}
        return Report(
            question=run.message,
            language=request["language"],
            symbols=tuple(request["symbols"]),
            rating=cap_conviction(parse_rating(sections["verdict"]), counts),
            sections=sections,
            missing=tuple(name for name in SECTIONS if not sections[name]),
            truncated=True,
            figures=tuple(recorder.figures),
            counts=counts,
            coverage=coverage(counts),
            model=run.options.model or self.deps.model_name,
            mode=self.deps.settings.mode,
            prompt=self.deps.prompts.get("analyst").tag,
            created_at=self.deps.clock().isoformat(timespec="seconds"),
        )

    def _run_event(self, run: Run) -> RunEvent:
        return RunEvent(
            run_id=run.run_id,
            session_id=run.session_id,
            question=run.message,
            model=run.options.model or self.deps.model_name,
            prompt=self.deps.prompts.get("analyst").tag,
            mode=self.deps.settings.mode,
            created_at=run.created_at.isoformat(timespec="milliseconds"),
        )

    def _config(self, run: Run) -> RunnableConfig:
        return {"configurable": {"thread_id": run.thread_id, "run_id": run.run_id}}


def _end_of_cancelled(run: Run, recorder: Recorder) -> EndEvent:
    if run.stop_reason in ("user", "interrupted"):
        return EndEvent(status="stopped", reason=run.stop_reason)
    message = "The server shut down before the answer was finished. Ask again."
    recorder(ErrorEvent(code="server_shutdown", message=message, retryable=True))
    return EndEvent(status="failed", reason="server_shutdown")


def _error_event(fault: AgentError) -> ErrorEvent:
    return ErrorEvent(
        code=fault.code, message=fault.message, retryable=fault.retryable, retry_after=fault.retry_after
    )
