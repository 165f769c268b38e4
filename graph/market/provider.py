"""The market data protocol and the ordered chain of providers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from graph.errors import MarketError, NotFound, Unavailable
from graph.market.types import AnnualReport, Bars, Identity


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


class Chain:
    """Providers in their configured order: the first that knows a symbol answers.

    A provider that does not know the symbol passes the question on. One that failed passes it on too, but
    if nobody answers the failure is raised rather than `NotFound`: an outage is never "no data".
    """

    name = "chain"

    def __init__(self, providers: Sequence[MarketData]) -> None:
        if not providers:
            raise ValueError("no market data provider: name at least one, for example 'embedded'")
        self.providers = tuple(providers)

    async def identify(self, symbol: str) -> Identity:
        """Say who a symbol is, by the first provider that knows it."""
        failure: MarketError | None = None
        for provider in self.providers:
            try:
                return await provider.identify(symbol)
            except MarketError as fault:
                failure = _worse(failure, fault)
        raise failure or Unavailable(f"no provider answered for {symbol!r}")

    async def history(self, symbol: str) -> Bars:
        """Give all daily bars, by the first provider that knows the symbol."""
        failure: MarketError | None = None
        for provider in self.providers:
            try:
                return await provider.history(symbol)
            except MarketError as fault:
                failure = _worse(failure, fault)
        raise failure or Unavailable(f"no provider answered for {symbol!r}")

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        """Give the filed annual values of the first provider that has any."""
        failure: MarketError | None = None
        for provider in self.providers:
            try:
                if reports := await provider.annual_reports(symbol):
                    return reports
            except MarketError as fault:
                failure = _worse(failure, fault)
        if failure is not None and not isinstance(failure, NotFound):
            raise failure
        return []

    async def universe(self) -> list[Identity]:
        """Name every symbol of every provider, each once."""
        known: dict[str, Identity] = {}
        for provider in self.providers:
            for identity in await provider.universe():
                known.setdefault(identity.symbol, identity)
        return list(known.values())


def _worse(first: MarketError | None, second: MarketError) -> MarketError:
    """Keep the failure that says more: anything rather than `NotFound`."""
    return second if first is None or isinstance(first, NotFound) else first
