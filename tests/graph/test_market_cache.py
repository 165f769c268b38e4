"""What providers gave: loaded once, fresh for a while, marked when it is given over a failure."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.errors import NotFound, Unavailable
from graph.market.cache import Cache, Kind
from tests.graph import yahoo_wire as wires

KIND: Kind[int] = Kind("number", lambda value: {"n": value}, lambda data: int(data["n"]), kept_seconds=100)


class Loader:
    """Counts its loads; gives the count, or raises."""

    def __init__(self) -> None:
        self.loads = 0
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> int:
        self.loads += 1
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return self.loads


class Store:
    """A store in a dict, as another process would see it."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.seconds: dict[str, int] = {}
        self.broken = False

    async def get(self, key: str) -> bytes | None:
        if self.broken:
            raise ConnectionError("no store")
        return self.values.get(key)

    async def set(self, key: str, value: bytes, seconds: int) -> None:
        if self.broken:
            raise ConnectionError("no store")
        self.values[key], self.seconds[key] = value, seconds


class Fixture:
    def __init__(self, store: Store | None = None) -> None:
        self.now = 1000.0
        self.cache = Cache("test", store, lambda: self.now)
        self.load = Loader()

    async def get(self, symbol: str = "A") -> tuple[int, bool]:
        async def fresh(value: Any) -> float:
            return self.now + 10

        kept = await self.cache.get(KIND, symbol, self.load, fresh)
        return kept.value, kept.stale


async def test_a_value_is_loaded_once_while_it_is_fresh() -> None:
    it = Fixture()
    assert [await it.get(), await it.get()] == [(1, False)] * 2
    it.now += 11
    assert await it.get() == (2, False)


async def test_many_who_ask_at_once_cause_one_load() -> None:
    it = Fixture()
    it.load.gate.clear()
    asked = [asyncio.create_task(it.get()) for _ in range(20)]
    await asyncio.sleep(0)
    asked[0].cancel()  # who leaves does not take the load with them
    await asyncio.sleep(0)
    it.load.gate.set()
    assert await asyncio.gather(*asked[1:]) == [(1, False)] * 19
    assert it.load.loads == 1


async def test_symbols_do_not_mix() -> None:
    it = Fixture()
    assert await it.get("A") == (1, False)
    assert await it.get("B") == (2, False)


async def test_an_old_value_is_given_over_a_failure_and_says_so() -> None:
    it = Fixture()
    await it.get()
    it.load.fault = Unavailable("down")
    it.now += 50
    assert await it.get() == (1, True)
    it.now += 51
    with pytest.raises(Unavailable):
        await it.get()


async def test_without_an_old_value_the_failure_is_raised() -> None:
    it = Fixture()
    it.load.fault = Unavailable("down")
    for _ in range(2):
        with pytest.raises(Unavailable):
            await it.get()
    assert it.load.loads == 2


async def test_not_found_is_never_covered_by_an_old_value() -> None:
    it = Fixture()
    await it.get()
    it.now += 11
    it.load.fault = NotFound("delisted")
    for _ in range(2):
        with pytest.raises(NotFound):
            await it.get()
    assert it.load.loads == 2  # and is remembered for a while
    it.now += 301
    it.load.fault = None
    assert await it.get() == (3, False)


async def test_another_process_finds_the_value_in_the_store() -> None:
    store = Store()
    first, second = Fixture(store), Fixture(store)
    await first.get()
    assert await second.get() == (1, False)
    assert second.load.loads == 0
    assert list(store.seconds.values()) == [101]
    (key,) = store.values
    assert key.startswith("market:1:test:")


async def test_an_old_value_of_the_store_helps_over_a_failure() -> None:
    store = Store()
    await Fixture(store).get()
    other = Fixture(store)
    other.now += 50
    other.load.fault = Unavailable("down")
    assert await other.get() == (1, True)


@pytest.mark.parametrize("kept", [b"", b"not json", b"{}", b'{"value":{"m":1},"loaded":1,"fresh_until":9e9}'])
async def test_what_cannot_be_read_is_loaded(kept: bytes) -> None:
    store = Store()
    await Fixture(store).get()
    store.values = dict.fromkeys(store.values, kept)
    assert await Fixture(store).get() == (1, False)


async def test_a_dead_store_costs_no_answer() -> None:
    store = Store()
    store.broken = True
    it = Fixture(store)
    assert await it.get() == (1, False)
    assert await it.get() == (1, False)


async def test_no_symbol_is_part_of_a_key() -> None:
    store = Store()
    await Fixture(store).get("A:*\n{evil}")
    assert all(set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789:") for key in store.values)


def test_a_chart_survives_the_store() -> None:
    import numpy as np
    import orjson

    from graph.market.types import Bars, Identity
    from graph.market.yahoo_reading import Chart, dump_chart, load_chart

    column = np.array([1.5, 2.25, float(wires.NOW.year)])
    bars = Bars(
        "X", "USD", ("2026-01-02", "2026-01-05", "2026-01-06"), column, column, column, column, column,
        column, "", "2026-01-07T00:00:00+00:00",
    )  # fmt: skip
    chart = Chart(
        Identity("X", "X Inc.", "", "NYSE", "USD", ("Ex",)), bars, "NYQ", "America/New_York"
    ).dated()
    text = orjson.dumps(dump_chart(chart), option=orjson.OPT_SERIALIZE_NUMPY)
    read = load_chart(orjson.loads(text))
    assert (read.identity, read.exchange, read.timezone) == (chart.identity, "NYQ", "America/New_York")
    assert (read.bars.dates, read.bars.source) == (bars.dates, "Yahoo Finance, X daily, as of 2026-01-06")
    assert (read.bars.close == column).all()
