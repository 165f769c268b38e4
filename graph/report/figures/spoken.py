"""Amounts told in words, such as doubled, two thirds, ten times and 三成."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

# Behind a fraction told in words: what it is a fraction of, or the end of the clause.
_OF = (
    r"(?= of (?!fiscal|the (?:fiscal )?year|\d)| in (?:fiscal|fy|\d|\x00)| (?:year|lower|higher|less|more)"
    r"|[,.;)]|$)"
)
# Each with what text must hold for it to be worth trying.
_WORD_FIGURES = [
    (
        [need.replace("_", " ") for need in needs.split()],
        re.compile(pattern),
        Decimal(value),
        unit,
        Decimal(ulp),
    )
    for needs, pattern, value, unit, ulp in (
        ("doubled 番 倍", r"(?<![a-z])doubled(?! down)(?![a-z])|翻了?一?[番倍]", "2", "multiple", "0.2"),
        ("double twice", r"(?<![a-z])(?:double|twice)(?= (?:the|its|that|what|as)(?![a-z]))",
         "2", "multiple", "0.2"),
        ("triple", r"(?<![a-z])tripled(?![a-z])|(?<![a-z])triple(?= (?:the|its|that|what)(?![a-z]))",
         "3", "multiple", "0.2"),
        ("half", r"(?<![a-z])half(?= (?:the|its|that|what) (?!sums?(?![a-z])|combined|difference))",
         "0.5", "multiple", "0.05"),
        ("quadrupled", r"(?<![a-z])quadrupled(?![a-z])", "4", "multiple", "0.4"),
        ("halved 腰斩", r"(?<![a-z])halved(?![a-z])|腰斩", "0.5", "multiple", "0.1"),
        ("half 一半",
         rf"(?<![a-z])(?:by |(?<!the )(?<!first )(?<!second )(?<!last )(?<!this )(?<!in ))half{_OF}|一半",
         "50", "percent", "5"),
        ("third one_in 三分之一", rf"(?<![a-z])(?:a|one)[ -]third{_OF}|one in three(?![a-z])|三分之一",
         "33.3", "percent", "4"),
        ("thirds 三分之二", r"(?<![a-z])two[ -]thirds(?![a-z])|三分之二", "66.7", "percent", "4"),
        ("a-quarter a_quarter one-quarter one_quarter one_in 四分之一",
         r"(?<![a-z])(?:(?:a|one)[ -]quarter(?= of (?!fiscal|the (?:fiscal )?year|\d))"
         r"|by (?:a|one)[ -]quarter)|one in four(?![a-z])|四分之一",
         "25", "percent", "4"),
        ("quarters 四分之三",
         r"(?<![a-z])three[ -]quarters(?= of (?!fiscal|the (?:fiscal )?year|\d))|四分之三",
         "75", "percent", "4"),
        ("fifth one_in 五分之一", rf"(?<![a-z])(?:a|one)[ -]fifth{_OF}|one in five(?![a-z])|五分之一",
         "20", "percent", "3"),
        ("tenth one_in 十分之一", rf"(?<![a-z])(?:a|one)[ -]tenth{_OF}|one in ten(?![a-z])|十分之一",
         "10", "percent", "2"),
    )
]  # fmt: skip
# "ten times its revenue"; a board meets "ten times in 2022".
_COUNTS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "hundred": 100,
}  # fmt: skip
_TIMES = re.compile(
    rf"(?<![a-z-])(?:a )?({'|'.join(sorted(_COUNTS, key=len, reverse=True))})(?:[ -]?fold(?![a-z])"
    rf"|[ -]times(?= (?:the|its|that|what|as|net"
    r"|revenue|sales|earnings|ebitda|cash|book|free|annual|fy|fiscal|operating|gross|trailing|higher"
    r"|larger|\x00)))"
)
_TENTHS = re.compile(
    r"(?<![一二三四五六七八九十])([一二三四五六七八九])成(?![本功为立交员长熟都份效果品])(半)?"
)
_CHINESE = "零一二三四五六七八九"
_MAY_BE_WORDS = re.compile(
    "|".join(sorted({need for needs, *_ in _WORD_FIGURES for need in needs} | {"times", "fold", "成"}))
)


def spoken(text: str) -> Iterator[tuple[int, int, Decimal, str, Decimal]]:
    """Find amounts told in words in lower-case text: where they stand, value, unit, how exact they are."""
    if _MAY_BE_WORDS.search(text) is None:
        return
    for needs, pattern, value, unit, ulp in _WORD_FIGURES:
        for match in pattern.finditer(text) if any(need in text for need in needs) else ():
            yield match.start(), match.end(), value, unit, ulp
    for match in _TIMES.finditer(text) if "times" in text or "fold" in text else ():
        value = Decimal(_COUNTS[match[1]])
        yield match.start(), match.end(), value, "multiple", max(value / 10, Decimal("0.5"))
    for match in _TENTHS.finditer(text) if "成" in text else ():
        value = Decimal(_CHINESE.index(match[1]) * 10 + (5 if match[2] else 0))
        yield match.start(), match.end(), value, "percent", Decimal(5)
