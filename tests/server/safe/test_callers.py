"""Every route times every caller, from the app's own table: a new route without a decision fails here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from graph.settings import AgentSettings
from server.access.cookie import PLAIN, SECURE
from server.access.keys import add_key, revoke_key
from server.settings import ServerSettings
from server.shelf import open_shelf
from tests.live import LiveServer, serving

# What each route is: open to anybody; `any` caller; or `owned`, where a stranger's id is 404.
OPEN, ANY, OWNED, METRICS = "open", "any", "owned", "metrics"
DECISIONS: dict[tuple[str, str], str] = {
    ("GET", "/"): OPEN,
    ("GET", "/web/{hash}/{path:path}"): OPEN,
    ("GET", "/vendor/{file}"): OPEN,
    ("GET", "/s/{session_id}"): OPEN,  # the page alone, the same for every id
    ("GET", "/api/health/live"): OPEN,
    ("GET", "/api/health/ready"): OPEN,
    ("POST", "/api/sign-in"): OPEN,  # here keys are shown
    ("POST", "/api/sign-out"): OPEN,  # takes a cookie away and reads none
    ("GET", "/api/sign-in"): ANY,
    ("GET", "/api/health"): ANY,
    ("GET", "/openapi.json"): ANY,
    ("GET", "/api/sessions"): ANY,
    ("GET", "/api/symbols"): ANY,
    ("GET", "/api/market/{symbol}/bars"): ANY,
    ("GET", "/api/market/{symbol}/indicators"): ANY,
    ("POST", "/api/chat"): ANY,
    ("POST", "/api/chat/stream"): ANY,
    ("GET", "/api/runs/{run_id}"): OWNED,
    ("GET", "/api/runs/{run_id}/events"): OWNED,
    ("POST", "/api/runs/{run_id}/stop"): OWNED,
    ("GET", "/metrics"): METRICS,
    ("GET", "/api/runs/{run_id}/receipt"): OWNED,
    ("PUT", "/api/runs/{run_id}/feedback"): OWNED,
    ("GET", "/api/runs/{run_id}/feedback"): OWNED,
    ("DELETE", "/api/runs/{run_id}/feedback"): OWNED,
    ("GET", "/api/sessions/{session_id}"): OWNED,
    ("GET", "/api/sessions/{session_id}/feedback"): OWNED,
    ("PATCH", "/api/sessions/{session_id}"): OWNED,
    ("DELETE", "/api/sessions/{session_id}"): OWNED,
    ("POST", "/api/sessions/{session_id}/restore"): OWNED,
    ("GET", "/api/sessions/{session_id}/export"): OWNED,
}
_LANGSERVE = {
    "invoke": "POST",
    "batch": "POST",
    "stream": "POST",
    "stream_log": "POST",
    "stream_events": "POST",
    "input_schema": "GET",
    "output_schema": "GET",
    "config_schema": "GET",
    "playground/{file_path:path}": "GET",
}
for _name, _method in _LANGSERVE.items():
    DECISIONS[_method, f"/analyst/{_name}"] = ANY
    DECISIONS[_method, f"/analyst/c/{{config_hash}}/{_name}"] = ANY

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
BODIES = {"PUT": {"rating": "up"}, "PATCH": {"title": "another"}}
REFUSED = (
    "nobody",
    "nonsense",
    "wrong secret",
    "revoked",
    "two keys",
    "revoked cookie",
    "cookie beside a wrong key",
    "cookie from another site",
    "cookie from a sibling's page",
)
ELSEWHERE = ("cookie from another site", "cookie from a sibling's page")
STRANGERS = ("bob", "bob's browser")


@dataclass(frozen=True)
class World:
    """A server with accounts, where alice has asked a question and bob has not."""

    live: LiveServer
    callers: dict[str, dict[str, str]]
    run_id: str
    session_id: str

    def ask(self, caller: str, method: str, path: str, **more: Any) -> httpx.Response:
        return httpx.request(method, self.live.url + path, headers=self.callers[caller], timeout=30, **more)


async def _make_keys(url: str) -> dict[str, dict[str, str]]:
    async with open_shelf(url) as shelf:
        _, alice = await add_key(shelf, "alice", "laptop")
        _, bob = await add_key(shelf, "bob")
        old, revoked = await add_key(shelf, "alice", "lost")
        await revoke_key(shelf, old.key_id)
    return {
        "nobody": {},
        "nonsense": {"Authorization": "Bearer fa_aaaaaaaaaa_" + "A" * 43},
        "wrong secret": {"Authorization": f"Bearer {alice[:-1]}{'A' if alice[-1] != 'A' else 'B'}"},
        "revoked": {"Authorization": f"Bearer {revoked}"},
        "two keys": {"Authorization": f"Bearer {alice}", "X-API-Key": bob},
        "alice": {"Authorization": f"Bearer {alice}"},
        "bob": {"X-API-Key": bob},
        "alice's browser": {**OWN_PAGE, "Cookie": f"{PLAIN}={alice}"},
        "bob's browser": {**OWN_PAGE, "Cookie": f"{SECURE}={bob}; other=1"},
        "revoked cookie": {**OWN_PAGE, "Cookie": f"{PLAIN}={revoked}"},
        "cookie beside a wrong key": {
            **OWN_PAGE,
            "Cookie": f"{PLAIN}={alice}",
            "Authorization": "Bearer nonsense",
        },
        "cookie from another site": {"Sec-Fetch-Site": "cross-site", "Cookie": f"{PLAIN}={alice}"},
        "cookie from a sibling's page": {"Sec-Fetch-Site": "same-site", "Cookie": f"{PLAIN}={alice}"},
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("accounts")
    url = f"sqlite:///{folder}/s.db"
    settings = ServerSettings(
        agent=AgentSettings(offline_pace_ms=0),
        store_url=url,
        auth="api-key",
        development=True,
        requests_per_minute=0,
        receipt_key_file=f"{folder}/receipt.key",
    )
    callers = asyncio.run(_make_keys(url))
    with serving(settings) as live:
        question = {"message": "Is AAPL a buy?", "session_id": "alices"}
        answer = httpx.post(
            f"{live.url}/api/chat", json=question, headers=callers["alice"], timeout=30
        ).json()
        yield World(live, callers, answer["run_id"], "alices")


def routes(live: LiveServer) -> set[tuple[str, str]]:
    found = set()
    for context in iter_route_contexts(live.app.routes):
        methods = set(getattr(context, "methods", None) or {"GET"}) - {"HEAD"}
        found |= {(method, declared(str(context.path))) for method in methods}
    return found


def declared(path: str) -> str:
    """Name a route whose path changes with the contents of the page."""
    if path.startswith("/web/"):
        return "/web/{hash}/{path:path}"
    return "/vendor/{file}" if path.startswith("/vendor/") else path


def files_of(live: LiveServer) -> dict[str, str]:
    """Find a file of each of those routes."""
    paths = [str(context.path) for context in iter_route_contexts(live.app.routes)]
    return {declared(path): path.replace("{path:path}", "app.js") for path in paths}


def request_of(world: World, path: str) -> tuple[str, dict[str, Any]]:
    """Fill a route's path with alice's ids, and give what a valid request to it sends."""
    filled = path.replace("{run_id}", world.run_id).replace("{session_id}", world.session_id)
    filled = filled.replace("{config_hash}", "N4XyA").replace("{file_path:path}", "index.html")
    end = filled.rpartition("/")[2]
    filled = filled.replace("{symbol}", "AAPL")
    if path.startswith(("/web/", "/vendor/")):
        return files_of(world.live)[path], {}
    if path == "/api/sign-in":
        return path, {"json": {"key": world.callers["alice"]["Authorization"].removeprefix("Bearer ")}}
    if end == "indicators":
        return filled + "?names=sma_20", {}
    if end == "batch":
        return filled, {"json": {"inputs": [{"message": "Is AAPL a buy?"}]}}
    if filled.startswith("/analyst/") and end in ("invoke", "stream", "stream_log", "stream_events"):
        return filled, {"json": {"input": {"message": "Is AAPL a buy?"}}}
    if filled.startswith("/api/chat"):
        return filled, {"json": {"message": "Is AAPL a buy?"}}
    return filled, {}


def test_every_route_has_a_decision(world: World) -> None:
    assert routes(world.live) == set(DECISIONS)


@pytest.mark.parametrize("caller", REFUSED)
@pytest.mark.parametrize(("method", "path"), sorted(DECISIONS))
def test_who_is_not_known_gets_nothing_but_what_is_open(
    world: World, method: str, path: str, caller: str
) -> None:
    filled, more = request_of(world, path)
    if method in BODIES:
        more = {"json": BODIES[method]}
    response = world.ask(caller, method, filled, **more)
    if caller in ELSEWHERE and method != "GET":
        assert (response.status_code, response.json()["code"]) == (403, "cross_site")
        return
    if DECISIONS[method, path] == OPEN:
        assert response.status_code in (200, 204)
        return
    assert response.status_code == 401
    assert response.json()["code"] == "unauthenticated"
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert world.run_id not in response.text


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize(("method", "path"), sorted(DECISIONS))
def test_a_stranger_finds_nothing_of_another(world: World, method: str, path: str, stranger: str) -> None:
    filled, more = request_of(world, path)
    if method in BODIES:
        more = {"json": BODIES[method]}
    response = world.ask(stranger, method, filled, **more)
    decision = DECISIONS[method, path]
    if decision == OWNED:
        assert response.status_code == 404
        unknown = filled.replace(world.run_id, "nosuchrun0").replace(world.session_id, "nosuchsession")
        told, other = response.json(), world.ask(stranger, method, unknown, **more).json()
        assert told == other  # nothing tells an id of another's from an id of nobody's
    elif decision == METRICS:
        assert response.status_code == 401
    else:
        assert response.status_code in (200, 204), response.text
    assert "alices" not in response.text


def test_the_owner_keeps_everything_after_all_that(world: World) -> None:
    for method, path in sorted(DECISIONS):
        if DECISIONS[method, path] == OWNED and method == "GET":
            filled, more = request_of(world, path)
            expected = (
                404 if path.endswith("{run_id}/feedback") else 200
            )  # nobody said anything: none was forged
            for owner in ("alice", "alice's browser"):
                assert world.ask(owner, method, filled, **more).status_code == expected, path
    listed = world.ask("alice", "GET", "/api/sessions").json()["sessions"]
    assert [each["session_id"] for each in listed] == ["alices"]


@pytest.mark.parametrize("door", ["rest", "input", "config", "hash", "batch"])
def test_a_session_of_the_same_name_is_another_session(world: World, door: str) -> None:
    question = {"message": "What of MSFT?"}
    named = {**question, "session_id": "alices"}
    config = {"configurable": {"thread_id": "alices", "__financial_agent_caller": {"id": "alice"}}}
    if door == "rest":
        response = world.ask("bob", "POST", "/api/chat", json=named)
    elif door == "input":
        response = world.ask("bob", "POST", "/analyst/invoke", json={"input": named})
    elif door == "batch":
        body = {"inputs": [question], "config": [config]}
        response = world.ask("bob", "POST", "/analyst/batch", json=body)
    elif door == "hash":
        path = "/analyst/c/" + lz_of({"configurable": config["configurable"]}) + "/invoke"
        response = world.ask("bob", "POST", path, json={"input": question})
    else:
        response = world.ask("bob", "POST", "/analyst/invoke", json={"input": question, "config": config})
    assert response.status_code == 200, response.text
    assert "Is AAPL a buy?" not in response.text
    theirs = world.ask("alice", "GET", "/api/sessions/alices").json()
    assert [turn["question"] for turn in theirs["transcript"]] == ["Is AAPL a buy?"]


def lz_of(config: dict[str, Any]) -> str:
    """Write a configuration as LangServe's playground puts it into an address."""
    from langserve.lzstring import LZString

    return str(LZString.compressToEncodedURIComponent(json.dumps(config)))  # type: ignore[no-untyped-call]


def test_basic_lets_a_browser_ask_for_the_key(world: World) -> None:
    key = world.callers["bob"]["X-API-Key"]
    assert httpx.get(f"{world.live.url}/api/sessions", auth=("anybody", key)).status_code == 200
    assert httpx.get(f"{world.live.url}/api/sessions", auth=(key, "")).status_code == 401


def test_a_revoked_key_ends_at_once(world: World, tmp_path: Path) -> None:
    async def scenario() -> tuple[int, int]:
        url = world.live.service.settings.store_url.get_secret_value()
        async with open_shelf(url) as shelf, httpx.AsyncClient(base_url=world.live.url) as client:
            key, text = await add_key(shelf, "carol")
            headers = {"Authorization": f"Bearer {text}"}
            before = await client.get("/api/sessions", headers=headers)
            await revoke_key(shelf, key.key_id)
            after = await client.get("/api/sessions", headers=headers)
            return before.status_code, after.status_code

    assert asyncio.run(scenario()) == (200, 401)
