"""The verdict in Chinese: the answer to what was asked, the call, and what carries and opposes it."""

from __future__ import annotations

from graph.models.note.chinese.lead import lead
from graph.models.note.chinese.words import CALLS, CONVICTIONS, claim, key_clause, listed
from graph.models.note.earlier import Earlier, direction_change
from graph.models.note.pen import Pen
from graph.report.model import Rating
from graph.report.rating import rating_line


def verdict(pen: Pen, missing: tuple[str, ...] = ()) -> str:
    """Write the rating line, the tie to the earlier turn, the answer, the call, and the evidence for it."""
    plan = pen.plan
    answer = lead(pen)
    sentences = [answer, call(pen)]
    if not (answer and plan.is_settled):
        sentences.append(_both_sides(pen))
    if plan.earlier is not None:
        sentences.insert(0, earlier_sentence(plan.earlier, plan.rating, pen.symbol))
    if missing:
        sentences.append(f"对{listed(list(missing))}无从判断：数据中没有任何相关事实。")
    return f"{rating_line(plan.rating, 'zh')}\n\n{''.join(sentences)}"


def call(pen: Pen) -> str:
    """State the direction over the horizon, with the reason and the objection in words."""
    plan = pen.plan
    if plan.rating.direction == "abstain":
        if plan.unanswerable:
            return ""
        return f"关于{pen.symbol}的事实太少，不足以评级：只看得到价格，看不到理由。"
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


def _both_sides(pen: Pen) -> str:
    """Put the strongest figure on each side next to the other, unless the question already led with it."""
    plan = pen.plan
    led = plan.topics[0] if plan.led and plan.topics else ""
    if plan.rating.direction == "abstain":
        return ""
    parts = []
    held = plan.rating.direction == "hold"
    if plan.best and plan.best.topic != led:
        parts.append(f"{'一面' if held else '最强的证据'}：{key_clause(pen, plan.best.topic)}")
    if plan.against and plan.against.topic != led:
        parts.append(f"{'另一面' if held else '最强的反证'}：{key_clause(pen, plan.against.topic)}")
    return f"{'；'.join(parts)}。" if parts else ""


def earlier_sentence(earlier: Earlier, now: Rating, symbol: str) -> str:
    """Say what this session's earlier verdict was and what this answer does to it."""
    was = f"“{CALLS[earlier.rating.direction]}”"
    if earlier.rating.conviction:
        was += f"（信心{CONVICTIONS[earlier.rating.conviction]}）"
    if not earlier.same:
        about = f"对{earlier.symbol}" if earlier.symbol else "对另一问题"
        return f"本次会话先前{about}的结论是{was}；这次谈的是{symbol}，不影响先前的结论。"
    text = f"本次会话先前对{earlier.symbol}的结论是{was}；"
    change = direction_change(earlier.rating.direction, now.direction)
    if now.direction == "abstain":
        return text + "现有数据无法检验它，因此既不加强也不削弱。"
    if change:
        return text + f"从这个问题看，判断{'更积极' if change > 0 else '更谨慎'}，本次回答对其作出修正。"
    if earlier.rating.conviction != now.conviction and now.conviction:
        return text + f"本次回答维持方向，并将信心修正为{CONVICTIONS[now.conviction]}。"
    return text + "本次回答予以确认。"
