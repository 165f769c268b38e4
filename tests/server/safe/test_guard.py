"""What stands around every route: places, sites, shapes and headers; and that nothing starts open."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import create_app
from server.limits import is_deeper
from server.settings import ServerSettings
from tests.live import LiveServer, serving

ORIGIN = "https://app.example"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that lets one other site's pages ask."""
    folder = tmp_path_factory.mktemp("cors")
    settings = ServerSettings(store_url=f"sqlite:///{folder}/s.db", cors_origins=(ORIGIN,))
    with serving(settings) as live:
        yield live


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "analyst.example"])
def test_a_server_for_everybody_without_accounts_does_not_start(host: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "serve", "--host", host, "--port", "0"],
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{tmp_path}/s.db"},
    )
    assert done.returncode == 2
    assert "FINANCIAL_AGENT_AUTH=api-key" in done.stderr
    assert not (tmp_path / "s.db").exists()


async def _from(address: str, host: str, **settings: Any) -> int:
    app = create_app(ServerSettings(store_url="memory:", **settings))
    transport = httpx.ASGITransport(app, client=(address, 4000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client,
    ):
        return (await client.get("/api/sessions")).status_code


@pytest.mark.parametrize(
    ("address", "host", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8000", 200),
        ("127.0.0.1", "localhost:8000", 200),
        ("::1", "[::1]:8000", 200),
        ("::ffff:127.0.0.1", "LOCALHOST", 200),
        ("127.0.0.1", "rebound.example", 403),
        ("127.0.0.1", "127.0.0.1.example", 403),
        ("10.0.0.7", "localhost", 403),
        ("::ffff:10.0.0.7", "localhost", 403),
    ],
)
async def test_without_accounts_only_this_machine_asks(address: str, host: str, status: int) -> None:
    assert await _from(address, host) == status


async def test_hosts_may_be_named() -> None:
    assert await _from("127.0.0.1", "analyst.example", allowed_hosts="analyst.example") == 200
    assert await _from("10.0.0.7", "analyst.example", allowed_hosts="analyst.example") == 403
    keyed: dict[str, Any] = {"auth": "api-key", "allowed_hosts": "analyst.example"}
    assert await _from("10.0.0.7", "analyst.example", **keyed) == 401
    assert await _from("10.0.0.7", "other.example", **keyed) == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 404),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://whatever"}, 404),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_pages_of_other_sites_change_nothing(
    client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert client.post("/api/runs/nosuchrun0/stop", headers=headers).status_code == status


def test_other_sites_are_told_nothing_by_default(client: httpx.Client) -> None:
    response = client.get("/api/sessions", headers={"Origin": ORIGIN})
    assert "access-control-allow-origin" not in response.headers
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    assert client.options("/api/chat", headers=asked).status_code in (403, 405)


def test_a_named_origin_may_ask_and_no_other(shared: LiveServer) -> None:
    with httpx.Client(base_url=shared.url) as client:
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        allowed = client.options("/api/chat", headers={"Origin": ORIGIN, **asked})
        assert allowed.headers["access-control-allow-origin"] == ORIGIN
        assert "access-control-allow-credentials" not in allowed.headers
        other = client.options("/api/chat", headers={"Origin": ORIGIN + ".evil.example", **asked})
        assert "access-control-allow-origin" not in other.headers
        crossing = {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}
        assert client.post("/api/runs/nosuchrun0/stop", headers=crossing).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/web/page.js", "/api/health", "/api/runs/x", "/analyst/input_schema", "/nowhere"]
)
def test_every_answer_has_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] in ("no-store", "no-cache")


def test_a_refusal_has_them_too(client: httpx.Client) -> None:
    response = client.post("/api/chat", content=b"x", headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert response.headers["x-content-type-options"] == "nosniff"


def test_shapes_that_are_refused(client: httpx.Client) -> None:
    def code(response: httpx.Response) -> tuple[int, str]:
        return response.status_code, response.json()["code"]

    packed = client.post("/api/chat", content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert code(packed) == (415, "encoding_refused")
    assert code(client.get("/api/sessions?before=" + "x" * 9000)) == (414, "address_too_long")
    deep = b'{"message":' + b"[" * 40 + b"]" * 40 + b"}"
    assert code(client.post("/api/chat", content=deep)) == (400, "body_nested")


@pytest.mark.parametrize(
    ("body", "deeper"),
    [
        (b"[" * 4 + b"]" * 4, False),
        (b"[" * 5 + b"]" * 5, True),
        (b"[],[],[],[],[],[]", False),
        (b'"' + b"[" * 50 + b'"', False),
        (rb'["\"[[[[[[[", "\\"]', False),
        (rb'["\\", [[[[[]]]]]]', True),
        (b'{"a":{"b":{"c":{"d":{"e":1}}}}}', True),
        (b'"' * 3 + b"[" * 9, True),
        (b"", False),
    ],
)
def test_depth_is_counted_outside_of_texts(body: bytes, deeper: bool) -> None:
    assert is_deeper(body, 4) is deeper


def test_the_inner_doors_are_closed_where_strangers_ask() -> None:
    app = create_app(ServerSettings(store_url="memory:", auth="api-key", host="0.0.0.0"))
    paths = str(app.openapi()["paths"])
    assert "/analyst/invoke" in paths
    assert not ServerSettings(auth="api-key", host="0.0.0.0").serves_development
    assert "stream_log" not in paths
