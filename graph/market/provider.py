"""The market data protocol and the ordered chain of providers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import Protocol, TypeVar, runtime_checkable

from graph.errors import MarketError, NotFound, Unavailable
from graph.market.types import AnnualReport, Bars, Filing, Identity, KeyFigures, NewsItem, Quote

T = TypeVar("T")


class MarketData(Protocol):
    """One source of market data.

    An empty answer means that the thing does not exist; a failure raises. Methods raise `NotFound` for a
    symbol that the provider does not know, `RateLimited`, `Unavailable` or `Malformed` when it failed.
    """

    name: str

    async def identify(self, symbol: str) -> Identity:
        """Say who a symbol is."""
        ...

    async def history(self, symbol: str) -> Bars:
        """Give all daily bars of a symbol, oldest first."""
        ...

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        """Give the filed annual values, oldest first; empty when there are none for this symbol."""
        ...

    async def universe(self) -> list[Identity]:
        """Name every symbol that this provider can enumerate; empty when it cannot."""
        ...


@runtime_checkable
class Quotes(Protocol):
    """A provider that knows a price newer than the last closed session."""

    async def quote(self, symbol: str) -> Quote:
        """Give the last known price and the state of the session."""
        ...


@runtime_checkable
class Ratios(Protocol):
    """A provider that computes figures of its own."""

    async def key_figures(self, symbol: str) -> KeyFigures | None:
        """Give them by metric; nothing when there are none for this symbol."""
        ...


@runtime_checkable
class News(Protocol):
    """A provider of headlines."""

    async def news(self, symbol: str) -> list[NewsItem]:
        """Give headlines, the latest first; empty when there are none."""
        ...


@runtime_checkable
class Filings(Protocol):
    """A provider of regulatory filings."""

    async def filings(self, symbol: str) -> list[Filing]:
        """Give filings, the latest first; empty when there are none."""
        ...


class Chain:
    """Providers in their configured order: the first that knows a symbol answers.

    A provider that does not know the symbol passes the question on. One that failed passes it on too, but
    if nobody answers the failure is raised rather than `NotFound`: an outage is never "no data". A provider
    that was not chosen is never used.
    """

    name = "chain"

    def __init__(self, providers: Sequence[MarketData]) -> None:
        if not providers:
            raise ValueError("no market data provider: name at least one, for example 'embedded'")
        self.providers = tuple(providers)

    @cached_property
    def has_quotes(self) -> bool:
        """Whether a provider of the chain knows prices newer than the last closed session."""
        return any(isinstance(provider, Quotes) for provider in self.providers)

    @property
    def has_news(self) -> bool:
        """Whether a provider of the chain has headlines."""
        return any(isinstance(provider, News) for provider in self.providers)

    @property
    def has_filings(self) -> bool:
        """Whether a provider of the chain has filings."""
        return any(isinstance(provider, Filings) for provider in self.providers)

    async def identify(self, symbol: str) -> Identity:
        """Say who a symbol is, by the first provider that knows it."""
        return await _first(symbol, [provider.identify for provider in self.providers])

    async def history(self, symbol: str) -> Bars:
        """Give all daily bars, by the first provider that knows the symbol."""
        return await _first(symbol, [provider.history for provider in self.providers])

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        """Give the filed annual values of the first provider that has any."""
        return await _first_filled(symbol, [provider.annual_reports for provider in self.providers])

    async def quote(self, symbol: str) -> Quote:
        """Give the last known price: of the first provider that has quotes or bars of the symbol."""
        return await _first(
            symbol,
            [
                provider.quote if isinstance(provider, Quotes) else _by_bars(provider)
                for provider in self.providers
            ],
        )

    async def key_figures(self, symbol: str) -> KeyFigures | None:
        """Give what the first provider that has any computes itself."""
        asked = [provider.key_figures for provider in self.providers if isinstance(provider, Ratios)]
        failure: MarketError | None = None
        for ask in asked:
            try:
                if found := await ask(symbol):
                    return found
            except MarketError as fault:
                failure = _worse(failure, fault)
        return _nothing(failure, None)

    async def news(self, symbol: str) -> list[NewsItem]:
        """Give the headlines of the first provider that has any."""
        return await _first_filled(
            symbol, [provider.news for provider in self.providers if isinstance(provider, News)]
        )

    async def filings(self, symbol: str) -> list[Filing]:
        """Give the filings of the first provider that has any."""
        return await _first_filled(
            symbol, [provider.filings for provider in self.providers if isinstance(provider, Filings)]
        )

    async def universe(self) -> list[Identity]:
        """Name every symbol of every provider, each once."""
        known: dict[str, Identity] = {}
        for provider in self.providers:
            for identity in await provider.universe():
                known.setdefault(identity.symbol, identity)
        return list(known.values())

    async def aclose(self) -> None:
        """Close the providers that hold something open."""
        for provider in self.providers:
            aclose = getattr(provider, "aclose", None)
            if aclose is not None:
                await aclose()


async def _first(symbol: str, asked: Sequence[Callable[[str], Awaitable[T]]]) -> T:
    """Give the first answer; without one, the failure that says most."""
    failure: MarketError | None = None
    for ask in asked:
        try:
            return await ask(symbol)
        except MarketError as fault:
            failure = _worse(failure, fault)
    raise failure or Unavailable(f"no provider answered for {symbol!r}")


async def _first_filled(symbol: str, asked: Sequence[Callable[[str], Awaitable[list[T]]]]) -> list[T]:
    """Give the first answer that is not empty; empty only when nobody failed."""
    failure: MarketError | None = None
    for ask in asked:
        try:
            if found := await ask(symbol):
                return found
        except MarketError as fault:
            failure = _worse(failure, fault)
    return _nothing(failure, [])


def _nothing(failure: MarketError | None, empty: T) -> T:
    """Give the empty answer, unless a provider failed: an outage is never "no data"."""
    if failure is not None and not isinstance(failure, NotFound):
        raise failure
    return empty


def _by_bars(provider: MarketData) -> Callable[[str], Awaitable[Quote]]:
    """Quote the last bar of a provider that has nothing newer."""

    async def quote(symbol: str) -> Quote:
        bars = await provider.history(symbol)
        return Quote(
            symbol=bars.symbol,
            currency=bars.currency,
            price=float(bars.close[-1]),
            previous_close=float(bars.close[-2]) if len(bars) > 1 else None,
            as_of=bars.as_of,
            session="unknown",
            source=bars.source,
            fetched_at=bars.fetched_at,
            stale=bars.stale,
        )

    return quote


def _worse(first: MarketError | None, second: MarketError) -> MarketError:
    """Keep the failure that says more: anything rather than `NotFound`."""
    return second if first is None or isinstance(first, NotFound) else first
