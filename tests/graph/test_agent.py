"""The graph from question to report, without a server around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from graph.agent import Analyst, build_deps, build_graph
from graph.deps import Options
from graph.errors import NotFound, Unavailable
from graph.market.provider import Chain
from graph.market.types import AnnualReport, Bars, Identity
from graph.nodes.format import cap_conviction
from graph.nodes.resolve import choose_language, find_intent
from graph.report.model import Rating, Report
from graph.settings import AgentSettings

SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG", "FB")
QUESTIONS = (
    "Is {} a buy?",
    "What are the key levels of {}?",
    "How risky is {}?",
    "Is {} overbought?",
    "How are the fundamentals of {}?",
    "Is {} expensive?",
    "{}值得买入吗？",
    "{}的支撑位和阻力位在哪里？",
    "{}的波动风险如何？",
    "{}的估值贵不贵？",
)


@pytest.fixture
def analyst(agent_settings: AgentSettings) -> Analyst:
    return build_graph(build_deps(agent_settings), InMemorySaver())


async def ask(analyst: Analyst, message: str, thread: str = "t", **options: Any) -> Report:
    config: Any = {"configurable": {"thread_id": thread}}
    result = await analyst.ainvoke({"message": message}, config, context=Options(**options))
    return Report.from_dict(result["report"])


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("symbol", SYMBOLS)
async def test_every_figure_of_every_answer_holds(analyst: Analyst, question: str, symbol: str) -> None:
    report = await ask(analyst, question.format(symbol))
    assert report.symbols == (symbol,)
    assert report.missing == ()
    assert not report.truncated
    assert report.coverage == 1.0
    broken = [figure for figure in report.figures if figure["status"] in ("unsupported", "contradicted")]
    assert broken == []
    assert report.counts["supported"] + report.counts["derived"] >= 5


async def test_the_state_holds_plain_json_only(analyst: Analyst) -> None:
    await ask(analyst, "Is AAPL a buy?")
    state = await analyst.aget_state({"configurable": {"thread_id": "t"}})
    assert json.loads(json.dumps(state.values)) == state.values


async def test_a_comparison_is_about_all_its_symbols(analyst: Analyst) -> None:
    report = await ask(analyst, "AAPL or MSFT: which is stronger?")
    assert report.symbols == ("AAPL", "MSFT")
    assert "| Metric |" in report.sections["evidence"]
    assert report.coverage == 1.0


async def test_sessions_do_not_see_each_other(analyst: Analyst) -> None:
    await ask(analyst, "Is AAPL a buy?", "one")
    report = await ask(analyst, "And its risk?", "two")
    assert report.symbols == ()
    assert report.rating.direction == "abstain"


async def test_options_choose_language_and_length(analyst: Analyst) -> None:
    chinese = await ask(analyst, "Is AAPL a buy?", "a", language="zh")
    assert chinese.language == "zh"
    assert chinese.sections["verdict"].startswith("**评级：")
    short = await ask(analyst, "Is AAPL a buy?", "b", max_tokens=60)
    assert short.truncated
    assert short.missing


class Outage:
    """A provider that is down."""

    name = "outage"

    async def identify(self, symbol: str) -> Identity:
        return Identity(symbol, symbol, symbol, "X", "USD")

    async def history(self, symbol: str) -> Bars:
        raise Unavailable(f"{symbol} at a dead host")

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        raise Unavailable(f"{symbol} at a dead host")

    async def universe(self) -> list[Identity]:
        return [Identity("DOWN", "Down Incorporated", "停机", "X", "USD")]


async def test_an_outage_is_never_a_neutral_view(agent_settings: AgentSettings) -> None:
    from dataclasses import replace

    from graph.tools.market_tools import build_tools

    chain = Chain([Outage()])
    deps = replace(build_deps(agent_settings), market=chain, tools=build_tools(chain))
    report = await ask(build_graph(deps, InMemorySaver()), "Is DOWN a buy?")
    assert report.rating.direction == "abstain"
    assert any("DOWN" in note and "failed" in note for note in report.notes)
    assert "dead host" not in str(report.to_dict())


async def test_the_chain_tells_an_outage_from_an_unknown_symbol() -> None:
    with pytest.raises(Unavailable):
        await Chain([Outage()]).history("DOWN")

    class Empty(Outage):
        async def history(self, symbol: str) -> Bars:
            raise NotFound(symbol)

    with pytest.raises(NotFound):
        await Chain([Empty()]).history("DOWN")
    with pytest.raises(Unavailable):
        await Chain([Empty(), Outage()]).history("DOWN")
    with pytest.raises(Unavailable):
        await Chain([Outage(), Empty()]).history("DOWN")
    with pytest.raises(ValueError, match="no market data provider"):
        Chain([])


@pytest.mark.parametrize(
    ("counts", "conviction", "capped"),
    [
        ({"supported": 20, "derived": 0, "unsupported": 0, "contradicted": 0, "context": 3}, "high", False),
        ({"supported": 19, "derived": 1, "unsupported": 1, "contradicted": 0, "context": 0}, "high", False),
        ({"supported": 10, "derived": 0, "unsupported": 1, "contradicted": 0, "context": 0}, "low", True),
        ({"supported": 99, "derived": 0, "unsupported": 0, "contradicted": 1, "context": 0}, "low", True),
        ({"supported": 0, "derived": 0, "unsupported": 0, "contradicted": 0, "context": 0}, "high", False),
    ],
)
def test_a_figure_that_does_not_hold_caps_the_conviction(
    counts: dict[str, int], conviction: str, capped: bool
) -> None:
    rating = cap_conviction(Rating("buy", "high", "6 months"), counts)
    assert (rating.conviction, rating.capped) == (conviction, capped)
    assert cap_conviction(Rating(), counts) == Rating()


@pytest.mark.parametrize(
    ("question", "symbols", "intent"),
    [
        ("Is AAPL a buy?", 1, "outlook"),
        ("AAPL vs MSFT", 2, "compare"),
        ("support and resistance?", 1, "levels"),
        ("How volatile is it?", 1, "risk"),
        ("Is it overbought?", 1, "momentum"),
        ("Earnings and margins?", 1, "fundamentals"),
        ("Is it too expensive?", 1, "valuation"),
        ("What has changed?", 1, "change"),
        ("它贵不贵？", 1, "valuation"),
        ("支撑位在哪", 1, "levels"),
    ],
)
def test_intents(question: str, symbols: int, intent: str) -> None:
    assert find_intent(question, symbols) == intent


def test_languages() -> None:
    assert choose_language("Is AAPL a buy?", Options()) == "en"
    assert choose_language("苹果 buy?", Options()) == "zh"
    assert choose_language("苹果", Options(language="en")) == "en"
