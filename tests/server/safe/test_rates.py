"""How much one caller may ask: counted in process and in Redis by the same contract, and told honestly."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from server.access.caller import Caller
from server.access.keys import add_key
from server.access.rates import open_rates
from server.app import create_app
from server.errors import StoreUnavailable
from server.refusals import QuotaExceeded, RateExceeded
from server.settings import ServerSettings
from tests.server.conftest import Backend, on_server
from tests.servers import Server, serving

ALICE, BOB = Caller("alice"), Caller("bob")


@pytest.fixture(params=["memory", "redis", "valkey", "cluster"])
def counted(request: pytest.FixtureRequest, servers: dict[str, Server]) -> str:
    """Where the counts are kept."""
    if request.param == "memory":
        return "memory:"
    backend: Backend = on_server(request.param, servers)
    return backend.url


def limited(**chosen: Any) -> ServerSettings:
    return ServerSettings(store_url="memory:", **{"requests_per_minute": 5, **chosen})


async def test_a_caller_who_asks_too_often_waits_and_another_does_not(counted: str) -> None:
    async with open_rates(limited(), counted) as rates:
        left = [await rates.request(ALICE) for _ in range(5)]
        assert [each.remaining for each in left if each] == [4, 3, 2, 1, 0]
        with pytest.raises(RateExceeded) as caught:
            await rates.request(ALICE)
        assert caught.value.retry_after is not None
        assert 1 <= caught.value.retry_after <= 61
        assert await rates.request(BOB) is not None


async def test_requests_at_once_are_counted_once_each(counted: str) -> None:
    async with open_rates(limited(), counted) as rates:
        told = await asyncio.gather(*(rates.request(ALICE) for _ in range(30)), return_exceptions=True)
        assert sum(not isinstance(each, Exception) for each in told) == 5
        assert sum(isinstance(each, RateExceeded) for each in told) == 25


async def test_the_tokens_of_a_day(counted: str) -> None:
    async with open_rates(limited(tokens_per_day=100), counted) as rates:
        await rates.require_tokens(ALICE)
        await rates.spend("alice", 90)
        await rates.require_tokens(ALICE)
        await rates.spend("alice", 500)
        with pytest.raises(QuotaExceeded) as caught:
            await rates.require_tokens(ALICE)
        assert caught.value.retry_after is not None
        assert caught.value.retry_after > 3600
        await rates.require_tokens(BOB)


async def test_no_limit_counts_nothing(counted: str) -> None:
    async with open_rates(limited(requests_per_minute=0), counted) as rates:
        assert [await rates.request(ALICE) for _ in range(50)] == [None] * 50
        await rates.spend("alice", 10**9)
        await rates.require_tokens(ALICE)


async def test_counts_that_cannot_be_kept_let_nobody_in() -> None:
    with serving("redis") as server:
        async with open_rates(limited(), server.url) as rates:
            await rates.request(ALICE)
            server.kill()
            with pytest.raises(StoreUnavailable):
                await rates.request(ALICE)


async def test_a_flood_is_told_when_to_come_back_and_starves_nobody() -> None:
    app = create_app(limited(auth="api-key"))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        shelf = app.state.service.shelf
        keys = [(await add_key(shelf, owner))[1] for owner in ("alice", "alice", "bob")]

        async def ask(key: str) -> httpx.Response:
            return await client.get("/api/sessions", headers={"Authorization": f"Bearer {key}"})

        # Another key of the same owner is the same caller.
        flood = await asyncio.gather(*(ask(keys[number % 2]) for number in range(100)))
        statuses = [response.status_code for response in flood]
        assert (statuses.count(200), statuses.count(429)) == (5, 95)
        refused = next(response for response in flood if response.status_code == 429)
        assert refused.json()["code"] == "rate_exceeded"
        assert refused.json()["retryable"] is True
        assert 1 <= int(refused.headers["retry-after"]) <= 61
        calm = await ask(keys[2])
        assert calm.status_code == 200
        assert (calm.headers["ratelimit-limit"], calm.headers["ratelimit-remaining"]) == ("5", "4")
        assert 0 <= int(calm.headers["ratelimit-reset"]) <= 60
