"""The analyst's tools: market data turned into facts, one call each.

A tool's result is data: `{"facts": [...]}` as `Fact.to_dict` writes them. Failures raise the market's errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import Field

from graph.facts import Fact, FactSheet
from graph.market.provider import MarketData
from graph.tools.fundamentals import fundamental_facts
from graph.tools.technicals import technical_facts

Symbol = Annotated[str, Field(description="Ticker symbol such as AAPL", min_length=1, max_length=20)]


def build_tools(market: MarketData) -> Mapping[str, BaseTool]:
    """Build the tools over one source of market data, by name."""

    async def get_technicals(symbol: Symbol) -> dict[str, Any]:
        """Get price, trend, momentum, volatility, drawdown and levels of a symbol from its daily bars."""
        identity = await market.identify(symbol)
        bars = await market.history(symbol)
        return _result(await asyncio.to_thread(technical_facts, bars, identity))

    async def get_fundamentals(symbol: Symbol) -> dict[str, Any]:
        """Get filed annual values, growth, margins and multiples of a company."""
        identity = await market.identify(symbol)
        reports = await market.annual_reports(symbol)
        bars = await market.history(symbol) if reports else None
        return _result(fundamental_facts(reports, bars, identity))

    tools = (
        StructuredTool.from_function(coroutine=get_technicals, name="get_technicals"),
        StructuredTool.from_function(coroutine=get_fundamentals, name="get_fundamentals"),
    )
    return {tool.name: tool for tool in tools}


def _result(facts: list[Fact]) -> dict[str, Any]:
    return {"facts": FactSheet(facts).to_list()}
