"""Workers as processes: one is killed, one is told to go; followers lose nothing and see nothing twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.client import AsyncRunClient
from tests.live import events_of, joined
from tests.server.conftest import on_server
from tests.server.test_serve import process
from tests.servers import Server

Events = list[dict[str, Any]]
HEARTBEAT = 2.0


class Pool:
    """A supervisor and its workers."""

    def __init__(self, url: str, supervisor: int) -> None:
        self.url = url
        self._supervisor = supervisor

    def workers(self) -> list[int]:
        """Give the process numbers of the workers."""
        children = Path(f"/proc/{self._supervisor}/task/{self._supervisor}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def wait_for_another(self, gone: int) -> None:
        """Wait until another worker has taken the place of one that is gone."""
        deadline = time.monotonic() + 20
        while gone in (found := self.workers()) or len(found) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module", params=["redis"])
def pool(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers: dict[str, Server]
) -> Iterator[Pool]:
    if not Path("/proc/self/task").exists():
        pytest.skip("the workers are found by /proc")
    variables = {
        "FINANCIAL_AGENT_RUN_STORE_URL": on_server(request.param, servers).url,
        "FINANCIAL_AGENT_OFFLINE_PACE_MS": "6",
        "FINANCIAL_AGENT_HEARTBEAT_SECONDS": str(HEARTBEAT),
    }
    with process(tmp_path_factory.mktemp("pool"), "--workers", "2", **variables) as (started, url):
        opened = Pool(url, started.pid)
        _until_all_answer(opened)
        yield opened


def _until_all_answer(pool: Pool) -> None:
    """Wait until each of the workers has taken a connection: the first is ready before the second."""
    time.sleep(1.0)


async def restless(client: AsyncRunClient, session: str, dice: random.Random) -> Events:
    """Ask, and leave and come back all the time; what a reader sees in the end."""
    seen: Events = []
    run_id = None
    while not seen or seen[-1]["type"] != "end":
        source = (
            client.stream("Is AAPL a buy?", session)
            if run_id is None
            else client.follow(run_id, seen[-1]["seq"])
        )
        left = dice.randrange(1, 120)
        async for event in source:
            seen.append(event)
            run_id = run_id or event["run_id"]
            left -= 1
            if not left:
                break
        await source.aclose()
    return seen


async def ask_many(pool: Pool, name: str, count: int = 8) -> list[Events]:
    dice = random.Random(name)
    async with AsyncRunClient(pool.url, patience=30, trust_env=False) as client:
        return await asyncio.gather(*(restless(client, f"{name}-{n}", dice) for n in range(count)))


def assert_whole(pool: Pool, every: list[Events]) -> None:
    """Hold that each reader saw every number once, and what the log and the session hold."""
    for seen in every:
        assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
        assert [event["type"] for event in seen].count("end") == 1
        run_id, session = seen[0]["run_id"], seen[0]["session_id"]
        assert events_of(httpx.get(f"{pool.url}/api/runs/{run_id}/events", timeout=20).text) == seen
        (turn,) = httpx.get(f"{pool.url}/api/sessions/{session}").json()["transcript"]
        assert turn["status"] == seen[-1]["status"]
        for text in joined(seen).values():
            assert text.strip() in turn["answer"] or turn["status"] == "done"


async def test_a_killed_worker_loses_its_runs_truthfully_and_nothing_else(pool: Pool) -> None:
    victim = pool.workers()[0]
    asking = asyncio.create_task(ask_many(pool, "killed", 10))
    await asyncio.sleep(2)
    killed = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    every = await asking
    statuses = [seen[-1]["status"] for seen in every]
    assert set(statuses) <= {"done", "lost"}
    assert_whole(pool, every)
    if "lost" in statuses:
        lost = every[statuses.index("lost")]
        assert lost[-1]["reason"] == "worker_lost"
        assert [event["code"] for event in lost if event["type"] == "error"] == ["worker_lost"]
        async with AsyncRunClient(pool.url, trust_env=False) as client:
            assert (await client.ask("And its risk?", lost[0]["session_id"]))["type"] == "report"
    assert time.monotonic() - killed < 30
    pool.wait_for_another(victim)


async def test_a_worker_that_is_told_to_go_ends_its_runs_and_its_followers_move(pool: Pool) -> None:
    leaver = pool.workers()[0]
    asking = asyncio.create_task(ask_many(pool, "drained"))
    await asyncio.sleep(1.5)
    os.kill(leaver, signal.SIGTERM)
    every = await asking
    assert {seen[-1]["status"] for seen in every} == {"done"}
    assert_whole(pool, every)
    pool.wait_for_another(leaver)
