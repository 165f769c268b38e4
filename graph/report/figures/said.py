"""A figure of prose with the words that stand by it, and the sentence that it stands in."""

from __future__ import annotations

from dataclasses import dataclass

from graph.report.figures.extract import Number
from graph.report.figures.period import Period


@dataclass(frozen=True)
class Said:
    """One figure of a sentence: the words since the figure before, and the period it is told of.

    `side` is the direction of a rate of change: +1, -1, or 0 where none is told. `whole` says that the figure
    is told as a whole that others are parts of, `rest` as what is left of one; `base` are the words of what a
    percentage is told to be of.
    """

    number: Number
    near: frozenset[str]
    period: Period | None
    was: bool
    counts: str = ""
    side: int = 0
    whole: bool = False
    rest: bool = False
    base: frozenset[str] = frozenset()
    moved: bool = False
    each: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Passage:
    """A sentence of a document with its figures."""

    title: str
    text: str
    said: frozenset[str]
    figures: tuple[Said, ...]
    periods: tuple[Period, ...]
    implied: tuple[Said, ...] = ()
    block: int = 0


def kind_of(number: Number) -> str:
    """Name what figures must have in common to be of one kind."""
    return number.unit or ("money" if number.currency or number.scale else "")
