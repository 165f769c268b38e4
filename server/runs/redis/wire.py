"""One conversation with Redis for a whole process: what many ask at once goes in one round trip.

Two connections serve any number of runs and followers: this one for commands, and one that listens. The
commands are short and may each be done twice, so who asked decides whether to ask again.
"""

from __future__ import annotations

import asyncio
import hashlib
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import NoScriptError, RedisClusterException, RedisError, ResponseError

from server.errors import StoreUnavailable

CHANNEL = "fr:bell"
FAULTS = (RedisError, RedisClusterException, OSError, TimeoutError)

_MOST = 500  # commands in one round trip
# What comes within this moment shares a round trip: alone, each costs several times as much.
_GATHER_SECONDS = 0.002

Value = str | bytes | int
Asked = tuple[tuple[Value, ...], bytes, "asyncio.Future[Any]"]  # a command, what is told after it, its answer


class Script:
    """A Lua script, sent whole only to a server that does not have it yet."""

    def __init__(self, name: str) -> None:
        self.text = (files("server.runs.redis") / "lua" / f"{name}.lua").read_text()
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


class Wire:
    """Sends commands in the order in which they were asked for, many in one round trip."""

    def __init__(self, client: Redis | RedisCluster) -> None:
        self.client: Any = client  # the stubs of the two kinds of client do not agree
        self._cluster = isinstance(client, RedisCluster)
        self._waiting: list[Asked] = []
        self._asked = asyncio.Event()
        self._task = asyncio.create_task(self._send_forever(), name="redis-wire")

    async def call(self, *command: Value, bell: bytes = b"") -> Any:
        """Give the answer to one command; who listens is told `bell` after it.

        Raises:
            StoreUnavailable: there was none; the command may have been done all the same.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, bell, answer))
        self._asked.set()
        return await answer

    async def run(self, script: Script, keys: tuple[str, ...], *values: Value, bell: bytes = b"") -> Any:
        """Run a script on keys of one slot; who listens is told `bell` when it has run."""
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *values, bell=bell)
        except NoScriptError:
            return await self.call("EVAL", script.text, len(keys), *keys, *values, bell=bell)

    async def tell(self, message: bytes) -> None:
        """Tell every worker something, this one too."""
        await self.call("PUBLISH", CHANNEL, message)

    async def close(self) -> None:
        """Send nothing more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._refuse(self._waiting, StoreUnavailable("closed"))

    async def _send_forever(self) -> None:
        while True:
            await self._asked.wait()
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            if not self._waiting:
                self._asked.clear()
            try:
                await self._send(batch)
            except FAULTS as fault:
                self._refuse(batch, StoreUnavailable(type(fault).__name__))
            except asyncio.CancelledError:
                self._refuse(batch, StoreUnavailable("closed"))
                raise
            await asyncio.sleep(_GATHER_SECONDS)

    async def _send(self, batch: list[Asked]) -> None:
        bells = [bell for _, bell, _ in batch if bell]
        message = b"e " + b" ".join(bells) if bells else None
        pipeline = self.client.pipeline() if self._cluster else self.client.pipeline(transaction=False)
        for command, _, _ in batch:
            pipeline.execute_command(*command)
        if message is not None and not self._cluster:
            pipeline.execute_command("PUBLISH", CHANNEL, message)
        answers = await pipeline.execute(raise_on_error=False)
        for (_, _, future), answer in zip(batch, answers, strict=False):
            if future.done():
                continue
            if isinstance(answer, NoScriptError):
                future.set_exception(answer)
            elif isinstance(answer, ResponseError) or not isinstance(answer, Exception):
                _settle(future, answer)
            else:
                future.set_exception(StoreUnavailable(type(answer).__name__))
        if message is not None and self._cluster:
            await self.client.execute_command("PUBLISH", CHANNEL, message)

    @staticmethod
    def _refuse(batch: list[Asked], fault: Exception) -> None:
        for _, _, future in batch:
            if not future.done():
                future.set_exception(fault)


def _settle(future: asyncio.Future[Any], answer: Any) -> None:
    if not isinstance(answer, ResponseError):
        future.set_result(answer)
        return
    # LOADING, READONLY, OOM and their like pass: the server is there and cannot do it now.
    future.set_exception(StoreUnavailable(str(answer).partition(" ")[0][:30]))
