"""The event log in Redis Streams: any worker can read any run, and a run outlives the worker that wrote it.

    fr:{RUN}:e  stream  the events; an entry's id is `number-0`, its fields `t` (type), `d` (the line of JSON)
    fr:{RUN}:m  hash    owner (the worker that may write), ended, stop

What is written is told on one channel that every worker listens to; who follows a run reads on from the
number that it has, so that replay and following are the same thing and a lost message loses no event.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence

from graph.events import Event, encode
from server.errors import ExpiredRun, ForeignCursor, RunTaken, StoreUnavailable, UnknownRun
from server.runs.feed import BATCH, Entry, Feed, gap_entry
from server.runs.log import MAX_EVENTS
from server.runs.redis.wire import Script, Wire

LIFE_SECONDS = 86_400  # of what belongs to a run that nobody ended, and of the memory that there was one
_TAIL = 512  # events that a writer keeps, to write them again where Redis lost its last moments
_JOIN_SECONDS = 0.005
_CHECK_SECONDS = 5.0
_AGAIN_SECONDS = 0.2
_READ_COUNT = 1000


class _Own:
    """A run that this worker writes."""

    __slots__ = ("ended", "last", "tail")

    def __init__(self, last: int = 0) -> None:
        self.last = last
        self.ended = False
        self.tail: deque[Entry] = deque(maxlen=_TAIL)


class RedisRunLog:
    """The log of all workers on one Redis; `worker` names this one in what it writes."""

    shared = True

    def __init__(self, wire: Wire, worker: str, ttl: float = 900.0, max_events: int = MAX_EVENTS) -> None:
        self._wire = wire
        self._worker = worker
        self._ttl = ttl
        self._max_events = max_events
        self._append = Script("append")
        self._claim = Script("claim")
        self._own: dict[str, _Own] = {}
        self._feeds: dict[str, Feed] = {}
        self._behind: dict[str, bool] = {}  # runs to read on; True where the log itself may be gone
        self._rung = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._read_on(), name="log-reader"),
            asyncio.create_task(self._check(), name="log-check"),
        ]

    @property
    def writing(self) -> list[str]:
        """Name the runs that this worker writes."""
        return list(self._own)

    async def create(self, run_id: str) -> None:
        """Open the log of a new run."""
        _, meta = keys_of(run_id)
        self._own[run_id] = _Own()
        await asyncio.gather(
            self._wire.call("HSET", meta, "owner", self._worker),
            self._wire.call("EXPIRE", meta, LIFE_SECONDS),
        )

    async def discard(self, run_id: str) -> None:
        """Forget a run that was refused before it began."""
        if self._own.pop(run_id, None) is not None:
            await asyncio.gather(*(self._wire.call("UNLINK", key) for key in keys_of(run_id)))

    async def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order; this worker's followers hear of them when Redis has them."""
        own = self._own.get(run_id)
        if own is None or own.ended:
            await self.last(run_id)
            raise ValueError(f"run {run_id!r} has ended: nothing can follow its `end`")
        entries = [
            Entry(seq, event.type, encode(event, seq)) for seq, event in enumerate(events, own.last + 1)
        ]
        if entries:
            await self._write(run_id, own, entries)
        return own.last

    async def read(
        self, run_id: str, after: int = 0, idle: float | None = None
    ) -> AsyncGenerator[list[Entry]]:
        """Give what comes after a number, in batches, until the run's `end`."""
        feed = self._feeds.get(run_id)
        if feed is None:
            # It is known to the reader before the newest number is asked for: nothing falls between.
            feed = self._feeds[run_id] = Feed(base=-1)
        feed.followers += 1
        try:
            last = await self.last(run_id)
            if not 0 <= after <= last:
                raise ForeignCursor(f"run {run_id!r} has no event {after}")
            if feed.base < 0:
                feed.base = last
                self._look_at(run_id)
            if after == last and after and not feed.ended:
                feed.ended = await self._is_end(run_id, last) and feed.last == last
            while True:
                if after < feed.base:
                    batch = await self._stored(run_id, after, BATCH)
                    if not batch:
                        await self.last(run_id)  # raises where the log is gone
                        batch = [gap_entry(after, feed.base)]
                    elif batch[0].seq > after + 1:
                        batch.insert(0, gap_entry(after, batch[0].seq - 1))
                elif not (batch := feed.after(after)):
                    if feed.ended:
                        return
                    if feed.gone:
                        await self.last(run_id)
                    await feed.wait(idle)
                    if feed.last <= after and not feed.gone:
                        yield []
                    continue
                after = batch[-1].seq
                yield batch
                if batch[-1].type == "end":
                    return
        finally:
            feed.followers -= 1
            if not feed.followers and self._feeds.get(run_id) is feed:
                del self._feeds[run_id]

    async def last(self, run_id: str) -> int:
        """Give the number of the newest event."""
        own = self._own.get(run_id)
        if own is not None:
            return own.last
        stream, meta = keys_of(run_id)
        newest, fields = await asyncio.gather(
            self._wire.call("XREVRANGE", stream, "+", "-", "COUNT", 1),
            self._wire.call("HMGET", meta, "owner", "ended"),
        )
        if newest:
            return _number(newest[0][0])
        if fields[0] is None:
            raise UnknownRun(f"run {run_id!r}")
        if fields[1] is not None:
            raise ExpiredRun(f"run {run_id!r}")
        return 0

    async def close(self) -> None:
        """Stop reading; what is written stays."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stir(self) -> None:
        """Have every reader that waits look around."""
        for feed in self._feeds.values():
            feed.wake()

    def hear(self, run_id: str, seq: int) -> None:
        """Take the news that a run has got as far as a number."""
        feed = self._feeds.get(run_id)
        if feed is not None and feed.last < seq:
            self._look_at(run_id)

    def hear_anything(self) -> None:
        """Look at every run that is followed: news may have been missed."""
        for run_id in self._feeds:
            self._look_at(run_id, closely=True)

    async def take_over(self, run_id: str, dead: str) -> list[Entry] | None:
        """Become the one that writes a dead worker's run, and give its events; nothing where it has ended.

        Raises:
            RunTaken: another worker became it.
        """
        _, meta = keys_of(run_id)
        claimed = await self._wire.run(self._claim, (meta,), dead, self._worker)
        owner, ended = await self._wire.call("HMGET", meta, "owner", "ended")
        if owner is None or ended is not None:
            return None
        if not claimed and owner.decode() != self._worker:
            raise RunTaken(f"run {run_id!r}")
        entries: list[Entry] = []
        while batch := await self._stored(run_id, entries[-1].seq if entries else 0, _READ_COUNT):
            entries += batch
        self._own[run_id] = _Own(entries[-1].seq if entries else 0)
        return entries

    def let_go(self, run_id: str) -> None:
        """Write nothing more of a run; its followers here go on from what others write."""
        self._own.pop(run_id, None)
        if run_id in self._feeds:
            self._look_at(run_id)

    async def _write(self, run_id: str, own: _Own, entries: list[Entry], gap: bool = False) -> None:
        first, last, ended = entries[0].seq, entries[-1].seq, entries[-1].type == "end"
        pairs = [value for entry in entries for value in (entry.type, entry.data)]
        ttl = max(1, int(self._ttl * 1000))
        answer = await self._wire.run(
            self._append,
            keys_of(run_id),
            *(self._worker, first, self._max_events, LIFE_SECONDS, ttl, int(gap), *pairs),
            bell=f"{run_id} {last}".encode(),
        )
        if isinstance(answer, list):
            # Redis came back without its last moments: they are written again, as far as they are kept.
            again = [entry for entry in own.tail if entry.seq > int(answer[1])]
            await self._write(run_id, own, [*again, *entries], gap=not again or again[0].seq > 1)
            return
        if answer == b"taken":
            self.let_go(run_id)
            raise RunTaken(f"run {run_id!r}")
        if answer == b"ended":
            self.let_go(run_id)
            raise ValueError(f"run {run_id!r} has ended: nothing can follow its `end`")
        own.last, own.ended = last, ended
        own.tail.extend(entries)
        if ended:
            self._own.pop(run_id, None)
        feed = self._feeds.get(run_id)
        if feed is not None and feed.base >= 0:
            feed.extend(entries)

    async def _is_end(self, run_id: str, seq: int) -> bool:
        """Say whether an event is the `end`, for one who begins to read after it."""
        entries = [] if run_id in self._own else await self._stored(run_id, seq - 1, 1)
        return bool(entries) and entries[0].type == "end"

    def _look_at(self, run_id: str, closely: bool = False) -> None:
        if run_id not in self._own:
            self._behind[run_id] = closely or self._behind.get(run_id, False)
            self._rung.set()

    async def _stored(self, run_id: str, after: int, count: int) -> list[Entry]:
        found = await self._wire.call("XRANGE", keys_of(run_id)[0], f"{after + 1}-0", "+", "COUNT", count)
        return [Entry(_number(name), fields[b"t"].decode(), fields[b"d"]) for name, fields in found]

    async def _read_on(self) -> None:
        """Fetch what is new of the runs that are followed, all of them in one round trip."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            behind, self._behind = self._behind, {}
            try:
                await asyncio.gather(*(self._fetch(run_id, closely) for run_id, closely in behind.items()))
            except StoreUnavailable:
                for run_id in behind:
                    self._look_at(run_id)
                await asyncio.sleep(_AGAIN_SECONDS)
            await asyncio.sleep(_JOIN_SECONDS)

    async def _fetch(self, run_id: str, closely: bool) -> None:
        feed = self._feeds.get(run_id)
        if feed is None or feed.base < 0:
            return
        entries = await self._stored(run_id, feed.last, _READ_COUNT)
        if entries:
            feed.extend(entries)
            if len(entries) == _READ_COUNT:
                self._look_at(run_id)
        elif closely and run_id not in self._own:
            try:
                await self.last(run_id)
            except (UnknownRun, ExpiredRun):
                feed.gone = True
                feed.wake()

    async def _check(self) -> None:
        """Look at what is followed now and then: a worker may die between writing and telling."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            self.hear_anything()


def keys_of(run_id: str) -> tuple[str, str]:
    """Name the keys of a run."""
    return f"fr:{{{run_id}}}:e", f"fr:{{{run_id}}}:m"


def _number(name: bytes) -> int:
    return int(name.partition(b"-")[0])
