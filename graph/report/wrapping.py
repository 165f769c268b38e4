"""What a model puts around its whole answer: a code fence, or quotation marks."""

from __future__ import annotations

import re

from graph.report.headings import Heading, Look
from graph.report.scanner import Line

QUOTES = re.compile("[\"'“”‘’«»]{1,3}")
_MARKDOWN = frozenset(("markdown", "md"))
_NOTHING = frozenset(("", "text", "txt", "plaintext", "plain"))
_FRAMES = (Line.BLANK, Line.RULE)


class Wrapper:
    """A code fence in front of all headings, until it is known whether it holds the answer or code.

    One marked as Markdown holds the answer. One that says nothing does if its first line, titles aside, is
    the verdict's heading: after another line it is plain code. Inside a wrapper a fence without a language
    hides no heading, since it may be the one that closes the wrapper.
    """

    def __init__(self) -> None:
        self.fence = ""  # that of the wrapper
        self.opening = self.closing = ""  # its lines, once they are known to be no text
        self.place = 0  # in the preamble
        self.is_open = False
        self._certain = False

    def opens(self, look: Look, place: int) -> bool:
        """Take the fence of `look`, at `place` in the preamble, as a wrapper if it can be one."""
        if self.fence or look.indent > 3 or look.info not in _MARKDOWN | _NOTHING:
            return False
        self.fence, self.place, self.is_open = look.fence, place, True
        self._certain = look.info in _MARKDOWN
        return True

    def toggles(self, look: Look) -> bool:
        """Tell whether the fence of `look` closes the wrapper, or opens it again."""
        if not self._certain or look.info or not look.fence.startswith(self.fence):
            return False
        self.is_open = not self.is_open
        self.closing = "" if self.is_open or not self.opening else look.fence
        return True

    def is_code(self, look: Look, heading: Heading | None) -> bool:
        """Tell whether the line of `look`, a heading if `heading` is one, shows that the fence holds code."""
        if not self.fence or self._certain:
            return False
        self._certain = heading is not None and heading.section == "verdict"
        return not (self._certain or look.kind in _FRAMES or (heading is None and look.title))

    def forget(self) -> str:
        """Give the fence, which was that of code."""
        fence, self.fence, self.is_open = self.fence, "", False
        return fence
