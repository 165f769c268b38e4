"""The verdict in English: the answer to what was asked, the call, and what carries and opposes it."""

from __future__ import annotations

from graph.models.note.earlier import Earlier, direction_change
from graph.models.note.english.lead import lead
from graph.models.note.english.words import CALLS, capital, claim, key_clause, listed
from graph.models.note.pen import Pen
from graph.report.model import Rating
from graph.report.rating import rating_line


def verdict(pen: Pen, missing: tuple[str, ...] = ()) -> str:
    """Write the rating line, the tie to the earlier turn, the answer, the call, and the evidence for it."""
    plan = pen.plan
    answer = lead(pen)
    sentences = [answer, call(pen)]
    if not (answer and plan.is_settled):
        sentences.append(_both_sides(pen))
    if plan.earlier is not None:
        sentences.insert(0, earlier_sentence(plan.earlier, plan.rating, pen.symbol))
    if missing:
        sentences.append(
            f"Nothing can be said about {listed(list(missing))}: the sheet holds no facts on it."
        )
    return f"{rating_line(plan.rating, 'en')}\n\n{' '.join(part for part in sentences if part)}"


def call(pen: Pen) -> str:
    """State the direction over the horizon, with the reason and the objection in words."""
    plan = pen.plan
    if plan.rating.direction == "abstain":
        if plan.unanswerable:
            return ""
        return f"The facts on {pen.symbol} are too few for a rating: they show a price, not a case."
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


def _both_sides(pen: Pen) -> str:
    """Put the strongest figure on each side next to the other, unless the question already led with it."""
    plan = pen.plan
    led = plan.topics[0] if plan.led and plan.topics else ""
    if plan.rating.direction == "abstain":
        return ""
    parts = []
    held = plan.rating.direction == "hold"
    if plan.best and plan.best.topic != led:
        opening = "on one side" if held else "the strongest evidence is that"
        parts.append(f"{opening} {key_clause(pen, plan.best.topic)}")
    if plan.against and plan.against.topic != led:
        opening = "on the other" if held else "the strongest objection is that"
        parts.append(f"{opening} {key_clause(pen, plan.against.topic)}")
    return f"{capital('; '.join(parts))}." if parts else ""


def earlier_sentence(earlier: Earlier, now: Rating, symbol: str) -> str:
    """Say what this session's earlier verdict was and what this answer does to it."""
    was = CALLS[earlier.rating.direction]
    if earlier.rating.conviction:
        was += f" with {earlier.rating.conviction} conviction"
    if not earlier.same:
        about = f" on {earlier.symbol}" if earlier.symbol else " on another question"
        return (
            f"The earlier verdict in this session was {was}{about}; "
            f"this answer is about {symbol} and leaves it as it stands."
        )
    text = f"The earlier verdict in this session on {earlier.symbol} was {was}; "
    change = direction_change(earlier.rating.direction, now.direction)
    if now.direction == "abstain":
        return text + "the data for this question cannot test it, so it neither gains nor loses support here."
    if change:
        word = "better" if change > 0 else "weaker"
        return text + f"seen through this question the call is {word}, and this answer refines it."
    if earlier.rating.conviction != now.conviction:
        return text + f"this answer keeps the direction and refines the conviction to {now.conviction}."
    return text + "this answer confirms it."
