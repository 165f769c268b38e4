"""Where runs of digits stand in a text and what is around them: most patterns need be tried only there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

# What stands for what is blanked out.
HOLE = "\x00"
_RUN = re.compile(r"\d+")
_HOLES = re.compile(r"\x00+")
_WORD = re.compile(r"[a-z]+\Z|[\u4e00-\u9fff]\Z")
# What may stand between a word and the digits that belong to it, beside spaces.
_BETWEEN = " -(.:'\n\t"
_REACH = 24
# A pattern that can only begin where digits begin.
_LED = re.compile(
    r"\(\?<!(?:\[[^\]]*\\d[^\]]*\]|\\d)\)(?:\(\?<!\[\$€£¥\]\\s\))?(?:\(|\(\?:){0,2}(?:\\d|19\|20)"
    r"|\(\?<=\[-~至到\]\)"
)


def is_led(pattern: re.Pattern[str]) -> bool:
    """Tell whether the pattern can only begin where digits begin."""
    return _LED.match(pattern.pattern) is not None


def is_whole(pattern: re.Pattern[str]) -> bool:
    """Tell whether a pattern that begins where digits begin never does so behind a decimal point."""
    return pattern.pattern.startswith("(?<![") and "." in pattern.pattern.partition("]")[0]


def wholes(text: str, starts: Sequence[int]) -> list[int]:
    """Give the places where digits begin that stand behind no decimal point."""
    return [start for start in starts if text[start - 1 : start] != "."]


class Digits:
    """The runs of digits of a lower-case text.

    `spans` are the runs, `starts` where they begin, `before` and `behind` the characters right beside them.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.spans = [match.span() for match in _RUN.finditer(text)]
        self.starts = [start for start, _ in self.spans]
        self.before = {text[start - 1 : start] for start in self.starts}
        self.behind = {text[end : end + 1] for _, end in self.spans}

    @cached_property
    def wholes(self) -> list[int]:
        """Give the starts that stand behind no decimal point."""
        return wholes(self._text, self.starts)

    @cached_property
    def longest(self) -> int:
        """Give the length of the longest run of digits."""
        return max((end - start for start, end in self.spans), default=0)

    @cached_property
    def leads(self) -> set[str]:
        """Give the words, or Chinese characters, that stand last before runs, and before what is masked."""
        holes = (match.start() for match in _HOLES.finditer(self._text))
        return {lead_of(self._text, start) for start in (*self.starts, *holes)}


def lead_of(text: str, start: int) -> str:
    """Give the word, or Chinese character, that stands last before a place; "" where there is none."""
    before = text[max(0, start - _REACH) : start].rstrip(_BETWEEN)
    if not before[-1:].isalpha():
        return ""
    found = _WORD.search(before)
    return "" if found is None else found[0]


def led_by(
    pattern: re.Pattern[str], text: str, starts: Sequence[int], opened: str
) -> Iterator[re.Match[str]]:
    """Find what a pattern finds that begins where digits begin, or at one of some characters before them."""
    end = 0
    for start in starts:
        places = (start - 1, start) if opened and start and text[start - 1] in opened else (start,)
        for place in places:
            match = pattern.match(text, place) if place >= end else None
            if match is not None:
                yield match
                end = match.end()
                break


def places_of(text: str, words: Sequence[str]) -> list[int]:
    """Give the places at which a text has one of some words, in order."""
    found: list[int] = []
    for word in words:
        place = text.find(word)
        while place >= 0:
            found.append(place)
            place = text.find(word, place + 1)
    return sorted(found)


def cut(text: str, holes: list[tuple[int, int]], filler: str = HOLE) -> str:
    """Overwrite the spans of a text with holes, keeping every offset."""
    if not holes:
        return text
    parts: list[str] = []
    position = 0
    for start, end in sorted(holes):
        if end <= position:
            continue
        start = max(start, position)
        parts += (text[position:start], filler * (end - start))
        position = end
    parts.append(text[position:])
    return "".join(parts)
