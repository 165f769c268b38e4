"""Which period a figure is said to be of."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from graph.report.figures.extract import Number
from graph.report.figures.layout import Scope
from graph.report.figures.mask import Named
from graph.report.figures.page import Page, inside
from graph.report.figures.pairing import Pairing
from graph.report.figures.period import Period

_LATER = re.compile(
    r"(?<![a-z])(?:in|for|during|of|on|at|as of|by|ended|ending|the|fiscal|year|end|quarter|through|dated"
    r"|periods?|same|corresponding|comparable|prior|reached|set|posted|reported|recorded|booked|seen|earned|logged|registered"
    r"|added|sold|made|paid|produced|shipped|generated|delivered|achieved|spent|issued|gained|a)(?![a-z])|[(\s,:于在截至]"
)
_FROM = re.compile(
    r"(?:(?<![a-z])(?:from|versus|vs\.?|against|than|after|compare[sd]? (?:with|to))|从|自|由"
    r"|较(?:期初|年初|上期|上年末|上季度?末)?|低于|高于|相比)[\s(]{0,3}[\x00's的 ]{0,24}(?:about|约)?\s?$"
)
_MOVED = re.compile(r"(?:(?<![a-z])from|从|自|由)[\s(]{0,3}[\x00's的 ]{0,24}(?:about|约)?\s?$")
_TO = re.compile(
    r"[\s\x00()]{0,24}(?:in|for|at)?[\s\x00()]{0,24}(?:to|至|到|变为|升至|降至)[\s(]{0,2}(?:about |约)?"
)
_ONWARD = re.compile(r"\s?(?:to|->|→|至|到)\s?[$€£¥a-z]{0,4}\s?\d")
_SINCE = re.compile(r"(?<![a-z])since (?:the |fiscal )?$|自\s?$")
_ENDS = re.compile(r"\s?[),;，]")
_COMPARED = re.compile(r"(?<![a-z])(?:above|below) (?:the |fiscal )?$")
_OWNED = re.compile(
    r"['’]s\s|的|['’s]{0,2}\s(?:figure|amount|level|balance|value|total|number|sum|print|mark|reading)\s(?:of|was|is|at)\s"
    r"(?:about |roughly |approximately )?|\s?\("
)
_OTHER = re.compile(r"\s(?:of|in)\s(?:its |the |total )?")
# What a figure counts, between it and its period, as in "642 thousand ounces in 2020".
_COUNTED = re.compile(
    r"(?:(?:\s(?!(?:and|but|while|as|because|when|after|before|or|from|versus|against|than|compared|on|with|to|in|for"
    r"|was|were|is|are|had|has|it)\s)[a-z'-]+){1,5}|,)"
    r"\s(?:in|for|during|at|as of|at the end of)\s(?:the |fiscal |end of )*"
)
# Before the same amount told in another way, as in "$(18.6) million, or $(0.31) per share, in 2023".
_AGAIN = re.compile(r",?\s\(?or\s(?:about |approximately )?")
# Between a figure and the period of its whole sentence, as in "adding sales ($5) and fees ($1) for 2022".
_WHOLE = re.compile(
    r"(?:(?!compared|versus|against|from|than|after|before|while)(?:[^,;]|(?<=\d),(?=\d)))*?"
    r"(?<![a-z])(?:for|in|during|over)\s(?:the |fiscal )*"
)
_HEDGED = re.compile(r"(?<![a-z])(?:more|less|fewer) than\s?$")
_BASE = re.compile(
    r"[\s)]{0,3}(?:(?:from|over|versus|vs\.?|against|than|since|compared (?:with|to)|on)(?![a-z])|较"
    r"|比)[\s(]{0,3}(?:the )?(?:fiscal )?$"
)
_BASE_AHEAD = re.compile(
    r"(?:(?<![a-z])(?:from|over|versus|vs\.?|than|since|compared (?:with|to)|relative to)|较|比)"
    r"\s(?:(?:in|at|for|during)\s)?(?:the )?(?:fiscal )?$|[较比自]\s?$"
)


# What is told of now is of no period that the sentence names.
_NOW = re.compile(r"\s(?:now|today|at present|currently)(?![a-z])")
_NOW_AHEAD = re.compile(
    r"(?<![a-z])(?:now|today|currently|at present)(?: (?:is|at|stands at|of))?\s[$€£¥]?$"
    r"|(?:目前|现为|当前)为?$"
)

_CLAUSE = re.compile(r"[,;] (?:while|whereas|and|but|as)(?![a-z])")


@dataclass(frozen=True)
class When:
    """The period a figure is said to be of; `own` when it is named beside the figure itself.

    `base` is the period a change is measured from, when it is named behind the figure.
    """

    period: Period | None = None
    own: bool = False
    base: Period | None = None
    others: tuple[Period, ...] = ()


class Timing:
    """Finds the period of each figure of a page."""

    def __init__(self, page: Page, question: Page, pairing: Pairing) -> None:
        self.page = page
        self.question = question
        self.pairing = pairing
        self._when: dict[int, When] = {}
        self._from: dict[tuple[int, int, str], bool] = {}

    def when(self, number: Number) -> When:
        """Give the period that the figure is said to be of."""
        known = self._when.get(number.start)
        if known is None:
            known = self._when[number.start] = self._find(number)
        return known

    def _find(self, number: Number) -> When:
        scope = self.page.scope_of(number.start)
        named = self.page.named_in((scope.start, scope.end))
        paired = self.pairing.paired("period", named, scope).get(number.start)
        if isinstance(paired, Named):
            return When(paired.period, own=True)
        if scope.cell:
            return self._cell_period(scope, named)
        if _NOW.match(self.page.low, number.end) or _NOW_AHEAD.search(
            self.page.low, max(scope.start, number.start - 24), number.start
        ):
            return When()
        since = self._since(number, scope)
        others = tuple(dict.fromkeys(item.period for item in named[:8] if item is not since))
        behind = self._period_behind(number, scope)
        index = bisect_right(self.page.number_starts, number.start)
        following = self.page.numbers[index : index + 1]
        if (
            behind is None
            and following
            and _AGAIN.fullmatch(self.page.masked, number.end, following[0].start)
        ):
            behind = self._period_behind(following[0], scope)
        base = None
        if behind is not None and self._is_base_behind(number, behind):
            base, behind = behind.period, None
        if behind is not None:
            return When(behind.period, own=True, others=others)
        ahead = self._period_ahead(number, scope)
        if ahead is not None and self._is_base_before(ahead, number):
            earlier = [item for item in named if item.end < ahead.start and not self._is_base(item, scope)]
            ahead = earlier[-1] if earlier else None
        if ahead is not None:
            return When(
                ahead.period,
                own=not self.page.numbers_between(ahead.end, number.start)
                and not (
                    number.start - ahead.end < 200 and _FROM.search(self.page.low[ahead.end : number.start])
                ),
                base=base,
                others=others,
            )
        if base is None and since is not None:
            base = since.period
        if others:
            return self._left_over(number, named, others, base)
        if base is not None:
            return When(base=base)
        return self._period_elsewhere(number, scope)

    def _since(self, number: Number, scope: Scope) -> Named | None:
        """Give the period that the sentence counts from, as in "since FY2022"."""
        index = bisect_right(self.page.named_starts, number.start) - 1
        if index < 0 or self.page.named[index].start < scope.start:
            return None
        named = self.page.named[index]
        lead = self.page.low[max(scope.start, named.start - 14) : named.start]
        owned = _OWNED.fullmatch(self.page.low, named.end, number.start)
        return named if _SINCE.search(lead) and not owned else None

    def _is_base_behind(self, number: Number, behind: Named) -> bool:
        """Tell whether the period behind is what a change is measured from; "on" a day something is."""
        match = _BASE.match(self.page.low[number.end : behind.start])
        return match is not None and not (
            behind.period.kind == "day" and match[0].strip(" )(").startswith("on")
        )

    def _is_base_before(self, ahead: Named, number: Number) -> bool:
        """Tell whether a period is what another figure is measured from, in a clause that has ended."""
        index = bisect_left(self.page.number_starts, ahead.start) - 1
        if index < 0 or not _CLAUSE.search(self.page.low, ahead.end, number.start):
            return False
        gap = self.page.low[self.page.numbers[index].end : ahead.start]
        return len(gap) < 24 and _BASE.match(gap) is not None

    def _left_over(
        self, number: Number, named: Sequence[Named], others: tuple[Period, ...], base: Period | None
    ) -> When:
        """Settle for what the sentence names beside the periods that other figures claim."""
        claimed = [
            item.period
            for item in named[:8]
            if self._is_claimed(item, number)
            or (len(others) > 1 and self._is_owned(item, number))
            or self._is_ahead_of_another(item, number)
            or self._is_enclosed(item, number)
            or _COMPARED.search(self.page.low, max(number.end, item.start - 12), item.start)
        ]
        if base is None:
            starts = [
                item.period for item in named[:8] if self._is_base(item, self.page.scope_of(number.start))
            ]
            base = starts[0] if starts and starts[0].kind != "prior" else None
        free = tuple(period for period in others if period not in claimed)
        rest = [period for period in free if period != base and period.kind != "prior"]
        if base is None and claimed and claimed[0].kind != "prior" and not self.is_from(number):
            base = claimed[0]
        only = rest[0] if len(rest) == 1 and (base is None or claimed) else None
        return When(only, base=base, others=free)

    def _period_behind(self, number: Number, scope: Scope) -> Named | None:
        """Give the period named directly behind the figure."""
        index = bisect_left(self.page.named_starts, number.end)
        if index >= len(self.page.named):
            return None
        named = self.page.named[index]
        gap = self.page.low[number.end : named.start][:60]
        inner = gap.rstrip().endswith("(") and not _ENDS.match(self.page.low, named.end)
        far = inner or named.end > scope.end or named.start - number.end > 40
        if far or self.page.numbers_between(number.end, named.start):
            return None
        if _BASE.match(gap):
            return named
        mentions = inside(self.page.mentions, self.page.mention_starts, number.end, named.start)
        for mention in mentions:
            gap = gap.replace(self.page.low[mention.start : mention.end], " ")
        if _COUNTED.fullmatch(gap) and (number.per or gap[0] != ","):
            return named
        return named if not _LATER.sub("", gap.replace(")", " ")).strip() and gap.count(",") < 1 else None

    def _period_ahead(self, number: Number, scope: Scope) -> Named | None:
        """Give the last period named before the figure that no other figure claims as its own."""
        starts = self.page.named_starts
        anothers: Named | None = None
        for index in range(bisect_right(starts, number.start) - 1, -1, -1):
            named = self.page.named[index]
            if named.start < scope.start:
                break
            if named.end > number.start:
                continue
            if _OWNED.fullmatch(self.page.low, named.end, number.start):
                return named
            if (
                self._is_base(named, scope)
                or self._is_enclosed(named, number)
                or self._is_claimed(named, number)
            ):
                continue
            if not self._is_anothers(named, number):
                return named
            anothers = anothers or named
        return anothers

    def _is_anothers(self, named: Named, number: Number) -> bool:
        """Tell whether an earlier figure owns the period, as in "from 2020's $3 billion to $4 billion"."""
        index = bisect_left(self.page.number_starts, named.end)
        owner = self.page.numbers[index]
        if owner is number or self.page.low[named.end : owner.start].endswith("("):
            return False
        return _OWNED.fullmatch(self.page.low, named.end, owner.start) is not None

    def _is_claimed(self, named: Named, number: Number) -> bool:
        """Tell whether something moved from another figure in that period, as in "from $5 in FY2023"."""
        index = bisect_left(self.page.number_starts, named.start) - 1
        if index < 0 or self.page.numbers[index] is number:
            return False
        owner = self.page.numbers[index]
        return self.is_from(owner) and self._period_behind(owner, self.page.scope_of(owner.start)) is named

    def _is_owned(self, named: Named, number: Number) -> bool:
        """Tell whether the period is named right behind another figure, as in "$6.13 in FY2023"."""
        index = bisect_left(self.page.number_starts, named.start) - 1
        if index < 0 or self.page.numbers[index] is number or self.page.numbers[index].start < number.start:
            return False
        owner = self.page.numbers[index]
        return self._period_behind(owner, self.page.scope_of(owner.start)) is named

    def _is_enclosed(self, named: Named, number: Number) -> bool:
        """Tell whether parentheses keep a period from the figures behind, as in "(FY2023: 44.1%), 31.5%"."""
        if named.end > number.start or "(" not in self.page.low[max(0, named.start - 2) : named.start]:
            return False
        close = self.page.low.find(")", named.end, min(number.start, named.end + 40))
        if close < 0:
            return False
        index = bisect_left(self.page.number_starts, named.start) - 1
        owned = index >= 0 and named.start - self.page.numbers[index].end <= 3
        return owned or self.page.numbers_between(named.end, close) > 0

    def _is_ahead_of_another(self, named: Named, number: Number) -> bool:
        """Tell whether a later figure follows the period directly, as in "the FY2022 record of $394"."""
        index = bisect_left(self.page.number_starts, named.end)
        if named.start < number.end or index >= len(self.page.numbers):
            return False
        if _WHOLE.fullmatch(self.page.masked, number.end, named.start):
            return False
        gap = self.page.low[named.end : self.page.numbers[index].start][:40]
        return gap.strip() in (":", "") or self.page.distance(named.end, named.end + len(gap)) <= 3

    def _is_base(self, named: Named, scope: Scope) -> bool:
        """Tell whether a period is what a change is measured from, as in "up 2% from FY2023"."""
        before = self.page.low[max(scope.start, named.start - 24) : named.start]
        return bool(_BASE_AHEAD.search(before))

    def _cell_period(self, scope: Scope, named: Sequence[Named]) -> When:
        """Read the period of a cell from itself, its headers and its neighbours."""
        for span in (scope.column, scope.row, *scope.mates):
            found = [*named, *(self.page.named_in(span) if span is not None else ())]
            if found:
                return When(found[0].period, own=span in (scope.column, scope.row))
        for span in scope.heads:
            heading = self.page.named_in(span)
            if len(heading) == 1:
                return When(heading[0].period)
        return When()

    def _period_elsewhere(self, number: Number, scope: Scope) -> When:
        """Carry a period over from the sentence before, the heading or the question."""
        index = self.page.scope_index(number.start)
        if index and self.page.scopes[index - 1].block == scope.block:
            earlier = self.page.scopes[index - 1]
            named = self.page.named_in((earlier.start, earlier.end))
            if len(named) == 1 and self.page.low[earlier.start : earlier.end].rstrip()[-1:] in ("?", "？"):
                # An answer is of the period that its question asks for.
                return When(named[0].period)
            if named:
                return When(None, others=tuple(item.period for item in named[:8]))
        for span in scope.heads:
            named = self.page.named_in(span)
            if named:
                return When(None, others=tuple(item.period for item in named[:8]))
        asked = tuple(item.period for item in self.question.named[:8])
        return When(asked[0]) if len(asked) == 1 else When(None, others=asked)

    def is_from(self, number: Number) -> bool:
        """Tell whether the figure is what something moved from or is compared with."""
        place = (number.start, number.end, number.hedge)
        known = self._from.get(place)
        if known is None:
            known = self._from[place] = self._is_from(number)
        return known

    def _is_from(self, number: Number) -> bool:
        before = self.page.before(number, self.page.scope_of(number.start))
        if not _FROM.search(before) or (number.hedge and _HEDGED.search(before)):
            return False
        # "Cash against $106.6 billion of debt" compares two things, not two times.
        place = _OTHER.match(self.page.low, number.end)
        index = bisect_left(self.page.mention_starts, place.end()) if place is not None else -1
        others = self.page.mentions[index : index + 1] if place is not None else []
        return not (place is not None and others and others[0].start == place.end())

    def moves(self, number: Number) -> int:
        """Tell whether something moved from the figure (-1), or from another figure to it (1); else 0."""
        if self._starts(number):
            return -1
        index = bisect_left(self.page.number_starts, number.start)
        scope = self.page.scope_of(number.start)
        if not index or self.page.numbers[index - 1].start < scope.start:
            return 0
        before = self.page.numbers[index - 1]
        to = _TO.fullmatch(self.page.masked, before.end, number.start)
        return 1 if to is not None and self._starts(before) else 0

    def _starts(self, number: Number) -> bool:
        """Tell whether something moved from the figure, as in "from $3 to $4" and "($3 to $4)"."""
        if self.moved_from(number):
            return True
        before = self.page.masked[max(0, number.start - 2) : number.start].rstrip()
        return before.endswith(("(", ",")) and _ONWARD.match(self.page.masked, number.end) is not None

    def moved_from(self, number: Number) -> bool:
        """Tell whether the figure is what something moved from."""
        return bool(_MOVED.search(self.page.before(number, self.page.scope_of(number.start))))
