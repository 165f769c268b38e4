"""What the session index keeps, and how it tells that a process is gone."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import Literal

from graph.events import EndStatus

_TITLE_LENGTH = 60

RunStatus = EndStatus | Literal["running"]


@dataclass(frozen=True)
class RunRecord:
    """One question of a session; `created_at` is an ISO time."""

    run_id: str
    owner: str
    session_id: str
    question: str
    created_at: str
    status: RunStatus = "running"


@dataclass(frozen=True)
class SessionRecord:
    """One session; its title is its first question, shortened."""

    session_id: str
    title: str
    created_at: str
    last_at: str
    turns: int


def title_of(question: str) -> str:
    """Make a session's title of its first question."""
    title = " ".join(question.split())
    return title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rstrip() + "…"


def this_worker() -> str:
    """Name this process among those that share a store."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(worker: str) -> bool:
    """Say whether a worker was a process of this machine and runs no more.

    Our own number belongs to a process before us: this one has not started a run yet when it asks.
    """
    host, _, number = worker.rpartition(":")
    if host != socket.gethostname():
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
