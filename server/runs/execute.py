"""The life of one run: ask the graph, write its events, end with exactly one terminal event.

The task that does this knows no connection. However it ends, the session is left so that the next question
is sane: what had been written is kept as a turn and marked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from structlog.contextvars import bind_contextvars

from graph.agent import Analyst
from graph.deps import Deps
from graph.errors import AgentError
from graph.events import EndEvent, ErrorEvent, RunEvent
from graph.sink import events_to
from server.errors import StoreUnavailable
from server.faults import describe
from server.runs.log import RunLog
from server.runs.partials import Partials, ancestors_of, config_of
from server.runs.recorder import Pace, Recorder
from server.runs.run import Run
from server.sessions import SessionIndex

logger = logging.getLogger("financial_agent.runs")

_AGAIN_SECONDS = 0.5

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Executor:
    """What every run is executed with."""

    graph: Analyst
    deps: Deps
    log: RunLog
    sessions: SessionIndex
    pace: Pace = field(default_factory=Pace)

    @property
    def partials(self) -> Partials:
        """Give what keeps unfinished answers."""
        return Partials(self.graph, self.deps)

    async def execute(self, run: Run, begin: Step, release: Step) -> None:
        """Answer one question.

        `begin` waits until it is its turn. `release` is called when the session is ready for the next
        question, before followers hear the end.
        """
        bind_contextvars(run_id=run.run_id, session_id=run.session_id)  # of this task alone
        recorder = Recorder(self.log, run.run_id, lambda: run.stop("log"), run.take, self.pace)
        recorder(self._run_event(run))
        writer = asyncio.create_task(recorder.drain(), name=f"log:{run.run_id}")
        end = EndEvent(status="failed", reason="internal_error")
        run.answering, cut = True, True
        self.pace.live += 1
        try:
            end = await self._answer(run, recorder, begin)
            cut = False
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
            self.pace.live -= 1
            if run.taken:
                logger.warning("run %s was taken over by another worker", run.run_id)
                run.status = "lost"
                recorder.abandon()
            else:
                await self._settle(run, recorder, end, cut)
                await persist(release)
                recorder.finish(end)
            await writer

    async def _answer(self, run: Run, recorder: Recorder, begin: Step) -> EndEvent:
        await begin()
        if run.stop_reason is not None:
            raise asyncio.CancelledError
        run.status = "running"
        if run.replaces is not None:
            run.after = await ancestors_of(self.sessions, run.owner, run.session_id, run.run_id)
        with events_to(recorder):
            await self.graph.ainvoke(
                {"message": run.message},
                config_of(run.thread_id, run.run_id, run.after),
                context=run.options,
                durability="exit",
            )
        return EndEvent(status="done")

    async def _settle(self, run: Run, recorder: Recorder, end: EndEvent, cut: bool) -> None:
        """Leave the session sane: what a run that was cut off had written is kept, its end recorded."""
        try:
            # One that never began wrote nothing, and must not write beside the run that goes on.
            if run.status == "running" and (end.status != "done" or cut):
                await self._keep_partial(run, recorder, end)
            report = recorder.draft.report
            await self.sessions.finish_run(run.run_id, end.status, report.markdown if report else "")
        except Exception as fault:  # the store failed too: the followers still get their terminal event
            logger.error("run %s not stored: %s", run.run_id, describe(fault))
            message = "The answer could not be kept in the session."
            recorder(ErrorEvent(code="store_unavailable", message=message, retryable=True))
        run.status = end.status

    async def _keep_partial(self, run: Run, recorder: Recorder, end: EndEvent) -> None:
        model = run.options.model or self.deps.model_name
        draft, config = recorder.draft, config_of(run.thread_id, run.run_id, run.after)
        report = await self.partials.keep(config, run.message, model, draft, end.status)
        if report is not None and draft.report is None:
            recorder(report)

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


async def persist(step: Step) -> None:
    """Do what others wait for, again until the store has done it."""
    while True:
        try:
            await step()
        except StoreUnavailable:
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            return


def _end_of_cancelled(run: Run, recorder: Recorder) -> EndEvent:
    if run.taken:
        return EndEvent(status="lost")
    if recorder.draft.report is not None and run.stop_reason != "log":
        return EndEvent(status="done")  # only what follows an answer was cut off
    if run.stop_reason in ("user", "interrupted"):
        return EndEvent(status="stopped", reason=run.stop_reason)
    if run.stop_reason == "log":
        message = "The server could not tell of the answer any more, so it was ended. Ask again."
        recorder(ErrorEvent(code="run_store_unavailable", message=message, retryable=True))
        return EndEvent(status="failed", reason="run_store_unavailable")
    message = "The server shut down before the answer was finished. Ask again."
    recorder(ErrorEvent(code="server_shutdown", message=message, retryable=True))
    return EndEvent(status="failed", reason="server_shutdown")


def _error_event(fault: AgentError) -> ErrorEvent:
    return ErrorEvent(
        code=fault.code, message=fault.message, retryable=fault.retryable, retry_after=fault.retry_after
    )
