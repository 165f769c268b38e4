"""Checks the figures of one section and places them where a reader of its Markdown finds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.report.figures import Checker
from graph.report.model import FIGURE_STATUSES, Figure, SectionName, utf16_offset


def place_figures(
    section: SectionName, text: str, checker: Checker, question: str, block: int = 0, after: int = 0
) -> list[dict[str, Any]]:
    """Check a section's figures; give each as the fields of a `figure` event, in order of appearance.

    Only the text from `block` on is read, and only figures from `after` on are given; both count
    characters. A figure's id says where in its section it begins, so it stays what it is when the section
    grows.
    """
    return [
        _placed(section, text, block, figure)
        for figure in checker.check(text[block:], question)
        if block + figure.start >= after
    ]


def _placed(section: SectionName, text: str, block: int, figure: Figure) -> dict[str, Any]:
    start = utf16_offset(text, block + figure.start)
    fields = {
        "id": f"{section}-{start}",
        "section": section,
        "start": start,
        "end": utf16_offset(text, block + figure.end),
        "text": figure.text,
        "status": figure.status,
        "claimed": figure.value,
        "unit": figure.unit,
        "expected": figure.expected,
        "rule": figure.rule,
        "note": figure.note or None,
        "facts": list(figure.fact_ids),
        "formula": figure.formula,
        "as_of": figure.as_of,
    }
    return {key: value for key, value in fields.items() if value is not None}


def count_figures(figures: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Count figures by status; every status is a key."""
    counts: dict[str, int] = dict.fromkeys(FIGURE_STATUSES, 0)
    for figure in figures:
        counts[figure["status"]] += 1
    return counts


def coverage(counts: dict[str, int]) -> float:
    """Give the share of claimed figures that hold; context is no claim, and no claims are covered wholly."""
    claims = sum(counts.values()) - counts["context"]
    return 1.0 if claims == 0 else round((counts["supported"] + counts["derived"]) / claims, 4)
