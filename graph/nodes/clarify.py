"""Asks back: a name of the question stands for several listings, and code does not guess between them.

No model is called and no data is fetched. The reply may be one of the suggested questions, or only the
market or the place in the list: the next turn reads it together with this question.
"""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.runnables import RunnableConfig

from graph.deps import Deps
from graph.errors import MarketError
from graph.events import ReportEvent, SectionEvent, StepEvent, SuggestionsEvent, TokenEvent
from graph.history import close_turn
from graph.market.types import Identity
from graph.report.model import SECTIONS, Rating, Report
from graph.report.rating import rating_line
from graph.report.render import render_markdown
from graph.sink import emit
from graph.state import Choice, State

#: What the step is called when a name is ambiguous: a code that a program can read.
CODE = "symbol_ambiguous"

_TEXTS = {
    "en": {
        "label": "Ask which listing is meant",
        "ask": "“{name}” is traded under more than one symbol: which one do you mean, {listed}?",
        "or": " or ",
        "one": "**{name}.** {parts}.",
        "part": "`{symbol}` is {who}",
        "action": "Ask again with the symbol, or answer with the market. Until then nothing is analysed, for "
        "prices, currency and trading hours differ between listings.",
        "caveat": "No data was fetched for this reply and no language model took part in it.",
    },
    "zh": {
        "label": "询问所指的上市地",
        "ask": "“{name}”有多个交易代码：您指的是{listed}？",
        "or": "还是",
        "one": "**{name}。** {parts}。",
        "part": "`{symbol}`：{who}",
        "action": "请带上代码再问一次，或直接回答市场名称。"
        "各上市地的价格、货币与交易时段不同，在此之前不作分析。",
        "caveat": "本次回答没有获取数据，也没有语言模型参与。",
    },
}


async def clarify(state: State, deps: Deps, config: RunnableConfig) -> dict[str, Any]:
    """Answer with the question back, in the report's form, without a rating."""
    request = state["request"]
    language = request["language"]
    texts = _TEXTS[language]
    choices = request["choices"]
    known = await _identities(choices, deps)
    ask = " ".join(
        texts["ask"].format(
            name=choice["text"], listed=texts["or"].join(f"`{symbol}`" for symbol in choice["symbols"])
        )
        for choice in choices
    )
    evidence = "\n".join(f"- {_listings(choice, known, texts)}" for choice in choices)
    sections: dict[str, str] = {
        "verdict": f"{rating_line(Rating(), language)}\n\n{ask}",
        "evidence": evidence,
        "insights": f"- {texts['action']}",
        "caveat": texts["caveat"],
    }
    emit(StepEvent(id="clarify", name=CODE, label=texts["label"], state="done", summary=ask))
    for name in SECTIONS:
        emit(SectionEvent(section=name, state="open"))
        emit(TokenEvent(section=name, text=sections[name]))
        emit(SectionEvent(section=name, state="closed"))
    report = Report(
        question=state["message"],
        language=language,
        symbols=(),
        rating=Rating(),
        sections=sections,
        counts={},
        notes=(ask,),
        model=deps.model_name,
        mode=deps.settings.mode,
        prompt=deps.prompts.get("analyst").tag,
        created_at=deps.clock().isoformat(timespec="seconds"),
    )
    markdown, told = render_markdown(report), report.to_dict()
    emit(ReportEvent(report=told, markdown=markdown))
    emit(SuggestionsEvent(questions=_questions(state["message"], choices[0])))
    closed = close_turn(state, report, markdown, "done", config.get("configurable", {}).get("run_id"), ())
    return {"report": told, "facts": [], "figures": [], **closed}


async def _identities(choices: list[Choice], deps: Deps) -> dict[str, Identity]:
    async def who(symbol: str) -> Identity | None:
        try:
            return await deps.market.identify(symbol)
        except MarketError:
            return None

    symbols = [symbol for choice in choices for symbol in choice["symbols"]]
    found = await asyncio.gather(*(who(symbol) for symbol in symbols))
    return {symbol: identity for symbol, identity in zip(symbols, found, strict=True) if identity}


def _listings(choice: Choice, known: dict[str, Identity], texts: dict[str, str]) -> str:
    parts = []
    for symbol in choice["symbols"]:
        identity = known.get(symbol)
        who = f"{identity.name}, {identity.exchange}, {identity.currency}" if identity else "?"
        parts.append(texts["part"].format(symbol=symbol, who=who))
    return texts["one"].format(name=choice["text"], parts="; ".join(parts))


def _questions(message: str, choice: Choice) -> list[str]:
    """Give the question again, once for each listing."""
    return [message.replace(choice["text"], symbol, 1) for symbol in choice["symbols"]][:3]
