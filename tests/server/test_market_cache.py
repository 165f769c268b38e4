"""Market data on a real Redis: one process loads what the other finds; a dead server costs no answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from graph.market.cache import Cache, Kind
from server.market_cache import open_market_cache
from server.settings import ServerSettings
from tests.servers import serving

KIND: Kind[str] = Kind("text", lambda value: value, str, kept_seconds=60)


@pytest.mark.parametrize("kind", ["redis", "valkey"])
async def test_processes_share_what_one_has_loaded(kind: str) -> None:
    loads = 0

    async def load() -> str:
        nonlocal loads
        loads += 1
        return "苹果"

    async def fresh(value: Any) -> float:
        return 4e9

    with serving(kind) as server:
        async with open_market_cache(server.url) as store:
            assert store is not None
            for _ in range(2):
                kept = await Cache("test", store).get(KIND, "AAPL", load, fresh)
                assert kept.value == "苹果"
            assert loads == 1
            assert await store.get("market:1:test:none") is None
            await store.set("short", b"x", 1)
            await asyncio.sleep(1.2)
            assert await store.get("short") is None
            server.kill()
            assert (await Cache("test", store).get(KIND, "AAPL", load, fresh)).value == "苹果"
            assert loads == 2


async def test_without_a_url_there_is_no_store() -> None:
    async with open_market_cache(None) as store:
        assert store is None


@pytest.mark.parametrize("url", ["mongodb://x", "sqlite:///x", "nonsense", "http://x"])
def test_only_redis_keeps_market_data(url: str) -> None:
    with pytest.raises(ValidationError, match="it takes redis://HOST"):
        ServerSettings(market_cache=SecretStr(url))
    assert ServerSettings(market_cache=SecretStr(" ")).market_cache is None
