"""What live analysts write about the embedded sample: true sentences pass, one wrong figure does not."""

import asyncio
import re
from decimal import Decimal
from functools import cache

import pytest

from graph.facts import Fact
from graph.market.embedded import Embedded
from graph.report.figures import Figure, check_figures
from graph.tools.fundamentals import fundamental_facts
from graph.tools.technicals import technical_facts
from tests.graph.test_figures_texts import TEMPLATES, render
from tests.graph.test_figures_texts_more import MORE

NAMES = {
    "AAPL": ["Apple", "苹果"],
    "MSFT": ["Microsoft", "微软"],
    "FB": ["Facebook"],
    "IBM": ["International Business Machines"],
}
RIGHT = {"supported", "derived"}
ALL = [*TEMPLATES, *MORE]


@cache
def sheet(symbol: str) -> list[Fact]:
    async def read() -> list[Fact]:
        data = Embedded()
        identity, bars = await data.identify(symbol), await data.history(symbol)
        reports = await data.annual_reports(symbol)
        return technical_facts(bars, identity) + fundamental_facts(reports, bars, identity)

    return list({fact.id: fact for fact in asyncio.run(read())}.values())


@cache
def latest(symbol: str) -> dict[str, Decimal]:
    """Give the values of a symbol's sheet by "metric" or "metric@yy"."""
    values: dict[str, Decimal] = {}
    for fact in sheet(symbol):
        name = fact.id.removeprefix(f"{symbol}.")
        values[name.replace("@FY20", "@")] = fact.value
        values.setdefault(name.split("@")[0], fact.value)
        if "@FY" in name and name.split("@")[0] in ("pe", "ps", "market_cap", "fcf_yield", "net_debt"):
            values[name.split("@")[0]] = fact.value
    return values


def value_of(expression: str) -> Decimal:
    """Compute what a token of a template stands for."""
    if expression == "CAGR":
        return ((reference("revenue@24") / reference("revenue@19")) ** (Decimal(1) / 5) - 1) * 100
    for mark in "-%/":
        left, found, right = expression.partition(mark)
        if found:
            a, b = reference(left), reference(right)
            return a - b if mark == "-" else (a / b - 1) * 100 if mark == "%" else a / b
    return reference(expression)


def reference(name: str) -> Decimal:
    symbol, dot, metric = name.partition(".")
    return latest(symbol)[metric] if dot and symbol in NAMES else latest("AAPL")[name]


def symbols(template: str) -> list[str]:
    """Name the companies that a template is about."""
    named = {symbol for symbol in NAMES if re.search(rf"[<%-]{symbol}\.", template)}
    if re.search(r"<(?!MSFT|FB|IBM)", template):
        named.add("AAPL")
    return sorted(named)


def told(text: str, template: str) -> list[Figure]:
    facts = [fact for symbol in symbols(template) for fact in sheet(symbol)]
    return check_figures(text, facts=facts, names=NAMES)


@pytest.mark.parametrize("template", ALL)
def test_a_true_sentence_raises_no_alarm(template: str) -> None:
    text, shown = render(template, value_of)
    figures = told(text, template)
    alarms = [(f.text, f.status, f.note) for f in figures if f.status in ("contradicted", "unsupported")]
    assert not alarms, text
    told_at = [f for f in figures if any(f.start <= start < f.end for start, _, _, _ in shown)]
    assert len(told_at) == len(shown)


NAMED = [
    ("Apple's RSI(14) is 60.2. It closed at $252.20.", ["60.2", "$252.20"]),
    ("Microsoft's RSI(14) is 56.0. It closed at $27.95.", ["56.0", "$27.95"]),
    ("苹果的RSI(14)为60.2，微软的RSI(14)为56.0。", ["60.2", "56.0"]),
    ("- Microsoft is weak. The trend is down. Its RSI(14) reads 56.0.", ["56.0"]),
]


@pytest.mark.parametrize(("text", "shown"), NAMED)
def test_names_stand_for_their_company(text: str, shown: list[str]) -> None:
    facts = sheet("AAPL") + sheet("MSFT")
    figures = check_figures(text, facts=facts, names=NAMES)
    assert [(f.text, f.status) for f in figures] == [(figure, "supported") for figure in shown]
    other = {"AAPL": NAMES["MSFT"], "MSFT": NAMES["AAPL"]}
    assert {f.status for f in check_figures(text, facts=facts, names=other)} == {"contradicted"}


MASKED = [
    "无法对0700.HK评级",
    "也不评600519.SS的股票",
    "见10-K文件",
    "与S&P 500指数相比",
    "看RSI(14)指标",
    "及BTC-USD对",
]


@pytest.mark.parametrize("text", MASKED)
def test_a_name_with_digits_between_chinese_characters_is_no_figure(text: str) -> None:
    assert check_figures(text, facts=sheet("AAPL")) == []
