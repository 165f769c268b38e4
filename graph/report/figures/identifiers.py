"""Words that mix letters and digits and are no amount, such as the codes of products and parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.report.figures.measure import PHYSICAL

# An identifier mixes letters and digits; amounts such as 391bn or usd391 keep to known letters.
_IDENTIFIER = re.compile(r"[a-z\d_]+")
_WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_AMOUNT = re.compile(
    r"(?:us|usd|rmb|cny|hkd|eur|gbp|jpy|cad|aud|chf|sgd|hk|nt|krw|inr)?\d+"
    r"(?:k|m|b|t|mm|mn|bn|tn|x|pp|ppt|ppts|pct|bp|bps|usd|rmb|cny|hkd|eur|gbp|jpy|pts|thousand|million"
    r"|billion|trillion"
    r"|percent|times|shares|cents|days|d|h|years|months|weeks|mmm"
    rf"|{PHYSICAL.pattern})?"
)
_LETTER_DIGIT = re.compile(r"(?:[a-z_]\d|\d[a-z_])")


def identifiers(text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """Find words that hold a digit beside a letter and are no amount."""
    spans: list[tuple[int, int]] = []
    done = 0
    for start in starts:
        if start < done:
            continue
        match = _IDENTIFIER.match(text, start)
        end = start if match is None else match.end()
        begin = start
        while begin > done and text[begin - 1] in _WORD_CHARACTERS:
            begin -= 1
        done = end
        word = text[begin:end]
        if len(word) < 2 or word.isdigit() or not _LETTER_DIGIT.search(word):
            continue
        if len(word) > 40 or not _AMOUNT.fullmatch(word):
            spans.append((begin, end))
    return spans
