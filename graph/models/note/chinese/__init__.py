"""The Chinese writer."""

from __future__ import annotations

from graph.models.note.chinese import caveat, compare, evidence, insights, verdict
from graph.models.note.comparison import Comparison
from graph.models.note.earlier import Earlier
from graph.models.note.pen import Pen
from graph.prompting import Briefing

MAX_CHARACTERS = 1500


class ChineseWriter:
    """Writes notes in Chinese."""

    def note(self, pen: Pen, missing: tuple[str, ...] = ()) -> dict[str, str]:
        """Write the four sections on one symbol; `missing` are symbols asked for that have no facts."""
        return {
            "verdict": verdict.verdict(pen, missing),
            "evidence": evidence.evidence(pen),
            "insights": insights.insights(pen),
            "caveat": caveat.caveat(pen.plan.briefing, [pen.view]),
        }

    def fits(self, text: str) -> bool:
        """Tell whether a note has at most `MAX_CHARACTERS` characters."""
        return len(text) <= MAX_CHARACTERS

    def comparison(self, case: Comparison) -> dict[str, str]:
        """Write the four sections on several symbols."""
        return compare.comparison(case)

    def abstention(self, briefing: Briefing | None, earlier: Earlier | None) -> dict[str, str]:
        """Write the four sections of a note that has nothing to rate."""
        return caveat.abstention(briefing, earlier)
