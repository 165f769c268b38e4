"""The action point of a follow-up question in Chinese: what its topic adds to the earlier note."""

from __future__ import annotations

from graph.models.note.chinese.words import claim
from graph.models.note.pen import Pen


def focus(pen: Pen) -> str:
    """Say what follows from the topic asked for; empty when the sheet has nothing on it."""
    writer = {
        "risk": _sizing, "momentum": _timing, "fundamentals": _business, "valuation": _price,
    }.get(pen.plan.intent)  # fmt: skip
    return writer(pen) if writer else ""


def _sizing(pen: Pen) -> str:
    if not pen.has("max_drawdown_1y"):
        return ""
    text = (
        f"**仓位。** {pen.symbol}截至{pen.on('max_drawdown_1y')}的近1年最大回撤为"
        f"{pen.size('max_drawdown_1y')}，仓位应以能承受它重演为限"
    )
    if not pen.has("volatility_1y", "volatility_20d"):
        return f"{text}。"
    calmer = pen.fact("volatility_20d").value < pen.fact("volatility_1y").value
    if calmer:
        return (
            f"{text}。平静不会永远持续：应以1年年化波动率{pen.say('volatility_1y')}为准，"
            f"而不是20日年化波动率{pen.say('volatility_20d')}。"
        )
    return f"{text}。近期比平时动荡：应以20日年化波动率{pen.say('volatility_20d')}为准。"


def _timing(pen: Pen) -> str:
    state = pen.plan.state("momentum")
    if not state:
        return ""
    text = {
        "overbought": "等待：过热的市场奖励耐心，第一次回调会显出谁还在买",
        "oversold": "宜回补而不宜追空：超卖的市场惩罚后来的卖方",
        "firm": "仍有顺势的空间：买方占优而未尽全力",
        "soft": "不必急于买入：卖方占优而未尽全力",
        "neutral": "动能没有给出信号，由价位决定",
    }[state]
    if pen.plan.state("macd"):
        text += f"；从更短的周期看，{claim(pen, 'macd')}"
    return f"**时机。** {text}。"


def _business(pen: Pen) -> str:
    parts = []
    if pen.has("revenue_growth"):
        parts.append(f"营收同比增长高于{pen.say('revenue_growth')}")
    if pen.has("operating_margin"):
        parts.append(f"营业利润率守住{pen.say('operating_margin')}")
    if not parts:
        return ""
    period = pen.period("revenue_growth" if pen.has("revenue_growth") else "operating_margin")
    return f"**业务要证明什么。** {period}之后，{pen.symbol}需要{'，'.join(parts)}：缺一则理由不全。"


def _price(pen: Pen) -> str:
    if not pen.has("pe"):
        return ""
    text = f"{pen.symbol}在{pen.on('pe')}的市盈率为{pen.say('pe')}"
    if pen.has("fcf_yield"):
        text += f"，自由现金流收益率为{pen.say('fcf_yield')}"
    meaning = {
        "demanding": "持有者的回报只能来自增长",
        "full": "持有者的回报主要来自增长",
        "fair": "持有者的回报来自现金与增长",
        "modest": "即使没有增长，持有者也有回报",
    }[pen.plan.state("valuation")]
    return f"**价格假设了什么。** {text}：{meaning}，下一份年报就是检验。"
