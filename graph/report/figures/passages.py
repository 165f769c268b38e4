"""Figures that stand in the prose of documents: what they are said of, and when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from math import log

from graph.facts import Fact, Unit
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.interval import bounds, fits
from graph.report.figures.measure import DURATIONS
from graph.report.figures.periods import Period
from graph.report.figures.telling import Passage, Said, kind_of, read_passages

_ALIKE = 0.5
_NEAR_BEST = 0.7
_CLOSEST = 0.8
# The share of a sentence's words that documents must use for the others to be left out.
_KNOWN = 0.34
_LONGEST = 200_000
_MOST = 200
_RATES: dict[str, Unit] = {"percent": "percent", "pp": "pp", "bps": "bps", "multiple": "multiple"}


class Passages:
    """The sentences of documents that hold figures."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._passages = [
            passage for title, text in texts for passage in read_passages(title, text[:_LONGEST])
        ]
        self._figures = [(passage, said) for passage in self._passages for said in passage.figures]
        counts = Counter(word for near in {said.near for _, said in self._figures} for word in near)
        total = sum(counts.values())
        self._weight = {
            word: log(1 + total / counts.get(word, 1)) for passage in self._passages for word in passage.said
        }
        self._words = frozenset(word for passage in self._passages for word in passage.said)
        self._counted = frozenset(
            said.counts for passage in self._passages for said in passage.figures if said.counts
        )
        shown = [
            (abs(said.number.value), at, place)
            for at, passage in enumerate(self._passages)
            for place, said in enumerate(passage.figures)
        ]
        self._shown = sorted(shown)
        self._sizes = [item[0] for item in self._shown]

    @property
    def counted(self) -> frozenset[str]:
        """Give the words that the documents count, as in "31 aircraft"."""
        return self._counted

    def __len__(self) -> int:
        return len(self._passages)

    def support(
        self,
        said: frozenset[str],
        near: frozenset[str],
        number: Number,
        periods: Sequence[Period],
        was: bool = False,
    ) -> Finding | None:
        """Find a sentence that shows the same amount, in the same words and of no other period.

        `said` are the words of its sentence, `near` those that stand by the figure itself, `periods` those
        that it may be told of; `was` says that it is what something moved from or is compared with.
        """
        if not self._shown or not said:
            return None
        said = self._known_words(said)
        low, high = bounds(number)
        first, last = bisect_left(self._sizes, low), bisect_right(self._sizes, high + number.ulp)
        best = max(
            (
                len(said & passage.said)
                for passage in self._passages
                if any(kind_of(figure.number) == kind_of(number) for figure in passage.figures)
            ),
            default=0,
        )
        for _, at, place in self._shown[first : min(last, first + _MOST)]:
            passage = self._passages[at]
            other = passage.figures[place]
            common = len(said & passage.said)
            if common < max(_ALIKE * len(said), _NEAR_BEST * best, 1) or not _same(number, other.number):
                continue
            told = (other.period,) if other.period is not None else passage.periods
            if not periods and not was and _is_past(passage, other):
                continue
            if _agree(periods, told) and _is_said_of(passage, other, said & near & passage.said or said):
                return Finding(
                    "supported", "sentence of a document", note=passage.title, known=(_known(passage, other),)
                )
        return None

    def nearest(
        self,
        said: frozenset[str],
        near: frozenset[str],
        number: Number,
        periods: Sequence[Period],
        was: bool = False,
    ) -> Finding | None:
        """Find the same amount where no other figure of its kind stands by the sentence's words more closely.

        The arguments are those of `support`; rare words count for more than common ones.
        """
        ranked = []
        for passage, other in self._figures:
            told = (other.period,) if other.period is not None else passage.periods
            if not _alike(number, other.number) or not _agree(periods, told):
                continue
            if not periods and not was and _is_past(passage, other):
                continue
            ranked.append((self._closeness(said, near, passage, other), passage, other))
        named = [item for item in ranked if near & item[2].near]
        ranked = named or ranked
        best = max((score for score, _, _ in ranked), default=0.0)
        for score, passage, other in ranked:
            if score > 0 and score >= _CLOSEST * best and _same(number, other.number):
                return Finding(
                    "supported", "sentence of a document", note=passage.title, known=(_known(passage, other),)
                )
        return None

    def _closeness(self, said: frozenset[str], near: frozenset[str], passage: Passage, figure: Said) -> float:
        """Weigh the words that a claim shares with a figure and its sentence."""
        near = near or said
        rest = passage.said - figure.near
        return (
            self._sum(near & figure.near)
            + 0.2 * self._sum((said - near) & figure.near)
            + 0.3 * self._sum(near & rest)
            + 0.1 * self._sum((said - near) & rest)
            - 0.2 * self._sum(figure.near - said)
        )

    def _sum(self, those: frozenset[str]) -> float:
        return sum(self._weight.get(word, 0.0) for word in sorted(those))

    def closest(self, said: frozenset[str]) -> list[tuple[frozenset[str], list[Known]]]:
        """Give the lines whose own words the sentence shares most, where no sentence speaks of the same."""
        held: dict[frozenset[str], list[Known]] = {}
        for passage, other in self._figures:
            if other.near and other.number.unit not in DURATIONS:
                held.setdefault(other.near, []).append(_known(passage, other))
        scored = [(self._sum(near & said) - 0.25 * self._sum(near - said), near) for near in held]
        best = max((score for score, _ in scored), default=0.0)
        kept = [(score, near) for score, near in scored if score > 0 and score >= 0.4 * best]
        kept.sort(key=lambda pair: (-pair[0], sorted(pair[1])))
        return [(near & said, held[near]) for _, near in kept[:4]]

    def _known_words(self, said: frozenset[str]) -> frozenset[str]:
        """Leave out the words that no document uses: they say how a writer tells it, not what is told."""
        held = said & self._words
        return held if len(held) >= _KNOWN * len(said) else said

    def lines(self, said: frozenset[str]) -> list[tuple[frozenset[str], list[Known]]]:
        """Give the figures of the sentences that speak of the same, with the words that each line shares."""
        said = self._known_words(said)
        found: list[tuple[int, int, dict[frozenset[str], list[Known]]]] = []
        for at, passage in enumerate(self._passages):
            common = len(said & passage.said)
            if not common or common < _ALIKE * len(said):
                continue
            told: dict[frozenset[str], list[Known]] = {}
            for other in passage.figures:
                by = other.near & said
                if other.number.unit not in DURATIONS and (by or not other.near):
                    told.setdefault(by, []).append(_known(passage, other))
            if told:
                found.append((-common, at, told))
        lines: dict[frozenset[str], list[Known]] = {}
        for _, _, told in sorted(found, key=lambda item: item[:2])[:3]:
            for by, known in told.items():
                lines.setdefault(by, []).extend(known)
        return list(lines.items())


def _known(passage: Passage, said: Said) -> Known:
    number = said.number
    unit = _RATES.get(number.unit, "count" if number.unit or not number.currency else "money")
    currency = {"$": "USD", "¥": "CNY"}.get(number.currency, number.currency) or None
    label = passage.text
    fact = Fact(f"{passage.title}@{number.start}", label, number.value, unit, currency=currency)
    period = said.period or (Period("prior", 0) if said.was else None)
    return Known(fact, "said:" + label, period, None)


def _is_said_of(passage: Passage, said: Said, words_: frozenset[str]) -> bool:
    """Tell whether no other figure of the sentence stands nearer to the words."""
    own = len(said.near & words_)
    rivals = [
        other
        for other in passage.figures
        if other is not said and kind_of(other.number) == kind_of(said.number) and other.near != said.near
    ]
    return all(len(other.near & words_) <= own for other in rivals)


def _is_past(passage: Passage, said: Said) -> bool:
    """Tell whether the figure is what a later one of its kind is compared with."""
    rivals = [
        other
        for other in passage.figures
        if other is not said and kind_of(other.number) == kind_of(said.number)
    ]
    return bool(rivals) and (
        said.was
        or any(
            other.period is not None
            and said.period is not None
            and other.period.order() > said.period.order()
            for other in rivals
            if other.near == said.near
        )
    )


def _same(number: Number, other: Number) -> bool:
    """Tell whether both figures show one amount, in the same unit and currency, with the same sign."""
    alike = number.unit == other.unit or {number.unit, other.unit} <= {"", "count"}
    alike = alike and number.currency in ("", other.currency)
    return alike and (number.value < 0) == (other.value < 0) and bool(fits(number, other.value))


def _alike(number: Number, other: Number) -> bool:
    """Tell whether two figures are in one unit, as far as they say."""
    kinds = {kind_of(number), kind_of(other)}
    return len(kinds) == 1 or kinds <= {"", "count", "money"}


def _agree(named: Sequence[Period], held: Sequence[Period]) -> bool:
    return not named or not held or any(one.agrees(other) for one in named for other in held)
