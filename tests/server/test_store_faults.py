"""What a caller is told while the store of sessions is slow, mute, gone or full; and that it passes."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from graph.settings import AgentSettings
from server.clients import SqliteFile, open_sqlite
from server.settings import ServerSettings
from tests.live import serving
from tests.server.conftest import redis_client
from tests.servers import proxied
from tests.servers import serving as serving_store

QUESTION = {"message": "Is AAPL a buy?"}
LONGEST = 15.0  # seconds to an answer: the store's own deadline, and a machine that does other things


@asynccontextmanager
async def server_on(store_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that keeps its sessions there."""
    settings = ServerSettings(
        agent=AgentSettings(offline_pace_ms=0), store_url=store_url, drain_seconds=0, requests_per_minute=0
    )
    running = serving(settings)
    server = await asyncio.to_thread(running.__enter__)  # a proxy of this loop may stand before its store
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            yield client
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


async def refused(client: httpx.AsyncClient) -> None:
    """See that questions are refused in time and with a code, while the process is known to live."""
    started = time.monotonic()
    answers = await asyncio.gather(*(client.post("/api/chat", json=QUESTION) for _ in range(4)))
    assert time.monotonic() - started < LONGEST
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "store_unavailable")}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    ready = await client.get("/api/health/ready")
    assert (ready.status_code, ready.json()["code"]) == (503, "store_unavailable")
    assert (await client.get("/api/health/live")).status_code == 200


async def answered(client: httpx.AsyncClient) -> None:
    """See that the server is well again."""
    deadline = time.monotonic() + LONGEST
    while (await client.get("/api/health/ready")).status_code != 200:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    answer = await client.post("/api/chat", json=QUESTION)
    assert (answer.status_code, answer.json()["status"]) == (200, "done")


async def test_a_disk_that_takes_no_writes(tmp_path: Path) -> None:
    """Another process holds the file, as a backup or a stalled disk does."""
    path = tmp_path / "sessions.db"
    async with server_on(f"sqlite:///{path}") as client:
        await answered(client)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await refused(client)
            other.execute("ROLLBACK")
        await answered(client)


async def test_a_crowd_of_writers_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for longer than a held file may take is served all the same, as long as it is not held."""
    monkeypatch.setattr("server.clients._FILE_SECONDS", 0.1)
    async with open_sqlite(f"{tmp_path / 'crowd.db'}") as connection:
        file = SqliteFile(connection)

        async def write(number: int) -> None:
            async with file.transaction() as db:
                await db.execute(f"CREATE TABLE t{number} (n)")
                await asyncio.sleep(0.15)

        await asyncio.gather(*(write(number) for number in range(4)))
        assert len(await file.fetch("SELECT name FROM sqlite_master", ())) == 4


async def test_a_store_that_goes_mute_and_speaks_again() -> None:
    with serving_store("redis") as redis:
        async with proxied(redis.url) as wire, server_on(wire.url) as client:
            await answered(client)
            wire.speaks.clear()
            await refused(client)
            wire.speaks.set()
            await answered(client)


async def test_a_store_that_has_no_connection_left() -> None:
    with serving_store("redis") as redis, closing(redis_client(redis.url)) as ours:
        async with server_on(redis.url) as client:
            await answered(client)
            ours.config_set("maxclients", 1)
            ours.client_kill_filter(_type="normal", skipme=True)
            await refused(client)
            ours.config_set("maxclients", 100)
            await answered(client)
