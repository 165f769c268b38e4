"""Who calls, and what is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection


@dataclass(frozen=True)
class Caller:
    """Somebody who asks; `id` scopes sessions and runs."""

    id: str


LOCAL = Caller("local")


async def current_caller(request: HTTPConnection) -> Caller:
    """Say who makes a request: without accounts, everybody who can reach the server is its one local user."""
    return LOCAL
