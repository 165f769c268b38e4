"""A caller: somebody who asks, and whose the sessions, runs and records are."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Caller:
    """Somebody who asks; `id` scopes sessions and runs, `key_id` names the key that was shown.

    `name` is what to call them on their own screen, `until` when their token ends (seconds since 1970).
    """

    id: str
    key_id: str | None = None
    name: str | None = field(default=None, compare=False, repr=False)
    until: float | None = field(default=None, compare=False, repr=False)


LOCAL = Caller("local")
