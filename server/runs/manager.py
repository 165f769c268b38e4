"""Starts, finds, stops and drains runs; one run at a time answers in a session."""

from __future__ import annotations

import asyncio
import secrets
import string
from collections import deque
from typing import Literal

from graph.deps import Options
from server.errors import ServerBusy, SessionBusy, UnknownRun
from server.runs.execute import Executor, Run
from server.sessions import RunRecord, RunStatus

OnConflict = Literal["reject", "enqueue", "interrupt"]

_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 10  # 59 bits; short, because the id stands in every frame
_MAX_QUEUED = 8


def new_id() -> str:
    """Make an opaque, unguessable, URL-safe id without a dash."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


class RunManager:
    """All runs of this process."""

    def __init__(self, executor: Executor, max_runs: int = 256) -> None:
        self._executor = executor
        self._max_runs = max_runs
        self._runs: dict[str, Run] = {}
        self._queues: dict[str, deque[Run]] = {}
        self._draining = False

    @property
    def active(self) -> int:
        """Count the runs that have not ended."""
        return len(self._runs)

    @property
    def draining(self) -> bool:
        """Say whether new runs are refused because the server is shutting down."""
        return self._draining

    async def start(
        self,
        owner: str,
        session_id: str | None,
        message: str,
        options: Options,
        on_conflict: OnConflict = "reject",
        replaces: str | None = None,
    ) -> Run:
        """Start answering a question; the question is stored before this returns.

        It follows the newest answer of the session, or stands in place of the run that it replaces.

        Raises:
            UnknownRun: the session has no run of the id in `replaces`.
            UnknownSession: the session was deleted a moment ago.
            SessionBusy: a run is going in the session and `on_conflict` is "reject".
            ServerBusy: too many runs, too many waiting in the session, or a shutdown.
            StoreUnavailable: the question could not be stored; it was not taken.
        """
        run = Run(
            run_id=new_id(),
            owner=owner,
            session_id=session_id or new_id(),
            message=message,
            options=options,
            created_at=self._executor.deps.clock(),
            replaces=replaces,
        )
        queue = self._queues.get(run.thread_id, deque())
        self._admit(queue, on_conflict)
        # From here to the first await nothing else runs: the place in the session is taken atomically.
        ahead = tuple(queue)
        queue.append(run)
        self._queues[run.thread_id] = queue
        self._runs[run.run_id] = run
        try:
            await self._executor.log.create(run.run_id)
            await self._executor.sessions.record_question(
                RunRecord(run.run_id, owner, run.session_id, message, run.created_at.isoformat()), replaces
            )
        except BaseException:
            self._release(run)
            self._forget(run)
            raise
        if on_conflict == "interrupt":
            for other in ahead:
                other.stop("interrupted")
        run.task = asyncio.create_task(self._run(run, ahead), name=f"run:{run.run_id}")
        return run

    async def stop(self, owner: str, run_id: str) -> RunStatus:
        """Stop a run, wait until its partial answer is kept, and say how it ended.

        Raises:
            UnknownRun: no such run, or another owner's.
        """
        run = self._runs.get(run_id)
        if run is not None and run.owner == owner:
            run.stop("user")
            await run.done.wait()
        return (await self.find(owner, run_id)).status

    async def find(self, owner: str, run_id: str) -> RunRecord:
        """Give the record of a run.

        Raises:
            UnknownRun: no such run, or another owner's.
        """
        record = await self._executor.sessions.find_run(run_id)
        if record is None or record.owner != owner:
            raise UnknownRun(f"run {run_id[:40]!r}")
        return record

    def running_in(self, thread_id: str) -> str | None:
        """Name the run that is going in a session's thread, if there is one."""
        queue = self._queues.get(thread_id)
        return queue[0].run_id if queue else None

    def refuse_new(self) -> None:
        """Begin to drain: runs go on, new ones are refused."""
        self._draining = True

    async def drain(self, seconds: float) -> None:
        """Refuse new runs, give the others time to finish, then end them with their partials kept."""
        self.refuse_new()
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for run in tuple(self._runs.values()):
                run.stop("shutdown")
            if late:
                await asyncio.wait(late, timeout=5)

    def _admit(self, queue: deque[Run], on_conflict: OnConflict) -> None:
        if self._draining:
            raise ServerBusy("draining", message="The server is shutting down. Ask again in a moment.")
        if len(self._runs) >= self._max_runs:
            raise ServerBusy(f"{len(self._runs)} runs are going")
        if queue and on_conflict == "reject":
            raise SessionBusy(queue[0].run_id)
        if len(queue) > _MAX_QUEUED:
            raise ServerBusy(
                f"{len(queue)} runs wait in one session",
                message="Too many questions are waiting in this session. Ask again in a moment.",
            )

    async def _run(self, run: Run, ahead: tuple[Run, ...]) -> None:
        try:
            await self._executor.execute(run, ahead, lambda: self._release(run))
        finally:
            self._release(run)
            self._forget(run)

    def _release(self, run: Run) -> None:
        """Give the run's place in its session to the next."""
        queue = self._queues.get(run.thread_id)
        if queue is not None and run in queue:
            queue.remove(run)
            if not queue:
                del self._queues[run.thread_id]

    def _forget(self, run: Run) -> None:
        run.done.set()
        self._runs.pop(run.run_id, None)
