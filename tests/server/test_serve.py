"""The server as a process: it starts, answers, and leaves no follower without an end when it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live import events_of

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(folder: Path, *args: str, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    started = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--port", str(port), *args],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stderr=subprocess.PIPE,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 50
        while True:
            try:
                if httpx.get(f"{url}/api/health/ready", timeout=1).status_code == 200:
                    break
            except httpx.HTTPError:
                assert started.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield started, url
    finally:
        started.terminate()
        try:
            started.wait(timeout=15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        assert started.stderr
        started.stderr.close()


def follow(
    url: str, door: str, session: str, into: dict[str, str]
) -> tuple[threading.Thread, threading.Event]:
    """A thread that reads one stream to its end, and the event that says its first token is out."""
    question = {"message": "Is AAPL a buy?", "session_id": session}
    body: Any = {"input": question} if door.startswith("/analyst") else question
    speaking = threading.Event()

    def read() -> None:
        lines = []
        with httpx.stream("POST", url + door, json=body, timeout=60) as response:
            for line in response.iter_lines():
                lines.append(line + "\n")
                if '"type":"token"' in line.replace(" ", ""):
                    speaking.set()
        into[door] = "".join(lines)

    thread = threading.Thread(target=read)
    thread.start()
    return thread, speaking


def langserve_events(text: str) -> list[dict[str, Any]]:
    lines = [line[6:] for line in text.splitlines() if line.startswith("data: {")]
    return [event for event in map(json.loads, lines) if "seq" in event]


@pytest.mark.parametrize(("drain", "status"), [("0.3", "failed"), ("20", "done")])
def test_a_shutdown_ends_every_stream_cleanly(tmp_path: Path, drain: str, status: str) -> None:
    variables = {"FINANCIAL_AGENT_OFFLINE_PACE_MS": "8", "FINANCIAL_AGENT_DRAIN_SECONDS": drain}
    bodies: dict[str, str] = {}
    with process(tmp_path, **variables) as (server, url):
        readers = [
            follow(url, "/api/chat/stream", "one", bodies),
            follow(url, "/analyst/stream", "two", bodies),
        ]
        for _, speaking in readers:
            assert speaking.wait(timeout=60)
        server.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        if status == "done":
            assert httpx.get(f"{url}/api/health/ready").status_code == 503
            refused = httpx.post(f"{url}/api/chat", json={"message": "hi"})
            assert (refused.status_code, refused.json()["code"]) == (503, "server_busy")
        for thread, _ in readers:
            thread.join(timeout=25)
        assert server.wait(timeout=10) in (0, -signal.SIGTERM)
    for events in (events_of(bodies["/api/chat/stream"]), langserve_events(bodies["/analyst/stream"])):
        assert [event["type"] for event in events].count("end") == 1
        assert (events[-1]["type"], events[-1]["status"]) == ("end", status)
        assert ("error" in [event["type"] for event in events]) == (status == "failed")
    assert "Internal Server Error" not in bodies["/analyst/stream"]
    with process(tmp_path) as (_, url):
        for session in ("one", "two"):
            (turn,) = httpx.get(f"{url}/api/sessions/{session}").json()["transcript"]
            assert turn["status"] == status
            assert turn["answer"].startswith("## Verdict")


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "server.cli", "serve", "--port", str(taken.getsockname()[1])],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode != 0
    assert "address already in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "RUN_STORE_URL"),
        (
            {"FINANCIAL_AGENT_RUN_STORE_URL": "redis://127.0.0.1:9", "FINANCIAL_AGENT_STORE_URL": "memory:"},
            "STORE_URL",
        ),
        ({"FINANCIAL_AGENT_RUN_STORE_URL": "sqlite:///runs.db"}, "RUN_STORE_URL"),
    ],
)
def test_several_workers_need_stores_that_they_can_share(
    tmp_path: Path, variables: dict[str, str], named: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "serve", "--port", str(free_port()), "--workers", "2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["STORE_URL", "RUN_STORE_URL"])
def test_a_store_that_does_not_answer_is_told_in_one_line(tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "serve", "--port", str(free_port())],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            f"FINANCIAL_AGENT_{name}": "redis://user:secret-password@127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 1
    assert "redis://127.0.0.1:9" in done.stderr
    assert "secret-password" not in done.stderr
    assert "Traceback" not in done.stderr
