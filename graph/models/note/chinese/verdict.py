"""The verdict in Chinese: the call, and what it does to an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.chinese.words import CALLS, CONVICTIONS, NOUNS, claim, listed
from graph.models.note.earlier import Earlier
from graph.models.note.pen import Pen
from graph.report.model import Rating

SIDES = (("", "与之相对，"), ("一面：", "另一面："))
OWNER: str | None = None
TOO_FEW = "关于{}的事实太少，不足以评级：只看得到价格，看不到理由。"
NOTHING_ABOUT = "对{}无从判断：数据中没有任何相关事实。"


def call(pen: Pen) -> str:
    """State the direction over the horizon, with the reason and the objection in words."""
    plan = pen.plan
    text = f"未来{plan.rating.horizon}对{pen.symbol}的判断是{CALLS[plan.rating.direction]}"
    if plan.best is None:
        return f"{text}：各项信号相互抵消。"
    best = claim(pen, plan.best.topic)
    if plan.against is None:
        return f"{text}：{best}，数据中没有其他方面指向相反。"
    against = claim(pen, plan.against.topic)
    if plan.rating.direction == "hold":
        return f"{text}：一面是{best}，一面是{against}，双方都不足以定论。"
    return f"{text}：{best}，其分量超过“{against}”这一反面理由。"


def agreement(pen: Pen, agree: Sequence[str], differ: Sequence[str]) -> str:
    """Say which topics stand on which side, and that the conviction follows from it."""
    side = "偏多" if pen.plan.score.value >= 0 else "偏空"
    if pen.plan.rating.direction != "hold":
        side = "与判断一致"
    text = f"{listed([NOUNS[topic] for topic in agree])}{side}"
    conviction = CONVICTIONS[pen.plan.rating.conviction]
    if not differ and pen.plan.rating.conviction == "low":
        return f"{text}，但已知的太少，信心只能为{conviction}。"
    if not differ:
        return f"{text}，没有明显的反面，信心为{conviction}。"
    return f"{text}，{listed([NOUNS[topic] for topic in differ])}则相反，因此信心为{conviction}。"


def earlier_verdict(earlier: Earlier, now: Rating, symbol: str) -> str:
    """Say what this session's earlier verdict was and what this answer does to it."""
    was = f"“{CALLS[earlier.rating.direction]}”"
    if earlier.rating.conviction:
        was += f"（信心{CONVICTIONS[earlier.rating.conviction]}）"
    effect = earlier.effect(now)
    if effect == "none":
        about = f"对{earlier.symbol}" if earlier.symbol else "对另一问题"
        return f"本次会话先前{about}的结论是{was}；这次谈的是{symbol}，不影响先前的结论。"
    what = {
        "untested": "现有数据无法检验它，因此既不加强也不削弱",
        "better": "从这个问题看，判断更积极，本次回答对其作出修正",
        "weaker": "从这个问题看，判断更谨慎，本次回答对其作出修正",
        "refined": f"本次回答维持方向，并将信心修正为{CONVICTIONS[now.conviction]}",
        "confirmed": "本次回答予以确认",
    }[effect]
    return f"本次会话先前对{earlier.symbol}的结论是{was}；{what}。"
