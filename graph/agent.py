"""Builds the analyst: resolve → gather → analyst → verify → format → follow and remember; or clarify."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from graph.deps import Deps, Options
from graph.history import branch_of, on_branch
from graph.market.build import build_market
from graph.market.cache import CacheStore
from graph.models import build_model
from graph.nodes.analyst import analyst
from graph.nodes.clarify import clarify
from graph.nodes.follow import follow
from graph.nodes.format import format_report
from graph.nodes.gather import gather
from graph.nodes.remember import remember
from graph.nodes.resolve import resolve
from graph.nodes.verify import verify
from graph.prompting import PromptLibrary
from graph.settings import AgentSettings
from graph.state import GraphInput, GraphOutput, State
from graph.tools.market_tools import build_tools

Analyst = CompiledStateGraph[State, Options, GraphInput, GraphOutput]


def build_deps(settings: AgentSettings, market_store: CacheStore | None = None) -> Deps:
    """Build what the settings name: the model, the market data providers in order, the tools, the prompts.

    `market_store` keeps market data for all processes; without it each keeps its own.
    """
    market = build_market(settings, market_store)
    return Deps(
        settings=settings,
        model=build_model(settings),
        market=market,
        tools=build_tools(market),
        prompts=PromptLibrary(),
    )


def build_graph(deps: Deps, checkpointer: BaseCheckpointSaver[str] | None = None) -> Analyst:
    """Compile the graph; with a checkpointer a session's turns are kept under its `thread_id`."""
    builder = StateGraph(State, input_schema=GraphInput, output_schema=GraphOutput, context_schema=Options)
    builder.add_node("resolve", partial(_resolve, deps=deps))
    builder.add_node("clarify", partial(_clarify, deps=deps))
    builder.add_node("gather", partial(_gather, deps=deps))
    builder.add_node("analyst", partial(_analyst, deps=deps))
    builder.add_node("verify", partial(_verify, deps=deps))
    builder.add_node("format", partial(_format, deps=deps))
    builder.add_node("follow", partial(_follow, deps=deps))
    builder.add_node("remember", partial(_remember, deps=deps))
    builder.add_edge(START, "resolve")
    builder.add_conditional_edges("resolve", _next, ["gather", "clarify"])
    builder.add_edge("clarify", END)
    builder.add_edge("gather", "analyst")
    builder.add_edge("analyst", "verify")
    builder.add_edge("verify", "format")
    builder.add_edge("format", "follow")
    builder.add_edge("format", "remember")
    builder.add_edge("follow", END)
    builder.add_edge("remember", END)
    return builder.compile(checkpointer=checkpointer, name="analyst")


@asynccontextmanager
async def studio_graph() -> AsyncIterator[Analyst]:
    """Open the graph for LangGraph Studio, which brings its own checkpointer and forbids blocking calls."""
    deps = await asyncio.to_thread(lambda: build_deps(AgentSettings(_env_file=".env")))
    try:
        yield build_graph(deps)
    finally:
        await deps.aclose()


async def _resolve(
    state: State, config: RunnableConfig, runtime: Runtime[Options], deps: Deps
) -> dict[str, Any]:
    return await resolve(on_branch(state, config), runtime.context or Options(), deps)


async def _next(state: State) -> str:
    # LangGraph gives a branch that is no coroutine a thread.
    return "clarify" if state["request"]["choices"] else "gather"


async def _clarify(state: State, config: RunnableConfig, deps: Deps) -> dict[str, Any]:
    return await clarify(on_branch(state, config), deps, config)


async def _gather(state: State, deps: Deps) -> dict[str, Any]:
    return await gather(state, deps)


async def _analyst(
    state: State, config: RunnableConfig, runtime: Runtime[Options], deps: Deps
) -> dict[str, Any]:
    return await analyst(on_branch(state, config), runtime.context or Options(), deps)


async def _verify(
    state: State, config: RunnableConfig, runtime: Runtime[Options], deps: Deps
) -> dict[str, Any]:
    return await verify(on_branch(state, config), runtime.context or Options(), deps)


async def _follow(state: State, runtime: Runtime[Options], deps: Deps) -> dict[str, Any]:
    return await follow(state, runtime.context or Options(), deps)


async def _format(
    state: State, config: RunnableConfig, runtime: Runtime[Options], deps: Deps
) -> dict[str, Any]:
    return await format_report(on_branch(state, config), runtime.context or Options(), deps, config)


async def _remember(state: State, deps: Deps) -> dict[str, Any]:
    return await remember({**state, "turns": branch_of(state["turns"])}, deps)
