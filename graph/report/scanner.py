"""A reader of the start of a line that never looks past the text it has.

Whenever more text could change what it reads, it ends with `Line.MORE`. So a decision, once taken, is the
same however much of the line was there: that is what makes the sections independent of the chunking.
"""

from __future__ import annotations

import re
from enum import Enum, auto

LONGEST = 200  # no heading is longer; bounds what is held back and scanned again
BULLETS = "•●○◦▪▫‣∙·"
BRACKETS = {"[": "]", "［": "］", "【": "】", "〖": "〗", "〔": "〕", "「": "」", "『": "』", "《": "》"}

_SPACES = re.compile("[ \t\u00a0\u3000\ufeff\u200b]*")
STARS = re.compile("[*_]+")
BARS = re.compile("-+|—+|=+|─+|━+|═+")
TAG = re.compile("</?[a-z]{0,6}[1-6]?(?: [^<>\n]{0,60})?/?>?", re.IGNORECASE)
_ARROWS = re.compile("[\u2190-\u21ff]+")
SYMBOLS = re.compile(
    "[\u2150-\u218f\u2300-\u24ff\u2580-\u27bf\u2b00-\u2bff\U0001f000-\U0001fbff\ufe0f\u200d\u20e3"
    "\U000e0020-\U000e007f]+[.、)]?"
)
_RULE = re.compile("[*_]{3,}|[-—=─━═]{2,}")
_HASHES = re.compile("#+")
_KNOWN_TAG = re.compile("<(/?)(h[1-6]|b|strong|u|em|i|p|center|div|span)(?: [^<>\n]*)?>", re.IGNORECASE)
_DIGITS = re.compile("([0-9０-９]{1,3})\ufe0f?\u20e3?\\\\?[.)、．:：）]?")
_AFTER_DIGITS = re.compile("[ \t]*[-–—|]*")
_ROUND = re.compile("[（(](?:[0-9０-９]{1,2}|[IVX]{1,4}|[一二三四五六七八九十]{1,2})?[)）]?")
_PART = re.compile("第[一二三四五六七八九十0-9０-９]{0,2}[部章节節点點步]?分?[、：:.]?")
_ORDINAL = re.compile("[一二三四五六七八九十]{1,2}|[IVX]{1,4}|[A-F]")
_LETTERS = re.compile("[A-Za-z]{0,6}")
_NUMBER_WORDS = frozenset(("one", "two", "three", "four"))
_ORDINAL_ENDS = tuple(".．、)）:：")


class Line(Enum):
    """The kinds of a line; `MORE` says that the text given does not decide."""

    MORE = auto()
    BLANK = auto()
    BODY = auto()
    ITEM = auto()
    RULE = auto()
    FENCE = auto()
    HEADING = auto()


class Decided(Exception):
    """Ends the scan of a line."""

    def __init__(self, kind: Line) -> None:
        self.kind = kind


class Scanner:
    """The place in a line, and what the marks in front of a name have said so far.

    `mark` is the emphasis that is open, `bracket` and `tag` what closes the open bracket and tag,
    `number` that of a list-like "1."; `item` says that the line is a list item if it is no heading.
    """

    def __init__(self, text: str, final: bool) -> None:
        self.text, self.final, self.pos = text, final, 0
        self.indent = self.level = 0
        self.mark = self.bracket = self.tag = ""
        self.strong = self.bold = self.item = self.numbered = False
        self.number: int | None = None

    def peek(self) -> str:
        """Give the next character, a line break at the end of the answer."""
        if self.pos < len(self.text):
            return self.text[self.pos]
        if self.final:
            return "\n"
        raise Decided(Line.MORE)

    def take(self, pattern: re.Pattern[str]) -> str:
        """Consume what matches; a match that reaches the end of the text might be longer."""
        match = pattern.match(self.text, self.pos)
        start, end = self.pos, match.end() if match else self.pos
        if end == len(self.text) and not self.final:
            raise Decided(Line.MORE)
        self.pos = end
        return self.text[start:end]

    def spaced(self) -> str:
        """Consume spaces and give them."""
        return self.take(_SPACES)

    def demand(self, condition: object) -> None:
        """Give the line up as body unless `condition` holds."""
        if not condition:
            raise Decided(Line.BODY)

    def skip_marks(self) -> None:
        """Consume what stands in front of a name: hashes, emphasis, a number, emoji, an opening bracket."""
        for _ in range(16):
            first = self.peek()
            if first == "\n":
                marks = self.text[: self.pos].strip()
                raise Decided(Line.RULE if _RULE.fullmatch(marks) else Line.BODY)
            if first in BULLETS or (first in "-+" and self._is_bullet()):
                raise Decided(Line.ITEM)
            if not (self.spaced() or self._mark(first) or self._ordinal(first)):
                return
        self.demand(False)

    def _mark(self, first: str) -> bool:
        if first in "*_":
            self._emphasis()
        elif first == "#":
            self.demand(not self.level)
            self.level, self.strong = len(self.take(_HASHES)), True
            self.demand(self.level <= 6)
        elif BARS.match(first):
            self.demand(len(self.take(BARS)) > 1)
            self.strong = True
        elif first in "】〗" and first == self.bracket and self.numbered:
            self.pos, self.bracket = self.pos + 1, ""
        elif first in BRACKETS:
            self.pos, self.bracket, self.strong = self.pos + 1, BRACKETS[first], True
        elif first == "`" and self.level:
            self.pos, self.bracket = self.pos + 1, first
        elif first == "<":
            tag = _KNOWN_TAG.fullmatch(self.take(TAG))
            self.demand(tag)
            self.tag = f"</{tag[2]}>" if tag and not tag[1] else ""
            self.strong = True
        else:
            return bool(self.take(SYMBOLS) or self.take(_ARROWS))
        return True

    def _is_bullet(self) -> bool:
        after = self.pos + 1
        if after == len(self.text) and not self.final:
            raise Decided(Line.MORE)
        return self.text[after : after + 1] in ("", " ", "\t", "\n")

    def _emphasis(self) -> None:
        if self.text[self.pos] == "*" and not self.text[: self.pos].strip() and self._is_bullet():
            raise Decided(Line.ITEM)
        run = self.take(STARS)
        if len(run) > 3 * len(set(run)):
            self.spaced()
            self.demand(self.peek() == "\n")
        self.mark = "" if self.mark else run[::-1]
        self.strong = self.bold = True

    def _ordinal(self, first: str) -> bool:
        """Consume the one number, of any kind, that may stand in front of a name."""
        if "0" <= first <= "9" or "０" <= first <= "９":
            self._digits()
        elif first in "（(":
            taken = self.take(_ROUND)
            self.demand(len(taken) > 2 and taken[-1] in ")）")
            self._count(taken[1:-1])
        elif first == "第":
            self.demand(len(self.take(_PART)) > 1)
        elif not (self._letter() or (self.level and self._number_word())):
            return False
        self.demand(not self.numbered)
        self.numbered = True
        return True

    def _letter(self) -> bool:
        match = _ORDINAL.match(self.text, self.pos)
        if match is None:
            return False
        if match.end() == len(self.text) and not self.final:
            raise Decided(Line.MORE)
        if self.text[match.end() : match.end() + 1] not in _ORDINAL_ENDS:
            return False
        self.pos = match.end() + 1
        return True

    def _number_word(self) -> bool:
        start = self.pos
        if self.take(_LETTERS).lower() in _NUMBER_WORDS and self.peek() in _ORDINAL_ENDS:
            self.pos += 1
            return True
        self.pos = start
        return False

    def _digits(self) -> None:
        taken = self.take(_DIGITS)
        digits = _DIGITS.sub(r"\1", taken)
        self.demand(len(digits) < 3)
        if taken == digits:
            self.demand(self.strong)
            self.take(_AFTER_DIGITS)
        elif "\u20e3" not in taken:
            self._count(digits)

    def _count(self, digits: str) -> None:
        if digits.isdecimal() and not self.strong:
            self.item, self.number = True, int(digits)
