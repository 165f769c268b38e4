"""Checks the figures of a text while it is being written: as soon as a sentence is complete."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graph.report.figures import Checker
from graph.report.model import SectionName
from graph.report.placing import place_figures

# A full stop ends a sentence only before a space: "3.5" may still be on its way.
_ENDS = re.compile(r"[.!?][)\"'”’*_]{0,6}(?=\s)|[。！？；]|\n")
_LONGEST_END = 8
_MAY_STATE_FIGURES = re.compile(
    r"\d|[零一二两三四五六七八九十百千万亿半倍翻成]|double|triple|halve|quadruple", re.IGNORECASE
)


@dataclass(slots=True)
class _Section:
    """What has come of one section; `block` is where its last line or table begins.

    `whole` says that its figures were decided at its end, on all of its text.
    """

    text: str = ""
    checked: int = 0
    block: int = 0
    whole: bool = False


class LiveCheck:
    """Checks sections that come in pieces, each sentence in the context of its line or table.

    A sentence further on can give an earlier figure another meaning, so what is found here is provisional
    until the whole section is checked.
    """

    def __init__(self, checker: Checker, question: str) -> None:
        self._checker = checker
        self._question = question
        self._sections: dict[SectionName, _Section] = {}
        self.figures: list[dict[str, Any]] = []

    def use(self, checker: Checker) -> None:
        """Go on with other facts."""
        self._checker = checker
        for state in self._sections.values():
            state.whole = False

    def is_whole(self, section: SectionName, text: str) -> bool:
        """Say whether the figures given of a section are those of this very text as a whole."""
        state = self._sections.get(section, _Section())
        return state.whole and state.text.rstrip() == text.rstrip()

    def take(
        self, section: SectionName, text: str, last: bool = False, wait: bool = False
    ) -> list[dict[str, Any]]:
        """Take more text of a section and give the figures of the sentences that it completes.

        Each is given as the fields of a `figure` event; `last` says that nothing more is coming for now. With
        `wait` nothing is checked before that: one check of a section costs less than one of each sentence.
        """
        state = self._sections.setdefault(section, _Section())
        stood = state.whole and not text
        state.whole = last and (stood or not state.checked)
        if wait and not last:
            state.text += text
            return []
        # Whether a mark ends a sentence is told by what stands behind it, so the search begins before it.
        start = max(state.checked, len(state.text) - _LONGEST_END)
        state.text += text
        end = len(state.text) if last else _before_table(state.text, _last_end(state.text, start))
        if end <= state.checked:
            return []
        found: list[dict[str, Any]] = []
        if _MAY_STATE_FIGURES.search(state.text, state.checked, end):
            found = place_figures(
                section, state.text[:end], self._checker, self._question, state.block, state.checked
            )
        state.checked = end
        state.block = state.text.rfind("\n", 0, end) + 1
        self.figures += found
        return found


def _last_end(text: str, start: int) -> int:
    return max((match.end() for match in _ENDS.finditer(text, start)), default=0)


def _before_table(text: str, end: int) -> int:
    """Leave out the rows of a table that may go on: only the whole table gives them their meaning."""
    while end and text[(line := text.rfind("\n", 0, end - 1) + 1) : end].lstrip().startswith("|"):
        end = line
    return end
