"""How a verdict in English opens: with the answer to the question's own point."""

from __future__ import annotations

from graph.models.note.english.words import SPANS, claim, key_clause, listed, marks, side
from graph.models.note.pen import Pen


def lead(pen: Pen) -> str:
    """Answer the question's own point first; an outlook is answered by the call itself."""
    writer = {
        "levels": _levels, "risk": _risk, "momentum": _momentum,
        "fundamentals": _fundamentals, "valuation": _valuation, "change": _change,
    }.get(pen.plan.intent)  # fmt: skip
    return writer(pen) if writer else ""


def _levels(pen: Pen) -> str:
    if not pen.has("close"):
        return ""
    found = marks(pen, ceiling=True)
    if not found:
        return f"{pen.symbol} closed at {pen.say('close')} on {pen.on()}; the sheet holds no level around it."
    return f"For {pen.symbol}, which closed at {pen.say('close')} on {pen.on()}, {listed(found)}."


def _risk(pen: Pen) -> str:
    state = pen.plan.state("volatility")
    if not state:
        return (
            f"The sheet holds no volatility for {pen.symbol}, so its risk can only be read from its levels."
        )
    words = {"calm": "smaller than", "normal": "that of", "high": "well above that of"}
    text = f"The price risk of {pen.symbol} is {words[state]} a typical stock: "
    text += key_clause(pen, "volatility", "its")
    return text + (f", and {key_clause(pen, 'drawdown', 'its')}." if pen.plan.state("drawdown") else ".")


def _momentum(pen: Pen) -> str:
    if not pen.plan.state("momentum"):
        return (
            f"The sheet holds no RSI(14) for {pen.symbol}, so its momentum can only be read from its returns."
        )
    text = f"For {pen.symbol} {claim(pen, 'momentum')}: {key_clause(pen, 'momentum', 'its')}"
    return text + (f", while {claim(pen, 'macd')}." if pen.plan.state("macd") else ".")


def _fundamentals(pen: Pen) -> str:
    if not pen.plan.state("growth"):
        return "" if not pen.plan.unanswerable else _no_fundamentals(pen, "business")
    text = f"For {pen.symbol} {claim(pen, 'growth')}"
    if pen.plan.state("margins"):
        text += f" while {claim(pen, 'margins')}"
    return f"{text}: {key_clause(pen, 'growth', 'its')}."


def _valuation(pen: Pen) -> str:
    if not pen.plan.state("valuation"):
        return _no_fundamentals(pen, "valuation")
    text = f"For {pen.symbol} {claim(pen, 'valuation')}: {key_clause(pen, 'valuation', 'its')}"
    return text + (f", and {key_clause(pen, 'growth', 'its')}." if pen.plan.state("growth") else ".")


def _no_fundamentals(pen: Pen, about: str) -> str:
    if not pen.plan.unanswerable:
        return (
            f"The sheet holds no multiple for {pen.symbol}, so only the business can speak for its {about}."
        )
    return (
        f"The fact sheet holds no fundamentals for {pen.symbol}: a question about its {about} cannot be "
        "answered from data, and a rating on price alone would answer another question. What follows is what "
        "the prices show."
    )


def _change(pen: Pen) -> str:
    known = [metric for metric in SPANS if pen.has(metric)][:2]
    text = ""
    if known:
        parts = [f"its {SPANS[metric]} return was {pen.say(metric)}" for metric in known]
        parts[0] = parts[0].replace("its", f"{pen.symbol}'s", 1)
        text = f"What has moved: to {pen.on(known[0])} {listed(parts)}."
    if metric := pen.average:
        other = "below" if side(pen, metric) == "above" else "above"
        text += (
            f" The view would move with a run of closes {other} {pen.symbol}'s {metric[4:]}-day moving "
            f"average, which was {pen.say(metric)} on {pen.on(metric)}."
        )
    return text.strip()
