"""Yahoo Finance through yfinance: bars, quotes, annual statements, key figures and headlines.

yfinance is imported at the first question, in a worker thread. It is used one symbol at a time, with its
exceptions let through (`yahoo_reading` turns them into the market's errors). One request for the chart
answers who a symbol is and what it traded at. A session that is still open is left out of the daily bars:
what it holds so far is no day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter

from graph.errors import Unavailable
from graph.market.cache import Cache, CacheStore, Kept, Kind
from graph.market.guard import Guard, Limits
from graph.market.sessions import Sessions
from graph.market.types import AnnualReport, Bars, Identity, KeyFigures, NewsItem, Quote
from graph.market.yahoo_reading import (
    Chart,
    Statements,
    dump_chart,
    load_chart,
    read_chart,
    read_news,
    read_quote,
    read_statements,
    translate,
)

T = TypeVar("T")

DAY = 86400.0
#: How long after a session's close its bar is taken for final.
SETTLE = timedelta(minutes=20)
HISTORY = "10y"

_CHART = Kind("chart", dump_chart, load_chart, 7 * DAY)


def _kind(name: str, type_: Any, kept_seconds: float) -> Kind[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(type_)
    return Kind(
        name, lambda value: adapter.dump_python(value, mode="json"), adapter.validate_python, kept_seconds
    )


_QUOTE = _kind("quote", Quote, DAY)
_STATEMENTS = _kind("statements", Statements, 30 * DAY)
_NEWS = _kind("news", list[NewsItem], DAY)


def utc_now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)


class Yahoo:
    """Market data of Yahoo Finance, delayed as Yahoo delays it."""

    name = "yahoo"

    def __init__(
        self,
        store: CacheStore | None = None,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.guard = Guard(self.name, translate, limits)
        self._timeout = (limits or Limits()).timeout
        self._cache = Cache(self.name, store, lambda: clock().timestamp())
        self._sessions = Sessions()
        self._clock = clock

    async def identify(self, symbol: str) -> Identity:
        """Say who a symbol is, by the head of its chart."""
        return (await self._chart(symbol)).value.identity

    async def history(self, symbol: str) -> Bars:
        """Give the daily bars of ten years, oldest first, split-adjusted; only of closed sessions."""
        kept = await self._chart(symbol)
        return await asyncio.to_thread(self._marked, kept)

    async def quote(self, symbol: str) -> Quote:
        """Give the last price with its time, and whether the exchange is open."""
        key = _written(symbol)
        kept: Kept[Quote] = await self._cache.get(
            _QUOTE, key, lambda: self.guard.call(lambda: self._load_quote(key)), self._quote_fresh
        )
        if not kept.stale:
            return kept.value
        return _stale_quote(kept.value)

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        """Give up to four fiscal years; empty for what is no company."""
        return (await self._statements(symbol)).reports

    async def key_figures(self, symbol: str) -> KeyFigures | None:
        """Give the figures that Yahoo computes; nothing for what is no company."""
        return (await self._statements(symbol)).figures

    async def news(self, symbol: str) -> list[NewsItem]:
        """Give the latest headlines."""
        key = _written(symbol)
        kept: Kept[list[NewsItem]] = await self._cache.get(
            _NEWS, key, lambda: self.guard.call(lambda: read_news(_ticker(key))), self._for(600)
        )
        return kept.value

    async def universe(self) -> list[Identity]:
        """Name nothing: Yahoo cannot be enumerated."""
        return []

    async def _chart(self, symbol: str) -> Kept[Chart]:
        key = _written(symbol)
        return await self._cache.get(
            _CHART, key, lambda: self.guard.call(lambda: self._load_chart(key)), self._chart_fresh
        )

    async def _statements(self, symbol: str) -> Statements:
        key = _written(symbol)
        kept: Kept[Statements] = await self._cache.get(
            _STATEMENTS,
            key,
            lambda: self.guard.call(lambda: read_statements(_ticker(key), key)),
            self._for(DAY),
        )
        return kept.value

    def _load_chart(self, symbol: str) -> Chart:
        chart = read_chart(_ticker(symbol), symbol, HISTORY, self._timeout, self._clock())
        state = self._sessions.at(chart.exchange, self._clock(), chart.timezone)
        return chart.closed(state.last, keep_today=not state.open)

    def _load_quote(self, symbol: str) -> Quote:
        return read_quote(_ticker(symbol), symbol, self._timeout, self._clock(), self._sessions)

    def _marked(self, kept: Kept[Chart]) -> Bars:
        """Mark bars that lack a session which has closed, or that were kept over a failure."""
        chart = kept.value
        settled = self._clock() - SETTLE
        missing = self._sessions.missing(chart.exchange, chart.bars.as_of, settled, chart.timezone)
        if not kept.stale and missing <= 1:
            return chart.bars
        reason = f"{missing} closed session(s) missing" if missing else "kept from before, not confirmed"
        return chart.marked(f"{reason}; fetched {chart.bars.fetched_at}")

    async def _chart_fresh(self, chart: Chart) -> float:
        """Keep bars until the next session has closed and settled; at least a minute, at most a day."""
        now = self._clock()
        state = await asyncio.to_thread(self._sessions.at, chart.exchange, now, chart.timezone)
        until = state.change + SETTLE if state.open else state.change + timedelta(hours=6)
        lacking = chart.bars.as_of < state.last
        limit = now + (timedelta(minutes=15) if lacking else timedelta(days=1))
        return max(min(until, limit), now + timedelta(minutes=1)).timestamp()

    async def _quote_fresh(self, quote: Quote) -> float:
        """Keep a quote for a minute while its exchange is open, else for fifteen."""
        seconds = 900 if quote.session == "closed" else 60
        return self._clock().timestamp() + seconds

    def _for(self, seconds: float) -> Callable[[Any], Awaitable[float]]:
        async def fresh(value: Any) -> float:
            return self._clock().timestamp() + seconds

        return fresh


def _written(symbol: str) -> str:
    return symbol.strip().upper()


def _stale_quote(quote: Quote) -> Quote:
    from dataclasses import replace

    return replace(quote, stale=f"kept from before, not confirmed; fetched {quote.fetched_at}")


def _ticker(symbol: str) -> Any:
    """Open a symbol with yfinance as it must be used here: its exceptions shown, no retries of its own."""
    try:
        import yfinance
    except ImportError as fault:
        raise Unavailable("the package 'yfinance' is not installed: pip install yfinance") from fault
    yfinance.config.debug.hide_exceptions = False
    yfinance.config.network.retries = 0
    return yfinance.Ticker(symbol)
