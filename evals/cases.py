"""One case: an answer, what it stands on, and the same answer with one figure made wrong in each kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.facts import Fact
from graph.report.figures import Source

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Wrong:
    """The answer with one figure made wrong; `start` is where that figure stands."""

    kind: str
    answer: str
    start: int


@dataclass(frozen=True)
class Case:
    """A right answer on documents, typed facts or both, and its corruptions; none for prose without claims.

    `grounded` are the places of the figures that are right by the case's own reckoning.
    """

    family: str
    stands_on: str
    language: str
    question: str
    answer: str
    sources: tuple[Source, ...]
    facts: tuple[Fact, ...]
    grounded: tuple[int, ...] = ()
    wrong: tuple[Wrong, ...] = ()


def lines(name: str, split: str) -> list[str]:
    """Read a data file of a split, without its comments."""
    path = DATA / split / name
    if not path.exists():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("# ")]
