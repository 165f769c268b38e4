"""Figures that stand in the prose of documents, beside the same words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.interval import bounds, fits
from graph.report.figures.page import Page
from graph.report.figures.periods import Period
from graph.report.figures.wording import words

_ALIKE = 0.5
_LONGEST = 200_000
_MOST = 200


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
        passages = [passage for title, text in texts for passage in _read(title, text[:_LONGEST])]
        shown = [(abs(n.value), at, n, p) for at, p in enumerate(passages) for n in p.numbers]
        self._shown = sorted(shown, key=lambda item: item[:2])
        self._sizes = [item[0] for item in self._shown]

    def support(self, page: Page, number: Number) -> Finding | None:
        """Find a sentence that shows the same amount in the same words and names no other period."""
        if not self._shown:
            return None
        scope = page.scope_of(number.start)
        said = {word for word, _, _ in words(page.masked, scope.start, scope.end)}
        named = [item.period for item in page.named_in((scope.start, scope.end))]
        low, high = bounds(number)
        first, last = bisect_left(self._sizes, low), bisect_right(self._sizes, high + number.ulp)
        for _, _, other, passage in self._shown[first : min(last, first + _MOST)]:
            alike = len(said & passage.said) >= _ALIKE * len(said) and said & passage.said
            if alike and _same(number, other) and _agree(named, passage.periods):
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
