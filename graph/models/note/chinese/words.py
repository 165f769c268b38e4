"""Chinese words for the states of signals, and the small words that sentences share."""

from __future__ import annotations

from graph.models.note.pen import Pen
from graph.report.model import Conviction, Direction

CLAIMS = {
    ("trend", "up"): "趋势向上",
    ("trend", "turning_up"): "趋势正在转强",
    ("trend", "pullback"): "上升趋势中的回调",
    ("trend", "bounce"): "下降趋势中的反弹",
    ("trend", "breaking"): "上升趋势正在破位",
    ("trend", "down"): "趋势向下",
    ("trend", "above"): "短期趋势向上",
    ("trend", "below"): "短期趋势向下",
    ("trend", "mixed"): "趋势不明朗",
    ("returns", "gaining"): "各个周期的买方均有盈利",
    ("returns", "losing"): "各个周期的持有者均有亏损",
    ("returns", "turned_up"): "近期表现由弱转强",
    ("returns", "turned_down"): "近期表现由强转弱",
    ("returns", "mixed"): "各周期表现不一",
    ("momentum", "overbought"): "动能过热",
    ("momentum", "oversold"): "抛压接近衰竭",
    ("momentum", "firm"): "动能偏强而未过热",
    ("momentum", "soft"): "动能偏弱",
    ("momentum", "neutral"): "动能中性",
    ("macd", "rising_above"): "短线动能正在增强",
    ("macd", "falling_above"): "短线动能正在降温",
    ("macd", "level_above"): "上行不再加速",
    ("macd", "level_below"): "下行不再加速",
    ("macd", "rising_below"): "短线动能正在修复",
    ("macd", "falling_below"): "短线动能为负",
    ("range", "near_high"): "股价处于全年区间顶部",
    ("range", "upper"): "股价处于全年区间上部",
    ("range", "middle"): "股价距高点已远",
    ("range", "near_low"): "股价处于全年区间底部",
    ("volatility", "calm"): "波动较小",
    ("volatility", "normal"): "波动属个股常态",
    ("volatility", "high"): "波动较大",
    ("drawdown", "contained"): "回撤可控",
    ("drawdown", "under_water"): "股价仍深陷回撤",
    ("drawdown", "recovered"): "深跌已大致收复",
    ("drawdown", "deep"): "一年内曾有深跌",
    ("growth", "strong"): "增长强劲",
    ("growth", "modest"): "增长温和",
    ("growth", "flat"): "业务停止增长",
    ("growth", "shrinking"): "业务在收缩",
    ("growth", "uneven"): "收入与盈利走向不一",
    ("margins", "widening"): "利润率在扩张",
    ("margins", "narrowing"): "利润率在收窄",
    ("margins", "stable"): "利润率稳定",
    ("margins", "level"): "利润率反映业务质量",
    ("valuation", "demanding"): "估值苛刻",
    ("valuation", "full"): "估值偏高",
    ("valuation", "fair"): "估值合理",
    ("valuation", "modest"): "估值偏低",
    ("balance", "net_cash"): "现金多于债务",
    ("balance", "covered"): "债务相对造血能力不大",
    ("balance", "levered"): "债务高于一年的自由现金",
    ("balance", "generating"): "盈利能够转化为现金",
    ("balance", "burning"): "业务仍在消耗现金",
    ("levels", "on_support"): "股价贴近支撑",
    ("levels", "under_resistance"): "股价逼近阻力",
    ("levels", "between"): "股价居于支撑与阻力之间",
    ("levels", "open_above"): "上方没有历史转折点",
    ("levels", "open_below"): "下方没有历史转折点",
    ("levels", "swing"): "股价处于一个波段之内",
    ("volume", "heavy"): "成交放大",
    ("volume", "light"): "成交清淡",
    ("volume", "normal"): "成交平平",
}

CALLS: dict[Direction, str] = {"buy": "买入", "hold": "持有", "sell": "卖出", "abstain": "不予评级"}
CONVICTIONS: dict[Conviction, str] = {"low": "低", "medium": "中", "high": "高"}
SPANS = {"return_1m": "近1个月", "return_3m": "近3个月", "return_6m": "近6个月", "return_1y": "近1年"}
GROWTHS = {
    "revenue_growth": "营收同比增长",
    "eps_growth": "每股收益同比增长",
    "net_income_growth": "净利润同比增长",
}


def claim(pen: Pen, topic: str) -> str:
    """Give what a topic says, as a clause."""
    return CLAIMS[topic, pen.plan.state(topic)]


def listed(parts: list[str]) -> str:
    """Join names or parts as a sentence does."""
    return parts[0] if len(parts) == 1 else f"{'、'.join(parts[:-1])}和{parts[-1]}"


def side(pen: Pen, metric: str) -> str:
    """Say on which side of a level the close lies."""
    return "高于" if pen.above(metric) else "低于"


def average_name(metric: str) -> str:
    """Name a moving average."""
    return f"{metric[4:]}日均线"


def marks(pen: Pen, *, ceiling: bool = False) -> list[str]:
    """Name the nearest support and resistance; `ceiling` adds the 52-week high in its place."""
    names = (("support", "最近支撑位"), ("resistance", "最近阻力位"))
    found = [f"{name}为{pen.say(metric)}" for metric, name in names if pen.has(metric)]
    if ceiling and found and not pen.has("resistance") and pen.has("high_52w"):
        found.append(f"上方关口是52周最高价{pen.say('high_52w')}（{pen.on('high_52w')}）")
    return found


def swing(pen: Pen) -> str:
    """Name the swing by its ends, each with its date."""
    low = f"{pen.on('swing_low')}的波段低点{pen.say('swing_low')}"
    high = f"{pen.on('swing_high')}的波段高点{pen.say('swing_high')}"
    return f"{low}至{high}" if pen.view.swing_is_up else f"{high}至{low}"


def key_clause(pen: Pen, topic: str, owner: str | None = None) -> str:
    """Give the one figure that stands for a topic, as a clause about `owner`, else about the symbol."""
    who = pen.symbol if owner is None else owner
    if topic == "trend":
        metric = pen.average
        name = average_name(metric)
        if pen.has(f"vs_{metric}"):
            return f"{who}在{pen.on()}{side(pen, metric)}{name}{pen.size(f'vs_{metric}')}"
        return f"{who}在{pen.on()}收于{pen.say('close')}，{side(pen, metric)}{name}"
    if topic == "range":
        if pen.sign("from_high_52w") == 0:
            return f"{who}在{pen.on()}正处于52周最高价"
        return f"{who}在{pen.on()}低于52周最高价{pen.size('from_high_52w')}"
    if topic == "macd":
        where = "高于" if pen.fact("macd").value >= pen.fact("macd_signal").value else "低于"
        line = f"{who}在{pen.on('macd')}的MACD(12,26,9)快线为{pen.say('macd')}"
        return f"{line}，{where}信号线的{pen.say('macd_signal')}"
    metric, name, when = _key(pen, topic)
    figure = pen.size(metric) if topic == "drawdown" else pen.say(metric)
    return f"{who}{when}的{name}为{figure}"


def _key(pen: Pen, topic: str) -> tuple[str, str, str]:
    """Choose a topic's key metric, its name and how its date is said."""
    if topic == "returns":
        spans = list(SPANS) if pen.plan.state("returns").startswith("turned") else list(reversed(SPANS))
        metric = next(name for name in spans if pen.has(name))
        return metric, f"{SPANS[metric]}涨跌幅", f"截至{pen.on(metric)}"
    if topic == "volatility":
        metric = "volatility_1y" if pen.has("volatility_1y") else "volatility_20d"
        return (
            metric,
            "1年年化波动率" if metric == "volatility_1y" else "20日年化波动率",
            f"截至{pen.on(metric)}",
        )
    if topic == "drawdown":
        if pen.plan.state("drawdown") == "under_water" or not pen.has("max_drawdown_1y"):
            return "drawdown", "较近1年峰值回撤", f"截至{pen.on('drawdown')}"
        return "max_drawdown_1y", "近1年最大回撤", f"截至{pen.on('max_drawdown_1y')}"
    if topic == "growth":
        metric = pen.telling_growth
        return metric, GROWTHS[metric], pen.period(metric)
    if topic == "margins":
        metric = "operating_margin" if pen.has("operating_margin") else "net_margin"
        return metric, "营业利润率" if metric == "operating_margin" else "净利率", pen.period(metric)
    metric, name = {
        "momentum": ("rsi_14", "RSI(14)"),
        "valuation": ("pe", "市盈率"),
        "balance": ("free_cash_flow", "自由现金流"),
    }[topic]
    return metric, name, pen.period(metric) if topic == "balance" else f"在{pen.on(metric)}"
