"""Evidence from annual reports and valuation in English."""

from __future__ import annotations

from graph.models.note.english.words import listed
from graph.models.note.pen import GROWTHS, INCOME, Pen
from graph.models.note.words import Texts


def _moved(pen: Pen, level: str, growth: str) -> str:
    """Say how one line moved to its level, with the direction in words."""
    verb = "was"
    if pen.has(growth):
        size = pen.size(growth)
        verb = {1: f"rose {size} to", -1: f"fell {size} to", 0: "was unchanged at"}[pen.sign(growth)]
    return f"{pen.name(level)} {verb} {pen.say(level)}"


def growth(pen: Pen) -> str:
    """Give the lines of the income statement with their growth."""
    parts = [_moved(pen, line, INCOME[line]) for line in pen.known(*INCOME)]
    parts = parts or [f"{pen.name(metric)} was {pen.say(metric)}" for metric in pen.known(*GROWTHS)]
    meaning = {
        "strong": "profit growth of that kind is what carries a share price over years.",
        "modest": "enough to support the price, not to excuse a rich one.",
        "flat": "returns from here must come from margins, buybacks or a higher multiple.",
        "shrinking": "a falling base makes any multiple more expensive each year.",
        "uneven": "the two do not diverge for long, and the weaker one deserves the attention.",
    }[pen.plan.state("growth")]
    period = pen.period(pen.telling_growth)
    if pen.fell_below_operations:
        meaning = (
            f"with an operating margin up {pen.say('operating_margin_change')}, the fall came below the "
            "operating line, from tax or interest and not from the business."
        )
    text = f"In {period} {pen.symbol}'s {'; '.join(parts)}: {meaning}"
    told = not pen.plan.brief and pen.plan.intent in ("fundamentals", "valuation")
    if told and pen.has("revenue_cagr", "eps_cagr"):
        text += (
            f" Over the years on the sheet to {pen.period('revenue_cagr')}, {pen.name('revenue_cagr')} is "
            f"{pen.say('revenue_cagr')} and {pen.name('eps_cagr')} {pen.say('eps_cagr')}"
        )
        rest = pen.exceeds("eps_cagr", "revenue_cagr")
        text += ": buybacks and margins did the rest." if rest else "."
    return text


def margins(pen: Pen) -> str:
    """Give the margins of the last year and the year before."""
    parts = []
    for metric in pen.known("gross_margin", "operating_margin", "net_margin")[:2]:
        part = f"{pen.name(metric)} was {pen.say(metric)} in {pen.period(metric)}"
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
    meaning = {
        "demanding": ": growth must speed up or the multiple has to carry the return.",
        "full": ": good results are expected, and only better ones are rewarded.",
        "fair": ": the price asks for nothing unusual.",
        "modest": ": the market expects little, so results need only be ordinary.",
    }[pen.plan.state("valuation")]
    return text + meaning + _own_history(pen)


def _own_history(pen: Pen) -> str:
    """Set the multiple beside the median that the company has had."""
    if pen.plan.brief or not pen.has("pe_median", "pe_vs_median"):
        return ""
    return (
        f" After its earlier annual reports {pen.symbol}'s median price/earnings was {pen.say('pe_median')}; "
        f"the premium to the median price/earnings is {pen.say('pe_vs_median')}."
    )


def balance(pen: Pen) -> str:
    """Give the cash that the business makes, holds and owes."""
    parts = [f"free cash flow was {pen.say('free_cash_flow')}"]
    if pen.has("cash", "debt"):
        parts.append(f"cash and cash equivalents were {pen.say('cash')}")
        parts.append(f"total debt was {pen.say('debt')}")
    meaning = {
        "net_cash": "the firm owes nobody its independence.",
        "covered": "net of cash, a year of free cash would repay the debt.",
        "levered": "part of each year's cash belongs to lenders first.",
        "generating": "the profit is real money.",
        "burning": "someone has to fund the gap.",
    }[pen.plan.state("balance")]
    text = f"In {pen.period('free_cash_flow')} {pen.symbol}'s {listed(parts)}: {meaning}"
    if not pen.plan.brief and pen.has("shares_growth", "fcf_per_share") and pen.sign("shares_growth") < 0:
        text += (
            f" Diluted shares fell {pen.size('shares_growth')} in {pen.period('shares_growth')}, and free "
            f"cash flow per share was {pen.say('fcf_per_share')}."
        )
    return text


TEXTS: Texts = {"growth": growth, "margins": margins, "valuation": valuation, "balance": balance}
