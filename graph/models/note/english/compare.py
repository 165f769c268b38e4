"""A comparison in English: who is stronger and why, a table, and what follows for each symbol."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.english.words import (
    CALLS,
    NOUNS,
    bullet,
    claim,
    key_clause,
    listed,
    marks,
    other_side,
)
from graph.models.note.pen import Pen

METRIC, AS_OF, NO_VALUE, PERIOD = "Metric", "As of", "n/a", " ({})"
AHEAD, LEVEL = ": {} ahead", ": level"
ANSWERS = {
    "risk": "On risk, {0} is the steadier and {1} the riskier: {2}.",
    "momentum": "On momentum, {0} is ahead and {1} behind: {2}.",
    "fundamentals": "On the business, {0} grows faster than {1}: {2}.",
    "valuation": "On valuation, {0} is the cheaper and {1} the dearer: {2}.",
}
NOT_COMPARABLE = {
    "risk": "The sheet holds no volatility of {}, so risk can only be compared by trend and drawdown.",
    "momentum": "The sheet holds no RSI(14) of {}, so momentum can only be compared by returns.",
    "fundamentals": "The sheet holds no fundamentals of {}, so the businesses cannot be compared: what "
    "follows compares prices.",
    "valuation": "The sheet holds no multiple of {}, so the valuations cannot be compared: what follows "
    "compares prices.",
}
NO_REASON = "it leads by a little on most topics"
TIED = (
    "{0} and {1} are level on the topics that both have; the rating stands for {0}, "
    "by a margin too thin to act on."
)
NO_RATING = "No rating is given: the question needs fundamentals, and {} has none here."
TOO_THIN = "Nothing can be said about {}, for which the sheet is too thin."
TOPICS = {
    "trend": "Trend", "returns": "Returns", "momentum": "Momentum", "macd": "Short-term momentum",
    "range": "Place in the year's range", "volatility": "Volatility", "drawdown": "Drawdown",
    "growth": "Growth", "margins": "Margins", "valuation": "Valuation", "balance": "Balance sheet",
}  # fmt: skip


def stronger(best: Pen, rivals: str, reason: str) -> list[str]:
    """Say in two sentences which symbol is stronger, why, and what the rating stands for."""
    return [
        f"{best.symbol} is the stronger next to {rivals}: {reason}.",
        f"The rating stands for {best.symbol}, {CALLS[best.plan.rating.direction]} on its own signals.",
    ]


def different_days(ends: Sequence[tuple[str, str]]) -> str:
    """Say which symbol's data end on which day."""
    days = listed([f"{symbol} on {day}" for symbol, day in ends])
    return (
        f"The data end on different days, {days}: each is judged by its own condition, "
        "and no price is set against another."
    )


def judged(pen: Pen, topic: str) -> str:
    """Give what a topic says of one symbol, and its figure."""
    return f"for {pen.symbol} {claim(pen, topic)}: {key_clause(pen, topic, 'its')}"


def called(pen: Pen) -> str:
    """Name a symbol with its direction and conviction."""
    rating = pen.plan.rating
    conviction = f", {rating.conviction} conviction" if rating.conviction else ""
    return f"{pen.symbol} ({rating.direction}{conviction})"


def advice(pen: Pen) -> str:
    """Say what to do with one symbol and what would change it."""
    text = {
        "buy": "Holders stay and add on weakness; traders work from the long side",
        "hold": "Holders keep what they own; traders wait for the side that gives way",
        "sell": "Holders reduce into strength; traders treat rallies as suspect",
        "abstain": "No action follows from so little data",
    }[pen.plan.rating.direction]
    for topics, opening in ((pen.plan.bullish, "carried by"), (pen.plan.bearish, "held back by")):
        if topics and pen.plan.rating.direction != "abstain":
            text += f"{'; it is ' if opening == 'carried by' else ', '}{opening} " + listed(
                [NOUNS[topic] for topic in topics[:2]]
            )
    if pen.marks():
        text += f". For {pen.symbol} on {pen.on()} {marks(pen)}"
    if metric := pen.average:
        text += (
            f". Closes {other_side(pen, metric)} {pen.symbol}'s {pen.name(metric)}, {pen.say(metric)} on "
            f"{pen.on(metric)}, would change this"
        )
    return text + "."


def together(pen: Pen, other: str, bond: str) -> str:
    """Say what owning both does, by how closely they move."""
    meaning = {
        "loose": "owning both spreads risk",
        "partial": "owning both spreads some of the risk",
        "close": "owning both is nearly the same bet twice",
    }[bond]
    return bullet(
        "Owning both",
        f"Set against {other}: {pen.symbol}'s {pen.name('correlation_1y')} was {pen.say('correlation_1y')} "
        f"on {pen.on('correlation_1y')}, so {meaning}.",
    )


def choosing(best: str, last: str, *, both_buy: bool) -> str:
    """Make the point that the better evidence is on the first."""
    rest = (
        f"{last} is a buy as well: the order is one of degree."
        if both_buy
        else f"Whoever prefers {last} needs a reason that is not on this sheet."
    )
    return bullet("Choosing between them", f"The better evidence is on {best}. {rest}")
