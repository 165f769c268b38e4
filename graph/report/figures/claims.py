"""What a figure of a text claims: the words and periods that it, its sentence and its question name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from graph.report.figures import cues
from graph.report.figures.bilingual import Searched
from graph.report.figures.extract import Number
from graph.report.figures.layout import Scope
from graph.report.figures.lookup import Lookup
from graph.report.figures.page import Page
from graph.report.figures.period import Period
from graph.report.figures.point import is_of, short
from graph.report.figures.points import Points
from graph.report.figures.role import Role, direction
from graph.report.figures.telling import near_words
from graph.report.figures.wording import stems

# How much a word weighs by where it stands: by the figure, in its sentence, before it, in the question.
_NEAR, _SAID, _BEFORE, _ASKED = 1.0, 0.85, 0.45, 0.6
# By another figure of the sentence; and in the question where the sentence itself tells enough.
_OTHERS, _ASIDE = 0.5, 0.5
# From which weight on words tell what something is about.
_TELLS = 1.0
# How far off a value may be that is known roughly.
_ROUGH = 1e-6
# From which weight on a word names something.
STRONG = 0.7
# What it tells that the period beside the figure, or one of its sentence or question, is the amount's.
_OWN_PERIOD, _SOME_PERIOD = 1.2, 0.8
# What a ratio is of, where only its name is said.
_OF_RATIOS = (
    ({"margin"}, short(stems("sales revenue revenues profit income"))),
    ({"tax", "effectiv"}, short(stems("provision income before taxes tax expense earnings"))),
    ({"pay", "ratio"}, short(stems("dividends net income earnings"))),
    ({"conver"}, short(stems("cash net income sales"))),
    ({"leverag"}, short(stems("debt ebitda equity assets"))),
    ({"cover"}, short(stems("interest expense income ebitda"))),
)
_MEANT = 0.45
# Words of doing that far behind a figure are the next one's.
_BEHIND_REACH = 20


@dataclass(frozen=True)
class Claim:
    """One figure with what says which amount it is.

    `words` are the words and how much each counts. `own` is the period named beside the figure, `named`
    those of its sentence, `asked` those of the question. `side` is the direction told, 0 where none is;
    `told` the words that say what is done. `was` says that something moved from the figure, `past` that it
    is of an earlier time that is not named, `compares` that its sentence sets times against each other.
    `formula` says that a sign of arithmetic stands beside it, `unscaled` how many figures of the sentence
    show no scale. `whole` is a span of periods, `count` how many of them; `under` are the words under the
    line of a ratio; `place` is the figure's number on its page and `kind` its role. `known` keeps which
    patterns the words hold. Near to a `narrow` claim lies only what the figure may show.
    """

    number: Number
    words: dict[str, float] = field(repr=False)
    own: Period | None
    named: tuple[Period, ...]
    asked: tuple[Period, ...]
    side: int
    told: str
    was: bool
    formula: bool
    whole: bool
    kind: str
    compares: bool
    under: frozenset[str]
    place: int
    past: bool
    unscaled: int
    count: int
    known: dict[int, bool] = field(default_factory=dict, repr=False)
    narrow: bool = False

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Give the periods that it may be of."""
        if self.own is None or self.own.kind == "range":
            if self.named and self.compares:
                return (*self.named, *self.asked)
            return self.named or (() if self.was or self.formula or self.compares else self.asked)
        if self.own.kind == "prior":
            return tuple(period.back() for period in self.named or self.asked)
        return (self.own,)

    @cached_property
    def compared(self) -> tuple[Period, ...]:
        """Give the periods that may be compared: of the sentence, with the question's where it names one."""
        return tuple(dict.fromkeys((*self.named, *(() if len(self.named) > 1 else self.asked))))

    @cached_property
    def strong(self) -> dict[str, float]:
        """Give the words that count for so much that they name something, in order."""
        return {word: weight for word, weight in sorted(self.words.items()) if weight >= STRONG}

    @cached_property
    def reach(self) -> tuple[float, float]:
        """Give the least and the greatest value that lies near the figure."""
        low, high = (float(bound) for bound in self.number.bounds)
        if self.narrow:
            shown = abs(self.number.value)
            most = max(high, float(shown + self.number.ulp))
            return min(low, float(shown)) * (1 - _ROUGH), most * (1 + _ROUGH)
        return low / 2, high * 2

    @cached_property
    def least(self) -> Decimal:
        """Give the least amount that matters beside the figure."""
        return self.number.ulp / 2

    def reaches(self, value: Decimal) -> bool:
        """Tell whether a value lies near the figure: others tell nothing of it."""
        low, high = self.reach
        return low <= abs(float(value)) <= high

    def may_reach(self, value: float) -> bool:
        """Tell whether a value that is known roughly may lie near the figure."""
        low, high = self.reach
        size = abs(value)
        return low - size * _ROUGH - _ROUGH <= size <= high * (1 + _ROUGH) + _ROUGH

    def cued(self, *patterns: Searched) -> bool:
        """Tell whether the words that say what is done hold one of these."""
        return any(map(self.says, patterns))

    def says(self, pattern: Searched) -> bool:
        """Tell whether the words that say what is done hold a pattern."""
        known = self.known.get(id(pattern))
        if known is None:
            known = self.known[id(pattern)] = pattern.search(self.told) is not None
        return known


@dataclass(frozen=True)
class _Sentence:
    """What the claims of all figures of a sentence share; the fields are those of a claim.

    `words` are without those that stand by a figure, `dated` says that the sentence names a period.
    """

    words: dict[str, float]
    named: tuple[Period, ...]
    dated: bool
    whole: bool
    compares: bool
    under: frozenset[str]
    unscaled: int
    count: int


class Claims:
    """Reads the claims of one text."""

    def __init__(self, lookup: Lookup, asked: Page, points: Points) -> None:
        self._resolver = lookup.resolver
        self._page = lookup.page
        self._asked = asked
        self._points = points
        self._question = short(stems(asked.masked))
        self._sentences: dict[int, frozenset[str]] = {}
        self._last: tuple[int, _Sentence] | None = None
        self._memory = cues.Memory()
        self._scores: dict[tuple[int, int], dict[int, float]] = {}

    def read(self, number: Number, role: Role) -> Claim:
        """Give what one figure claims."""
        page, scope = self._page, self._resolver.scope(number)
        sentence = self._sentence_of(page.scope_index(number.start))
        words = dict(sentence.words)
        near = short(near_words(page, number))
        if sum(self._points.weight(word) for word in sorted(near)) >= _TELLS / 2:
            # What stands by other figures is said of those.
            words |= dict.fromkeys(self._near_others(number, scope) - near, _OTHERS)
        words |= dict.fromkeys(near, _NEAR)
        for name, of in _OF_RATIOS:
            if name <= words.keys():
                words |= dict.fromkeys(of - words.keys(), _MEANT)
        when = self._resolver.when(number)
        told = self._told(number, scope)
        named = sentence.named
        if sentence.compares and not when.own:
            # "profit of $9 compares with $4 in 2021" dates the other figure alone.
            owned = self._owned(number, scope)
            named = tuple(period for period in named if period not in owned)
        is_share = cues.SHARE_AHEAD.search(page.low, max(scope.start, number.start - 40), number.start)
        before = page.masked[max(0, number.start - 3) : number.start].rstrip("$€£¥( ")
        after = page.masked[number.end : number.end + 3].lstrip(") ")
        return Claim(
            number,
            words,
            when.period if when.own or scope.cell else None,
            named,
            _plain(
                [item.period for item in self._asked.named]
                or ([when.period] if when.period and (named or not sentence.named) else ())
                or (when.others if named or not sentence.named else ())
            ),
            0 if is_share or cues.VALUED.search(told) else self._side(number, role, scope),
            told,
            self._resolver.is_from(number),
            before[-1:] in _SIGNS or after[:1] in _SIGNS,
            sentence.whole or self._whole_asked,
            "share" if is_share and not number.currency else role.kind,
            sentence.compares,
            sentence.under,
            bisect_left(page.number_starts, number.start),
            not sentence.dated and _PAST.search(page.low, scope.start, number.end) is not None,
            sentence.unscaled,
            sentence.count,
        )

    def _sentence_of(self, index: int) -> _Sentence:
        """Read what all figures of a sentence share; the last is kept."""
        if self._last is None or self._last[0] != index:
            self._last = (index, self._read_sentence(index))
        return self._last[1]

    def _read_sentence(self, index: int) -> _Sentence:
        page, scope = self._page, self._page.scopes[index]
        said = self._words_of(index) | short(page.telling_words(scope))
        # Where the sentence names what it is about, the question counts for little.
        own = sum(self._points.weight(word) for word in sorted(said)) >= _TELLS
        words = dict.fromkeys(self._question, _ASIDE if own else _ASKED)
        for earlier in range(max(0, index - 3), index):
            words |= dict.fromkeys(self._words_of(earlier) - words.keys(), _ASIDE if own else _BEFORE)
        spans = [span for span in (scope.row, scope.column, *scope.heads) if span is not None]
        heads = frozenset(word for start, end in spans for word in short(stems(page.masked[start:end])))
        words |= dict.fromkeys(heads, _SAID)
        words |= dict.fromkeys(said, _SAID)
        here = [item.period for item in page.named_in((scope.start, scope.end))]
        named = here + [item.period for start, end in spans for item in page.named_in((start, end))]
        if not named:
            # A year that belongs to a name, as in "due in 2017", may still be a row's.
            years = _YEAR.findall(page.low, scope.start, scope.end)
            named += [Period("year", int(year)) for year in years]
        first, last = (bisect_left(page.number_starts, place) for place in (scope.start, scope.end))
        return _Sentence(
            words,
            _plain(named),
            bool(named),
            any(period.kind == "range" for period in here)
            or cues.WHOLE.search(page.low, scope.start, scope.end) is not None,
            _COMPARES.search(page.low, scope.start, scope.end) is not None,
            frozenset(
                word
                for found in _UNDER.finditer(page.low, scope.start, scope.end)
                for word in short(stems(found[1]))
            ),
            sum(not (other.scale or other.unit) for other in page.numbers[first:last]),
            _count(page.low[scope.start : scope.end], named),
        )

    @cached_property
    def _whole_asked(self) -> bool:
        """Tell whether the question is of a span of periods."""
        ranges = any(item.period.kind == "range" for item in self._asked.named)
        return ranges or cues.WHOLE.search(self._asked.low) is not None

    def _owned(self, number: Number, scope: Scope) -> frozenset[Period]:
        """Give the periods that are named beside other figures of a sentence."""
        page = self._page
        first, last = bisect_left(page.number_starts, scope.start), bisect_left(page.number_starts, scope.end)
        whens = [self._resolver.when(other) for other in page.numbers[first:last][:12] if other is not number]
        return frozenset(when.period for when in whens if when.own and when.period is not None)

    def _near_others(self, number: Number, scope: Scope) -> frozenset[str]:
        """Give the words that stand by the other figures of a sentence."""
        page = self._page
        first, last = bisect_left(page.number_starts, scope.start), bisect_left(page.number_starts, scope.end)
        others = [other for other in page.numbers[first:last][:12] if other is not number]
        return frozenset(word for other in others for word in short(near_words(page, other)))

    def _told(self, number: Number, scope: Scope) -> str:
        """Give the words that say what is done: by the figure, else in its sentence, else in the question."""
        page = self._page
        index = bisect_left(page.number_starts, number.start)
        start = max(scope.start, page.numbers[index - 1].end if index else 0)
        following = page.numbers[index + 1].start if index + 1 < len(page.numbers) else scope.end
        near = page.low[start : min(scope.end, following, number.end + _BEHIND_REACH)]
        self._memory.turn_to(scope.start)
        if self._cued(near):
            return near
        told = page.low[scope.start : scope.end]
        return told if self._cued(told) else f"{told} {self._asked.low}"

    def _cued(self, told: str) -> bool:
        holds = self._memory.holds
        return any(holds(p, told) for p in (cues.MEAN, cues.MOVED, cues.UNLIKE, cues.SUM, cues.ONLY_SHARE))

    def _side(self, number: Number, role: Role, scope: Scope) -> int:
        """Give the direction that the words before or right behind a figure fix."""
        if role.kind == "change" and role.side:
            return role.side
        behind = _BEHIND.match(self._page.low, number.end, scope.end)
        if behind is not None:
            return 1 if behind["up"] else -1
        return direction(self._page, number, scope)

    def _words_of(self, index: int) -> frozenset[str]:
        known = self._sentences.get(index)
        if known is None:
            scope = self._page.scopes[index]
            known = self._sentences[index] = short(word for word, _, _ in self._page.words_in(scope))
        return known

    def scores(self, claim: Claim) -> dict[int, float]:
        """Say of every point, by its id, how much of what it is called the claim names."""
        place = (claim.number.start, claim.number.end)
        known = self._scores.get(place)
        if known is None:
            named = claim.named or claim.asked
            if claim.compares and claim.own is None:
                # One period of a comparison may be the other figure's.
                named = (*claim.named, *claim.asked)
            unnamed = not (claim.own or claim.named)

            def timed(periods: tuple[Period, ...]) -> float:
                if periods and claim.own is not None and is_of(periods, (claim.own,)):
                    return _OWN_PERIOD
                return _SOME_PERIOD if periods and named and is_of(periods, named) else 0.0

            known = self._scores[place] = self._points.scores(claim.words, timed)
            for point in self._points.totals if unnamed else ():
                if not timed(point.periods):
                    # What names no part of a table is of its total.
                    known[id(point)] += _SOME_PERIOD
        return known


_COMPARES = re.compile(
    r"(?<![a-z])(?:from|versus|vs|compare[sd]?|against|earlier|prior|previous|before|then|year ago|last year"
    r"|times (?:the|that|its|as))"
    r"(?![a-z])"
    r"|由|从|上年|去年|此前|较|→|->"
)
_PAST = re.compile(
    r"(?<![a-z])(?:(?:a|one|the) (?:year|quarter|month) (?:before|earlier|ago|prior)|had been"
    r"|(?:previous|prior|last) (?:year|quarter))(?![a-z])|上年同期|去年同期|上年|去年"
)
_YEAR = re.compile(
    r"(?<![\d.,$€£¥])(?:due|maturing|maturity|thereafter|after)(?: in)? ((?:19|20)\d\d)(?![\d.,%])"
)
_BEHIND = re.compile(
    r"\s?(?:(?P<up>higher|more|above|greater|larger|up|better|ahead)"
    r"|(?P<down>lower|less|below|fewer|smaller|down|short))(?![a-z])"
)


_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "两": 2, "三": 3, "四": 4, "五": 5}
_COUNT = re.compile(
    r"(?<![a-z\d.,-])(two|three|four|five|six|[2-6])[- ](?:year|quarter|month)s?(?![a-z])"
    r"|([两三四五])[年季个]"
)


def _count(told: str, named: Sequence[Period]) -> int:
    """Say how many periods a sentence speaks of; 0 where it does not say."""
    ranges = [period for period in named if period.kind == "range"]
    if len(ranges) == 1:
        return ranges[0].part - ranges[0].year + 1
    found = _COUNT.search(told)
    word = (found[1] or found[2]) if found is not None else ""
    return int(word) if word.isdigit() else _NUMBERS.get(word, 0)


# What stands under the line of a ratio.
_UNDER = re.compile(
    r"(?:(?<![a-z])(?:of|out of|over|per|by|against|relative to|compared (?:to|with))(?![a-z])|/|÷|占)"
    r"\s?(?:the |its |total |our )*((?:[a-z&'-]+\s?){1,5}|[\u4e00-\u9fff]{2,10})"
)
_SIGNS = tuple("+-*/×÷=−–xX")


def _plain(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Leave out what is only relative, and write a range of years as its years."""
    found: list[Period] = []
    for period in periods:
        if period.kind == "range" and period.part - period.year <= 12:
            found += [Period("year", year) for year in range(period.year, period.part + 1)]
        elif period.kind != "prior":
            found.append(period)
    return tuple(dict.fromkeys(found))
