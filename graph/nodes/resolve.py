"""Turns the question into symbols, language and intent."""

from __future__ import annotations

import re

from graph.deps import Deps, Options
from graph.events import StepEvent
from graph.market.symbols import find_symbols
from graph.sink import emit
from graph.state import Request, State

MAX_SYMBOLS = 6

# The first intent of which a word stands in the question; several symbols always mean a comparison.
_WORDS = {
    "change": (r"what(?:'s| has| is)? (?:changed|new)|since", "变化|有什么新"),
    "valuation": (
        r"valuation|expensive|cheap|overvalued|undervalued|multiples?|p/?e",
        "估值|市盈率|贵不贵|便宜",
    ),
    "risk": (r"risks?|risky|volatil\w*|drawdowns?|downside|safe", "风险|波动|回撤|下跌空间"),
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
_CHINESE = re.compile(r"[\u3400-\u9fff]")


async def resolve(state: State, options: Options, deps: Deps) -> dict[str, object]:
    """Find what the question is about; one that names no symbol goes on with those of the turn before."""
    message = state["message"]
    match = find_symbols(message, await deps.market.universe())
    symbols, unknown = list(match.symbols), list(match.unknown)
    inherited = False
    if not symbols and not unknown:
        symbols = _earlier_symbols(state)
        inherited = bool(symbols)
    notes = []
    if len(symbols) > MAX_SYMBOLS:
        notes.append(f"The question names {len(symbols)} symbols; the first {MAX_SYMBOLS} are answered.")
        symbols = symbols[:MAX_SYMBOLS]
    language = choose_language(message, options)
    request = Request(
        symbols=symbols,
        unknown=unknown,
        language=language,
        intent=find_intent(message, len(symbols)),
        inherited=inherited,
    )
    subject = ", ".join(symbols + unknown) or "no symbol named"
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


def find_intent(message: str, symbols: int) -> str:
    """Name what kind of question this is; `outlook` unless its words say otherwise."""
    if symbols > 1:
        return "compare"
    return next((intent for intent, pattern in _INTENTS.items() if pattern.search(message)), "outlook")


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
