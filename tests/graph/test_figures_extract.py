"""Reading figures: digits, scale, unit, sign, ranges; and what is masked because it claims nothing."""

from decimal import Decimal

import pytest

from graph.report.figures.extract import Number, extract
from graph.report.figures.interval import fits
from graph.report.figures.mask import mask
from graph.report.figures.normal import normalise
from graph.report.figures.period import Period
from graph.report.figures.periods import parse_period


def read(text: str) -> list[tuple[str, Number]]:
    masked, _ = mask(normalise(text).lower())
    return [(text[number.start : number.end], number) for number in extract(masked)]


def values(text: str) -> list[tuple[str, Decimal, str]]:
    return [(shown, number.value, number.unit or number.currency) for shown, number in read(text)]


def D(text: str) -> Decimal:
    return Decimal(text)


READ = [
    ("net loss of $(45.2)M", [("$(45.2)M", D("-45200000"), "$")]),
    ("widened 150bps to 31.5%", [("150bps", D("150"), "bps"), ("31.5%", D("31.5"), "percent")]),
    (
        "rose 15.3% to $391.04 billion",
        [("15.3%", D("15.3"), "percent"), ("$391.04 billion", D("391040000000"), "$")],
    ),
    ("guides to $10–12 billion", [("$10", D("10000000000"), "$"), ("12 billion", D("12000000000"), "$")]),
    ("between $10 and $12 billion", [("$10", D("10000000000"), "$"), ("$12 billion", D("12000000000"), "$")]),
    ("from 45.0 to 46.2%", [("45.0", D("45.0"), "percent"), ("46.2%", D("46.2"), "percent")]),
    (
        "营收1,234.5亿元，同比增长15.3%",
        [("1,234.5亿元", D("123450000000"), "CNY"), ("15.3%", D("15.3"), "percent")],
    ),
    ("净利润98.7万元", [("98.7万元", D("987000"), "CNY")]),
    ("毛利率提升1.5个百分点", [("1.5个百分点", D("1.5"), "pp")]),
    ("收窄20个基点", [("20个基点", D("20"), "bps")]),
    ("0700.HK at HK$380", [("HK$380", D("380"), "HKD")]),
    ("20 cents per share", [("20 cents per share", D("0.20"), "$")]),
    ("in 2024 revenue was 2,024 million", [("2,024 million", D("2024000000"), "")]),
    ("S&P 500 gained 1.2% in Q3 2024", [("1.2%", D("1.2"), "percent")]),
    ("ROE (15.3)%", [("(15.3)%", D("-15.3"), "percent")]),
    ("fell $3 (5%)", [("$3", D("3"), "$"), ("5%", D("5"), "percent")]),
    ("RSI(14) at 67.5 above 70", [("67.5", D("67.5"), ""), ("70", D("70"), "")]),
    ("a loss of −5.2% or −$3", [("−5.2%", D("-5.2"), "percent"), ("−$3", D("-3"), "$")]),
    (
        "９８．７％，＄１，２３４",
        [("９８．７％", D("98.7"), "percent"), ("＄１", D("1"), "$"), ("２３４", D("234"), "")],
    ),
    ("3.89万亿美元", [("3.89万亿美元", D("3890000000000"), "USD")]),
    ("USD391.04bn and €5m", [("USD391.04bn", D("391040000000"), "USD"), ("€5m", D("5000000"), "EUR")]),
    (
        "41.3x, 2.5 times, 31倍",
        [
            ("41.3x", D("41.3"), "multiple"),
            ("2.5 times", D("2.5"), "multiple"),
            ("31倍", D("31"), "multiple"),
        ],
    ),
    ("35.6 million shares", [("35.6 million shares", D("35600000"), "count")]),
    (
        "up 1.2 percentage points (1.2pp)",
        [("1.2 percentage points", D("1.2"), "pp"), ("1.2pp", D("1.2"), "pp")],
    ),
    ("revenue doubled", [("doubled", D("2"), "multiple")]),
    ("利润翻番，下降三成", [("翻番", D("2"), "multiple"), ("三成", D("30"), "percent")]),
    ("10,20 and 30", [("10", D("10"), ""), ("20", D("20"), ""), ("30", D("30"), "")]),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_figures_are_read_with_scale_unit_and_sign(
    text: str, expected: list[tuple[str, Decimal, str]]
) -> None:
    assert values(text) == expected


MASKED = [
    "`price = 252.20` and ```\nx = 5\n``` done",
    "see https://example.com/2024/12 or [1] and [^2], [close:AAPL.2024]",
    "the S&P 500, the Nasdaq 100, 沪深300 and the Russell 2000",
    "the 10-K, a 10-Q, Form 8-K, the 401(k) and Note 12",
    "RSI(14), MACD(12,26,9), SMA50, EMA(20), the 50-day and 52-week lines, 52周高点, 200日均线",
    "1. First\n2) Second\n3、第三",
    "0700.HK, 600519.SS and BRK.B",
    "Top 10 holdings, 5G, H100, iPhone 16",
    "call 555-123-4567 or +1 415 555 2671 at 16:00",
    "on 2024-12-30, October 1st, 2025, Q3 2024, FY25E, 2025年10月1日, 2021–2023, 3Q24 and H1 2024",
    "0000320193-24-000123",
    "20/50/200-day moving averages",
]


@pytest.mark.parametrize("text", MASKED)
def test_names_dates_and_marks_are_no_figures(text: str) -> None:
    assert values(text) == []


def test_scale_words_are_never_followed_by_a_letter() -> None:
    assert values("150bps") == [("150bps", D("150"), "bps")]
    assert values("5 brands, 5m runs and 5meters") == [("5", D("5"), ""), ("5m", D("5000000"), "")]


def test_periods_are_kept_with_their_place() -> None:
    text = "FY2024 beat FY2023; Q3 2024, 2024-12-30, 2021–2023 and a year earlier"
    _, named = mask(normalise(text).lower())
    assert [item.period for item in named] == [
        Period("year", 2024),
        Period("year", 2023),
        Period("quarter", 2024, 3),
        Period("day", 2024, 1230),
        Period("range", 2021, 2023),
        Period("prior", 0),
    ]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("FY2024", Period("year", 2024)),
        ("2019", Period("year", 2019)),
        ("Q3 2024", Period("quarter", 2024, 3)),
        ("2024-12-30", Period("day", 2024, 1230)),
        ("2024年第三季度", Period("quarter", 2024, 3)),
        ("1y", None),
        (None, None),
    ],
)
def test_the_period_of_a_fact(text: str | None, period: Period | None) -> None:
    assert parse_period(text) == period


def test_shown_digits_are_an_interval() -> None:
    [(_, number)] = read("$391.04 billion")
    assert number.bounds == (D("391035000000"), D("391045000000"))
    assert [fits(number, D(value)) for value in ("391035000000", "391049000000", "391050000000")] == [
        "exact",
        "truncated",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("about $200", "195", "205"),
        ("约200美元", "195", "205"),
        ("over 24%", "23.5", "26.4"),
        ("超过200亿元", "19950000000", "22000000000"),
        ("nearly $400", "360", "400.5"),
        ("近200亿元", "18000000000", "20050000000"),
    ],
)
def test_hedges_widen_the_interval(text: str, low: str, high: str) -> None:
    [(_, number)] = read(text)
    assert number.bounds == (D(low), D(high))
