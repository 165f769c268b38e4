"""Where a reader stands in a run, and what to do next: all of a client that is no input or output.

RunRefused       the server said no: `code`, `retry_after`; asking again as it is will not help
RunUnreachable   no server answered for as long as the client was told to try
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

Event = dict[str, Any]

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_LONGEST_RETRY_AFTER = 30.0


KEY_VARIABLE = "FINANCIAL_AGENT_API_KEY"


def with_key(options: Mapping[str, Any]) -> dict[str, Any]:
    """Give options of an HTTP client that send the environment's key, unless they send one already."""
    headers = dict(options.get("headers") or {})
    key = os.environ.get(KEY_VARIABLE)
    if key and not {name.lower() for name in headers} & {"authorization", "x-api-key"}:
        headers["Authorization"] = f"Bearer {key}"
    return {**options, "headers": headers}


class RunRefused(Exception):
    """The server refused; the text is its sentence."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.code = str(problem.get("code", f"http_{status}"))
        self.run_id: str | None = problem.get("run_id")
        self.session_id: str | None = problem.get("session_id")
        self.retry_after = retry_after
        super().__init__(f"{problem.get('detail', f'the server answered {status}')} ({self.code})")


class RunUnreachable(Exception):
    """No server could be asked."""


@dataclass(frozen=True)
class Request:
    """What to ask next."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any] | None = None


@dataclass
class Following:
    """One reader of one run: begins with a question or with a run's id, ends with the run's `end`.

    `patience` is for how many seconds without any progress it tries again.
    """

    question: dict[str, Any] | None = None
    run_id: str | None = None
    seen: int = 0
    patience: float = 60.0
    rng: random.Random = field(default_factory=random.Random)
    ended: bool = False
    expired_in: str | None = None
    moving: bool = False
    resumed: int = 0
    _key: str = field(default_factory=lambda: uuid4().hex)
    _failures: int = 0
    _progress: float = field(default_factory=time.monotonic)
    _data: list[str] = field(default_factory=list)

    def request(self) -> Request:
        """Say what to ask: the question once, by a key that makes it one run however often it is sent."""
        self._data.clear()
        self.moving = False
        if self.run_id is None:
            return Request("POST", "/api/chat/stream", {"Idempotency-Key": self._key}, self.question)
        headers = {"Last-Event-ID": f"{self.run_id}-{self.seen}"} if self.seen else {}
        return Request("GET", f"/api/runs/{self.run_id}/events", headers)

    def answered(self, status: int, headers: Mapping[str, str], body: bytes) -> float | None:
        """Take the head of an answer; give the seconds to wait before asking again, nothing to read on.

        Raises:
            RunRefused: asking again is of no use.
        """
        if status == 200:
            self.run_id = headers.get("x-run-id", self.run_id)
            return None
        problem = _problem(body)
        if status == 410 and problem.get("session_id"):
            self.expired_in = str(problem["session_id"])
            return None
        retry_after = _seconds(headers.get("retry-after"))
        refused = RunRefused(status, problem, retry_after)
        if status not in (429, 502, 503, 504):
            raise refused
        self.failed(refused)
        return max(self._pause(), (retry_after or 0.0) * self.rng.uniform(1.0, 1.25))

    def line(self, line: str) -> Event | None:
        """Take a line of a stream, and give the event that it completes: each once, in order."""
        if line.startswith("data:"):
            self._data.append(line[5:])
            return None
        if line or not self._data:
            return None
        event: Event = json.loads("\n".join(self._data))
        self._data.clear()
        return self._take(event)

    def failed(self, fault: Exception) -> float:
        """Take note that the connection failed; give the seconds to wait before the next.

        Raises:
            RunUnreachable: that has gone on for too long.
            RunRefused: the server has refused for too long.
        """
        self._failures += 1
        if time.monotonic() - self._progress > self.patience:
            if isinstance(fault, RunRefused):
                raise fault
            raise RunUnreachable(f"no server answered for {self.patience:g} s: {type(fault).__name__}")
        return self._pause()

    def cut(self) -> float:
        """Take note that a stream ended before the run did; give the seconds to wait."""
        self.resumed += 1
        if self.moving:  # this server is going away and said so: all others of its readers move too
            return self.rng.uniform(0, _FIRST_PAUSE)
        return self.failed(ConnectionError("the stream was cut"))

    def stored(self, session: Mapping[str, Any]) -> list[Event]:
        """Make what is left to tell of a run whose events are gone, of its session."""
        self.ended = True
        turns = [turn for turn in session.get("transcript", []) if turn.get("run_id") == self.run_id]
        if not turns:
            return [{"type": "end", "seq": self.seen, "status": "lost", "reason": "run_expired"}]
        turn, seq = turns[0], self.seen
        events: list[Event] = [{"type": "gap", "seq": seq, "from": seq + 1, "to": None}]
        if turn.get("report"):
            report = {"type": "report", "seq": seq, "report": turn["report"], "markdown": turn["answer"]}
            events.append(report)
        return [*events, {"type": "end", "seq": seq, "status": turn["status"], "reason": "run_expired"}]

    def _take(self, event: Event) -> Event | None:
        if event["type"] == "drain":
            self.moving = True
            return None
        if event["seq"] <= self.seen:
            return None
        self.seen = event["seq"]
        self.ended = event["type"] == "end"
        self.run_id = event.get("run_id", self.run_id) if event["type"] == "run" else self.run_id
        self._failures, self._progress = 0, time.monotonic()
        return event

    def _pause(self) -> float:
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**self._failures)
        return self.rng.uniform(longest / 2, longest)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(text: str | None) -> float | None:
    if text is None or not text.strip().isdigit():
        return None
    return min(_LONGEST_RETRY_AFTER, float(text))


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> RunRefused:
    """Tell an answer that is none as an error."""
    return RunRefused(status, _problem(body), _seconds(headers.get("retry-after")))


def report_of(last: Mapping[str, Event]) -> Event:
    """Give the report among the last events of a run by their types.

    Raises:
        RunRefused: there is none; code and sentence are those of the run's `error`.
    """
    if "report" in last:
        return last["report"]
    error = last.get("error", {"code": f"run_{last.get('end', {}).get('status', 'lost')}"})
    problem = {"code": error["code"], "detail": error.get("message", "The run ended without a report.")}
    raise RunRefused(502, problem, error.get("retry_after"))
