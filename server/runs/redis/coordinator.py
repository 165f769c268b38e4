"""The turns of all workers on one Redis, and how a worker's death is noticed.

    fr:workers      set     the workers
    fr:w:WORKER     string  is there while the worker has been heard of lately
    fr:h:WORKER     hash    run -> thread, of what the worker must bring to an end
    fr:q:THREAD     list    the runs of a session, the one that answers first

A worker is dead when it was not heard of twice, a moment apart by this worker's own clock: a jump of the
server's clock ends its sign of life early, but it has given another one by then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from server.errors import RunError, RunTaken, SessionBusy, StoreUnavailable
from server.faults import describe
from server.runs.coordinator import MAX_QUEUED, OnConflict, OnLost, OnStop, Place, StopReason, queue_full
from server.runs.redis.listener import Listener
from server.runs.redis.log import LIFE_SECONDS, RedisRunLog, keys_of
from server.runs.redis.wire import Script, Wire

logger = logging.getLogger("financial_agent.runs")

WORKERS = "fr:workers"


class RedisCoordinator:
    """One worker among those on a Redis; within `patience` seconds of its death the others end its runs."""

    def __init__(self, wire: Wire, log: RedisRunLog, worker: str, patience: float) -> None:
        self._wire = wire
        self._log = log
        self._worker = worker
        # Heard of for half the time, looked at every eighth, looked at again after a quarter: seven eighths.
        self._beat = patience / 8
        self._alive_ms = int(patience * 1000 / 2)
        self._doubt = patience / 4
        self._enter = Script("enter")
        self._missed: dict[str, float] = {}
        self._listener = Listener(wire, self._hear, self._heard_again, silence=max(1.0, patience))
        self._tasks: list[asyncio.Task[None]] = []
        self._held: dict[str, Place] = {}  # what this worker must bring to an end
        self._placed: dict[str, Place] = {}  # what of it has a place in a session

    def start(self, on_stop: OnStop, on_lost: OnLost) -> None:
        """Begin to be heard of and to listen."""
        self._on_stop, self._on_lost = on_stop, on_lost
        self._listener.start()
        self._tasks = [
            asyncio.create_task(self._be_heard(), name="worker-beat"),
            asyncio.create_task(self._watch(), name="worker-watch"),
        ]

    async def enter(self, place: Place, on_conflict: OnConflict) -> list[str]:
        """Take a place in the session, atomically, and give the runs ahead."""
        # Who holds a run is known before it has a place: whatever happens now, somebody can end it.
        self._held[place.run_id] = place
        _, answer = await asyncio.gather(
            self._wire.call("HSET", _held(self._worker), place.run_id, place.thread_id),
            self._wire.run(
                self._enter,
                (_queue(place.thread_id),),
                *(place.run_id, int(on_conflict != "reject"), MAX_QUEUED, LIFE_SECONDS),
            ),
        )
        outcome, *others = [each.decode() for each in answer]
        if outcome == "busy":
            raise SessionBusy(others[0])
        if outcome == "full":
            raise queue_full(MAX_QUEUED)
        self._placed[place.run_id] = place
        return others

    async def ahead(self, place: Place) -> list[str]:
        """Give the runs that come before this one."""
        queue = [each.decode() for each in await self._wire.call("LRANGE", _queue(place.thread_id), 0, -1)]
        return queue[: queue.index(place.run_id)] if place.run_id in queue else []

    async def leave(self, place: Place) -> None:
        """Give the place in the session to the next."""
        self._placed.pop(place.run_id, None)
        await self._wire.call("LREM", _queue(place.thread_id), 1, place.run_id)

    async def forget(self, place: Place) -> None:
        """Be responsible for a run no more."""
        self._held.pop(place.run_id, None)
        await self._wire.call("HDEL", _held(self._worker), place.run_id)

    async def running_in(self, thread_id: str) -> str | None:
        """Name the run that is going in a session's thread, if there is one."""
        first = await self._wire.call("LINDEX", _queue(thread_id), 0)
        return None if first is None else str(first.decode())

    async def ask_to_stop(self, run_id: str, reason: StopReason) -> None:
        """Tell the worker that answers a run to stop it; should it not listen now, it will find this."""
        await self._wire.call("HSET", keys_of(run_id)[1], "stop", reason)
        await self._wire.tell(f"s {run_id} {reason}".encode())

    async def ping(self) -> None:
        """Ask Redis for a sign of life."""
        await self._wire.call("EXISTS", WORKERS)

    async def close(self) -> None:
        """Leave the others; what this worker could not bring to an end they will."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._listener.close()
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(1):
                await self._wire.call("DEL", f"fr:w:{self._worker}")
                if not self._held:
                    await self._wire.call("SREM", WORKERS, self._worker)

    def _hear(self, message: bytes) -> None:
        kind, *words = message.decode("ascii", "replace").split(" ")
        if kind == "e":
            for run_id, seq in zip(words[::2], words[1::2], strict=False):
                self._log.hear(run_id, int(seq))
        elif kind == "s" and len(words) == 2 and words[0] in self._held:
            self._stop(words[0], words[1])

    def _stop(self, run_id: str, reason: str) -> None:
        if reason in ("user", "interrupted"):
            self._on_stop(run_id, "user" if reason == "user" else "interrupted")

    async def _heard_again(self) -> None:
        """Look for what was told while this worker could not listen."""
        self._log.hear_anything()
        runs = list(self._held)
        found = await asyncio.gather(*(self._wire.call("HGET", keys_of(run)[1], "stop") for run in runs))
        for run_id, reason in zip(runs, found, strict=True):
            if reason is not None:
                self._stop(run_id, reason.decode())

    async def _be_heard(self) -> None:
        known = False
        while True:
            with suppress(StoreUnavailable):
                _, is_new, _ = await asyncio.gather(
                    self._wire.call("SET", f"fr:w:{self._worker}", 1, "PX", self._alive_ms),
                    self._wire.call("SADD", WORKERS, self._worker),
                    self._wire.tell(b"b"),
                )
                if is_new and known:
                    await self._hold_again()
                known = True
            await asyncio.sleep(self._beat)

    async def _hold_again(self) -> None:
        """Tell again what this worker answers: Redis has lost what it knew."""
        for place in tuple(self._placed.values()):
            await asyncio.gather(
                self._wire.call("HSET", _held(self._worker), place.run_id, place.thread_id),
                self._wire.run(
                    self._enter, (_queue(place.thread_id),), place.run_id, 1, MAX_QUEUED, LIFE_SECONDS
                ),
            )

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._beat)
            try:
                for worker in await self._silent():
                    await self._end_runs_of(worker)
            except StoreUnavailable:
                self._missed.clear()  # who cannot be asked for is not missed
            except Exception as fault:  # the boundary of a loop: the next round must come
                logger.error("dead workers not looked after: %s", describe(fault))

    async def _silent(self) -> list[str]:
        """Name the workers that were missed for long enough."""
        workers = [each.decode() for each in await self._wire.call("SMEMBERS", WORKERS)]
        others = [worker for worker in workers if worker != self._worker]
        heard = await asyncio.gather(*(self._wire.call("EXISTS", f"fr:w:{worker}") for worker in others))
        now = time.monotonic()
        missing = [worker for worker, is_there in zip(others, heard, strict=True) if not is_there]
        self._missed = {worker: self._missed.get(worker, now) for worker in missing}
        return [worker for worker, since in self._missed.items() if now - since >= self._doubt]

    async def _end_runs_of(self, worker: str) -> None:
        held = await self._wire.call("HGETALL", _held(worker))
        left = 0
        for run, thread in [(run.decode(), thread.decode()) for run, thread in held.items()]:
            left += not await self._end_run(Place(run, thread), worker)
        if not left:
            await self._wire.call("SREM", WORKERS, worker)
            self._missed.pop(worker, None)

    async def _end_run(self, place: Place, worker: str) -> bool:
        """End a run of a dead worker and say whether that is done."""
        # It is this worker's to end before it is taken: should this one die too, another finds it here.
        self._held[place.run_id] = place
        await self._wire.call("HSET", _held(self._worker), place.run_id, place.thread_id)
        try:
            await self._on_lost(place, worker)
        except RunTaken:
            await self.forget(place)
            return False
        except RunError as fault:
            logger.warning("run %s of %s not ended yet: %s", place.run_id, worker, describe(fault))
            return False
        await self._wire.call("HDEL", _held(worker), place.run_id)
        await self.forget(place)
        return True


def _held(worker: str) -> str:
    return f"fr:h:{worker}"


def _queue(thread_id: str) -> str:
    return f"fr:q:{thread_id}"
