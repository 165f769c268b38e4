"""What this session has said before: the earlier verdict that an answer builds on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph.report.model import Direction, Rating
from graph.report.rating import parse_rating

_SYMBOL = r"(?<![A-Za-z0-9.])(?:[A-Z]{1,5}(?:\.[A-Z]{1,2})?|\d{4,6}\.[A-Z]{2})(?![A-Za-z0-9(])"
_NO_SYMBOLS = frozenset(
    ("RSI", "MACD", "ADX", "ATR", "SMA", "EMA", "EPS", "FCF", "FY", "I", "A", "USD", "PE")
)
_ANY_SYMBOL = re.compile(_SYMBOL)
# The sentences with which this analyst's own verdicts name what the rating stands for.
_RATED = re.compile(
    rf"(?:rating stands for |评级针对|未来[^。\n]{{1,12}}对)(?P<after>{_SYMBOL})"
    rf"|(?P<before>{_SYMBOL}) is a (?:buy|hold|sell) over"
)
_IN_COMPARISON = re.compile(
    rf"^- \*\*(?P<symbol>{_SYMBOL})\s?[(（](?P<direction>\w+)(?:[,，]\s?(?:信心)?(?P<conviction>\w+))?",
    re.MULTILINE,
)

_ORDER: dict[Direction, int] = {"sell": -1, "hold": 0, "abstain": 0, "buy": 1}
#: What an answer does to an earlier verdict: "refined" keeps the direction at another conviction.
Effect = Literal["none", "untested", "better", "weaker", "refined", "confirmed"]


@dataclass(frozen=True)
class Turn:
    """One earlier question of the session and its answer."""

    question: str
    answer: str


@dataclass(frozen=True)
class Earlier:
    """The earlier verdict that this answer builds on; `same` when it was about a symbol asked for now."""

    rating: Rating
    symbol: str
    same: bool

    def effect(self, now: Rating) -> Effect:
        """Tell what a rating now does to this verdict; nothing when it is about another symbol."""
        if not self.same:
            return "none"
        if now.direction == "abstain":
            return "untested"
        if change := _ORDER[now.direction] - _ORDER[self.rating.direction]:
            return "better" if change > 0 else "weaker"
        return "confirmed" if self.rating.conviction == now.conviction else "refined"


def find_earlier(history: Sequence[Turn], symbols: Sequence[str]) -> Earlier | None:
    """Find the latest earlier verdict about one of the symbols, else the latest of all."""
    verdicts = [_verdicts(turn, symbols) for turn in history]
    for found in reversed(verdicts):
        for symbol in symbols:
            if symbol in found:
                return Earlier(found[symbol], symbol, same=True)
    others = [(symbol, rating) for found in verdicts for symbol, rating in list(found.items())[:1]]
    return Earlier(others[-1][1], others[-1][0], same=False) if others else None


def _verdicts(turn: Turn, symbols: Sequence[str]) -> dict[str, Rating]:
    """Read the ratings of one answer by symbol, that of its rating line first; "" where none is named."""
    rating = parse_rating(turn.answer)
    if rating.direction == "abstain":
        return {}
    found = {_subject(turn, symbols): rating}
    for match in _IN_COMPARISON.finditer(turn.answer):
        own = parse_rating(_as_line(match["direction"], match["conviction"]))
        if own.direction != "abstain":
            found.setdefault(match["symbol"], own)
    return found


def _as_line(direction: str, conviction: str | None) -> str:
    return f"Rating: {direction}" + (f" · Conviction: {conviction}" if conviction else "")


def _subject(turn: Turn, symbols: Sequence[str]) -> str:
    """Name the symbol that a rating line stands for; empty when the answer does not tell."""
    verdict = re.split(r"\n#{1,4} ", turn.answer.lstrip("# "), maxsplit=1)[0]
    if rated := _RATED.search(verdict):
        return rated["after"] or rated["before"]
    named = [match[0] for match in _ANY_SYMBOL.finditer(verdict) if match[0] not in _NO_SYMBOLS]
    if named:
        return named[0]
    # A verdict may call a company by its name; then the question tells which symbol it is, if it names one.
    asked = [symbol for symbol in symbols if _mentions(turn.question, symbol)]
    return asked[0] if len(asked) == 1 else ""


def _mentions(text: str, symbol: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9.]){re.escape(symbol)}(?![A-Za-z0-9])", text) is not None
