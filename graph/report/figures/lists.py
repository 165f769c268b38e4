"""Figures of prose that are listed together: what they share, and the period that each is of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from graph.report.figures.extract import Number
from graph.report.figures.layout import Scope
from graph.report.figures.page import Page
from graph.report.figures.period import Period
from graph.report.figures.said import Passage, Said, kind_of
from graph.report.figures.wording import telling

# What parts the two sides of a comparison.
COMPARES = re.compile(
    r"(?<![a-z])(?:compared (?:with|to)|versus|vs\.?|against|whereas|while)(?![a-z])|;|；|上年|去年"
)
_LIST = re.compile(r"\s?,?\s?(?:and|or|&)?\s?[$€£¥]{0,2}|[、和及]")
_GLOSS = re.compile(r"\s?[,(]?\s?(?:or|i\.e\.,?|representing|which is|equal to)?\s?[$€£¥(]*")
_AMOUNTS = telling("the respective corresponding amounts figures numbers values were was") | {
    "respectiv",
    "correspond",
    "amount",
    "figur",
    "valu",
}


def shared(page: Page, figures: list[Said]) -> list[Said]:
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


def in_turn(page: Page, scope: Scope, figures: list[Said]) -> list[Said]:
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


def parallel(page: Page, scope: Scope, figures: list[Said]) -> list[Said]:
    """Give figures without words behind "compared with" those of as many ahead of it, in order."""
    joint = next((m for m in COMPARES.finditer(page.masked, scope.start, scope.end)), None)
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


def respective(page: Page, scope: Scope, figures: list[Said], before: Sequence[Passage]) -> list[Said]:
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


def _kind(number: Number) -> str:
    return "" if number.unit == "count" else number.unit or ("money" if number.currency else "")


def _is_behind(page: Page, said: Said) -> bool:
    """Tell whether the period that a figure is of stands behind it, before the next figure."""
    index = bisect_right(page.number_starts, said.number.start)
    end = page.numbers[index].start if index < len(page.numbers) else said.number.end + 120
    return any(item.period == said.period for item in page.named_in((said.number.end, end)))
