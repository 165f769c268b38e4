"""Yahoo Finance at the wire: the real client against answers, outages and pages of the service's shapes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from graph.agent import build_deps, build_graph
from graph.errors import Malformed, NotFound, RateLimited, Unavailable
from graph.market.embedded import Embedded
from graph.market.guard import Limits
from graph.market.provider import Chain
from graph.market.yahoo import Yahoo
from graph.settings import AgentSettings
from tests.graph import yahoo_wire as wires

QUICK = Limits(timeout=5, attempts=2, pause=0.001, per_minute=1000)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[responses.RequestsMock]:
    with wires.yahoo(tmp_path) as opened:
        yield opened


@pytest.fixture
def market() -> Yahoo:
    return Yahoo(limits=QUICK, clock=lambda: wires.NOW)


async def test_one_chart_tells_who_a_symbol_is_and_what_it_traded_at(
    wire: responses.RequestsMock, market: Yahoo
) -> None:
    wire.get(wires.CHART, json=wires.chart())
    identity, bars = await market.identify("tsla"), await market.history("TSLA")
    assert (identity.symbol, identity.name, identity.exchange, identity.currency) == (
        "TSLA", "Tesla, Inc.", "NasdaqGS", "USD"
    )  # fmt: skip
    assert bars.source == "Yahoo Finance, TSLA daily, as of 2026-11-23"
    assert (bars.stale, bars.currency, len(bars)) == ("", "USD", 599)
    assert bars.close[-1] == pytest.approx(159.8)
    asked = len(wire.calls)
    await market.history("TSLA")
    assert len(wire.calls) == asked


async def test_a_session_that_is_still_open_is_no_daily_bar(wire: responses.RequestsMock) -> None:
    wire.get(wires.CHART, json=wires.chart())
    closed = Yahoo(limits=QUICK, clock=lambda: wires.NOW + timedelta(hours=5))
    assert (await closed.history("TSLA")).as_of == "2026-11-24"


async def test_a_quote_has_its_own_time_and_the_session(wire: responses.RequestsMock, market: Yahoo) -> None:
    wire.get(wires.CHART, json=wires.chart(count=5))
    quote = await market.quote("TSLA")
    assert quote.price == pytest.approx(100.4)
    assert (quote.as_of, quote.session, quote.delay_minutes) == ("2026-11-24T16:45+00:00", "open", 15)
    assert quote.previous_close == pytest.approx(100.3)
    assert quote.stale == ""


async def test_an_old_last_trade_in_an_open_session_is_marked(
    wire: responses.RequestsMock, market: Yahoo
) -> None:
    wire.get(wires.CHART, json=wires.chart(count=5, traded=wires.NOW - timedelta(hours=2)))
    assert (await market.quote("TSLA")).stale == "the last trade is 120 minutes old"


async def test_bars_that_lack_closed_sessions_are_marked(wire: responses.RequestsMock, market: Yahoo) -> None:
    wire.get(wires.CHART, json=wires.chart(last=date(2026, 11, 13)))
    bars = await market.history("TSLA")
    assert bars.as_of == "2026-11-13"
    assert bars.stale.startswith("6 closed session(s) missing")
    assert bars.stale in bars.source


def no_dns(wire: responses.RequestsMock) -> None:
    wire.reset()
    wire.get(re.compile(r"https://.*"), body=requests.ConnectionError("Failed to resolve the host"))


def unknown(wire: responses.RequestsMock) -> None:
    wire.get(wires.CHART, status=404, json=wires.ABSENT)
    absent = {"code": "Not Found", "description": "Quote not found for symbol: TSLA"}
    wire.get(wires.SUMMARY, status=404, json={"quoteSummary": {"result": None, "error": absent}})


def reply(status: int = 200, **options: Any) -> Callable[[responses.RequestsMock], None]:
    def register(wire: responses.RequestsMock) -> None:
        wire.get(wires.CHART, status=status, **options)

    return register


FAULTS = {
    "no DNS": (no_dns, Unavailable),
    "a connection that times out": (reply(body=requests.ReadTimeout("timed out")), Unavailable),
    "429": (reply(429, body="Too Many Requests"), RateLimited),
    "500 with HTML": (reply(500, body="<html>Internal Server Error</html>"), Unavailable),
    "500 with JSON": (
        reply(500, json={"chart": {"result": None, "error": {"code": "Internal", "description": "oops"}}}),
        Unavailable,
    ),
    "down": (reply(body="Will be right back"), Unavailable),
    "a consent page": (reply(body=wires.CONSENT), Malformed),
    "an empty body": (reply(body=""), Unavailable),
    "unknown": (unknown, NotFound),
    "no result": (reply(json={"chart": {"result": None, "error": None}}), Unavailable),
    "a head without bars": (reply(json=wires.chart(count=0)), NotFound),
    "another shape": (reply(json={"chart": {"result": [{"meta": {}}], "error": None}}), Malformed),
    "a list": (reply(json=[1, 2]), Unavailable),
}


@pytest.mark.parametrize("case", FAULTS)
async def test_every_shape_of_a_failure_raises_what_it_is(
    wire: responses.RequestsMock, market: Yahoo, case: str
) -> None:
    register, expected = FAULTS[case]
    register(wire)
    with pytest.raises(expected):
        await market.history("TSLA")


@pytest.mark.parametrize("case", FAULTS)
async def test_the_next_provider_of_the_chain_answers(
    wire: responses.RequestsMock, market: Yahoo, case: str
) -> None:
    FAULTS[case][0](wire)
    bars = await Chain([market, Embedded()]).history("AAPL")
    assert bars.source.startswith("embedded sample")


@pytest.mark.parametrize("case", FAULTS)
async def test_no_failure_becomes_an_answer(wire: responses.RequestsMock, market: Yahoo, case: str) -> None:
    from dataclasses import replace

    from graph.tools.market_tools import build_tools

    register, expected = FAULTS[case]
    register(wire)
    chain = Chain([market])
    deps = replace(build_deps(AgentSettings(offline_pace_ms=0)), market=chain, tools=build_tools(chain))
    result = await build_graph(deps).ainvoke({"message": "Is TSLA a buy?"})
    report = result["report"]
    assert report["rating"]["direction"] == "abstain"
    assert report["symbols"] == ([] if expected is NotFound else ["TSLA"])
    told = "knows the symbol TSLA" if expected is NotFound else "TSLA: the data provider failed"
    assert any(told in note for note in report["notes"])


async def test_a_limit_is_respected_without_asking_again(wire: responses.RequestsMock, market: Yahoo) -> None:
    reply(429, body="Too Many Requests")(wire)
    with pytest.raises(RateLimited) as first:
        await market.history("TSLA")
    assert first.value.retry_after == 60
    asked = len(wire.calls)
    with pytest.raises(RateLimited):
        await market.history("NVDA")
    assert len(wire.calls) == asked
    assert "at its limit" in market.guard.state


async def test_an_unknown_symbol_is_remembered_for_a_while(
    wire: responses.RequestsMock, market: Yahoo
) -> None:
    unknown(wire)
    for _ in range(3):
        with pytest.raises(NotFound):
            await market.identify("NOPE")
    first = len(wire.calls)
    with pytest.raises(NotFound):
        await market.history("NOPE")
    assert len(wire.calls) == first


async def test_bars_from_before_are_given_in_an_outage_and_marked(wire: responses.RequestsMock) -> None:
    now = [wires.NOW]
    market = Yahoo(limits=QUICK, clock=lambda: now[0])
    answer = wire.get(wires.CHART, json=wires.chart())
    assert (await market.history("TSLA")).stale == ""
    wire.remove(answer)
    reply(500, body="down")(wire)
    now[0] = wires.NOW + timedelta(days=1)
    bars = await market.history("TSLA")
    assert bars.as_of == "2026-11-23"
    assert "fetched 2026-11-24T17:00:00" in bars.stale
    now[0] = datetime.fromisoformat("2027-01-15T17:00:00+00:00")
    with pytest.raises(Unavailable):
        await market.history("TSLA")


def statements(wire: responses.RequestsMock) -> None:
    wire.get(wires.SUMMARY, json=wires.company())
    wire.get(wires.QUOTE, json={"quoteResponse": {"result": [], "error": None}})


async def test_annual_statements_are_values_at_scale_one(wire: responses.RequestsMock, market: Yahoo) -> None:
    statements(wire)
    wire.get(wires.SERIES, json=wires.series())
    before, last = await market.annual_reports("TSLA")
    assert (last.period, last.end.isoformat(), last.filed, last.currency) == (
        "FY2025", "2025-12-31", None, "USD"
    )  # fmt: skip
    assert last.values["revenue"] == Decimal("96773000000")
    assert last.values["eps_diluted"] == Decimal("4.31")
    assert before.values["free_cash_flow"] == Decimal("7552000000")
    assert "gross_profit" not in last.values


async def test_percentages_are_percent_whatever_yahoo_calls_them(
    wire: responses.RequestsMock, market: Yahoo
) -> None:
    statements(wire)
    wire.get(wires.SERIES, json=wires.series())
    figures = await market.key_figures("TSLA")
    assert figures is not None
    assert figures.values["dividend_yield"] == Decimal("0.44")
    assert figures.values["payout_ratio"] == Decimal("16.0")
    assert figures.values["roe"] == Decimal("23.5")
    assert figures.values["forward_pe"] == Decimal("31.5")


async def test_a_tiny_answer_about_a_company_is_an_outage(
    wire: responses.RequestsMock, market: Yahoo
) -> None:
    wire.get(wires.SUMMARY, json={"quoteSummary": {"result": [{"maxAge": 1}], "error": None}})
    wire.get(wires.QUOTE, json={"quoteResponse": {"result": [], "error": None}})
    with pytest.raises(Unavailable):
        await market.annual_reports("TSLA")


async def test_empty_statements_of_a_company_are_an_outage(
    wire: responses.RequestsMock, market: Yahoo
) -> None:
    statements(wire)
    wire.get(wires.SERIES, json={"timeseries": {"result": [], "error": None}})
    with pytest.raises(Unavailable):
        await market.annual_reports("TSLA")


async def test_empty_statements_that_come_back_are_read(wire: responses.RequestsMock, market: Yahoo) -> None:
    statements(wire)
    empty: dict[str, object] = {"timeseries": {"result": [], "error": None}}
    # yfinance asks for the whole list first, then for parts of it; all of one probe come back empty.
    for _ in range(3):
        wire.get(wires.SERIES, json=empty)
    wire.get(wires.SERIES, json=wires.series())
    assert len(await market.annual_reports("TSLA")) == 2


async def test_what_is_no_company_has_no_statements(wire: responses.RequestsMock, market: Yahoo) -> None:
    summary = {"quoteSummary": {"result": [{"quoteType": {"quoteType": "ETF"}}], "error": None}}
    wire.get(wires.SUMMARY, json=summary)
    wire.get(wires.QUOTE, json={"quoteResponse": {"result": [], "error": None}})
    wire.get(wires.SERIES, json={"timeseries": {"result": [], "error": None}})
    assert await market.annual_reports("SPY") == []
    assert await market.key_figures("SPY") is None


async def test_headlines_come_latest_first(wire: responses.RequestsMock, market: Yahoo) -> None:
    stream = [
        {"id": "1", "content": {"title": "Older", "pubDate": "2026-11-20T10:00:00Z", "summary": "s"}},
        {"id": "2", "content": {"title": "Newer", "pubDate": "2026-11-23T10:00:00Z",
                                "provider": {"displayName": "Wire"}, "canonicalUrl": {"url": "https://x.example/a"}}},
        {"id": "3", "content": {"title": "An ad", "pubDate": "2026-11-24T10:00:00Z"}, "ad": [1]},
        {"id": "4", "content": {"summary": "no title"}},
    ]  # fmt: skip
    wire.post(wires.NEWS, json={"data": {"tickerStream": {"stream": stream}}})
    items = await market.news("TSLA")
    assert [item.title for item in items] == ["Newer", "Older"]
    assert (items[0].publisher, items[0].url) == ("Wire", "https://x.example/a")


async def test_a_provider_that_was_not_chosen_is_never_asked(wire: responses.RequestsMock) -> None:
    graph = build_graph(build_deps(AgentSettings(offline_pace_ms=0, market=("embedded",))))
    await graph.ainvoke({"message": "AAPL or TSLA?"})
    assert len(wire.calls) == 0


async def test_bars_are_asked_for_again_once_the_session_has_closed(wire: responses.RequestsMock) -> None:
    now = [wires.NOW]
    market = Yahoo(limits=QUICK, clock=lambda: now[0])
    wire.get(wires.CHART, json=wires.chart())
    await market.history("TSLA")
    asked = wires.asked(wire, "range=10y")
    now[0] = wires.NOW.replace(hour=20, minute=59)
    assert (await market.history("TSLA")).as_of == "2026-11-23"
    assert wires.asked(wire, "range=10y") == asked
    now[0] = wires.NOW.replace(hour=21, minute=30)
    assert (await market.history("TSLA")).as_of == "2026-11-24"
    assert wires.asked(wire, "range=10y") == asked + 1


async def test_twenty_who_ask_at_once_cost_one_request(wire: responses.RequestsMock, market: Yahoo) -> None:
    wire.get(wires.CHART, json=wires.chart())
    found = await asyncio.gather(*(market.history("TSLA") for _ in range(20)))
    assert len({id(bars) for bars in found}) == 1
    assert wires.asked(wire, "range=10y") == 1


async def test_an_answer_is_written_from_yahoos_data(wire: responses.RequestsMock, market: Yahoo) -> None:
    from dataclasses import replace

    from graph.tools.market_tools import build_tools

    wire.get(wires.CHART, json=wires.chart())
    wire.get(wires.SUMMARY, json=wires.company())
    wire.get(wires.QUOTE, json={"quoteResponse": {"result": [], "error": None}})
    wire.get(wires.SERIES, json=wires.series())
    chain = Chain([market])
    deps = replace(build_deps(AgentSettings(offline_pace_ms=0)), market=chain, tools=build_tools(chain))
    for question in ("特斯拉值得买入吗？", "Is Tesla expensive?"):
        report = (await build_graph(deps).ainvoke({"message": question}))["report"]
        assert report["symbols"] == ["TSLA"]
        assert report["rating"]["direction"] != "abstain"
        assert report["coverage"] == 1.0
        assert "Yahoo Finance" in report["sections"]["caveat"]
    facts = {
        fact["metric"] for fact in (await deps.tools["get_technicals"].ainvoke({"symbol": "TSLA"}))["facts"]
    }
    assert {"relative_1y", "beta_1y"} <= facts
