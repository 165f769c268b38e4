"""The real server with a stage before it: scripted runs, and connections that break as a test wants."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.web.answers import Answer, Event

Handler = Callable[[Scope, Receive, Send], Awaitable[None]]


class ScriptedRun:
    """A run whose events a test has written; followed from any place by any number of readers."""

    def __init__(self, run_id: str, session_id: str, question: str, answer: Answer) -> None:
        self.run_id, self.session_id, self.question = run_id, session_id, question
        self.answer = answer
        self.events: list[Event] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.status = "running"
        self.grown = asyncio.Condition()
        self.task = asyncio.create_task(self._write())

    async def _write(self) -> None:
        run = {"run_id": self.run_id, "session_id": self.session_id, "question": self.question}
        await self.add(
            {"type": "run", **run, "model": "scripted", "mode": "live", "created_at": "2026-01-01"}
        )
        for event in self.answer.events():
            if isinstance(event, str):
                await self.gates.setdefault(event, asyncio.Event()).wait()
            else:
                await self.add(event)
        await self.finish("done")

    async def add(self, event: Event) -> None:
        """Append an event with its number."""
        async with self.grown:
            self.events.append({"seq": len(self.events) + 1, **event})
            self.grown.notify_all()

    async def finish(self, status: str) -> None:
        """End the run."""
        self.status = status
        await self.add({"type": "end", "status": status})

    async def stop(self) -> None:
        """Stop the run and keep what was written."""
        if self.status == "running":
            self.task.cancel()
            await self.finish("stopped")

    def turn(self) -> dict[str, Any]:
        """Give the run as a turn of a session's transcript."""
        return {
            "run_id": self.run_id,
            "question": self.question,
            "status": self.status,
            "answer": "",
            "report": self.answer.report() if self.status == "done" else None,
            "created_at": "2026-01-01T00:00:00+00:00",
            "versions": [self.run_id],
            "facts": list(self.answer.facts),
        }


class Stage:
    """Wraps the app. What no script or fault names goes through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.loop: asyncio.AbstractEventLoop | None = None
        self.scripts: dict[str, Answer] = {}
        self.runs: dict[str, ScriptedRun] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.cut_every: int | None = None
        self.sound = asyncio.Event()
        self.answers: dict[str, list[Response]] = {}  # by a pattern of "METHOD path"; one response a request

    def reset(self) -> None:
        """Forget scripts and faults."""
        self.scripts.clear()
        self.answers.clear()
        self.requests.clear()
        self.cut_every = None
        self.hush(False)

    def hush(self, silent: bool) -> None:
        """Let nothing of event streams through, or let it."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.sound.clear if silent else self.sound.set)

    def open_gate(self, run: ScriptedRun, name: str) -> None:
        """Let a held run go on, from the test's thread."""
        assert self.loop is not None
        self.loop.call_soon_threadsafe(lambda: run.gates.setdefault(name, asyncio.Event()).set())

    def tell(self, run: ScriptedRun, event: Event) -> None:
        """Append an event to a run, from the test's thread."""
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(run.add(event), self.loop).result(5)

    def run_of(self, message: str) -> ScriptedRun:
        """Find the last scripted run of a question."""
        return next(run for run in reversed(self.runs.values()) if run.question == message)

    def resumes(self) -> list[str]:
        """Give the `Last-Event-ID` of every request for a run's events."""
        return [cursor for method, path, cursor in self.requests if method == "GET" and "/events" in path]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            self.loop = asyncio.get_running_loop()
            self.sound.set()
            await self.app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append((method, path, headers.get("last-event-id", "")))
        for pattern, responses in self.answers.items():
            if re.fullmatch(pattern, f"{method} {path}") and responses:
                response = responses.pop(0) if len(responses) > 1 else responses[0]
                await response(scope, receive, send)
                return
        scripted = await self._scripted(method, path, headers, receive)
        if isinstance(scripted, Response):
            await scripted(scope, receive, self._faulty(send))
        else:
            await self.app(scope, scripted or receive, self._faulty(send))

    async def _scripted(
        self, method: str, path: str, headers: dict[str, str], receive: Receive
    ) -> Response | Receive | None:
        parts = path.strip("/").split("/")
        if (method, path) == ("POST", "/analyst/stream"):
            body = await _body(receive)
            question = json.loads(body)["input"]
            if question["message"] not in self.scripts:
                return _replayed(body, receive)
            run = ScriptedRun(
                f"scripted{len(self.runs)}",
                question.get("session_id") or "scripted-session",
                question["message"],
                self.scripts[question["message"]],
            )
            self.runs[run.run_id] = run
            return self._stream(run, 0, "data")
        if parts[:2] == ["api", "runs"] and (found := self.runs.get(parts[2])):
            if parts[-1] == "stop":
                await found.stop()
                return JSONResponse(
                    {"run_id": found.run_id, "session_id": found.session_id, "status": "stopped"}
                )
            return self._stream(found, int(headers.get("last-event-id", "-0").rpartition("-")[2]), "")
        if parts[:2] == ["api", "sessions"] and len(parts) > 2 and method == "GET":
            turns = [run.turn() for run in self.runs.values() if run.session_id == parts[2]]
            if turns and parts[3:] == ["feedback"]:
                return JSONResponse({"feedback": []})
            if turns and len(parts) == 3:
                head = {"session_id": parts[2], "title": turns[0]["question"], "turns": len(turns)}
                times = {"created_at": "2026-01-01T00:00:00Z", "last_at": "2026-01-01T00:00:00Z"}
                return JSONResponse({**head, **times, "transcript": turns})
        return None

    def _stream(self, run: ScriptedRun, after: int, name: str) -> StreamingResponse:
        async def frames() -> Any:
            sent = after
            while True:
                async with run.grown:
                    while len(run.events) <= sent:
                        await run.grown.wait()
                    fresh = run.events[sent:]
                for event in fresh:
                    data = json.dumps(event, ensure_ascii=False)
                    yield f"id: {run.run_id}-{event['seq']}\nevent: {name or event['type']}\ndata: {data}\n\n"
                    await asyncio.sleep(0)
                    if event["type"] == "end":
                        return
                sent += len(fresh)

        return StreamingResponse(frames(), media_type="text/event-stream")

    def _faulty(self, send: Send) -> Send:
        """Break event streams off after some events, or let nothing of them through."""
        seen, streams = 0, False

        async def watched(message: Message) -> None:
            nonlocal seen, streams
            if message["type"] == "http.response.start":
                kinds = dict(message["headers"]).get(b"content-type", b"")
                streams = kinds.startswith(b"text/event-stream")
            elif streams:
                await self.sound.wait()
                if self.cut_every is not None:
                    frames = message.get("body", b"").split(b"\n\n")
                    for number, frame in enumerate(frames):
                        seen += b"data:" in frame
                        if seen > self.cut_every:
                            await send({**message, "body": b"\n\n".join([*frames[:number], frame[:9]])})
                            raise ConnectionResetError("cut by the test")
            await send(message)

        return watched


async def _body(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop(0) if messages else await receive()

    return replay
