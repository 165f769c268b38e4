"""How a verdict in Chinese opens: with the answer to the question's own point."""

from __future__ import annotations

from graph.models.note.chinese.words import SPANS, average_name, claim, key_clause, marks
from graph.models.note.pen import Pen


def lead(pen: Pen) -> str:
    """Answer the question's own point first; an outlook is answered by the call itself."""
    writer = {
        "levels": _levels, "risk": _risk, "momentum": _momentum,
        "fundamentals": _fundamentals, "valuation": _valuation, "change": _change,
    }.get(pen.plan.intent)  # fmt: skip
    return writer(pen) if writer else ""


def _levels(pen: Pen) -> str:
    if not pen.has("close"):
        return ""
    found = marks(pen, ceiling=True) or ["附近没有可用的关键位"]
    return f"{pen.symbol}在{pen.on()}收于{pen.say('close')}，{'，'.join(found)}。"


def _risk(pen: Pen) -> str:
    state = pen.plan.state("volatility")
    if not state:
        return f"数据中没有{pen.symbol}的波动率，风险只能从关键位来判断。"
    words = {"calm": "小于一般个股", "normal": "与一般个股相当", "high": "明显大于一般个股"}
    text = f"{pen.symbol}的价格风险{words[state]}：{key_clause(pen, 'volatility', '')}"
    return text + (f"，{key_clause(pen, 'drawdown', '')}。" if pen.plan.state("drawdown") else "。")


def _momentum(pen: Pen) -> str:
    if not pen.plan.state("momentum"):
        return f"数据中没有{pen.symbol}的RSI(14)，动能只能从涨跌幅来判断。"
    text = f"{key_clause(pen, 'momentum')}，{claim(pen, 'momentum')}"
    return text + (f"，{claim(pen, 'macd')}。" if pen.plan.state("macd") else "。")


def _fundamentals(pen: Pen) -> str:
    if not pen.plan.state("growth"):
        return "" if not pen.plan.unanswerable else _no_fundamentals(pen, "业务")
    text = f"{pen.symbol}{claim(pen, 'growth')}"
    if pen.plan.state("margins"):
        text += f"，{claim(pen, 'margins')}"
    return f"{text}：{key_clause(pen, 'growth', '')}。"


def _valuation(pen: Pen) -> str:
    if not pen.plan.state("valuation"):
        return _no_fundamentals(pen, "估值")
    text = f"{pen.symbol}{claim(pen, 'valuation')}：{key_clause(pen, 'valuation', '')}"
    return text + (f"，{key_clause(pen, 'growth', '')}。" if pen.plan.state("growth") else "。")


def _no_fundamentals(pen: Pen, about: str) -> str:
    if not pen.plan.unanswerable:
        return f"数据中没有{pen.symbol}的估值倍数，{about}只能从业务来判断。"
    return (
        f"数据中没有{pen.symbol}的基本面，关于其{about}的问题无法用数据回答；"
        "只凭价格评级，等于回答了另一个问题。以下只是价格所显示的情况。"
    )


def _change(pen: Pen) -> str:
    known = [metric for metric in SPANS if pen.has(metric)][:2]
    text = ""
    if known:
        parts = [f"{SPANS[metric]}涨跌幅为{pen.say(metric)}" for metric in known]
        text = f"已经发生的变化：截至{pen.on(known[0])}，{pen.symbol}{'，'.join(parts)}。"
    if metric := pen.average:
        other = "低于" if pen.above(metric) else "高于"
        text += (
            f"若连续收盘{other}{average_name(metric)}（{pen.on(metric)}为{pen.say(metric)}），判断就会改变。"
        )
    return text
