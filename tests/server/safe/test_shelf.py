"""The contract of the records beside the sessions, on every store; and the keys that stand in them."""

from __future__ import annotations

import asyncio

import pytest

from server.access.keys import add_key, caller_of_key, list_keys, revoke_key
from server.refusals import Unauthenticated
from server.shelf import open_shelf
from tests.server.conftest import Backend


async def test_a_record_is_what_was_put_last_and_of_its_kind_alone(backend: Backend) -> None:
    async with open_shelf(backend.url) as shelf:
        assert await shelf.get("a", "x") is None
        assert await shelf.all("a") == {}
        await shelf.put("a", "x", {"n": 1})
        await shelf.put("a", "x", {"n": 2, "text": "涨 \u2028 \U0001f4c8", "none": None})
        await shelf.put("a", "b", {"n": 3})
        await shelf.put("b", "x", {"n": 4})
        assert await shelf.get("a", "x") == {"n": 2, "text": "涨 \u2028 \U0001f4c8", "none": None}
        assert list(await shelf.all("a")) == ["b", "x"]
        assert await shelf.some("a", ["b", "nothing", "b"]) == {"b": {"n": 3}}
        assert await shelf.some("b", ["x", "b"]) == {"x": {"n": 4}}
        assert await shelf.some("a", []) == {}
        assert await shelf.some("c", [f"n{n}" for n in range(2000)]) == {}
        await shelf.remove("a", "x", "not there")
        await shelf.remove("a")
        assert list(await shelf.all("a")) == ["b"]
        assert await shelf.get("b", "x") == {"n": 4}


async def test_workers_share_the_records(backend: Backend) -> None:
    async with open_shelf(backend.url) as one, open_shelf(backend.url) as other:
        await asyncio.gather(*(one.put("k", f"one{n}", {"n": n}) for n in range(20)))
        await asyncio.gather(*(other.put("k", f"other{n}", {"n": n}) for n in range(20)))
        assert len(await one.all("k")) == len(await other.all("k")) == 40


async def test_a_key_is_kept_as_a_hash_and_revoked_for_every_worker(backend: Backend) -> None:
    async with open_shelf(backend.url) as one, open_shelf(backend.url) as other:
        key, text = await add_key(one, "alice", "laptop")
        assert (await caller_of_key(other, text)).id == "alice"
        secret = text.removeprefix(f"fa_{key.key_id}_")
        assert secret not in str(await one.all("key"))
        assert await revoke_key(other, "nosuchkey") is None
        assert await revoke_key(other, key.key_id)
        with pytest.raises(Unauthenticated):
            await caller_of_key(one, text)
        (listed,) = await list_keys(one)
        assert (listed.owner, listed.label, listed.revoked_at is None) == ("alice", "laptop", False)


@pytest.mark.parametrize("owner", ["", "a/b", "a b", "../x", "é", "x" * 65, ".x", "a\n"])
async def test_an_owner_that_could_not_scope_sessions(owner: str) -> None:
    async with open_shelf("memory:") as shelf:
        with pytest.raises(ValueError, match="is no owner"):
            await add_key(shelf, owner)
        assert await shelf.all("key") == {}
