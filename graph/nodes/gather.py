"""Fetches data through tools and computes the fact sheet."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

from graph.deps import Deps
from graph.errors import MarketError, NotFound
from graph.events import ChartEvent, FactsEvent, StepEvent, StepState
from graph.sink import emit
from graph.state import State

_LABELS = {"get_technicals": "Prices and technicals", "get_fundamentals": "Filed fundamentals"}
_NOTES = {
    "en": {
        "unknown": "No configured data provider knows the symbol {symbol}.",
        "offered": "There is data on {symbol}.",
        "failed": "{symbol}: the data provider failed or is at its limit, so nothing is known from it.",
        "get_technicals": "{symbol}: no price data.",
        "get_fundamentals": "{symbol}: no filed fundamentals from the configured data providers.",
    },
    "zh": {
        "unknown": "已配置的数据源均不认识代码 {symbol}。",
        "offered": "有数据的代码：{symbol}。",
        "failed": "{symbol}：数据源故障或已达上限，暂无该数据。",
        "get_technicals": "{symbol}：没有价格数据。",
        "get_fundamentals": "{symbol}：已配置的数据源没有其财报数据。",
    },
}
_LEVELS = ("swing_high", "swing_low", "fib_23.6", "fib_38.2", "fib_50", "fib_61.8", "fib_78.6")
_AVERAGES = ("sma_50", "sma_200")


async def gather(state: State, deps: Deps) -> dict[str, Any]:
    """Call every tool for every symbol at once; what could not be had becomes a note."""
    request = state["request"]
    texts = _NOTES[request["language"]]
    notes = [*state.get("notes", []), *(texts["unknown"].format(symbol=name) for name in request["unknown"])]
    calls = [(name, symbol) for symbol in request["symbols"] for name in deps.tools]
    results = await asyncio.gather(*(_call(deps, name, symbol) for name, symbol in calls))
    found_facts: dict[str, dict[str, Any]] = {}
    for (_, symbol), (found, missing) in zip(calls, results, strict=True):
        found_facts.update((fact["id"], fact) for fact in found)
        if missing and (note := texts[missing].format(symbol=symbol)) not in notes:
            notes.append(note)
    facts = list(found_facts.values())
    if not facts and (offered := [identity.symbol for identity in await deps.market.universe()]):
        notes.append(texts["offered"].format(symbol=", ".join(offered)))
    if facts:
        emit(FactsEvent(facts=facts))
        emit(_chart(facts))
    return {"facts": facts, "notes": notes}


async def _call(deps: Deps, name: str, symbol: str) -> tuple[list[dict[str, Any]], str]:
    """Call one tool; give its facts, or the name of the note that says why there are none."""
    started = perf_counter()

    def step(state: StepState, summary: str | None = None, retryable: bool | None = None) -> StepEvent:
        ms = None if state == "started" else round((perf_counter() - started) * 1000)
        label = f"{_LABELS.get(name, name)}: {symbol}"
        return StepEvent(
            id=f"{name}:{symbol}",
            name=name,
            label=label,
            state=state,
            ms=ms,
            summary=summary,
            retryable=retryable,
        )

    emit(step("started"))
    try:
        result = await deps.tools[name].ainvoke({"symbol": symbol})
    except MarketError as fault:
        emit(step("failed", fault.message, fault.retryable))
        return [], "unknown" if isinstance(fault, NotFound) else "failed"
    facts: list[dict[str, Any]] = result["facts"]
    emit(step("done", f"{len(facts)} facts"))
    return facts, "" if facts else name


def _chart(facts: list[dict[str, Any]]) -> ChartEvent:
    """Show the first symbol with the averages and levels that are known of it."""
    symbol = facts[0]["entity"]
    known = {fact.get("metric"): fact for fact in facts if fact.get("entity") == symbol}
    overlays = [
        {
            "kind": kind,
            "fact": fact["id"],
            "label": fact["label"],
            "value": float(fact["value"]),
            "date": fact.get("as_of"),
        }
        for kind, metrics in (("average", _AVERAGES), ("level", _LEVELS))
        for metric in metrics
        if (fact := known.get(metric)) is not None
    ]
    return ChartEvent(symbol=symbol, range="1y", overlays=overlays)
