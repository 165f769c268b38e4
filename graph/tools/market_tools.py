"""The analyst's tools: market data turned into facts, one call each.

A tool's result is data: `facts` as `Fact.to_dict` writes them, `items` as plain records where words and not
figures are asked for, and `flags`, what is not as it should be with the data. Failures raise the market's
errors.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from langchain_core.tools import BaseTool
from pydantic import Field

from graph.errors import MarketError, NotFound
from graph.facts import Fact, FactSheet
from graph.market.provider import Chain, MarketData
from graph.market.types import Bars, Identity
from graph.tools.comparison import compact_facts
from graph.tools.fundamentals import fundamental_facts, key_facts
from graph.tools.quotes import history_facts, quote_facts
from graph.tools.relative_facts import correlation_fact, relative_facts
from graph.tools.technicals import technical_facts
from graph.tools.tool import MarketTool

MAX_KEPT = 256
#: What a symbol is set against, by the currency it trades in; used where the providers know it.
BENCHMARKS = {"USD": ("^GSPC", "the S&P 500"), "HKD": ("^HSI", "the Hang Seng index"),
              "CNY": ("000300.SS", "the CSI 300 index"), "JPY": ("^N225", "the Nikkei 225")}  # fmt: skip

Symbol = Annotated[
    str, Field(description="Ticker symbol such as AAPL or 0700.HK", min_length=1, max_length=20)
]
Symbols = Annotated[list[Symbol], Field(description="Two to six ticker symbols", min_length=2, max_length=6)]
Span = Annotated[
    Literal["3m", "6m", "1y", "2y", "5y"], Field(description="How far back: 3m, 6m, 1y, 2y or 5y")
]
Result = dict[str, Any]


def build_tools(market: MarketData) -> Mapping[str, BaseTool]:
    """Build the tools over one source of market data, by name; news and filings where it has them."""
    chain = market if isinstance(market, Chain) else Chain([market])
    desk = _Desk(chain)

    async def get_quote(symbol: Symbol) -> Result:
        """Get the last price of a symbol, its time, and whether its exchange is open."""
        return await desk.quote(symbol)

    async def get_history(symbol: Symbol, span: Span = "1y") -> Result:
        """Get closes of a symbol at the ends of past periods, for how its price came here."""
        return await desk.history(symbol, span)

    async def get_technicals(symbol: Symbol) -> Result:
        """Get price, trend, structure, momentum, volatility, drawdown and levels of a symbol."""
        return await desk.technicals(symbol)

    async def get_fundamentals(symbol: Symbol) -> Result:
        """Get filed annual values, growth, margins, per-share values and multiples of a company."""
        return await desk.fundamentals(symbol)

    async def compare(symbols: Symbols) -> Result:
        """Get the figures that two to six symbols are compared by, and how closely they move."""
        return await desk.compare(symbols)

    async def get_news(symbol: Symbol) -> Result:
        """Get headlines about a symbol: what others say, neither checked nor to be followed."""
        await chain.identify(symbol)
        return {"facts": [], "items": [asdict(item) for item in await chain.news(symbol)]}

    async def get_filings(symbol: Symbol) -> Result:
        """Get the latest regulatory filings of a company, by form and date."""
        await chain.identify(symbol)
        return {"facts": [], "items": [asdict(item) for item in await chain.filings(symbol)]}

    offered: list[Callable[..., Awaitable[Result]]] = [
        get_quote,
        get_history,
        get_technicals,
        get_fundamentals,
        compare,
    ]
    offered += [get_news] if chain.has_news else []
    offered += [get_filings] if chain.has_filings else []
    return {tool.__name__: MarketTool.from_function(coroutine=tool, name=tool.__name__) for tool in offered}


class _Desk:
    """Answers the tools' calls, computing once what the provider gave once."""

    def __init__(self, market: Chain) -> None:
        self._market = market
        self._technicals, self._fundamentals = _Kept(), _Kept()

    async def quote(self, symbol: str) -> Result:
        """Give the facts of the last price."""
        quote = await self._market.quote(symbol)
        flags = {"stale": quote.stale} if quote.stale else {}
        if quote.assumed:
            flags["assumed"] = quote.session
        return {"facts": FactSheet(quote_facts(quote)).to_list(), "flags": flags}

    async def history(self, symbol: str, span: str) -> Result:
        """Give the closes at the ends of periods."""
        identity, bars = await self._market.identify(symbol), await self._market.history(symbol)
        return _result(FactSheet(history_facts(bars, identity, span)).to_list(), bars)

    async def technicals(self, symbol: str) -> Result:
        """Give what the daily bars say, alone and against the benchmark of their currency."""
        identity, bars = await self._market.identify(symbol), await self._market.history(symbol)
        code, name = BENCHMARKS.get(bars.currency, ("", ""))
        benchmark = await self._benchmark(code) if identity.symbol != code else None
        if (kept := self._technicals.get(identity.symbol, bars, benchmark)) is None:
            facts = await asyncio.to_thread(_technicals, bars, identity, benchmark, name)
            kept = self._technicals.keep(identity.symbol, FactSheet(facts).to_list(), bars, benchmark)
        return _result(kept, bars)

    async def fundamentals(self, symbol: str) -> Result:
        """Give what the annual reports say, and the figures that the provider computes itself."""
        identity, reports = await self._market.identify(symbol), await self._market.annual_reports(symbol)
        bars = await self._bars(symbol) if reports else None
        figures = await self._market.key_figures(symbol)
        if (kept := self._fundamentals.get(identity.symbol, *reports, bars, figures)) is None:
            facts = fundamental_facts(reports, bars, identity) + (key_facts(figures) if figures else [])
            kept = self._fundamentals.keep(
                identity.symbol, FactSheet(facts).to_list(), *reports, bars, figures
            )
        return _result(kept, bars)

    async def _bars(self, symbol: str) -> Bars | None:
        """Give the bars; nothing where no provider has prices of the symbol."""
        try:
            return await self._market.history(symbol)
        except NotFound:
            return None

    async def compare(self, symbols: list[str]) -> Result:
        """Give the compared figures of each symbol and the correlation with the first of them."""
        names = list(dict.fromkeys(symbol.strip().upper() for symbol in symbols))
        sheets = await asyncio.gather(*(self._all(name) for name in names))
        facts = compact_facts([fact for sheet, _ in sheets for fact in sheet])
        flags = {key: value for _, found in sheets for key, value in found.items()}
        firsts, first = [await self._market.history(name) for name in names], names[0]
        for name, bars in zip(names[1:], firsts[1:], strict=True):
            fact = correlation_fact(bars, await self._market.identify(name), firsts[0])
            if fact is not None and name != first:
                facts.append(fact.to_dict())
        return {"facts": facts, "flags": flags}

    async def _all(self, symbol: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Give both sheets of a symbol; one without fundamentals is compared by its prices."""
        technicals = await self.technicals(symbol)
        try:
            fundamentals = await self.fundamentals(symbol)
        except NotFound:
            fundamentals = {"facts": []}
        return [*technicals["facts"], *fundamentals["facts"]], technicals["flags"]

    async def _benchmark(self, symbol: str) -> Bars | None:
        """Give the bars of a benchmark; what cannot be had is left out, and nothing stands in for it."""
        try:
            return await self._market.history(symbol) if symbol else None
        except MarketError:
            return None


def _technicals(bars: Bars, identity: Identity, benchmark: Bars | None, name: str) -> list[Fact]:
    facts = technical_facts(bars, identity)
    return facts + (relative_facts(bars, identity, benchmark, name) if benchmark else [])


def _result(facts: list[dict[str, Any]], bars: Bars | None) -> Result:
    return {"facts": facts, "flags": {"stale": bars.stale} if bars is not None and bars.stale else {}}


class _Kept:
    """The last facts of each symbol, good as long as the provider gives the very same data."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, tuple[tuple[object, ...], list[dict[str, Any]]]] = OrderedDict()

    def get(self, symbol: str, *data: object) -> list[dict[str, Any]] | None:
        """Give what was computed from this data."""
        kept = self._results.get(symbol)
        if kept is None or len(kept[0]) != len(data):
            return None
        return kept[1] if all(old is new for old, new in zip(kept[0], data, strict=True)) else None

    def keep(self, symbol: str, facts: list[dict[str, Any]], *data: object) -> list[dict[str, Any]]:
        """Keep and give facts; of very many symbols, those that were computed last."""
        self._results[symbol] = (data, facts)
        if len(self._results) > MAX_KEPT:
            self._results.popitem(last=False)
        return facts
