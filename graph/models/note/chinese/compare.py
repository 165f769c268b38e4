"""A comparison in Chinese: who is stronger and why, a table, and what follows for each symbol."""

from __future__ import annotations

from graph.models.note import format as figures
from graph.models.note.chinese import caveat as caveats
from graph.models.note.chinese.verdict import earlier_sentence
from graph.models.note.chinese.words import (
    CALLS,
    CLAIMS,
    CONVICTIONS,
    average_name,
    key_clause,
    listed,
    marks,
)
from graph.models.note.comparison import Comparison
from graph.models.note.pen import Pen
from graph.models.note.plan import Plan
from graph.report.rating import rating_line
from graph.vocabulary import METRICS

_TOPICS = {
    "trend": "趋势", "returns": "涨跌幅", "momentum": "动能", "macd": "短线动能", "range": "全年区间中的位置",
    "volatility": "波动", "drawdown": "回撤", "growth": "增长", "margins": "利润率", "valuation": "估值",
    "balance": "资产负债",
}  # fmt: skip


def comparison(case: Comparison) -> dict[str, str]:
    """Write the four sections of a comparison."""
    return {
        "verdict": _verdict(case),
        "evidence": _evidence(case),
        "insights": _insights(case),
        "caveat": caveats.caveat(case.briefing, [plan.view for plan in case.in_order]),
    }


def _verdict(case: Comparison) -> str:
    best, *others = case.plans
    symbol = best.view.symbol
    sentences = []
    if case.earlier is not None:
        sentences.append(earlier_sentence(case.earlier, case.rating_now, listed(case.symbols)))
    if case.tied:
        second = others[0].view.symbol
        sentences.append(
            f"就两者共有的数据看，{symbol}与{second}不相上下；评级针对{symbol}，差距小到不足以据此行动。"
        )
    else:
        rivals = listed([plan.view.symbol for plan in others])
        sentences.append(f"与{rivals}相比，{symbol}更强：{_reason(case)}。")
        sentences.append(f"评级针对{symbol}，就其自身信号而言为{CALLS[best.rating.direction]}。")
    if case.rating.direction == "abstain":
        sentences[-1] = f"不予评级：这个问题需要基本面，而数据中没有{symbol}的基本面。"
    if not case.one_day:
        days = "，".join(f"{plan.view.symbol}截至{plan.view.as_of}" for plan in case.in_order)
        sentences.append(f"各自的数据截止日不同（{days}）：只就各自的状态作判断，不把不同日期的价格相比。")
    if case.without_data:
        sentences.append(f"对{listed(list(case.without_data))}无从判断，数据太少。")
    return f"{rating_line(case.rating, 'zh')}\n\n{''.join(sentences)}"


def _reason(case: Comparison) -> str:
    """Set the strongest and the weakest side by side on the topic that parts them most."""
    topic = case.deciding_topic
    if not topic:
        return "在多数方面略占优势"
    return "；".join(key_clause(case.pen(plan, topic), topic) for plan in (case.plans[0], case.plans[-1]))


def _evidence(case: Comparison) -> str:
    lines = ["| 指标 | " + " | ".join(plan.view.symbol for plan in case.in_order) + " |"]
    lines.append("|---|" + "---:|" * len(case.plans))
    if not case.one_day:
        lines.append("| 截至 | " + " | ".join(plan.view.as_of for plan in case.in_order) + " |")
    for metric in case.rows:
        cells = (plan.view.fact(metric) for plan in case.in_order)
        text = " | ".join(figures.figure(fact, "zh") if fact else "无" for fact in cells)
        period = case.row_period(metric)
        lines.append(f"| {METRICS[metric].zh}{f'（{period}）' if period else ''} | {text} |")
    return "\n".join(lines) + "\n\n" + "\n".join(_bullet(case, topic) for topic in case.topics)


def _bullet(case: Comparison, topic: str) -> str:
    leader = case.leader(topic)
    head = f"{_TOPICS[topic]}：{f'{leader.view.symbol}占优' if leader else '不分高下'}"
    return f"- **{head}。** {'；'.join(_part(case, plan, topic) for plan in case.in_order)}。"


def _part(case: Comparison, plan: Plan, topic: str) -> str:
    clause = key_clause(case.pen(plan, topic), topic)
    # Returns of one span are set side by side; the claim is about all spans and could contradict them.
    return clause if topic == "returns" else f"{clause}，{CLAIMS[topic, plan.state(topic)]}"


def _insights(case: Comparison) -> str:
    lines = []
    for plan in case.plans:
        conviction = f"，信心{CONVICTIONS[plan.rating.conviction]}" if plan.rating.conviction else ""
        lines.append(
            f"- **{plan.view.symbol}（{CALLS[plan.rating.direction]}{conviction}）。** {_advice(plan)}"
        )
    if not case.tied:
        last = case.plans[-1]
        rest = (
            f"{last.view.symbol}同为买入，差别只在程度。"
            if last.rating.direction == "buy"
            else f"偏好{last.view.symbol}的人，需要事实表之外的理由。"
        )
        lines.append(f"- **如何取舍。** 更好的证据在{case.plans[0].view.symbol}一边。{rest}")
    return "\n".join(lines)


def _advice(plan: Plan) -> str:
    pen = Pen(plan)
    text = {
        "buy": "持有者留守并逢弱加仓，交易者以做多为主",
        "hold": "持有者保留现有仓位，交易者等待一方松动",
        "sell": "持有者逢强减持，交易者对反弹存疑",
        "abstain": "数据太少，不宜行动",
    }[plan.rating.direction]
    if found := marks(pen):
        text += f"。{pen.symbol}在{pen.on()}的{'，'.join(found)}"
    if metric := pen.average:
        other = "低于" if pen.above(metric) else "高于"
        text += (
            f"。若{pen.symbol}连续收盘{other}{average_name(metric)}（{pen.on(metric)}为{pen.say(metric)}），"
        )
        text += "判断就会改变"
    return text + "。"
