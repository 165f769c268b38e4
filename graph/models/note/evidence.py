"""The evidence on one symbol: a bullet for each topic, a claim in bold and the figures that carry it."""

from __future__ import annotations

from graph.models.note.pen import Pen
from graph.models.note.words import Words


def write_evidence(words: Words, pen: Pen) -> str:
    """Write a bullet for each topic of the plan; the strongest objection is marked as such."""
    return "\n".join(_bullet(words, pen, topic) for topic in pen.plan.topics)


def _bullet(words: Words, pen: Pen, topic: str) -> str:
    head = words.common.CLAIMS[topic, pen.plan.state(topic)]
    if pen.plan.objects(topic):
        head = words.common.OBJECTIONS[pen.plan.rating.direction == "hold"] + head
    return words.common.bullet(head, words.evidence[topic](pen))
