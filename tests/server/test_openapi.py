"""The OpenAPI document: valid, and true of what the doors really send."""

from __future__ import annotations

from typing import Any, get_args

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from pydantic import SecretStr

from graph.events import EVENT_ADAPTER, DrainEvent, Event, GapEvent, payload
from server.api.openapi import example_stream
from server.app import create_app
from server.protection import AuthMode
from server.settings import ServerSettings
from tests.live import events_of


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(ServerSettings(store_url="memory:")).openapi()


def validator(document: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({**document, "$ref": f"#/components/schemas/{name}"})


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)
    assert document["info"]["version"]
    assert "HTTPValidationError" not in str(document)


@pytest.mark.parametrize("auth", ["api-key", "jwt"])
def test_who_may_ask_is_described(auth: AuthMode) -> None:
    settings = ServerSettings(
        store_url="memory:",
        auth=auth,
        jwt_secret=SecretStr("s" * 32),
        jwt_issuer="https://id.example",
        jwt_audience="analyst",
    )
    secured = create_app(settings).openapi()
    validate(secured)
    schemes = secured["components"]["securitySchemes"]
    assert {scheme for way in secured["security"] for scheme in way} < set(schemes)
    assert schemes["header"]["name"] == "X-API-Key"
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in secured["paths"].items()
        for method, operation in methods.items()
    }
    open_ones = {name for name, operation in operations.items() if operation.get("security") == []}
    assert open_ones >= {"GET /api/health/live", "GET /api/health/ready", "POST /api/sign-in"}
    assert not [name for name in open_ones if "chat" in name or "run" in name or "session" in name]
    assert operations["GET /metrics"]["security"] == [{"metrics": []}]


def test_a_server_that_asks_nobody_describes_no_keys(document: dict[str, Any]) -> None:
    assert "securitySchemes" not in document["components"]
    assert "security" not in document


def test_every_event_is_described_with_its_number_and_type(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for kind in get_args(get_args(Event)[0]):
        schema = schemas[kind.__name__]
        assert "seq" in schema["required"]
        assert schema["properties"]["type"]["const"] == kind.model_fields["type"].default
        assert schema["description"]
    assert len(schemas["StreamEvent"]["oneOf"]) == len(get_args(get_args(Event)[0]))


@pytest.mark.parametrize(
    "path",
    ["/api/chat/stream", "/api/runs/{run_id}/events", "/analyst/stream"],
    ids=["ask", "follow", "lang"],
)
def test_streams_are_described_as_event_streams(document: dict[str, Any], path: str) -> None:
    (operation,) = document["paths"][path].values()
    (media_type,) = operation["responses"]["200"]["content"]
    assert media_type == "text/event-stream"
    schema = operation["responses"]["200"]["content"][media_type]["schema"]
    assert schema == {"$ref": "#/components/schemas/StreamEvent"}
    assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("message", ["Is AAPL a buy?", "比较苹果和微软", "Is NOSUCH a buy?"])
def test_what_a_stream_sends_is_what_is_described(
    document: dict[str, Any], client: httpx.Client, message: str
) -> None:
    described = validator(document, "StreamEvent")
    events = events_of(client.post("/api/chat/stream", json={"message": message}).text)
    assert events[-1]["status"] == "done"
    for event in events:
        described.validate(event)
    for spoiled in (
        {"type": "token"},
        {**events[0], "seq": -1},
        {**events[0], "more": 1},
        {"type": "no", "seq": 1},
    ):
        assert not described.is_valid(spoiled)


def test_the_answers_and_refusals_are_what_is_described(
    document: dict[str, Any], client: httpx.Client
) -> None:
    answer = client.post("/api/chat", json={"message": "Is AAPL a buy?"}).json()
    validator(document, "ChatAnswer").validate(answer)
    for refused in (
        client.post("/api/chat", json={"message": ""}),
        client.get("/api/runs/none"),
        client.get("/api/sessions/none"),
        client.post("/analyst/invoke", json={"input": {}}),
    ):
        assert refused.status_code >= 400
        validator(document, "Problem").validate(refused.json())


def test_rare_events_are_described_as_they_are_sent(document: dict[str, Any]) -> None:
    described = validator(document, "StreamEvent")
    for event in (GapEvent(start=2, end=5), DrainEvent()):
        described.validate({"seq": 1, **payload(event)})


def test_the_example_is_a_stream_of_real_events(document: dict[str, Any]) -> None:
    described = validator(document, "StreamEvent")
    events = events_of(example_stream())
    assert [event["type"] for event in events] == ["section", "token", "figure", "end"]
    for event in events:
        described.validate(event)
        EVENT_ADAPTER.validate_python({key: value for key, value in event.items() if key != "seq"})
    text, figure = events[1]["text"], events[2]
    assert text[figure["start"] : figure["end"]] == figure["text"]
