"""English words for the states of signals, and the small words that sentences share."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.pen import Pen
from graph.models.note.signals import FUNDAMENTAL
from graph.report.model import Direction

GAP, SEMICOLON = " ", "; "
OPENING = 48
ON = " on {}"
MAX_WORDS = 590
OBJECTIONS = ("against the call: ", "on the other side: ")
NOUNS = {
    "trend": "trend", "returns": "returns", "momentum": "momentum", "macd": "short-term momentum",
    "range": "the place in the year's range", "volatility": "volatility", "drawdown": "drawdown",
    "growth": "growth", "margins": "margins", "valuation": "valuation", "balance": "the balance sheet",
}  # fmt: skip
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


def fits(text: str) -> bool:
    """Tell whether a note has at most `MAX_WORDS` words."""
    return len(text.split()) <= MAX_WORDS


def claim(pen: Pen, topic: str) -> str:
    """Give what a topic says, as a clause in lower case."""
    return CLAIMS[topic, pen.plan.state(topic)]


def listed(parts: Sequence[str]) -> str:
    """Join parts as a sentence does."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def sentence(clauses: Sequence[str]) -> str:
    """Make one sentence of clauses."""
    return f"{capital(SEMICOLON.join(clauses))}."


def bullet(head: str, text: str) -> str:
    """Make a point with its head in bold."""
    return f"- **{capital(head)}.** {text}"


def side(pen: Pen, metric: str) -> str:
    """Say on which side of a level the close lies."""
    return "above" if pen.above(metric) else "below"


def other_side(pen: Pen, metric: str) -> str:
    """Say on which side of a level the close does not lie."""
    return "below" if pen.above(metric) else "above"


def marks(pen: Pen, *, ceiling: bool = False) -> str:
    """Name the nearest support and resistance; `ceiling` adds the 52-week high in its place."""
    return listed([_mark(pen, metric) for metric in pen.marks(ceiling=ceiling)])


def _mark(pen: Pen, metric: str) -> str:
    if metric == "high_52w":
        return f"the 52-week high of {pen.say(metric)} ({pen.on(metric)}) is the ceiling"
    return f"the {pen.name(metric)} is {pen.say(metric)}"


def swing(pen: Pen) -> str:
    """Name the swing by its ends, each with its date."""
    low, high = (
        f"the {pen.name(end)} of {pen.say(end)} on {pen.on(end)}" for end in ("swing_low", "swing_high")
    )
    return f"{low} to {high}" if pen.view.swing_is_up else f"{high} to {low}"


def key_clause(pen: Pen, topic: str, owner: str | None = None) -> str:
    """Give the one figure that stands for a topic; `owner` "its" where the symbol has been named."""
    whose, who = owner or f"{pen.symbol}'s", "it" if owner else pen.symbol
    if topic == "trend":
        metric = pen.average
        name = f"{side(pen, metric)} its {pen.name(metric)}"
        if pen.has(f"vs_{metric}"):
            return f"{who} stood {pen.size(f'vs_{metric}')} {name} on {pen.on()}"
        return f"{whose} close of {pen.say('close')} on {pen.on()} lay {name}"
    if topic == "range" and pen.plan.state("range") == "near_low" and pen.has("from_low_52w"):
        return f"{who} stood only {pen.size('from_low_52w')} above its 52-week low on {pen.on()}"
    if topic == "range":
        where = "at" if pen.sign("from_high_52w") == 0 else f"{pen.size('from_high_52w')} below"
        return f"{who} stood {where} its 52-week high on {pen.on()}"
    if topic == "macd":
        line, signal = pen.say("macd"), pen.say("macd_signal")
        where = "above" if pen.exceeds("macd", "macd_signal") else "below"
        return (
            f"{whose} MACD(12,26,9) line was {line} on {pen.on('macd')}, {where} its signal line of {signal}"
        )
    metric = pen.key_metric(topic)
    figure = pen.size(metric) if topic == "drawdown" else pen.say(metric)
    if topic == "returns":
        return f"{whose} {pen.name(metric)} to {pen.on(metric)} was {figure}"
    when = "as of" if topic in ("volatility", "drawdown") else "on"
    period = topic in FUNDAMENTAL and topic != "valuation"
    return f"{whose} {pen.name(metric)} was {figure} " + (
        f"in {pen.period(metric)}" if period else f"{when} {pen.on(metric)}"
    )
