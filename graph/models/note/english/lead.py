"""How a verdict in English opens: with the answer to the question's own point."""

from __future__ import annotations

from graph.models.note.english.words import claim, key_clause, listed, marks, other_side
from graph.models.note.pen import SPANS, Pen
from graph.models.note.words import Texts

WITHOUT = {
    "risk": "The sheet holds no volatility for {}, so its risk can only be read from its levels.",
    "momentum": "The sheet holds no RSI(14) for {}, so its momentum can only be read from its returns.",
    "valuation": "The sheet holds no multiple for {}, so only the business can speak for its valuation.",
}
NO_FUNDAMENTALS = {
    intent: f"The fact sheet holds no fundamentals for {{}}: a question about its {about} cannot be answered "
    "from data, and a rating on price alone would answer another question. What follows is what the prices "
    "show."
    for intent, about in (("fundamentals", "business"), ("valuation", "valuation"))
}


#: What a question about the business is answered with.
_BUSINESS = ("revenue_growth", "net_income_growth", "operating_margin")


def _levels(pen: Pen) -> str:
    if not pen.marks():
        return f"{pen.symbol} closed at {pen.say('close')} on {pen.on()}; the sheet holds no level around it."
    where = marks(pen, ceiling=True)
    return f"For {pen.symbol}, which closed at {pen.say('close')} on {pen.on()}, {where}."


def _risk(pen: Pen) -> str:
    words = {"calm": "smaller than", "normal": "that of", "high": "well above that of"}
    text = f"The price risk of {pen.symbol} is {words[pen.plan.state('volatility')]} a typical stock: "
    text += key_clause(pen, "volatility", "its")
    if not pen.plan.state("drawdown"):
        return f"{text}."
    metric = pen.key_metric("drawdown")
    return f"{text}, and its {pen.name(metric)} {pen.size(metric)}."


def _momentum(pen: Pen) -> str:
    text = f"For {pen.symbol} {claim(pen, 'momentum')}: {key_clause(pen, 'momentum', 'its')}"
    return text + (f", while {claim(pen, 'macd')}." if pen.plan.state("macd") else ".")


def _fundamentals(pen: Pen) -> str:
    text = f"For {pen.symbol} {claim(pen, 'growth')}"
    if pen.plan.state("margins"):
        text += f" while {claim(pen, 'margins')}"
    figures = [f"{pen.name(metric)} was {pen.say(metric)}" for metric in pen.known(*_BUSINESS)]
    return f"{text}: in {pen.period(pen.telling_growth)} its {listed(figures)}."


def _valuation(pen: Pen) -> str:
    text = f"For {pen.symbol} {claim(pen, 'valuation')}: {key_clause(pen, 'valuation', 'its')}"
    if pen.has("pe_median"):
        text += (
            f", against a median price/earnings of {pen.say('pe_median')} after its earlier annual reports"
        )
    return text + (f", and {key_clause(pen, 'growth', 'its')}." if pen.plan.state("growth") else ".")


def _change(pen: Pen) -> str:
    sentences = []
    if known := pen.known(*SPANS)[:2]:
        parts = [f"its {pen.name(metric)} was {pen.say(metric)}" for metric in known]
        parts[0] = parts[0].replace("its", f"{pen.symbol}'s", 1)
        sentences.append(f"What has moved: to {pen.on(known[0])} {listed(parts)}.")
    if metric := pen.average:
        average = f"{pen.symbol}'s {pen.name(metric)}, which was {pen.say(metric)} on {pen.on(metric)}"
        sentences.append(f"The view would move with a run of closes {other_side(pen, metric)} {average}.")
    return " ".join(sentences)


ANSWERS: Texts = {
    "levels": _levels, "risk": _risk, "momentum": _momentum,
    "fundamentals": _fundamentals, "valuation": _valuation, "change": _change,
}  # fmt: skip
