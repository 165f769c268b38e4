"""The embedded sample: real prices as the wheels ship them, splits taken out, and filed annual values."""

from __future__ import annotations

import asyncio
import csv
import gzip
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import graph.market.embedded
from graph.errors import Malformed, NotFound, Unavailable
from graph.market.embedded import Embedded, package_folder, read_reports, split_scale

SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG", "FB")
FUNDAMENTALS = Path(graph.market.embedded.__file__).parent / "data" / "fundamentals.json"
HEADER = "date,open,high,low,close,volume,adj_close\n"


@pytest.fixture(scope="module")
def market() -> Embedded:
    return Embedded()


def raw(symbol: str) -> list[dict[str, str]]:
    path = package_folder("bokeh_sampledata") / "_data" / "stocks.csv.gz"
    with gzip.open(path, "rt") as text:
        return [row for row in csv.DictReader(text) if row["Ticker"] == symbol]


def sample(folder: Path, text: str) -> Embedded:
    (folder / "_data").mkdir()
    (folder / "_data" / "apple_stocks.csv").write_text(text)
    return Embedded(locate=lambda package: folder)


@pytest.mark.parametrize(
    ("symbol", "bars", "first", "last", "close"),
    [
        ("AAPL", 1509, "2019-01-02", "2024-12-30", 252.20),
        ("MSFT", 3270, "2000-03-01", "2013-03-01", 27.95),
        ("IBM", 3270, "2000-03-01", "2013-03-01", 202.91),
        ("GOOG", 2148, "2004-08-19", "2013-03-01", 806.19),
        ("FB", 196, "2012-05-18", "2013-03-01", 27.78),
    ],
)
async def test_history_is_what_the_wheel_ships(
    market: Embedded, symbol: str, bars: int, first: str, last: str, close: float
) -> None:
    found = await market.history(symbol)
    assert (len(found), found.dates[0], found.as_of, found.close[-1]) == (bars, first, last, close)
    assert found.source.startswith("embedded sample (")
    assert f"{symbol} daily, as of {last}" in found.source
    assert list(found.dates) == sorted(set(found.dates))
    columns = (found.open, found.high, found.low, found.close, found.adj_close, found.volume)
    assert {len(column) for column in columns} == {bars}


@pytest.mark.parametrize("symbol", SYMBOLS)
async def test_no_series_jumps_as_a_split_does(market: Embedded, symbol: str) -> None:
    bars = await market.history(symbol)
    for column in (bars.open, bars.high, bars.low, bars.close, bars.adj_close):
        assert np.abs(column[1:] / column[:-1] - 1).max() < 0.30
    assert (bars.high >= np.maximum(bars.open, bars.close) - 1e-9).all()
    assert (bars.low <= np.minimum(bars.open, bars.close) + 1e-9).all()


async def test_the_microsoft_split_of_2003_is_taken_out(market: Embedded) -> None:
    bars, rows = await market.history("MSFT"), raw("MSFT")
    split = bars.dates.index("2003-02-18")
    traded = np.array([[float(row[name]) for name in ("Open", "High", "Low", "Close")] for row in rows])
    volume = np.array([float(row["Volume"]) for row in rows])
    adjusted = np.column_stack([bars.open, bars.high, bars.low, bars.close])
    np.testing.assert_allclose(adjusted[:split], traded[:split] / 2)
    np.testing.assert_allclose(bars.volume[:split], volume[:split] * 2)
    np.testing.assert_array_equal(adjusted[split:], traded[split:])
    np.testing.assert_array_equal(bars.volume[split:], volume[split:])


async def test_a_dividend_is_no_split(market: Embedded) -> None:
    # Microsoft's special dividend of 3.00 went off a close of 29.97 on 2004-11-15.
    bars = await market.history("MSFT")
    day = bars.dates.index("2004-11-15")
    assert (bars.close[day - 1], bars.close[day]) == (29.97, 27.39)
    assert bars.adj_close[day] / bars.adj_close[day - 1] > bars.close[day] / bars.close[day - 1]


def test_both_splits_of_the_as_traded_apple_series_are_found() -> None:
    rows = raw("AAPL")
    scale = split_scale(
        np.array([float(row["Close"]) for row in rows]), np.array([float(row["Adj Close"]) for row in rows])
    )
    steps = {rows[i + 1]["Date"]: scale[i + 1] / scale[i] for i in np.flatnonzero(np.diff(scale))}
    assert steps == {"2000-06-21": 2.0, "2005-02-28": 2.0}
    assert (scale[0], scale[-1]) == (0.25, 1.0)


@pytest.mark.parametrize(
    ("step", "scale"),
    [(2.0, 0.5), (1.5, 2 / 3), (0.1, 10.0), (7.0, 1 / 7), (1.2, 1.0), (1.12, 1.0), (1.29, 1.0)],
)
def test_a_step_is_a_split_only_near_a_simple_ratio(step: float, scale: float) -> None:
    found = split_scale(np.array([10.0, 10.0, 10.0]), np.array([5.0, 5.0 * step, 5.0 * step]))
    np.testing.assert_allclose(found, [scale, 1.0, 1.0])


async def test_adjusted_closes_end_at_the_close_except_in_the_apple_file(market: Embedded) -> None:
    for symbol in ("MSFT", "IBM", "GOOG", "FB"):
        bars = await market.history(symbol)
        assert bars.adj_close[-1] == pytest.approx(bars.close[-1], rel=1e-12)
    apple = await market.history("AAPL")
    assert (apple.adj_close[0], apple.adj_close[-1]) == (37.62, 251.59)


@pytest.mark.parametrize("call", ["identify", "history", "annual_reports"])
async def test_an_unknown_symbol_is_not_found_and_named(market: Embedded, call: str) -> None:
    with pytest.raises(NotFound, match="TSLA"):
        await getattr(market, call)("TSLA")


async def test_symbols_are_known_in_any_case(market: Embedded) -> None:
    assert (await market.identify(" aapl ")).symbol == "AAPL"
    assert (await market.history("msft")).symbol == "MSFT"


async def test_the_universe_has_five_identities_with_names_in_both_languages(market: Embedded) -> None:
    universe = await market.universe()
    assert tuple(identity.symbol for identity in universe) == SYMBOLS
    for identity in universe:
        assert identity == await market.identify(identity.symbol)
        assert identity.currency == "USD"
        assert re.search(r"[\u4e00-\u9fff]", identity.name_zh)
        assert any(alias.isascii() for alias in identity.aliases)


async def test_many_callers_at_once_read_the_file_once() -> None:
    asked: list[str] = []

    def locate(package: str) -> Path:
        asked.append(package)
        return package_folder(package)

    market = Embedded(locate=locate)
    found = await asyncio.gather(*(market.history("AAPL") for _ in range(8)), market.history("MSFT"))
    assert asked == ["hvsampledata", "bokeh_sampledata"]
    assert all(bars is found[0] for bars in found[:8])


async def test_callers_cannot_change_the_shared_columns(market: Embedded) -> None:
    bars = await market.history("AAPL")
    with pytest.raises(ValueError, match="read-only"):
        bars.close[0] = 0


async def test_a_missing_wheel_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="no_such_wheel"):
        package_folder("no_such_wheel")


async def test_a_missing_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"apple_stocks\.csv"):
        await Embedded(locate=lambda package: tmp_path).history("AAPL")


async def test_an_unreadable_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "_data" / "apple_stocks.csv").mkdir(parents=True)
    with pytest.raises(Unavailable):
        await Embedded(locate=lambda package: tmp_path).history("AAPL")


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEADER,
        "day,price\n2024-01-02,1\n",
        HEADER + "2024-01-02,1,1,1\n",
        HEADER + "2024-01-02,1,1,1,one,1,1\n",
        HEADER + "2024-01-02,1,1,1,nan,1,1\n",
        HEADER + "2024-01-02,1,1,1,0,1,1\n",
        HEADER + "2024-01-02,1,1,1,1,-1,1\n",
        HEADER + "02/01/2024,1,1,1,1,1,1\n",
        HEADER + "2024-01-03,1,1,1,1,1,1\n2024-01-02,1,1,1,1,1,1\n",
        HEADER + "2024-01-03,1,1,1,1,1,1\n2024-01-03,1,1,1,1,1,1\n",
    ],
)
async def test_a_file_that_is_no_bars_is_malformed(tmp_path: Path, text: str) -> None:
    with pytest.raises(Malformed):
        await sample(tmp_path, text).history("AAPL")


@pytest.mark.parametrize("content", [b"Ticker,Date\n", gzip.compress(b"Ticker,Date\n" * 99, mtime=0)[:40]])
async def test_a_broken_archive_is_malformed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "stocks.csv.gz").write_bytes(content)
    with pytest.raises(Malformed):
        await Embedded(locate=lambda package: tmp_path).history("IBM")


async def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    market = sample(tmp_path, HEADER)
    with pytest.raises(Malformed):
        await market.history("AAPL")
    (tmp_path / "_data" / "apple_stocks.csv").write_text(HEADER + "2024-01-02,1,2,1,2,5,2\n")
    assert (await market.history("AAPL")).close[-1] == 2


def test_reading_prices_imports_none_of_the_heavy_packages() -> None:
    code = (
        "import asyncio, sys\n"
        "from graph.market.embedded import Embedded\n"
        "for symbol in ('AAPL', 'MSFT'): asyncio.run(Embedded().history(symbol))\n"
        "print(sorted({'pandas', 'bokeh_sampledata', 'hvsampledata', 'shapely'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_apple_reports_of_six_years_oldest_first(market: Embedded) -> None:
    reports = await market.annual_reports("AAPL")
    assert [report.period for report in reports] == [f"FY{year}" for year in range(2019, 2025)]
    latest = reports[-1]
    assert latest.values == {
        "revenue": Decimal("391035000000"),
        "gross_profit": Decimal("180683000000"),
        "operating_income": Decimal("123216000000"),
        "net_income": Decimal("93736000000"),
        "eps_diluted": Decimal("6.08"),
        "shares_diluted": Decimal("15408095000"),
        "cash": Decimal("29943000000"),
        "debt": Decimal("106629000000"),
        "free_cash_flow": Decimal("108807000000"),
    }
    assert (str(latest.end), str(latest.filed)) == ("2024-09-28", "2024-11-01")
    assert latest.source == "Apple Inc. 10-K, accession 0000320193-24-000123, filed 2024-11-01"


async def test_the_filed_values_agree_with_each_other(market: Embedded) -> None:
    for report in await market.annual_reports("AAPL"):
        values = report.values
        assert values["revenue"] > values["gross_profit"] > values["operating_income"] > values["net_income"]
        per_share = values["net_income"] / values["shares_diluted"]
        assert abs(per_share - values["eps_diluted"]) < Decimal("0.006")
        assert report.filed is not None
        assert report.end < report.filed
        assert re.fullmatch(r"0000320193-\d\d-\d{6}", report.accession)
        assert report.accession[11:13] == str(report.filed.year)[2:]


def test_the_file_holds_exact_decimals_and_the_lines_behind_derived_values() -> None:
    for item in json.loads(FUNDAMENTALS.read_text(encoding="utf-8"))["companies"]["AAPL"]["reports"]:
        assert all(isinstance(value, str) for value in (*item["values"].values(), *item["lines"].values()))
        lines = {name: Decimal(value) for name, value in item["lines"].items()}
        values = {name: Decimal(value) for name, value in item["values"].items()}
        loans = ("commercial_paper", "term_debt_current", "term_debt_noncurrent")
        assert values["debt"] == sum(lines[name] for name in loans)
        assert values["free_cash_flow"] == lines["operating_cash_flow"] - lines["capital_expenditure"]


async def test_per_share_values_before_the_split_are_restated_and_say_so(market: Embedded) -> None:
    first, second = (await market.annual_reports("AAPL"))[:2]
    assert first.values["eps_diluted"] == Decimal("2.97")
    assert "4-for-1" in first.split_note
    assert "11.89" in first.split_note
    assert second.split_note == ""
    filed = json.loads(FUNDAMENTALS.read_text(encoding="utf-8"))["companies"]["AAPL"]["reports"][0][
        "as_filed"
    ]
    assert filed == {"eps_diluted": "11.89", "shares_diluted": "4648913000"}
    assert abs(Decimal(filed["shares_diluted"]) * 4 - first.values["shares_diluted"]) <= 1000


async def test_a_company_without_filed_values_has_an_empty_list(market: Embedded) -> None:
    assert await market.annual_reports("MSFT") == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"companies": {"AAPL": {"reports": [{"period": "FY2024"}]}}}']
)
def test_a_broken_fundamentals_file_is_malformed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fundamentals.json"
    path.write_text(text)
    with pytest.raises(Malformed):
        read_reports(path, "AAPL")


def test_a_missing_fundamentals_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        read_reports(tmp_path / "fundamentals.json", "AAPL")
