"""The typed facts of one company, as the tools give them."""

from __future__ import annotations

from decimal import Decimal

from graph.facts import Fact
from graph.vocabulary import METRICS

_DAY = "2024-12-30"
_MARKET = """
close 252.20; previous_close 255.59; from_high_52w -3.0372933; from_low_52w 53.7055; sma_20 247.93;
sma_50 232.04; sma_200 208.33; vs_sma_50 8.688157; vs_sma_200 21.05793; rsi_14 67.4812; macd 5.2143;
macd_signal 4.8021; macd_histogram 0.4122; stoch_k 72.31; stoch_d 78.94; adx_14 31.25; atr_14 4.2134;
atr_pct 1.67065; bollinger_upper 262.33; bollinger_lower 233.51; volatility_20d 18.42;
volatility_1y 22.51; drawdown -3.0372; max_drawdown_1y -15.3521; fib_23.6 237.44; fib_38.2 223.42;
fib_50 212.09; fib_61.8 200.76; fib_78.6 184.63; support 243.20; resistance 260.10; volume 35557500;
volume_avg_20 45123400; volume_ratio 0.788; return_1d -1.3263; return_1m 7.41; return_6m 18.21;
return_1y 30.71; market_cap 3887000000000; pe 41.3443; ps 9.94; fcf_yield 2.8
high_52w 260.10 2024-12-26; swing_high 260.10 2024-12-26; low_52w 164.08 2024-04-19
swing_low 164.08 2024-04-19
"""
_FILED = """
revenue 391035000000 383285000000 394328000000; gross_profit 180683000000 169148000000 170782000000
operating_income 123216000000 114301000000 119437000000; net_income 93736000000 96995000000 99803000000
eps_diluted 6.08 6.13 6.11; free_cash_flow 108807000000 99584000000 111443000000
cash 29943000000 29965000000 23646000000; debt 106629000000 111088000000 120069000000
gross_margin 46.2063 44.1311 43.3096; operating_margin 31.5102 29.8214 30.2887
net_margin 23.9713 25.3063 25.3096; revenue_growth 2.0220 -2.8005 7.7938
net_income_growth -3.3600 -2.8135 5.41
"""


def _fact(metric: str, value: str, *, period: str | None = None, as_of: str | None = None) -> Fact:
    known = METRICS[metric]
    currency = "USD" if known.unit in ("money", "price", "per_share") else None
    name = f"AAPL.{metric}{f'@{period}' if period else ''}"
    return Fact(
        name, known.en, Decimal(value), known.unit, entity="AAPL", metric=metric, currency=currency,
        period=period, as_of=as_of,
    )  # fmt: skip


def _sheet() -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for entry in _MARKET.replace("\n", ";").split(";"):
        if entry.split():
            metric, value, *day = entry.split()
            facts.append(_fact(metric, value, as_of=day[0] if day else _DAY))
    for entry in _FILED.replace("\n", ";").split(";"):
        if entry.split():
            metric, *values = entry.split()
            years = zip(("FY2024", "FY2023", "FY2022"), values, strict=True)
            facts += [_fact(metric, value, period=year) for year, value in years]
    return tuple(facts)


SHEET = _sheet()
