"""A hundred questions in both languages over the embedded data, through the whole graph."""

from __future__ import annotations

import re

import pytest

from graph.client import AnalystClient
from graph.report.model import SECTIONS
from graph.settings import AgentSettings

QUESTIONS = """
Is AAPL a buy?
Should I hold Apple for the long term?
What is the short-term outlook for Apple?
AAPL over the next few weeks?
What are the key levels of AAPL?
Where is support for Apple, and where is resistance?
Fibonacci retracements of AAPL please
How risky is Apple?
What was the maximum drawdown of AAPL?
How volatile is AAPL compared with its own year?
Is Apple overbought?
AAPL momentum: RSI, MACD and stochastic
How are Apple's fundamentals?
Are Apple's margins improving?
How fast does Apple grow its earnings?
How much free cash flow does AAPL make?
Is Apple expensive?
AAPL valuation against its own history
What has changed for AAPL?
What would change your mind on Apple?
is apple stock a safe place to hide
WHAT IS THE OUTLOOK FOR APPLE
BUY OR SELL AAPL?
Is Microsoft a buy?
MSFT levels
How risky is MSFT?
Is Microsoft oversold?
How are Microsoft's fundamentals?
Is MSFT cheap?
What has changed for Microsoft since last year?
Is IBM a hold?
IBM support and resistance
IBM drawdown
What does the trend of IBM look like?
International Business Machines: outlook
Is IBM overvalued?
Is Google a buy?
GOOG stop and entry levels
How safe is Alphabet?
GOOG momentum
What about Google's revenue?
What is new at Google?
Is Facebook a buy?
Meta levels
How risky is FB?
FB trend
Facebook earnings
Is FB undervalued?
AAPL or MSFT?
Compare Microsoft, IBM and Google
MSFT vs IBM: which is riskier?
GOOG vs FB momentum
Which has the better valuation, AAPL or IBM?
Compare AAPL, MSFT, IBM, GOOG and FB
Is Apple stronger than Google?
Compare the fundamentals of Apple and Microsoft
苹果值得买入吗？
苹果适合长期持有吗？
AAPL短期怎么看？
苹果的支撑位和阻力位在哪里？
AAPL的斐波那契回撤位
苹果的风险有多大？
AAPL的最大回撤是多少？
苹果的波动率高吗？
苹果超买了吗？
AAPL的动能如何？
苹果的基本面怎么样？
苹果的利润率在改善吗？
苹果的营收增长有多快？
苹果的自由现金流如何？
苹果贵不贵？
AAPL的市盈率与自身历史相比如何？
苹果最近有什么变化？
什么会改变对苹果的判断？
苹果公司还能涨吗
微软值得买吗？
微软的关键点位
微软的波动风险
微软超卖了吗？
微软的财报如何？
微软便宜吗？
微软有什么变化？
IBM可以持有吗？
IBM的压力位在哪
IBM的回撤风险
IBM的趋势
国际商业机器的前景
IBM估值
谷歌值得买入吗？
谷歌的支撑位
谷歌风险大吗
谷歌的动量
谷歌的营收
脸书值得买吗？
脸书的点位
FB风险
脸书的趋势
苹果和微软哪个更强？
比较微软、IBM和谷歌
谷歌与脸书的动能比较
苹果、微软、IBM、谷歌、脸书对比
AAPL与IBM哪个更便宜？
""".strip().splitlines()


def test_there_are_a_hundred_and_no_two_are_alike() -> None:
    assert len(set(QUESTIONS)) == len(QUESTIONS) >= 100
    assert sum(bool(re.search("[\u4e00-\u9fff]", question)) for question in QUESTIONS) >= 40


@pytest.mark.parametrize("question", QUESTIONS)
async def test_an_answer_has_its_form_and_every_figure_holds(question: str) -> None:
    async with AnalystClient(AgentSettings(offline_pace_ms=0)) as analyst:
        event = await analyst.ask(question)
    assert event.type == "report"
    report = event.report
    assert report["language"] == ("zh" if re.search("[\u4e00-\u9fff]", question) else "en")
    assert all(report["sections"][name].strip() for name in SECTIONS)
    assert report["missing"] == []
    assert report["symbols"]
    wrong = [
        (figure["text"], figure["status"], figure["rule"])
        for figure in report["figures"]
        if figure["status"] not in ("supported", "derived", "context")
    ]
    assert wrong == []
    assert report["coverage"] == 1.0
    assert report["counts"]["supported"] + report["counts"]["derived"] >= 8
    evidence = [line for line in report["sections"]["evidence"].splitlines() if line.startswith("- ")]
    assert 3 <= len(evidence) <= 8
    assert re.search(r"20\d\d-\d\d-\d\d", report["sections"]["caveat"])


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("MSFT vs IBM: which is riskier?", "On risk, IBM is the steadier and MSFT the riskier: "),
        ("GOOG vs FB momentum", "On momentum, GOOG is ahead and FB behind: "),
        ("IBM与微软哪个风险更大？", "就风险而言，IBM较稳，MSFT风险较大："),
        (
            "Which has the better valuation, AAPL or IBM?",
            "The sheet holds no multiple of IBM, so the valuations",
        ),
        ("AAPL与IBM哪个更便宜？", "数据中没有IBM的估值倍数，估值无法比较"),
        ("MSFT or IBM?", "IBM is the stronger next to MSFT: "),
    ],
)
async def test_a_comparison_answers_what_is_asked_first(question: str, opening: str) -> None:
    async with AnalystClient(AgentSettings(offline_pace_ms=0)) as analyst:
        event = await analyst.ask(question)
    assert event.type == "report"
    assert event.report["sections"]["verdict"].split("\n\n")[1].startswith(opening)


async def test_two_symbols_of_one_day_are_told_how_closely_they_move() -> None:
    async with AnalystClient(AgentSettings(offline_pace_ms=0)) as analyst:
        event = await analyst.ask("MSFT or IBM?")
        apart = await analyst.ask("AAPL or IBM?", "other")
    assert event.type == apart.type == "report"
    assert "1-year correlation of daily returns was 0.59" in event.report["sections"]["insights"]
    assert "correlation" not in apart.report["sections"]["insights"]


async def test_different_data_are_argued_differently() -> None:
    """The same question about five companies shares no sentence of its verdict and few of its evidence."""
    bodies = {}
    async with AnalystClient(AgentSettings(offline_pace_ms=0)) as analyst:
        for symbol in ("AAPL", "MSFT", "IBM", "GOOG", "FB"):
            event = await analyst.ask(f"Is {symbol} a buy?", symbol)
            assert event.type == "report"
            bodies[symbol] = event.report["sections"]
    verdicts = {body["verdict"].split("\n\n")[1] for body in bodies.values()}
    heads = {tuple(re.findall(r"\*\*(.+?)\.\*\*", body["evidence"])) for body in bodies.values()}
    assert (len(verdicts), len(heads)) == (5, 5)
