"""Patterns in two languages, of which Chinese is looked for only where a text has any."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Protocol

_OPTIONAL = ("?", "*", "{0")


class Searched(Protocol):
    """A pattern that can be searched for."""

    def search(self, string: str, pos: int = ..., endpos: int = ..., /) -> re.Match[str] | None:
        """Find it in a text, between two places."""
        ...


class Bilingual:
    """A pattern of alternatives, of which those that need Chinese are left out for a text without any."""

    def __init__(self, pattern: str) -> None:
        plain = [each for each in _alternatives(pattern) if not _is_foreign(each)]
        self.whole = re.compile(pattern)
        self._plain = re.compile("|".join(plain)) if plain else None

    def search(self, text: str, start: int = 0, end: int = sys.maxsize, /) -> re.Match[str] | None:
        """Find the pattern in a text, between two places."""
        if not text.isascii():
            return self.whole.search(text, start, end)
        return None if self._plain is None else self._plain.search(text, start, end)


def _alternatives(pattern: str) -> list[str]:
    """Split a pattern at the bars that stand in no group."""
    found = [""]
    for piece, depth in _pieces(pattern):
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found


def _is_foreign(pattern: str) -> bool:
    """Tell whether a pattern surely needs a character that is not ASCII."""
    pieces = [piece for piece, depth in _pieces(pattern) if not depth]
    return any(
        _needs_more(piece) and not following.startswith(_OPTIONAL)
        for piece, following in zip(pieces, [*pieces[1:], ""], strict=True)
    )


def _needs_more(piece: str) -> bool:
    inner = piece[1:-1] if piece[:1] == "[" else piece
    return bool(inner) and all(not char.isascii() for char in inner)


def _pieces(pattern: str) -> Iterator[tuple[str, int]]:
    """Give the characters, classes and escapes of a pattern, each with how deep in groups it stands."""
    depth = 0
    for match in _PIECE.finditer(pattern):
        depth -= match[0] == ")"
        yield match[0], depth + (match[0] == ")")
        depth += match[0] == "("


_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[^}]*\}|[\s\S]")
