"""Stands in for Yahoo's servers at the wire: the answers' shapes are those of the real service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import responses

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # a Tuesday, New York is open
TODAY = NOW.date()
CHART = re.compile(r"https://query[12]\.finance\.yahoo\.com/v8/finance/chart/[^?]+")
SUMMARY = re.compile(r"https://query[12]\.finance\.yahoo\.com/v10/finance/quoteSummary/[^?]+")
QUOTE = re.compile(r"https://query1\.finance\.yahoo\.com/v7/finance/quote.*")
SERIES = re.compile(r"https://query[12]\.finance\.yahoo\.com/ws/fundamentals-timeseries/.*")
NEWS = re.compile(r"https://finance\.yahoo\.com/xhr/ncp.*")
CONSENT = "<html><body><form action='/v2/collectConsent'>consent: before you continue</form></body></html>"
ABSENT = {
    "chart": {
        "result": None,
        "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"},
    }
}


@contextmanager
def yahoo(folder: Path) -> Iterator[responses.RequestsMock]:
    """Answer for Yahoo with what a test registers; yfinance begins as in a new process."""
    import yfinance
    import yfinance.base
    from yfinance.data import SingletonMeta, YfData

    yfinance.set_tz_cache_location(str(folder))
    SingletonMeta._instances.clear()
    YfData.cache_get.cache_clear()
    yfinance.base._tz_info_fetch_ctr = 0
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.get("https://fc.yahoo.com", status=404)
        wire.get(re.compile(r"https://query[12]\.finance\.yahoo\.com/v1/test/getcrumb"), body="crumb")
        wire.get(re.compile(r"https://guce\.yahoo\.com/.*"), body="<html></html>")
        yield wire


def asked(wire: responses.RequestsMock, part: str) -> int:
    """Count the requests whose address holds a text."""
    return sum(part in str(call.request.url) for call in wire.calls)


def weekdays(count: int, last: date) -> list[date]:
    days: list[date] = []
    while len(days) < count:
        if last.weekday() < 5:
            days.append(last)
        last -= timedelta(days=1)
    return days[::-1]


def chart(
    symbol: str = "TSLA",
    count: int = 600,
    last: date = TODAY,
    *,
    closes: list[float] | None = None,
    traded: datetime = NOW - timedelta(minutes=15),
    **meta: Any,
) -> dict[str, Any]:
    """Give a chart answer of daily bars that rise by a tenth a day, the last of them still running."""
    stamps = [
        int(datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC).timestamp())
        for day in weekdays(count, last)
    ]
    closes = closes or [100 + i / 10 for i in range(count)]
    quote = {
        "open": closes,
        "high": [close + 1 for close in closes],
        "low": [close - 1 for close in closes],
        "close": closes,
        "volume": [1_000_000] * count,
    }
    head = {
        "currency": "USD", "symbol": symbol, "exchangeName": "NMS", "fullExchangeName": "NasdaqGS",
        "instrumentType": "EQUITY", "regularMarketTime": int(traded.timestamp()), "gmtoffset": -18000,
        "timezone": "EST", "exchangeTimezoneName": "America/New_York", "longName": "Tesla, Inc.",
        "regularMarketPrice": closes[-1] if closes else 0, "shortName": "Tesla", "dataGranularity": "1d",
        "validRanges": ["1d", "5d", "1mo", "1y", "5y", "10y", "max"],
    } | meta  # fmt: skip
    result: dict[str, Any] = {"meta": head, "indicators": {"quote": [quote if count else {}]}}
    if count:
        result["timestamp"] = stamps
        result["indicators"]["adjclose"] = [{"adjclose": closes}]
    return {"chart": {"result": [result], "error": None}}


def company(**fields: Any) -> dict[str, Any]:
    """Give a quote summary answer about a company."""
    return {
        "quoteSummary": {
            "result": [
                {
                    "quoteType": {"quoteType": "EQUITY", "symbol": "TSLA"},
                    "summaryDetail": {
                        "currency": "USD",
                        "dividendYield": 0.44,
                        "payoutRatio": 0.16,
                        **fields,
                    },
                    "financialData": {"financialCurrency": "USD", "returnOnEquity": 0.235},
                    "defaultKeyStatistics": {"forwardPE": 31.5, "priceToBook": 9.1, "beta": 1.9},
                }
            ],
            "error": None,
        }
    }


LINES = {
    "annualTotalRevenue": [81_462e6, 96_773e6], "annualNetIncome": [12_583e6, 14_999e6],
    "annualOperatingIncome": [13_832e6, 8_891e6], "annualDilutedEPS": [3.62, 4.31],
    "annualDilutedAverageShares": [3_475e6, 3_485e6], "annualCashAndCashEquivalents": [16_253e6, 16_398e6],
    "annualTotalDebt": [5_748e6, 9_573e6], "annualFreeCashFlow": [7_552e6, 4_357e6],
}  # fmt: skip
ENDS = ("2025-12-31", "2024-12-31")


def series(lines: dict[str, list[float]] | None = None) -> dict[str, Any]:
    """Give a fundamentals answer of two fiscal years."""
    stamps = [int(datetime.fromisoformat(f"{end}T00:00:00+00:00").timestamp()) for end in ENDS[::-1]]
    result = [
        {
            "meta": {"type": [name]},
            "timestamp": stamps,
            name: [
                {"asOfDate": end, "currencyCode": "USD", "reportedValue": {"raw": value}}
                for end, value in zip(ENDS[::-1], values, strict=True)
            ],
        }
        for name, values in (LINES if lines is None else lines).items()
    ]
    return {"timeseries": {"result": result, "error": None}}
