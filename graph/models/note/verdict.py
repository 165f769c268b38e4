"""The verdict on one symbol: the answer to what was asked, the call, and what carries and opposes it."""

from __future__ import annotations

from graph.models.note.pen import Pen
from graph.models.note.words import Words
from graph.report.rating import rating_line

#: The topic that must be on the sheet for a kind of question to be answered.
_TOPICS = {"risk": "volatility", "momentum": "momentum", "fundamentals": "growth", "valuation": "valuation"}


def write_verdict(words: Words, pen: Pen, missing: tuple[str, ...] = ()) -> str:
    """Write the rating line, the tie to the earlier turn, the answer, the call, and the evidence for it."""
    plan = pen.plan
    answer = _lead(words, pen)
    sentences = [answer, _call(words, pen)]
    if not (answer and plan.is_settled):
        # The answer to a question's own point has its figures already.
        sentences += ["" if answer else _both_sides(words, pen), _agreement(words, pen)]
    if plan.earlier is not None:
        sentences.insert(0, words.verdict.earlier_verdict(plan.earlier, plan.rating, pen.symbol))
    if missing:
        sentences.append(words.verdict.NOTHING_ABOUT.format(words.common.listed(missing)))
    return f"{rating_line(plan.rating, words.language)}\n\n{words.common.GAP.join(filter(None, sentences))}"


def _lead(words: Words, pen: Pen) -> str:
    """Answer the question's own point first; an outlook is answered by the call itself."""
    intent = pen.plan.intent
    if pen.plan.unanswerable:
        return words.lead.NO_FUNDAMENTALS[intent].format(pen.symbol)
    if intent in _TOPICS and not pen.plan.state(_TOPICS[intent]):
        return words.lead.WITHOUT.get(intent, "").format(pen.symbol)
    answer = words.lead.ANSWERS.get(intent)
    return answer(pen) if answer and (intent != "levels" or pen.has("close")) else ""


def _call(words: Words, pen: Pen) -> str:
    if pen.plan.rating.direction != "abstain":
        return words.verdict.call(pen)
    return "" if pen.plan.unanswerable else words.verdict.TOO_FEW.format(pen.symbol)


def _agreement(words: Words, pen: Pen) -> str:
    """Say which topics agree with the call and which do not: the conviction is as strong as they agree."""
    plan = pen.plan
    if plan.rating.direction == "abstain" or len(plan.bullish) + len(plan.bearish) < 3:
        return ""
    sides = (plan.bullish, plan.bearish)
    return words.verdict.agreement(pen, *(sides if plan.score.value >= 0 else sides[::-1]))


def _both_sides(words: Words, pen: Pen) -> str:
    """Put the strongest figure on each side next to the other, unless the question already led with it."""
    plan = pen.plan
    if plan.rating.direction == "abstain":
        return ""
    led = plan.topics[0] if plan.led and plan.topics else ""
    openings = words.verdict.SIDES[plan.rating.direction == "hold"]
    clauses = [
        opening + words.common.key_clause(pen, signal.topic, words.verdict.OWNER)
        for opening, signal in zip(openings, (plan.best, plan.against), strict=True)
        if signal and signal.topic != led
    ]
    # One day is named once.
    day = words.common.ON.format(pen.on())
    clauses[1:] = [clause.replace(day, "") if day in clauses[0] else clause for clause in clauses[1:]]
    return words.common.sentence(clauses) if clauses else ""
