"""The interface that the writer of each language implements."""

from __future__ import annotations

from typing import Protocol

from graph.models.note.comparison import Comparison
from graph.models.note.earlier import Earlier
from graph.models.note.pen import Pen
from graph.prompting import Briefing


class Writer(Protocol):
    """Writes the four sections of a note, without headings, in one language."""

    def note(self, pen: Pen, missing: tuple[str, ...] = ()) -> dict[str, str]:
        """Write on one symbol; `missing` are symbols asked for that have no facts."""
        ...

    def comparison(self, case: Comparison) -> dict[str, str]:
        """Write on several symbols side by side."""
        ...

    def abstention(self, briefing: Briefing | None, earlier: Earlier | None) -> dict[str, str]:
        """Write that there is nothing to rate, what is missing and what could be asked."""
        ...

    def fits(self, text: str) -> bool:
        """Tell whether a note is short enough to be read at once."""
        ...
