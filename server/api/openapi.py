"""What `/openapi.json` says beyond FastAPI's own description: the events of a stream, and problems.

The event models are those of `graph.events` as they stand on the wire: with `seq`, and with the shapes of
the facts and the report that `encode` is handed as plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Union, get_args

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model
from pydantic.json_schema import models_json_schema

from graph.events import (
    EndEvent,
    Event,
    FactsEvent,
    FigureEvent,
    ReportEvent,
    SectionEvent,
    TokenEvent,
    encode,
)
from graph.facts import Fact
from graph.report.model import Report
from server.access.cookie import PLAIN, SECURE
from server.api.errors import MEDIA_TYPE
from server.auth import METRICS, SIGN_IN, is_open
from server.protection import AuthMode
from server.runs.log import Entry
from server.runs.sse import frame

EVENT_STREAM = "text/event-stream"
_REF = "#/components/schemas/{model}"
_EXAMPLE: tuple[Event, ...] = (
    SectionEvent(section="evidence", state="open"),
    TokenEvent(section="evidence", text="Revenue reached $391.04 billion in FY2024."),
    FigureEvent(
        id="evidence-16",
        section="evidence",
        start=16,
        end=31,
        text="$391.04 billion",
        status="supported",
        claimed="391040000000",
        unit="money",
        facts=["AAPL.revenue@FY2024"],
    ),
    EndEvent(status="done"),
)


class Problem(BaseModel):
    """Why a request was refused or failed (RFC 9457); `code` is for programs, `detail` for people."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    code: str = Field(examples=["session_busy"])
    detail: str = Field(examples=["A run is still going in this session."])


def _on_the_wire(kind: type[BaseModel]) -> type[BaseModel]:
    shapes: dict[str, Any] = {"seq": (int, Field(ge=0, description="The event's number in its run, from 1."))}
    if kind is FactsEvent:
        shapes["facts"] = (list[Fact], ...)
    elif kind is ReportEvent:
        shapes["report"] = (Report, ...)
    return create_model(kind.__name__, __base__=kind, __doc__=kind.__doc__, **shapes)


@cache
def stream_event() -> type[BaseModel]:
    """Give the model of one event of a stream: the union of all, told apart by `type`."""
    kinds = tuple(_on_the_wire(kind) for kind in get_args(get_args(Event)[0]))
    union: Any = Annotated[Union[kinds], Field(discriminator="type")]  # noqa: UP007
    return create_model("StreamEvent", __base__=RootModel[union], __doc__="One event of a run.")


def example_stream() -> str:
    """Write a few events as they stand on the wire."""
    entries = [Entry(seq, event.type, encode(event, seq)) for seq, event in enumerate(_EXAMPLE, start=41)]
    return b"".join(frame("lLeAKLQNmt", entry) for entry in entries).decode()


_KEY = "A key, as `financial-agent keys add` makes them."
_TOKEN = "A token of your identity provider."
_WAYS: dict[str, dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": PLAIN},
}
_COOKIE = f"Set by `POST {SIGN_IN}`; over https it is called `{SECURE}`."
_METRICS_TOKEN = {"type": "http", "scheme": "bearer", "description": "FINANCIAL_AGENT_METRICS_TOKEN."}


class DescribedApp(FastAPI):
    """A FastAPI app whose description tells what its streams carry, how it refuses and who may ask."""

    def __init__(self, *, auth: AuthMode, **described: Any) -> None:
        super().__init__(**described)
        self._auth = auth

    def openapi(self) -> dict[str, Any]:
        """Give the OpenAPI document; it is made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            _, more = models_json_schema(
                [(stream_event(), "serialization"), (Problem, "serialization")], ref_template=_REF
            )
            if self._auth != "none":
                _describe_access(document, _KEY if self._auth == "api-key" else _TOKEN)
            schemas = document["components"]["schemas"]
            for name, schema in more["$defs"].items():
                schemas.setdefault(name, schema)
            for path, operation in _operations(document):
                _describe_refusals(operation)
                if path.endswith(("/stream", "/events", "/stream_log", "/stream_events")):
                    _describe_stream(path, operation)
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return self.openapi_schema or {}


def _describe_access(document: dict[str, Any], shown: str) -> None:
    ways = {
        name: {**way, "description": _COOKIE if name == "cookie" else shown} for name, way in _WAYS.items()
    }
    document["components"]["securitySchemes"] = {**ways, "metrics": _METRICS_TOKEN}
    document["security"] = [{name: []} for name in ways]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path == METRICS:
                operation["security"] = [{"metrics": []}]
            elif is_open(method.upper(), path):
                operation["security"] = []


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _describe_refusals(operation: dict[str, Any]) -> None:
    problem = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = {"description": "The request cannot be used as it is.", "content": problem}
    responses["default"] = {"description": "The request was refused or failed.", "content": problem}


def _describe_stream(path: str, operation: dict[str, Any]) -> None:
    content: dict[str, Any] = {"schema": {"type": "string"}}
    if path.startswith("/api/"):
        text = "Server-sent events: `id`, `event` and in `data` one event of the run as JSON."
        content = {"schema": {"$ref": _REF.format(model="StreamEvent")}, "example": example_stream()}
    elif path.endswith("/stream"):
        text = "Server-sent events as LangServe frames them: `data` holds one event of the run as JSON."
        content = {"schema": {"$ref": _REF.format(model="StreamEvent")}}
    else:
        text = "Server-sent events of LangChain's own protocol."
    operation["responses"]["200"] = {"description": text, "content": {EVENT_STREAM: content}}
