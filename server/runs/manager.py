"""Starts, finds, stops and drains runs; one run at a time answers in a session."""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from graph.deps import Options
from graph.events import DrainEvent, encode
from server.errors import ExpiredRun, ServerBusy, StoreUnavailable, UnknownRun
from server.runs.admission import Admission, Turn
from server.runs.coordinator import Coordinator, LocalCoordinator, OnConflict, StopReason
from server.runs.execute import Executor, persist
from server.runs.feed import Entry
from server.runs.run import Run
from server.sessions import RunRecord, RunStatus

_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 10  # 59 bits; short, because the id stands in every frame
_STOP_SECONDS = 10.0
_LATE_SECONDS = 5.0
_LOOK_SECONDS = 0.05


def new_id() -> str:
    """Make an opaque, unguessable, URL-safe id without a dash."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


class RunManager:
    """All runs of this process, and by its coordinator those of others."""

    def __init__(
        self,
        executor: Executor,
        admission: Admission,
        coordinator: Coordinator | None = None,
    ) -> None:
        self._executor = executor
        self._admission = admission
        self._coordinator = coordinator or LocalCoordinator()
        self._runs: dict[str, Run] = {}
        self._undoing: set[asyncio.Task[None]] = set()
        self._draining = asyncio.Event()

    @property
    def active(self) -> int:
        """Count the runs of this process that have not ended."""
        return len(self._runs)

    @property
    def draining(self) -> bool:
        """Say whether new runs are refused because the server is shutting down."""
        return self._draining.is_set()

    async def start(
        self,
        owner: str,
        session_id: str | None,
        message: str,
        options: Options,
        on_conflict: OnConflict = "reject",
        run_id: str | None = None,
        replaces: str | None = None,
        most_turns: int | None = None,
    ) -> Run:
        """Start answering a question; the question is stored before this returns.

        It follows the newest answer of the session, or stands in place of the run that it replaces.

        Raises:
            SessionFull: the session has `most_turns` already.
            UnknownRun: the session has no run of the id in `replaces`.
            UnknownSession: the session was deleted a moment ago.
            SessionBusy: a run is going in the session and `on_conflict` is "reject".
            ServerBusy: too many runs, too many waiting in the session, or a shutdown.
            CallerBusy: too many runs of this owner.
            StoreUnavailable: the question could not be stored; it was not taken.
        """
        if self.draining:
            raise ServerBusy("draining", message="The server is shutting down. Ask again in a moment.")
        self._admission.admit(owner)
        run = Run(
            run_id=run_id or new_id(),
            owner=owner,
            session_id=session_id or new_id(),
            message=message,
            options=options,
            created_at=self._executor.deps.clock(),
            replaces=replaces,
        )
        self._runs[run.run_id] = run
        try:
            ahead = await self._coordinator.enter(run.place, on_conflict)
            await self._executor.log.create(run.run_id)
            record = RunRecord(run.run_id, owner, run.session_id, message, run.created_at.isoformat())
            await self._executor.sessions.record_question(record, replaces, most_turns)
            if on_conflict == "interrupt":
                for other in ahead:
                    await self._coordinator.ask_to_stop(other, "interrupted")
        except BaseException:
            await self._abandon(run)
            raise
        run.task = asyncio.create_task(self._run(run), name=f"run:{run.run_id}")
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
        elif (await self.find(owner, run_id)).status == "running":
            await self._coordinator.ask_to_stop(run_id, "user")
            with suppress(TimeoutError, UnknownRun, ExpiredRun):
                async with asyncio.timeout(_STOP_SECONDS):
                    await self._hear_end(run_id)
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

    async def follow(
        self, run_id: str, after: int = 0, idle: float | None = None
    ) -> AsyncGenerator[list[Entry]]:
        """Give a run's events as its log does, and a `drain` where a reader had better go elsewhere.

        It has the number of the event before it, for it is no event of the run. In a drain, who follows a run
        of another worker is let go at once.
        """
        log = self._executor.log
        told = not log.shared  # there is no elsewhere
        async with aclosing(log.read(run_id, after, idle)) as batches:
            async for batch in batches:
                yield batch
                after = batch[-1].seq if batch else after
                if self.draining and not told and not (batch and batch[-1].type == "end"):
                    told = True
                    yield [Entry(after, "drain", encode(DrainEvent(), after))]
                    if not self.is_here(run_id):
                        return

    def is_here(self, run_id: str) -> bool:
        """Say whether this process answers a run."""
        return run_id in self._runs

    async def running_in(self, thread_id: str) -> str | None:
        """Name the run that is going in a session's thread, if there is one."""
        return await self._coordinator.running_in(thread_id)

    async def ping(self) -> None:
        """Ask what keeps the runs for a sign of life; raises `StoreUnavailable`."""
        await self._coordinator.ping()

    def stop_here(self, run_id: str, reason: StopReason) -> None:
        """Stop a run if this process answers it."""
        if (run := self._runs.get(run_id)) is not None:
            run.stop(reason)

    def refuse_new(self) -> None:
        """Begin to drain: runs go on, new ones are refused."""
        self._draining.set()
        self._executor.log.stir()

    async def drain(self, seconds: float) -> None:
        """Refuse new runs, give the others time to finish, then end them with their partials kept."""
        self.refuse_new()
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for run in tuple(self._runs.values()):
                run.stop("shutdown")
            if late:
                await asyncio.wait(late, timeout=_LATE_SECONDS)
        for task in tuple(self._undoing):
            task.cancel()

    async def _run(self, run: Run) -> None:
        turns: list[Turn] = []

        async def begin() -> None:
            heard: set[str] = set()
            while ahead := await self._coordinator.ahead(run.place):
                if ahead[0] in heard:  # it has ended, or is not yet there, and its place is not free
                    await asyncio.sleep(_LOOK_SECONDS)
                with suppress(UnknownRun, ExpiredRun):
                    await self._hear_end(ahead[0])
                heard.add(ahead[0])
            turns.append(await self._admission.turn())

        async def release() -> None:
            await self._coordinator.leave(run.place)

        try:
            await self._executor.execute(run, begin, release)
            await persist(lambda: self._coordinator.forget(run.place))
        finally:
            for turn in turns:
                turn.end()
            self._forget(run)

    async def _hear_end(self, run_id: str) -> None:
        async for _ in self._executor.log.read(run_id, await self._executor.log.last(run_id)):
            pass

    async def _abandon(self, run: Run) -> None:
        """Undo what was begun of a run that was refused; where the store fails, as soon as it can."""

        async def undo() -> None:
            await self._coordinator.leave(run.place)
            await self._executor.log.discard(run.run_id)
            await self._coordinator.forget(run.place)

        self._forget(run)
        try:
            await undo()
        except StoreUnavailable:
            task = asyncio.create_task(persist(undo), name=f"undo:{run.run_id}")
            self._undoing.add(task)
            task.add_done_callback(self._undoing.discard)

    def _forget(self, run: Run) -> None:
        run.done.set()
        if self._runs.pop(run.run_id, None) is not None:
            self._admission.release(run.owner)
