"""Turns the question into symbols, language and intent.

What the question names is settled by asking the configured providers who it is. A name that stands for
several listings of theirs is not decided here: the reader is asked which one is meant.
"""

from __future__ import annotations

import asyncio
import re

from graph.deps import Deps, Options
from graph.errors import MarketError, NotFound
from graph.events import StepEvent
from graph.market.companies import COMPANIES, prefer
from graph.market.provider import MarketData
from graph.market.symbols import Mention, find_symbols
from graph.sink import emit
from graph.state import Choice, Request, State

MAX_SYMBOLS = 6

# The first intent of which a word stands in the question; several symbols are compared on it.
_WORDS = {
    "change": (r"what(?:'s| has| is| would| could| will)? (?:changed?|new)|since", "变化|有什么新|改变"),
    "valuation": (
        r"valuations?|expensive|cheap(?:er|est)?|overvalued|undervalued|multiples?|p/?e",
        "估值|市盈率|贵不贵|便宜",
    ),
    "risk": (r"risks?|risk(?:y|ier|iest)|volatil\w*|drawdowns?|downside|safer?", "风险|波动|回撤|下跌空间"),
    "levels": (
        r"levels?|support|resistance|fibonacci|retracements?|entry|stop",
        "支撑|阻力|点位|斐波那契|压力位",
    ),
    "momentum": (
        r"momentum|rsi|macd|overbought|oversold|stochastic|trend",
        "动量|动能|超买|超卖|趋势",
    ),
    "fundamentals": (
        r"fundamentals?|revenue|sales|earnings|margins?|profit\w*|cash flow|eps|debt",
        "基本面|营收|利润|现金流|财报|业绩",
    ),
}
_INTENTS = {
    intent: re.compile(rf"\b(?:{english})\b|{chinese}", re.IGNORECASE)
    for intent, (english, chinese) in _WORDS.items()
}
_TOO_MANY = {
    "en": "The question names {} symbols; the first {} are answered.",
    "zh": "问题提到{}个代码，只回答前{}个。",
}
_ORDINALS = (r"\bfirst\b|第一|前者", r"\bsecond\b|第二", r"\bthird\b|第三")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


async def resolve(state: State, options: Options, deps: Deps) -> dict[str, object]:
    """Find what the question is about; one that names no symbol goes on with those of the turn before."""
    message = state["message"]
    match = find_symbols(message, await deps.market.universe(), COMPANIES)
    mentions, asked = match.mentions[: 2 * MAX_SYMBOLS], message
    if not mentions and (chosen := _chosen(state)):
        # The answer to "which one do you mean?": the question is the one that was asked before.
        mentions, asked = chosen, f"{state['turns'][-1]['question']} {message}"
    settled = await asyncio.gather(*(_settle(mention, deps.market) for mention in mentions))
    symbols = _each([names[0] for names, known in settled if known and len(names) == 1])
    choices = [
        Choice(text=mention.text, symbols=list(names))
        for mention, (names, known) in zip(mentions, settled, strict=True)
        if known and len(names) > 1
    ]
    unknown = _each([name for names, known in settled if not known for name in names])
    inherited = False
    if not mentions:
        symbols = _earlier_symbols(state)
        inherited = bool(symbols)
    language = choose_language(asked, options)
    notes = []
    if len(symbols) > MAX_SYMBOLS:
        notes.append(_TOO_MANY[language].format(len(symbols), MAX_SYMBOLS))
        symbols = symbols[:MAX_SYMBOLS]
    request = Request(
        symbols=symbols,
        unknown=unknown,
        language=language,
        intent=find_intent(asked, len(symbols)),
        inherited=inherited,
        choices=choices,
    )
    subject = ", ".join([*symbols, *unknown, *(choice["text"] for choice in choices)]) or "no symbol named"
    emit(
        StepEvent(
            id="resolve",
            name="resolve",
            label="Understand the question",
            state="done",
            summary=f"{subject} · {request['intent']} · {language}",
        )
    )
    return {"request": request, "notes": notes}


async def _settle(mention: Mention, market: MarketData) -> tuple[tuple[str, ...], bool]:
    """Give the listings of a mention that the providers know, and True; else all of them, and False.

    A listing of which a provider's failure leaves nothing known counts as known: what failed is told where
    its data is fetched, and never as "no such symbol".
    """
    if mention.known and len(mention.symbols) == 1:
        return mention.symbols, True
    found = await asyncio.gather(*(_exists(symbol, market) for symbol in mention.symbols))
    known = tuple(symbol for symbol, exists in zip(mention.symbols, found, strict=True) if exists)
    return (known, True) if known else (mention.symbols, False)


async def _exists(symbol: str, market: MarketData) -> bool:
    try:
        await market.identify(symbol)
    except NotFound:
        return False
    except MarketError:
        return True
    return True


def _chosen(state: State) -> tuple[Mention, ...]:
    """Read which listing a reply chooses among those that the turn before asked about."""
    choices = state.get("request", {}).get("choices") or []
    chosen = []
    for choice in choices:
        symbols = tuple(choice["symbols"])
        kept = prefer(symbols, state["message"])
        for place, words in enumerate(_ORDINALS[: len(symbols)]):
            if re.search(words, state["message"], re.IGNORECASE):
                kept = (symbols[place],)
        if len(kept) < len(symbols):
            chosen.append(Mention(choice["text"], kept, known=False))
    return tuple(chosen)


def _each(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def find_intent(message: str, symbols: int) -> str:
    """Name what kind of question this is: by its words, else `compare` of several symbols or `outlook`."""
    otherwise = "compare" if symbols > 1 else "outlook"
    return next((intent for intent, pattern in _INTENTS.items() if pattern.search(message)), otherwise)


def choose_language(message: str, options: Options) -> str:
    """Take the chosen language, else Chinese for a question with Chinese characters, else English."""
    if options.language != "auto":
        return options.language
    return "zh" if _CHINESE.search(message) else "en"


def _earlier_symbols(state: State) -> list[str]:
    for turn in reversed(state.get("turns", [])):
        if turn["symbols"]:
            return list(turn["symbols"])
    return []
