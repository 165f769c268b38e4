"""Says what is configured, what can be reached, and in which mode the analyst will run."""

from __future__ import annotations

import asyncio
import os
import platform
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from dotenv import dotenv_values
from rich.table import Table
from rich.text import Text

from graph.errors import AgentError
from graph.market.build import build_market
from graph.market.guard import Guarded
from graph.market.provider import MarketData
from server import __version__
from server.clients import open_redis, without_secrets
from server.commands import settings_or_exit
from server.commands.terminal import open_terminal
from server.sessions import open_index
from server.settings import ENV_FILE, ServerSettings
from server.variables import unknown, variables, without_effect

DASHSCOPE_URL = "https://dashscope.aliyuncs.com/api/v1"

#: What a provider is asked that cannot name its symbols.
PROBE = "AAPL"
_PROBE_SECONDS = 20.0

_MARKS = {True: Text("✓", "green"), False: Text("✗", "red"), None: Text("–", "dim")}

Line = tuple[str, bool | None, str]


def check() -> int:
    """Print one line for each part; give 1 when a part that is needed does not work."""
    settings = settings_or_exit()
    lines = asyncio.run(_lines(settings))
    table = Table.grid(padding=(0, 1))
    for name, works, text in lines:
        table.add_row(_MARKS[works], Text(name, "bold"), Text(text))
    open_terminal().print(table)
    return 1 if any(works is False for _, works, _ in lines) else 0


async def _lines(settings: ServerSettings) -> list[Line]:
    lines: list[Line] = [
        ("version", None, f"financial-agent {__version__}, Python {platform.python_version()}"),
        await _model(settings),
        await _store(settings),
        await _runs(settings),
        *await _market(settings),
        await _server(settings),
    ]
    lines += _configuration(settings)
    mode = settings.agent.mode
    sentence = (
        "live: a language model answers"
        if mode == "live"
        else "offline: the rule-based analyst answers from embedded data; set DASHSCOPE_API_KEY for Qwen"
    )
    lines.append(("mode", True, sentence))
    return lines


def _configuration(settings: ServerSettings) -> list[Line]:
    """Give what is set, what is misspelt, and what changes nothing."""
    chosen = settings.model_fields_set | settings.agent.model_fields_set
    values = dict(settings.agent) | dict(settings)
    lines: list[Line] = [
        ("set", None, f"{each.name} = {each.show(values[each.field])} · {each.meaning}")
        for each in variables()
        if each.field in chosen
    ]
    named = [*os.environ, *(dotenv_values(ENV_FILE) if Path(ENV_FILE).is_file() else ())]
    lines += [("settings", False, text) for text in unknown(named)]
    lines += [("settings", None, text) for text in without_effect(settings)]
    return lines or [("settings", None, "every setting is at its default")]


async def _model(settings: ServerSettings) -> Line:
    agent = settings.agent
    names = ", ".join(agent.model_names)
    if agent.mode == "offline":
        return ("model", True, f"{names} (no key, no network)")
    url = agent.model_url or agent.dashscope_base_url or DASHSCOPE_URL
    reached = await _reach(url)
    state = "can be reached" if reached else "cannot be reached"
    return ("model", reached, f"{names} at {urlsplit(url).netloc}, which {state}; the key was not tried")


async def _store(settings: ServerSettings) -> Line:
    url = settings.store_url.get_secret_value()
    try:
        async with open_index(url) as index:
            await index.ping()
    except (AgentError, OSError, ValueError) as fault:
        return ("sessions", False, f"{without_secrets(url)} cannot be opened: {type(fault).__name__}")
    return ("sessions", True, without_secrets(url))


async def _runs(settings: ServerSettings) -> Line:
    url = settings.run_store_url.get_secret_value()
    if url == "memory:":
        return ("runs", True, "in the memory of one process")
    try:
        async with open_redis(url):
            pass
    except (AgentError, OSError, ValueError) as fault:
        return ("runs", False, f"{without_secrets(url)} cannot be opened: {type(fault).__name__}")
    return ("runs", True, without_secrets(url))


async def _market(settings: ServerSettings) -> list[Line]:
    market = build_market(settings.agent)
    lines = [await _provider(provider) for provider in market.providers]
    for identity in await market.universe():
        try:
            bars = await market.history(identity.symbol)
        except AgentError as fault:
            lines.append((identity.symbol, False, fault.message))
        else:
            lines.append(
                (identity.symbol, True, f"{identity.name}: {len(bars)} days to {bars.as_of} · {bars.source}")
            )
    return lines


async def _provider(provider: MarketData) -> Line:
    """Say whether a provider answers: one that can be enumerated by its symbols, else by one of its own."""
    name = f"market: {provider.name}"
    if known := await provider.universe():
        return (name, True, f"{len(known)} symbols: {', '.join(identity.symbol for identity in known)}")
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            identity = await provider.identify(PROBE)
    except TimeoutError:
        return (name, False, f"gave no answer about {PROBE} in {_PROBE_SECONDS:g} s")
    except AgentError as fault:
        state = provider.guard.state if isinstance(provider, Guarded) else ""
        return (name, False, f"{fault} ({fault.code}){'; ' + state if state else ''}")
    return (name, True, f"answers: {PROBE} is {identity.name}, {identity.exchange}")


async def _server(settings: ServerSettings) -> Line:
    url = f"http://{settings.host}:{settings.port}"
    if await _reach(f"{url}/api/health/live"):
        return ("server", True, f"runs at {url}")
    return ("server", None, f"does not run at {url}: start it with `financial-agent serve`")


async def _reach(url: str) -> bool:
    """Say whether anything answers HTTP at an address; nothing secret is sent."""
    try:
        async with httpx.AsyncClient(timeout=3.0) as client:
            await client.get(url)
    except httpx.HTTPError:
        return False
    return True
