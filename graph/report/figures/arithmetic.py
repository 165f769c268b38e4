"""Sums that an answer writes out, as in "(4.2 - 3.1) / 3.1 = 35.5%", found and computed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from graph.report.figures.extract import Number
from graph.report.figures.page import Page

_EQUALS = re.compile(
    r"[=≈]|(?<![a-z])(?:gives?|equals?|yields?|makes?|comes? (?:out )?(?:to|at)|came to|works out (?:to|at)"
    r"|amounts? to|results? in|is)(?![a-z])|即|等于|得(?:出|到)?(?=[\s约\d])|(?<=[，,])约为?"
)
_HEDGE = r"(?:(?:about|approximately|around|roughly|some|nearly|just (?:under|over)|a ratio of) ?)?"
_SPACE = r"[\s$€£¥+(~约-]{0,12}"
_BETWEEN = re.compile(rf"{_SPACE}{_HEDGE}{_SPACE}|[^.;:\d]{{1,70}}?(?:of|at|:){_SPACE}{_HEDGE}{_SPACE}")
# What the figures of a sum are figures of: "26.0 million visits at $47.30 each give".
_NOUNS = re.compile(
    r"\s?(?:[a-z][a-z-]*\s){1,3}(?=(?:at|on|over|times|divided by|multiplied by|less|minus|plus)(?![a-z]))"
)
_NOUNS_LENGTH = 60
_NOUNS_LAST = re.compile(r"[\s)]*(?:[a-z][a-z-]*\s?){1,3},?\s?")
_OPERATORS = {
    "+": "+",
    "-": "-",
    "*": "*",
    "×": "*",
    "·": "*",
    "/": "/",
    "÷": "/",
    "(": "(",
    ")": ")",
    "x": "*",
}
_LONGEST = 64


@dataclass(frozen=True)
class Sum:
    """An expression: its figures in order, where it ends and the figure that is said to be its result.

    `either` says that a word beside the result tells its direction, as in "5 lower (10 versus 15)".
    """

    operands: tuple[Number, ...]
    tokens: tuple[Number | str, ...]
    result: Number
    either: bool = False

    def value(self, held: Sequence[Decimal | None]) -> Decimal | None:
        """Compute the expression, with the given values for its figures where they are known."""
        values = {
            number.start: self._factor(number, number.value if known is None else known)
            for number, known in zip(self.operands, held, strict=True)
        }
        tokens = [
            values[t.start] if not isinstance(t, str) else Decimal(t) if t[0].isdigit() else t
            for t in self.tokens
        ]
        return _Reader(tokens).read()

    def _factor(self, number: Number, value: Decimal) -> Decimal:
        """Take a percentage that an amount is multiplied by as the part that it is."""
        part = number.unit == "percent" and self.result.unit != "percent" and "*" in self.tokens
        return value / 100 if part else value

    @property
    def is_ratio(self) -> bool:
        """Tell whether an amount is divided by another amount."""
        return any(
            token == "/" and isinstance(other, Number | str) and (isinstance(other, str) or not other.bare)
            for token, other in pairwise(self.tokens)
        )

    @property
    def divides_by_later(self) -> bool:
        """Tell whether a difference is divided by its first figure, as in "(b - a) / b"."""
        told = [token if isinstance(token, str) else format(token.value, "f") for token in self.tokens]
        if len(told) != 7 or told[0] != "(" or told[2] != "-" or told[4:6] != [")", "/"]:
            return False
        return told[6] == told[1] and told[6] != told[3]


@lru_cache(maxsize=256)
def formula_tokens(formula: str) -> tuple[Number | str, ...]:
    """Read a formula that a finding gives; nothing where not all of it is one expression."""
    page = Page(f": {formula}")
    tokens = _tokens(page, page.numbers[:_LONGEST], 0, len(page.masked))
    whole = sum(isinstance(token, Number) for token in tokens) == len(page.numbers)
    return tuple(tokens) if whole else ()


def evaluate(tokens: Sequence[Number | str], exact: Sequence[Decimal]) -> Decimal | None:
    """Compute an expression with the given values for its figures, in order."""
    values = iter(exact)
    return _Reader([token if isinstance(token, str) else next(values) for token in tokens]).read()


def sums(page: Page) -> list[Sum]:
    """Find the sums that a page writes out, in order."""
    found: list[Sum] = []
    for match in _EQUALS.finditer(page.masked):
        scope = page.scope_of(match.start())
        first, last = (bisect_left(page.number_starts, place) for place in (scope.start, match.start()))
        follows = page.numbers[last : last + 1]
        if not follows or last - first < 2 or follows[0].start >= scope.end:
            continue
        if _BETWEEN.fullmatch(page.masked, match.end(), follows[0].start) is None:
            continue
        tokens = _tokens(page, page.numbers[max(first, last - _LONGEST) : last], scope.start, match.start())
        operands = tuple(token for token in tokens if isinstance(token, Number))
        if len(operands) >= 2:
            found.append(Sum(operands, tuple(tokens), follows[0]))
    return found + _glosses(page) + _multiples(page)


def _multiples(page: Page) -> list[Sum]:
    """Find what so many times a figure is said to be, as in "half of $14 million, that is $7 million"."""
    found: list[Sum] = []
    for match in _TIMES.finditer(page.masked) if _MAY_BE_TIMES.search(page.low) else ():
        index = bisect_left(page.number_starts, match.end())
        pair = page.numbers[index : index + 2]
        if (
            len(pair) < 2
            or pair[0].start - match.end() > _FAR
            or pair[1].start >= page.scope_of(pair[0].start).end
        ):
            continue
        if not _PLAIN_GAP.fullmatch(page.masked, match.end(), pair[0].start):
            continue
        if _THAT_IS.fullmatch(page.low, pair[0].end, pair[1].start):
            factor = next(_FACTORS[name] for name in _FACTORS if match[1].startswith(name))
            found.append(Sum((pair[0],), (pair[0], "*", factor), pair[1]))
    return found


_FACTORS = {
    "half": "0.5", "twice": "2", "double": "2", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "ten": "10", "twelve": "12",
    "a quarter": "0.25", "one quarter": "0.25", "one-quarter": "0.25",
}  # fmt: skip
_MAY_BE_TIMES = re.compile(r"half|twice|double|times|quarter")
_TIMES = re.compile(
    r"(?<![a-z-])(half(?: of)?|twice|double|(?:two|three|four|five|six|ten|twelve) times"
    r"|(?:a|one)[ -]quarter of)(?![a-z])"
)
_FAR = 40
_PLAIN_GAP = re.compile(r"[^.;:\d,]*")
_THAT_IS = re.compile(
    r"[\s,)]*(?:which |that |this |it )?"
    r"(?:is|i\.e\.|that is|equals?|gives?|makes?|=|or|comes? to|works out (?:to|at)|would be)"
    r"[\s,(]*(?:about |approximately |around |roughly |some )?[\s$€£¥(]*"
)


def _glosses(page: Page) -> list[Sum]:
    """Find the sums right behind their result, as in "11.3 ((10.5 + 12.0) / 2)" and "5, i.e. (4 + 6) / 2"."""
    found: list[Sum] = []
    for index, result in enumerate(page.numbers[:-2]):
        opened = _OPENS.match(page.masked, result.end)
        if opened is None:
            continue
        bracket = opened[0].endswith("(") and "i.e." not in opened[0]
        close = _closing(page.masked, opened.end() - 1) if bracket else _end_of_sum(page, index + 1)
        last = bisect_left(page.number_starts, close)
        if close < 0 or not 2 <= last - index - 1 <= _LONGEST:
            continue
        inner = page.numbers[index + 1 : last]
        tokens = _tokens(page, inner, opened.end() if bracket else opened.start(), close)
        against = bracket and len(inner) == 2 and len(tokens) < 3
        if against:
            tokens = _set_against(page, result, inner)
        operands = tuple(token for token in tokens if isinstance(token, Number))
        if against and tokens:
            found.append(Sum(tuple(inner), tuple(tokens), result, either=True))
        elif len(operands) == last - index - 1:
            found.append(Sum(operands, tuple(tokens), result))
    return found


def _set_against(page: Page, result: Number, pair: Sequence[Number]) -> list[Number | str]:
    """Read two figures in parentheses as a part of the other, or as what is compared with it."""
    first, second = pair
    gap = page.low[first.end : second.start].strip(" $€£¥")
    if _OUT_OF.fullmatch(gap) and not first.unit:
        return [first, "/", second]
    if not _VERSUS.fullmatch(gap) or first.unit != second.unit:
        return []
    if result.unit == "percent" and first.unit != "percent":
        return ["(", first, "-", second, ")", "/", second]
    if first.unit == "percent" and result.unit not in ("pp", "bps", "points"):
        return []
    return [first, "-", second]


_OUT_OF = re.compile(r"(?:[a-z]+ )?(?:out )?of(?: the| its| a total of| total)?|占|/")
_VERSUS = re.compile(r"(?:versus|vs\.?|against|compared (?:with|to)|对比|对|较)")


def _end_of_sum(page: Page, index: int) -> int:
    """Give the place behind the last of the figures from `index` on that signs join."""
    numbers = page.numbers
    while index + 1 < len(numbers) and numbers[index + 1].start - numbers[index].end < 24:
        signs = _signs(page.masked[numbers[index].end : numbers[index + 1].start])
        if not signs or all(sign in "()" for sign in signs):
            break
        index += 1
    end = numbers[index].end
    while end < len(page.masked) and page.masked[end] in ") ":
        end += 1
    return end


_OPENS = re.compile(
    r"\s?,?\s?(?:i\.e\.,?\s|namely |that is,? |即)[\s$€£¥]*\(?"
    r"|(?:\s(?:of|below|above|higher|lower|less|more)[a-z '-]{0,40})?\s?\("
)


def _closing(text: str, start: int) -> int:
    """Give the place of the parenthesis that closes the first one behind a place; -1 when none does soon."""
    depth = 0
    for place in range(start, min(len(text), start + 300)):
        if text[place] == "(":
            depth += 1
        elif text[place] == ")":
            depth -= 1
            if not depth:
                return place
    return -1


def _tokens(page: Page, numbers: Sequence[Number], start: int, end: int) -> list[Number | str]:
    """Read figures and signs backwards from the equals sign, until something else stands between them."""
    tokens: list[Number | str] = []
    place = end
    for number in reversed(numbers):
        gap = page.masked[number.end : place]
        if not tokens and len(gap) <= _NOUNS_LENGTH and _NOUNS_LAST.fullmatch(gap):
            gap = ")" * gap.count(")")
        worded = 3 < len(gap) <= _NOUNS_LENGTH
        signs = _signs(_NOUNS.sub(" ", gap, count=1) if worded else gap)
        if signs is None or (tokens and not any(sign not in "()" for sign in signs)):
            break
        if number.sign == "-" and not number.enclosed and tokens and number.start > start:
            before = page.masked[max(start, number.start - 3) : number.start].strip()
            if before and (before[-1].isdigit() or before[-1] in ")%kmb"):
                number = replace(number, value=-number.value, sign="")
                tokens[:0] = ["-", number, *signs]
                place = number.start
                continue
        tokens[:0] = [number, *signs]
        place = number.start
    lead = re.search(r"[(\s$€£¥+-]*$", page.masked[max(start, place - 12) : place])
    opened = lead[0].count("(") if lead is not None else 0
    missing = sum(token == ")" for token in tokens) - sum(token == "(" for token in tokens)
    return ["("] * min(opened, max(0, missing)) + tokens


_WORDS = (
    (re.compile(r"(?<![a-z])(?:less|minus)(?![a-z])|减去?"), "-"),
    (re.compile(r"(?<![a-z])plus(?![a-z])|加上?"), "+"),
    (re.compile(r"(?<![a-z])(?:over|on|divided by)(?![a-z])|除以"), "/"),
    (re.compile(r"(?<![a-z])(?:times|at|multiplied by)(?![a-z])|乘以?"), "*"),
)


def _signs(gap: str) -> list[str] | None:
    """Read what stands between two figures as signs; None when words do."""
    signs: list[str] = []
    if len(gap) > 3:
        for pattern, sign in _WORDS:
            gap = pattern.sub(sign, gap)
    for char in gap:
        if char in _OPERATORS:
            signs.append(_OPERATORS[char])
        elif char not in " $€£¥":
            return None
    return signs


class _Reader:
    """Reads tokens as an expression with the usual precedence."""

    def __init__(self, tokens: Sequence[Decimal | str]) -> None:
        self.tokens = list(tokens)
        self.place = 0

    def read(self) -> Decimal | None:
        """Give the value; None when the tokens are no expression."""
        value = self._added()
        return value if self.place == len(self.tokens) else None

    def _added(self) -> Decimal | None:
        value = self._multiplied()
        while value is not None and self._next() in ("+", "-"):
            sign = self.tokens[self.place]
            self.place += 1
            other = self._multiplied()
            value = None if other is None else value + other if sign == "+" else value - other
        return value

    def _multiplied(self) -> Decimal | None:
        value = self._single()
        while value is not None and self._next() in ("*", "/"):
            sign = self.tokens[self.place]
            self.place += 1
            other = self._single()
            if other is None or (sign == "/" and other == 0):
                return None
            value = value * other if sign == "*" else value / other
        return value

    def _single(self) -> Decimal | None:
        token = self._next()
        self.place += 1
        if token == "(":
            value = self._added()
            closed = self._next() == ")"
            self.place += 1
            return value if closed else None
        return token if isinstance(token, Decimal) else None

    def _next(self) -> Decimal | str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None
