"""Bars and indicator series for the chart, and the symbols that can be asked about."""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import numpy as np
import orjson
from fastapi import APIRouter, Header, Path, Query, Response

from graph.indicators import Floats
from graph.indicators.momentum import macd, months_before, rsi, stochastic
from graph.indicators.trend import ema, sma
from graph.indicators.volatility import atr, bollinger
from graph.market.types import Bars
from server.api.chat import ServiceDep
from server.api.schemas import FoundSymbol, SymbolList
from server.errors import IndicatorUnknown

router = APIRouter(prefix="/api", tags=["market"])

MONTHS: Mapping[str, int | None] = {"1m": 1, "3m": 3, "6m": 6, "1y": 12, "3y": 36, "5y": 60, "max": None}
MAX_NAMES = 12
MAX_DAYS = 400
MAX_SYMBOLS = 20
_CACHE = {"Cache-Control": "private, max-age=60, must-revalidate"}
_PERIODIC = re.compile(r"(sma|ema|rsi|atr)_([1-9]\d{0,3})")

Range = Literal["1m", "3m", "6m", "1y", "3y", "5y", "max"]
Symbol = Annotated[str, Path(pattern=r"^[A-Za-z0-9^][A-Za-z0-9.^=-]{0,15}$")]
IfNoneMatch = Annotated[str | None, Header()]

_NAMED: Mapping[str, Callable[[Bars], Floats]] = {
    "bollinger_upper": lambda bars: bollinger(bars.close)[0],
    "bollinger_lower": lambda bars: bollinger(bars.close)[1],
    "macd": lambda bars: macd(bars.close)[0],
    "macd_signal": lambda bars: macd(bars.close)[1],
    "macd_histogram": lambda bars: macd(bars.close)[2],
    "stoch_k": lambda bars: stochastic(bars.high, bars.low, bars.close)[0],
    "stoch_d": lambda bars: stochastic(bars.high, bars.low, bars.close)[1],
}


@router.get("/market/{symbol}/bars")
async def bars(
    symbol: Symbol, service: ServiceDep, range: Range = "1y", if_none_match: IfNoneMatch = None
) -> Response:
    """Give a symbol's daily bars as columns: ISO dates, prices adjusted for splits, volume in shares."""
    identity = await service.deps.market.identify(symbol)
    found = await service.deps.market.history(symbol)
    first = first_bar(found.dates, range)
    columns = {name: _plain(getattr(found, name)[first:]) for name in ("open", "high", "low", "close")}
    body = _head(found, first) | {"name": identity.name, "name_zh": identity.name_zh, **columns}
    body["volume"] = [round(value) for value in found.volume[first:].tolist()]
    return _cached(body, if_none_match)


@router.get("/market/{symbol}/indicators")
async def indicators(
    symbol: Symbol,
    service: ServiceDep,
    names: Annotated[str, Query(max_length=200, description="Names, separated by commas.")],
    range: Range = "1y",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give indicator series as columns beside the dates; null where a bar has no value yet."""
    wanted = list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    if not wanted or len(wanted) > MAX_NAMES:
        raise IndicatorUnknown(message=f"Name 1 to {MAX_NAMES} indicators, separated by commas.")
    functions = [indicator_of(name) for name in wanted]
    found = await service.deps.market.history(symbol)
    first = first_bar(found.dates, range)
    series = {name: _plain(function(found)[first:]) for name, function in zip(wanted, functions, strict=True)}
    return _cached({**_head(found, first), "series": series}, if_none_match)


@router.get("/symbols")
async def symbols(service: ServiceDep, q: Annotated[str, Query(max_length=100)] = "") -> SymbolList:
    """Find symbols by symbol or name, in English or Chinese; those that begin with the text come first."""
    text = q.strip().casefold()
    ranked = []
    for identity in await service.deps.market.universe():
        names = (identity.symbol, identity.name, identity.name_zh, *identity.aliases)
        places = [name.casefold().find(text) for name in names]
        if hits := [place for place in places if place >= 0]:
            ranked.append((min(hits) > 0, identity))
    ranked.sort(key=lambda pair: pair[0])
    return SymbolList(
        symbols=[
            FoundSymbol(symbol=found.symbol, name=found.name, name_zh=found.name_zh)
            for _, found in ranked[:MAX_SYMBOLS]
        ]
    )


def first_bar(dates: tuple[str, ...], range: Range) -> int:
    """Find the first bar of a range that ends with the last bar."""
    months = MONTHS[range]
    if months is None or not dates:
        return 0
    start = months_before(date.fromisoformat(dates[-1]), months).isoformat()
    return bisect.bisect_left(dates, start)


def indicator_of(name: str) -> Callable[[Bars], Floats]:
    """Give the function of an indicator's name, such as `sma_50`, `rsi_14` or `macd_signal`.

    Raises:
        IndicatorUnknown: there is none of this name, or its days are out of bounds.
    """
    if named := _NAMED.get(name):
        return named
    match = _PERIODIC.fullmatch(name)
    if match is None or not 2 <= int(match[2]) <= MAX_DAYS:
        known = ", ".join(sorted(_NAMED))
        raise IndicatorUnknown(
            f"indicator {name[:40]!r}",
            message=f"An indicator is not known. Known: sma_N, ema_N, rsi_N, atr_N (N from 2 to {MAX_DAYS}), "
            f"{known}.",
        )
    days = int(match[2])
    match match[1]:
        case "sma":
            return lambda bars: sma(bars.close, days)
        case "ema":
            return lambda bars: ema(bars.close, days)
        case "rsi":
            return lambda bars: rsi(bars.close, days)
        case _:
            return lambda bars: atr(bars.high, bars.low, bars.close, days)


def _head(found: Bars, first: int) -> dict[str, Any]:
    return {
        "symbol": found.symbol,
        "currency": found.currency,
        "source": found.source,
        "as_of": found.as_of,
        "stale": found.stale,
        "time": list(found.dates[first:]),
    }


def _plain(values: Floats) -> list[float | None]:
    """Round to what a price needs and write what is not a number as null."""
    return [round(value, 4) if np.isfinite(value) else None for value in values.tolist()]


def _cached(body: dict[str, Any], if_none_match: str | None) -> Response:
    """Answer with JSON under a tag of its contents, or 304 to a client that has them."""
    content = orjson.dumps(body)
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {**_CACHE, "ETag": tag}
    if if_none_match is not None and tag in (part.strip() for part in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
