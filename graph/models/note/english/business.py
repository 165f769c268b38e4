"""Evidence from annual reports and valuation in English."""

from __future__ import annotations

from graph.models.note.english.words import GROWTHS, listed
from graph.models.note.pen import Pen


def _moved(pen: Pen, name: str, level: str, growth: str) -> str:
    """Say how one line moved to its level, with the direction in words."""
    if not pen.has(growth):
        return f"{name} was {pen.say(level)}"
    verb = {1: f"rose {pen.size(growth)} to", -1: f"fell {pen.size(growth)} to", 0: "was unchanged at"}
    return f"{name} {verb[pen.sign(growth)]} {pen.say(level)}"


def growth(pen: Pen) -> str:
    """Give the lines of the income statement with their growth."""
    lines = (
        ("revenue", "revenue", "revenue_growth"),
        ("net income", "net_income", "net_income_growth"),
        ("diluted EPS", "eps_diluted", "eps_growth"),
    )
    parts = [_moved(pen, name, level, growth) for name, level, growth in lines if pen.has(level)]
    if not parts:
        parts = [f"{GROWTHS[metric]} was {pen.say(metric)}" for metric in GROWTHS if pen.has(metric)]
    meaning = {
        "strong": "profit growth of that kind is what carries a share price over years.",
        "modest": "enough to support the price, not to excuse a rich one.",
        "flat": "returns from here must come from margins, buybacks or a higher multiple.",
        "shrinking": "a falling base makes any multiple more expensive each year.",
        "uneven": "the two do not diverge for long, and the weaker one deserves the attention.",
    }[pen.plan.state("growth")]
    period = pen.period(pen.telling_growth)
    return f"In {period} {pen.symbol}'s {'; '.join(parts)}: {meaning}"


def margins(pen: Pen) -> str:
    """Give the margins of the last year and the year before."""
    names = (
        ("gross_margin", "gross margin"),
        ("operating_margin", "operating margin"),
        ("net_margin", "net margin"),
    )
    known = [(metric, name) for metric, name in names if pen.has(metric)][:2]
    parts = []
    for metric, name in known:
        part = f"{name} was {pen.say(metric)} in {pen.period(metric)}"
        if pen.view.fact(metric, back=1):
            part += f" after {pen.say(metric, 1)} in {pen.period(metric, 1)}"
        parts.append(part)
    meaning = {
        "widening": "each sale leaves more behind, from pricing power or a better mix.",
        "narrowing": "each sale leaves less behind, and cost or competition is the question.",
        "stable": "profit moves with sales, no faster.",
        "level": "one year alone shows a level, not a direction.",
    }[pen.plan.state("margins")]
    return f"{pen.symbol}'s {' and its '.join(parts)}: {meaning}"


def valuation(pen: Pen) -> str:
    """Give the multiples that the market pays."""
    gloss = pen.once("price/earnings", " (the years it takes to earn back what is paid)")
    text = f"On {pen.on('pe')} {pen.symbol}'s price/earnings is {pen.say('pe')}{gloss}"
    if pen.has("ps"):
        text += f", its price/sales {pen.say('ps')}"
    if pen.has("fcf_yield"):
        gloss = pen.once("free cash flow yield", " (free cash over market value)")
        text += f" and its free cash flow yield{gloss} {pen.say('fcf_yield')}"
    return (
        text
        + {
            "demanding": ": growth must speed up or the multiple has to carry the return.",
            "full": ": good results are expected, and only better ones are rewarded.",
            "fair": ": the price asks for nothing unusual.",
            "modest": ": the market expects little, so results need only be ordinary.",
        }[pen.plan.state("valuation")]
    )


def balance(pen: Pen) -> str:
    """Give the cash that the business makes, holds and owes."""
    parts = [f"free cash flow was {pen.say('free_cash_flow')}"]
    if pen.has("cash", "debt"):
        parts.append(f"cash and cash equivalents were {pen.say('cash')}")
        parts.append(f"total debt was {pen.say('debt')}")
    return (
        f"In {pen.period('free_cash_flow')} {pen.symbol}'s {listed(parts)}: "
        + {
            "net_cash": "the firm owes nobody its independence.",
            "covered": "net of cash, a year of free cash would repay the debt.",
            "levered": "part of each year's cash belongs to lenders first.",
            "generating": "the profit is real money.",
            "burning": "someone has to fund the gap.",
        }[pen.plan.state("balance")]
    )
