"""The facts of one company and how a text is checked against them, for the tests of the figure check."""

from __future__ import annotations

from decimal import Decimal

from graph.facts import Fact, Unit
from graph.report.figures import Figure, check_figures
from graph.vocabulary import METRICS

DAY = "2024-12-30"
MARKET = """
close 252.20; previous_close 255.59; from_high_52w -3.0372933; from_low_52w 53.7055; sma_20 247.93;
sma_50 232.04; sma_200 208.33; vs_sma_50 8.688157; vs_sma_200 21.05793; rsi_14 67.4812; macd 5.2143;
macd_signal 4.8021; macd_histogram 0.4122; stoch_k 72.31; stoch_d 78.94; adx_14 31.25; atr_14 4.2134;
atr_pct 1.67065; bollinger_upper 262.33; bollinger_lower 233.51; volatility_20d 18.42;
volatility_1y 22.51; drawdown -3.0372; max_drawdown_1y -15.3521; fib_23.6 237.44; fib_38.2 223.42;
fib_50 212.09; fib_61.8 200.76; fib_78.6 184.63; support 243.20; resistance 260.10; volume 35557500;
volume_avg_20 45123400; volume_ratio 0.788; return_1d -1.3263; return_1m 7.41; return_6m 18.21;
return_1y 30.71; market_cap 3887000000000; pe 41.3443; ps 9.94; fcf_yield 2.8
"""
PIVOTS = {
    "high_52w": ("260.10", "2024-12-26"),
    "swing_high": ("260.10", "2024-12-26"),
    "low_52w": ("164.08", "2024-04-19"),
    "swing_low": ("164.08", "2024-04-19"),
}
YEARS = ("FY2024", "FY2023", "FY2022")
FILED = {
    "revenue": ("391035000000", "383285000000", "394328000000"),
    "gross_profit": ("180683000000", "169148000000", "170782000000"),
    "operating_income": ("123216000000", "114301000000", "119437000000"),
    "net_income": ("93736000000", "96995000000", "99803000000"),
    "eps_diluted": ("6.08", "6.13", "6.11"),
    "free_cash_flow": ("108807000000", "99584000000", "111443000000"),
    "cash": ("29943000000", "29965000000", "23646000000"),
    "debt": ("106629000000", "111088000000", "120069000000"),
    "gross_margin": ("46.2063", "44.1311", "43.3096"),
    "operating_margin": ("31.5102", "29.8214", "30.2887"),
    "net_margin": ("23.9713", "25.3063", "25.3096"),
    "revenue_growth": ("2.0220", "-2.8005", "7.7938"),
    "net_income_growth": ("-3.3600", "-2.8135", "5.41"),
}


def fact(metric: str, value: str, **more: str | None) -> Fact:
    """Give a fact of the vocabulary; amounts are in US dollars."""
    unit: Unit = METRICS[metric].unit
    given: dict[str, str | None] = {
        "entity": "AAPL",
        "currency": "USD" if unit in ("money", "price", "per_share") else None,
        **more,
    }
    name = "-".join(part for part in (given["entity"], metric, more.get("period")) if part)
    return Fact(
        name,
        METRICS[metric].en,
        Decimal(value),
        unit,
        entity=given["entity"],
        metric=metric,
        currency=given["currency"],
        period=given.get("period"),
        as_of=given.get("as_of"),
    )


FACTS = [
    *(fact(*pair.split(), as_of=DAY) for pair in MARKET.split(";")),
    *(fact(metric, value, as_of=day) for metric, (value, day) in PIVOTS.items()),
    *(
        fact(metric, value, period=year)
        for metric, values in FILED.items()
        for year, value in zip(YEARS, values, strict=True)
    ),
]
RIGHT = {"supported", "derived", "context"}


def told(text: str, facts: list[Fact] = FACTS, question: str = "") -> list[Figure]:
    return check_figures(text, facts=facts, question=question)


def statuses(text: str, facts: list[Fact] = FACTS) -> dict[str, str]:
    return {figure.text: figure.status for figure in told(text, facts)}


def one(text: str, shown: str, facts: list[Fact] = FACTS) -> Figure:
    [figure] = [figure for figure in told(text, facts) if figure.text == shown]
    return figure
