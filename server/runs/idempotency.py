"""Idempotency keys: the same key of the same caller names the same run."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

_MOST = 100_000


@dataclass(frozen=True)
class Claim:
    """What a key was first used for: a question, by its digest, and its run."""

    digest: str
    run_id: str


class IdempotencyKeys(Protocol):
    """Remembers keys for a day."""

    async def claim(self, caller: str, key: str, claim: Claim) -> Claim:
        """Use a key, atomically, and give what it stands for: this claim, or the one that came first."""
        ...

    async def confirm(self, caller: str, key: str) -> None:
        """Keep a key whose run was started; one that is not confirmed is forgotten after a moment."""
        ...

    async def release(self, caller: str, key: str) -> None:
        """Forget a key whose run could not be started."""
        ...


class MemoryKeys:
    """The keys of one process; of very many the oldest are forgotten."""

    def __init__(self) -> None:
        self._claims: OrderedDict[tuple[str, str], Claim] = OrderedDict()

    async def claim(self, caller: str, key: str, claim: Claim) -> Claim:
        """Use a key and give what it stands for."""
        found = self._claims.setdefault((caller, key), claim)
        while len(self._claims) > _MOST:
            self._claims.popitem(last=False)
        return found

    async def confirm(self, caller: str, key: str) -> None:
        """Do nothing: who claimed it is this process."""

    async def release(self, caller: str, key: str) -> None:
        """Forget a key."""
        self._claims.pop((caller, key), None)


def digest_of(*parts: object) -> str:
    """Give a digest of what a question says."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
