"""The action point of a follow-up question in Chinese: what its topic adds to the earlier note."""

from __future__ import annotations

from graph.models.note.chinese.words import bullet, claim
from graph.models.note.pen import Pen
from graph.models.note.words import Texts


def _sizing(pen: Pen) -> str:
    text = (
        f"{pen.symbol}截至{pen.on('max_drawdown_1y')}的近1年最大回撤为{pen.size('max_drawdown_1y')}，"
        "仓位应以能承受它重演为限"
    )
    if pen.is_calmer:
        text += (
            f"。平静不会永远持续：应以1年年化波动率{pen.say('volatility_1y')}为准，"
            f"而不是20日年化波动率{pen.say('volatility_20d')}"
        )
    elif pen.is_calmer is not None:
        text += f"。近期比平时动荡：应以20日年化波动率{pen.say('volatility_20d')}为准"
    return bullet("仓位", f"{text}。")


def _timing(pen: Pen) -> str:
    text = {
        "overbought": "等待：过热的市场奖励耐心，第一次回调会显出谁还在买",
        "oversold": "宜回补而不宜追空：超卖的市场惩罚后来的卖方",
        "firm": "仍有顺势的空间：买方占优而未尽全力",
        "soft": "不必急于买入：卖方占优而未尽全力",
        "neutral": "动能没有给出信号，由价位决定",
    }[pen.plan.state("momentum")]
    if pen.plan.state("macd"):
        text += f"；从更短的周期看，{claim(pen, 'macd')}"
    return bullet("时机", f"{text}。")


def _business(pen: Pen) -> str:
    known = pen.known("revenue_growth", "operating_margin")
    aims = {"revenue_growth": "营收同比增长高于", "operating_margin": "营业利润率守住"}
    parts = "，".join(f"{aims[metric]}{pen.say(metric)}" for metric in known)
    return bullet("业务要证明什么", f"{pen.period(known[0])}之后，{pen.symbol}需要{parts}：缺一则理由不全。")


def _price(pen: Pen) -> str:
    text = f"{pen.symbol}在{pen.on('pe')}的市盈率为{pen.say('pe')}"
    if pen.has("fcf_yield"):
        text += f"，自由现金流收益率为{pen.say('fcf_yield')}"
    meaning = {
        "demanding": "持有者的回报只能来自增长",
        "full": "持有者的回报主要来自增长",
        "fair": "持有者的回报来自现金与增长",
        "modest": "即使没有增长，持有者也有回报",
    }[pen.plan.state("valuation")]
    return bullet("价格假设了什么", f"{text}：{meaning}，下一份年报就是检验。")


TEXTS: Texts = {"risk": _sizing, "momentum": _timing, "fundamentals": _business, "valuation": _price}
