"""A caller: somebody who asks, and whose the sessions, runs and records are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Somebody who asks; `id` scopes sessions and runs, `key_id` names the key that was shown."""

    id: str
    key_id: str | None = None


LOCAL = Caller("local")
