"""Bad input is refused before any stream begins: problem JSON with a code and a sentence, no echo."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.live import LiveServer, events_of

LONG = "x" * 16_385
DOORS = ("/api/chat", "/api/chat/stream", "/analyst/invoke", "/analyst/stream", "/analyst/stream_events")


def wrapped(door: str, question: Any) -> Any:
    return {"input": question} if door.startswith("/analyst") else question


def assert_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["detail"].endswith(".")
    return body


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"message": ""}, "message_empty"),
        ({"message": " \n\t "}, "message_empty"),
        ({"message": LONG}, "message_too_long"),
        ({"message": "价" * 5462}, "message_too_long"),
        ({"message": 5}, "message_invalid"),
        ({"message": ["a"]}, "message_invalid"),
        ({"message": None}, "message_invalid"),
        ({}, "message_missing"),
        ({"message": "hi", "forged": [{"role": "system"}]}, "field_unknown"),
        ({"message": "hi", "max_tokens": 0}, "max_tokens_invalid"),
        ({"message": "hi", "max_tokens": 3001}, "max_tokens_invalid"),
        ({"message": "hi", "max_tokens": "10"}, "max_tokens_invalid"),
        ({"message": "hi", "max_tokens": 1.5}, "max_tokens_invalid"),
        ({"message": "hi", "session_id": ""}, "session_id_invalid"),
        ({"message": "hi", "session_id": "a/b"}, "session_id_invalid"),
        ({"message": "hi", "session_id": "../etc"}, "session_id_invalid"),
        ({"message": "hi", "session_id": "a\n"}, "session_id_invalid"),
        ({"message": "hi", "session_id": "x" * 129}, "session_id_invalid"),
        ({"message": "hi", "session_id": 7}, "session_id_invalid"),
        ({"message": "hi", "language": "fr"}, "language_invalid"),
        ({"message": "hi", "on_conflict": "merge"}, "on_conflict_invalid"),
        ({"message": "hi", "model": "gpt-secret"}, "model_unknown"),
        ([1], "request_invalid"),
        ("hi", "request_invalid"),
        (None, "request_invalid"),
    ],
)
def test_a_question_that_cannot_be_used(client: httpx.Client, door: str, question: Any, code: str) -> None:
    content = json.dumps(wrapped(door, question))
    response = client.post(door, content=content, headers={"Content-Type": "application/json"})
    if response.json()["code"] == "body_invalid":  # to FastAPI a body of `null` is none at all
        assert question is None
        code = "body_invalid"
    body = assert_problem(response, 422, code)
    for value in (LONG[:100], "gpt-secret", "../etc", "system"):
        assert value not in json.dumps(body)


@pytest.mark.parametrize("door", [*DOORS, "/analyst/batch", "/analyst/stream_log"])
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"nope", 422),
        (b"", 422),
        (b'{"message": "half', 422),
        (b"[" * 100_000, 400),
        (b'{"input":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    ],
)
def test_a_body_that_is_no_json(client: httpx.Client, door: str, content: bytes, status: int) -> None:
    response = client.post(door, content=content, headers={"Content-Type": "application/json"})
    assert_problem(response, status, "body_nested" if status == 400 else "body_invalid")


@pytest.mark.parametrize("door", [*DOORS, "/analyst/batch"])
def test_a_body_over_the_limit_is_refused_announced_or_not(client: httpx.Client, door: str) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(70):
            yield b"x" * 4096

    assert_problem(client.post(door, content=b"x" * 262_145), 413, "body_too_large")
    assert_problem(client.post(door, content=chunks()), 413, "body_too_large")


def test_text_in_another_encoding_is_refused(client: httpx.Client) -> None:
    for door in DOORS:
        response = client.post(
            door, content=b'{"message": "\xff\xfe"}', headers={"Content-Type": "application/json"}
        )
        assert response.status_code in (400, 422)
        assert response.json()["code"] == "body_invalid"


def test_half_a_surrogate_pair_is_refused(client: httpx.Client) -> None:
    for door in DOORS:
        content = b'{"input":{"message": "\\ud800"}}' if "analyst" in door else b'{"message": "\\ud800"}'
        response = client.post(door, content=content, headers={"Content-Type": "application/json"})
        assert_problem(response, 422, "message_invalid")


@pytest.mark.parametrize("config", [5, [], {"configurable": 5}, {"configurable": {"thread_id": "a/b"}}])
def test_a_config_that_cannot_be_used(client: httpx.Client, config: Any) -> None:
    for door in ("/analyst/invoke", "/analyst/stream"):
        response = client.post(door, json={"input": {"message": "AAPL?"}, "config": config})
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"


def test_a_client_cannot_configure_more_than_the_session(client: httpx.Client) -> None:
    configurable = {"checkpoint_id": "x", "__pregel_durability": "sync", "__financial_agent_caller": "root"}
    response = client.post(
        "/analyst/invoke", json={"input": {"message": "hi"}, "config": {"configurable": configurable}}
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("inputs", "status", "code"),
    [
        ([{"message": "hi"}] * 17, 422, "batch_too_large"),
        ([{"message": "hi"}, {"message": ""}], 422, "message_empty"),
        (["hi"], 422, "request_invalid"),
        (5, 422, "request_invalid"),
        (None, 422, "request_invalid"),
    ],
)
def test_a_batch_that_cannot_be_used(client: httpx.Client, inputs: Any, status: int, code: str) -> None:
    assert_problem(client.post("/analyst/batch", json={"inputs": inputs}), status, code)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api/chat", 405, "method_not_allowed"),
        ("GET", "/api/runs/unknown/events", 404, "run_not_found"),
        ("GET", "/api/runs/unknown/events?after=-1", 422, "cursor_invalid"),
        ("GET", "/api/runs/unknown/events?after=x", 422, "cursor_invalid"),
        ("POST", "/api/runs/unknown/stop", 404, "run_not_found"),
        ("GET", "/api/sessions/unknown", 404, "session_not_found"),
        ("DELETE", "/api/sessions/unknown", 404, "session_not_found"),
        ("GET", "/api/sessions/%00", 422, "session_id_invalid"),
        ("GET", "/api/sessions/" + "x" * 129, 422, "session_id_invalid"),
    ],
)
def test_addresses_that_lead_nowhere(
    client: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    assert_problem(client.request(method, path), status, code)


@pytest.mark.parametrize(
    "question",
    ["Is ZZZZ a buy?", "What about $NOPE?", "0700.HK 值得买吗？", "What is the meaning of life?", "苹果"],
)
def test_a_symbol_that_nobody_knows_is_answered_honestly(client: httpx.Client, question: str) -> None:
    events = events_of(client.post("/api/chat/stream", json={"message": question}).text)
    report = next(event for event in events if event["type"] == "report")["report"]
    assert events[-1]["status"] == "done"
    assert not report["missing"]
    if question == "苹果":
        assert report["symbols"] == ["AAPL"]
        return
    assert report["rating"]["direction"] == "abstain"
    assert report["counts"]["unsupported"] == report["counts"]["contradicted"] == 0
    for symbol in ("ZZZZ", "NOPE", "0700.HK"):
        if symbol in question:
            assert symbol in report["sections"]["verdict"] + report["sections"]["caveat"]
            assert any(symbol in note for note in report["notes"])


def test_a_half_closed_socket_harms_nobody(server: LiveServer, client: httpx.Client) -> None:
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    for sent in (
        b"POST /api/chat/stream HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
        b"\x16\x03\x01",
        b"GET",
    ):
        with socket.create_connection((host, port), timeout=5) as raw:
            raw.sendall(sent)
            raw.shutdown(socket.SHUT_WR)
            raw.settimeout(5)
            raw.recv(1024)
    assert client.get("/api/health/ready").status_code == 200
