"""Sessions over HTTP: lists, search, versions, changes, deletion with an undo, export."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from graph.settings import AgentSettings
from server.service import open_service
from server.settings import ServerSettings
from tests.live import LiveServer, serving
from tests.server.conftest import Backend


@pytest.fixture
def client(settings: ServerSettings) -> Iterator[httpx.Client]:
    """A client of a server of the test's own."""
    with serving(settings) as live, httpx.Client(base_url=live.url, timeout=30) as opened:
        yield opened


def ask(client: httpx.Client, message: str, session: str = "s1", **more: Any) -> str:
    reply = client.post("/api/chat", json={"message": message, "session_id": session, **more})
    assert reply.status_code == 200, reply.text
    run_id: str = reply.json()["run_id"]
    return run_id


def read(client: httpx.Client, session: str = "s1", **params: str) -> dict[str, Any]:
    reply = client.get(f"/api/sessions/{session}", params=params)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def test_a_question_asked_again_is_a_version_and_an_edit_another(client: httpx.Client) -> None:
    first = ask(client, "Is AAPL a buy?")
    second = ask(client, "How risky is it?")
    again = ask(client, "How risky is it?", replaces=second)
    edited = ask(client, "And its valuation?", replaces=again)
    after = ask(client, "What would change your mind?")

    newest = read(client)
    assert [turn["run_id"] for turn in newest["transcript"]] == [first, edited, after]
    assert [turn["versions"] for turn in newest["transcript"]] == [
        [first], [second, again, edited], [after],
    ]  # fmt: skip
    assert newest["turns"] == 3
    old = read(client, branch=second)
    assert [turn["run_id"] for turn in old["transcript"]] == [first, second]
    assert old["transcript"][1]["versions"] == [second, again, edited]
    assert [turn["run_id"] for turn in read(client, branch=first)["transcript"]] == [first, edited, after]
    assert all(turn["answer"] for turn in newest["transcript"] + old["transcript"])


def test_a_replaced_answer_is_not_part_of_what_follows(client: httpx.Client) -> None:
    first = ask(client, "Is AAPL a buy?")
    ask(client, "Is MSFT a buy?", replaces=first)
    ask(client, "And its risk?")
    transcript = read(client)["transcript"]
    assert [turn["report"]["symbols"] for turn in transcript] == [["MSFT"], ["MSFT"]]
    # The first question replaced has nothing before it.
    alone = ask(client, "And its risk?", replaces=first)
    (turn,) = read(client, branch=alone)["transcript"]
    assert turn["report"]["symbols"] == []


def test_a_run_that_is_none_of_the_session_is_not_replaced(client: httpx.Client) -> None:
    first = ask(client, "Is AAPL a buy?", "s1")
    for body, status, code in (
        ({"replaces": "nosuchrun1"}, 404, "run_not_found"),
        ({"replaces": first, "session_id": "s2"}, 404, "run_not_found"),
        ({"replaces": "*"}, 422, "replaces_invalid"),
        ({"replaces": 7}, 422, "replaces_invalid"),
    ):
        reply = client.post("/api/chat", json={"message": "Is AAPL a buy?", "session_id": "s1", **body})
        assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert len(read(client)["transcript"]) == 1
    assert client.get("/api/sessions/s2").status_code == 404
    reply = client.post("/api/chat", json={"message": "Is IBM a buy?", "replaces": first})
    assert reply.json()["session_id"] == "s1"


def test_langserve_takes_a_replacement_too(client: httpx.Client) -> None:
    first = ask(client, "Is AAPL a buy?")
    question = {"message": "Is AAPL a buy now?", "replaces": first}
    reply = client.post("/analyst/invoke", json={"input": question})
    second = reply.json()["output"]["run_id"]
    assert read(client)["transcript"][0]["versions"] == [first, second]


def test_a_running_answer_is_replaced_as_on_conflict_says(settings: ServerSettings) -> None:
    slow = settings.model_copy(update={"agent": AgentSettings(offline_pace_ms=20), "port": 0})
    with serving(slow) as live, httpx.Client(base_url=live.url, timeout=30) as client:
        question = {"message": "Is AAPL a buy?", "session_id": "s1"}
        with client.stream("POST", "/api/chat/stream", json=question) as stream:
            first = stream.headers["x-run-id"]
        assert client.get("/api/sessions").json()["sessions"][0]["running"] is True
        assert client.delete("/api/sessions/s1").status_code == 409
        refused = client.post("/api/chat", json={**question, "replaces": first})
        assert (refused.status_code, refused.json()["run_id"]) == (409, first)
        body = {**question, "replaces": first, "on_conflict": "interrupt", "max_tokens": 50}
        second = client.post("/api/chat", json=body).json()["run_id"]
        (turn,) = read(client)["transcript"]
        assert (turn["run_id"], turn["versions"]) == (second, [first, second])
        (stopped,) = read(client, branch=first)["transcript"]
        assert stopped["status"] == "stopped"
        assert client.get("/api/sessions").json()["sessions"][0]["running"] is False


def test_each_figure_keeps_the_facts_it_stands_on(client: httpx.Client) -> None:
    for words in ("Is AAPL a buy?", "Is AAPL a buy?", "And its margins?"):
        ask(client, words)
    turns = read(client)["transcript"]
    for turn in turns:
        facts = {fact["id"]: fact for fact in turn["facts"]}
        cited = {name for figure in turn["report"]["figures"] for name in figure["facts"]}
        assert cited
        assert cited <= set(facts)
        inputs = {name for fact in turn["facts"] for name in fact.get("inputs", [])}
        assert inputs <= set(facts)
        assert set(facts) == cited | inputs
        assert all(fact["source"] for fact in facts.values())
    every = [fact for turn in turns for fact in turn["facts"]]
    distinct = {fact["id"]: fact for fact in every}
    assert len(every) > 1.5 * len(distinct)
    assert all(distinct[fact["id"]] == fact for fact in every)


def test_the_list_puts_pinned_ones_first_and_pages_hold_while_it_changes(client: httpx.Client) -> None:
    for number in range(5):
        ask(client, "Is AAPL a buy?", f"s{number}", max_tokens=5)
    assert client.patch("/api/sessions/s1", json={"pinned": True}).json()["pinned"] is True
    first = client.get("/api/sessions", params={"limit": 2}).json()
    assert [each["session_id"] for each in first["sessions"]] == ["s1", "s4"]
    ask(client, "Is IBM a buy?", "s0", max_tokens=5)  # jumps to the front, behind the reader
    ask(client, "Is IBM a buy?", "s9", max_tokens=5)
    second = client.get("/api/sessions", params={"limit": 2, "before": first["next"]}).json()
    assert [each["session_id"] for each in second["sessions"]] == ["s3", "s2"]
    assert second["next"] is None
    assert client.patch("/api/sessions/s1", json={"pinned": False}).json()["pinned"] is False
    assert client.get("/api/sessions").json()["sessions"][-1]["session_id"] == "s1"


def test_search_finds_titles_questions_and_answers(client: httpx.Client) -> None:
    ask(client, "Is AAPL a buy?", "english")
    ask(client, "苹果的估值贵不贵？", "chinese")
    client.patch("/api/sessions/english", json={"title": "My (first) 100% idea"})

    def found(words: str) -> list[str]:
        page = client.get("/api/sessions", params={"q": words}).json()
        for each in page["sessions"]:
            assert words.strip().lower() in each["snippet"].lower()
        return [each["session_id"] for each in page["sessions"]]

    assert found("aApL a BUY") == ["english"]
    assert found("贵不贵") == ["chinese"]
    assert found("(FIRST)") == ["english"]
    assert found("100%") == ["english"]
    assert found("fibonacci") == ["english"]  # stands in the answer
    for nothing in ("A.*L", "A%P", "A_PL", "[a-z]+", "\\", "|", "no such words", "$where", "\0"):
        assert found(nothing) == [], nothing
    assert len(client.get("/api/sessions", params={"q": "  "}).json()["sessions"]) == 2


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"limit": "0"}, "limit_invalid"),
        ({"limit": "101"}, "limit_invalid"),
        ({"limit": "x"}, "limit_invalid"),
        ({"q": "x" * 201}, "query_invalid"),
        ({"before": "x" * 301}, "cursor_invalid"),
        ({"before": "2026-01-01T00:00:00+00:00"}, "cursor_invalid"),
        ({"before": "MS4"}, "cursor_invalid"),
        ({"before": "日本"}, "cursor_invalid"),
    ],
)
def test_a_list_that_cannot_be_given_is_refused(
    server: LiveServer, params: dict[str, str], code: str
) -> None:
    reply = httpx.get(f"{server.url}/api/sessions", params=params)
    assert reply.status_code in (400, 422)
    assert reply.json()["code"] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": ""}, "title_empty"),
        ({"title": " \n "}, "title_empty"),
        ({"title": "x" * 201}, "title_invalid"),
        ({"title": 7}, "title_invalid"),
        ({"pinned": "yes"}, "pinned_invalid"),
        ({"pinned": 1}, "pinned_invalid"),
        ({"owner": "me"}, "field_unknown"),
        ([], "request_invalid"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(client: httpx.Client, change: Any, code: str) -> None:
    ask(client, "Is AAPL a buy?", max_tokens=5)
    before = read(client)
    reply = client.patch("/api/sessions/s1", json=change)
    assert (reply.status_code, reply.json()["code"]) == (422, code)
    assert read(client) == before


def test_a_title_is_one_line_and_stays(client: httpx.Client) -> None:
    ask(client, "Is AAPL a buy?", max_tokens=5)
    title = "X" * 200
    assert client.patch("/api/sessions/s1", json={"title": title}).json()["title"] == title
    renamed = client.patch("/api/sessions/s1", json={"title": " My\n idea 苹果 "})
    assert (renamed.status_code, renamed.json()["title"]) == (200, "My idea 苹果")
    ask(client, "And its risk?", max_tokens=5)
    assert read(client)["title"] == "My idea 苹果"
    assert client.patch("/api/sessions/none", json={"title": "x"}).status_code == 404


def test_a_deleted_session_is_gone_and_comes_back_within_the_window(settings: ServerSettings) -> None:
    with serving(settings.model_copy(update={"port": 0})) as live, httpx.Client(base_url=live.url) as client:
        run_id = ask(client, "Is AAPL a buy?")
        before = read(client)
        deleted = client.delete("/api/sessions/s1")
        assert deleted.status_code == 200
        assert deleted.json()["restorable_until"] > before["last_at"]
        assert gone(client, "s1", run_id)
        restored = client.post("/api/sessions/s1/restore")
        assert (restored.status_code, restored.json()["title"]) == (200, before["title"])
        assert read(client)["transcript"] == before["transcript"]
        assert client.post("/api/sessions/s1/restore").status_code == 404
        assert client.delete("/api/sessions/s1", params={"now": "true"}).json()["restorable_until"] is None
        assert client.post("/api/sessions/s1/restore").status_code == 404
        ask(client, "Is IBM a buy?")  # the id is free again
        assert len(read(client)["transcript"]) == 1


def gone(client: httpx.Client, session: str, run_id: str) -> bool:
    """Say whether no door leads to a session."""
    replies = [
        client.get(f"/api/sessions/{session}"),
        client.patch(f"/api/sessions/{session}", json={"pinned": True}),
        client.delete(f"/api/sessions/{session}"),
        client.get(f"/api/sessions/{session}/export"),
        client.get(f"/api/runs/{run_id}"),
        client.get(f"/api/runs/{run_id}/events"),
        client.post(f"/api/runs/{run_id}/stop"),
        client.post("/api/chat", json={"message": "And its risk?", "session_id": session}),
        client.post("/api/chat", json={"message": "And its risk?", "replaces": run_id}),
        client.post("/analyst/invoke", json={"input": {"message": "x", "session_id": session}}),
    ]
    listed = client.get("/api/sessions").json()["sessions"]
    assert [reply.status_code for reply in replies] == [404] * len(replies)
    return session not in [each["session_id"] for each in listed]


async def test_what_was_deleted_is_purged_also_after_a_restart(backend: Backend) -> None:
    settings = ServerSettings(
        agent=AgentSettings(offline_pace_ms=0), store_url=backend.url, drain_seconds=1, undo_seconds=0.3
    )
    async for client in in_process(settings):
        reply = await client.post("/api/chat", json={"message": "Is AAPL a buy?", "session_id": "s1"})
        assert reply.status_code == 200
        assert (await client.delete("/api/sessions/s1")).status_code == 200
        assert backend.stored() != {}
    await asyncio.sleep(0.4)
    async with open_service(settings) as service:
        await service.purge_due()
        assert backend.stored() == {}


async def in_process(settings: ServerSettings) -> AsyncIterator[httpx.AsyncClient]:
    from server.app import create_app

    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=30
        ) as client,
    ):
        yield client


async def test_an_idle_session_expires_whole(backend: Backend) -> None:
    settings = ServerSettings(
        agent=AgentSettings(offline_pace_ms=0), store_url=backend.url, session_ttl_seconds=1.5
    )
    async for client in in_process(settings):
        for _ in range(3):  # a live one is kept, whole
            reply = await client.post("/api/chat", json={"message": "Is AAPL a buy?", "session_id": "live"})
            assert reply.status_code == 200
            await asyncio.sleep(0.6)
        transcript = (await client.get("/api/sessions/live")).json()["transcript"]
        assert len(transcript) == 3
        assert all(turn["answer"] for turn in transcript)
        await asyncio.sleep(1.0)
        assert (await client.get("/api/sessions/live")).status_code == 404
        assert (await client.get("/api/sessions")).json()["sessions"] == []
    async with open_service(settings) as service:
        await service.purge_due()
    assert backend.stored() == {}


def test_a_session_is_exported_as_markdown_and_json(client: httpx.Client) -> None:
    ask(client, "Is AAPL | a buy?", "my.session-1")
    markdown = client.get("/api/sessions/my.session-1/export")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert markdown.headers["content-disposition"] == 'attachment; filename="session-my.session-1.md"'
    transcript = read(client, "my.session-1")["transcript"]
    assert "> Is AAPL | a buy?" in markdown.text
    assert transcript[0]["answer"].strip() in markdown.text
    rows = [line for line in markdown.text.splitlines() if line.startswith("|")]
    assert rows[0] == "| Figure | Section | Status | Expected | Source |"
    assert len(rows) == 2 + len(transcript[0]["report"]["figures"])
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)
    assert any("supported" in row and "2024" in row for row in rows)
    exported = client.get("/api/sessions/my.session-1/export", params={"format": "json"})
    assert exported.headers["content-disposition"].endswith('.json"')
    assert exported.json()["transcript"] == transcript
    wrong = client.get("/api/sessions/my.session-1/export", params={"format": "exe"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "format_invalid")


def test_the_contract_is_described(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    paths = described["paths"]
    assert set(paths["/api/sessions/{session_id}"]) == {"get", "patch", "delete"}
    assert "/api/sessions/{session_id}/restore" in paths
    assert "/api/sessions/{session_id}/export" in paths
    turn = described["components"]["schemas"]["SessionTurn"]["properties"]
    assert {"versions", "facts", "run_id"} <= set(turn)
    assert "replaces" in described["components"]["schemas"]["AnalystInput"]["properties"]
