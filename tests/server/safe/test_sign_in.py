"""Signing in from a browser: what the cookie is, when it counts, and that no other site's page can use it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from graph.settings import AgentSettings
from server.access.cookie import PLAIN, SECONDS, SECURE
from server.access.keys import add_key, revoke_key
from server.access.rates import FAILURES_PER_MINUTE, open_rates
from server.access.tokens import owner_of
from server.app import create_app
from server.refusals import RateExceeded
from server.settings import ServerSettings
from server.shelf import open_shelf
from tests.live import LiveServer, events_of, serving
from tests.server.conftest import on_server

SECRET = "s" * 40
TOKENS: dict[str, Any] = {
    "auth": "jwt",
    "jwt_secret": SECRET,
    "jwt_issuer": "https://issuer",
    "jwt_audience": "analyst",
}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
QUESTION = {"message": "Is AAPL a buy?"}


@dataclass
class Keyed:
    """A server that asks for keys; alice has one."""

    live: LiveServer
    key: str
    key_id: str
    store: str

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.live.url, headers=OWN_PAGE, timeout=30)

    def signed_in(self) -> httpx.Client:
        response = httpx.post(f"{self.live.url}/api/sign-in", json={"key": self.key}, headers=OWN_PAGE)
        client = self.client()
        client.cookies.update(response.cookies)
        return client


def new_key(store: str, owner: str = "alice") -> tuple[str, str]:
    async def scenario() -> tuple[str, str]:
        async with open_shelf(store) as shelf:
            key, text = await add_key(shelf, owner)
            return key.key_id, text

    return asyncio.run(scenario())


def revoke(store: str, key_id: str) -> None:
    async def scenario() -> None:
        async with open_shelf(store) as shelf:
            await revoke_key(shelf, key_id)

    asyncio.run(scenario())


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    store = f"sqlite:///{tmp_path_factory.mktemp('keyed')}/s.db"
    key_id, text = new_key(store)
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=0), store_url=store, auth="api-key")
    with serving(settings) as live:
        yield Keyed(live, text, key_id, store)


def cookie_in(response: httpx.Response) -> Morsel[str]:
    """Give the one cookie that a response sets."""
    (header,) = response.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(header).values()
    return morsel


def test_a_key_is_kept_in_a_cookie_that_no_script_and_no_other_site_can_use(keyed: Keyed) -> None:
    with keyed.client() as client:
        response = client.post("/api/sign-in", json={"key": f"  {keyed.key}\n"})
        assert response.status_code == 200
        assert response.json() == {
            "auth": "api-key",
            "caller": "alice",
            "name": "alice",
            "key_id": keyed.key_id,
            "by": "cookie",
            "until": None,
        }
        cookie = cookie_in(response)
        assert (cookie.key, cookie.value) == (PLAIN, keyed.key)
        assert cookie["httponly"] is True
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/", "")
        assert int(cookie["max-age"]) == int(SECONDS)
        assert cookie["secure"] == ""
        assert response.headers["cache-control"] == "no-store"
        assert client.get("/api/sign-in").json() == response.json()
        events = events_of(client.post("/api/chat/stream", json=QUESTION).text)
        assert events[-1]["status"] == "done"
        assert keyed.key not in str(events)
        assert (
            client.put(f"/api/runs/{events[0]['run_id']}/feedback", json={"rating": "up"}).status_code == 200
        )


def test_signing_out_takes_the_cookie_away(keyed: Keyed) -> None:
    with keyed.signed_in() as client:
        assert client.get("/api/sessions").status_code == 200
        response = client.post("/api/sign-out")
        assert response.status_code == 204
        cleared = [SimpleCookie(header) for header in response.headers.get_list("set-cookie")]
        assert {name for cookie in cleared for name in cookie} == {PLAIN, SECURE}
        assert all(morsel["max-age"] == "0" for cookie in cleared for morsel in cookie.values())
        assert client.get("/api/sessions").status_code == 401
        assert client.post("/api/sign-out").status_code == 204


@pytest.mark.parametrize(
    "shown", ["x", "fa_aaaaaaaaaa_" + "A" * 43, "涨", "a" * 8192, "\x00", 'fa_;=,"\\', "\ud800"]
)
def test_a_wrong_key_is_told_and_sets_nothing(keyed: Keyed, shown: str) -> None:
    body = (
        b'{"key": "\\ud800"}'
        if shown == "\ud800"
        else httpx.Request("POST", "/", json={"key": shown}).content
    )
    with keyed.client() as client:
        headers = {"Content-Type": "application/json"}
        response = client.post("/api/sign-in", content=body, headers=headers)
        assert response.status_code in (401, 422)
        if response.status_code == 401:
            assert response.json()["code"] == "key_refused"
            assert response.headers["www-authenticate"] == 'Bearer realm="financial-agent"'
        assert "set-cookie" not in response.headers
        assert shown not in response.text or len(shown) == 1


@pytest.mark.parametrize(
    "body", [{}, {"key": ""}, {"key": 5}, {"key": "x" * 8193}, {"key": "x", "more": 1}, []]
)
def test_a_body_that_is_none_is_refused_and_not_echoed(keyed: Keyed, body: Any) -> None:
    with keyed.client() as client:
        response = client.post("/api/sign-in", json=body)
        assert response.status_code == 422
        assert "xxx" not in response.text


@pytest.mark.parametrize(
    ("headers", "reading", "changing"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200, 404),
        ({"Sec-Fetch-Site": "none"}, 200, 401),
        ({"Sec-Fetch-Site": "same-site"}, 401, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 401, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, 401, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 200, 404),
        ({}, 200, 401),
        ({"Origin": "{own}"}, 200, 404),
        ({"Origin": "https://evil.example"}, 200, 403),
        ({"Origin": "null"}, 200, 403),
        ({"Origin": "{own}.evil.example"}, 200, 403),
    ],
)
def test_the_cookie_counts_where_the_servers_own_page_asks(
    keyed: Keyed, headers: dict[str, str], reading: int, changing: int
) -> None:
    sent = {name: value.replace("{own}", keyed.live.url) for name, value in headers.items()}
    sent["Cookie"] = f"{PLAIN}={keyed.key}"
    assert httpx.get(f"{keyed.live.url}/api/sessions", headers=sent).status_code == reading
    stop = f"{keyed.live.url}/api/runs/nosuchrun0/stop"
    assert httpx.post(stop, headers=sent).status_code == changing


def test_a_named_origin_of_another_site_asks_with_a_key_and_never_with_the_cookie(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/s.db"
    _, text = new_key(store)
    origin = "https://app.example"
    settings = ServerSettings(store_url=store, auth="api-key", cors_origins=(origin,))
    with serving(settings) as live, httpx.Client(base_url=live.url) as client:
        sent = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
        stop = "/api/runs/nosuchrun0/stop"
        assert client.post(stop, headers={**sent, "Cookie": f"{PLAIN}={text}"}).status_code == 401
        answered = client.post(stop, headers={**sent, "X-API-Key": text})
        assert answered.status_code == 404
        assert "access-control-allow-credentials" not in answered.headers


def test_a_header_counts_before_the_cookie(keyed: Keyed) -> None:
    _, other = new_key(keyed.store, "bob")
    with keyed.signed_in() as client:
        bob = client.get("/api/sign-in", headers={"X-API-Key": other}).json()
        assert (bob["caller"], bob["by"]) == ("bob", "header")
        assert client.get("/api/sign-in", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_revoked_key_ends_the_sign_in_at_once(keyed: Keyed) -> None:
    key_id, text = new_key(keyed.store)
    with keyed.client() as client:
        client.post("/api/sign-in", json={"key": text})
        assert client.get("/api/sessions").status_code == 200
        revoke(keyed.store, key_id)
        assert client.get("/api/sessions").status_code == 401
        assert client.post("/api/sign-in", json={"key": text}).json()["code"] == "key_refused"


def test_only_who_opens_an_address_is_asked_by_the_browser(keyed: Keyed) -> None:
    accepted = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    opened = httpx.get(f"{keyed.live.url}/api/sessions", headers=accepted)
    assert "Basic" in opened.headers["www-authenticate"]
    asked = httpx.get(f"{keyed.live.url}/api/sessions", headers={"Accept": "*/*"})
    assert asked.headers["www-authenticate"] == 'Bearer realm="financial-agent"'


def test_no_key_is_written_to_the_log(keyed: Keyed, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), keyed.signed_in() as client:
        client.get("/api/sessions")
        client.post("/api/sign-in", json={"key": keyed.key[:-1] + "-"})
    secret = keyed.key.removeprefix(f"fa_{keyed.key_id}_")
    own = [each for each in caplog.records if not each.name.startswith(("httpx", "httpcore"))]
    assert own
    assert not any(secret in each.getMessage() for each in own)


@asynccontextmanager
async def asking(address: str, scheme: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client at an address, behind the check of proxies that the server runs with."""
    app = create_app(ServerSettings(store_url="memory:", **{**TOKENS, **settings}))
    transport = httpx.ASGITransport(ProxyHeadersMiddleware(app, "127.0.0.1"), client=(address, 4000))  # type: ignore[arg-type]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=f"{scheme}://analyst.example") as client,
    ):
        client.headers.update(OWN_PAGE)
        yield client


def token(**changed: Any) -> str:
    claims = {"iss": "https://issuer", "aud": "analyst", "sub": "auth0|alice", "exp": int(time.time()) + 60}
    return jwt.encode({**claims, **changed}, SECRET, "HS256")


@pytest.mark.parametrize(
    ("address", "scheme", "headers", "secure"),
    [
        ("10.0.0.7", "https", {}, True),
        ("127.0.0.1", "http", {"X-Forwarded-Proto": "https"}, True),
        ("10.0.0.7", "http", {"X-Forwarded-Proto": "https"}, False),  # a proxy that is not trusted
        ("10.0.0.7", "http", {"Origin": "https://analyst.example"}, True),
        ("10.0.0.7", "http", {"Origin": "http://analyst.example"}, False),
        ("10.0.0.7", "http", {}, False),
    ],
)
async def test_the_cookie_is_secure_where_the_page_came_by_https(
    address: str, scheme: str, headers: dict[str, str], secure: bool
) -> None:
    async with asking(address, scheme) as client:
        cookie = cookie_in(await client.post("/api/sign-in", json={"key": token()}, headers=headers))
        assert cookie.key == (SECURE if secure else PLAIN)
        assert bool(cookie["secure"]) is secure
        sent = {**headers, "Cookie": f"{cookie.key}={cookie.value}"}
        assert (await client.get("/api/sign-in", headers=sent)).status_code == 200


async def test_over_https_a_cookie_that_another_host_could_set_counts_for_nothing() -> None:
    async with asking("10.0.0.7", "https") as client:
        assert (await client.get("/api/sign-in", headers={"Cookie": f"{PLAIN}={token()}"})).status_code == 401


async def test_a_tokens_cookie_lives_no_longer_than_the_token() -> None:
    async with asking("10.0.0.7", "https") as client:
        ends = int(time.time()) + 90
        response = await client.post("/api/sign-in", json={"key": token(exp=ends, email="alice@example.com")})
        told = response.json()
        assert (told["auth"], told["name"], told["key_id"]) == ("jwt", "alice@example.com", None)
        assert told["caller"] == owner_of("https://issuer", "auth0|alice")
        assert told["until"].endswith("+00:00")
        assert 0 < int(cookie_in(response)["max-age"]) <= 90
        late = await client.post("/api/sign-in", json={"key": token(exp=ends + 10**9)})
        assert int(cookie_in(late)["max-age"]) == int(SECONDS)
        old = await client.post("/api/sign-in", json={"key": token(exp=ends - 300)})
        assert (old.status_code, old.json()["code"]) == (401, "key_refused")


async def test_a_token_that_no_cookie_holds_is_told_so() -> None:
    async with asking("10.0.0.7", "https") as client:
        response = await client.post("/api/sign-in", json={"key": token(groups="x" * 3500)})
        assert (response.status_code, response.json()["code"]) == (422, "key_too_long")
        assert "set-cookie" not in response.headers


async def test_without_accounts_nothing_is_checked_and_nothing_kept() -> None:
    app = create_app(ServerSettings(store_url="memory:"))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        response = await client.post("/api/sign-in", json={"key": "anything"})
        assert response.json()["by"] == "none"
        assert "set-cookie" not in response.headers
        assert (await client.get("/api/sign-in")).json() == response.json()


async def test_failures_are_counted_by_address_and_lock_nobody_out() -> None:
    async with asking("10.0.0.7", "https") as client:
        statuses = [
            (await client.post("/api/sign-in", json={"key": "wrong"})).status_code
            for _ in range(FAILURES_PER_MINUTE + 2)
        ]
        assert statuses == [401] * FAILURES_PER_MINUTE + [429, 429]
        told = await client.post("/api/sign-in", json={"key": "wrong"})
        assert told.json()["code"] == "rate_exceeded"
        assert 1 <= int(told.headers["retry-after"]) <= 61
        assert (await client.post("/api/sign-in", json={"key": token()})).status_code == 200


@pytest.mark.parametrize("kind", ["memory", "redis"])
async def test_workers_count_failures_together(kind: str, servers: Any) -> None:
    url = "memory:" if kind == "memory" else on_server(kind, servers).url
    async with open_rates(ServerSettings(store_url="memory:"), url) as rates:
        for _ in range(FAILURES_PER_MINUTE):
            await rates.failure("10.0.0.7")
        with pytest.raises(RateExceeded):
            await rates.failure("10.0.0.7")
        await rates.failure("10.0.0.8")
