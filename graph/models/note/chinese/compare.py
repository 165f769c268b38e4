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
ANSWERS = {
    "risk": "就风险而言，{0}较稳，{1}风险较大：{2}。",
    "momentum": "就动能而言，{0}领先，{1}落后：{2}。",
    "fundamentals": "就业务而言，{0}的增长快于{1}：{2}。",
    "valuation": "就估值而言，{0}较便宜，{1}较贵：{2}。",
}
NOT_COMPARABLE = {
    "risk": "数据中没有{}的波动率，风险只能从趋势与回撤来比较。",
    "momentum": "数据中没有{}的RSI(14)，动能只能从涨跌幅来比较。",
    "fundamentals": "数据中没有{}的基本面，业务无法比较；以下比较的是价格。",
    "valuation": "数据中没有{}的估值倍数，估值无法比较；以下比较的是价格。",
}
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
        if topics and pen.plan.rating.direction != "abstain":
            text += f"，{opening}{listed([NOUNS[topic] for topic in topics[:2]])}"
    if pen.marks():
        text += f"。{pen.symbol}在{pen.on()}的{marks(pen)}"
    if pen.average:
        text += f"。若{pen.symbol}{other_side(pen)}，判断就会改变"
    return text + "。"


def together(pen: Pen, other: str, bond: str) -> str:
    """Say what owning both does, by how closely they move."""
    meaning = {
        "loose": "同时持有可以分散风险",
        "partial": "同时持有可以分散一部分风险",
        "close": "同时持有近乎押同一注",
    }[bond]
    return bullet(
        "同时持有",
        f"与{other}相比，{pen.symbol}在{pen.on('correlation_1y')}的{pen.name('correlation_1y')}为"
        f"{pen.say('correlation_1y')}：{meaning}。",
    )


def choosing(best: str, last: str, *, both_buy: bool) -> str:
    """Make the point that the better evidence is on the first."""
    rest = f"{last}同为买入，差别只在程度。" if both_buy else f"偏好{last}的人，需要事实表之外的理由。"
    return bullet("如何取舍", f"更好的证据在{best}一边。{rest}")
