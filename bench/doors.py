"""The six ways to stream an answer that are compared, and the servers behind them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench.load import Door
from bench.processes import COMMAND, PROJECT, Server, environment, free_port, offline_environment, running
from tests.servers import serving

QUESTION = "What is the risk of AAPL?"
OURS, LANGSERVE, RAW, GRAPH = "ours, /api/chat/stream", "ours, /analyst/stream", "raw SSE", "bare graph"
REDIS = "ours, runs on Redis"
NAIVE = "naive ChatTongyi"


@dataclass(frozen=True)
class Target:
    """A door and the server on which it stands."""

    door: Door
    server: Server


def _our_text(event: dict[str, Any]) -> str | None:
    return event["text"] if event.get("type") == "token" else None


def _raw_text(event: dict[str, Any]) -> str | None:
    return event.get("text")


def _graph_text(event: dict[str, Any]) -> str | None:
    if event.get("event") != "on_chat_model_stream":
        return None
    return event["data"]["chunk"]["content"] or None


def _our_door(name: str) -> Door:
    return Door(
        name=name,
        path="/api/chat/stream",
        body=lambda tokens: {"message": QUESTION, "max_tokens": tokens},
        token_mark=b"\nevent:token\n",
        end_mark=b'"type":"end","status":"done"',
        text_of=_our_text,
    )


_DOORS = {
    "ours": (
        _our_door(OURS),
        Door(
            name=LANGSERVE,
            path="/analyst/stream",
            body=lambda tokens: {"input": {"message": QUESTION, "max_tokens": tokens}},
            token_mark=b'"type":"token"',
            end_mark=b'"type":"end","status":"done"',
            text_of=_our_text,
        ),
    ),
    "redis": (_our_door(REDIS),),
    "raw": (
        Door(
            name=RAW,
            path="/stream",
            body=lambda tokens: {"tokens": tokens},
            token_mark=b"data:",
            end_mark=b"event:end",
            text_of=_raw_text,
        ),
    ),
    "naive": (
        Door(
            name=NAIVE,
            path="/stream",
            body=lambda tokens: {"tokens": tokens},
            token_mark=b"data:",
            end_mark=b"event:end",
            text_of=_raw_text,
        ),
    ),
    "graph": (
        Door(
            name=GRAPH,
            path="/graph/stream_events",
            body=lambda tokens: {"input": {"messages": [{"type": "human", "content": str(tokens)}]}},
            token_mark=b'"on_chat_model_stream"',
            end_mark=b"event: end",
            text_of=_graph_text,
        ),
    ),
}


@contextmanager
def open_targets(folder: Path, text_file: Path, pace_ms: float) -> Iterator[list[Target]]:
    """Start the servers; the text that ours writes is what the others stream."""
    with ExitStack() as stack:
        servers = {"ours": stack.enter_context(_ours(folder, pace_ms))}
        if not text_file.exists():
            text_file.write_text(_ask(servers["ours"].url), encoding="utf-8")
        redis = stack.enter_context(serving("redis"))
        (folder / "redis").mkdir()
        servers["redis"] = stack.enter_context(_ours(folder / "redis", pace_ms, redis.url))
        model = stack.enter_context(_other("dashscope", text_file, pace_ms))
        for kind in ("raw", "naive", "graph"):
            url = f"{model.url}/api/v1"
            servers[kind] = stack.enter_context(_other(kind, text_file, pace_ms, url))
        yield [Target(door, servers[kind]) for kind, doors in _DOORS.items() for door in doors]


@contextmanager
def _ours(folder: Path, pace_ms: float, runs: str = "memory:") -> Iterator[Server]:
    port = free_port()
    env: Mapping[str, str] = {
        **offline_environment(folder, pace_ms),
        "FINANCIAL_AGENT_RUN_STORE_URL": runs,
    }
    command = [COMMAND, "serve", "--port", str(port)]
    with running(command, port, "/api/health/live", folder, env) as server:
        yield server


@contextmanager
def _other(kind: str, text_file: Path, pace_ms: float, model_url: str = "") -> Iterator[Server]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "bench.servers",
        kind,
        str(port),
        str(pace_ms),
        str(text_file),
        model_url,
    ]
    with running(command, port, "/live", PROJECT, environment()) as server:
        yield server


def _ask(url: str) -> str:
    request = Request(
        f"{url}/api/chat",
        data=json.dumps({"message": QUESTION}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=60) as response:
        markdown: str = json.load(response)["markdown"]
        return markdown
