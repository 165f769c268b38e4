"""The client for asynchronous programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self

import httpx

from server.client.following import Event, Following, Request, refusal, report_of, with_key

TIMEOUT = httpx.Timeout(10.0, read=30.0)  # a stream is never silent for longer than ten seconds
STOP_TIMEOUT = httpx.Timeout(20.0)


class AsyncRunClient:
    """Asks one server, or several behind one address, as one caller.

    Its key is the environment's `FINANCIAL_AGENT_API_KEY`, unless `headers` among the options hold another.
    """

    def __init__(
        self, url: str, *, patience: float = 60.0, http: httpx.AsyncClient | None = None, **options: Any
    ) -> None:
        self.patience = patience
        self._http = http or httpx.AsyncClient(base_url=url, timeout=TIMEOUT, **with_key(options))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def ask(self, message: str, session_id: str | None = None, **options: Any) -> dict[str, Any]:
        """Ask, and give the finished report's event.

        Raises:
            RunRefused: the question was refused, or its run ended without a report.
            RunUnreachable: no server answered for `patience` seconds.
        """
        last: dict[str, Event] = {}
        async with aclosing(self.stream(message, session_id, **options)) as events:
            async for event in events:
                last[event["type"]] = event
        return report_of(last)

    def stream(self, message: str, session_id: str | None = None, **options: Any) -> AsyncGenerator[Event]:
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

    def follow(self, run_id: str, after: int = 0) -> AsyncGenerator[Event]:
        """Give a run's events after a number, as `stream` does.

        Raises:
            RunRefused: there is no such run, or no such event.
            RunUnreachable: no server answered for `patience` seconds.
        """
        return self.read(Following(run_id=run_id, seen=after, patience=self.patience))

    async def stop(self, run_id: str) -> str:
        """Stop a run, keep what was written, and give its status.

        Raises:
            RunRefused: there is no such run.
        """
        response = await self._http.post(f"/api/runs/{run_id}/stop", timeout=STOP_TIMEOUT)
        if response.status_code != 200:
            raise refusal(response.status_code, response.headers, response.content)
        return str(response.json()["status"])

    async def read(self, following: Following) -> AsyncGenerator[Event]:
        """Give the events of a following that the caller can look at."""
        while not following.ended:
            try:
                response = await self._send(following.request())
                try:
                    body = b"" if response.status_code == 200 else await response.aread()
                    pause = following.answered(response.status_code, response.headers, body)
                    if following.expired_in is not None:
                        session = await self._http.get(f"/api/sessions/{following.expired_in}")
                        for event in following.stored(session.json() if session.is_success else {}):
                            yield event
                    elif pause is None:
                        async with aclosing(self._events(response, following)) as events:
                            async for event in events:
                                yield event
                        pause = 0.0 if following.ended else following.cut()
                finally:
                    await response.aclose()
            except httpx.TransportError as fault:
                pause = following.failed(fault)
            if not following.ended:
                await asyncio.sleep(pause or 0.0)

    async def _send(self, request: Request) -> httpx.Response:
        built = self._http.build_request(
            request.method, request.path, headers=request.headers, json=request.body
        )
        return await self._http.send(built, stream=True)

    @staticmethod
    async def _events(response: httpx.Response, following: Following) -> AsyncGenerator[Event]:
        async for line in response.aiter_lines():
            event = following.line(line)
            if event is not None:
                yield event
            if following.ended or following.moving:
                return
