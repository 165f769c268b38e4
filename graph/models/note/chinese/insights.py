"""Insights and action in Chinese: what the evidence means for whom, and what would overturn it."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.chinese.words import bullet, listed, marks, other_side, swing
from graph.models.note.pen import GROWTHS, Pen

TITLES = {
    "holders": "长期持有者",
    "traders": "交易者",
    "levels": "关注的价位",
    "change": "什么会改变结论",
}
NO_TRIGGER = "数据太少，说不出触发条件。"


def unchanged(titles: Sequence[str]) -> str:
    """Name the points of an earlier answer that still stand."""
    return bullet("不变的部分", f"先前回答中的以下各点依然成立：{listed(titles)}。")


def holders(pen: Pen, stance: str, backing: str) -> str:
    """Advise holders: the stance, and what the business adds to it."""
    text = {
        "abstain": "价格只说明市场的情绪，不说明业务是否配得上价格：不应据此改变持仓",
        "buy": "逻辑仍然成立：继续持有，逢弱加仓，而不是追高",
        "build": "逻辑仍然成立：继续持有，可由此分批建仓",
        "hold": "已有的留着，在一方证据松动之前不再加仓",
        "sell": "逢强减持，举证的责任在想留下的人",
    }[stance]
    match backing:
        case "priced":
            price = f"{pen.symbol}在{pen.on('pe')}的市盈率为{pen.say('pe')}"
            if pen.has("pe_vs_median") and pen.sign("pe_vs_median") > 0:
                price = f"{pen.symbol}{pen.name('pe_vs_median')}为{pen.say('pe_vs_median')}"
            text += f"。{price}，而{_growth(pen)}，估值需要业绩来兑现：下一份年报比下一张图表更重要"
        case "backed":
            text += f"。{pen.symbol}{_growth(pen)}，业务对股价有支撑"
        case "price_only":
            text += f"。这只基于价格：数据中没有{pen.symbol}的基本面"
    return f"{text}。"


def _growth(pen: Pen) -> str:
    metric = pen.known(*GROWTHS)[0]
    return f"{pen.period(metric)}的{pen.name(metric)}为{pen.say(metric)}"


def traders(pen: Pen, tactic: str, brake: str) -> str:
    """Advise traders: the tactic, and what holds it back."""
    force = "但缺乏力度" if pen.has("adx_14") else ""
    text = {
        "wait": "数据中读不出趋势：等它出现",
        "with_up": "顺势而为：守得住的回调，胜过追出来的突破",
        "with_down": "顺势而为：失败的反弹，胜过追出来的低点",
        "drift_up": f"方向向上{force}：靠近支撑买入，靠近阻力了结",
        "drift_down": f"方向向下{force}：等某个价位站稳再行动",
    }[tactic]
    text += {
        "overbought": "；RSI(14)超买期间不开多仓",
        "oversold": "；RSI(14)超卖期间不开空仓",
        "falling": "；MACD(12,26,9)快线低于信号线，不必心急",
    }.get(brake, "")
    if pen.has("atr_14") and "volatility" not in pen.plan.topics:
        gloss = pen.once("ATR", "（一个交易日的平均振幅）")
        text += f"。仓位的大小，以一个ATR(14){gloss}的亏损无伤大雅为准；"
        text += f"{pen.symbol}在{pen.on('atr_14')}的ATR(14)为{pen.say('atr_14')}"
    return text + "。"


def levels(pen: Pen) -> str:
    """Name the levels to watch."""
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
        if not pen.plan.brief and pen.view.swing_is_up and pen.has("fib_127.2") and not pen.has("resistance"):
            sentences.append(
                f"上方已无阻力，下一个区域是{pen.symbol}的127.2%斐波那契扩展位{pen.say('fib_127.2')}"
            )
    if not told and pen.marks():
        where = marks(pen, ceiling="range" not in pen.plan.topics)
        sentences.append(f"{pen.symbol}在{pen.on()}的{where}")
    if not sentences:
        return f"{pen.symbol}的数据太短，给不出关键价位。"
    return "。".join(sentences) + "。这些是观察区域，不是目标价。"


def no_rating_yet(pen: Pen) -> str:
    """Say which data would allow a rating."""
    if pen.plan.unanswerable:
        return f"{pen.symbol}的营收、利润率与估值倍数：有了这些就能评级。"
    return f"{pen.symbol}更长的每日价格：趋势、动能与区间都需要它。"


def trend_trigger(pen: Pen) -> str:
    """Name the moving average whose loss or recovery changes the verdict."""
    effect = "趋势便不再是理由" if pen.above(pen.average) else "下降趋势便告终结"
    return f"{pen.symbol}{other_side(pen)}，{effect}"


def level_trigger(pen: Pen, metric: str) -> str:
    """Name the level whose break changes the verdict."""
    return {
        "support": "若跌破最近支撑位（{}），是第一个警告",
        "resistance": "若突破最近阻力位（{}），则有利于上行",
        "high_52w": "若创出52周最高价（{}）以上的新高，则支持买入",
    }[metric].format(pen.say(metric))


def growth_trigger(pen: Pen, *, weak: bool) -> str:
    """Name the growth that changes the conviction."""
    return f"{_growth(pen)}，" + ("若此后加快，信心可以提高" if weak else "若此后放慢，信心应当降低")
