"""Names with several listings are asked back; what is meant is read from the reply; identity is by code."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from graph.agent import build_deps, build_graph
from graph.client import AnalystClient
from graph.deps import Options
from graph.errors import NotFound, Unavailable
from graph.market.companies import COMPANIES, names_of, prefer
from graph.market.embedded import Embedded
from graph.market.provider import Chain
from graph.market.symbols import find_symbols, normal_symbol
from graph.market.types import AnnualReport, Bars, Identity
from graph.settings import AgentSettings
from graph.tools.market_tools import build_tools


class Listed:
    """Knows some symbols, with the bars of Apple; cannot be enumerated."""

    name = "listed"

    def __init__(self, *symbols: str, down: tuple[str, ...] = ()) -> None:
        self._symbols, self._down, self._sample = symbols, down, Embedded()

    async def identify(self, symbol: str) -> Identity:
        if symbol in self._down:
            raise Unavailable(symbol)
        if symbol not in self._symbols:
            raise NotFound(symbol)
        return Identity(symbol, f"{symbol} Company", "", "Somewhere", "USD")

    async def history(self, symbol: str) -> Bars:
        await self.identify(symbol)
        return await self._sample.history("AAPL")

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        await self.identify(symbol)
        return []

    async def universe(self) -> list[Identity]:
        return []


def client(*symbols: str, down: tuple[str, ...] = ()) -> AnalystClient:
    from dataclasses import replace

    chain = Chain([Listed(*symbols, down=down)])
    deps = build_deps(AgentSettings(offline_pace_ms=0))
    return AnalystClient(deps=replace(deps, market=chain, tools=build_tools(chain)))


async def ask(analyst: AnalystClient, question: str, **options: Any) -> dict[str, Any]:
    """Give the events of an answer by type, the last of each; steps by name."""
    found: dict[str, Any] = {"steps": {}}
    async for event in analyst.astream_chat(question, "s", Options(**options)):
        found[event.type] = event
        if event.type == "step":
            found["steps"][event.name] = event
    return found


async def test_a_name_with_several_listings_is_asked_back() -> None:
    async with client("BABA", "9988.HK") as analyst:
        answer = await ask(analyst, "Is Alibaba a buy?")
    report = answer["report"].report
    assert answer["steps"]["symbol_ambiguous"].state == "done"
    assert "which one do you mean, `BABA` or `9988.HK`?" in report["sections"]["verdict"]
    assert "`9988.HK` is 9988.HK Company, Somewhere, USD" in report["sections"]["evidence"]
    assert all(report["sections"].values())
    assert (report["rating"]["direction"], report["symbols"]) == ("abstain", [])
    assert answer["suggestions"].questions == ["Is BABA a buy?", "Is 9988.HK a buy?"]
    assert "facts" not in answer


@pytest.mark.parametrize(
    ("reply", "symbol"),
    [
        ("the Hong Kong one", "9988.HK"),
        ("The second, please", "9988.HK"),
        ("美股", "BABA"),
        ("9988.HK", "9988.HK"),
        ("第一个", "BABA"),
    ],
)
async def test_the_reply_chooses(reply: str, symbol: str) -> None:
    async with client("BABA", "9988.HK") as analyst:
        await ask(analyst, "How risky is Alibaba?")
        answer = await ask(analyst, reply)
    assert answer["report"].report["symbols"] == [symbol]


async def test_the_reply_goes_on_with_the_question_before_it() -> None:
    async with client("BABA", "9988.HK") as analyst:
        await ask(analyst, "How risky is Alibaba?")
        answer = await ask(analyst, "Hong Kong")
    assert "price risk" in answer["report"].report["sections"]["verdict"]


async def test_a_reply_that_does_not_choose_is_no_guess() -> None:
    async with client("BABA", "9988.HK") as analyst:
        await ask(analyst, "How risky is Alibaba?")
        answer = await ask(analyst, "yes")
    assert answer["report"].report["symbols"] == []
    assert answer["report"].report["rating"]["direction"] == "abstain"


async def test_chinese_is_asked_in_chinese() -> None:
    async with client("601318.SS", "2318.HK", "000001.SZ") as analyst:
        answer = await ask(analyst, "平安值得买吗？")
    assert "您指的是`601318.SS`还是`2318.HK`还是`000001.SZ`" in answer["report"].report["sections"]["verdict"]


@pytest.mark.parametrize(
    ("question", "symbols"),
    [
        ("Is Alibaba a buy?", ["BABA"]),  # only one of its listings is known: nothing to ask
        ("阿里巴巴怎么样", ["BABA"]),
        ("特斯拉和英伟达哪个更强", ["TSLA", "NVDA"]),
        ("茅台（600519）", ["600519.SS"]),
        ("600519怎么样", ["600519.SS"]),
        ("腾讯", ["0700.HK"]),
        ("00700.hk", ["0700.HK"]),
        ("BTC-USD outlook", ["BTC-USD"]),
        ("SHOULD I BUY TSLA OR NVDA", ["TSLA", "NVDA"]),
    ],
)
async def test_names_and_codes_lead_to_what_the_providers_know(question: str, symbols: list[str]) -> None:
    async with client("BABA", "TSLA", "NVDA", "600519.SS", "0700.HK", "BTC-USD") as analyst:
        answer = await ask(analyst, question)
    assert answer["report"].report["symbols"] == symbols


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("SHOULD I BUY XYZQ?", "XYZQ"),
        ("WHAT DO YOU THINK OF ZZTOP STOCK", "ZZTOP"),
        ("600000走势", "600000.SS"),
        ("Is Ford Motor a buy?", "F"),
    ],
)
async def test_what_no_provider_knows_is_named(question: str, unknown: str) -> None:
    async with client("TSLA") as analyst:
        report = (await ask(analyst, question))["report"].report
    assert report["symbols"] == []
    assert report["rating"]["direction"] == "abstain"
    assert any(unknown in note for note in report["notes"])


async def test_a_failing_provider_is_never_no_such_symbol() -> None:
    async with client("BABA", down=("TSLA",)) as analyst:
        report = (await ask(analyst, "Is TSLA a buy?"))["report"].report
    assert report["symbols"] == ["TSLA"]
    assert any("failed" in note for note in report["notes"])


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("$aapl", "AAPL"), ("700.hk", "0700.HK"), ("00700.HK", "0700.HK"), ("09988.HK", "9988.HK"),
        ("HK:0700", "0700.HK"), ("HK00700", "0700.HK"), ("sh600519", "600519.SH".replace("SH", "SS")),
        ("SZ000001", "000001.SZ"), ("600519.SH", "600519.SS"), ("BJ430047", "430047.BJ"), ("brk.b", "BRK.B"),
    ],
)  # fmt: skip
def test_tickers_are_written_as_providers_do(written: str, symbol: str) -> None:
    assert normal_symbol(written) == symbol


@pytest.mark.parametrize(
    "text",
    [
        "600519股", "买了600519元", "$600519", "600519 shares", "1,600519", "600519.5", "高通胀", "三星期后",
        "tell me what intel says", "GOLD OR OIL FOR THE YEAR", "20241230", "600519万",
    ],
)  # fmt: skip
def test_amounts_and_words_are_no_symbols(text: str) -> None:
    assert find_symbols(text, [], COMPANIES).mentions == ()


def test_the_shared_code_stands_for_both() -> None:
    (mention,) = find_symbols("000001", [], COMPANIES).mentions
    assert mention.symbols == ("000001.SZ", "000001.SS")
    assert prefer(mention.symbols, "深圳 000001") == mention.symbols  # both are mainland listings


def test_every_name_of_the_table_leads_to_its_company() -> None:
    for company in COMPANIES:
        for name in company.names:
            (mention,) = find_symbols(f"{name}?", [], COMPANIES).mentions
            assert mention.symbols == company.symbols, name
    assert "特斯拉" in names_of("TSLA")


async def test_asking_back_is_kept_in_the_session() -> None:
    from dataclasses import replace

    chain = Chain([Listed("BABA", "9988.HK")])
    deps = replace(build_deps(AgentSettings(offline_pace_ms=0)), market=chain, tools=build_tools(chain))
    graph = build_graph(deps, InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t"}}
    await graph.ainvoke({"message": "Alibaba?"}, config)
    await graph.ainvoke({"message": "美股"}, config)
    turns = (await graph.aget_state(config)).values["turns"]
    assert [(turn["symbols"], turn["status"]) for turn in turns] == [([], "done"), (["BABA"], "done")]
