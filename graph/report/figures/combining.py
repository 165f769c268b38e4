"""What amounts that belong together come to: of one row, of one column, of one text, or told side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, combinations

from graph.report.figures import cues
from graph.report.figures.claims import STRONG, Claim
from graph.report.figures.derive import plain
from graph.report.figures.ordering import (
    is_at_one_time,
    is_earlier,
    is_named_pair,
    is_timely,
)
from graph.report.figures.point import Line, Point, column_of, lines_of, row_of
from graph.report.figures.points import Points
from graph.report.figures.values import HUNDRED, IN_POINTS, Ops, Value, joined, nearness, paired

# How well a row must be named, beside the best: to be an operand.
_NAMED = 0.4
# How well a row is named that was made of others.
_MADE = 0.7
_MOST_ROWS = 8
_MOST_STATED = 6
_LONGEST = 24
_NET = re.compile(
    r"(?<![a-z])(?:net|excluding|without|after|before|remaining|rest|other than)(?![a-z])|扣除|剩余|净"
)
_REST = re.compile(
    r"(?<![a-z])(?:outside|other than|remain\w*|the rest|others?|beyond|not|non|without|excluding"
    r"|un(?:hedged|secured|insured))"
    r"(?![a-z])|其余|以外|之外|剩余|其他"
)
_NONE = Line([])
Weights = Mapping[int, float]


@dataclass(frozen=True)
class _Search:
    """What a claim is looked for in: `weights` say by id how well a point is named, `timely` are the ids of
    those that may be of its periods, `meant` of those that are named well or made of others. `ranks` say how
    well rows are named; `may_come` tells roughly whether two amounts come to anything near."""

    claim: Claim
    ops: Ops
    points: Points
    weights: Weights
    timely: set[int]
    meant: set[int]
    ranks: dict[tuple[str, int], float]
    may_come: Callable[[Point, Point], bool]

    def weight(self, point: Point) -> float:
        """Say how well a point is named."""
        return self.weights.get(id(point), _MADE)

    def is_sure(self, point: Point) -> bool:
        """Tell whether a point is surely meant; what was made of others is not."""
        return self.weights.get(id(point), 0.0) >= STRONG

    def best(self, line: Line, timely: bool = False) -> list[Point]:
        """Give the points of a line that are named, the best named first; only `timely` ones where asked."""
        get, order = self.weights.get, line.order
        ids = order.keys() & self.meant
        if timely:
            ids &= self.timely
        return [line.points[at] for _, at in sorted([(-get(each, _MADE), order[each]) for each in ids])]

    def is_timely(self, point: Point) -> bool:
        """Tell whether a point may be of the claim's periods."""
        return id(point) in self.timely


def values(
    claim: Claim, points: Points, weights: Weights, stated: Sequence[Point], only_stated: bool = False
) -> Iterator[Value]:
    """Give what the amounts which the claim may mean come to, the likeliest first, where it lies near.

    `only_stated` leaves out what comes of the documents alone.
    """
    ops = Ops(
        claim.cued(cues.MOVED, cues.UNLIKE) and claim.kind != "share",
        claim.cued(cues.MEAN) and not _is_in_name("averag", points, weights),
        claim.cued(cues.SUM) or (claim.whole and not claim.cued(cues.MEAN)),
        claim.cued(cues.SHARE) and claim.kind != "change",
        claim.cued(cues.UNLIKE, _NET),
    )
    told = list(stated)[-_MOST_STATED:]
    few = len(told) <= 3
    # A result stands behind what it comes of; a level is nothing's result.
    told = [p for p in told if claim.kind != "level" or claim.number.unit or p.place[2] < claim.place]
    for a, b in combinations(told, 2):
        yield from paired(claim, ops, a, b, few)
    if len(told) >= 2:
        yield from joined(claim, ops, told, few)
    named = {each for each, weight in weights.items() if weight >= _NAMED}
    timely, meant = set(points.of(claim.periods)), named | points.block_ids
    search = _Search(
        claim, ops, points, weights, timely, meant, _ranks(points, weights, named), nearness(claim, ops)
    )
    made = [] if only_stated else list(_made(search))
    names = {p.value: p.name for p in made}
    timely.update(id(p) for p in made if p.of(claim.periods))
    meant.update(map(id, made))
    for value in () if only_stated else chain(_rows(search, made), _columns(search, made)):
        yield value if names.keys().isdisjoint(value.parts) else _spelled(value, names)
    yield from _from_stated(search, told)
    yield from _texts(search, told, only_stated)
    yield from () if only_stated else _alone(search)


def _from_stated(search: _Search, told: Sequence[Point]) -> Iterator[Value]:
    """Compare an amount that the sentence shows with the others of its own row, whatever they are called."""
    claim, ops, points = search.claim, search.ops, search.points
    for known in told if ops.moved else ():
        line = (points.rows if known.table else points.sentences).get(known.place[:2])
        for other in line.points if line is not None and known.place[0] else ():
            alike = other is not known and other.row == known.row and other.head == known.head
            if alike and search.may_come(known, other) and is_timely(claim, known, other, line or _NONE):
                yield from paired(claim, ops, known, other, False)


def _spelled(value: Value, names: Mapping[Decimal, str]) -> Value:
    """Write a value with what its operands were made of."""
    first, *behind = value.form.split("{}")
    kept = []
    for part, text in zip(value.parts, behind, strict=True):
        first += names.get(part, "{}") + text
        kept += [part] if part not in names else []
    return value._replace(form=first, parts=tuple(kept))


def _is_in_name(word: str, points: Points, weights: Weights) -> bool:
    """Tell whether a word is part of what the best named amounts are called."""
    return any(weights.get(id(p), 0.0) >= 0.9 and word in p.row | p.head for p in points.all)


def _ranks(points: Points, weights: Weights, named: Iterable[int]) -> dict[tuple[str, int], float]:
    """Say of the rows that are named how well they are."""
    ranks: dict[tuple[str, int], float] = {}
    for each in named:
        row = points.row_keys.get(each)
        if row is not None and weights[each] > ranks.get(row, 0.0):
            ranks[row] = weights[each]
    return ranks


def _rows(search: _Search, made: Sequence[Point]) -> Iterator[Value]:
    """Compare and join the amounts of one row: its periods, or columns of other words."""
    claim, ops = search.claim, search.ops
    made_of, may_come = lines_of(made, row_of), search.may_come
    lines = {**search.points.lines, **made_of} if made_of else search.points.lines
    ranks = dict.fromkeys([*search.points.block_rows, *made_of], _MADE) | search.ranks
    for weight, key in sorted(((weight, key) for key, weight in ranks.items()), reverse=True)[:_MOST_ROWS]:
        line = lines[key]
        if len(line.points) > _LONGEST:
            line = Line(line.points[:_LONGEST])
        sure = weight >= STRONG and key[1] >= 0
        for a, b in combinations(line.points, 2):
            if not may_come(a, b):
                continue
            if a.kind == b.kind and a.periods and b.periods and not is_timely(claim, a, b, line):
                continue
            yield from paired(claim, ops, a, b, sure and is_named_pair(claim, a, b))
        for group, named in _groups(search, line):
            yield from joined(claim, ops, group, sure and named, named)


def _columns(search: _Search, made: Sequence[Point]) -> Iterator[Value]:
    """Compare and join the rows of one column that the claim names, and its totals."""
    claim, ops, timely = search.claim, search.ops, search.timely
    get, may_come = search.weights.get, search.may_come
    points, made_of = search.points, lines_of(made, column_of)
    for place, column in points.summed.items():
        if place in made_of:
            blocks = [points.blocks[place]] if place in points.blocks else []
            column = Line([*points.columns[place].points, *made_of[place].points, *blocks])
        own_periods = column.is_over_time
        named = search.best(column, not own_periods)[:_MOST_ROWS]
        places = {p.place for p in named}
        totals = [
            p
            for p in column.totals
            if (own_periods or id(p) in timely) and not (p.place in places and p in named)
        ]
        totals = sorted(totals, key=lambda p: -get(id(p), _MADE))[:3]
        for a, b in combinations([*named, *totals], 2):
            if not may_come(a, b):
                continue
            if a.kind == b.kind and own_periods and a.row == b.row and not is_timely(claim, a, b, column):
                continue
            held = search.is_sure(a), search.is_sure(b)
            part_of = ops.share and (held[0] or held[1]) and (a.total or b.total)
            yield from paired(claim, ops, a, b, all(held) or part_of)
        if len(named) >= 2 and ops.added:
            sure = [p for p in named if search.is_sure(p) and _is_then(claim, p)]
            yield from joined(claim, ops, sure, False)
        if named or own_periods:
            for group, all_named in _groups(search, column):
                yield from joined(claim, ops, group, all_named and own_periods, all_named)
        if ops.joins:
            for group in _called(search, column):
                yield from joined(claim, ops, group, True)
        if claim.number.unit in IN_POINTS:
            yield from _shares_over_time(claim, named, totals, search.points)


def _is_then(claim: Claim, point: Point) -> bool:
    """Tell whether an amount is of the periods that are claimed, or of a part of one."""
    return not claim.periods or point.of(claim.periods) or point.within(claim.periods)


def _called(search: _Search, column: Line) -> Iterator[list[Point]]:
    """Give the rows of a column that have a word of the claim in common, such as all kinds of stores."""
    timely, parts = search.timely, column.parts
    size = len(timely.intersection(column.ids))
    for word in search.claim.strong:
        group = [p for p in parts.get(word, ()) if id(p) in timely]
        if 2 <= len(group) <= 6 and len(group) < size:
            yield group
            largest = max(group, key=lambda p: abs(p.value))
            if len(group) > 2:
                yield [p for p in group if p is not largest]  # which may be their total


def _shares_over_time(
    claim: Claim, named: Sequence[Point], totals: Sequence[Point], points: Points
) -> Iterator[Value]:
    """Give how the ratio of two rows moved between two columns, in points."""
    for a, b in combinations([*named[:4], *totals], 2):
        for top, bottom in ((a, b), (b, a)):
            tops, under = (points.rows.get(point.place[:2]) for point in (top, bottom))
            if tops is None or under is None:
                continue  # made of others
            bottoms = {p.periods: p for p in under.points if p.periods}
            ratios = [
                (p, p.value / bottoms[p.periods].value * HUNDRED)
                for p in tops.points
                if p.periods in bottoms and bottoms[p.periods].value and p.kind == bottoms[p.periods].kind
            ]
            for (p, first), (q, second) in combinations(ratios, 2):
                old, new = (first, second) if is_earlier(p, q) else (second, first)
                size = (new - old) * (HUNDRED if claim.number.unit == "bps" else 1)
                parts = (p.value, bottoms[p.periods].value, q.value, bottoms[q.periods].value)
                unit = "bps" if claim.number.unit == "bps" else "pp"
                yield Value(size, unit, None, "change of a ratio", "{} / {} against {} / {}", parts, True)


def _texts(search: _Search, told: Sequence[Point], only_stated: bool) -> Iterator[Value]:
    """Compare and join figures of sentences, with each other, with what is told and with named rows."""
    claim, ops, points, may_come = search.claim, search.ops, search.points, search.may_come
    prose = search.best(points.prose)
    named = prose[:_MOST_ROWS]
    for a, b in () if only_stated else combinations(named, 2):
        if not may_come(a, b):
            continue
        if (
            a.kind == b.kind
            and a.periods
            and b.periods
            and a.row & b.row
            and not is_timely(claim, a, b, points.prose)
        ):
            continue
        if not a.row & b.row and not is_at_one_time(claim, a, b):
            continue
        sure = search.is_sure(b) and a.place[:2] == b.place[:2]
        yield from paired(claim, ops, a, b, sure and is_named_pair(claim, a, b))
    if len(named) >= 2 and ops.joins_lines and not only_stated:
        for place in dict.fromkeys(p.place[:2] for p in prose):
            for group, all_named in _groups(search, points.sentences[place]):
                yield from joined(claim, ops, group, all_named, all_named)
    ids = {id(p) for p in named}
    cells = search.best(points.cells, timely=True)[:_MOST_ROWS]
    mixed = claim.kind != "level" or bool(claim.number.unit)
    for a in [*(() if only_stated else named), *(told if mixed else ())]:
        for b in cells if id(a) in ids else [*cells, *named]:
            if a is not b and may_come(a, b):
                yield from paired(claim, ops, a, b, False)


def _alone(search: _Search) -> Iterator[Value]:
    """Give what is left of a whole."""
    if search.claim.number.unit != "percent":
        return
    for point in search.points.kin[0].points:
        if search.weight(point) >= _NAMED and 0 < point.value < HUNDRED:
            sure = search.claim.says(_REST) and search.is_sure(point)
            yield Value(
                HUNDRED - point.value, "percent", None, "remainder", "100 - {}", (point.value,), sure=sure
            )


def _made(search: _Search) -> Iterator[Point]:
    """Make rows of their own of the sums and differences of the best named rows."""
    ops, points, get = search.ops, search.points, search.weights.get
    ranked: dict[str, list[tuple[float, int, int]]] = {}
    for (text, row), weight in search.ranks.items() if ops.added or ops.apart else ():
        ranked.setdefault(text, []).append((-weight, points.row_numbers[text][row], row))
    for text in points.row_numbers if len(ranked) > 1 else ranked:
        rows = [row for *_, row in sorted(ranked.get(text, ()))[:4]]
        # The pairs are numbered as if the rows that are not named followed.
        pairs = combinations(range(min(4, len(points.row_numbers[text]))), 2)
        for number, (one, other) in enumerate(pairs):
            if other >= len(rows):
                continue
            first, second = rows[one], rows[other]
            by = points.rows[text, second].by_column
            for a in points.rows[text, first].points:
                b = by.get(a.place[2])
                if b is None or a.kind != b.kind or a.rated or a.periods != b.periods:
                    continue
                if min(get(id(a), 0.0), get(id(b), 0.0)) < _NAMED:
                    continue
                for place, value, name, meant in (
                    (-1 - 2 * number, a.value + b.value, "+", ops.added),
                    (-2 - 2 * number, abs(a.value) - abs(b.value), "-", ops.apart),
                ):
                    if meant:
                        yield replace(
                            a,
                            value=value,
                            shown=value,
                            row=a.row | b.row,
                            place=(text, place, a.place[2]),
                            name=f"({plain(a.value)} {name} {plain(b.value)})",
                            total=False,
                        )


def _groups(search: _Search, line: Line) -> Iterator[tuple[Sequence[Point], bool]]:
    """Give the amounts of a line that may be joined: of the named periods, all, runs of neighbours.

    What is told is whether the claim names all of the line; others are left out where nothing is joined.
    """
    claim, ops = search.claim, search.ops
    for each in line.alike if ops.joins_lines else ():
        if claim.periods:
            named = [p for p in each if p.periods and search.is_timely(p)]
            if len(named) >= 2:
                yield named, True
                continue
            years = {p.year for p in claim.periods if p.kind == "year"}
            of_year = [
                p for p in each if p.periods and p.periods[0].year in years and p.periods[0].kind != "year"
            ]
            if 2 <= len(of_year) <= 4:
                yield of_year, True
            if any(p.periods and not (search.is_timely(p) or p.within(claim.periods)) for p in each):
                continue
        yield each, claim.whole or not claim.periods
        if len(each) <= 10 and ops.joins:
            for size in range(2, len(each)):
                for start in range(len(each) - size + 1):
                    yield each[start : start + size], False
