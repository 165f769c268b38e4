"""The caveat and the abstaining note in English."""

from __future__ import annotations

from graph.models.note.english.words import bullet

STOPS: tuple[str, ...] = (".",)
NO_DIVIDENDS = "Returns exclude dividends."
BY_RULES = (
    "Written by rules from the fact sheet (offline analyst); no language model took part. "
    "It is analysis, not personal advice."
)
MISSING = "Missing"
NOTHING = bullet("Nothing to stand on", "No price, no indicator and no annual value was given.")
WHAT_HELPS = (
    "- **Long-term holders and traders.** Do nothing on the strength of this note: an empty sheet is "
    "neither good nor bad news.\n"
    "- **What could be asked.** The outlook of one listed company by its symbol; its levels, risk, "
    "momentum, fundamentals or valuation; or a comparison of two to six symbols.\n"
    "- **What would change the verdict.** Daily prices give trend, momentum and levels; "
    "annual reports give the business."
)
UNASKED = bullet("On the sheet", "Facts about {}, which the question does not name.")
NOTHING_KNOWN = "Nothing is known here of price, business or news, and no gap was filled."


def source(source: str, day: str, symbols: str) -> str:
    """Name the source of the symbols' prices and the last day that it knows."""
    if "embedded" in source.lower() or "sample" in source.lower():
        return (
            f"The prices of {symbols} come from the {source} and end on {day}: nothing later is known here."
        )
    return f"The prices of {symbols} come from {source or 'the market data provider'}, as of {day}."


def unknown(bare: str) -> str:
    """Say what is not on the sheet, with the symbols that lack fundamentals."""
    text = "News, company guidance, analyst estimates and peers are not on the sheet"
    return f"{text}, nor are fundamentals of {bare}." if bare else f"{text}."


def no_rating(symbols: str, *, briefed: bool) -> str:
    """Say that no rating is possible, and why."""
    if not briefed:
        return "No rating is possible: this analyst needs a briefing with a fact sheet, and was given none."
    if not symbols:
        return "No rating is possible: the question names no symbol for which there is data."
    return f"No rating is possible for {symbols}: the fact sheet holds nothing to judge by."
