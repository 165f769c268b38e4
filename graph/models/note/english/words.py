"""English words for the states of signals, and the small words that sentences share."""

from __future__ import annotations

from graph.models.note.pen import Pen
from graph.report.model import Direction

CLAIMS = {
    ("trend", "up"): "the trend is up",
    ("trend", "turning_up"): "the trend is turning up",
    ("trend", "pullback"): "an uptrend is pausing",
    ("trend", "bounce"): "this is a bounce inside a downtrend",
    ("trend", "breaking"): "the uptrend is breaking",
    ("trend", "down"): "the trend is down",
    ("trend", "above"): "the shorter trend is up",
    ("trend", "below"): "the shorter trend is down",
    ("trend", "mixed"): "there is no clear trend",
    ("returns", "gaining"): "buyers have been paid over every period",
    ("returns", "losing"): "holders have lost over every period",
    ("returns", "turned_up"): "the tide has turned up of late",
    ("returns", "turned_down"): "the latest leg has turned down",
    ("returns", "mixed"): "returns point both ways",
    ("momentum", "overbought"): "momentum is stretched",
    ("momentum", "oversold"): "selling looks exhausted",
    ("momentum", "firm"): "momentum is firm without being stretched",
    ("momentum", "soft"): "momentum is soft",
    ("momentum", "neutral"): "momentum is neutral",
    ("macd", "rising_above"): "short-term momentum is building",
    ("macd", "falling_above"): "short-term momentum is cooling",
    ("macd", "level_above"): "the advance has lost its pace",
    ("macd", "level_below"): "the decline has lost its pace",
    ("macd", "rising_below"): "short-term momentum is mending",
    ("macd", "falling_below"): "short-term momentum is negative",
    ("range", "near_high"): "the price sits near the top of its year",
    ("range", "upper"): "the price is in the upper part of its year",
    ("range", "middle"): "the price is well off its high",
    ("range", "near_low"): "the price sits near the bottom of its year",
    ("volatility", "calm"): "swings are small",
    ("volatility", "normal"): "swings are ordinary for a single stock",
    ("volatility", "high"): "swings are large",
    ("drawdown", "contained"): "setbacks have been contained",
    ("drawdown", "under_water"): "the stock is deep under water",
    ("drawdown", "recovered"): "a deep fall has largely been made good",
    ("drawdown", "deep"): "the year held a deep fall",
    ("growth", "strong"): "growth is strong",
    ("growth", "modest"): "growth is modest",
    ("growth", "flat"): "the business has stopped growing",
    ("growth", "shrinking"): "the business is shrinking",
    ("growth", "uneven"): "sales and profit went different ways",
    ("margins", "widening"): "margins are widening",
    ("margins", "narrowing"): "margins are narrowing",
    ("margins", "stable"): "margins are steady",
    ("margins", "level"): "the margin shows the quality of the business",
    ("valuation", "demanding"): "the valuation is demanding",
    ("valuation", "full"): "the valuation is full",
    ("valuation", "fair"): "the valuation is fair",
    ("valuation", "modest"): "the valuation is modest",
    ("balance", "net_cash"): "the balance sheet holds more cash than debt",
    ("balance", "covered"): "debt is small against the cash the business makes",
    ("balance", "levered"): "debt outweighs a year of free cash",
    ("balance", "generating"): "the business turns profit into cash",
    ("balance", "burning"): "the business burns cash",
    ("levels", "on_support"): "the price leans on support",
    ("levels", "under_resistance"): "the price is up against resistance",
    ("levels", "between"): "the price stands between support and resistance",
    ("levels", "open_above"): "no turning point of the past stands overhead",
    ("levels", "open_below"): "no turning point of the past stands beneath",
    ("levels", "swing"): "one swing frames the price",
    ("volume", "heavy"): "turnover is heavy",
    ("volume", "light"): "turnover is thin",
    ("volume", "normal"): "turnover is ordinary",
}
CALLS: dict[Direction, str] = {"buy": "a buy", "hold": "a hold", "sell": "a sell", "abstain": "not rated"}
SPANS = {"return_1m": "1-month", "return_3m": "3-month", "return_6m": "6-month", "return_1y": "1-year"}
GROWTHS = {
    "revenue_growth": "revenue growth",
    "eps_growth": "diluted EPS growth",
    "net_income_growth": "net income growth",
}


def claim(pen: Pen, topic: str) -> str:
    """Give what a topic says, as a clause in lower case."""
    return CLAIMS[topic, pen.plan.state(topic)]


def listed(parts: list[str]) -> str:
    """Join parts as a sentence does."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def side(pen: Pen, metric: str) -> str:
    """Say on which side of a level the close lies."""
    return "above" if pen.above(metric) else "below"


def marks(pen: Pen, *, ceiling: bool = False) -> list[str]:
    """Name the nearest support and resistance; `ceiling` adds the 52-week high in its place."""
    found = [f"the nearest {name} is {pen.say(name)}" for name in ("support", "resistance") if pen.has(name)]
    if ceiling and found and not pen.has("resistance") and pen.has("high_52w"):
        found.append(f"the 52-week high of {pen.say('high_52w')} ({pen.on('high_52w')}) is the ceiling")
    return found


def swing(pen: Pen) -> str:
    """Name the swing by its ends, each with its date."""
    low = f"the swing low of {pen.say('swing_low')} on {pen.on('swing_low')}"
    high = f"the swing high of {pen.say('swing_high')} on {pen.on('swing_high')}"
    return f"{low} to {high}" if pen.view.swing_is_up else f"{high} to {low}"


def key_clause(pen: Pen, topic: str, owner: str = "") -> str:
    """Give the one figure that stands for a topic; `owner` "its" where the symbol has been named."""
    whose = owner or f"{pen.symbol}'s"
    if topic == "trend" and pen.has(f"vs_{pen.average}"):
        metric = pen.average
        share, name = pen.size(f"vs_{metric}"), f"its {metric[4:]}-day moving average"
        return f"{'it' if owner else pen.symbol} stood {share} {side(pen, metric)} {name} on {pen.on()}"
    if topic == "trend":
        close = f"{whose} close of {pen.say('close')} on {pen.on()}"
        return f"{close} lay {side(pen, pen.average)} its {pen.average[4:]}-day moving average"
    if topic == "range":
        where = "at" if pen.sign("from_high_52w") == 0 else f"{pen.size('from_high_52w')} below"
        return f"{'it' if owner else pen.symbol} stood {where} its 52-week high on {pen.on()}"
    if topic == "macd":
        line, signal = pen.say("macd"), pen.say("macd_signal")
        where = "above" if pen.fact("macd").value >= pen.fact("macd_signal").value else "below"
        return (
            f"{whose} MACD(12,26,9) line was {line} on {pen.on('macd')}, {where} its signal line of {signal}"
        )
    metric, name, when = _key(pen, topic)
    figure = pen.size(metric) if topic == "drawdown" else pen.say(metric)
    if topic == "returns":
        return f"{whose} {name} {when} was {figure}"
    return f"{whose} {name} was {figure} {when}"


def _key(pen: Pen, topic: str) -> tuple[str, str, str]:
    """Choose a topic's key metric, its name and how its date is said."""
    if topic == "returns":
        spans = list(SPANS) if pen.plan.state("returns").startswith("turned") else list(reversed(SPANS))
        metric = next(name for name in spans if pen.has(name))
        return metric, f"{SPANS[metric]} return", f"to {pen.on(metric)}"
    if topic == "volatility":
        metric = "volatility_1y" if pen.has("volatility_1y") else "volatility_20d"
        span = "1-year" if metric == "volatility_1y" else "20-day"
        return metric, f"{span} annualised volatility", f"as of {pen.on(metric)}"
    if topic == "drawdown":
        if pen.plan.state("drawdown") == "under_water" or not pen.has("max_drawdown_1y"):
            return "drawdown", "drawdown from the 1-year peak", f"as of {pen.on('drawdown')}"
        return "max_drawdown_1y", "maximum drawdown over 1 year", f"as of {pen.on('max_drawdown_1y')}"
    if topic == "growth":
        metric = pen.telling_growth
        return metric, GROWTHS[metric], f"in {pen.period(metric)}"
    if topic == "margins":
        metric = "operating_margin" if pen.has("operating_margin") else "net_margin"
        return metric, metric.replace("_", " "), f"in {pen.period(metric)}"
    metric, name = {
        "momentum": ("rsi_14", "RSI(14)"),
        "valuation": ("pe", "price/earnings"),
        "balance": ("free_cash_flow", "free cash flow"),
    }[topic]
    return metric, name, f"in {pen.period(metric)}" if topic == "balance" else f"on {pen.on(metric)}"
