"""A comparison in Chinese: who is stronger and why, a table, and what follows for each symbol."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.chinese.words import (
    CALLS,
    CONVICTIONS,
    NOUNS,
    bullet,
    claim,
    key_clause,
    listed,
    marks,
    other_side,
)
from graph.models.note.pen import Pen

METRIC, AS_OF, NO_VALUE, PERIOD = "指标", "截至", "无", "（{}）"
AHEAD, LEVEL = "：{}占优", "：不分高下"
NO_REASON = "在多数方面略占优势"
TIED = "就两者共有的数据看，{0}与{1}不相上下；评级针对{0}，差距小到不足以据此行动。"
NO_RATING = "不予评级：这个问题需要基本面，而数据中没有{}的基本面。"
TOO_THIN = "对{}无从判断，数据太少。"
TOPICS = {
    "trend": "趋势", "returns": "涨跌幅", "momentum": "动能", "macd": "短线动能", "range": "全年区间中的位置",
    "volatility": "波动", "drawdown": "回撤", "growth": "增长", "margins": "利润率", "valuation": "估值",
    "balance": "资产负债",
}  # fmt: skip


def stronger(best: Pen, rivals: str, reason: str) -> list[str]:
    """Say in two sentences which symbol is stronger, why, and what the rating stands for."""
    return [
        f"与{rivals}相比，{best.symbol}更强：{reason}。",
        f"评级针对{best.symbol}，就其自身信号而言为{CALLS[best.plan.rating.direction]}。",
    ]


def different_days(ends: Sequence[tuple[str, str]]) -> str:
    """Say which symbol's data end on which day."""
    days = "，".join(f"{symbol}截至{day}" for symbol, day in ends)
    return f"各自的数据截止日不同（{days}）：只就各自的状态作判断，不把不同日期的价格相比。"


def judged(pen: Pen, topic: str) -> str:
    """Give what a topic says of one symbol, and its figure."""
    return f"{key_clause(pen, topic)}，{claim(pen, topic)}"


def called(pen: Pen) -> str:
    """Name a symbol with its direction and conviction."""
    rating = pen.plan.rating
    conviction = f"，信心{CONVICTIONS[rating.conviction]}" if rating.conviction else ""
    return f"{pen.symbol}（{CALLS[rating.direction]}{conviction}）"


def advice(pen: Pen) -> str:
    """Say what to do with one symbol and what would change it."""
    text = {
        "buy": "持有者留守并逢弱加仓，交易者以做多为主",
        "hold": "持有者保留现有仓位，交易者等待一方松动",
        "sell": "持有者逢强减持，交易者对反弹存疑",
        "abstain": "数据太少，不宜行动",
    }[pen.plan.rating.direction]
    for topics, opening in ((pen.plan.bullish, "支撑来自"), (pen.plan.bearish, "拖累来自")):
        if topics:
            text += f"，{opening}{listed([NOUNS[topic] for topic in topics[:2]])}"
    if pen.marks():
        text += f"。{pen.symbol}在{pen.on()}的{marks(pen)}"
    if pen.average:
        text += f"。若{pen.symbol}{other_side(pen)}，判断就会改变"
    return text + "。"


def choosing(best: str, last: str, *, both_buy: bool) -> str:
    """Make the point that the better evidence is on the first."""
    rest = f"{last}同为买入，差别只在程度。" if both_buy else f"偏好{last}的人，需要事实表之外的理由。"
    return bullet("如何取舍", f"更好的证据在{best}一边。{rest}")
