"""The verdict in English: the call, and what it does to an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.earlier import Earlier
from graph.models.note.english.words import CALLS, NOUNS, capital, claim, listed
from graph.models.note.pen import Pen
from graph.report.model import Rating

SIDES = (("", "against that, "), ("on one side ", "on the other "))
OWNER: str | None = "its"
TOO_FEW = "The facts on {} are too few for a rating: they show a price, not a case."
NOTHING_ABOUT = "Nothing can be said about {}: the sheet holds no facts on it."


def call(pen: Pen) -> str:
    """State the direction over the horizon, with the reason and the objection in words."""
    plan = pen.plan
    text = f"{pen.symbol} is {CALLS[plan.rating.direction]} over {plan.rating.horizon}"
    if plan.best is None:
        return f"{text}: the signals cancel each other out."
    best = claim(pen, plan.best.topic)
    if plan.against is None:
        return f"{text}: {best}, and no other topic on the sheet points the other way."
    against = claim(pen, plan.against.topic)
    if plan.rating.direction == "hold":
        return f"{text}: {best}, but {against}, and neither side has enough for a call."
    return f"{text}: {best}, and that outweighs the objection that {against}."


def agreement(pen: Pen, agree: Sequence[str], differ: Sequence[str]) -> str:
    """Say which topics stand on which side, and that the conviction follows from it."""
    side = "for the upside" if pen.plan.score.value >= 0 else "for the downside"
    if pen.plan.rating.direction != "hold":
        side = "with the call"
    text = capital(f"{listed([NOUNS[topic] for topic in agree])} {'is' if len(agree) == 1 else 'are'} {side}")
    if not differ and pen.plan.rating.conviction == "low":
        return f"{text}, but the sheet knows too little for more than low conviction."
    if not differ:
        return f"{text}, and nothing weighs against it: conviction is {pen.plan.rating.conviction}."
    against = f"{listed([NOUNS[topic] for topic in differ])} {'is' if len(differ) == 1 else 'are'} not"
    return f"{text}, {against}: hence {pen.plan.rating.conviction} conviction."


def earlier_verdict(earlier: Earlier, now: Rating, symbol: str) -> str:
    """Say what this session's earlier verdict was and what this answer does to it."""
    was = CALLS[earlier.rating.direction]
    if earlier.rating.conviction:
        was += f" with {earlier.rating.conviction} conviction"
    effect = earlier.effect(now)
    if effect == "none":
        about = f" on {earlier.symbol}" if earlier.symbol else " on another question"
        return (
            f"The earlier verdict in this session was {was}{about}; "
            f"this answer is about {symbol} and leaves it as it stands."
        )
    what = {
        "untested": "the data for this question cannot test it, so it neither gains nor loses support here",
        "better": "seen through this question the call is better, and this answer refines it",
        "weaker": "seen through this question the call is weaker, and this answer refines it",
        "refined": f"this answer keeps the direction and refines the conviction to {now.conviction}",
        "confirmed": "this answer confirms it",
    }[effect]
    return f"The earlier verdict in this session on {earlier.symbol} was {was}; {what}."
