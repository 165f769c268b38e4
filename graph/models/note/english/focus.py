"""The action point of a follow-up question in English: what its topic adds to the earlier note."""

from __future__ import annotations

from graph.models.note.english.words import capital, claim
from graph.models.note.pen import Pen


def focus(pen: Pen) -> str:
    """Say what follows from the topic asked for; empty when the sheet has nothing on it."""
    writer = {
        "risk": _sizing, "momentum": _timing, "fundamentals": _business, "valuation": _price,
    }.get(pen.plan.intent)  # fmt: skip
    return writer(pen) if writer else ""


def _sizing(pen: Pen) -> str:
    if not pen.has("max_drawdown_1y"):
        return ""
    text = (
        f"**Size of a position.** A repeat of {pen.symbol}'s maximum drawdown over 1 year, "
        f"{pen.size('max_drawdown_1y')} as of {pen.on('max_drawdown_1y')}, should be a loss to sit through"
    )
    if not pen.has("volatility_1y", "volatility_20d"):
        return f"{text}."
    calmer = pen.fact("volatility_20d").value < pen.fact("volatility_1y").value
    if calmer:
        return (
            f"{text}. Calm stretches end: reckon with {pen.symbol}'s 1-year annualised volatility of "
            f"{pen.say('volatility_1y')}, not with its 20-day annualised volatility of "
            f"{pen.say('volatility_20d')}."
        )
    return (
        f"{text}. Trading is rougher than usual: {pen.symbol}'s 20-day annualised volatility of "
        f"{pen.say('volatility_20d')} is the one to reckon with."
    )


def _timing(pen: Pen) -> str:
    state = pen.plan.state("momentum")
    if not state:
        return ""
    text = {
        "overbought": "Wait: an overbought market pays patience, and the first pullback shows who still buys",
        "oversold": "Cover rather than press: an oversold market punishes late sellers",
        "firm": "There is room to act with the move, since buyers lead without being spent",
        "soft": "There is no hurry to buy, since sellers lead without being spent",
        "neutral": "Momentum gives no signal to act on, so levels decide",
    }[state]
    if pen.plan.state("macd"):
        text += f"; on the shorter view, {claim(pen, 'macd')}"
    return f"**Timing.** {text}."


def _business(pen: Pen) -> str:
    parts = []
    if pen.has("revenue_growth"):
        parts.append(f"revenue growth above {pen.say('revenue_growth')}")
    if pen.has("operating_margin"):
        parts.append(f"an operating margin that holds {pen.say('operating_margin')}")
    if not parts:
        return ""
    period = pen.period("revenue_growth" if pen.has("revenue_growth") else "operating_margin")
    return (
        f"**What the business must show.** After {period}, {pen.symbol} has to deliver "
        f"{' and '.join(parts)}: one without the other leaves the case half made."
    )


def _price(pen: Pen) -> str:
    if not pen.has("pe"):
        return ""
    text = f"at a price/earnings of {pen.say('pe')} on {pen.on('pe')}"
    if pen.has("fcf_yield"):
        text += f" and a free cash flow yield of {pen.say('fcf_yield')}"
    meaning = {
        "demanding": "a holder is paid by growth or not at all",
        "full": "a holder is paid mostly by growth",
        "fair": "a holder is paid by cash and growth alike",
        "modest": "a holder is paid even without growth",
    }[pen.plan.state("valuation")]
    test = f"{pen.symbol}'s next annual report is the test"
    return f"**What the price assumes.** {capital(text)}, {meaning}: {test}."
