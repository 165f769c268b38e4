"""The OpenAPI document against the server: no 5xx, and no answer that it does not describe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from graph.settings import AgentSettings
from server.settings import ServerSettings
from tests.live import LiveServer, serving

_BOUNDED: Any = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}
PATHS = {
    "/api/sign-in",
    "/api/sign-out",
    "/api/chat",
    "/api/chat/stream",
    "/api/runs/{run_id}",
    "/api/runs/{run_id}/events",
    "/api/runs/{run_id}/stop",
    "/api/runs/{run_id}/receipt",
    "/api/runs/{run_id}/feedback",
    "/api/sessions",
    "/api/sessions/{session_id}",
    "/api/sessions/{session_id}/feedback",
    "/analyst/invoke",
    "/analyst/batch",
    "/analyst/stream",
}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("openapi")
    chosen = ServerSettings(
        agent=AgentSettings(offline_pace_ms=0),
        store_url=f"sqlite:///{folder}/s.db",
        requests_per_minute=0,
        receipt_key_file=f"{folder}/k",
        drain_seconds=1,
    )
    with serving(chosen) as live:
        yield live


@pytest.fixture(scope="module")
def asking(attacked: LiveServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=attacked.url, timeout=20) as client:
        yield client


@pytest.fixture(scope="module")
def known(attacked: LiveServer) -> dict[str, str]:
    """Ids that exist, so that generated requests reach more than a 404."""
    body = {"message": "Is AAPL a buy?", "session_id": "known"}
    run_id = httpx.post(f"{attacked.url}/api/chat", json=body, timeout=30).json()["run_id"]
    return {"run_id": run_id, "session_id": "known"}


@pytest.fixture(scope="module")
def document(attacked: LiveServer) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"{attacked.url}/openapi.json").json()
    return answer


def test_every_route_of_ours_is_described(document: dict[str, Any]) -> None:
    described = set(document["paths"])
    assert described >= PATHS
    for path, methods in document["paths"].items():
        for method, described_as in methods.items():
            refused = described_as["responses"]["default"]["content"]
            assert list(refused) == ["application/problem+json"], (path, method)


# The generator of requests builds on parts of hypothesis that it has deprecated.
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
@pytest.mark.parametrize("path", sorted(PATHS))
def test_no_request_is_answered_by_a_fault_or_by_something_undescribed(
    attacked: LiveServer, known: dict[str, str], document: dict[str, Any], path: str
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    checks = [not_a_server_error, status_code_conformance, content_type_conformance]
    if not path.endswith(("/stream", "/events")):  # described by what their `data` holds
        checks.append(response_schema_conformance)
    for method in document["paths"][path]:
        if method == "delete" and path.startswith("/api/sessions"):
            continue  # the session is needed by the others
        assert attack(schema[path][method], attacked.url, known, checks)


def attack(operation: Any, url: str, known: dict[str, str], checks: list[Any]) -> list[int]:
    """Try one operation with generated requests, half of them with ids that exist; give the statuses."""
    tried: list[int] = []

    @given(case=operation.as_strategy(), real=st.booleans())
    @settings(max_examples=15, **_BOUNDED)
    def one(case: Any, real: bool) -> None:
        if real:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = known[name]
        response = case.call(base_url=url)
        case.validate_response(response, checks=checks)
        tried.append(response.status_code)

    one()
    return tried


TEXTS = st.text(max_size=200) | st.sampled_from(
    ["\x00", "\ud800", "..", "%00", "a/b", "🦄" * 60, "-1", "x-1"]
)
HEADER = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=200
)
HEADERS = ["Authorization", "X-API-Key", "Host", "Origin", "Content-Encoding", "Content-Type", "traceparent"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=15,
)


def assert_refused(response: httpx.Response) -> None:
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert set(response.json()) >= {"type", "title", "status", "code", "detail"}


@given(run_id=TEXTS, last=HEADER, after=TEXTS)
@settings(max_examples=40, **_BOUNDED)
def test_any_id_and_cursor(
    asking: httpx.Client, known: dict[str, str], run_id: str, last: str, after: str
) -> None:
    safe = "".join(f"%{byte:02x}" for byte in run_id.encode("utf-8", "replace"))
    for path in (f"/api/runs/{safe}", f"/api/runs/{safe}/receipt", f"/api/sessions/{safe}"):
        assert_refused(asking.get(path))
    known_run = f"/api/runs/{known['run_id']}/events"
    headers = [(b"Last-Event-ID", last.strip().encode("latin-1"))]
    assert_refused(asking.get(known_run, headers=headers))
    parameters = {"after": after.encode("utf-8", "replace")}
    assert_refused(asking.get(known_run, params=parameters))
    assert_refused(asking.get("/api/sessions", params={"before": parameters["after"]}))


@given(
    name=st.sampled_from(HEADERS),
    value=HEADER,
)
@settings(max_examples=40, **_BOUNDED)
def test_any_header(asking: httpx.Client, name: str, value: str) -> None:
    headers = [(name.encode(), value.strip().encode("latin-1"))]
    response = asking.post("/api/runs/nosuchrun0/stop", headers=headers)
    if name == "Host" and response.headers.get("content-type", "").startswith("text/plain"):
        assert response.status_code == 400  # refused by the HTTP server itself
        return
    assert_refused(response)


@given(body=JSON | st.binary(max_size=300), door=st.sampled_from(sorted(PATHS - {"/api/sessions"})))
@settings(max_examples=50, **_BOUNDED)
def test_any_body(asking: httpx.Client, known: dict[str, str], body: Any, door: str) -> None:
    path = door.replace("{run_id}", known["run_id"]).replace("{session_id}", "nosuchsession")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    method = "PUT" if path.endswith("feedback") else "POST"
    response = asking.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert_refused(response)
