"""The caveat and the abstaining note in English."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.earlier import Earlier
from graph.models.note.english.verdict import earlier_sentence
from graph.models.note.english.words import listed
from graph.models.note.view import View, source_groups
from graph.prompting import Briefing
from graph.report.model import Rating
from graph.report.rating import rating_line

BY_RULES = (
    "This note was composed by rules from the fact sheet (offline analyst); no language model took part. "
    "It is analysis, not personal advice."
)


def caveat(briefing: Briefing, views: Sequence[View]) -> str:
    """Say where the data comes from and ends, what is unknown, and how the note was made."""
    sentences = [
        _source(source, day, [view.symbol for view in group]) for (source, day), group in source_groups(views)
    ]
    noted = "\n".join(briefing.notes)
    bare = [view.symbol for view in views if view.without_fundamentals and view.symbol not in noted]
    unknown = "News, company guidance, analyst estimates and peers are not on the sheet"
    sentences.append(f"{unknown}, nor are fundamentals of {listed(bare)}." if bare else f"{unknown}.")
    if any(view.has("return_1y") for view in views):
        sentences.append("Returns exclude dividends.")
    sentences += [note if note.endswith(".") else f"{note}." for note in briefing.notes]
    return " ".join([*sentences, BY_RULES])


def _source(source: str, day: str, symbols: list[str]) -> str:
    """Name the source of the symbols' prices and the last day that it knows."""
    if "embedded" in source.lower() or "sample" in source.lower():
        return (
            f"The prices of {listed(symbols)} come from the {source} and end on {day}: "
            "what happened after that date is unknown here."
        )
    return f"The prices of {listed(symbols)} come from {source or 'the market data provider'}, as of {day}."


def abstention(briefing: Briefing | None, earlier: Earlier | None = None) -> dict[str, str]:
    """Write the four sections of a note that has nothing to rate: what is missing and what helps."""
    symbols = list(briefing.symbols) if briefing else []
    past = earlier_sentence(earlier, Rating(), listed(symbols)) + " " if earlier and symbols else ""
    return {
        "verdict": f"{rating_line(Rating(), 'en')}\n\n{past}{_about(briefing, symbols)}",
        "evidence": "\n".join(_missing(briefing, symbols)),
        "insights": (
            "- **Long-term holders and traders.** Do nothing on the strength of this note: an empty sheet is "
            "neither good nor bad news.\n"
            "- **What could be asked.** The outlook of one listed company by its symbol; its levels, risk, "
            "momentum, fundamentals or valuation; or a comparison of two to six symbols.\n"
            "- **What would change the verdict.** Daily prices give trend, momentum and levels; "
            "annual reports give the business."
        ),
        "caveat": f"Nothing is known here of price, business or news, and no gap was filled. {BY_RULES}",
    }


def _about(briefing: Briefing | None, symbols: list[str]) -> str:
    if briefing is None:
        return "No rating is possible: this analyst needs a briefing with a fact sheet, and was given none."
    if not symbols:
        return "No rating is possible: the question names no symbol for which there is data."
    return f"No rating is possible for {listed(symbols)}: the fact sheet holds nothing to judge by."


def _missing(briefing: Briefing | None, symbols: list[str]) -> list[str]:
    bullets = [f"- **Missing.** {note}" for note in (briefing.notes if briefing else ())]
    if not bullets:
        bullets.append("- **Nothing to stand on.** No price, no indicator and no annual value was given.")
    if briefing and not symbols and (held := briefing.facts.entities()):
        bullets.append(f"- **On the sheet.** Facts about {listed(held)}, which the question does not name.")
    return bullets
