"""The figure check against typed facts: what is supported, derived, contradicted, unsupported or context."""

from decimal import Decimal

import pytest

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


def test_growth_on_the_wrong_base_is_not_derived() -> None:
    right = (391035 - 383285) / 383285 * 100
    wrong = (391035 - 383285) / 391035 * 100
    assert f"{right:.2f}" == "2.02"
    assert one(f"Revenue grew {wrong:.2f}% in FY2024", f"{wrong:.2f}%").status == "contradicted"


def test_difference_of_percentages_told_as_growth_is_wrong() -> None:
    assert one("Gross margin rose 2.1% in FY2024.", "2.1%").status == "contradicted"
    assert (
        one("Gross margin rose 2.1 percentage points in FY2024.", "2.1 percentage points").status == "derived"
    )


def test_cagr_is_recomputed_from_its_end_points() -> None:
    facts = [fact("revenue", "53800000000", period="FY2021"), fact("revenue", "96800000000", period="FY2023")]
    text = "Revenue went from $53.8 billion to $96.8 billion, a 15.2 % CAGR over 2021–2023."
    assert statuses(text, facts) == {
        "$53.8 billion": "supported",
        "$96.8 billion": "supported",
        "15.2 %": "contradicted",
    }
    assert one(text, "15.2 %", facts).expected == "34.1"
    assert one(text.replace("15.2", "34.1"), "34.1 %", facts).status == "derived"


def test_amount_at_the_wrong_scale_is_contradicted() -> None:
    figure = one("Revenue was $391 million.", "$391 million")
    assert (figure.status, figure.expected) == ("contradicted", "391035000000")
    assert "scale" in figure.note


def test_eps_of_another_value_is_contradicted() -> None:
    facts = [fact("eps_diluted", "0.78", period="FY2024")]
    assert one("EPS came in at $0.81.", "$0.81", facts).expected == "0.78"
    assert one("EPS came in at $0.78.", "$0.78", facts).status == "supported"


def test_net_loss_is_a_negative_income_in_every_spelling() -> None:
    facts = [fact("net_income", "-45200000", period="FY2024")]
    for shown in ("$(45.2)M", "$45.2 million", "$45.2M"):
        assert one(f"The net loss of {shown} widened.", shown, facts).status == "supported"
    assert one("Net income of $45.2 million", "$45.2 million", facts).status == "contradicted"
    assert one("Net income of -$45.2 million", "-$45.2 million", facts).status == "supported"


def test_hong_kong_price_after_its_ticker() -> None:
    facts = [fact("close", "380", entity="0700.HK", currency="HKD")]
    assert statuses("0700.HK at HK$380", facts) == {"HK$380": "supported"}
    assert statuses("0700.HK at HK$830", facts) == {"HK$830": "contradicted"}


def test_figures_of_two_companies_do_not_stand_for_each_other() -> None:
    facts = [fact("pe", "41.3"), fact("pe", "36.2", entity="MSFT")]
    assert set(statuses("AAPL trades at 41.3x earnings, MSFT at 36.2x.", facts).values()) == {"supported"}
    assert one("AAPL trades at 36.2x earnings.", "36.2x", facts).expected == "41.3"
    table = "| Ticker | P/E |\n|---|---|\n| AAPL | 41.3x |\n| MSFT | 36.2x |\n"
    assert set(statuses(table, facts).values()) == {"supported"}
    assert set(
        statuses(table.replace("AAPL", "TMP").replace("MSFT", "AAPL").replace("TMP", "MSFT"), facts).values()
    ) == {"contradicted"}


def test_a_figure_of_the_question_is_a_quotation() -> None:
    [figure] = told("If you bought at $199.99 you are ahead.", question="I bought AAPL at $199.99. Sell?")
    assert (figure.status, figure.rule) == ("context", "quoted from the question")


def test_shown_digits_decide() -> None:
    assert one("Revenue of $391 billion", "$391 billion").status == "supported"
    assert one("Revenue of $391.0 billion", "$391.0 billion").status == "supported"
    assert one("Revenue of $391.1 billion", "$391.1 billion").status == "contradicted"
    assert one("Revenue of about $390 billion", "$390 billion").status == "supported"
    assert one("Revenue of over $390 billion", "$390 billion").status == "supported"
    assert one("Revenue of nearly $390 billion", "$390 billion").status == "contradicted"


def test_a_truncated_figure_counts_and_says_so() -> None:
    figure = one("RSI(14) at 67.4", "67.4")
    assert (figure.status, figure.note) == ("supported", "cut off rather than rounded")


def test_a_derived_figure_names_its_formula_and_operands() -> None:
    figure = one("Gross margin widened 2.1 percentage points to 46.2%.", "2.1 percentage points")
    assert figure.formula == "46.2063 - 44.1311"
    assert figure.fact_ids == ("AAPL-gross_margin-FY2024", "AAPL-gross_margin-FY2023")


def test_offsets_are_characters_of_the_text() -> None:
    text = "📈 ＡＡＰＬ 收于＄２５２．２０，RSI(14) 67.5 🚀"
    for figure in told(text):
        assert text[figure.start : figure.end] == figure.text
    assert [figure.text for figure in told(text)] == ["＄２５２．２０", "67.5"]
    assert [figure.status for figure in told(text)] == ["supported", "supported"]


def test_the_same_input_gives_the_same_output() -> None:
    text = " ".join(GOOD)
    assert told(text) == told(text)


def test_without_facts_nothing_is_supported() -> None:
    assert {figure.status for figure in told("Revenue rose 2.0% to $391.04 billion.", [])} == {"unsupported"}
    assert told("") == []
