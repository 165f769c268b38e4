"""Bars, indicator series and symbols for the chart, and everything that can be asked wrongly."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

RANGES = ["1m", "3m", "6m", "1y", "3y", "5y", "max"]
MANY = [f"sma_{n}" for n in range(2, 20)]
COLUMNS = ["open", "high", "low", "close", "volume"]


@pytest.mark.parametrize("symbol", ["AAPL", "msft", "FB", "GOOG", "IBM"])
@pytest.mark.parametrize("chosen", RANGES)
def test_bars_are_columns_of_equal_length_in_order(client: httpx.Client, symbol: str, chosen: str) -> None:
    body = client.get(f"/api/market/{symbol}/bars", params={"range": chosen}).json()
    assert body["symbol"] == symbol.upper()
    assert {len(body[name]) for name in COLUMNS} == {len(body["time"])}
    assert body["time"] == sorted(set(body["time"]))
    assert body["as_of"] == body["time"][-1]
    assert body["currency"] == "USD"
    assert body["name"]
    assert body["name_zh"]
    assert "embedded sample" in body["source"]
    assert all(
        low <= close <= high
        for low, close, high in zip(body["low"], body["close"], body["high"], strict=True)
    )


def test_a_range_is_the_calendar_time_before_the_last_bar(client: httpx.Client) -> None:
    counts = [len(client.get(f"/api/market/AAPL/bars?range={name}").json()["time"]) for name in RANGES]
    assert counts == sorted(counts)
    year = client.get("/api/market/AAPL/bars").json()["time"]
    assert (date.fromisoformat(year[-1]) - date.fromisoformat(year[0])).days in range(360, 367)


def test_indicators_stand_beside_the_same_dates(client: httpx.Client) -> None:
    bars = client.get("/api/market/AAPL/bars?range=max").json()
    named = [
        "macd",
        "macd_signal",
        "macd_histogram",
        "stoch_k",
        "stoch_d",
        "bollinger_upper",
        "bollinger_lower",
    ]
    names = ",".join(["sma_50", "sma_200", "ema_20", "rsi_14", "atr_14", *named])
    body = client.get("/api/market/AAPL/indicators", params={"range": "max", "names": names}).json()
    assert body["time"] == bars["time"]
    assert list(body["series"]) == names.split(",")
    assert {len(values) for values in body["series"].values()} == {len(bars["time"])}
    sma = body["series"]["sma_50"]
    assert sma[:49] == [None] * 49
    assert sma[49] == pytest.approx(sum(bars["close"][:50]) / 50, abs=1e-3)
    short = client.get("/api/market/AAPL/indicators?range=1m&names=sma_200").json()
    assert short["series"]["sma_200"] == body["series"]["sma_200"][-len(short["time"]) :]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/market/QQQQ/bars", 404, "symbol_not_found"),
        ("/api/market/QQQQ/indicators?names=sma_50", 404, "symbol_not_found"),
        ("/api/market/AAPL/bars?range=2y", 422, "range_invalid"),
        ("/api/market/AAPL/bars?range=", 422, "range_invalid"),
        ("/api/market/AAPL/bars?range=1Y", 422, "range_invalid"),
        ("/api/market/%20/bars", 422, "symbol_invalid"),
        ("/api/market/%3Cscript%3E/bars", 422, "symbol_invalid"),
        ("/api/market/AAPL'--/bars", 422, "symbol_invalid"),
        ("/api/market/%00/bars", 422, "symbol_invalid"),
        ("/api/market/苹果/bars", 422, "symbol_invalid"),
        ("/api/market/" + "A" * 400 + "/bars", 422, "symbol_invalid"),
        ("/api/market/../bars", 404, "not_found"),
        ("/api/market/AAPL/indicators", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=,,", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=sma_0", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=sma_1", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=sma_99999", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=sma_-5", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=__import__", 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=" + ",".join(["macd", *MANY]), 422, "indicator_unknown"),
        ("/api/market/AAPL/indicators?names=" + "x" * 300, 422, "indicator_unknown"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_a_code(client: httpx.Client, path: str, status: int, code: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert "script" not in response.text


def test_bars_are_kept_by_their_tag(client: httpx.Client) -> None:
    first = client.get("/api/market/IBM/bars?range=1m")
    assert "max-age" in first.headers["cache-control"]
    again = client.get("/api/market/IBM/bars?range=1m", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/market/IBM/bars?range=3m", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["AAPL", "MSFT", "IBM", "GOOG", "FB"]),
        ("aap", ["AAPL"]),
        ("apple", ["AAPL"]),
        ("苹果", ["AAPL"]),
        ("微软", ["MSFT"]),
        ("meta", ["FB"]),
        ("corporation", ["MSFT", "IBM"]),
        ("zzz", []),
        ("' OR 1=1", []),
    ],
)
def test_symbols_are_found_by_symbol_and_name(client: httpx.Client, text: str, expected: list[str]) -> None:
    body = client.get("/api/symbols", params={"q": text}).json()
    assert [found["symbol"] for found in body["symbols"]] == expected
    assert all(set(found) == {"symbol", "name", "name_zh"} for found in body["symbols"])


def test_a_text_that_is_too_long_is_refused(client: httpx.Client) -> None:
    assert client.get("/api/symbols", params={"q": "x" * 101}).status_code == 422
