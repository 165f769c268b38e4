"""Insights and action in Chinese: what the evidence means for whom, and what would overturn it."""

from __future__ import annotations

from graph.models.note.chinese.focus import focus
from graph.models.note.chinese.words import GROWTHS, average_name, listed, marks, swing
from graph.models.note.pen import Pen
from graph.models.note.signals import FUNDAMENTAL

_TITLES = {
    "holders": "长期持有者",
    "traders": "交易者",
    "levels": "关注的价位",
    "change": "什么会改变结论",
}


def insights(pen: Pen) -> str:
    """Write who should do what, the levels to watch and what would change the verdict."""
    writers = {"holders": _holders, "traders": _traders, "levels": _levels, "change": _change}
    blocks = {name: writers[name](pen) for name in pen.plan.action_order}
    own = focus(pen) if pen.plan.follow_up else ""
    # Without a point of its own, a follow-up repeats at least the one that it is about.
    kept = "" if own else pen.plan.central_action
    fresh = {name: text for name, text in blocks.items() if name == kept or not pen.was_told(text, 20)}
    lines = [f"- {own}"] if own else []
    lines += [f"- **{_TITLES[name]}。** {text}" for name, text in fresh.items()]
    if told := [_TITLES[name] for name in blocks if name not in fresh]:
        lines.append(f"- **不变的部分。** 先前回答中的以下各点依然成立：{listed(told)}。")
    return "\n".join(lines)


def _holders(pen: Pen) -> str:
    plan = pen.plan
    if plan.rating.direction == "abstain":
        return "价格只说明市场的情绪，不说明业务是否配得上价格：不应据此改变持仓。"
    text = {
        "buy": "逻辑仍然成立：继续持有，逢弱加仓，而不是追高",
        "hold": "已有的留着，在一方证据松动之前不再加仓",
        "sell": "逢强减持，举证的责任在想留下的人",
    }[plan.rating.direction]
    if plan.rating.direction == "buy" and not plan.is_extended:
        text = "逻辑仍然成立：继续持有，可由此分批建仓"
    if plan.is_priced_for_more:
        return (
            f"{text}。{pen.symbol}在{pen.on('pe')}的市盈率为{pen.say('pe')}，而{_growth(pen)}，"
            "估值需要业绩来兑现：下一份年报比下一张图表更重要。"
        )
    if plan.state("growth") in ("strong", "modest"):
        return f"{text}。{pen.symbol}{_growth(pen)}，业务对股价有支撑。"
    if not any(plan.state(topic) for topic in FUNDAMENTAL):
        return f"{text}。这只基于价格：数据中没有{pen.symbol}的基本面。"
    return f"{text}。"


def _growth(pen: Pen) -> str:
    metric = next(metric for metric in GROWTHS if pen.has(metric))
    return f"{pen.period(metric)}的{GROWTHS[metric]}为{pen.say(metric)}"


def _traders(pen: Pen) -> str:
    plan = pen.plan
    force = "但缺乏力度" if pen.has("adx_14") else ""
    if not plan.state("trend"):
        text = "数据中读不出趋势：等它出现"
    elif pen.trend_is_strong and plan.is_rising:
        text = "顺势而为：守得住的回调，胜过追出来的突破"
    elif pen.trend_is_strong:
        text = "顺势而为：失败的反弹，胜过追出来的低点"
    elif plan.is_rising:
        text = f"方向向上{force}：靠近支撑买入，靠近阻力了结"
    else:
        text = f"方向向下{force}：等某个价位站稳再行动"
    if plan.state("momentum") == "overbought":
        text += "；RSI(14)超买期间不开多仓"
    elif plan.state("momentum") == "oversold":
        text += "；RSI(14)超卖期间不开空仓"
    elif plan.is_rising and plan.state("macd").startswith("falling"):
        text += "；MACD(12,26,9)快线低于信号线，不必心急"
    if pen.has("atr_14"):
        gloss = pen.once("ATR", "（一个交易日的平均振幅）")
        text += f"。仓位的大小，以一个ATR(14){gloss}的亏损无伤大雅为准；"
        text += f"{pen.symbol}在{pen.on('atr_14')}的ATR(14)为{pen.say('atr_14')}"
    return text + "。"


def _levels(pen: Pen) -> str:
    told = "levels" in pen.plan.topics
    sentences = []
    if pen.has("swing_low", "swing_high", "fib_38.2", "fib_50", "fib_61.8"):
        gloss = pen.once("斐波那契", "（逆向走势常在此停顿的波段分位）")
        what = "回撤区域" if pen.view.swing_is_up else "反弹区域"
        of = f"{pen.symbol}上述波段" if told else f"{pen.symbol}由{swing(pen)}的波段"
        sentences.append(
            f"{of}，{what}{gloss}在38.2%斐波那契回撤位{pen.say('fib_38.2')}与"
            f"61.8%斐波那契回撤位{pen.say('fib_61.8')}之间"
        )
        if told:
            sentences.append(f"50%斐波那契回撤位{pen.say('fib_50')}居中")
    if (found := marks(pen, ceiling="range" not in pen.plan.topics)) and not told:
        sentences.append(f"{pen.symbol}在{pen.on()}的{'，'.join(found)}")
    if not sentences:
        return f"{pen.symbol}的数据太短，给不出关键价位。"
    return "；".join(sentences) + "。这些是观察区域，不是目标价。"


def _change(pen: Pen) -> str:
    if pen.plan.unanswerable:
        return f"{pen.symbol}的营收、利润率与估值倍数：有了这些就能评级。"
    if pen.plan.rating.direction == "abstain":
        return f"{pen.symbol}更长的每日价格：趋势、动能与区间都需要它。"
    conditions = [text for text in (_trend_trigger(pen), _level_trigger(pen), _growth_trigger(pen)) if text]
    return f"{'；'.join(conditions)}。" if conditions else "数据太少，说不出触发条件。"


def _trend_trigger(pen: Pen) -> str:
    metric = pen.average
    if not metric:
        return ""
    lost = pen.above(metric)
    effect = "趋势便不再是理由" if lost else "下降趋势便告终结"
    return (
        f"{pen.symbol}连续收盘{'低于' if lost else '高于'}{average_name(metric)}"
        f"（{pen.on(metric)}为{pen.say(metric)}），{effect}"
    )


def _level_trigger(pen: Pen) -> str:
    if pen.plan.rating.direction == "buy":
        return f"若跌破最近支撑位（{pen.say('support')}），是第一个警告" if pen.has("support") else ""
    if pen.has("resistance"):
        return f"若突破最近阻力位（{pen.say('resistance')}），则有利于上行"
    return f"若创出52周最高价（{pen.say('high_52w')}）以上的新高，则支持买入" if pen.has("high_52w") else ""


def _growth_trigger(pen: Pen) -> str:
    state = pen.plan.state("growth")
    if not state:
        return ""
    effect = (
        "若此后加快，信心可以提高" if state in ("flat", "shrinking", "uneven") else "若此后放慢，信心应当降低"
    )
    return f"{_growth(pen)}，{effect}"
