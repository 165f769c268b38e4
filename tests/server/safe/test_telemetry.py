"""What is seen of the service: metrics, the dashboard that names them, logs without content, traces."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from graph.settings import AgentSettings
from server.app import create_app
from server.settings import ServerSettings
from server.telemetry.logs import GONE, Scrubber, secrets_of, set_up_logs
from server.telemetry.metrics import Metrics
from server.telemetry.tracing import allow_langsmith

DASHBOARD = Path(__file__).parents[3] / "deploy/grafana/financial-agent.json"
QUESTION = "Is AAPL a buy at my-private-price?"


@asynccontextmanager
async def running(settings: ServerSettings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=30
        ) as client,
    ):
        yield client


async def values(client: httpx.AsyncClient) -> dict[str, float]:
    """Every sample, as `name{label values}`."""
    text = (await client.get("/metrics")).text
    return {
        sample.name.removeprefix("financial_agent_")
        + "".join(f"/{each}" for each in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


async def test_what_is_counted(settings: ServerSettings) -> None:
    async with running(settings) as client:
        answer = (await client.post("/api/chat", json={"message": QUESTION, "session_id": "s"})).json()
        run_id = answer["run_id"]
        await client.get(f"/api/runs/{run_id}/events", headers={"Last-Event-ID": f"{run_id}-3"})
        await client.get("/api/runs/nosuchrun0")
        await client.get("/nowhere/at/all")
        found = await values(client)
    assert found["runs_total/done"] == 1
    assert found["runs_active"] == found["runs_waiting"] == 0
    assert (
        found["first_token_seconds_count"] == found["run_seconds_count"] == found["queue_seconds_count"] == 1
    )
    assert found["resumes_total"] == 1
    assert found["gaps_total"] == 0
    for status, count in answer["report"]["counts"].items():
        assert found[f"figures_total/{status}"] == count
    assert found["store_seconds_count/record_question"] == 1
    assert found["requests_total/GET//api/runs/{run_id}/404"] == 1
    assert found["requests_total/GET/none/404"] == 1
    assert run_id not in str(found)


async def test_a_stop_and_a_failure_are_counted(tmp_path: Path) -> None:
    slow = ServerSettings(agent=AgentSettings(offline_pace_ms=40), store_url="memory:")
    async with running(slow) as client:
        asking = asyncio.create_task(client.post("/api/chat", json={"message": QUESTION, "session_id": "s"}))
        run_id = None
        while run_id is None:
            await asyncio.sleep(0.02)
            turns = (await client.get("/api/sessions/s")).json().get("transcript", [])
            run_id = turns[0]["run_id"] if turns else None
        for _ in range(500):
            if (await values(client))["runs_active"] == 1:
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the run was not counted as active")
        await client.post(f"/api/runs/{run_id}/stop")
        await asking
        found = await values(client)
    assert found["runs_total/stopped"] == found["stops_total/user"] == 1
    nobody = "http://127.0.0.1:9/v1"
    dead = ServerSettings(agent=AgentSettings(model_url=nobody, model="m"), store_url="memory:")
    async with running(dead) as client:
        response = await client.post("/api/chat", json={"message": QUESTION})
        assert response.status_code >= 500
        found = await values(client)
    assert found["runs_total/failed"] == 1
    assert found[f"errors_total/{response.json()['code']}"] == 1


async def test_who_may_read_the_metrics() -> None:
    async def status(headers: dict[str, str], **chosen: Any) -> int:
        async with running(ServerSettings(store_url="memory:", **chosen)) as client:
            return (await client.get("/metrics", headers=headers)).status_code

    right, wrong = {"Authorization": "Bearer metrics-token"}, {"Authorization": "Bearer other"}
    assert await status({}) == 200
    assert await status({}, auth="api-key") == 401
    for auth in ("none", "api-key"):
        chosen = {"auth": auth, "metrics_token": "metrics-token"}
        assert [await status(each, **chosen) for each in (right, wrong, {})] == [200, 401, 401]


def test_the_dashboard_names_existing_metrics_only() -> None:
    metrics = Metrics()
    existing = set()
    labels: dict[str, set[str]] = {}
    for collected in vars(metrics).values():
        for name in (getattr(collected, "_name", None) and [collected._name]) or []:
            kinds = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
            for end in kinds[collected._type]:
                existing.add(name + end)
                labels[name + end] = {*collected._labelnames, "le"}
    panels = json.loads(DASHBOARD.read_text())["panels"]
    named = set()
    for panel in panels:
        for target in panel["targets"]:
            found = set(re.findall(r"financial_agent_\w+", target["expr"]))
            assert found, panel["title"]
            assert found <= existing, panel["title"]
            for by in re.findall(r"by \(([^)]*)\)", target["expr"]):
                for label in by.split(", "):
                    assert all(label in labels[name] for name in found), (panel["title"], label)
            named |= found
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in existing}
    assert families == {re.sub(r"_(bucket|sum|count)$", "", name) for name in named}  # all are shown


@contextmanager
def logged(form: str, *secrets: str) -> Iterator[io.StringIO]:
    """Collect the log of a block; what was set up before is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    set_up_logs("debug", form, secrets, stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@pytest.mark.parametrize("form", ["json", "console"])
async def test_the_log_has_ids_and_no_content(settings: ServerSettings, form: str) -> None:
    with logged(form) as stream:
        async with running(settings) as client:
            body = {"message": QUESTION, "session_id": "my-session"}
            answer = (await client.post("/api/chat", json=body, headers={"X-API-Key": "k" * 20})).json()
            await client.get("/api/sessions?before=private-words")
    text = stream.getvalue()
    assert answer["run_id"] in text
    assert "my-session" in text
    for private in ("private", "AAPL", "k" * 20):
        assert private not in text, private
    if form == "json":
        lines = [json.loads(line) for line in text.splitlines()]
        assert all({"event", "level", "timestamp", "logger"} <= set(line) for line in lines)
        requests = [line for line in lines if line["event"] == "request"]
        assert [line["route"] for line in requests] == ["/api/chat", "/api/sessions"]
        asked = next(line for line in lines if line["event"] == "asked")
        assert asked["request_id"] == requests[0]["request_id"]


async def test_a_record_of_a_run_knows_its_ids(settings: ServerSettings) -> None:
    dead = settings.model_copy(update={"agent": AgentSettings(model_url="http://127.0.0.1:9/v1", model="m")})
    with logged("json") as stream:
        async with running(dead) as client:
            problem = (await client.post("/api/chat", json={"message": QUESTION})).json()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    failed = [line for line in lines if line["logger"] == "financial_agent.runs"]
    assert failed
    assert {(line["run_id"], line["session_id"]) for line in failed} == {
        (problem["run_id"], problem["session_id"])
    }


async def test_content_is_logged_when_asked_for(settings: ServerSettings) -> None:
    with logged("json") as stream:
        async with running(settings.model_copy(update={"log_content": True})) as client:
            await client.post("/api/chat", json={"message": QUESTION})
    assert QUESTION in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdef123456",
        "{'Authorization': 'Bearer abcdef123456'}",
        "headers=[('authorization', 'bearer abcdef123456')]",
        "api_key=abcdef123456",
        '"X-API-Key": "abcdef123456"',
        "key sk-abcdef123456 refused",
        "fa_a1b2c3d4e5_abcdef123456abcdef123456abcdef123456abcde",
        "redis://user:abcdef123456@host/0",
        "eyJhbGciOi.abcdef123456.abcdef123456",
        "Basic abcdef123456==",
        "the known abcdef123456 itself",
    ],
)
def test_secrets_are_removed_from_records_of_any_library(text: str) -> None:
    with logged("json", "abcdef123456") as stream:
        logging.getLogger("some.library").warning("said %s", text)
        logging.getLogger("some.library").warning("said", extra={"x": text})
        headers = {"Authorization": text, "list": [text]}
        logging.getLogger("financial_agent.x").info("x", extra={"headers": headers})
        try:
            raise ValueError(text)
        except ValueError:
            logging.getLogger("some.library").exception("failed")
    assert "abcdef123456" not in stream.getvalue()
    unknown = Scrubber().text(text)
    assert "abcdef123456" not in unknown or text.startswith("the known")


def test_ordinary_words_stay() -> None:
    for text in (
        "basic earnings per share",
        "AAPL 252.20",
        "https://host/path?x=1",
        "bearer of news",
        "tokens",
    ):
        assert Scrubber(["", "AAPL"]).text(text) == text
    assert Scrubber().value({"tokens": 5, "token": "abc", "api_key": "x"}) == {
        "tokens": 5,
        "token": GONE,
        "api_key": GONE,
    }


def test_every_secret_setting_is_known_to_the_scrubber() -> None:
    settings = ServerSettings(
        agent=AgentSettings(dashscope_api_key=SecretStr("dash-secret")),
        store_url=SecretStr("redis://user:store-secret@host"),
        metrics_token=SecretStr("metrics-secret"),
        api_key=SecretStr("client-secret"),
    )
    found = secrets_of(settings)
    for secret in ("dash-secret", "store-secret", "metrics-secret", "client-secret"):
        assert secret in found
        assert secret not in repr(settings)


class Collector:
    """An OTLP/HTTP collector on a loopback port."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> Collector:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def spans(self) -> list[Any]:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        found = []
        for body in self.bodies:
            import gzip

            raw = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            for resource in ExportTraceServiceRequest.FromString(raw).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
        return found


async def test_traces_span_the_hops_and_hold_no_content(settings: ServerSettings) -> None:
    parent = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    with Collector() as collector:
        endpoint = f"http://127.0.0.1:{collector.server.server_port}"
        async with running(settings.model_copy(update={"otel_endpoint": endpoint})) as client:
            answer = await client.post(
                "/api/chat", json={"message": QUESTION}, headers={"traceparent": parent}
            )
        spans = {span.name: span for span in collector.spans()}
        raw = b"".join(span.SerializeToString() for span in spans.values())
    request, run = spans["POST /api/chat"], spans["run"]
    assert request.trace_id.hex() == "a" * 32
    assert request.parent_span_id.hex() == "b" * 16
    assert run.parent_span_id == request.span_id
    steps = [span for span in spans.values() if span.parent_span_id == run.span_id]
    assert len(steps) >= 2
    assert answer.json()["run_id"].encode() in raw
    assert b"private" not in raw


def test_opentelemetry_is_needed_only_where_it_is_configured() -> None:
    program = (
        "import sys, asyncio\n"
        "sys.modules['opentelemetry.sdk'] = sys.modules['opentelemetry.exporter'] = None\n"
        "from server.service import open_service\n"
        "from server.settings import ServerSettings\n"
        "async def main(**chosen):\n"
        "    async with open_service(ServerSettings(store_url='memory:', **chosen)): print('open')\n"
        "asyncio.run(main())\n"
        "asyncio.run(main(otel_endpoint='http://127.0.0.1:4318'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)
    assert done.stdout.split() == ["open"]
    assert "pip install 'financial-agent[otel]'" in done.stderr


def test_langsmith_hears_nothing_unless_asked() -> None:
    from langsmith.utils import tracing_is_enabled

    before = dict(os.environ)
    try:
        os.environ["LANGSMITH_TRACING"] = "true"
        allow_langsmith(False)
        assert not tracing_is_enabled()
        allow_langsmith(True)
        assert tracing_is_enabled()
    finally:
        os.environ.clear()
        os.environ.update(before)
        allow_langsmith(False)
