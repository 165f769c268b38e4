"""Readers that misbehave: one takes nothing, one closes its half. No run is slowed and none is lost."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from graph.settings import AgentSettings
from server.commands.protocol import patient
from server.settings import ServerSettings
from tests.live import LiveServer, events_of, serving

PATIENCE = 1.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("readers")
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=2), store_url=f"sqlite:///{folder}/s.db")
    with serving(settings, http=patient(PATIENCE)) as running:
        yield running


def connect(server: LiveServer) -> socket.socket:
    parts = urlsplit(server.url)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    raw.settimeout(20)
    raw.connect((parts.hostname, parts.port))
    return raw


def read_all(raw: socket.socket) -> bytes:
    """Read until the server ends the connection, in whichever way."""
    parts = []
    try:
        while part := raw.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def test_one_that_takes_nothing_is_cut_off_and_can_go_on(server: LiveServer) -> None:
    whole = httpx.post(f"{server.url}/api/chat/stream", json={"message": "Is AAPL a buy?"}, timeout=30)
    run_id, expected = whole.headers["x-run-id"], events_of(whole.text)
    path = f"/api/runs/{run_id}/events"
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    often = 2 + 8 * 1024 * 1024 // len(whole.content)  # more than both kernels will ever hold
    with connect(server) as raw:
        raw.sendall(request * often)
        time.sleep(4 * PATIENCE)  # it takes nothing, and others are answered
        assert httpx.get(f"{server.url}/api/health/ready").status_code == 200
        taken = read_all(raw)
    assert 0 < len(taken) < often * len(whole.content) / 2
    assert events_of(httpx.get(server.url + path).text) == expected
    cut = taken.decode(errors="ignore").rpartition("\n\n")[0]
    last = cut.rpartition("id:")[2].partition("\n")[0]
    rest = events_of(httpx.get(server.url + path, headers={"Last-Event-ID": last}).text)
    assert [event["seq"] for event in rest] == list(
        range(int(last.rpartition("-")[2]) + 1, expected[-1]["seq"] + 1)
    )


def test_one_that_closes_its_half_loses_nothing(server: LiveServer) -> None:
    body = json.dumps({"message": "Is MSFT a buy?", "session_id": "half"}).encode()
    head = "POST /api/chat/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with connect(server) as raw:
        raw.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        seen = raw.recv(1 << 16)
        raw.shutdown(socket.SHUT_WR)
        seen += read_all(raw)
    assert b"x-run-id" in seen
    deadline = time.monotonic() + 30
    while (found := httpx.get(f"{server.url}/api/sessions/half").json())["transcript"][0][
        "status"
    ] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (turn,) = found["transcript"]
    assert turn["status"] == "done"
    run_id = seen.split(b"x-run-id: ", 1)[1].split(b"\r\n", 1)[0].decode()
    events = events_of(httpx.get(f"{server.url}/api/runs/{run_id}/events").text)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["status"] == "done"
