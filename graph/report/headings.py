"""What a line of an answer is: the heading of a section, or something that belongs to one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.report.model import SectionName
from graph.report.names import Name
from graph.report.scanner import BARS, LONGEST, STARS, SYMBOLS, TAG, Decided, Line, Scanner

BOLD, PLAIN = 7, 8  # ranks below the six levels of `#`

_FENCES = {"`": re.compile("`+"), "~": re.compile("~+")}
_INFOS = {"`": re.compile("[^`\n]*"), "~": re.compile("[^\n]*")}
_HAN = re.compile("[\u4e00-\u9fff]+")
_HASHES = re.compile("#+")
_COLONS = re.compile("[:：∶]+")
_DASHES = re.compile("[-–—]+")
_END_TAG = re.compile("</.*>|<br ?/?>", re.IGNORECASE)
_END_MARKS = re.compile("[*_ \t】〗:：]*")
_ANCHOR = re.compile(r"\{#?[\w.-]{0,40}\}?")
_BLANKS = re.compile(r"\s*")
_NEXT_NUMBER = re.compile("[0-9０-９]{0,3}[.)、．]?")


@dataclass(frozen=True)
class Heading:
    """A heading of a section.

    `body` is where the text behind it starts, `open_mark` the emphasis or bracket that closes only in that
    text. `rank` is 1 to 6 for `#`, then `BOLD`, `PLAIN`. `number` is that of a list-like "1.". `bare` says
    that the line holds nothing else. Whether these are headings depends on the place: a `loose` name has
    other uses too, a `low` line reads like prose unless it opens a paragraph, a `qualified` one such as
    "Final verdict: hold" may be a remark.
    """

    section: SectionName
    body: int
    rank: int
    open_mark: str
    number: int | None
    bare: bool
    loose: bool
    low: bool
    qualified: bool


@dataclass(frozen=True)
class Look:
    """What a line is, with its indent and, for a fence or heading, what was found.

    `info` is what a fence says of its contents. `title` says that a line of text is marked as one by `#`.
    """

    kind: Line
    indent: int = 0
    fence: str = ""
    info: str = ""
    title: bool = False
    heading: Heading | None = None


def look_at(text: str, final: bool) -> Look:
    """Say what the line at the start of `text` is; `final` means that the answer ends with `text`."""
    scanner = Scanner(text, final)
    try:
        return _line(scanner)
    except Decided as decided:
        kind = decided.kind
    if kind is Line.MORE and len(text) >= LONGEST:
        kind = Line.BODY
    if kind is Line.BODY and scanner.item:
        kind = Line.ITEM
    return Look(kind, scanner.indent, title=scanner.level > 0)


def closes_fence(text: str, final: bool, fence: str) -> bool | None:
    """Tell whether the line at the start of `text` closes `fence`; None when that needs more text."""
    scanner = Scanner(text, final)
    try:
        scanner.spaced()
        run = scanner.take(_FENCES[fence[0]])
        scanner.spaced()
        return len(run) >= len(fence) and scanner.peek() == "\n"
    except Decided:
        return None if len(text) < LONGEST else False


def _line(scan: Scanner) -> Look:
    scan.indent = len(scan.spaced().replace("\t", "    ").strip("\u3000\ufeff\u200b"))
    first = scan.peek()
    if first == "\n":
        return Look(Line.BLANK)
    if first in _FENCES:
        fence = scan.take(_FENCES[first])
        scan.demand(len(fence) >= 3)
        info = scan.take(_INFOS[first])
        scan.demand(scan.peek() == "\n")
        return Look(Line.FENCE, scan.indent, fence=fence, info=info.strip().lower())
    scan.demand(scan.indent <= 3 and first not in "|>")
    scan.skip_marks()
    name = Name(scan)
    name.read()
    return Look(Line.HEADING, scan.indent, heading=_Tail(scan, name).read())


class _Tail:
    """What follows the name: closing marks, a gloss in parentheses, and the colon or dash of the text."""

    def __init__(self, scan: Scanner, name: Name) -> None:
        self.scan, self.name = scan, name
        self.low = name.is_low()
        self.separator = ""
        self.translated = False
        self.closed = ""  # the last bracket or emphasis that was closed

    def read(self) -> Heading:
        scan = self.scan
        for _ in range(16):
            gap = scan.spaced()
            first = scan.peek()
            if first == "\n":
                return self._bare()
            if self._closing(first, gap):
                continue
            if self.separator:
                if self._second_dash(first) or self._translation(first):
                    continue
                return self._heading(scan.pos, bare=False)
            if self._separates(first, gap) or (not self._begins_text() and self._decoration(first)):
                continue
            if self._runs_in(first, gap):
                return self._heading(scan.pos, bare=False)
            break
        raise Decided(Line.BODY)

    def _heading(self, body: int, bare: bool) -> Heading:
        scan, name = self.scan, self.name
        rank = scan.level or (BOLD if scan.strong else PLAIN)
        open_mark = "" if bare else scan.bracket or scan.mark or scan.tag
        qualified = name.is_qualified() and not bare
        return Heading(
            name.section, body, rank, open_mark, scan.number, bare, name.loose, self.low, qualified
        )

    def _bare(self) -> Heading:
        """Accept a line with nothing behind the name, unless it is one of a numbered list of names."""
        scan, end = self.scan, self.scan.pos
        if scan.number is not None and end < len(scan.text):
            scan.take(_BLANKS)
            following = scan.take(_NEXT_NUMBER)
            listed = following[:-1].isdecimal() and int(following[:-1]) == scan.number + 1
            scan.demand(not listed or following[-1].isdecimal())
        return self._heading(end, bare=True)

    def _closing(self, first: str, gap: str) -> bool:
        scan, start = self.scan, self.scan.pos
        if first in "*_" and scan.mark:
            self.closed = scan.take(STARS)
            if self.closed == 2 * scan.mark:  # `**证据：****营收**` goes on in bold
                self.closed = scan.mark
                scan.pos = start + len(self.closed)
            if self.separator and gap and self.closed != scan.mark:
                scan.pos = start
                return False
            scan.mark = ""
        elif first == scan.bracket:
            scan.pos += 1
            self.closed, scan.bracket = first, ""
            if first == "]" and scan.peek() == "(":
                raise Decided(Line.BODY)
        elif first == "<":
            if _END_TAG.fullmatch(scan.take(TAG)):
                self.closed, scan.tag = first, ""
                return True
            scan.pos = start
            return False
        else:
            return False
        return True

    def _separates(self, first: str, gap: str) -> bool:
        scan = self.scan
        if first in ":：∶":
            self.separator = first
            scan.take(_COLONS)
            if (self.low and self.name.is_led()) or self.name.is_clause():
                scan.spaced()
                scan.demand(not scan.peek().islower())
        elif first in ".。":
            scan.demand(scan.strong)
            self.separator = first
            scan.pos += 1
            scan.demand(first == "。" or scan.peek() in " \t\n*_")
        elif first in "-–—":
            dashes = scan.take(_DASHES)
            if dashes == "-":
                scan.demand(gap and scan.peek() in " \t\n")
            self.separator = dashes
            scan.spaced()
            scan.demand(scan.strong or not scan.peek().islower())
        else:
            return False
        return True

    def _second_dash(self, first: str) -> bool:
        """Consume the dash of `**Verdict:** — Hold`."""
        scan = self.scan
        start = scan.pos
        if first in "–—" and self.separator[0] not in "-–—":
            scan.take(_DASHES)
            if scan.peek() in " \t\n":
                return True
        scan.pos = start
        return False

    def _translation(self, first: str) -> bool:
        """Consume the name in the other language, if it is all that stands behind the dash."""
        scan, start = self.scan, self.scan.pos
        if self.translated or first.isascii() == self.name.raw[0].isascii() or not first.isalpha():
            return False
        name = Name(scan, self.name.section)
        try:
            name.read()
            scan.take(_END_MARKS)
            scan.demand(scan.peek() == "\n" and not name.loose)
        except Decided as decided:
            if decided.kind is Line.MORE:
                raise
            scan.pos = start
            return False
        self.translated = True
        return True

    def _decoration(self, first: str) -> bool:
        """Consume what adds no text: a gloss, closing hashes, bars and tags, emoji."""
        scan = self.scan
        if first in "(（" or (first in "*_" and self._opens_gloss()):
            self._gloss()
        elif first == "#" and scan.level:
            scan.take(_HASHES)
            scan.spaced()
            scan.demand(scan.peek() == "\n")
        elif scan.strong and BARS.match(first):
            scan.take(BARS)
        elif first == "{" and scan.level:
            scan.demand(scan.take(_ANCHOR).endswith("}"))
        else:
            return bool(scan.take(SYMBOLS))
        return True

    def _begins_text(self) -> bool:
        """Tell whether a mark right behind `【结论】` is the text's first, as in `【证据】①营收增长`."""
        scan, start = self.scan, self.scan.pos
        if self.closed not in ("】", "〗") or not self._decoration(scan.peek()):
            return False
        scan.spaced()
        begins = scan.peek() not in "\n:：-–—*_"
        scan.pos = start
        return begins

    def _gloss(self) -> None:
        """Consume a parenthesis, which may hold others, and the emphasis around it."""
        scan, depth = self.scan, 0
        marks = scan.take(STARS)
        while True:
            character = scan.peek()
            scan.demand(character != "\n")
            depth += (character in "(（") - (character in ")）")
            scan.pos += 1
            if depth == 0:
                break
        if marks:
            scan.take(STARS)

    def _opens_gloss(self) -> bool:
        scan, start = self.scan, self.scan.pos
        scan.take(STARS)
        opens = scan.peek() in "(（"
        scan.pos = start
        return opens

    def _runs_in(self, first: str, gap: str) -> bool:
        """Tell whether text follows with no colon, as in `【结论】持有` or `**Verdict** Hold`."""
        if self.closed in ("】", "〗"):
            return True
        self.low = self.closed != "]"
        fits = first.isupper() or first in "*_" or _HAN.match(first)
        return bool(gap and fits and (self.closed or (self.scan.level and first in "*_")))
