"""Reads the URLs of stores, and opens SQLite files, Redis and Mongo clients with limits.

Every wait has an end. `protocol=2` is needed for servers older than Redis 6, which do not know HELLO.
"""

from __future__ import annotations

import asyncio
import math
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.errors import StoreUnavailable

if TYPE_CHECKING:
    import aiosqlite
    from pymongo import AsyncMongoClient
    from pymongo.asynchronous.database import AsyncDatabase
    from redis.asyncio import Redis, RedisCluster

REDIS_SCHEMES = ("redis", "rediss", "redis+cluster", "rediss+cluster")
MONGO_SCHEMES = ("mongodb", "mongodb+srv")

STORE_URLS = (
    "sqlite:///PATH, redis://HOST, redis+cluster://HOST, mongodb://HOST/DATABASE, memory:, "
    "or a pair 'redis://HOST mongodb://HOST/DATABASE'"
)
SQLITE_PREFIX = "sqlite:///"

# A name, an address or (Mongo) an escaped socket, and a port; an IPv6 address stands in brackets.
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\s\[\]:]+)(?::[0-9]{1,5})?")

_NAME = "financial-agent"
_DATABASE = "financial_agent"
_CONNECT_SECONDS = 2.0
_ANSWER_SECONDS = 3.0
_OPEN_SECONDS = 4.0
_FILE_SECONDS = 5.0  # for another process that holds the file
_DISK_SECONDS = 30.0  # for one's turn, and for the disk: a crowd of writers is no fault


def is_store_url(url: str) -> bool:
    """Say whether a URL is of a kind that can be opened."""
    if url.startswith(SQLITE_PREFIX):
        return len(url) > len(SQLITE_PREFIX)
    if (pair := pair_of(url)) is not None:
        return all(is_store_url(each) for each in pair)
    if url == "memory:":
        return True
    if any(char.isspace() for char in url) or scheme_of(url) not in REDIS_SCHEMES + MONGO_SCHEMES:
        return False
    hosts = re.split("[/?]", without_secrets(url).partition("://")[2], maxsplit=1)[0]
    return all(_HOST.fullmatch(host) for host in hosts.split(","))


def pair_of(url: str) -> tuple[str, str] | None:
    """Give the two URLs of a pair: a fast Redis and a durable MongoDB, with a space between."""
    parts = url.split()
    if len(parts) != 2 or url.startswith(SQLITE_PREFIX):
        return None
    hot, durable = parts
    return (hot, durable) if scheme_of(hot) in REDIS_SCHEMES and scheme_of(durable) in MONGO_SCHEMES else None


def durable_url(url: str) -> str:
    """Give the URL of the store that must not lose anything: the second of a pair."""
    pair = pair_of(url)
    return url if pair is None else pair[1]


def sqlite_path(url: str) -> str:
    """Give the file that a store URL names; `:memory:` for `memory:`.

    Raises:
        ValueError: the URL is of no kind that can be opened.
    """
    if url == "memory:":
        return ":memory:"
    if not url.startswith(SQLITE_PREFIX) or not is_store_url(url):
        raise ValueError(f"no store can be opened at {without_secrets(url)!r}: use {STORE_URLS}")
    return str(Path(url.removeprefix(SQLITE_PREFIX)).expanduser())


def scheme_of(url: str) -> str:
    """Give the scheme of a URL, in lower case."""
    return url.partition("://")[0].lower() if "://" in url else ""


def without_secrets(url: str) -> str:
    """Give a URL as it may be shown: no user, no password, no options, also where it is malformed."""
    if (pair := pair_of(url)) is not None:
        return " ".join(without_secrets(each) for each in pair)
    scheme, found, rest = url.partition("://")
    if not found or scheme.lower() == "sqlite":
        return url
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


class SqliteFile:
    """One connection to a SQLite file: one transaction at a time, and no wait without end.

    While somebody else holds the file, those who wait for their turn fail with the one who tries.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._db = connection
        self._writing = asyncio.Lock()
        self._failed = -math.inf  # when the file was last found held, or not to be written

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Let a block write, and keep all of it or nothing.

        Raises:
            StoreUnavailable: the file is held by somebody else, or cannot be written.
        """
        asked = time.monotonic()
        try:
            async with asyncio.timeout(_DISK_SECONDS):
                await self._writing.acquire()
            try:
                if self._failed > asked:
                    raise StoreUnavailable("the file is held by somebody else")
                try:
                    yield self._db
                    await self._db.commit()
                except BaseException as fault:
                    if isinstance(fault, sqlite3.OperationalError):
                        self._failed = time.monotonic()
                    await self._db.rollback()
                    raise
            finally:
                self._writing.release()
        except (sqlite3.Error, ValueError, TimeoutError) as fault:
            raise StoreUnavailable(type(fault).__name__) from fault

    async def fetch(self, query: str, values: Sequence[object]) -> list[sqlite3.Row]:
        """Give the rows of a query.

        Raises:
            StoreUnavailable: the file cannot be read, or what is being written holds it up.
        """
        try:
            async with asyncio.timeout(_DISK_SECONDS):
                return list(await self._db.execute_fetchall(query, values))
        except (sqlite3.Error, ValueError, TimeoutError) as fault:
            raise StoreUnavailable(type(fault).__name__) from fault

    async def ping(self) -> None:
        """See that the file can be written.

        Raises:
            StoreUnavailable: it cannot.
        """
        async with self.transaction() as db:
            await db.execute("BEGIN IMMEDIATE")


@asynccontextmanager
async def open_sqlite(path: str) -> AsyncIterator[aiosqlite.Connection]:
    """Open a SQLite file, or memory for `:memory:`, so that readers do not wait for writers.

    Raises:
        StoreUnavailable: the file cannot be opened.
    """
    import aiosqlite

    try:
        await asyncio.to_thread(Path(path).parent.mkdir, parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path, timeout=_FILE_SECONDS)
    except (sqlite3.Error, OSError) as fault:
        raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
    try:
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error as fault:
            raise StoreUnavailable(f"{path!r}: {type(fault).__name__}") from fault
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def open_redis(url: str) -> AsyncIterator[Redis | RedisCluster]:
    """Open a client of a Redis or Valkey server or, for `redis+cluster://`, of a cluster.

    Raises:
        StoreUnavailable: nothing answers there in a few seconds.
        ValueError: the URL cannot be read.
    """
    from redis.exceptions import RedisClusterException, RedisError

    async with connect_redis(url) as client:
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await client.execute_command("PING")
        except (RedisError, RedisClusterException, OSError, TimeoutError) as fault:
            raise StoreUnavailable(f"{without_secrets(url)}: {type(fault).__name__}") from fault
        yield client


@asynccontextmanager
async def connect_redis(url: str) -> AsyncIterator[Redis | RedisCluster]:
    """Open a client as `open_redis` does, also where nothing answers yet.

    Raises:
        ValueError: the URL cannot be read.
    """
    from redis.asyncio import Redis, RedisCluster
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    scheme = scheme_of(url)
    options: dict[str, Any] = {
        "protocol": 2,
        "client_name": _NAME,
        "socket_connect_timeout": _CONNECT_SECONDS,
        "socket_timeout": _ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 0),  # who calls knows what may be done twice
    }
    client: Redis | RedisCluster
    try:
        if scheme.endswith("+cluster"):
            client = RedisCluster.from_url(scheme.removesuffix("+cluster") + url[len(scheme) :], **options)
        else:
            client = Redis.from_url(url, **options)
    except ValueError:  # its text may hold a part of the password
        raise ValueError(f"{without_secrets(url)} cannot be read") from None
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def open_mongo(url: str) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """Open the database that a URL names, `financial_agent` where it names none.

    Raises:
        StoreUnavailable: nothing answers there in a few seconds.
        ValueError: the URL cannot be read.
    """
    from pymongo import AsyncMongoClient
    from pymongo.errors import ConfigurationError, InvalidURI, PyMongoError

    try:
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            url,
            appname=_NAME,
            connectTimeoutMS=int(_CONNECT_SECONDS * 1000),
            serverSelectionTimeoutMS=int(_ANSWER_SECONDS * 1000),
            timeoutMS=int(_ANSWER_SECONDS * 1000),
        )
    except (InvalidURI, ConfigurationError, ValueError):  # its text may hold a part of the password
        raise ValueError(f"{without_secrets(url)} cannot be read") from None
    try:
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await client.admin.command("ping")
        except (PyMongoError, OSError, TimeoutError) as fault:
            raise StoreUnavailable(f"{without_secrets(url)}: {type(fault).__name__}") from fault
        yield client.get_default_database(_DATABASE)
    finally:
        await client.close()
