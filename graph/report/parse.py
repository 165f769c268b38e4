"""The incremental section parser: an answer's text goes in as it comes, each section's text comes out.

A line is held only while it could still be a heading (`graph.report.headings` decides), then it is released
as it arrives. White space, and rules such as `---`, are held until text of the same section follows; in
front of a heading they are dropped. Line ends become "\\n".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.report.book import PREAMBLE, Book, SectionDelta
from graph.report.ending import is_cut
from graph.report.headings import BOLD, Heading, Look, closes_fence, look_at
from graph.report.model import SECTIONS
from graph.report.scanner import LONGEST, Line
from graph.report.wrapping import QUOTES, Wrapper

__all__ = ["Draft", "SectionDelta", "SectionParser"]

_TAGS = tuple(
    f"<{slash}{name}>" for slash in ("", "/") for name in ("think", "thinking", "thought", "reasoning")
)
_LONGEST_TAG = max(map(len, _TAGS))
_NAMES = "(?:think|thinking|thought|reasoning)>"
_OPENS = re.compile(f"\n|<{_NAMES}", re.IGNORECASE)
_OPENS_OR_CLOSES = re.compile(f"\n|</?{_NAMES}", re.IGNORECASE)
_LINE_END = re.compile("\n")
_CLOSES = re.compile(f"</{_NAMES}", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """The whole answer by section, and what is wrong with its form.

    `missing` are the sections without text, `duplicated` those with more than one heading, `reordered`
    says that they did not come in the order of `SECTIONS`, `truncated` that the answer stops before its
    end. In no section are `thought`, the text of the think blocks, and `wrapper`, the lines of a code fence
    around the whole answer.
    """

    verdict: str
    evidence: str
    insights: str
    caveat: str
    preamble: str
    missing: tuple[str, ...]
    reordered: bool
    duplicated: tuple[str, ...]
    truncated: bool
    thought: str = ""
    wrapper: str = ""


class SectionParser:
    """Splits one answer into its sections; the result does not depend on how the answer is cut.

    Text in front of the first heading is held: it is the preamble when a heading comes, else the verdict.
    """

    def __init__(self) -> None:
        self._pending = ""  # input that is not decided yet
        self._finished = False
        self._at_start = True  # of a line
        self._fence = ""
        self._wrapper = Wrapper()
        self._thinking = False
        self._paragraph = True  # the next line opens one
        self._list = False
        self._open_mark = ""  # of a heading, closing in the rest of its line
        self._rank = 0  # of the last heading, and its list-like number
        self._number: int | None = 0
        self._book = Book()

    def feed(self, chunk: str) -> list[SectionDelta]:
        """Take the next piece of the answer and give the text that is now certain; nothing after `finish`."""
        if self._finished:
            return []
        text = self._pending + chunk
        cut = len(text) - 1 if text.endswith("\r") else len(text)
        body = text[:cut].replace("\r\n", "\n").replace("\r", "\n")
        self._pending = self._consume(body, final=False) + text[cut:]
        return self._book.flush()

    def finish(self) -> list[SectionDelta]:
        """Give what is still held and close the open section; a second call gives nothing."""
        if self._finished:
            return []
        self._finished = True
        self._pending = self._consume(self._pending.replace("\r", "\n"), final=True)
        if not self._book.finish(self._wrapper.closing):
            self._wrapper.closing = ""
        return self._book.flush()

    def close(self) -> Draft:
        """Finish, and give the whole answer."""
        self.finish()
        book = self._book
        unfinished = self._thinking or bool(self._fence) or self._wrapper.is_open or book.is_empty()
        seen = book.seen
        return Draft(
            **{name: book.text_of(name) for name in (*SECTIONS, PREAMBLE)},
            missing=tuple(name for name in SECTIONS if not book.text_of(name)),
            reordered=seen != sorted(seen, key=SECTIONS.index),
            duplicated=tuple(name for name in SECTIONS if name in book.repeated),
            truncated=unfinished or is_cut(book.text_of(book.current), book.broken),
            thought="".join(book.thought).strip(),
            wrapper="\n".join(filter(None, (self._wrapper.opening, self._wrapper.closing))),
        )

    def _consume(self, text: str, final: bool) -> str:
        """Take whole steps through `text` and give the rest, which needs more text."""
        pos = 0
        while pos < len(text):
            step = self._think if self._thinking else self._start if self._at_start else self._rest
            after = step(text, pos, final)
            if after is None:
                break
            pos = after
        return text[pos:]

    def _start(self, text: str, pos: int, final: bool) -> int | None:
        """Decide what the line at `pos` is, and give where to go on; None when that needs more text."""
        window = text[pos : pos + LONGEST]
        last = final and pos + LONGEST >= len(text)
        if self._fence:
            return self._fenced(text, pos, window, last)
        first = pos + len(window) - len(window.lstrip(" \t"))
        if tag := self._tags().match(text, first):
            if tag[0] != "\n":
                self._book.add(text[pos:first])
                return self._enter(tag)
        elif not final and _may_be_tag(text[first : first + _LONGEST_TAG]):
            return None
        quotes = QUOTES.match(window) if self._book.is_untouched() else None
        quoted = quotes.end() if quotes else 0
        look = look_at(window[quoted:], last)
        if quoted and look.kind not in (Line.HEADING, Line.MORE):
            look = look_at(window, last)
        if look.kind is Line.MORE:
            return None
        heading = look.heading if look.heading and self._accepts(look.heading, look.indent) else None
        if self._wrapper.is_code(look, heading):
            self._fence = self._wrapper.forget()
            return pos
        if heading:
            self._book.add(window[:quoted])
            if self._wrapper.fence and not self._wrapper.opening:
                self._wrapper.opening = self._book.take_line(self._wrapper.place)
            self._open(heading)
            return pos + quoted + heading.body
        if look.kind is Line.RULE:
            end = text.find("\n", pos) + 1 or len(text)
            self._book.rule(text[pos:end], underlines=not self._paragraph)
            self._paragraph = True
            return end
        if look.kind is Line.FENCE and self._wrapper.toggles(look):
            end = text.find("\n", pos) + 1 or len(text)
            self._book.hold(text[pos:end])
            self._paragraph = True
            return end
        self._note(look)
        return pos

    def _fenced(self, text: str, pos: int, window: str, last: bool) -> int | None:
        closes = closes_fence(window, last, self._fence)
        if closes is None:
            return None
        if closes:
            self._fence = ""
        self._at_start = False
        return pos

    def _note(self, look: Look) -> None:
        """Remember of a line that is no heading what the next line's meaning depends on."""
        self._at_start = False
        self._paragraph = look.kind is Line.BLANK
        if look.kind is Line.FENCE and (look.indent <= 3 or self._list):
            self._open_fence(look)
        elif look.kind is Line.ITEM or (look.heading and look.heading.number is not None):
            self._list = True
        elif look.indent == 0 and look.kind is not Line.BLANK:
            self._list = False

    def _open_fence(self, look: Look) -> None:
        if self._book.current == PREAMBLE and self._wrapper.opens(look, self._book.length()):
            return
        self._fence = look.fence

    def _accepts(self, heading: Heading, indent: int) -> bool:
        """Tell whether a heading's form also fits the place where it stands."""
        if indent and self._list:
            return False
        lesser = heading.rank > self._rank > 0
        if lesser and (heading.qualified or heading.section == self._book.current):
            return False  # a remark, or a sub-heading of its own section
        if heading.low and not self._paragraph:
            return False
        if heading.loose and not self._is_due(heading):
            return False
        return heading.number is None or self._counts(heading, heading.number)

    def _is_due(self, heading: Heading) -> bool:
        """Tell whether the section is missing so far and its heading is dressed like the last one."""
        book, section = self._book, SECTIONS.index(heading.section)
        follows = heading.section == "caveat" or (section > 0 and book.current == SECTIONS[section - 1])
        return heading.rank == self._rank and heading.section not in book.seen and follows

    def _counts(self, heading: Heading, number: int) -> bool:
        """Tell the number of a heading from that of a list item that starts with a section's word."""
        in_turn = self._number is not None and number == self._number + 1
        own = number == SECTIONS.index(heading.section) + 1
        if heading.rank == BOLD:
            return in_turn or own or number == self._number
        return in_turn and (own or heading.bare)

    def _open(self, heading: Heading) -> None:
        self._book.open(heading.section)
        self._rank, self._number, self._open_mark = heading.rank, heading.number, heading.open_mark
        self._at_start, self._paragraph, self._list = False, True, False

    def _rest(self, text: str, pos: int, final: bool) -> int | None:
        """Release the rest of a line as far as it is there."""
        stop = (_LINE_END if self._fence else self._tags()).search(text, pos)
        if stop is None:
            end = len(text) if final else self._safe_end(text, pos)
            self._put(text[pos:end])
            return end if end > pos else None
        self._put(text[pos : stop.start()])
        if stop[0] != "\n":
            return self._enter(stop)
        self._book.add("\n")
        self._at_start, self._open_mark = True, ""
        return stop.end()

    def _put(self, text: str) -> None:
        """Add text of a line, without the mark that closes what its heading opened."""
        if self._open_mark and self._open_mark in text:
            text = text.replace(self._open_mark, "", 1)
            self._open_mark = ""
        self._book.add(text)

    def _safe_end(self, text: str, pos: int) -> int:
        """Give where the text ends that cannot be part of a tag or of the awaited closing mark."""
        end = len(text) if self._fence else _before_tag(text, pos)
        if self._open_mark in text[pos:end]:
            return end
        for length in range(len(self._open_mark) - 1, 0, -1):
            if text.endswith(self._open_mark[:length], pos, end):
                return end - length
        return end

    def _tags(self) -> re.Pattern[str]:
        """Give what ends a stretch of text: a closing tag alone counts only in front of all headings."""
        return _OPENS_OR_CLOSES if self._book.current == PREAMBLE else _OPENS

    def _enter(self, tag: re.Match[str]) -> int:
        if tag[0].startswith("</"):
            self._book.was_thought()
            self._wrapper = Wrapper()
            self._at_start = self._paragraph = True
        else:
            self._thinking = True
        return tag.end()

    def _think(self, text: str, pos: int, final: bool) -> int | None:
        stop = _CLOSES.search(text, pos)
        end = stop.start() if stop else len(text) if final else _before_tag(text, pos)
        self._book.thought.append(text[pos:end])
        if stop:
            self._book.thought.append("\n\n")
            self._thinking = False
            return stop.end()
        return end if end > pos else None


def _may_be_tag(text: str) -> bool:
    return text.startswith("<") and any(tag.startswith(text.lower()) for tag in _TAGS)


def _before_tag(text: str, pos: int) -> int:
    """Give the length of `text` without a tag that has only begun at its end."""
    start = text.rfind("<", max(pos, len(text) - _LONGEST_TAG))
    return start if start >= 0 and _may_be_tag(text[start:]) else len(text)
