"""How a provider's service is called: limits, retries, the breaker, calls that hang."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from graph.errors import Malformed, MarketError, NotFound, RateLimited, Unavailable
from graph.market.guard import Guard, Limits

QUICK = Limits(timeout=2, attempts=3, pause=0.001, per_minute=1000, patience=0.1, threshold=5, cooldown=30)


class Service:
    """Blocking work that raises what it is given, one after the other, and then answers."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        return "data"


def guard(limits: Limits = QUICK, clock: Callable[[], float] = time.monotonic) -> Guard:
    return Guard("test", lambda fault: Unavailable(f"translated {type(fault).__name__}"), limits, clock)


async def test_a_failure_that_passes_is_tried_again() -> None:
    service = Service(Unavailable(), OSError("x"), Malformed())
    opened = guard(Limits(attempts=4, pause=0.001))
    assert await opened.call(service) == "data"
    assert service.calls == 4
    assert opened.state == "is asked"


async def test_every_attempt_may_fail() -> None:
    service = Service(*[Unavailable("down")] * 9)
    with pytest.raises(Unavailable, match="down"):
        await guard().call(service)
    assert service.calls == 3


async def test_what_does_not_exist_is_not_asked_again() -> None:
    service = Service(NotFound("nope"))
    with pytest.raises(NotFound):
        await guard().call(service)
    assert service.calls == 1


async def test_what_a_client_raises_is_translated_and_nothing_else_leaves() -> None:
    with pytest.raises(Unavailable, match="translated ZeroDivisionError"):
        await guard(Limits(attempts=1)).call(lambda: 1 / 0)


async def test_the_breaker_opens_and_closes() -> None:
    now = [0.0]
    opened = guard(Limits(attempts=1, pause=0, threshold=2, cooldown=10), lambda: now[0])
    service = Service(*[Unavailable()] * 3)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await opened.call(service)
    with pytest.raises(Unavailable) as refused:
        await opened.call(service)
    assert (service.calls, refused.value.retry_after) == (2, 10)
    assert opened.state == "failed 2 times, left alone for 10 s"
    now[0] = 11
    with pytest.raises(Unavailable):  # it is asked once, to see whether it is back
        await opened.call(service)
    assert service.calls == 3
    now[0] = 30
    assert await opened.call(service) == "data"


async def test_a_limit_of_the_service_is_waited_out() -> None:
    now = [0.0]
    opened = guard(clock=lambda: now[0])
    service = Service(RateLimited(retry_after=60))
    with pytest.raises(RateLimited):
        await opened.call(service)
    now[0] = 59
    with pytest.raises(RateLimited) as refused:
        await opened.call(service)
    assert (service.calls, refused.value.retry_after) == (1, 1)
    now[0] = 61
    assert await opened.call(service) == "data"


async def test_our_own_limit_of_calls_a_minute() -> None:
    now = [0.0]
    opened = guard(Limits(per_minute=2, patience=0.01), lambda: now[0])
    service = Service()
    await opened.call(service)
    await opened.call(service)
    with pytest.raises(RateLimited) as refused:
        await opened.call(service)
    assert (service.calls, refused.value.retry_after) == (2, 60)
    now[0] = 61
    await opened.call(service)


async def test_a_call_that_hangs_is_left_and_keeps_its_thread() -> None:
    release = threading.Event()
    opened = guard(Limits(timeout=0.05, attempts=1, threads=1, threshold=99))
    with pytest.raises(Unavailable, match="gave no answer"):
        await opened.call(lambda: release.wait(10))
    with pytest.raises(Unavailable, match="1 calls are hanging"):
        await opened.call(lambda: True)
    release.set()
    await asyncio.sleep(0.1)
    assert await opened.call(lambda: "back") == "back"


@pytest.mark.parametrize("fault", [NotFound(), RateLimited(), Unavailable(), Malformed()])
async def test_the_markets_errors_pass_as_they_are(fault: MarketError) -> None:
    with pytest.raises(type(fault)) as raised:
        await guard(Limits(attempts=1)).call(Service(fault))
    assert raised.value is fault
