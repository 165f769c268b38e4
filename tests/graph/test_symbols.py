"""What a question names: symbols of the universe, and what only looks like a ticker."""

from __future__ import annotations

import pytest

from graph.market.embedded import Embedded
from graph.market.symbols import SymbolMatch, find_symbols
from graph.market.types import Identity


def named(text: str, universe: list[Identity]) -> tuple[str, str]:
    match = find_symbols(text, universe)
    return " ".join(match.symbols), " ".join(match.unknown)


@pytest.fixture
async def universe() -> list[Identity]:
    return await Embedded().universe()


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Is AAPL overbought?", "AAPL"),
        ("compare aapl and msft", "AAPL MSFT"),
        ("AAPL, MSFT.", "AAPL MSFT"),
        ("MSFT against AAPL, then MSFT again", "MSFT AAPL"),
        ("AAPL/MSFT spread", "AAPL MSFT"),
        ("AAPL-MSFT pair", "AAPL MSFT"),
        ("(GOOG)", "GOOG"),
        ("$aapl to the moon", "AAPL"),
        ("NASDAQ:AAPL", "AAPL"),
        ("ibm's outlook", "IBM"),
        ("How is apple doing?", "AAPL"),
        ("Apple's margins", "AAPL"),
        ("an Apple supplier", "AAPL"),
        ("an apple stock forecast", "AAPL"),
        ("What is Microsoft worth next to Google?", "MSFT GOOG"),
        ("International Business Machines", "IBM"),
        ("Is googl the same as Alphabet?", "GOOG"),
        ("what about meta stock", "FB"),
        ("Meta Platforms", "FB"),
        ("苹果和微软哪个更值得买？", "AAPL MSFT"),
        ("苹果公司的风险", "AAPL"),
        ("AAPL的RSI是多少", "AAPL"),
        ("谷歌、脸书与IBM", "GOOG FB IBM"),
        ("看看msft吧", "MSFT"),
    ],
)
async def test_companies_are_found_in_order_of_mention(
    universe: list[Identity], text: str, symbols: str
) -> None:
    assert named(text, universe) == (symbols, "")


@pytest.mark.parametrize(
    ("text", "symbols", "unknown"),
    [
        ("Should I buy TSLA?", "", "TSLA"),
        ("TSLA", "", "TSLA"),
        ("BUY TSLA", "", "TSLA"),
        ("TSLA vs NVDA vs TSLA", "", "TSLA NVDA"),
        ("AAPL or TSLA?", "AAPL", "TSLA"),
        ("分析TSLA的RSI和MACD", "", "TSLA"),
        ("$xyz and $F", "", "XYZ F"),
        ("0700.HK and 600519.SS", "", "0700.HK 600519.SS"),
        ("腾讯0700.hk怎么样", "", "0700.HK"),
        ("BTC-USD, BRK.B and BRK-B", "", "BTC-USD BRK.B BRK-B"),
        ("AAPL-USD", "", "AAPL-USD"),
        ("^GSPC today", "", "^GSPC"),
    ],
)
async def test_what_looks_like_a_ticker_is_reported(
    universe: list[Identity], text: str, symbols: str, unknown: str
) -> None:
    assert named(text, universe) == (symbols, unknown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "how are you?",
        "an apple a day keeps the doctor away",
        "Apple pie recipe",
        "苹果汁好喝吗",
        "a meta-analysis of meta data",
        "learn the alphabet",
        "pineapple and applet",
        "RSI MACD",
        "What do CEO, EPS, ETF, USA, AI, GDP, FY24, Q3, PE, SEC, IPO and YTD mean?",
        "U.S. GDP and the S&P 500",
        "P/E, M&A and R&D",
        "non-GAAP and EV/EBITDA",
        "Is it OK? I AM NOT SURE",
        "SHOULD I SELL IT ALL NOW OR WAIT UNTIL MONDAY?",
        "ETFs vs CDs",
        "in 2024-12 it was $150.25",
    ],
)
async def test_words_and_terms_are_no_tickers(universe: list[Identity], text: str) -> None:
    assert find_symbols(text, universe) == SymbolMatch()


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("IS AAPL A BUY?", "AAPL"),
        ("AAPL, MSFT AND IBM PLEASE", "AAPL MSFT IBM"),
        ("WHAT IS THE OUTLOOK FOR MICROSOFT", "MSFT"),
        ("TELL ME ABOUT THE CRASH OF IBM", "IBM"),
    ],
)
async def test_a_question_in_capitals_names_only_what_is_known(
    universe: list[Identity], text: str, symbols: str
) -> None:
    assert named(text, universe) == (symbols, "")


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("is now a good time?", ""),
        ("Is NOW a good time?", "NOW"),
        ("IS NOW A GOOD TIME?", ""),
        ("IS $NOW A BUY?", "NOW"),
        ("will AI change the world?", ""),
        ("$AI please", "AI"),
        ("BRK-B or brk.b", "BRK-B"),
        ("T is a letter", ""),
        ("$T", "T"),
    ],
)
def test_tickers_that_are_words_need_capitals_or_a_dollar_sign(text: str, symbols: str) -> None:
    universe = [
        Identity(symbol, f"{symbol} Company", "", "NYSE", "USD") for symbol in ("NOW", "AI", "BRK-B", "T")
    ]
    assert named(text, universe) == (symbols, "")


def test_the_longer_name_wins() -> None:
    universe = [
        Identity("A1", "Delta", "", "X", "USD"),
        Identity("B2", "Delta Air Lines", "", "X", "USD"),
    ]
    assert named("Delta Air Lines against Delta", universe) == ("B2 A1", "")


def test_without_a_universe_every_ticker_is_unknown() -> None:
    assert named("AAPL and MSFT", []) == ("", "AAPL MSFT")
