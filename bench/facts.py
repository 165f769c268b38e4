"""How long a fact sheet takes: cold, warm, and for six symbols, beside reading the same bars alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from bench.results import Check, checks_table
from graph.market.embedded import Embedded
from graph.market.provider import Chain
from graph.market.types import Bars, Identity
from graph.tools.market_tools import build_tools

ONE_LIMIT_SECONDS, SIX_LIMIT_SECONDS = 0.150, 0.400
SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG", "FB", "TWIN")


@dataclass(frozen=True)
class Timing:
    """One way to a fact sheet; the median over the rounds."""

    name: str
    seconds: float
    facts: int


@dataclass(frozen=True)
class FactsResult:
    """The timings of all rounds."""

    rounds: int
    timings: list[Timing]
    checks: list[Check]


class _Six(Embedded):
    """The embedded sample and a sixth symbol: the bars of Microsoft under another name."""

    async def identify(self, symbol: str) -> Identity:
        if symbol == "TWIN":
            return Identity("TWIN", "Twin Company", "", "NYSE", "USD")
        return await super().identify(symbol)

    async def history(self, symbol: str) -> Bars:
        if symbol == "TWIN":
            return replace(await super().history("MSFT"), symbol="TWIN")
        return await super().history(symbol)

    async def annual_reports(self, symbol: str) -> Any:
        return [] if symbol == "TWIN" else await super().annual_reports(symbol)


def measure(quick: bool = False) -> FactsResult:
    """Build the sheets in turn, several times over; warm means that the bars are read and nothing is kept."""
    return asyncio.run(_measure(1 if quick else 15))


async def _measure(rounds: int) -> FactsResult:
    ways: dict[str, list[tuple[float, int]]] = {}
    warm = Chain([_Six()])
    for symbol in SYMBOLS:
        await warm.history(symbol)
        await warm.annual_reports(symbol)
    for _ in range(rounds):
        cold = Chain([_Six()])
        await _time(ways, "bars of AAPL read alone", lambda cold=cold: _bars(cold))  # type: ignore[misc]
        fresh = Chain([_Six()])
        await _time(ways, "one symbol, cold", lambda fresh=fresh: _sheet(fresh, "AAPL"))  # type: ignore[misc]
        await _time(ways, "one symbol, warm", lambda: _sheet(warm, "AAPL"))
        await _time(ways, "six symbols, warm", lambda: _compare(warm))
    timings = [
        Timing(name, median(seconds for seconds, _ in found), found[-1][1]) for name, found in ways.items()
    ]
    by_name = {timing.name: timing.seconds for timing in timings}
    checks = [
        Check("one symbol, warm", by_name["one symbol, warm"] * 1000, ONE_LIMIT_SECONDS * 1000, "ms"),
        Check("six symbols, warm", by_name["six symbols, warm"] * 1000, SIX_LIMIT_SECONDS * 1000, "ms"),
    ]
    return FactsResult(rounds, timings, checks)


async def _time(
    ways: dict[str, list[tuple[float, int]]], name: str, work: Callable[[], Awaitable[int]]
) -> None:
    started = perf_counter()
    count = await work()
    ways.setdefault(name, []).append((perf_counter() - started, count))


async def _bars(market: Chain) -> int:
    return len(await market.history("AAPL"))


async def _sheet(market: Chain, symbol: str) -> int:
    tools = build_tools(market)  # new tools keep nothing of the round before
    found = await asyncio.gather(
        *(tools[name].ainvoke({"symbol": symbol}) for name in ("get_technicals", "get_fundamentals"))
    )
    return sum(len(result["facts"]) for result in found)


async def _compare(market: Chain) -> int:
    result = await build_tools(market)["compare"].ainvoke({"symbols": list(SYMBOLS)})
    return len(result["facts"])


def tables(result: FactsResult) -> RenderableType:
    """Show the timings and their limits."""
    table = Table(title=f"Fact sheets: median of {result.rounds} interleaved rounds", title_justify="left")
    table.add_column("what")
    table.add_column("ms", justify="right")
    table.add_column("facts", justify="right")
    for timing in result.timings:
        table.add_row(timing.name, f"{timing.seconds * 1000:.1f}", str(timing.facts))
    return Group(table, checks_table(result.checks))
