"""Fetches data through tools and computes the fact sheet."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from graph.deps import Deps
from graph.errors import MarketError, NotFound
from graph.events import ChartEvent, FactsEvent, StepEvent, StepState
from graph.market.provider import Chain
from graph.sink import emit
from graph.state import State

_LABELS = {
    "get_quote": "Last price",
    "get_technicals": "Prices and technicals",
    "get_fundamentals": "Filed fundamentals",
    "compare": "Comparison",
}
_NOTES = {
    "en": {
        "comma": ", ",
        "unknown": "No configured data provider knows the symbol {symbol}.",
        "offered": "There is data on {symbol}.",
        "failed": "{symbol}: the data provider failed or is at its limit, so nothing is known from it.",
        "get_technicals": "{symbol}: no price data.",
        "get_fundamentals": "{symbol}: no filed fundamentals from the configured data providers.",
        "get_quote": "{symbol}: no price of today.",
        "stale": "{symbol}: the data is not up to date: {detail}.",
        "assumed": "{symbol}: the calendar of its exchange does not reach this day: weekdays stand in "
        "for its sessions.",
    },
    "zh": {
        "comma": "、",
        "unknown": "已配置的数据源均不认识代码 {symbol}。",
        "offered": "有数据的代码：{symbol}。",
        "failed": "{symbol}：数据源故障或已达上限，暂无该数据。",
        "get_technicals": "{symbol}：没有价格数据。",
        "get_fundamentals": "{symbol}：已配置的数据源没有其财报数据。",
        "get_quote": "{symbol}：没有当日价格。",
        "stale": "{symbol}：数据不是最新的：{detail}。",
        "assumed": "{symbol}：交易所日历未覆盖当日，以工作日代替交易日。",
    },
}
_LEVELS = (
    "support", "resistance", "swing_high", "swing_low", "fib_23.6", "fib_38.2", "fib_50", "fib_61.8",
    "fib_78.6", "fib_127.2", "fib_161.8", "pivot_high", "pivot_low", "high_52w", "low_52w",
)  # fmt: skip
_AVERAGES = ("sma_20", "sma_50", "sma_200", "ema_20", "bollinger_upper", "bollinger_lower")
#: What the chart shows before an answer has named anything.
_FIRST = frozenset(
    (
        "sma_50",
        "sma_200",
        "swing_high",
        "swing_low",
        "fib_38.2",
        "fib_50",
        "fib_61.8",
        "support",
        "resistance",
    )
)


async def gather(state: State, deps: Deps) -> dict[str, Any]:
    """Call the tools for every symbol at once; what could not be had becomes a note."""
    request = state["request"]
    texts = _NOTES[request["language"]]
    notes = [*state.get("notes", []), *(texts["unknown"].format(symbol=name) for name in request["unknown"])]
    calls = [(name, symbol) for symbol in request["symbols"] for name in _tools(deps)]
    results = await asyncio.gather(*(_call(deps, name, symbol, {"symbol": symbol}) for name, symbol in calls))
    found_facts: dict[str, dict[str, Any]] = {}
    missing: dict[str, list[str]] = {}
    flagged: list[str] = []
    for (_, symbol), found in zip(calls, results, strict=True):
        found_facts.update((fact["id"], fact) for fact in found.facts)
        if found.missing and symbol not in missing.setdefault(found.missing, []):
            missing[found.missing].append(symbol)
        flagged += [texts[flag].format(symbol=symbol, detail=detail) for flag, detail in found.flags.items()]
    told = [texts[kind].format(symbol=texts["comma"].join(symbols)) for kind, symbols in missing.items()]
    notes += [note for note in dict.fromkeys([*told, *flagged]) if note not in notes]
    facts = list(found_facts.values())
    compared = list(
        dict.fromkeys(symbol for (_, symbol), found in zip(calls, results, strict=True) if found.facts)
    )
    if len(compared) > 1 and "compare" in deps.tools:
        together = await _call(deps, "compare", ", ".join(compared), {"symbols": compared})
        quotes = [fact for fact in facts if fact["metric"] in ("quote", "quote_change")]
        facts = [*together.facts, *quotes] if together.facts else facts
    if not facts and (offered := [identity.symbol for identity in await deps.market.universe()]):
        notes.append(texts["offered"].format(symbol=", ".join(offered)))
    if facts:
        emit(FactsEvent(facts=facts))
        emit(make_chart(facts, facts[0]["entity"], _FIRST))
    return {"facts": facts, "notes": notes}


def _tools(deps: Deps) -> list[str]:
    """Name the tools that every question begins with; a quote only where one can be newer than the bars."""
    live = isinstance(deps.market, Chain) and deps.market.has_quotes
    wanted = (*(("get_quote",) if live else ()), "get_technicals", "get_fundamentals")
    return [name for name in wanted if name in deps.tools]


@dataclass(frozen=True)
class _Found:
    """What a call gave: facts, the note that says why there are none, and what is amiss with the data."""

    facts: list[dict[str, Any]]
    missing: str = ""
    flags: dict[str, str] = field(default_factory=dict)


async def _call(deps: Deps, name: str, subject: str, arguments: dict[str, Any]) -> _Found:
    """Call one tool, telling of it as a step."""
    started = perf_counter()

    def step(state: StepState, summary: str | None = None, retryable: bool | None = None) -> StepEvent:
        ms = None if state == "started" else round((perf_counter() - started) * 1000)
        return StepEvent(
            id=f"{name}:{subject}",
            name=name,
            label=f"{_LABELS.get(name, name)}: {subject}",
            state=state,
            ms=ms,
            summary=summary,
            retryable=retryable,
        )

    emit(step("started"))
    try:
        result = await deps.tools[name].ainvoke(arguments)
    except MarketError as fault:
        emit(step("failed", fault.message, fault.retryable))
        return _Found([], "unknown" if isinstance(fault, NotFound) else "failed")
    facts: list[dict[str, Any]] = result["facts"]
    emit(step("done", f"{len(facts)} facts"))
    return _Found(facts, "" if facts else name, result.get("flags", {}))


def make_chart(facts: list[dict[str, Any]], symbol: str, shown: Container[str]) -> ChartEvent:
    """Show a symbol with those of its averages and levels whose metric is among `shown`."""
    known = {fact.get("metric"): fact for fact in facts if fact.get("entity") == symbol}
    overlays = [
        {
            "kind": kind,
            "fact": fact["id"],
            "metric": metric,
            "label": fact["label"],
            "value": float(fact["value"]),
            "date": fact.get("as_of"),
        }
        for kind, metrics in (("average", _AVERAGES), ("level", _LEVELS))
        for metric in metrics
        if metric in shown and (fact := known.get(metric)) is not None
    ]
    return ChartEvent(symbol=symbol, range="1y", overlays=overlays)
