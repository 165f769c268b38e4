"""The contract of the session index; every store runs the same tests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask
from server.auth import LOCAL, Caller
from server.errors import SessionBusy, StoreUnavailable, UnknownRun, UnknownSession
from server.refusals import SessionFull
from server.service import open_service
from server.sessions import Position, RunRecord, SessionIndex, open_index
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


async def test_a_full_session_takes_no_question_however_many_come_at_once(index: SessionIndex) -> None:
    asked = [index.record_question(question(number, "one"), most_turns=3) for number in range(6)]
    ends = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["NoneType"] * 3 + ["SessionFull"] * 3
    assert len(await index.runs_of("ann", "one")) == 3
    with pytest.raises(SessionFull):
        await index.record_question(question(7, "one"), most_turns=2)
    await index.record_question(question(8, "two"), most_turns=1)


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


async def test_sessions_of_one_time_are_each_given_once(index: SessionIndex) -> None:
    for number in range(9):
        await index.record_question(replace(question(1, f"s{number}"), run_id=f"same{number}"))
    await index.rename("ann", "s4", None, True)
    seen: list[str] = []
    after = None
    while True:
        page, after = await index.page("ann", 2, after)
        seen += [each.session_id for each in page]
        if after is None:
            break
        assert Position.decode(after.encode()) == after
    assert seen == ["s4", "s8", "s7", "s6", "s5", "s3", "s2", "s1", "s0"]


async def test_words_are_found_in_titles_questions_and_answers(index: SessionIndex) -> None:
    for number in range(60):  # more than are searched at once
        run = replace(question(number % 50, f"s{number:02d}", text=f"Question {number}"), run_id=f"w{number}")
        await index.record_question(run)
    await index.finish_run("w7", "done", "Der Kurs liegt über dem Ziel: 260.10 USD (50%). 估值偏高。")
    assert await names(index, words="ZIEL") == ["s07"]
    assert await names(index, words="估值") == ["s07"]
    assert await names(index, words="260.10 usd (50%)") == ["s07"]
    assert len(await names(index, words="question 5")) == 11
    assert len(await names(index, words="question 5", limit=3)) == 3
    for nothing in ("260_10", "2.0.10", "K.*l", "[K]urs", "%", "$", "估 值", "\0", "\\"):
        found = await names(index, words=nothing)
        assert found == (["s07"] if nothing == "%" else []), nothing
    (found_one,) = (await index.page("ann", words="kurs"))[0]
    assert found_one.snippet is not None
    assert "Der Kurs liegt" in found_one.snippet
    assert await names(index, words="x" * 200) == []


async def test_versions_stand_side_by_side(index: SessionIndex) -> None:
    for number, replaces in ((1, None), (2, None), (3, "run2"), (4, None), (5, "run1")):
        await index.record_question(question(number, "one"), replaces)
    placed = {run.run_id: (run.parent, run.depth) for run in await index.runs_of("ann", "one")}
    assert placed == {
        "run1": (None, 1),
        "run2": ("run1", 2),
        "run3": ("run1", 2),
        "run4": ("run3", 3),
        "run5": (None, 1),
    }
    found = await index.find("ann", "one")
    assert found is not None
    assert (found.turns, found.head) == (1, "run5")
    await index.record_question(question(6, "two"))
    for wrong in ("none", "run6"):
        with pytest.raises(UnknownRun):
            await index.record_question(question(7, "one"), wrong)


async def test_many_changes_at_once_are_all_kept(index: SessionIndex) -> None:
    await asyncio.gather(*(index.record_question(question(number, "one")) for number in range(20)))
    runs = await index.runs_of("ann", "one")
    assert len({run.run_id for run in runs}) == len({run.parent for run in runs}) == 20
    assert sorted(run.depth for run in runs) == list(range(1, 21))
    await asyncio.gather(
        *(index.finish_run(run.run_id, "done", "x") for run in runs),
        index.rename("ann", "one", "Mine", True),
    )
    found = await index.find("ann", "one")
    assert found is not None
    assert (found.title, found.pinned, found.turns, found.running) == ("Mine", True, 20, False)


async def test_a_deleted_session_is_gone_restored_and_due(index: SessionIndex) -> None:
    await index.record_question(question(1, "one"))
    with pytest.raises(SessionBusy):
        await index.trash("ann", "one", 10)
    await index.finish_run("run1", "done")
    assert await index.trash("ann", "one", 10) is not None
    assert await index.trash("ann", "one", 10) is None
    assert (await index.find("ann", "one"), await index.find_run("run1")) == (None, None)
    assert await names(index) == await names(index, words="AAPL") == []
    with pytest.raises(UnknownSession):
        await index.record_question(question(2, "one"))
    assert await index.take_due() == []
    assert await index.restore("ann", "one")
    assert not await index.restore("ann", "one")
    assert await names(index) == ["one"]
    assert await index.trash("ann", "one", 0) is not None
    assert not await index.restore("ann", "one")
    assert await index.take_due() == [("ann", "one")]
    await index.purge("ann", "one")
    assert await index.take_due() == []
    await index.record_question(question(3, "one"))
    assert [run.run_id for run in await index.runs_of("ann", "one")] == ["run3"]
