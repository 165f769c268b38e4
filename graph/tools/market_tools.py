"""The analyst's tools: market data turned into facts, one call each.

A tool's result is data: `{"facts": [...]}` as `Fact.to_dict` writes them. Failures raise the market's errors.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Annotated, Any

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import Field

from graph.facts import Fact, FactSheet
from graph.market.provider import MarketData
from graph.tools.fundamentals import fundamental_facts
from graph.tools.technicals import technical_facts

MAX_KEPT = 256

Symbol = Annotated[str, Field(description="Ticker symbol such as AAPL", min_length=1, max_length=20)]


def build_tools(market: MarketData) -> Mapping[str, BaseTool]:
    """Build the tools over one source of market data, by name."""
    technicals, fundamentals = _Kept(), _Kept()

    async def get_technicals(symbol: Symbol) -> dict[str, Any]:
        """Get price, trend, momentum, volatility, drawdown and levels of a symbol from its daily bars."""
        identity = await market.identify(symbol)
        bars = await market.history(symbol)
        if (kept := technicals.get(symbol, bars)) is not None:
            return kept
        return technicals.keep(symbol, await asyncio.to_thread(technical_facts, bars, identity), bars)

    async def get_fundamentals(symbol: Symbol) -> dict[str, Any]:
        """Get filed annual values, growth, margins and multiples of a company."""
        identity = await market.identify(symbol)
        reports = await market.annual_reports(symbol)
        bars = await market.history(symbol) if reports else None
        if (kept := fundamentals.get(symbol, reports, bars)) is not None:
            return kept
        return fundamentals.keep(symbol, fundamental_facts(reports, bars, identity), reports, bars)

    tools = (
        StructuredTool.from_function(coroutine=get_technicals, name="get_technicals"),
        StructuredTool.from_function(coroutine=get_fundamentals, name="get_fundamentals"),
    )
    return {tool.name: tool for tool in tools}


class _Kept:
    """The last result of each symbol, good as long as the provider gives the very same data."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, tuple[tuple[object, ...], dict[str, Any]]] = OrderedDict()

    def get(self, symbol: str, *data: object) -> dict[str, Any] | None:
        """Give what was computed from this data."""
        kept = self._results.get(symbol)
        if kept is None or any(old is not new for old, new in zip(kept[0], data, strict=True)):
            return None
        return kept[1]

    def keep(self, symbol: str, facts: list[Fact], *data: object) -> dict[str, Any]:
        """Keep and give a result; of very many symbols, those that were computed last."""
        result = {"facts": FactSheet(facts).to_list()}
        self._results[symbol] = (data, result)
        if len(self._results) > MAX_KEPT:
            self._results.popitem(last=False)
        return result
