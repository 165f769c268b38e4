"""Figures that stand in the prose of documents: what they are said of, and when."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.facts import Fact, Unit
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.interval import bounds, fits
from graph.report.figures.layout import Scope
from graph.report.figures.measure import DURATIONS
from graph.report.figures.page import Page
from graph.report.figures.pairing import Pairing
from graph.report.figures.periods import Period
from graph.report.figures.timing import Timing
from graph.report.figures.wording import telling, words

_ALIKE = 0.5
_NEAR_BEST = 0.7
_LONGEST = 200_000
_MOST = 200
_RATES: dict[str, Unit] = {"percent": "percent", "pp": "pp", "bps": "bps", "multiple": "multiple"}


@dataclass(frozen=True)
class _Said:
    """One figure of a sentence: the words since the figure before, and the period it is told of."""

    number: Number
    near: frozenset[str]
    period: Period | None
    was: bool
    counts: str = ""


@dataclass(frozen=True)
class _Passage:
    """A sentence of a document with its figures."""

    title: str
    text: str
    said: frozenset[str]
    figures: tuple[_Said, ...]
    periods: tuple[Period, ...]


class Passages:
    """The sentences of documents that hold figures."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._passages = [passage for title, text in texts for passage in _read(title, text[:_LONGEST])]
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
        low, high = bounds(number)
        first, last = bisect_left(self._sizes, low), bisect_right(self._sizes, high + number.ulp)
        best = max(
            (
                len(said & passage.said)
                for passage in self._passages
                if any(_kind(figure.number) == _kind(number) for figure in passage.figures)
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

    def lines(self, said: frozenset[str]) -> list[tuple[frozenset[str], list[Known]]]:
        """Give the figures of the sentences that speak of the same, with the words that each line shares."""
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


def _known(passage: _Passage, said: _Said) -> Known:
    number = said.number
    unit = _RATES.get(number.unit, "count" if number.unit or not number.currency else "money")
    currency = {"$": "USD", "¥": "CNY"}.get(number.currency, number.currency) or None
    label = passage.text
    fact = Fact(f"{passage.title}@{number.start}", label, number.value, unit, currency=currency)
    return Known(fact, "said:" + label, said.period, None)


def _is_said_of(passage: _Passage, said: _Said, words_: frozenset[str]) -> bool:
    """Tell whether no other figure of the sentence stands nearer to the words."""
    own = len(said.near & words_)
    rivals = [
        other
        for other in passage.figures
        if other is not said and _kind(other.number) == _kind(said.number) and other.near != said.near
    ]
    return all(len(other.near & words_) <= own for other in rivals)


def _is_past(passage: _Passage, said: _Said) -> bool:
    """Tell whether the figure is what a later one of its kind is compared with."""
    rivals = [
        other for other in passage.figures if other is not said and _kind(other.number) == _kind(said.number)
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


def _kind(number: Number) -> str:
    return number.unit or ("money" if number.currency or number.scale else "")


def _read(title: str, text: str) -> list[_Passage]:
    page = Page(text)
    if not page.numbers:
        return []
    timing = Timing(page, Page(""), Pairing(page))
    passages = []
    carried: Period | None = None
    for scope in page.scopes:
        if scope.cell or "|" in page.low[scope.start : scope.end]:
            continue
        first, last = bisect_left(page.number_starts, scope.start), bisect_left(page.number_starts, scope.end)
        figures: list[_Said] = []
        for index in range(first, last):
            number = page.numbers[index]
            near = _near(page, index, first, last, scope)
            alike = [said for said in figures if _kind(said.number) == _kind(number)]
            listed = alike and alike[-1] is figures[-1]
            if figures and (
                not near
                or (
                    listed
                    and "which" not in page.masked[figures[-1].number.end : number.start]
                    and not telling(page.masked, figures[-1].number.end, number.start)
                )
            ):
                near |= (alike or figures)[-1].near
            when = timing.when(number)
            years = [p for p in when.others if p.kind not in ("prior", "range")]
            period = when.period
            if period is not None and period.kind == "prior":
                about = max(years, key=Period.order) if years else carried
                period = about.back() if about is not None else None
            elif period is None and len(years) == 1 and any(p.kind == "prior" for p in when.others):
                period = years[0]
            was = timing.is_from(number) or (when.period is not None and when.period.kind == "prior")
            period = _of_segment(page, number, scope) or period
            figures.append(_Said(number, near, period, was, counts(page, number)))
            if period is not None and period.year and number.start - scope.start < 200:
                carried = period if carried is None or period.order() > carried.order() else carried
        figures = _shared(page, figures)
        if figures:
            said = telling(page.masked, scope.start, scope.end)
            periods = tuple(item.period for item in page.named_in((scope.start, scope.end)))
            told = text[scope.start : scope.end].strip()[:120]
            passages.append(_Passage(title, told, said, tuple(figures), periods))
    return passages


def _near(page: Page, index: int, first: int, last: int, scope: Scope) -> frozenset[str]:
    """Give the words that stand by a figure, up to the joint between it and the figures beside it."""
    number = page.numbers[index]
    left = page.numbers[index - 1].end if index > first else scope.start
    right = page.numbers[index + 1].start if index + 1 < last else scope.end
    if index > first:
        joints = [match.end() for match in _JOINT.finditer(page.masked, left, number.start)]
        if len(joints) > 1 and _WHICH.match(page.masked, joints[-1]):
            joints.pop()
        elif joints and _WHICH.match(page.masked, joints[-1]):
            joints = [left]
        left = joints[-1] if joints else left
    if index + 1 < last:
        joint = _JOINT.search(page.masked, number.end, right)
        right = joint.start() if joint is not None else right
    return telling(page.masked, left, number.start) | telling(page.masked, number.end, right)


_WHICH = re.compile(r"\s?(?:which|that|who)(?![a-z])")
# What parts the two sides of a comparison.
_COMPARES = re.compile(
    r"(?<![a-z])(?:compared (?:with|to)|versus|vs\.?|against|whereas|while)(?![a-z])|;|；|上年|去年"
)


def _of_segment(page: Page, number: Number, scope: Scope) -> Period | None:
    """Give the one period that is named on the figure's side of a comparison, if there is one."""
    joints = [
        scope.start,
        *(m.start() for m in _COMPARES.finditer(page.masked, scope.start, scope.end)),
        scope.end,
    ]
    if len(joints) < 3:
        return None
    place = bisect_right(joints, number.start)
    start, end = joints[place - 1], joints[min(place, len(joints) - 1)]
    named = {item.period for item in page.named_in((start, end))}
    only = next(iter(named)) if len(named) == 1 else None
    return only if only is not None and only.kind not in ("prior", "range") else None


_JOINT = re.compile(
    r"[,;(，；、]|(?<![a-z])(?:and|with|or|against|while|but|compared|versus|from)(?![a-z])|(?<![a-z])to\s(?=[$€£¥\d])|和|及|而"
)


def _shared(page: Page, figures: list[_Said]) -> list[_Said]:
    """Let figures that are listed together share the words that stand behind the last of them."""
    for index in range(len(figures) - 2, -1, -1):
        this, following = figures[index], figures[index + 1]
        gap = page.masked[this.number.end : following.number.start]
        listed = not telling(gap) and "which" not in gap
        if listed and _kind(this.number) == _kind(following.number):
            figures[index] = replace(this, near=this.near | following.near)
    return figures


def counts(page: Page, number: Number) -> str:
    """Give the word that a bare figure counts; "" when it counts none."""
    if not number.bare or number.decimals:
        return ""
    found = next(iter(words(page.masked, number.end, number.end + 24)), None)
    return found[0] if found is not None and found[1] - number.end <= 2 else ""


def near_words(page: Page, number: Number) -> frozenset[str]:
    """Give the words that stand by a figure of a page."""
    scope = page.scope_of(number.start)
    starts = page.number_starts
    first, last = bisect_left(starts, scope.start), bisect_left(starts, scope.end)
    return _near(page, bisect_left(starts, number.start), first, last, scope)


def _same(number: Number, other: Number) -> bool:
    """Tell whether both figures show one amount, in the same unit and currency, with the same sign."""
    alike = number.unit == other.unit or {number.unit, other.unit} <= {"", "count"}
    alike = alike and number.currency in ("", other.currency)
    return alike and (number.value < 0) == (other.value < 0) and bool(fits(number, other.value))


def _agree(named: Sequence[Period], held: Sequence[Period]) -> bool:
    return not named or not held or any(one.agrees(other) for one in named for other in held)
