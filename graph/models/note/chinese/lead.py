"""How a verdict in Chinese opens: with the answer to the question's own point."""

from __future__ import annotations

from graph.models.note.chinese.words import claim, key_clause, marks, other_side
from graph.models.note.pen import SPANS, Pen
from graph.models.note.words import Texts

WITHOUT = {
    "risk": "数据中没有{}的波动率，风险只能从关键位来判断。",
    "momentum": "数据中没有{}的RSI(14)，动能只能从涨跌幅来判断。",
    "valuation": "数据中没有{}的估值倍数，估值只能从业务来判断。",
}
NO_FUNDAMENTALS = {
    intent: f"数据中没有{{}}的基本面，关于其{about}的问题无法用数据回答；"
    "只凭价格评级，等于回答了另一个问题。以下只是价格所显示的情况。"
    for intent, about in (("fundamentals", "业务"), ("valuation", "估值"))
}


#: What a question about the business is answered with.
_BUSINESS = ("revenue_growth", "net_income_growth", "operating_margin")


def _levels(pen: Pen) -> str:
    where = marks(pen, ceiling=True) or "附近没有可用的关键位"
    return f"{pen.symbol}在{pen.on()}收于{pen.say('close')}，{where}。"


def _risk(pen: Pen) -> str:
    words = {"calm": "小于一般个股", "normal": "与一般个股相当", "high": "明显大于一般个股"}
    risk = words[pen.plan.state("volatility")]
    text = f"{pen.symbol}的价格风险{risk}：{key_clause(pen, 'volatility', '')}"
    if not pen.plan.state("drawdown"):
        return f"{text}。"
    metric = pen.key_metric("drawdown")
    return f"{text}，{pen.name(metric)}为{pen.size(metric)}。"


def _momentum(pen: Pen) -> str:
    text = f"{key_clause(pen, 'momentum')}，{claim(pen, 'momentum')}"
    return text + (f"，{claim(pen, 'macd')}。" if pen.plan.state("macd") else "。")


def _fundamentals(pen: Pen) -> str:
    text = f"{pen.symbol}{claim(pen, 'growth')}"
    if pen.plan.state("margins"):
        text += f"，{claim(pen, 'margins')}"
    figures = "，".join(f"{pen.name(metric)}为{pen.say(metric)}" for metric in pen.known(*_BUSINESS))
    return f"{text}：{pen.period(pen.telling_growth)}的{figures}。"


def _valuation(pen: Pen) -> str:
    text = f"{pen.symbol}{claim(pen, 'valuation')}：{key_clause(pen, 'valuation', '')}"
    if pen.has("pe_median"):
        text += f"，{pen.name('pe_median')}为{pen.say('pe_median')}"
    return text + (f"，{key_clause(pen, 'growth', '')}。" if pen.plan.state("growth") else "。")


def _change(pen: Pen) -> str:
    text = ""
    if known := pen.known(*SPANS)[:2]:
        parts = [f"{pen.name(metric)}为{pen.say(metric)}" for metric in known]
        text = f"已经发生的变化：截至{pen.on(known[0])}，{pen.symbol}{'，'.join(parts)}。"
    return text + (f"若{other_side(pen)}，判断就会改变。" if pen.average else "")


ANSWERS: Texts = {
    "levels": _levels, "risk": _risk, "momentum": _momentum,
    "fundamentals": _fundamentals, "valuation": _valuation, "change": _change,
}  # fmt: skip
