"""Where the parser writes: each section's text so far, and the deltas that a reader has not had yet."""

from __future__ import annotations

from dataclasses import dataclass

from graph.report.model import SECTIONS

PREAMBLE = "preamble"


@dataclass(frozen=True)
class SectionDelta:
    """Text that belongs to a section, one of `SECTIONS` or "preamble", and whether it opens or closes it."""

    section: str
    text: str
    opened: bool = False
    closed: bool = False


class Book:
    """The text by section, without white space at its ends.

    White space and rules are held until text of the same section follows. The preamble is told only when a
    heading has shown that it is one.
    """

    def __init__(self) -> None:
        self.current = PREAMBLE
        self.seen: list[str] = []  # in the order of their first headings
        self.repeated: set[str] = set()
        self.thought: list[str] = []
        self.broken = False  # a line break followed the last text
        self._parts: dict[str, list[str]] = {name: [] for name in (PREAMBLE, *SECTIONS)}
        self._held: list[str] = []
        self._started = False  # text since the last heading
        self._opening = False
        self._run: list[str] = []
        self._deltas: list[SectionDelta] = []

    def add(self, text: str) -> None:
        """Append text to the current section."""
        body = text.rstrip()
        if body:
            self._release("".join(self._held) + body)
            self._held = []
        self._held.append(text[len(body) :])

    def rule(self, line: str, underlines: bool) -> None:
        """Hold a rule; one right behind a heading underlines it, one that underlines a title is text."""
        if underlines and self._started and self.current == PREAMBLE:
            self.add(line)
        elif self._started or self.current == PREAMBLE:
            self._held.append(line)

    def hold(self, line: str) -> None:
        """Hold a line that is text only if text of the same section follows."""
        self._held.append(line)

    def length(self) -> int:
        """Give the length of the current section's text, with what is held behind it."""
        return len(self.text_of(self.current)) + len("".join(self._held)) if self._started else 0

    def take_line(self, place: int) -> str:
        """Take the line at `place` out of the preamble, and give it."""
        text = self.text_of(PREAMBLE)
        line = text[place:].split("\n", 1)[0]
        before, after = text[:place].rstrip(), text[place + len(line) :].strip()
        self._parts[PREAMBLE] = ["\n\n".join(filter(None, (before, after)))] if before or after else []
        return line

    def open(self, section: str) -> None:
        """Begin `section`, or go on with it."""
        self._close()
        if section in self.seen:
            self.repeated.add(section)
        else:
            self.seen.append(section)
        self.current, self._opening, self._started, self._held = section, True, False, []

    def was_thought(self) -> None:
        """Count the preamble so far as thought: its opening tag was not part of the answer."""
        self.thought += [*self._parts[PREAMBLE], "".join(self._held), "\n\n"]
        self._parts[PREAMBLE], self._held, self._started = [], [], False

    def finish(self, closing: str = "") -> bool:
        """End the answer, without `closing` if that is still held, and tell whether it was.

        An answer without headings is all verdict.
        """
        held = "".join(self._held).rstrip()
        rest = held.removesuffix(closing).rstrip()
        self.broken = "\n" in "".join(self._held)[len(rest) :]
        if rest:
            self._release(rest)
        if self.current == PREAMBLE and self._parts[PREAMBLE]:
            self._run = self._parts["verdict"] = self._parts[PREAMBLE]
            self._parts[PREAMBLE] = []
            self.current, self._opening = "verdict", True
        self._close()
        return rest != held

    def flush(self) -> list[SectionDelta]:
        """Give the deltas since the last call."""
        if self._run or self._opening:
            self._deltas.append(SectionDelta(self.current, "".join(self._run), opened=self._opening))
            self._run, self._opening = [], False
        deltas, self._deltas = self._deltas, []
        return deltas

    def text_of(self, section: str) -> str:
        """Give the text of `section` so far."""
        return "".join(self._parts[section])

    def is_untouched(self) -> bool:
        """Tell whether the answer has no text so far, thought aside."""
        return self.current == PREAMBLE and not self._started

    def is_empty(self) -> bool:
        """Tell whether the answer ends with a heading."""
        return self.current != PREAMBLE and not self._started

    def _release(self, text: str) -> None:
        if not self._started:
            text = text.lstrip()
            text = "\n\n" + text if self._parts[self.current] else text
            self._started = True
        self._parts[self.current].append(text)
        if self.current != PREAMBLE:
            self._run.append(text)

    def _close(self) -> None:
        """Close the open section; the preamble is told as a whole."""
        run, opening = self._run, self._opening
        if self.current == PREAMBLE:
            run, opening = self._parts[PREAMBLE], True
        if run or self.current != PREAMBLE:
            self._deltas.append(SectionDelta(self.current, "".join(run), opening, closed=True))
        self._run, self._opening = [], False
