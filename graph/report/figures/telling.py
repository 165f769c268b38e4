"""Figures of prose as they are told: the words that stand by each, and the period that it is of."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.report.figures import cues
from graph.report.figures.extract import Number
from graph.report.figures.implied import implied
from graph.report.figures.layout import Scope
from graph.report.figures.page import Page
from graph.report.figures.pairing import Pairing
from graph.report.figures.parts import base_of, each_of, is_left, is_whole
from graph.report.figures.periods import Period
from graph.report.figures.role import role_of
from graph.report.figures.timing import Timing
from graph.report.figures.wording import telling, words


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


def side_of(page: Page, number: Number, scope: Scope) -> int:
    """Give the direction that the words beside a rate of change fix; "improved" fixes none."""
    if number.unit not in ("percent", "pp", "bps"):
        return 0
    role = role_of(page, number, scope, None, "")
    near = page.low[max(scope.start, number.start - 40) : number.end + 24]
    return role.side if role.kind == "change" and not cues.VALUED.search(near) else 0


def read_passages(title: str, text: str) -> list[Passage]:
    """Read the sentences of a document that hold figures."""
    page = Page(text)
    if not page.numbers:
        return []
    timing = Timing(page, Page(""), Pairing(page))
    passages: list[Passage] = []
    carried: Period | None = None
    for scope in page.scopes:
        if scope.cell or "|" in page.low[scope.start : scope.end]:
            continue
        first, last = bisect_left(page.number_starts, scope.start), bisect_left(page.number_starts, scope.end)
        figures: list[Said] = []
        for index in range(first, last):
            number = page.numbers[index]
            near = _near(page, index, first, last, scope)
            alike = [said for said in figures if kind_of(said.number) == kind_of(number)]
            listed = alike and alike[-1] is figures[-1]
            if alike and near < alike[-1].near and _is_bare(page, figures[-1].number, number):
                # "642 thousand ounces in 2020 and 706 thousand ounces in 2019": of the same thing.
                near |= alike[-1].near
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
            if period is None and when.base is not None and carried is not None and figures == []:
                # "… in 2019. The margin was 38.1% compared to 40.6% in 2018."
                period = carried if carried.order() > when.base.order() else None
            if period is not None and not period.year and period.kind in ("quarter", "half"):
                # "in the second quarter of 2024 …, in the first …"
                year = max((p.year for p in years), default=carried.year if carried is not None else 0)
                period = Period(period.kind, year, period.part)
            was = timing.is_from(number) or (when.period is not None and when.period.kind == "prior")
            if was and alike and period == alike[-1].period:
                # "95.1%, compared with 93.4%" says of what time the first is, if anything.
                period = None
            if was and alike:
                # What it is compared with is of the same thing.
                near |= alike[-1].near
            if figures and timing.moves(number) == 1:
                # Both ends of a move are of one thing.
                near |= figures[-1].near
                same = period is None or figures[-1].period == period
                figures[-1] = replace(figures[-1], near=near, period=None if same else figures[-1].period)
            period = _of_segment(page, number, scope) or period
            if period is not None and period.kind == "year" and alike:
                period = _same_length(page, number, period, alike[-1].period)
            if (
                period is None
                and carried is not None
                and _FULL_YEAR.search(page.masked, scope.start, number.start)
            ):
                # "… in the fourth quarter. For the full year, sales were …"
                period = carried = Period("year", carried.year)
            left = page.numbers[index - 1].end if index > first else scope.start
            right = page.numbers[index + 1].start if index + 1 < last else scope.end
            bounds = (number.start, number.end, left, right)
            figures.append(
                Said(
                    number,
                    near,
                    period,
                    was,
                    counts(page, number),
                    side_of(page, number, scope),
                    is_whole(page.masked, *bounds),
                    is_left(page.masked, *bounds),
                    _base(page, number, left, figures) if number.unit == "percent" else frozenset(),
                    number.unit in ("", "count")
                    and bool(number.currency or number.grouped or number.scale)
                    and role_of(page, number, scope, None, "").kind == "change",
                    each_of(page.masked, left, right) if number.currency else frozenset(),
                )
            )
            if period is not None and period.year and number.start - scope.start < 200:
                carried = period if carried is None or period.order() > carried.order() else carried
        figures = _parallel(page, scope, _in_turn(page, scope, _shared(page, figures)))
        figures = _respective(page, scope, figures, passages[-3:])
        if figures:
            said = telling(page.masked, scope.start, scope.end)
            periods = tuple(item.period for item in page.named_in((scope.start, scope.end)))
            told = text[scope.start : scope.end].strip()[:120]
            before = tuple(implied(page, scope.start, scope.end, figures, carried))
            passages.append(Passage(title, told, said, tuple(figures), periods, before, scope.block))
    return passages


def _in_turn(page: Page, scope: Scope, figures: list[Said]) -> list[Said]:
    """Give several lists of figures told "respectively" the periods of their sentence, each list in turn."""
    named = page.named_in((scope.start, scope.end))
    periods, count = [item.period for item in named], len(named)
    if not figures or (
        not (named[-1:] and figures[0].number.start > named[-1].end)
        and not (named and figures[-1].number.end < named[0].start)
    ):
        return figures
    lists = len(figures) // count if count else 0
    if lists < 2 or count < 2 or len(figures) != lists * count or len(set(periods)) != count:
        return figures
    if "respectively" not in page.low[scope.start : scope.end]:
        return figures
    groups = [figures[at * count : (at + 1) * count] for at in range(lists)]
    if any(len({_kind(said.number) for said in group}) > 1 for group in groups):
        return figures
    return [
        replace(said, period=period, near=group[-1].near | group[0].near, was=False)
        for group in groups
        for said, period in zip(group, periods, strict=True)
    ]


def _kind(number: Number) -> str:
    return "" if number.unit == "count" else number.unit or ("money" if number.currency else "")


def _base(page: Page, number: Number, left: int, figures: Sequence[Said]) -> frozenset[str]:
    """Give the words of what a percentage is told to be of; "of which" leads back to the figure before."""
    told = base_of(page.masked, number.start, number.end)
    if not told and figures and _OF_WHICH.search(page.masked, left, number.start):
        return figures[-1].near
    return told


def _respective(page: Page, scope: Scope, figures: list[Said], before: Sequence[Passage]) -> list[Said]:
    """Give figures told "respectively" the periods of as many before, in this sentence or the last."""
    figures = _as_before(figures, before)
    if "respectively" in page.low[scope.start : scope.end]:
        named = page.named_in((scope.start, scope.end))
        last = named[-1].end if named else scope.start
        own = [place for place, said in enumerate(figures) if said.number.start >= last]
        told = list(
            dict.fromkeys(item.period for item in named if item.period.kind not in ("prior", "range"))
        )
        spans = [item.period for item in named if item.period.kind == "range"]
        if not told and len(spans) == 1 and spans[0].part - spans[0].year + 1 == len(figures):
            # "for 2018 through 2020 was $1, $2 and $3, respectively"
            told, own = (
                [Period("year", year) for year in range(spans[0].year, spans[0].part + 1)],
                [*range(len(figures))],
            )
        if not named:
            told = list(dict.fromkeys(p for passage in before for p in passage.periods if p.kind != "prior"))
        if len(own) == len(told) >= 2 and len({kind_of(figures[place].number) for place in own}) == 1:
            dated = dict(zip(own, told, strict=True))
            return [replace(said, period=dated.get(place, said.period)) for place, said in enumerate(figures)]
    before = before[-1:]
    listed = [said.period for passage in before for said in passage.figures]
    fitting = len(figures) == len(listed) == len(set(listed)) >= 2 and None not in listed
    if not fitting or page.named_in((scope.start, scope.end)):
        return figures
    if "respectively" not in page.low[scope.start : scope.end]:
        return figures
    return [replace(said, period=period) for said, period in zip(figures, listed, strict=True)]


def _as_before(figures: list[Said], before: Sequence[Passage]) -> list[Said]:
    """Give figures without words, as in "the amounts were $3 and $4", those of the sentence before."""
    earlier = before[-1].figures if before else ()
    if len(figures) != len(earlier) or any(said.near - _AMOUNTS for said in figures):
        return figures
    if [kind_of(said.number) for said in figures] != [kind_of(said.number) for said in earlier]:
        return figures
    return [replace(said, near=old.near) for said, old in zip(figures, earlier, strict=True)]


_AMOUNTS = telling("the respective corresponding amounts figures numbers values were was") | {
    "respectiv",
    "correspond",
    "amount",
    "figur",
    "valu",
}


def _parallel(page: Page, scope: Scope, figures: list[Said]) -> list[Said]:
    """Give figures without words behind "compared with" those of as many ahead of it, in order."""
    joint = next((m for m in _COMPARES.finditer(page.masked, scope.start, scope.end)), None)
    ahead = [said for said in figures if joint is not None and said.number.end <= joint.start()]
    behind = figures[len(ahead) :]
    if joint is None or len(ahead) != len(behind) or len(ahead) < 2:
        return figures
    place, told = joint.end(), []
    for a, b in zip(ahead, behind, strict=True):
        own = page.telling(place, b.number.start)
        if kind_of(a.number) != kind_of(b.number) or (own and not own & a.near):
            return figures
        told.append(b if own else replace(b, near=a.near))
        place = b.number.end
    return [*ahead, *told]


def _near(page: Page, index: int, first: int, last: int, scope: Scope) -> frozenset[str]:
    """Give the words that stand by a figure, up to the joint between it and the figures beside it."""
    number = page.numbers[index]
    left = page.numbers[index - 1].end if index > first else scope.start
    right = page.numbers[index + 1].start if index + 1 < last else scope.end
    if index > first:
        joints = [match.end() for match in _JOINT.finditer(page.masked, left, number.start)]
        if (
            joints
            and page.masked[joints[-1] - 1] == "("
            and not page.masked[joints[-1] : number.start].strip("$€£¥ ")
        ):
            # "technology ($52 million), customers ($38 million)": the name stands before the parenthesis.
            joints.pop()
        if len(joints) > 1 and _WHICH.match(page.masked, joints[-1]):
            joints.pop()
        elif joints and _WHICH.match(page.masked, joints[-1]):
            joints = [left]
        left = joints[-1] if joints else _led(page.masked, left, number.start)
    if index + 1 < last:
        joint = _JOINT.search(page.masked, number.end, right)
        right = joint.start() if joint is not None else _until(page.masked, number.end, right)
    return page.telling(left, number.start) | page.telling(number.end, right)


_LEADS = re.compile(r"(?<![a-z])(?:on|of|under|from|in|for|at|with|by|out of|against)(?![a-z])")
_STATES = re.compile(r"(?<![a-z])(?:of|was|were|is|are)\s[\s$€£¥]*$")


def _led(masked: str, start: int, end: int) -> int:
    """Give the place between two figures that no joint parts from which words lead to the second.

    "$58 million on pretax income of $242 million" tells pretax income by the second alone.
    """
    states = _STATES.search(masked, start, end)
    if states is None:
        return start
    leads = [match.start() for match in _LEADS.finditer(masked, start, states.start())]
    return leads[-1] if leads else start


def _until(masked: str, start: int, end: int) -> int:
    """Give the place up to which the words between two figures belong to the first."""
    place = _led(masked, start, end)
    return place if place > start else end


# "versus 26.7% for the same period in 2021".
_SAME_PERIOD = re.compile(
    r"[^.;\d]{0,16}(?:same|corresponding|comparable|like|prior[- ]year) "
    r"(?:(?:three|six|nine)[- ]months? )?(?:period|quarter|half)"
)


def _same_length(page: Page, number: Number, period: Period, before: Period | None) -> Period:
    """Take "the same period in 2021" for as many months of that year as the figure before is of."""
    if before is None or before.kind not in ("span", "quarter", "half"):
        return period
    same = _SAME_PERIOD.match(page.low, number.end, number.end + 60)
    return period if same is None else Period(before.kind, period.year, before.part)


def _is_bare(page: Page, before: Number, number: Number) -> bool:
    """Tell whether no word that tells anything stands between the last joint and a figure."""
    joints = [match.end() for match in _JOINT.finditer(page.masked, before.end, number.start)]
    return bool(joints) and not page.telling(joints[-1], number.start)


_FULL_YEAR = re.compile(
    r"全年|(?<![a-z])(?:full|whole)[- ]year(?![a-z])|(?<![a-z])for the (?:fiscal )?year(?![a-z ]*[,]? ?\x00)"
)
_OF_WHICH = re.compile(r"(?<![a-z])of (?:which|whom|these)(?![a-z])|其中")
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
    r"[,;:(，；、]|(?<![a-z])(?:and|plus|with|or|against|while|but|compared|versus|from)(?![a-z])|(?<![a-z])to\s(?=[$€£¥\d])|和|及|而"
)


def _shared(page: Page, figures: list[Said]) -> list[Said]:
    """Let figures that are listed together share the words that stand behind the last of them."""
    chained = False
    for index in range(len(figures) - 2, -1, -1):
        this, following = figures[index], figures[index + 1]
        gap = page.masked[this.number.end : following.number.start]
        listed = not telling(gap) and "which" not in gap
        if listed and kind_of(this.number) == kind_of(following.number):
            dated = _LIST.fullmatch(gap) is not None
            chained = dated and following.period is not None and (chained or _is_behind(page, following))
            own = this.period is not None and any(
                item.period == this.period for item in page.named_in((this.number.end, len(page.low)))
            )
            figures[index] = replace(
                this,
                near=this.near | following.near,
                period=following.period if chained and not own else this.period,
                base=this.base or following.base,
            )
            continue
        chained = False
        if _GLOSS.fullmatch(gap) and following.period is not None and _is_behind(page, following):
            # "$212.9 million, or 2.7% of net sales, in fiscal 2019": both are of that year.
            figures[index] = replace(this, period=following.period)
    return figures


_LIST = re.compile(r"\s?,?\s?(?:and|or|&)?\s?[$€£¥]{0,2}|[、和及]")
_GLOSS = re.compile(r"\s?[,(]?\s?(?:or|i\.e\.,?|representing|which is|equal to)?\s?[$€£¥(]*")


def _is_behind(page: Page, said: Said) -> bool:
    """Tell whether the period that a figure is of stands behind it, before the next figure."""
    index = bisect_right(page.number_starts, said.number.start)
    end = page.numbers[index].start if index < len(page.numbers) else said.number.end + 120
    return any(item.period == said.period for item in page.named_in((said.number.end, end)))


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
