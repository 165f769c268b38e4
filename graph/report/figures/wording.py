"""Words compared without their endings, for labels that no vocabulary holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r"[a-z]{2,}|[\u4e00-\u9fff]+")
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ed", "es", "s", "e", "y")
_EMPTY = frozenset(
    [
        "the",
        "of",
        "and",
        "in",
        "for",
        "to",
        "an",
        "by",
        "on",
        "at",
        "from",
        "with",
        "as",
        "or",
        "its",
        "our",
        "their",
        "that",
        "this",
        "was",
        "were",
        "is",
        "are",
        "be",
        "been",
        "which",
        "had",
        "has",
        "have",
        "it",
        "we",
        "million",
        "billion",
        "thousand",
        "year",
        "years",
        "fiscal",
        "ended",
        "ending",
        "quarter",
        "month",
        "months",
        "compared",
        "versus",
        "about",
        "approximately",
        "roughly",
        "around",
        "than",
        "per",
    ]
)


def stem(word: str) -> str:
    """Give a word without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """Find the telling words of lower-case text, as (stem, start, end); Chinese in pairs of characters."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        word = match[0]
        if word[0].isascii():
            if word not in _EMPTY:
                yield stem(word), match.start(), match.end()
            continue
        for offset in range(max(1, len(word) - 1)):
            yield (
                word[offset : offset + 2],
                match.start() + offset,
                match.start() + offset + len(word[offset : offset + 2]),
            )


def stems(text: str) -> frozenset[str]:
    """Give the telling words of lower-case text as a set."""
    return frozenset(word for word, _, _ in words(text))
