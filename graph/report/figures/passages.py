"""Figures that stand in the prose of documents, beside the same words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.interval import fits
from graph.report.figures.page import Page
from graph.report.figures.periods import Period
from graph.report.figures.wording import words

_ALIKE = 0.5
_LONGEST = 200_000


@dataclass(frozen=True)
class _Passage:
    """A sentence of a document with its figures."""

    title: str
    said: frozenset[str]
    numbers: tuple[Number, ...]
    periods: tuple[Period, ...]


class Passages:
    """The sentences of documents that hold figures."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._passages = [passage for title, text in texts for passage in _read(title, text[:_LONGEST])]

    def support(self, page: Page, number: Number) -> Finding | None:
        """Find a sentence that shows the same amount in the same words and names no other period."""
        scope = page.scope_of(number.start)
        said = {word for word, _, _ in words(page.masked, scope.start, scope.end)}
        named = [item.period for item in page.named_in((scope.start, scope.end))]
        for passage in self._passages:
            if not any(_same(number, other) for other in passage.numbers):
                continue
            alike = len(said & passage.said) >= _ALIKE * len(said) and said & passage.said
            if alike and _agree(named, passage.periods):
                return Finding("supported", "sentence of a document", note=passage.title)
        return None


def _read(title: str, text: str) -> list[_Passage]:
    page = Page(text)
    passages = []
    for scope in page.scopes:
        numbers = (
            tuple(number for number in page.numbers if scope.start <= number.start < scope.end)
            if not scope.cell
            else ()
        )
        if numbers and "|" not in page.low[scope.start : scope.end]:
            said = frozenset(word for word, _, _ in words(page.masked, scope.start, scope.end))
            periods = tuple(item.period for item in page.named_in((scope.start, scope.end)))
            passages.append(_Passage(title, said, numbers, periods))
    return passages


def _same(number: Number, other: Number) -> bool:
    """Tell whether both figures show one amount, in the same unit and currency, with the same sign."""
    alike = number.unit == other.unit and number.currency in ("", other.currency)
    return alike and (number.value < 0) == (other.value < 0) and bool(fits(number, other.value))


def _agree(named: Sequence[Period], held: Sequence[Period]) -> bool:
    return not named or not held or any(one.agrees(other) for one in named for other in held)
