"""Chinese words for the states of signals, and the small words that sentences share."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.pen import Pen
from graph.models.note.signals import FUNDAMENTAL
from graph.report.model import Conviction, Direction

GAP, SEMICOLON = "", "；"
OPENING = 20
ON = "在{}"
MAX_CHARACTERS = 1500
OBJECTIONS = ("反面证据：", "另一面：")
NOUNS = {
    "trend": "趋势", "returns": "涨跌幅", "momentum": "动能", "macd": "短线动能", "range": "区间位置",
    "volatility": "波动", "drawdown": "回撤", "growth": "增长", "margins": "利润率", "valuation": "估值",
    "balance": "资产负债",
}  # fmt: skip
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
CONVICTIONS: dict[Conviction | None, str] = {None: "", "low": "低", "medium": "中", "high": "高"}


def fits(text: str) -> bool:
    """Tell whether a note has at most `MAX_CHARACTERS` characters."""
    return len(text) <= MAX_CHARACTERS


def claim(pen: Pen, topic: str) -> str:
    """Give what a topic says, as a clause."""
    return CLAIMS[topic, pen.plan.state(topic)]


def listed(parts: Sequence[str]) -> str:
    """Join names or parts as a sentence does."""
    return parts[0] if len(parts) == 1 else f"{'、'.join(parts[:-1])}和{parts[-1]}"


def sentence(clauses: Sequence[str]) -> str:
    """Make one sentence of clauses."""
    return f"{SEMICOLON.join(clauses)}。"


def bullet(head: str, text: str) -> str:
    """Make a point with its head in bold."""
    return f"- **{head}。** {text}"


def side(pen: Pen, metric: str) -> str:
    """Say on which side of a level the close lies."""
    return "高于" if pen.above(metric) else "低于"


def other_side(pen: Pen) -> str:
    """Name a run of closes on the other side of the longest average, whose value stands behind it."""
    metric = pen.average
    other = "低于" if pen.above(metric) else "高于"
    return f"连续收盘{other}{pen.name(metric)}（{pen.on(metric)}为{pen.say(metric)}）"


def marks(pen: Pen, *, ceiling: bool = False) -> str:
    """Name the nearest support and resistance; `ceiling` adds the 52-week high in its place."""
    return "，".join(_mark(pen, metric) for metric in pen.marks(ceiling=ceiling))


def _mark(pen: Pen, metric: str) -> str:
    if metric == "high_52w":
        return f"上方关口是52周最高价{pen.say(metric)}（{pen.on(metric)}）"
    return f"{pen.name(metric)}为{pen.say(metric)}"


def swing(pen: Pen) -> str:
    """Name the swing by its ends, each with its date."""
    low, high = (f"{pen.on(end)}的{pen.name(end)}{pen.say(end)}" for end in ("swing_low", "swing_high"))
    return f"{low}至{high}" if pen.view.swing_is_up else f"{high}至{low}"


def key_clause(pen: Pen, topic: str, owner: str | None = None) -> str:
    """Give the one figure that stands for a topic, as a clause about `owner`, else about the symbol."""
    who = pen.symbol if owner is None else owner
    if topic == "trend":
        name = side(pen, pen.average) + pen.name(pen.average)
        if pen.has(f"vs_{pen.average}"):
            return f"{who}在{pen.on()}{name}{pen.size(f'vs_{pen.average}')}"
        return f"{who}在{pen.on()}收于{pen.say('close')}，{name}"
    if topic == "range" and pen.plan.state("range") == "near_low" and pen.has("from_low_52w"):
        return f"{who}在{pen.on()}仅高于52周最低价{pen.size('from_low_52w')}"
    if topic == "range":
        if pen.sign("from_high_52w") == 0:
            return f"{who}在{pen.on()}正处于52周最高价"
        return f"{who}在{pen.on()}低于52周最高价{pen.size('from_high_52w')}"
    if topic == "macd":
        where = "高于" if pen.exceeds("macd", "macd_signal") else "低于"
        line = f"{who}在{pen.on('macd')}的MACD(12,26,9)快线为{pen.say('macd')}"
        return f"{line}，{where}信号线的{pen.say('macd_signal')}"
    metric = pen.key_metric(topic)
    figure = pen.size(metric) if topic == "drawdown" else pen.say(metric)
    when = f"{'截至' if topic in ('returns', 'volatility', 'drawdown') else '在'}{pen.on(metric)}"
    if topic in FUNDAMENTAL and topic != "valuation":
        when = pen.period(metric)
    return f"{who}{when}的{pen.name(metric)}为{figure}"
