"""Stores of schema 1 are read and gone on with; those of a newer version are refused.

`stores/` holds what was kept of three questions in two sessions, and of one whose process died.
"""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import bson
import pymongo
import pytest

from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask, wait_for_answer
from server.auth import LOCAL
from server.checkpoints import open_store
from server.checkpoints.verify import verify_store
from server.clients import durable_url, sqlite_path
from server.errors import StoreUnavailable
from server.service import open_service
from server.sessions import open_index
from server.settings import ServerSettings
from server.transcripts import read_session
from tests.server.conftest import Backend, redis_client

STORES = Path(__file__).parent / "stores"


def kept(name: str) -> bytes:
    return gzip.decompress((STORES / name).read_bytes())


def restore(backend: Backend) -> None:
    """Fill a store with what the old version kept in one of its kind."""
    match backend.kind:
        case "sqlite":
            Path(sqlite_path(backend.url)).write_bytes(kept("schema1.sqlite.gz"))
        case "mongo" | "pair":
            with pymongo.MongoClient[dict[str, Any]](durable_url(backend.url)) as client:
                for name, documents in bson.decode(kept("schema1.bson.gz")).items():
                    client.get_default_database()[name].insert_many(documents)
        case _:
            with redis_client(backend.url) as client:
                for key, (kind, value) in json.loads(kept("schema1.redis.json.gz")).items():
                    _restore_key(client, base64.b64decode(key), kind, value)


def _restore_key(client: Any, key: bytes, kind: str, value: Any) -> None:
    decoded = base64.b64decode
    match kind:
        case "string":
            client.set(key, decoded(value))
        case "hash":
            client.hset(key, mapping={decoded(name): decoded(each) for name, each in value.items()})
        case _:
            client.zadd(key, {decoded(member): score for member, score in value})


async def test_an_old_store_is_read_and_gone_on_with(backend: Backend) -> None:
    restore(backend)
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=0), store_url=backend.url, drain_seconds=1)
    async with open_service(settings) as service:
        records, following = await service.sessions.page("local")
        assert [(each.session_id, each.turns, each.running) for each in records] == [
            ("first", 3, True),
            ("second", 1, False),
        ]
        assert following is None
        first = await read_session(service, LOCAL, "first")
        assert first.title == "Is AAPL a buy?"
        assert [(turn.question, turn.status, bool(turn.answer)) for turn in first.transcript] == [
            ("Is AAPL a buy?", "done", True),
            ("And its risk?", "done", True),
            ("What was lost?", "running", False),
        ]
        assert [turn.versions for turn in first.transcript] == [[turn.run_id] for turn in first.transcript]
        (found,) = (await service.sessions.page("local", words="贵不贵"))[0]
        assert found.session_id == "second"
        old = first.transcript[1].run_id
        for replaces in (old, None):
            question = AnalystInput(message="How are its margins?", session_id="first", replaces=replaces)
            await wait_for_answer(service, await ask(service, LOCAL, question))
        line = (await read_session(service, LOCAL, "first")).transcript
        assert len(line) == 3
        assert line[1].versions == [old, line[1].run_id]
        assert line[1].report is not None
        assert line[1].report["symbols"] == ["AAPL"]  # from the first turn, which the old version kept
    async with open_service(settings) as service:  # and once more, now that it is upgraded
        assert (await read_session(service, LOCAL, "first")).transcript == line
    async with open_store(backend.url) as store:
        results = [each async for each in verify_store(store)]
    assert len(results) == 2
    assert all(each.damages == () for each in results)


async def test_an_index_of_a_newer_version_is_refused(backend: Backend) -> None:
    async with open_index(backend.url):
        pass
    match backend.kind:
        case "sqlite":
            database = sqlite3.connect(sqlite_path(backend.url))
            database.execute("PRAGMA user_version = 3")
            database.close()
        case "mongo" | "pair":
            with pymongo.MongoClient[dict[str, Any]](durable_url(backend.url)) as client:
                schema = client.get_default_database()["schema"]
                schema.update_one({"_id": "sessions"}, {"$set": {"version": 3}})
        case _:
            with redis_client(backend.url) as client:
                client.set("fi:schema", 3)
    with pytest.raises(StoreUnavailable, match=r"newer version \(schema 3.*upgrade financial-agent"):
        async with open_index(backend.url):
            pass
