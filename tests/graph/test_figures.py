"""The figure check against typed facts: what is right raises no alarm, what is wrong does."""

from __future__ import annotations

import pytest

from tests.graph.figures import RIGHT, one, told

GOOD = [
    (
        "AAPL closed at $252.20 on 2024-12-30, 3.0% below its 52-week high of $260.10 and 8.7% "
        "above its 50-day moving average of $232.04."
    ),
    "RSI(14) at 67.5, above 70 would be overbought.",
    "The swing from $164.08 (2024-04-19) to $260.10 (2024-12-26) sets the levels.",
    "The 61.8% Fibonacci retracement at $200.76 is the line to hold.",
    "Fibonacci levels: 23.6% $237.44, 38.2% $223.42, 50% $212.09, 61.8% $200.76.",
    "Revenue of $391.04 billion in FY2024, up 2.0% from $383.29 billion in FY2023.",
    "**Revenue** rose **2.0%** to **$391.04 billion**; net income fell 3.4% to $93.74 billion.",
    (
        "Revenue rose from $383.29 billion in FY2023 to $391.04 billion in FY2024 (+2.0%), while "
        "diluted EPS eased from $6.13 to $6.08."
    ),
    "Net margin fell to 24.0% from 25.3% in FY2023, a drop of 1.3 percentage points.",
    "Gross margin widened 208bps to 46.2% from 44.1% a year earlier.",
    (
        "In FY2023, revenue was $383.29 billion and net income $97.00 billion; in FY2024 they "
        "were $391.04 billion and $93.74 billion."
    ),
    "The 50-day and 200-day moving averages are $232.04 and $208.33.",
    "MACD(12,26,9) line 5.21 against a signal of 4.80, histogram 0.41.",
    "The shares are up 30.7% over the past year and down 1.3% on the day.",
    "The stock is up 30.7% over one year and 18.2% over six months.",
    "ATR(14) of $4.21 (1.7% of the close); max drawdown -15.4%.",
    "A 15.4% maximum drawdown came with volatility of 22.5%.",
    "The stock trades at 41.3x earnings and 9.9 times sales; the market cap is $3.89 trillion.",
    "Support at $243.20 (3.6% below) and resistance at $260.10, 3.1% above the current price.",
    "A close below $232.04 would break the trend; wait for $223.42, the 38.2% Fibonacci retracement.",
    "Volume of 35.6 million shares was 0.79x its 20-day average of 45.1 million.",
    "A business that turns 24.0% of its revenue into net income.",
    "Net income was 24.0% of revenue in FY2024. Net debt stands at $76.69 billion.",
    "Over FY2022–FY2024 revenue averaged $389.55 billion.",
    (
        "Operating income grew 7.8% to $123.22 billion, and the operating margin widened by 1.7 "
        "percentage points to 31.5%."
    ),
    "It is 53.7% above its 52-week low of $164.08 and trades $7.90 below the 52-week high.",
    "Rating: Hold · Conviction: medium · Horizon: 6–12 months",
    "Stochastic %K of 72.3 and %D of 78.9 are below 80; ADX(14) at 31.3 is above 25.",
    "With about $30 billion in cash and over $106 billion of debt, leverage is modest.",
    "AAPL: $252.20 | RSI 67.5 | P/E 41.3x",
    "营收3910.35亿美元，同比增长2.0%，净利率24.0%。",
    "2024财年营收3910.35亿美元，较2023财年的3832.85亿美元增长2.0%；净利润937.36亿美元，同比下降3.4%。",
    "收盘价252.20美元，较52周最高价260.10美元低3.0%，高于50日均线8.7%；RSI(14)为67.5，高于70为超买。",
    "200日均线 $208.33，支撑位243.20美元，阻力位260.10美元；61.8%斐波那契回撤位200.76美元。",
    "市盈率41.3倍，总市值3.89万亿美元。近一年上涨30.7%，最大回撤15.4%。毛利率提升2.1个百分点至46.2%。",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_right_sentence_raises_no_alarm(text: str) -> None:
    figures = told(text)
    assert figures
    assert {figure.status for figure in figures} <= RIGHT, [(f.text, f.status, f.note) for f in figures]


TABLES = [
    """
| Metric | FY2024 | FY2023 | Change |
|---|---|---|---|
| Revenue | $391.04B | $383.29B | +2.0% |
| Gross margin | 46.2% | 44.1% | +2.1 pp |
| Diluted EPS | $6.08 | $6.13 | |
""",
    """
| Fiscal year | Revenue | Net income |
|---|---|---|
| FY2024 | $391.0B | $93.7B |
| FY2022 | $394.3B | $99.8B |
""",
    """
| Indicator | Value | Reading |
| --- | --- | --- |
| Close (2024-12-30) | $252.20 | |
| RSI(14) | 67.5 | near 70 |
| 50-day moving average | $232.04 | price 8.7% above |
| 52-week range | $164.08 – $260.10 | |
| 1-year return | +30.7% | |
""",
    """
| Level | Price |
|---|---|
| 38.2% Fibonacci retracement | $223.42 |
| 61.8% Fibonacci retracement | $200.76 |
""",
    """
- Price: $252.20
- RSI(14): 67.5
- **50-day average:** $232.04
1. P/E 41.3x
2. P/S 9.9x
""",
]


@pytest.mark.parametrize("text", TABLES)
def test_a_right_table_or_list_raises_no_alarm(text: str) -> None:
    figures = told(text)
    assert len(figures) >= 4
    assert {figure.status for figure in figures} <= RIGHT, [(f.text, f.status, f.note) for f in figures]


WRONG = [
    ("AAPL closed at $225.20 on 2024-12-30.", "$225.20", "252.20", "value"),
    ("3.0% above its 52-week high of $260.10", "3.0%", "-3.0372933", "sign"),
    ("RSI(14) at 76.5, a strong reading", "76.5", "67.4812", "value"),
    ("RSI(14) of 67.5%", "67.5%", "67.4812", "unit"),
    ("The 50-day moving average stands at $208.33.", "$208.33", "232.04", "value"),
    ("50-day and 200-day moving averages of $208.33 and $232.04", "$208.33", "232.04", "value"),
    ("Revenue of $391.04 million in FY2024", "$391.04 million", "391035000000", "scale"),
    ("Revenue of €391.04 billion in FY2024", "€391.04 billion", "391035000000", "currency"),
    ("Revenue of $383.29 billion in FY2024", "$383.29 billion", "391035000000", "value"),
    ("Revenue was $391.04 billion in FY2023.", "$391.04 billion", "383285000000", "value"),
    ("Diluted EPS of $6.80 in FY2024", "$6.80", "6.08", "value"),
    ("Revenue fell 2.0% in FY2024", "2.0%", "2.0220", "sign"),
    ("Net income rose 3.4% to $93.74 billion", "3.4%", "-3.3600", "sign"),
    ("Gross margin of 46.2pp in FY2024", "46.2pp", "46.2063", "unit"),
    ("The stock is down 30.7% over the past year.", "30.7%", "30.71", "sign"),
    ("a 12.3% maximum drawdown", "12.3%", "-15.3521", "value"),
    ("P/E of 43.1x", "43.1x", "41.3443", "value"),
    ("61.8% Fibonacci retracement at $206.76", "$206.76", "200.76", "value"),
    ("营收3190.35亿美元，同比增长2.0%", "3190.35亿美元", "391035000000", "value"),
    ("营收3910.35亿元", "3910.35亿元", "391035000000", "currency"),
    ("较52周高点低3.9%", "3.9%", "-3.0372933", "value"),
    ("Net debt stands at $67.69 billion", "$67.69 billion", "76690000000", "value"),
]


@pytest.mark.parametrize(("text", "shown", "expected", "fault"), WRONG)
def test_a_wrong_figure_is_contradicted_with_the_right_value(
    text: str, shown: str, expected: str, fault: str
) -> None:
    figure = one(text, shown)
    assert (figure.status, figure.expected) == ("contradicted", expected)
    assert fault in figure.note


UNKNOWN = [
    ("The price target is $300.00.", "$300.00"),
    ("Revenue of $394.33 billion in FY2021", "$394.33 billion"),
    ("EBITDA of $134.66 billion", "$134.66 billion"),
    ("A close below $223.04 would break the trend.", "$223.04"),
    ("The forward P/E is 41.3x.", "41.3x"),
    ("Inventory of $29.94 billion", "$29.94 billion"),
    ("Revenue grew 2.0pp in FY2024", "2.0pp"),
    ("A stop below $240 limits the loss.", "$240"),
]


@pytest.mark.parametrize(("text", "shown"), UNKNOWN)
def test_what_no_fact_measures_is_not_supported(text: str, shown: str) -> None:
    assert one(text, shown).status in ("unsupported", "contradicted")


def test_the_same_input_gives_the_same_output() -> None:
    text = " ".join(GOOD)
    assert told(text) == told(text)
