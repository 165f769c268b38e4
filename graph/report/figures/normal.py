"""A reading copy of the text: plain ASCII digits, signs and spaces at unchanged character offsets."""

from __future__ import annotations

import re
import unicodedata

# A full-width comma separates clauses; as an ASCII comma it could join two numbers into one.
_KEPT = frozenset("\n，。、—―·•")
_SPACES = frozenset("*\\")
# A list whose items were joined into one line, as in "* 2016: 5 * 2017: 6 * Change: 1".
_JOINED_ITEM = re.compile(r"(?<=\s)[*•](?=\s(?:[A-Za-z][\w ,.'&/()-]{1,60}|\d{4}):)")


def _plain(char: str) -> str:
    """Give the one character by which `char` is read."""
    if char in _KEPT:
        return char
    if char in _SPACES:
        return " "
    code = ord(char)
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    if char == "￥":
        return "¥"
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind == "Pd" or char == "−":
        return "-"
    if kind[0] in "CZ":
        return " "
    return char if len(char.lower()) == 1 else "?"


def normalise(text: str) -> str:
    """Rewrite `text` for reading, character by character, so that every offset stays true."""
    if " * " in text or " • " in text:
        text = _JOINED_ITEM.sub("\n", text)
    odd = {char for char in set(text) if not " " <= char <= "~" or char in _SPACES}
    changed = {ord(char): plain for char in odd if (plain := _plain(char)) != char}
    return text.translate(changed) if changed else text
