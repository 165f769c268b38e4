"""Damage is found in every store, told with the session's name, and never served."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pymongo
import pytest

from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask
from server.auth import LOCAL
from server.checkpoints import open_checkpointer, open_store
from server.checkpoints.names import session_key
from server.checkpoints.verify import Verified, verify_store
from server.cli import main
from server.clients import durable_url, sqlite_path
from server.errors import StoreDamaged
from server.runs.run import thread_of
from server.service import open_service
from server.settings import ServerSettings
from tests.server.conftest import Backend, redis_client
from tests.server.test_checkpoints import META, at, checkpoint, text

Change = Callable[[bytes], bytes | None]

_TABLES = {
    "item": ("session_items", "id", "stored"),
    "record": ("session_records", "field", "record"),
    "write": ("session_writes", "key", "value"),
}
_KEYS = {"item": "b", "record": "c", "write": "w"}
_FIELDS = {"item": ("b", "d"), "record": ("c", "r"), "write": ("c", "w")}


def damage(backend: Backend, session: str, what: str, change: Change) -> None:
    """Change the first item, record or write of a session where it is stored; none takes it away."""
    match backend.kind:
        case "sqlite":
            _damage_row(backend.url, session, what, change)
        case "mongo" | "pair":
            _damage_document(durable_url(backend.url), session, what, change)
        case _:
            with redis_client(backend.url) as client:
                key = f"fa:{{{session}}}:{_KEYS[what]}"
                name, value = sorted(client.hgetall(key).items())[0]
                changed = change(value)
                client.hset(key, name, changed) if changed is not None else client.hdel(key, name)


def _damage_row(url: str, session: str, what: str, change: Change) -> None:
    table, name, column = _TABLES[what]
    database = sqlite3.connect(sqlite_path(url))
    query = f"SELECT {name}, {column} FROM {table} WHERE session = ? ORDER BY {name} LIMIT 1"
    found, value = database.execute(query, (session,)).fetchone()
    changed = change(value)
    if changed is None:
        database.execute(f"DELETE FROM {table} WHERE session = ? AND {name} = ?", (session, found))
    else:
        query = f"UPDATE {table} SET {column} = ? WHERE session = ? AND {name} = ?"
        database.execute(query, (changed, session, found))
    database.commit()
    database.close()


def _damage_document(url: str, session: str, what: str, change: Change) -> None:
    part, path = _FIELDS[what]
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        documents = client.get_default_database()["checkpoints"]
        between = {"$gt": f"{session}/{part}/", "$lt": f"{session}/{part}0"}
        found = documents.find_one({"_id": between, path: {"$exists": True}})
        assert found is not None
        value = found[path]
        if what == "write":
            name = min(value)
            path, value = f"w.{name}", value[name]
        changed = change(value)
        if changed is None:
            documents.delete_one({"_id": found["_id"]})
        else:
            documents.update_one({"_id": found["_id"]}, {"$set": {path: changed}})


def flip(at: int) -> Change:
    def change(value: bytes) -> bytes:
        place = at % len(value)
        return value[:place] + bytes([value[place] ^ 0x41]) + value[place + 1 :]

    return change


def cut(value: bytes) -> bytes:
    return value[: len(value) // 2]


async def verified(backend: Backend) -> dict[str | None, Verified]:
    async with open_store(backend.url) as store:
        return {each.thread_id: each async for each in verify_store(store)}


async def fill(backend: Backend) -> None:
    async with open_checkpointer(backend.url) as saver:
        for thread_id in ("sound", "local/hurt"):
            messages: list[str] = []
            for _ in range(40):
                messages.append(text(1200))
                config = await saver.aput(at(thread_id), checkpoint(m=list(messages), n=text(300)), META, {})
            await saver.aput_writes(config, [("x", text(2000))], "task")


CHANGES: list[tuple[str, str, Change]] = [
    ("item", "last byte", flip(-1)),
    ("item", "inner byte", flip(7)),
    ("item", "cut", cut),
    ("record", "count", flip(1)),
    ("record", "reference", flip(30)),
    ("record", "body", flip(-20)),
    ("record", "cut", cut),
    ("write", "body", flip(-3)),
    ("write", "cut", cut),
]


async def test_damage_is_found_and_told_with_the_session(backend: Backend) -> None:
    await fill(backend)
    before = await verified(backend)
    assert [each.damages for each in before.values()] == [(), ()]
    assert all(each.checkpoints == 40 and each.items > 40 for each in before.values())
    session = session_key("local/hurt")
    for what, how, change in CHANGES:
        original: list[bytes] = []

        def keep_and_change(
            value: bytes, change: Change = change, original: list[bytes] = original
        ) -> bytes | None:
            original.append(value)
            return change(value)

        damage(backend, session, what, keep_and_change)
        if backend.kind == "pair":
            forget_hot(backend)
        after = await verified(backend)
        hurt = after["local/hurt"]
        assert hurt.damages, (what, how)
        assert after["sound"].damages == ()
        damage(backend, session, what, lambda _, original=original: original[0])  # type: ignore[misc]
    damage(backend, session, "item", lambda _: None)
    if backend.kind == "pair":
        forget_hot(backend)
    assert "is missing" in (await verified(backend))["local/hurt"].damages[0]


def forget_hot(backend: Backend) -> None:
    with redis_client(backend.url.split()[0]) as client:
        client.flushall()


@pytest.mark.parametrize("what", ["item", "record"])
async def test_damage_is_never_served(backend: Backend, what: str) -> None:
    async with open_checkpointer(backend.url) as saver:
        await saver.aput(at("t"), checkpoint(value=text(2000)), META, {})
    damage(backend, session_key("t"), what, flip(-12))
    if backend.kind == "pair":
        forget_hot(backend)
    async with open_checkpointer(backend.url) as saver:
        with pytest.raises(StoreDamaged):
            await saver.aget_tuple(at("t"))


async def test_the_command_names_the_session_and_fails(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=0), store_url=backend.url, drain_seconds=1)
    async with open_service(settings) as service:
        for session_id in ("fine", "hurt", "empty"):
            run = await ask(service, LOCAL, AnalystInput(message="Is AAPL a buy?", session_id=session_id))
            await run.done.wait()
    monkeypatch.setenv("FINANCIAL_AGENT_STORE_URL", backend.url)

    async def run_verify() -> tuple[int, dict[str, Any]]:
        code = await asyncio.to_thread(main, ["sessions", "verify", "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, found = await run_verify()
    assert (code, found["sessions"], found["damaged"]) == (0, 3, {})
    damage(backend, session_key(thread_of("local", "hurt")), "item", flip(-1))
    if backend.kind == "pair":
        forget_hot(backend)
    async with open_checkpointer(backend.url) as saver:
        await saver.adelete_thread(thread_of("local", "empty"))
    code, found = await run_verify()
    assert code == 1
    assert sorted(found["damaged"]) == ["empty", "hurt"]
    assert "is not there" in found["damaged"]["empty"][0]
