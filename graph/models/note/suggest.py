"""Questions to go on with, chosen by what the data of an answer shows, the most pressing first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graph.models.note.pen import Pen
from graph.models.note.plan import make_plan
from graph.prompting import Briefing

_TEXTS = {
    "en": {
        "overbought": "RSI(14) of {s} is overbought at {x}: how far could a pullback go?",
        "oversold": "RSI(14) of {s} is oversold at {x}: what would show that the selling is over?",
        "rich": "Does the growth of {s} justify a price/earnings {x} above its own median?",
        "cheap": "Why does {s} trade {x} below its own median price/earnings?",
        "valuation": "Is {s} expensive at a price/earnings of {x}?",
        "uneven": "Why did revenue and profit of {s} part ways in {x}?",
        "growth": "How solid are the growth and the margins of {s} after {x}?",
        "deep": "{s} fell {x} within the year: how risky is it now?",
        "risk": "How risky is {s} with an annualised volatility of {x}?",
        "support": "What are the key levels of {s} if it loses support at {x}?",
        "resistance": "What are the key levels of {s} if it clears resistance at {x}?",
        "trend": "Is the momentum of {s} turning, with MACD(12,26,9) below its signal line?",
        "levels": "What are the key levels of {s}?",
        "change": "What would change the view on {s}?",
        "outlook": "Is {s} a buy over the next year?",
    },
    "zh": {
        "overbought": "{s}的RSI(14)已到{x}，处于超买，回调可能到哪里？",
        "oversold": "{s}的RSI(14)已到{x}，处于超卖，什么信号说明抛压结束？",
        "rich": "{s}的增长撑得起比自身市盈率中位数高{x}的估值吗？",
        "cheap": "{s}的估值为什么比自身市盈率中位数低{x}？",
        "valuation": "{s}的市盈率为{x}，估值贵不贵？",
        "uneven": "{s}在{x}的营收与利润为什么走向不一？",
        "growth": "{x}之后，{s}的增长与利润率有多扎实？",
        "deep": "{s}一年内曾跌{x}，现在风险有多大？",
        "risk": "{s}的年化波动率为{x}，风险有多大？",
        "support": "若{s}失守支撑{x}，关键价位在哪里？",
        "resistance": "若{s}突破阻力{x}，关键价位在哪里？",
        "trend": "{s}的MACD(12,26,9)快线低于信号线，动能在转弱吗？",
        "levels": "{s}的关键价位在哪里？",
        "change": "什么会改变对{s}的判断？",
        "outlook": "未来一年{s}值得买入吗？",
    },
}  # fmt: skip


def suggest_questions(briefing: Briefing) -> list[str]:
    """Give up to three questions on what was not asked yet; none without data."""
    known = [symbol for symbol in briefing.symbols if symbol in briefing.facts.entities()]
    if not known:
        return []
    pens = [Pen(make_plan(briefing, symbol)) for symbol in known]
    texts = _TEXTS[briefing.language]
    chosen: dict[str, str] = {}
    for topic, key, value, symbol in _in_turn([_of_one(pen) for pen in pens]):
        if topic != briefing.intent and topic not in chosen:
            chosen[topic] = texts[key].format(s=symbol, x=value)
    return list(chosen.values())[:3]


def _in_turn(sources: list[Iterator[tuple[str, str, str, str]]]) -> Iterator[tuple[str, str, str, str]]:
    """Take one suggestion of each symbol after the other."""
    while sources:
        for source in list(sources):
            found = next(source, None)
            if found is None:
                sources.remove(source)
            else:
                yield found


def _of_one(pen: Pen) -> Iterator[tuple[str, str, str, str]]:
    """Give topic, text, figure and symbol of what the data of one symbol raises, the most telling first."""
    for topic, find in _FINDERS:
        if (found := find(pen)) is not None:
            yield topic, found[0], found[1], pen.symbol


def _valuation(pen: Pen) -> tuple[str, str] | None:
    if pen.has("pe_vs_median"):
        gap = pen.fact("pe_vs_median").value
        if abs(gap) >= 15:
            return ("rich" if gap > 0 else "cheap"), pen.size("pe_vs_median")
    return ("valuation", pen.say("pe")) if pen.has("pe") else None


def _momentum(pen: Pen) -> tuple[str, str] | None:
    state = pen.plan.state("momentum")
    if state in ("overbought", "oversold"):
        return state, pen.say("rsi_14")
    return ("trend", "") if pen.plan.is_rising and pen.plan.state("macd").startswith("falling") else None


def _risk(pen: Pen) -> tuple[str, str] | None:
    if pen.plan.state("drawdown") in ("deep", "recovered", "under_water") and pen.has("max_drawdown_1y"):
        return "deep", pen.size("max_drawdown_1y")
    return ("risk", pen.say("volatility_1y")) if pen.has("volatility_1y") else None


def _levels(pen: Pen) -> tuple[str, str] | None:
    state = pen.plan.state("levels")
    if state in ("on_support", "open_above", "between") and pen.has("support"):
        return "support", pen.say("support")
    if pen.has("resistance"):
        return "resistance", pen.say("resistance")
    return ("levels", "") if pen.has("swing_high", "swing_low") else None


def _fundamentals(pen: Pen) -> tuple[str, str] | None:
    state = pen.plan.state("growth")
    return (("uneven" if state == "uneven" else "growth"), pen.period(pen.telling_growth)) if state else None


_FINDERS: tuple[tuple[str, Callable[[Pen], tuple[str, str] | None]], ...] = (
    ("momentum", _momentum),
    ("valuation", _valuation),
    ("levels", _levels),
    ("fundamentals", _fundamentals),
    ("risk", _risk),
    ("change", lambda pen: ("change", "")),
    ("outlook", lambda pen: ("outlook", "")),
)
