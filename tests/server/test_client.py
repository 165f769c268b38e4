"""The client of runs: whatever breaks on the way, its caller sees every event once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from server.client import AsyncRunClient, RunClient, RunRefused, RunUnreachable
from tests.live import LiveServer, events_of
from tests.servers import proxied

Events = list[dict[str, Any]]
RUN = {"seq": 1, "type": "run", "run_id": "r1", "session_id": "s1"}
WORD = {"seq": 2, "type": "token", "section": "verdict", "text": "word"}
END = {"seq": 3, "type": "end", "status": "done"}


def frames(*events: dict[str, Any]) -> bytes:
    return b"".join(
        f"id:r1-{event['seq']}\nevent:{event['type']}\ndata:{json.dumps(event)}\n\n".encode()
        for event in events
    )


class Script:
    """A server that answers each request with the next of its answers, and keeps what it was asked."""

    def __init__(self, *answers: tuple[int, dict[str, str], bytes] | None) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *fields = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
        await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append((line.rsplit(" ", 1)[0], headers))
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            status, more, body = answer
            told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            length = "" if status == 200 else f"content-length: {len(body)}\r\n"
            writer.write(f"HTTP/1.1 {status} X\r\nconnection: close\r\n{length}{told}\r\n".encode() + body)
        writer.close()


@asynccontextmanager
async def scripted(*answers: tuple[int, dict[str, str], bytes] | None) -> AsyncIterator[tuple[Script, str]]:
    script = Script(*answers)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    async with server:
        yield script, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def read(client: AsyncRunClient, message: str = "Is AAPL a buy?", **options: Any) -> Events:
    return [event async for event in client.stream(message, **options)]


STREAM = {"x-run-id": "r1", "content-type": "text/event-stream"}


async def test_a_stream_that_is_cut_anywhere_goes_on_after_the_last_whole_event() -> None:
    whole = frames(RUN, WORD, END)
    for at in range(0, len(whole), 7):
        seen = whole[:at].count(b"\n\n")
        async with scripted((200, STREAM, whole[:at]), (200, STREAM, frames(*[RUN, WORD, END][seen:]))) as (
            script,
            url,
        ):
            async with AsyncRunClient(url, trust_env=False) as client:
                assert await read(client) == [RUN, WORD, END]
            if seen < 3:
                line, headers = script.asked[1]
                assert line == "GET /api/runs/r1/events"
                assert headers.get("last-event-id") == (f"r1-{seen}" if seen else None)


async def test_a_question_whose_answer_never_came_is_sent_again_by_the_same_key() -> None:
    async with scripted(None, None, (200, STREAM, frames(RUN, WORD, END))) as (script, url):
        async with AsyncRunClient(url, trust_env=False) as client:
            assert await read(client) == [RUN, WORD, END]
        assert [line for line, _ in script.asked] == ["POST /api/chat/stream"] * 3
        assert len({headers["idempotency-key"] for _, headers in script.asked}) == 1


async def test_a_drain_moves_the_reader_and_is_not_shown() -> None:
    drain = b'event:drain\ndata:{"seq":2,"type":"drain"}\n\n'
    async with scripted((200, STREAM, frames(RUN, WORD) + drain), (200, STREAM, frames(END))) as (
        script,
        url,
    ):
        async with AsyncRunClient(url, trust_env=False) as client:
            assert await read(client) == [RUN, WORD, END]
        assert script.asked[1][1]["last-event-id"] == "r1-2"


async def test_a_gap_is_told_and_reading_goes_on_behind_it() -> None:
    gap = {"seq": 2, "type": "gap", "from": 1, "to": 2}
    async with scripted((200, STREAM, frames(gap)), (200, STREAM, frames(END))) as (script, url):
        async with AsyncRunClient(url, trust_env=False) as client:
            assert [event async for event in client.follow("r1")] == [gap, END]
        assert script.asked[1][1]["last-event-id"] == "r1-2"


async def test_of_a_run_that_has_expired_the_stored_answer_is_read() -> None:
    problem = json.dumps({"code": "run_expired", "session_id": "s1", "detail": "gone"}).encode()
    turn = {"run_id": "r1", "status": "done", "answer": "## Verdict", "report": {"rating": "buy"}}
    session = json.dumps({"transcript": [turn]}).encode()
    async with scripted((410, {}, problem), (200, {"content-length": str(len(session))}, session)) as (
        script,
        url,
    ):
        async with AsyncRunClient(url, trust_env=False) as client:
            events = [event async for event in client.follow("r1", 2)]
        assert [event["type"] for event in events] == ["gap", "report", "end"]
        assert events[1]["report"] == {"rating": "buy"}
        assert events[2]["status"] == "done"
        assert script.asked[1][0] == "GET /api/sessions/s1"


async def test_a_busy_server_is_asked_again_when_it_said() -> None:
    busy = json.dumps({"code": "server_busy", "detail": "Full."}).encode()
    answers = ((503, {"retry-after": "1"}, busy), (200, STREAM, frames(RUN, END)))
    async with scripted(*answers) as (_, url), AsyncRunClient(url, trust_env=False) as client:
        started = asyncio.get_running_loop().time()
        assert await read(client) == [RUN, END]
        assert asyncio.get_running_loop().time() - started >= 1
    async with (
        scripted(*[(429, {"retry-after": "0"}, busy)] * 50) as (_, url),
        AsyncRunClient(url, patience=0.2, trust_env=False) as client,
    ):
        with pytest.raises(RunRefused, match="server_busy"):
            await read(client)


async def test_no_server_is_told_after_the_patience_is_used_up() -> None:
    async with AsyncRunClient("http://127.0.0.1:9", patience=0.3, trust_env=False) as client:
        with pytest.raises(RunUnreachable):
            await read(client)


async def test_connections_cut_all_the_time_cost_no_event(server: LiveServer) -> None:
    async with proxied(server.url) as wire, AsyncRunClient(wire.url, trust_env=False) as client:

        async def cut() -> None:
            while True:
                await asyncio.sleep(0.02)
                wire.cut()

        cutting = asyncio.create_task(cut())
        every = await asyncio.wait_for(asyncio.gather(*(read(client) for _ in range(5))), 40)
        cutting.cancel()
        for events in every:
            assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
            whole = await asyncio.to_thread(
                httpx.get, f"{server.url}/api/runs/{events[0]['run_id']}/events", timeout=20
            )
            assert events_of(whole.text) == events


async def test_a_refusal_is_told_with_its_code(server: LiveServer) -> None:
    async with AsyncRunClient(server.url, trust_env=False) as client:
        with pytest.raises(RunRefused) as caught:
            await read(client, "")
        assert (caught.value.status, caught.value.code) == (422, "message_empty")
        with pytest.raises(RunRefused, match="run_not_found"):
            await client.stop("nothing")
        with pytest.raises(RunRefused, match="run_not_found"):
            [event async for event in client.follow("nothing")]


@pytest.fixture
def synchronous(server: LiveServer) -> Iterator[RunClient]:
    with RunClient(server.url, trust_env=False) as client:
        yield client


def test_the_synchronous_client_does_the_same(synchronous: RunClient) -> None:
    events = list(synchronous.stream("Is AAPL a buy?", language="en"))
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    run_id = events[0]["run_id"]
    assert list(synchronous.follow(run_id, after=5)) == events[5:]
    assert synchronous.stop(run_id) == "done"
    assert synchronous.ask("And MSFT?")["report"]["symbols"] == ["MSFT"]
