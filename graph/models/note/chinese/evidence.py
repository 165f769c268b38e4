"""The evidence in Chinese: one bullet for each topic, a claim in bold and the figures that carry it."""

from __future__ import annotations

from collections.abc import Callable

from graph.models.note.chinese import business, price
from graph.models.note.chinese.words import claim
from graph.models.note.pen import Pen

_TEXTS: dict[str, Callable[[Pen], str]] = {
    "trend": price.trend, "returns": price.returns, "momentum": price.momentum, "macd": price.macd,
    "range": price.range, "volatility": price.volatility, "drawdown": price.drawdown, "levels": price.levels,
    "volume": price.volume, "growth": business.growth, "margins": business.margins,
    "valuation": business.valuation, "balance": business.balance,
}  # fmt: skip


def evidence(pen: Pen) -> str:
    """Write a bullet for each topic of the plan; the strongest objection is marked as such."""
    return "\n".join(_bullet(pen, topic) for topic in pen.plan.topics)


def _bullet(pen: Pen, topic: str) -> str:
    head = claim(pen, topic)
    if pen.plan.objects(topic):
        head = f"{'另一面' if pen.plan.rating.direction == 'hold' else '反面证据'}：{head}"
    return f"- **{head}。** {_TEXTS[topic](pen)}"
