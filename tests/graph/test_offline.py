"""The offline analyst as a chat model: what it emits, how it counts, where it stops."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage

from graph.facts import Fact, FactSheet, Unit
from graph.models.offline import OfflineAnalyst, split_tokens
from graph.prompting import Briefing, render_briefing
from graph.report.model import TITLES
from graph.report.rating import parse_rating

DAY = "2024-12-30"


def fact(metric: str, value: str, unit: Unit) -> Fact:
    return Fact(
        f"AAPL.{metric}",
        metric,
        Decimal(value),
        unit,
        entity="AAPL",
        metric=metric,
        currency="USD",
        as_of=DAY,
    )


SHEET = FactSheet(
    [
        fact("close", "252.20", "price"),
        fact("sma_50", "237.29", "price"),
        fact("sma_200", "213.02", "price"),
        fact("vs_sma_200", "18.39", "percent"),
        fact("adx_14", "42.65", "index"),
        fact("rsi_14", "60.19", "index"),
        fact("return_6m", "19.74", "percent"),
        fact("volatility_1y", "22.59", "percent"),
        fact("max_drawdown_1y", "-15.46", "percent"),
    ]
)


def briefing(
    language: str = "en", intent: str = "outlook", sections: tuple[str, ...] | None = None
) -> Briefing:
    if sections is None:
        return Briefing("How is AAPL?", language, intent, ("AAPL",), SHEET)
    return Briefing("How is AAPL?", language, intent, ("AAPL",), SHEET, sections=sections)


def ask(given: Briefing, *history: BaseMessage) -> list[BaseMessage]:
    return [SystemMessage("You are an analyst."), *history, HumanMessage(render_briefing(given))]


async def stream(model: OfflineAnalyst, messages: list[BaseMessage], **options: Any) -> list[AIMessageChunk]:
    return [chunk async for chunk in model.astream(messages, **options)]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_streamed_the_generated_and_the_sync_text_are_the_same(language: str) -> None:
    model = OfflineAnalyst()
    messages = ask(briefing(language))
    streamed = "".join(chunk.text for chunk in await stream(model, messages))
    assert streamed == "".join(chunk.text for chunk in model.stream(messages))
    assert streamed == model.invoke(messages).text == (await model.ainvoke(messages)).text
    assert streamed.startswith(f"## {TITLES[language]['verdict']}\n**")


async def test_it_streams_many_small_tokens_and_only_the_last_tells_the_usage() -> None:
    chunks = await stream(OfflineAnalyst(), ask(briefing()))
    assert len(chunks) > 200
    assert max(len(chunk.text) for chunk in chunks) < 40
    assert [bool(chunk.usage_metadata) for chunk in chunks].count(True) == 1
    last = chunks[-1]
    assert last.response_metadata["finish_reason"] == "stop"
    assert last.usage_metadata is not None
    assert last.usage_metadata["output_tokens"] == len(chunks)
    assert last.usage_metadata["total_tokens"] == last.usage_metadata["input_tokens"] + len(chunks)


async def test_the_chunks_add_up_to_one_message_with_its_metadata() -> None:
    chunks = await stream(OfflineAnalyst(), ask(briefing()))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    generated = OfflineAnalyst().invoke(ask(briefing()))
    assert whole.text == generated.text
    assert whole.response_metadata["finish_reason"] == generated.response_metadata["finish_reason"] == "stop"
    assert whole.usage_metadata == generated.usage_metadata


@pytest.mark.parametrize(
    "text", ["", " ", "one two\n\n- **three** 4.5%\n", "趋势向上。AAPL收于$252.20，", "a中b 中文 c\n"]
)
def test_tokens_join_to_exactly_the_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text


def test_a_chinese_token_is_at_most_two_characters() -> None:
    assert max(len(token) for token in split_tokens("股价处于全年区间顶部")) == 2


async def test_max_tokens_cuts_the_text_and_says_so() -> None:
    whole = OfflineAnalyst().invoke(ask(briefing())).text
    cut = await stream(OfflineAnalyst(max_tokens=40), ask(briefing()))
    assert len(cut) == 40
    assert whole.startswith("".join(chunk.text for chunk in cut))
    assert cut[-1].response_metadata["finish_reason"] == "length"


async def test_max_tokens_of_a_call_overrides_the_models() -> None:
    cut = await stream(OfflineAnalyst(max_tokens=2000), ask(briefing()), max_tokens=7)
    assert len(cut) == 7
    longer = OfflineAnalyst(max_tokens=7).invoke(ask(briefing()), max_tokens=2000)
    assert longer.response_metadata["finish_reason"] == "stop"


def test_a_text_of_exactly_max_tokens_is_not_cut() -> None:
    whole = OfflineAnalyst().invoke(ask(briefing()))
    assert whole.usage_metadata is not None
    exact = OfflineAnalyst(max_tokens=whole.usage_metadata["output_tokens"]).invoke(ask(briefing()))
    assert exact.text == whole.text
    assert exact.response_metadata["finish_reason"] == "stop"


def test_a_stop_word_ends_the_text_before_it() -> None:
    answer = OfflineAnalyst().invoke(ask(briefing()), stop=["## Insights", "## Evidence"])
    assert "## Verdict" in answer.text
    assert "## Evidence" not in answer.text
    assert answer.response_metadata["finish_reason"] == "stop"


def test_a_stop_word_at_the_very_start_gives_an_empty_answer() -> None:
    answer = OfflineAnalyst().invoke(ask(briefing()), stop=["## "])
    assert answer.text == ""
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["output_tokens"] == 0


def test_the_prompt_counts_as_input() -> None:
    short = OfflineAnalyst().invoke(ask(briefing())).usage_metadata
    history = (HumanMessage("And MSFT?"), AIMessage("long " * 400))
    longer = OfflineAnalyst().invoke(ask(briefing(), *history)).usage_metadata
    assert short is not None
    assert longer is not None
    assert longer["input_tokens"] > short["input_tokens"] + 400


async def test_without_a_pause_other_tasks_run_between_two_tokens() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    chunks = await stream(OfflineAnalyst(), ask(briefing()))
    task.cancel()
    assert turns >= len(chunks)


async def test_the_pace_is_the_pause_between_tokens() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await stream(OfflineAnalyst(pace=0.01, max_tokens=10), ask(briefing()))
    assert loop.time() - started >= 0.09


async def test_a_stream_can_be_left_in_the_middle() -> None:
    source = OfflineAnalyst(pace=0.001).astream(ask(briefing()))
    first = await anext(source)
    await source.aclose()  # type: ignore[attr-defined]
    assert first.text == "##"


@pytest.mark.parametrize("messages", [[HumanMessage("Hello?")], [SystemMessage("Only rules.")], []])
def test_without_a_briefing_it_abstains_in_four_sections(messages: list[BaseMessage]) -> None:
    text = OfflineAnalyst()._generate(messages).generations[0].text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {title}" for title in TITLES["en"].values()
    ]
    assert parse_rating(text).direction == "abstain"
    assert "needs a briefing" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_writes_only_the_sections_asked_for(language: str) -> None:
    asked = OfflineAnalyst().invoke(ask(briefing(language, sections=("caveat",)))).text
    whole = OfflineAnalyst().invoke(ask(briefing(language))).text
    assert asked.count("## ") == 1
    assert whole.endswith(asked)


def test_the_history_reaches_the_note() -> None:
    first = OfflineAnalyst().invoke(ask(briefing())).text
    second = OfflineAnalyst().invoke(
        ask(briefing(intent="risk"), HumanMessage("How is AAPL?"), AIMessage(first))
    )
    assert "The earlier verdict in this session on AAPL was a buy" in second.text


def test_a_message_in_parts_is_read_as_its_text() -> None:
    parts = HumanMessage([{"type": "text", "text": render_briefing(briefing())}])
    assert OfflineAnalyst().invoke([parts]).text == OfflineAnalyst().invoke(ask(briefing())).text


def test_bound_tools_change_nothing() -> None:
    bound = OfflineAnalyst().bind_tools([])
    assert bound.invoke(ask(briefing())).text == OfflineAnalyst().invoke(ask(briefing())).text
