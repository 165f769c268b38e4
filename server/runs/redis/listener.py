"""Hears what workers tell each other, on one connection, and notices when it hears no more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.errors import StoreUnavailable
from server.runs.redis.wire import CHANNEL, FAULTS, Wire

logger = logging.getLogger("financial_agent.runs")

_PAUSE_SECONDS = 0.2


class Listener:
    """Calls `hear` with each message, and `again` whenever messages may have been missed.

    This worker's own sign of life comes back to it: who hears nothing for `silence` seconds is cut off,
    also where the connection does not say so.
    """

    def __init__(
        self,
        wire: Wire,
        hear: Callable[[bytes], None],
        again: Callable[[], Awaitable[None]],
        silence: float,
    ) -> None:
        self._wire = wire
        self._hear = hear
        self._again = again
        self._silence = silence
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen_forever(), name="redis-listener")

    async def close(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except (*FAULTS, StoreUnavailable) as fault:
                logger.debug("listening again: %s", type(fault).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _listen(self) -> None:
        heard = self._wire.client.pubsub()
        try:
            await heard.subscribe(CHANNEL)
            while True:
                message = await heard.get_message(timeout=self._silence)
                if message is None:
                    return
                if message["type"] == "message":
                    self._hear(message["data"])
                elif message["type"] == "subscribe":
                    await self._again()
        finally:
            await heard.aclose()
