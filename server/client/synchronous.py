"""The client for synchronous programs."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from types import TracebackType
from typing import Any, Self

import httpx

from server.client.asynchronous import STOP_TIMEOUT, TIMEOUT
from server.client.following import Event, Following, Request, refusal, report_of, with_key


class RunClient:
    """Asks one server, or several behind one address, as one caller.

    Its key is the environment's `FINANCIAL_AGENT_API_KEY`, unless `headers` among the options hold another.
    """

    def __init__(
        self, url: str, *, patience: float = 60.0, http: httpx.Client | None = None, **options: Any
    ) -> None:
        self.patience = patience
        self._http = http or httpx.Client(base_url=url, timeout=TIMEOUT, **with_key(options))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, message: str, session_id: str | None = None, **options: Any) -> dict[str, Any]:
        """Ask, and give the finished report's event.

        Raises:
            RunRefused: the question was refused, or its run ended without a report.
            RunUnreachable: no server answered for `patience` seconds.
        """
        last: dict[str, Event] = {}
        with closing(self.stream(message, session_id, **options)) as events:
            for event in events:
                last[event["type"]] = event
        return report_of(last)

    def stream(
        self, message: str, session_id: str | None = None, **options: Any
    ) -> Generator[Event, None, None]:
        """Ask, and give the run's events, each once and in order, whatever breaks on the way.

        Options are those of the body: `model`, `max_tokens`, `language`, `on_conflict`. What is no longer
        kept is told by a `gap`; of a run whose events are gone come its stored report and its `end`.

        Raises:
            RunRefused: the question was refused.
            RunUnreachable: no server answered for `patience` seconds.
        """
        question = {"message": message, "session_id": session_id, **options}
        chosen = {name: value for name, value in question.items() if value is not None}
        return self.read(Following(question=chosen, patience=self.patience))

    def follow(self, run_id: str, after: int = 0) -> Generator[Event, None, None]:
        """Give a run's events after a number, as `stream` does.

        Raises:
            RunRefused: there is no such run, or no such event.
            RunUnreachable: no server answered for `patience` seconds.
        """
        return self.read(Following(run_id=run_id, seen=after, patience=self.patience))

    def stop(self, run_id: str) -> str:
        """Stop a run, keep what was written, and give its status.

        Raises:
            RunRefused: there is no such run.
        """
        response = self._http.post(f"/api/runs/{run_id}/stop", timeout=STOP_TIMEOUT)
        if response.status_code != 200:
            raise refusal(response.status_code, response.headers, response.content)
        return str(response.json()["status"])

    def read(self, following: Following) -> Generator[Event, None, None]:
        """Give the events of a following that the caller can look at."""
        while not following.ended:
            try:
                response = self._send(following.request())
                try:
                    body = b"" if response.status_code == 200 else response.read()
                    pause = following.answered(response.status_code, response.headers, body)
                    if following.expired_in is not None:
                        session = self._http.get(f"/api/sessions/{following.expired_in}")
                        for event in following.stored(session.json() if session.is_success else {}):
                            yield event
                    elif pause is None:
                        with closing(self._events(response, following)) as events:
                            for event in events:
                                yield event
                        pause = 0.0 if following.ended else following.cut()
                finally:
                    response.close()
            except httpx.TransportError as fault:
                pause = following.failed(fault)
            if not following.ended:
                time.sleep(pause or 0.0)

    def _send(self, request: Request) -> httpx.Response:
        built = self._http.build_request(
            request.method, request.path, headers=request.headers, json=request.body
        )
        return self._http.send(built, stream=True)

    @staticmethod
    def _events(response: httpx.Response, following: Following) -> Generator[Event, None, None]:
        for line in response.iter_lines():
            event = following.line(line)
            if event is not None:
                yield event
            if following.ended or following.moving:
                return
