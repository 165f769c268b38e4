"""Evidence from prices in Chinese: one text for each topic, figures first, meaning behind the colon."""

from __future__ import annotations

from graph.models.note.chinese.words import marks, side, swing
from graph.models.note.pen import SPANS, Pen
from graph.models.note.signals import ADX_STRONG, RSI_HIGH, RSI_LOW
from graph.models.note.words import Texts

_ORDERS = {
    "up": "，短均线位于长均线之上：数月以来由买方主导，而非几天的行情。",
    "up_wide": "，短均线位于长均线之上：数月以来由买方主导，即使深度回调也不至于破坏趋势。",
    "up_thin": "，短均线位于长均线之上，但空间很小：一周的下跌就足以动摇趋势。",
    "down_wide": "，短均线位于长均线之下：数月以来由卖方主导，小幅反弹还说明不了什么。",
    "down_thin": "，短均线位于长均线之下，但空间很小：一周的上涨就可能结束跌势。",
    "turning_up": "，但均线尚未形成金叉：这是转势的早期，还不是已确认的趋势。",
    "pullback": "：长期趋势未破，短期在让步。",
    "bounce": "，均线仍呈空头排列：需要买方来证明自己。",
    "breaking": "，均线仍呈多头排列，但价格已不再尊重它。",
    "down": "，短均线位于长均线之下：数月以来由卖方主导，而非几天的行情。",
}


def trend(pen: Pen) -> str:
    """Set the close against its averages, and the strength of the move beside it."""
    averages = pen.known("sma_50", "sma_200")
    gloss = pen.once("日均线", "；日均线是这些天收盘价的平均")
    sides = [f"{side(pen, metric)}{pen.name(metric)}（{pen.say(metric)}" for metric in averages]
    text = f"{pen.symbol}在{pen.on()}收于{pen.say('close')}，{'），'.join(sides)}{gloss}）"
    state = pen.plan.state("trend")
    text += _ORDERS.get(f"{state}_{pen.cushion}", _ORDERS.get(state, "。"))
    if pen.has("adx_14"):
        gloss = pen.once("ADX", "（衡量趋势强弱，不分方向）")
        text += f"ADX(14){gloss}为{pen.say('adx_14')}，" + (
            f"高于强趋势的门槛{ADX_STRONG}：走势有力。"
            if pen.trend_is_strong
            else f"低于强趋势的门槛{ADX_STRONG}：有方向而缺力度。"
        )
    return text + _structure(pen)


def _structure(pen: Pen) -> str:
    """Name the last two swing lows of a rise, or highs of a decline, where highs and lows agree."""
    if not pen.tells_structure:
        return ""
    rising = pen.structure == "rising"
    last, what = ("pivot_low", "高点与低点依次抬高") if rising else ("pivot_high", "高点与低点依次降低")
    prior = f"{last}_prior"
    return (
        f"结构上{what}：{pen.name(last)}为{pen.say(last)}（{pen.on(last)}），"
        f"{pen.name(prior)}为{pen.say(prior)}（{pen.on(prior)}）。"
    )


def returns(pen: Pen) -> str:
    """Give the returns over each period."""
    known = pen.known(*SPANS)
    parts = [f"{pen.name(metric)}为{pen.say(metric)}" for metric in known]
    meaning = {
        "gaining": "各个长度上都强，才会吸引后来的资金。",
        "losing": "各个长度上都弱，说明每次反弹都遭卖出。",
        "turned_up": "跌势结束时总是短周期先改善：这是开端，不是证明。",
        "turned_down": "较长周期仍有盈利，但最近进场的资金在亏损。",
        "mixed": "没有稳定的方向。",
    }[pen.plan.state("returns")]
    if pen.has("relative_1y"):
        parts.append(f"{pen.name('relative_1y')}为{pen.say('relative_1y')}")
    paces = {"faster": "最近三个月的步伐快于全年。", "slower": "最近三个月的步伐明显慢于全年。"}
    return f"截至{pen.on(known[0])}，{pen.symbol}{'，'.join(parts)}：{meaning}{paces.get(pen.pace, '')}"


def momentum(pen: Pen) -> str:
    """Read RSI and, where momentum was asked for, the stochastic."""
    gloss = pen.once("RSI", "（近期涨幅与跌幅之比）")
    text = f"{pen.symbol}在{pen.on('rsi_14')}的RSI(14){gloss}为{pen.say('rsi_14')}，"
    text += {
        "overbought": f"高于{RSI_HIGH}的超买门槛：利好已在价中，由此回调并不少见",
        "oversold": f"低于{RSI_LOW}的超卖门槛：由此反弹常见，反转则不常见",
        "firm": f"低于{RSI_HIGH}的超买门槛：买方占优，力量尚未用尽",
        "soft": f"高于{RSI_LOW}的超卖门槛：卖方占优，力量尚未用尽",
        "neutral": "接近刻度中部：双方都未发力",
    }[pen.plan.state("momentum")]
    if pen.plan.intent == "momentum" and pen.has("stoch_k", "stoch_d"):
        gloss = pen.once("随机指标", "（当前位置在近期区间中的高低）")
        above = pen.exceeds("stoch_k", "stoch_d")
        text += (
            f"。随机指标(14,3,3) %K{gloss}为{pen.say('stoch_k')}，{'高于' if above else '低于'}"
            f"%D的{pen.say('stoch_d')}：最近一波{'在加力' if above else '在减弱'}"
        )
    return text + "。"


def macd(pen: Pen) -> str:
    """Set the MACD line against its signal line."""
    gloss = pen.once("MACD", "（快慢两条均线之差）")
    state = pen.plan.state("macd")
    where = "高于" if pen.exceeds("macd", "macd_signal") else "低于"
    where = "持平于" if state.startswith("level") else where
    meaning = {
        "rising_above": "上行在加速。",
        "falling_above": "仍在上行，但在放慢。",
        "level_above": "上行不再加速，下一步转折见分晓。",
        "level_below": "下行不再加速，下一步转折见分晓。",
        "rising_below": "下行在放慢。",
        "falling_below": "下行在加速。",
    }[state]
    return (
        f"{pen.symbol}在{pen.on('macd')}的MACD(12,26,9)快线{gloss}为{pen.say('macd')}，"
        f"{where}信号线的{pen.say('macd_signal')}：{meaning}"
    )


def range(pen: Pen) -> str:
    """Place the close in the range of the year."""
    text = f"{pen.symbol}在{pen.on()}"
    if pen.sign("from_high_52w") == 0:
        text += "正处于52周最高价"
    else:
        text += f"低于52周最高价{pen.size('from_high_52w')}"
    if pen.has("high_52w"):
        text += f"（高点{pen.say('high_52w')}，{pen.on('high_52w')}）"
    if pen.has("from_low_52w", "low_52w"):
        text += f"，高于52周最低价{pen.size('from_low_52w')}"
        text += f"（低点{pen.say('low_52w')}，{pen.on('low_52w')}）"
    meaning = {
        "near_high": "：套牢者少，上方抛压有限。",
        "upper": "：全年涨幅大体守住，前高是试金石。",
        "middle": "：不少持有者处于亏损，反弹会遇到他们的卖单。",
        "near_low": "：一年内的买方几乎都在亏损，低点是最后一道防线。",
    }
    return text + meaning[pen.plan.state("range")]


def volatility(pen: Pen) -> str:
    """Give the volatility and the usual span of a day."""
    parts = []
    if pen.has("volatility_1y"):
        gloss = pen.once("年化波动率", "（收益分散程度折算到一年）")
        parts.append(f"1年年化波动率{gloss}为{pen.say('volatility_1y')}")
    if pen.has("volatility_20d"):
        parts.append(f"20日年化波动率为{pen.say('volatility_20d')}")
    text = f"截至{pen.on('volatility_1y')}，{pen.symbol}的{'，'.join(parts)}"
    if pen.is_calmer is not None:
        text += "：近期比全年平静" if pen.is_calmer else "：近期比全年动荡"
    if pen.has("atr_14", "atr_pct"):
        gloss = pen.once("ATR", "（一个交易日的平均振幅）")
        text += f"。ATR(14){gloss}为{pen.say('atr_14')}，ATR(14)占收盘价{pen.say('atr_pct')}"
        text += "：止损若小于这一幅度，容易被噪音触发"
    return text + "。"


def drawdown(pen: Pen) -> str:
    """Give the falls that holders had to sit through."""
    parts = []
    if pen.has("drawdown"):
        parts.append(f"较近1年峰值回撤{pen.size('drawdown')}")
    if pen.has("max_drawdown_1y"):
        gloss = pen.once("最大回撤", "（由高点到低点的最深跌幅）")
        parts.append(f"近1年最大回撤{gloss}为{pen.size('max_drawdown_1y')}")
    meaning = {
        "contained": "耐心持有的代价不大。",
        "under_water": "先要弥补亏损，才谈得上盈利。",
        "recovered": "持有者受过考验，也得到了回报。",
        "deep": "能否坐得住，取决于仓位而不是信念。",
    }[pen.plan.state("drawdown")]
    return f"截至{pen.on('close')}，{pen.symbol}{'，'.join(parts)}：{meaning}"


def levels(pen: Pen) -> str:
    """Name the last swing and where the close stands between support and resistance."""
    text = ""
    if pen.has("swing_low", "swing_high"):
        text = f"{pen.symbol}最近一个完整波段由{swing(pen)}。"
    if pen.marks():
        gloss = pen.once("最近支撑位", "（市场曾经转向的价位）")
        text += f"{pen.symbol}在{pen.on()}收于{pen.say('close')}，{marks(pen)}{gloss}"
        text += {
            "on_support": "：买方的风险近在眼前，也说得清楚。",
            "under_resistance": "：此时买入，正好迎着卖方等候的位置。",
            "between": "：位置对双方都没有优势。",
            "open_above": "：收盘价之上，图表没有给出卖出的理由。",
            "open_below": "：收盘价之下，图表没有给出买入的理由。",
            "swing": "。",
        }[pen.plan.state("levels")]
    if pen.has("break_up"):
        broken = f"{pen.name('break_up')}{pen.say('break_up')}（{pen.on('break_up')}）"
        held = pen.above("break_up")
        text += f"{broken}已被越过：守住它是买方的任务。" if held else f"{broken}曾被越过，又已失去。"
    elif pen.has("break_down"):
        broken = f"{pen.name('break_down')}{pen.say('break_down')}（{pen.on('break_down')}）"
        lost = not pen.above("break_down")
        text += f"{broken}已失守：收复它是买方的任务。" if lost else f"{broken}曾失守，又已收复。"
    return text


def volume(pen: Pen) -> str:
    """Set the last session's volume against its average."""
    meaning = {
        "heavy": "参与者众，当日方向有分量。",
        "light": "参与者寡，当日方向说明不了什么。",
        "normal": "当日成交没有特别的信息。",
    }[pen.plan.state("volume")]
    text = (
        f"{pen.symbol}在{pen.on('volume')}的成交量为{pen.say('volume')}，"
        f"20日均量为{pen.say('volume_avg_20')}：{meaning}"
    )
    if pen.plan.intent == "momentum" and pen.has("up_volume_20"):
        text += f"{pen.name('up_volume_20')}为{pen.say('up_volume_20')}。"
    return text


TEXTS: Texts = {
    "trend": trend, "returns": returns, "momentum": momentum, "macd": macd, "range": range,
    "volatility": volatility, "drawdown": drawdown, "levels": levels, "volume": volume,
}  # fmt: skip
