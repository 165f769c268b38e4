"""Sessions: questions kept before they are answered, answers kept after, over restarts and crashes."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask, open_cursor, wait_for_answer
from server.auth import LOCAL, Caller
from server.checkpoints import open_checkpointer
from server.checkpoints.names import session_key
from server.clients import sqlite_path
from server.errors import ExpiredRun, SessionBusy, StoreUnavailable, UnknownRun, UnknownSession
from server.runs.run import thread_of
from server.service import Service, open_service
from server.sessions import open_index
from server.settings import ServerSettings
from server.transcripts import delete_session, read_session


async def answer(service: Service, message: str, session: str = "s1") -> None:
    run = await ask(service, LOCAL, AnalystInput(message=message, session_id=session))
    assert (await wait_for_answer(service, run)).status == "done"


async def test_the_second_answer_uses_the_first(service: Service) -> None:
    await answer(service, "Is AAPL a buy?")
    await answer(service, "And how risky is it?")
    first, second = (await read_session(service, LOCAL, "s1")).transcript
    assert second.report
    assert second.report["symbols"] == ["AAPL"]
    assert "earlier verdict" in second.answer
    assert first.answer != second.answer


async def test_a_session_outlives_the_process(settings: ServerSettings) -> None:
    async with open_service(settings) as service:
        await answer(service, "Is AAPL a buy?")
    async with open_service(settings) as service:
        await answer(service, "And its risk?")
        transcript = (await read_session(service, LOCAL, "s1")).transcript
        assert [turn.status for turn in transcript] == ["done", "done"]
        assert "earlier verdict" in transcript[1].answer


async def test_a_session_of_another_owner_is_unknown(service: Service) -> None:
    await answer(service, "Is AAPL a buy?")
    stranger = Caller("stranger")
    with pytest.raises(UnknownSession):
        await read_session(service, stranger, "s1")
    with pytest.raises(UnknownSession):
        await delete_session(service, stranger, "s1")
    run = await ask(service, stranger, AnalystInput(message="What about it?", session_id="s1"))
    report = (await wait_for_answer(service, run)).report
    assert report.symbols == ()
    assert len((await read_session(service, LOCAL, "s1")).transcript) == 1


async def test_an_expired_run_points_to_its_session(settings: ServerSettings) -> None:
    short = settings.model_copy(update={"run_ttl_seconds": 0.05})
    async with open_service(short) as service:
        run = await ask(service, LOCAL, AnalystInput(message="Is AAPL a buy?", session_id="s1"))
        await wait_for_answer(service, run)
        await asyncio.sleep(0.3)
        with pytest.raises(ExpiredRun) as caught:
            await open_cursor(service, LOCAL, run.run_id, f"{run.run_id}-3", None)
        assert caught.value.session_id == "s1"
        with pytest.raises(UnknownRun):
            await open_cursor(service, Caller("stranger"), run.run_id, None, None)
    async with open_service(settings) as service:  # a new process has no log of it at all
        with pytest.raises(ExpiredRun):
            await open_cursor(service, LOCAL, run.run_id, None, None)


async def test_deleting_leaves_nothing(service: Service, settings: ServerSettings) -> None:
    await answer(service, "Is AAPL a buy?", "gone")
    await answer(service, "Is AAPL a buy?", "kept")
    await delete_session(service, LOCAL, "gone")
    with pytest.raises(UnknownSession):
        await read_session(service, LOCAL, "gone")
    database = sqlite3.connect(sqlite_path(settings.store_url.get_secret_value()))
    for table in ("session_items", "session_records"):
        names = {row[0] for row in database.execute(f"SELECT DISTINCT session FROM {table}")}
        assert names == {session_key(thread_of("local", "kept"))}
    assert database.execute("SELECT count(*) FROM runs WHERE session_id = 'gone'").fetchone() == (0,)
    database.close()
    assert len((await read_session(service, LOCAL, "kept")).transcript) == 1


async def test_a_session_in_use_is_not_deleted(settings: ServerSettings) -> None:
    slow = settings.model_copy(update={"agent": AgentSettings(offline_pace_ms=5)})
    async with open_service(slow) as service:
        run = await ask(service, LOCAL, AnalystInput(message="Is AAPL a buy?", session_id="s1"))
        with pytest.raises(SessionBusy):
            await delete_session(service, LOCAL, "s1")
        assert (await wait_for_answer(service, run)).status == "done"
        await delete_session(service, LOCAL, "s1")


def test_the_list_is_paged_latest_first(client: httpx.Client) -> None:
    for number in range(3):
        client.post(
            "/api/chat", json={"message": f"Question {number}: AAPL?", "session_id": f"list-{number}"}
        )
    page = client.get("/api/sessions").json()
    ids = [session["session_id"] for session in page["sessions"] if session["session_id"].startswith("list-")]
    assert ids == ["list-2", "list-1", "list-0"]
    assert page["sessions"][0]["title"] == "Question 2: AAPL?"
    first = client.get("/api/sessions", params={"limit": 1}).json()
    rest = client.get("/api/sessions", params={"before": first["next"]}).json()
    assert (first["sessions"] + rest["sessions"])[: len(page["sessions"])] == page["sessions"]


NODES = ("resolve", "gather", "analyst", "verify", "format_report", "follow", "remember")
KILLED = """
import asyncio, os, signal, sys
import graph.agent
from server.asking import ask
from server.api.schemas import AnalystInput
from server.auth import LOCAL
from server.service import open_service
from server.settings import load_settings
node = getattr(graph.agent, sys.argv[1])
async def die(*args):
    if args[0]["message"] == "What was lost?":
        print("dying", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return await node(*args)
setattr(graph.agent, sys.argv[1], die)
async def main():
    async with open_service(load_settings(None)) as service:
        for words in ("Is AAPL a buy?", "What was lost?"):
            run = await ask(service, LOCAL, AnalystInput(message=words, session_id="s1"))
            await run.done.wait()
asyncio.run(main())
"""


@pytest.mark.parametrize("node", NODES)
async def test_a_process_killed_in_a_node_loses_no_question(tmp_path: Path, node: str) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    environment = {**os.environ, "FINANCIAL_AGENT_STORE_URL": url, "FINANCIAL_AGENT_OFFLINE_PACE_MS": "0"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, node, stdout=subprocess.PIPE, env=environment
    )
    out, _ = await process.communicate()
    assert (out, process.returncode) == (b"dying\n", -signal.SIGKILL)
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=0), store_url=url)
    async with open_service(settings) as service:
        first, lost = (await read_session(service, LOCAL, "s1")).transcript
        assert (first.status, lost.question, lost.status) == ("done", "What was lost?", "lost")
        again = await ask(service, LOCAL, AnalystInput(message="And its risk?", replaces=lost.run_id))
        assert (await wait_for_answer(service, again)).report.symbols == ("AAPL",)
        await answer(service, "Is AAPL a buy now?")
        transcript = (await read_session(service, LOCAL, "s1")).transcript
        assert [turn.status for turn in transcript] == ["done"] * 3
        assert transcript[1].versions == [lost.run_id, again.run_id]


@pytest.mark.parametrize("content", [b"this is no database, only text of some length" * 50])
async def test_a_broken_store_is_refused_at_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable):
        async with open_index(f"sqlite:///{path}"):
            pass


async def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "s.db")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        async with open_index(f"sqlite:///{tmp_path}/s.db"):
            pass


@pytest.mark.parametrize("url", ["", "sqlite:///", "sqlite:s.db", "postgres://x", "file:s.db"])
async def test_a_store_url_of_no_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no store can be opened"):
        async with open_checkpointer(url):
            pass
    with pytest.raises(ValueError, match="store_url"):
        ServerSettings(store_url=url)
