"""Facts about the last price, and closes at the ends of past periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from graph.facts import Fact
from graph.indicators.momentum import lookback
from graph.market.types import Bars, Identity, Quote
from graph.tools.figures import close_fact, fact_id, figure, quoted, rounded

#: Months back, and how many sessions or months lie between two closes.
_SPANS = {
    "3m": (3, "week"),
    "6m": (6, "week"),
    "1y": (12, "month"),
    "2y": (24, "month"),
    "5y": (60, "quarter"),
}


def quote_facts(quote: Quote) -> list[Fact]:
    """Give the last price and its change; the state of the session stands in the source."""
    state = {"open": "exchange open", "closed": "exchange closed", "unknown": ""}[quote.session]
    delay = f"{quote.delay_minutes} minutes old" if quote.delay_minutes else ""
    source = "; ".join(part for part in (quote.source, state, delay, quote.stale) if part)
    price = quoted(quote.price)
    common = {
        "currency": quote.currency,
        "as_of": quote.as_of,
        "source": source,
        "fetched_at": quote.fetched_at,
    }
    facts = [
        figure(fact_id(quote.symbol, "quote"), quote.symbol, "quote", price, kind="market", **common),
    ]
    if quote.previous_close:
        formula = f"quote / {quoted(quote.previous_close)} - 1, the close of the session before"
        change = rounded((quote.price / quote.previous_close - 1) * 100, "percent")
        facts.append(
            figure(
                fact_id(quote.symbol, "quote_change"), quote.symbol, "quote_change", change, kind="computed",
                formula=formula, inputs=(fact_id(quote.symbol, "quote"),), **common,
            )
        )  # fmt: skip
    return facts


def history_facts(bars: Bars, identity: Identity, span: str) -> list[Fact]:
    """Give the close of the last session of each week, month or quarter of a span, and the latest close."""
    months, step = _SPANS[span]
    start = lookback(bars.dates, months)
    indexes = [i for i in _ends(bars.dates, step) if i >= (start or 0)]
    return [close_fact(bars, identity.symbol, i) for i in dict.fromkeys([*indexes, len(bars) - 1])]


def _ends(dates: tuple[str, ...], step: str) -> Iterator[int]:
    """Give the index of the last bar of each period."""

    def period(day: str) -> tuple[int, int]:
        when = date.fromisoformat(day)
        if step == "week":
            year, week, _ = when.isocalendar()
            return year, week
        return when.year, when.month if step == "month" else (when.month + 2) // 3

    for i in range(len(dates) - 1):
        if period(dates[i]) != period(dates[i + 1]):
            yield i
