"""The answers and their right cuts, read from `answers/*.txt`.

An answer begins with a line `%% style name flags`. In its text `«v»`, `«e»`, `«i»` and `«c»` open a piece of
that section, `«p»` one of the preamble, `«w»` one of a wrapper that may stand in the preamble, in the first
section or in the last, and `§` a piece that belongs to nothing: headings, rules in front of them, thoughts.
`␠` is a space at a line's end or start. Flags: `trunc` the answer is cut off, `?trunc` nobody can tell,
`crlf` lines end as on Windows, `loose` emphasis marks are not compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from graph.report.model import SECTIONS

FOLDER = Path(__file__).parent / "answers"
_MARKS = dict(zip("veic", SECTIONS, strict=True)) | {"p": "preamble", "w": "wrapper"}
_HEAD = re.compile(r"^%% (\S+) (\S+)(.*)\n", re.MULTILINE)
_MARK = re.compile("(§|«[veicpw]»)")


@dataclass(frozen=True)
class Answer:
    """One answer: its text as a model sends it, and what belongs where.

    `pieces` are (place, text) in the order of the answer; the place "" is that of headings and thoughts.
    `truncated` is None where nobody can tell.
    """

    style: str
    name: str
    text: str
    pieces: tuple[tuple[str, str], ...]
    truncated: bool | None
    loose: bool

    def texts(self, place: str) -> list[str]:
        """Give the pieces of a place, with "\\n" as line end, without space around them."""
        found = [text.replace("\r\n", "\n").strip() for where, text in self.pieces if where == place]
        return [text for text in found if text]

    def order(self) -> list[str]:
        """Give the sections in the order in which they first come."""
        return list(dict.fromkeys(place for place, _ in self.pieces if place in SECTIONS))


def read_answers(folder: Path = FOLDER) -> list[Answer]:
    """Read all answers; raises `ValueError` for a file that does not begin with one."""
    return [answer for path in sorted(folder.glob("*.txt")) for answer in _read(path)]


def _read(path: Path) -> list[Answer]:
    before, *fields = _HEAD.split(path.read_text(encoding="utf-8"))
    if before.strip():
        raise ValueError(f"{path.name} begins with {before[:40]!r}: begin it with a line '%% style name'")
    groups = zip(fields[::4], fields[1::4], fields[2::4], fields[3::4], strict=True)
    return [_answer(style, name, flags.split(), text) for style, name, flags, text in groups]


def _answer(style: str, name: str, flags: list[str], marked: str) -> Answer:
    marked = marked.removesuffix("\n").replace("␠", " ")
    if "crlf" in flags:
        marked = marked.replace("\n", "\r\n")
    parts = ["§", *_MARK.split(marked)]
    pieces = tuple(
        ("" if mark == "§" else _MARKS[mark[1]], text)
        for mark, text in zip(parts[::2], parts[1::2], strict=True)
    )
    return Answer(
        style=style,
        name=name,
        text="".join(text for _, text in pieces),
        pieces=pieces,
        truncated=None if "?trunc" in flags else "trunc" in flags,
        loose="loose" in flags,
    )
