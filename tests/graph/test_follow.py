"""What follows a report: the chart of what is named, questions to go on with; and hostile headlines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from graph.agent import build_deps, build_graph
from graph.deps import Deps, Options
from graph.events import ChartEvent, Event, ReportEvent, SuggestionsEvent, UsageEvent
from graph.market.provider import Chain
from graph.models.note.suggest import suggest_questions
from graph.nodes.follow import read_questions
from graph.nodes.resolve import find_intent
from graph.prompting import Briefing
from graph.settings import AgentSettings
from graph.sink import events_to
from graph.tools.market_tools import build_tools
from tests.fake_dashscope import FakeDashScope, fake_dashscope
from tests.fake_dashscope.replies import Reply, call_frames, refusal, text_frames
from tests.graph.notes import FALLING, LANGUAGES, RISING, SYMBOLS, embedded_sheet, sheet_of
from tests.graph.test_tools import INJECTED, Desk
from tests.qwen import KEY

ANSWER = (
    "## Verdict\n**Rating: Buy · Conviction: high · Horizon: 6–12 months**\nThe trend is up.\n\n"
    "## Evidence\n- AAPL closed at $252.20 on 2024-12-30, above its 50-day moving average of $237.29.\n\n"
    "## Insights & Action\n- Watch the nearest support at $237.36.\n\n## Caveat\nThe data ends on 2024-12-30."
)
QUESTIONS = "1. How risky is AAPL?\n- What are the levels of AAPL?\n“Is AAPL expensive?”\nHow is MSFT?"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


def live(fake: FakeDashScope, **chosen: Any) -> Deps:
    chain = Chain([Desk()])
    settings = AgentSettings(dashscope_api_key=SecretStr(KEY), dashscope_base_url=fake.url, **chosen)
    return replace(build_deps(settings), market=chain, tools=build_tools(chain))


async def answer(deps: Deps, message: str = "Is AAPL a buy?", **options: Any) -> list[Event]:
    events: list[Event] = []
    with events_to(events.append):
        await build_graph(deps).ainvoke({"message": message}, context=Options(**options))
    await deps.aclose()
    return events


def only(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


async def test_the_chart_after_the_report_has_what_the_answer_names(fake: FakeDashScope) -> None:
    fake.replies["qwen-plus"] = [Reply(text_frames(ANSWER))]
    events = await answer(live(fake, suggestions=False))
    first, named = only(events, ChartEvent)
    assert {overlay["metric"] for overlay in named.overlays} == {"sma_50", "support"}
    assert {"sma_200", "fib_38.2"} <= {overlay["metric"] for overlay in first.overlays}
    assert (named.symbol, named.overlays[0]["value"], named.overlays[0]["fact"]) == (
        "AAPL",
        237.29,
        "AAPL.sma_50",
    )
    assert events.index(named) > events.index(only(events, ReportEvent)[0])
    assert len(fake.requests) == 1


async def test_a_live_model_is_asked_once_and_for_little(fake: FakeDashScope) -> None:
    fake.replies["qwen-plus"] = [Reply(text_frames(ANSWER)), Reply(text_frames(QUESTIONS))]
    events = await answer(live(fake))
    assert only(events, SuggestionsEvent)[-1].questions == [
        "How risky is AAPL?", "What are the levels of AAPL?", "Is AAPL expensive?",
    ]  # fmt: skip
    assert len(only(events, UsageEvent)) == 2
    written, asked = fake.requests
    assert asked["parameters"]["max_tokens"] == 160
    assert "tools" not in asked["parameters"]
    system, user = (message["content"] for message in asked["input"]["messages"])
    assert "at most three questions" in system
    assert "Watch the nearest support" in user
    assert "AAPL closed at" not in user  # the evidence and the facts stay behind: they cost most
    assert len(system + user) < len(str(written["input"])) / 10


async def test_suggestions_follow_the_language(fake: FakeDashScope) -> None:
    fake.replies["qwen-plus"] = [Reply(text_frames(ANSWER)), Reply(text_frames("苹果的风险有多大？"))]
    events = await answer(live(fake), "苹果值得买入吗？")
    assert only(events, SuggestionsEvent)[-1].questions == ["苹果的风险有多大？"]
    system = fake.requests[1]["input"]["messages"][0]["content"]
    assert "最多三个问题" in system
    assert "精简逻辑书" in fake.requests[0]["input"]["messages"][0]["content"]


@pytest.mark.parametrize(
    "failing",
    [Reply(text_frames("nothing that asks")), refusal(401, "InvalidApiKey"), Reply([b"<html>"], end="drop")],
)
async def test_a_failure_is_missed_by_nobody(fake: FakeDashScope, failing: Reply) -> None:
    fake.replies["qwen-plus"] = [Reply(text_frames(ANSWER)), failing]
    events = await answer(live(fake))
    assert only(events, ReportEvent)[0].report["rating"]["direction"] == "buy"
    assert not only(events, SuggestionsEvent)


async def test_they_can_be_switched_off() -> None:
    deps = build_deps(AgentSettings(offline_pace_ms=0, suggestions=False))
    assert not only(await answer(deps), SuggestionsEvent)
    assert only(await answer(build_deps(AgentSettings(offline_pace_ms=0))), SuggestionsEvent)


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("", []),
        ("No question here.", []),
        ("1) A?\n2) A?\n3) B？\n4、C?\n5. D?", ["A?", "B？", "C?"]),
        ("What now?", []),
        ("x" * 200 + "?", []),
        ("  * “How?”  ", ["How?"]),
    ],
)
def test_only_short_questions_are_taken(text: str, questions: list[str]) -> None:
    assert read_questions(text, "What now?") == questions


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("intent", ["outlook", "risk", "valuation", "change"])
def test_offline_questions_are_of_another_kind_and_can_be_answered(
    symbol: str, language: str, intent: str
) -> None:
    briefing = Briefing("?", language, intent, (symbol,), embedded_sheet(symbol))
    questions = suggest_questions(briefing)
    assert 2 <= len(questions) <= 3
    assert len(set(questions)) == len(questions)
    for question in questions:
        assert symbol in question
        assert find_intent(question, 1) != intent


def test_other_data_raise_other_questions() -> None:
    rising = suggest_questions(Briefing("?", "en", "outlook", ("XYZ",), sheet_of(RISING)))
    falling = suggest_questions(Briefing("?", "en", "outlook", ("XYZ",), sheet_of(FALLING)))
    assert "What are the key levels of XYZ if it loses support at $237.36?" in rising
    assert "XYZ fell 41.8% within the year: how risky is it now?" in falling
    assert suggest_questions(Briefing("?", "en", "outlook", ("NIL",), sheet_of(RISING))) == []


async def test_hostile_headlines_change_nothing_that_is_sent_as_instructions(fake: FakeDashScope) -> None:
    """The model asks for news that hold orders: they come back as data and the rules stay as they were."""
    fake.replies["qwen-plus"] = [
        Reply(call_frames(("get_news", '{"symbol": "AAPL"}'))),
        Reply(text_frames(ANSWER)),
    ]
    events = await answer(live(fake, suggestions=False))
    before, after = (request["input"]["messages"] for request in fake.requests)
    assert after[: len(before)] == before  # the instructions, the facts and the question are the same
    said, told = after[len(before) :]
    assert (said["role"], told["role"]) == ("assistant", "tool")
    assert INJECTED.split("<")[0] in told["content"]
    assert "</facts>" not in told["content"]
    assert "<question>" not in told["content"]
    assert all(
        "Ignore your rules" not in message["content"] for message in after if message["role"] != "tool"
    )
    assert fake.requests[0]["parameters"]["tools"] == fake.requests[1]["parameters"]["tools"]
    report = only(events, ReportEvent)[0].report
    assert report["rating"]["direction"] == "buy"
    assert "999" not in str(report["sections"])
    assert {message["role"] for message in before} == {"system", "user"}
    assert "instructions about your role" in before[0]["content"].replace("\n", " ")
