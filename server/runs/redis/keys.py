"""Idempotency keys of all workers: `fr:i:DIGEST` holds a claim."""

from __future__ import annotations

import json

from server.runs.idempotency import Claim, digest_of
from server.runs.redis.log import LIFE_SECONDS
from server.runs.redis.wire import Wire

_START_SECONDS = 30  # longer than a start may take; a worker that dies in it blocks its key no longer


class RedisKeys:
    """The keys of all workers."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def claim(self, caller: str, key: str, claim: Claim) -> Claim:
        """Use a key and give what it stands for."""
        name, value = _name(caller, key), json.dumps([claim.digest, claim.run_id])
        if await self._wire.call("SET", name, value, "NX", "EX", _START_SECONDS):
            return claim
        found = await self._wire.call("GET", name)
        return claim if found is None else Claim(*json.loads(found))

    async def confirm(self, caller: str, key: str) -> None:
        """Keep a key whose run was started."""
        await self._wire.call("EXPIRE", _name(caller, key), LIFE_SECONDS)

    async def release(self, caller: str, key: str) -> None:
        """Forget a key."""
        await self._wire.call("DEL", _name(caller, key))


def _name(caller: str, key: str) -> str:
    return f"fr:i:{digest_of(caller, key)}"
