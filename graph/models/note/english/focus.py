"""The action point of a follow-up question in English: what its topic adds to the earlier note."""

from __future__ import annotations

from graph.models.note.english.words import bullet, claim
from graph.models.note.pen import Pen
from graph.models.note.words import Texts


def _sizing(pen: Pen) -> str:
    text = (
        f"A repeat of {pen.symbol}'s maximum drawdown over 1 year, {pen.size('max_drawdown_1y')} as of "
        f"{pen.on('max_drawdown_1y')}, should be a loss to sit through"
    )
    if pen.is_calmer:
        text += (
            f". Calm stretches end: reckon with {pen.symbol}'s 1-year annualised volatility of "
            f"{pen.say('volatility_1y')}, not with its 20-day annualised volatility of "
            f"{pen.say('volatility_20d')}"
        )
    elif pen.is_calmer is not None:
        text += (
            f". Trading is rougher than usual: {pen.symbol}'s 20-day annualised volatility of "
            f"{pen.say('volatility_20d')} is the one to reckon with"
        )
    return bullet("Size of a position", f"{text}.")


def _timing(pen: Pen) -> str:
    text = {
        "overbought": "Wait: an overbought market pays patience, and the first pullback shows who still buys",
        "oversold": "Cover rather than press: an oversold market punishes late sellers",
        "firm": "There is room to act with the move, since buyers lead without being spent",
        "soft": "There is no hurry to buy, since sellers lead without being spent",
        "neutral": "Momentum gives no signal to act on, so levels decide",
    }[pen.plan.state("momentum")]
    if pen.plan.state("macd"):
        text += f"; on the shorter view, {claim(pen, 'macd')}"
    return bullet("Timing", f"{text}.")


def _business(pen: Pen) -> str:
    known = pen.known("revenue_growth", "operating_margin")
    aims = {"revenue_growth": "revenue growth above", "operating_margin": "an operating margin that holds"}
    parts = [f"{aims[metric]} {pen.say(metric)}" for metric in known]
    return bullet(
        "What the business must show",
        f"After {pen.period(known[0])}, {pen.symbol} has to deliver {' and '.join(parts)}: "
        "one without the other leaves the case half made.",
    )


def _price(pen: Pen) -> str:
    text = f"At a price/earnings of {pen.say('pe')} on {pen.on('pe')}"
    if pen.has("fcf_yield"):
        text += f" and a free cash flow yield of {pen.say('fcf_yield')}"
    meaning = {
        "demanding": "a holder is paid by growth or not at all",
        "full": "a holder is paid mostly by growth",
        "fair": "a holder is paid by cash and growth alike",
        "modest": "a holder is paid even without growth",
    }[pen.plan.state("valuation")]
    return bullet(
        "What the price assumes", f"{text}, {meaning}: {pen.symbol}'s next annual report is the test."
    )


TEXTS: Texts = {"risk": _sizing, "momentum": _timing, "fundamentals": _business, "valuation": _price}
