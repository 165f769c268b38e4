"""Figures of prose as they are told: the words that stand by each, and the period that it is of."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from graph.report.figures import cues
from graph.report.figures.extract import Number
from graph.report.figures.implied import implied
from graph.report.figures.layout import Scope, is_only_tables
from graph.report.figures.lists import COMPARES, in_turn, parallel, respective, shared
from graph.report.figures.normal import normalise
from graph.report.figures.page import Page
from graph.report.figures.pairing import Pairing
from graph.report.figures.parts import base_of, each_of, is_left, is_whole
from graph.report.figures.period import Period
from graph.report.figures.role import role_of
from graph.report.figures.said import Passage, Said, kind_of
from graph.report.figures.timing import Timing
from graph.report.figures.wording import telling, words


def side_of(page: Page, number: Number, scope: Scope) -> int:
    """Give the direction that the words beside a rate of change fix; "improved" fixes none."""
    if number.unit not in ("percent", "pp", "bps"):
        return 0
    role = role_of(page, number, scope, None, "")
    near = page.low[max(scope.start, number.start - 40) : number.end + 24]
    return role.side if role.kind == "change" and not cues.VALUED.search(near) else 0


# What no question names.
_NOTHING = Page("")


def read_passages(title: str, text: str) -> list[Passage]:
    """Read the sentences of a document that hold figures."""
    if "|" in text and is_only_tables(normalise(text).lower().replace("`", " ")):
        return []
    page = Page(text)
    if not page.numbers:
        return []
    timing = Timing(page, _NOTHING, Pairing(page))
    passages: list[Passage] = []
    carried: Period | None = None
    for scope in page.scopes:
        first, last = bisect_left(page.number_starts, scope.start), bisect_left(page.number_starts, scope.end)
        if first == last or scope.cell or "|" in page.low[scope.start : scope.end]:
            continue
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
            if (
                figures
                and figures[-1].was
                and not when.own
                and _GLOSSED.fullmatch(page.masked, figures[-1].number.end, number.start)
            ):
                # "against $212.9 million (18.8%)" tells both of the same time.
                was, period = True, figures[-1].period
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
        figures = parallel(page, scope, in_turn(page, scope, shared(page, figures)))
        figures = respective(page, scope, figures, passages[-3:])
        if figures:
            said = telling(page.masked, scope.start, scope.end)
            periods = tuple(item.period for item in page.named_in((scope.start, scope.end)))
            told = text[scope.start : scope.end].strip()[:120]
            before = tuple(implied(page, scope.start, scope.end, figures, carried))
            passages.append(Passage(title, told, said, tuple(figures), periods, before, scope.block))
    return passages


_GLOSSED = re.compile(r"\s?\(\s?")


def _base(page: Page, number: Number, left: int, figures: Sequence[Said]) -> frozenset[str]:
    """Give the words of what a percentage is told to be of; "of which" leads back to the figure before."""
    told = base_of(page.masked, number.start, number.end)
    if not told and figures and _OF_WHICH.search(page.masked, left, number.start):
        return figures[-1].near
    return told


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


def _of_segment(page: Page, number: Number, scope: Scope) -> Period | None:
    """Give the one period that is named on the figure's side of a comparison, if there is one."""
    joints = [
        scope.start,
        *(m.start() for m in COMPARES.finditer(page.masked, scope.start, scope.end)),
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


def counts(page: Page, number: Number) -> str:
    """Give the word that a bare figure counts; "" when it counts none."""
    if not number.bare or number.decimals:
        return ""
    found = next(iter(words(page.masked, number.end, number.end + 24)), None)
    return found[0] if found is not None and found[1] - number.end <= 2 else ""


def near_words(page: Page, number: Number) -> frozenset[str]:
    """Give the words that stand by a figure of a page."""
    index = bisect_left(page.number_starts, number.start)
    known = page.near.get(index)
    if known is None:
        scope = page.scope_of(number.start)
        starts = page.number_starts
        first, last = bisect_left(starts, scope.start), bisect_left(starts, scope.end)
        known = page.near[index] = _near(page, index, first, last, scope)
    return known
