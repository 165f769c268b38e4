"""Builds the configured chain of providers."""

from __future__ import annotations

from graph.market.cache import CacheStore
from graph.market.embedded import Embedded
from graph.market.provider import Chain, MarketData
from graph.market.sec import Sec
from graph.market.yahoo import Yahoo
from graph.settings import AgentSettings


def build_market(settings: AgentSettings, store: CacheStore | None = None) -> Chain:
    """Build the providers that the settings name, in their order; `store` keeps data for all processes."""
    return Chain([_provider(name, settings, store) for name in settings.market])


def _provider(name: str, settings: AgentSettings, store: CacheStore | None) -> MarketData:
    match name:
        case "embedded":
            return Embedded()
        case "yahoo":
            return Yahoo(store)
        case "sec":
            return Sec(settings.sec_identity, store)
        case _:
            raise ValueError(f"no market data provider {name!r}")
