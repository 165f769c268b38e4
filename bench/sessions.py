"""What a session costs as it grows: our stores beside LangGraph's own savers, in one run.

A graph answers each question of 3 kB with as much text, with durability `exit`. Measured are the bytes that
are kept, those sent and the round trips of a turn (seen by a proxy before the server), and the time of the
last turns against that of the tenth.
"""

from __future__ import annotations

import asyncio
import base64
import operator
import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any, TypedDict

import bson
import pymongo
import redis
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from rich.console import Group, RenderableType
from rich.table import Table

from bench.results import Check, checks_table, with_note
from server.checkpoints import open_checkpointer
from tests.servers import Wire, proxied, serving

TURNS, QUICK_TURNS, SIZE = 200, 30, 3000
_COLUMNS = (
    "kept / content", "trips a turn", "sent a turn", "sent, last / 10th", "ms a turn", "ms, last / 10th",
)  # fmt: skip
_AROUND = 10  # turns of which a median is taken

Opened = AbstractAsyncContextManager[tuple[BaseCheckpointSaver[Any], Callable[[], int]]]


@dataclass(frozen=True)
class Growth:
    """One saver's costs: kept bytes for each byte of content, and of a turn late and early."""

    saver: str
    kept_ratio: float
    trips: float | None
    sent_bytes: float | None
    sent_growth: float | None
    late_ms: float
    time_growth: float


@dataclass(frozen=True)
class Measured:
    """All savers of a run, ours first."""

    turns: int
    savers: list[Growth]


class State(TypedDict):
    """The conversation."""

    turns: Annotated[list[dict[str, str]], operator.add]


def measure(quick: bool) -> Measured:
    """Measure every saver."""
    return asyncio.run(_measure(QUICK_TURNS if quick else TURNS))


def tables(measured: Measured) -> RenderableType:
    """Show all savers, and ours beside the limits."""
    table = Table(title=f"A session of {measured.turns} turns of 2 x 3 kB", title_justify="left")
    table.add_column("saver")
    for name in (
        "kept / content",
        "trips a turn",
        "sent a turn",
        "sent, last / 10th",
        "ms a turn",
        "ms, last / 10th",
    ):
        table.add_column(name, justify="right")
    for each in measured.savers:
        table.add_row(
            each.saver,
            f"{each.kept_ratio:.2f}",
            "–" if each.trips is None else f"{each.trips:.2f}",
            "–" if each.sent_bytes is None else f"{each.sent_bytes / 1000:.1f} kB",
            "–" if each.sent_growth is None else f"{each.sent_growth:.2f}",
            f"{each.late_ms:.1f}",
            f"{each.time_growth:.2f}",
        )
    checks = []
    for each in measured.savers:
        if each.saver.startswith("ours"):
            checks.append(Check(f"{each.saver}: kept for each byte of content", each.kept_ratio, 2, "x"))
        if each.saver == "ours, Redis" and each.trips is not None and each.sent_bytes is not None:
            checks.append(Check("ours, Redis: round trips a turn", each.trips, 2.05, ""))
            checks.append(Check("ours, Redis: sent a turn", each.sent_bytes / 1000, 10, "kB"))
            checks.append(
                Check("ours, Redis: last turn's bytes against the tenth's", each.sent_growth or 0, 1.2, "x")
            )
    note = "Times hold for this machine and moment; compare rows of one table only."
    return Group(with_note(table, note), checks_table(checks))


async def _measure(turns: int) -> Measured:
    found: list[Growth] = []
    with tempfile.TemporaryDirectory(prefix="fa-bench-") as folder:
        found.append(
            await _grow(
                "ours, SQLite", _ours(f"sqlite:///{folder}/ours.db", _files(folder, "ours.db")), turns
            )
        )
        for kind, name in (("redis", "Redis"), ("mongo", "MongoDB protocol")):
            with serving(kind) as server:
                async with proxied(server.url) as wire:
                    kept = _redis_bytes if kind == "redis" else _mongo_bytes
                    opened = _ours(wire.url, lambda kept=kept, url=server.url: kept(url))  # type: ignore[misc]
                    found.append(await _grow(f"ours, {name}", opened, turns, wire))
        found.append(await _grow("langgraph, memory", _memory(), turns))
        found.append(await _grow("langgraph, SQLite", _sqlite(folder), turns))
    return Measured(turns, found)


async def _grow(name: str, opened: Opened, turns: int, wire: Wire | None = None) -> Growth:
    sent: list[int] = []
    seconds: list[float] = []
    content = 0
    async with opened as (saver, kept):
        graph = _conversation(saver)
        trips = wire.trips if wire is not None else 0
        for number in range(turns):
            config: RunnableConfig = {"configurable": {"thread_id": "t", "run_id": f"run{number}"}}
            question, before, started = _text(), wire.sent if wire is not None else 0, time.perf_counter()
            await graph.ainvoke({"turns": [{"role": "human", "text": question}]}, config, durability="exit")
            seconds.append(time.perf_counter() - started)
            sent.append((wire.sent if wire is not None else 0) - before)
            content += 2 * len(question)
        trips = (wire.trips if wire is not None else 0) - trips
        ratio = kept() / content
    early, late = slice(5, 5 + _AROUND), slice(-_AROUND, None)
    watched = wire is not None
    return Growth(
        name,
        ratio,
        trips / turns if watched else None,
        median(sent[late]) if watched else None,
        median(sent[late]) / median(sent[early]) if watched else None,
        1000 * median(seconds[late]),
        median(seconds[late]) / median(seconds[early]),
    )


def _conversation(saver: BaseCheckpointSaver[Any]) -> Any:
    graph = StateGraph(State)
    graph.add_node("answer", lambda _: {"turns": [{"role": "ai", "text": _text()}]})
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=saver)


def _text() -> str:
    return base64.b64encode(random.randbytes(SIZE * 3 // 4)).decode()


@asynccontextmanager
async def _ours(
    url: str, kept: Callable[[], int]
) -> AsyncIterator[tuple[BaseCheckpointSaver[Any], Callable[[], int]]]:
    async with open_checkpointer(url) as saver:
        yield saver, kept


@asynccontextmanager
async def _memory() -> AsyncIterator[tuple[BaseCheckpointSaver[Any], Callable[[], int]]]:
    saver = InMemorySaver()
    yield saver, lambda: sum(len(data) for _, data in saver.blobs.values())


@asynccontextmanager
async def _sqlite(folder: str) -> AsyncIterator[tuple[BaseCheckpointSaver[Any], Callable[[], int]]]:
    async with AsyncSqliteSaver.from_conn_string(f"{folder}/theirs.db") as saver:
        yield saver, _files(folder, "theirs.db")


def _files(folder: str, name: str) -> Callable[[], int]:
    def size() -> int:
        database = sqlite3.connect(f"{folder}/{name}")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what is in the log as well is not kept twice
        database.close()
        return Path(folder, name).stat().st_size

    return size


def _redis_bytes(url: str) -> int:
    client: Any = redis.Redis.from_url(url, protocol=2)
    size = sum(client.memory_usage(key, samples=0) for key in client.scan_iter())
    client.close()
    return int(size)


def _mongo_bytes(url: str) -> int:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        documents = client.get_default_database()["checkpoints"].find()
        return sum(len(bson.encode(each)) for each in documents)
