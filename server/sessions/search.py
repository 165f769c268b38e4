"""Finds words in texts, and the part of a text that shows them."""

from __future__ import annotations

_BEFORE, _AFTER = 40, 80  # characters of a snippet on either side of the words


def folded(text: str) -> str:
    """Give text in which letters of either case are the same."""
    return text.casefold()


def holds(text: str, words: str) -> bool:
    """Say whether a text holds the words, which are folded already."""
    return words in folded(text)


def snippet_of(text: str, words: str) -> str:
    """Give the part of a text around the words, on one line, with an ellipsis where it was cut."""
    at, length = _find(text, words)
    start, end = max(0, at - _BEFORE), min(len(text), at + length + _AFTER)
    part = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{part}{'…' if end < len(text) else ''}"


def _find(text: str, words: str) -> tuple[int, int]:
    lowered = text.lower()
    if len(lowered) == len(text) and (at := lowered.find(words.lower())) >= 0:
        return at, len(words)
    # Folding may change a text's length: go letter by letter, and keep where each came from.
    letters = [(letter, place) for place, char in enumerate(text) for letter in folded(char)]
    at = "".join(letter for letter, _ in letters).find(folded(words))
    if at < 0:
        return 0, 0
    last = letters[at + len(folded(words)) - 1][1]
    return letters[at][1], last - letters[at][1] + 1
