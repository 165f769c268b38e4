"""Insights and action on one symbol: what follows for whom, and what would overturn it."""

from __future__ import annotations

from graph.models.note.pen import Pen
from graph.models.note.signals import FUNDAMENTAL
from graph.models.note.words import Words


def write_insights(words: Words, pen: Pen) -> str:
    """Write who should do what, the levels to watch and what would change the verdict."""
    titles = words.insights.TITLES
    blocks = {name: _point(words, pen, name) for name in pen.plan.action_order}
    own = _focus(words, pen) if pen.plan.follow_up else ""
    # Without a point of its own, a follow-up repeats at least the one that it is about.
    kept = "" if own else pen.plan.central_action
    told = [
        name for name, text in blocks.items() if name != kept and pen.was_told(text, words.common.OPENING)
    ]
    lines = [own] if own else []
    lines += [words.common.bullet(titles[name], text) for name, text in blocks.items() if name not in told]
    if told:
        lines.append(words.insights.unchanged([titles[name] for name in told]))
    return "\n".join(lines)


def _point(words: Words, pen: Pen, name: str) -> str:
    match name:
        case "holders":
            return words.insights.holders(pen, *_holding(pen))
        case "traders":
            return words.insights.traders(pen, *_trading(pen))
        case "levels":
            return words.insights.levels(pen)
    return _change(words, pen)


def _focus(words: Words, pen: Pen) -> str:
    """Say what follows from the topic of a follow-up; empty when the sheet has nothing on it."""
    known = {
        "risk": pen.has("max_drawdown_1y"),
        "momentum": pen.plan.state("momentum"),
        "fundamentals": pen.has("revenue_growth") or pen.has("operating_margin"),
        "valuation": pen.has("pe") and pen.plan.state("valuation"),
    }.get(pen.plan.intent)
    return words.focus[pen.plan.intent](pen) if known else ""


def _holding(pen: Pen) -> tuple[str, str]:
    """Choose the holders' stance and what the business adds to it."""
    plan = pen.plan
    if plan.rating.direction == "abstain":
        return "abstain", ""
    stance = "build" if plan.rating.direction == "buy" and not plan.is_extended else plan.rating.direction
    if plan.is_priced_for_more:
        return stance, "priced"
    if plan.state("growth") in ("strong", "modest"):
        return stance, "backed"
    return stance, "" if any(plan.state(topic) for topic in FUNDAMENTAL) else "price_only"


def _trading(pen: Pen) -> tuple[str, str]:
    """Choose the traders' tactic and what holds it back."""
    plan = pen.plan
    tactic = ("with_" if pen.trend_is_strong else "drift_") + ("up" if plan.is_rising else "down")
    brake = plan.state("momentum") if plan.state("momentum") in ("overbought", "oversold") else ""
    if not brake and plan.is_rising and plan.state("macd").startswith("falling"):
        brake = "falling"
    return tactic if plan.state("trend") else "wait", brake


def _change(words: Words, pen: Pen) -> str:
    """Say what would change the verdict, or allow one."""
    if pen.plan.unanswerable or pen.plan.rating.direction == "abstain":
        return words.insights.no_rating_yet(pen)
    triggers = [words.insights.trend_trigger(pen)] if pen.average else []
    breaks = ("support",) if pen.plan.rating.direction == "buy" else ("resistance", "high_52w")
    triggers += [words.insights.level_trigger(pen, metric) for metric in pen.known(*breaks)[:1]]
    if state := pen.plan.state("growth"):
        weak = state in ("flat", "shrinking", "uneven")
        triggers.append(words.insights.growth_trigger(pen, weak=weak))
    return words.common.sentence(triggers) if triggers else words.insights.NO_TRIGGER
