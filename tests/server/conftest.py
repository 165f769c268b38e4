"""The stores that the contract of the checkpointers runs on: SQLite, and real servers."""

from __future__ import annotations

import gc
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
import pytest
import redis

from server.clients import sqlite_path
from tests.servers import Server, serving

# pymongo leaves a socket to the collector when it stops to connect: marks of tests in which it does.
MONGO_FAILS = [
    pytest.mark.usefixtures("collected"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]


@dataclass(frozen=True)
class Backend:
    """A store of one test: where it is, and what really stands in it."""

    kind: str
    url: str

    def stored(self) -> dict[bytes, bytes]:
        """Give every stored byte by the name under which it stands."""
        match self.kind:
            case "sqlite":
                return self._rows()
            case "mongo":
                return self._documents()
            case "pair":
                hot, durable = self.url.split()
                return Backend("redis", hot).stored() | Backend("mongo", durable).stored()
            case _:
                return self._fields()

    def _rows(self) -> dict[bytes, bytes]:
        database = sqlite3.connect(sqlite_path(self.url))
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [(t, *row) for t in tables for row in database.execute(f"SELECT * FROM {t}")]
        database.close()
        return {repr(row[:3]).encode(): _joined(row[3:]) for row in rows}

    def _fields(self) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        with redis_client(self.url) as client:
            for key in client.scan_iter():
                if key == b"fi:schema":  # says of which version the store is, and stays
                    continue
                if client.type(key) == b"string":
                    found[key] = client.get(key)
                elif client.type(key) == b"set":
                    found |= {key + b" " + name: b"" for name in client.smembers(key)}
                elif client.type(key) == b"hash":
                    found |= {key + b" " + name: value for name, value in client.hgetall(key).items()}
                else:
                    found |= {key + b" " + name: b"" for name in client.zrange(key, 0, -1)}
        return found

    def _documents(self) -> dict[bytes, bytes]:
        with pymongo.MongoClient[dict[str, Any]](self.url) as client:
            database = client.get_default_database()
            collections = [name for name in database.list_collection_names() if name != "schema"]
            documents = [each for name in collections for each in database[name].find()]
            return {str(each.pop("_id")).encode(): b"".join(_leaves(each)) for each in documents}


def _joined(values: tuple[Any, ...]) -> bytes:
    return b"".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def _leaves(value: Any) -> list[bytes]:
    if isinstance(value, dict):
        return [leaf for name, each in value.items() for leaf in (name.encode(), *_leaves(each))]
    return [value if isinstance(value, bytes) else str(value).encode()]


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Server]]:
    """The servers that are running, started when a test first needs one."""
    with ExitStack() as stack:
        yield Servers(stack)


class Servers(dict[str, Server]):
    """Starts a server where it is asked for."""

    def __init__(self, stack: ExitStack) -> None:
        super().__init__()
        self._stack = stack

    def __missing__(self, kind: str) -> Server:
        self[kind] = self._stack.enter_context(serving(kind))
        return self[kind]


@pytest.fixture(params=["sqlite", "redis", "redis6", "valkey", "cluster", "mongo", "pair"])
def backend(request: pytest.FixtureRequest, tmp_path: Path, servers: dict[str, Server]) -> Backend:
    """A store that holds nothing yet."""
    if request.param == "sqlite":
        return Backend("sqlite", f"sqlite:///{tmp_path}/s.db")
    return on_server(request.param, servers)


def on_server(kind: str, servers: dict[str, Server]) -> Backend:
    """Give an empty store on a server."""
    if kind == "pair":
        hot, durable = on_server("redis", servers), on_server("mongo", servers)
        return Backend(kind, f"{hot.url} {durable.url}")
    if kind == "mongo":
        base = os.environ.get("MONGODB_URI") or servers[kind].url
        return Backend(kind, pymongo_database(base, f"test_{uuid.uuid4().hex[:12]}"))
    with redis_client(servers[kind].url) as client:
        client.flushall()
    return Backend(kind, servers[kind].url)


def redis_client(url: str) -> Any:
    """Open a client of a server, or of a cluster."""
    if url.startswith("redis+cluster"):
        return redis.RedisCluster.from_url(url.replace("redis+cluster", "redis"), protocol=2)
    return redis.Redis.from_url(url, protocol=2)


def pymongo_database(url: str, name: str) -> str:
    """Give a Mongo URL with another database."""
    scheme, _, rest = url.partition("://")
    host, _, tail = rest.partition("/")
    _, mark, options = tail.partition("?")
    return f"{scheme}://{host}/{name}{mark}{options}"


@pytest.fixture
def collected() -> Iterator[None]:
    """Collects what a test left, lest a later one is blamed for it."""
    yield
    gc.collect()
