"""The contract of the session index; every store runs the same tests."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest

from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask
from server.auth import LOCAL, Caller
from server.errors import StoreUnavailable, UnknownSession
from server.service import open_service
from server.sessions import RunRecord, SessionIndex, open_index
from server.settings import ServerSettings
from server.transcripts import delete_session, read_session
from tests.server.conftest import Backend, on_server
from tests.servers import Server, proxied


@pytest.fixture
async def index(backend: Backend) -> AsyncIterator[SessionIndex]:
    async with open_index(backend.url) as opened:
        yield opened


def question(number: int, session_id: str, owner: str = "ann", text: str = "Is AAPL a buy?") -> RunRecord:
    return RunRecord(f"run{number}", owner, session_id, text, f"2026-01-01T00:00:{number:02d}.000001+00:00")


async def names(index: SessionIndex, limit: int = 50, words: str = "") -> list[str]:
    return [each.session_id for each in (await index.page("ann", limit, words=words))[0]]


async def test_a_session_is_its_questions(index: SessionIndex) -> None:
    for number, session_id in enumerate(("one", "two", "one")):
        await index.record_question(question(number, session_id, text=f"Question\n {number} " + "x" * 70))
    assert [run.run_id for run in await index.runs_of("ann", "one")] == ["run0", "run2"]
    assert await index.find_run("run1") == question(1, "two", text="Question\n 1 " + "x" * 70)
    found = await index.find("ann", "one")
    assert found is not None
    assert (found.session_id, found.turns) == ("one", 2)
    assert found.title == "Question 0 " + "x" * 48 + "…"
    assert (found.created_at, found.last_at) == (question(0, "").created_at, question(2, "").created_at)
    assert await index.find_run("run9") is None
    assert await index.find("bob", "one") is None
    assert await index.runs_of("bob", "one") == []


async def test_a_question_may_be_stored_twice(index: SessionIndex) -> None:
    for _ in range(2):
        await index.record_question(question(1, "one"))
    assert await index.runs_of("ann", "one") == [question(1, "one")]


async def test_the_list_goes_from_the_latest_in_pages(index: SessionIndex) -> None:
    for number in range(7):
        await index.record_question(question(number, f"s{number}"))
        await index.record_question(question(20 + number, f"s{number}", owner="bob"))
    pages, after = [], None
    for _ in range(3):
        page, after = await index.page("ann", 3, after)
        pages.append([each.session_id for each in page])
    assert pages == [["s6", "s5", "s4"], ["s3", "s2", "s1"], ["s0"]]
    assert after is None
    await index.finish_run("run2", "done")
    assert await names(index, 2) == ["s2", "s6"]
    found = await index.find_run("run2")
    assert found is not None
    assert found.status == "done"


async def test_what_is_deleted_is_gone(index: SessionIndex) -> None:
    await index.record_question(question(1, "gone"))
    await index.record_question(question(2, "kept"))
    await index.record_question(question(3, "gone", owner="bob"))
    assert await index.delete("ann", "gone")
    assert not await index.delete("ann", "gone")
    assert await index.find_run("run1") is None
    assert await names(index) == ["kept"]
    assert await index.find_run("run3") is not None


async def test_runs_of_a_dead_process_are_lost(index: SessionIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    await index.record_question(question(1, "one"))
    await index.record_question(question(2, "one"))
    await index.finish_run("run2", "done")
    assert await index.mark_lost() == 1
    assert [run.status for run in await index.runs_of("ann", "one")] == ["lost", "done"]
    assert await index.mark_lost() == 0
    await index.record_question(question(3, "one"))
    monkeypatch.setattr(socket, "gethostname", lambda: "another")
    assert await index.mark_lost() == 0


async def test_a_server_that_is_gone_is_told(servers: dict[str, Server]) -> None:
    async with proxied(on_server("redis", servers).url) as wire, open_index(wire.url) as index:
        await index.record_question(question(1, "one"))
        wire.cut()
        assert await index.find_run("run1") == question(1, "one")
        wire.refuse = True
        wire.cut()
        with pytest.raises(StoreUnavailable):
            await index.find_run("run1")
        with pytest.raises(StoreUnavailable):
            await index.ping()


async def test_the_whole_service_works_on_the_store(backend: Backend) -> None:
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=0), store_url=backend.url, drain_seconds=1)
    assert "store_url=SecretStr" in repr(settings)
    for words in ("Is AAPL a buy?", "And its margins?"):
        async with open_service(settings) as service:
            run = await ask(service, LOCAL, AnalystInput(message=words, session_id="s1"))
            await run.done.wait()
            assert run.status == "done"
    async with open_service(settings) as service:
        transcript = (await read_session(service, LOCAL, "s1")).transcript
        assert [(turn.question, turn.status) for turn in transcript] == [
            ("Is AAPL a buy?", "done"),
            ("And its margins?", "done"),
        ]
        assert all(turn.answer for turn in transcript)
        with pytest.raises(UnknownSession):
            await read_session(service, Caller("stranger"), "s1")
        await delete_session(service, LOCAL, "s1")
        with pytest.raises(UnknownSession):
            await read_session(service, LOCAL, "s1")
    assert backend.stored() == {}


async def test_two_servers_answering_in_one_session_keep_both_questions(backend: Backend) -> None:
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=1), store_url=backend.url, drain_seconds=1)
    async with open_service(settings) as one, open_service(settings) as two:
        runs = [
            await ask(service, LOCAL, AnalystInput(message=words, session_id="s1"))
            for service, words in ((one, "Is AAPL a buy?"), (two, "Is MSFT a buy?"))
        ]
        for run in runs:
            await run.done.wait()
        transcript = (await read_session(one, LOCAL, "s1")).transcript
    assert sorted(turn.status for turn in transcript) == ["done", "failed"]
    assert {turn.question for turn in transcript} == {"Is AAPL a buy?", "Is MSFT a buy?"}
    assert all(turn.answer for turn in transcript)
