"""What amounts that belong together come to: of one row, of one column, of one text, or told side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from graph.report.figures import cues
from graph.report.figures.claims import Claim
from graph.report.figures.derive import plain
from graph.report.figures.ordering import (
    is_at_one_time,
    is_earlier,
    is_named_pair,
    is_of_one_kind,
    is_timely,
)
from graph.report.figures.points import Point, Points
from graph.report.figures.values import HUNDRED, IN_POINTS, PER, Ops, Value, joined, paired

# How well a row must be named, beside the best: to be an operand, and to be surely meant.
_NAMED, _SURE = 0.4, 0.7
_MOST_ROWS = 8
_MOST_STATED = 6
_NET = re.compile(
    r"(?<![a-z])(?:net|excluding|without|after|before|remaining|rest|other than)(?![a-z])|扣除|剩余|净"
)
Weights = Mapping[int, float]


def values(claim: Claim, points: Points, weights: Weights, stated: Sequence[Point]) -> Iterator[Value]:
    """Give everything that the amounts which the claim may mean come to, the likeliest first."""
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
    made = _made(ops, points, weights)
    yield from _rows(claim, ops, points, weights, made)
    yield from _columns(claim, ops, points, weights, made)
    yield from _texts(claim, ops, points, weights, told)
    yield from _alone(claim, points, weights)


def _is_in_name(word: str, points: Points, weights: Weights) -> bool:
    """Tell whether a word is part of what the best named amounts are called."""
    return any(word in p.row | p.head and weights.get(id(p), 0.0) >= 0.9 for p in points.all)


def _rows(claim: Claim, ops: Ops, points: Points, weights: Weights, made: Sequence[Point]) -> Iterator[Value]:
    """Compare and join the amounts of one row: its periods, or columns of other words."""
    lines = dict(points.rows)
    for point in made:
        lines.setdefault(point.place[:2], []).append(point)  # rows of their own
    ranked = sorted(
        ((max(weights.get(id(p), 0.7) for p in line), key) for key, line in lines.items()), reverse=True
    )
    for weight, key in ranked[:_MOST_ROWS]:
        if weight < _NAMED:
            break
        line = lines[key]
        if len(line) > 24:
            line = line[:24]
        sure = weight >= _SURE and key[1] >= 0
        for a, b in combinations(line, 2):
            if a.kind == b.kind and a.periods and b.periods and not is_timely(claim, a, b, line):
                continue
            yield from paired(claim, ops, a, b, sure and is_named_pair(claim, a, b))
        for group, named in _groups(claim, line):
            yield from joined(claim, ops, group, sure and named, named)


def _columns(
    claim: Claim, ops: Ops, points: Points, weights: Weights, made: Sequence[Point]
) -> Iterator[Value]:
    """Compare and join the rows of one column that the claim names, and its totals."""
    columns = {key: list(column) for key, column in points.columns.items()}
    for point in made:
        columns.setdefault((point.place[0], point.place[2]), []).append(point)
    for column in columns.values():
        dated = [p for p in column if p.of(claim.periods)]
        own_periods = len({p.periods for p in column}) > 1
        picked = sorted(
            (p for p in (column if own_periods else dated)),
            key=lambda p: -weights.get(id(p), 0.7),
        )
        named = [p for p in picked if weights.get(id(p), 0.7) >= _NAMED][:_MOST_ROWS]
        totals = [p for p in picked if p.total and p not in named][:3]
        for a, b in combinations([*named, *totals], 2):
            if a.kind == b.kind and own_periods and a.row == b.row and not is_timely(claim, a, b, column):
                continue
            held = [weights.get(id(p), 0.0) >= _SURE for p in (a, b)]
            part_of = ops.share and (held[0] or held[1]) and (a.total or b.total)
            yield from paired(claim, ops, a, b, all(held) or part_of)
        if len(named) >= 2 and ops.added:
            yield from joined(
                claim,
                ops,
                [p for p in named if weights.get(id(p), 0.0) >= _SURE and _is_then(claim, p)],
                False,
            )
        if named or own_periods:
            for group, all_named in _groups(claim, column):
                yield from joined(claim, ops, group, all_named and own_periods, all_named)
        for group in _called(claim, dated):
            yield from joined(claim, ops, group, True)
        yield from _shares_over_time(claim, named, totals, points)


def _is_then(claim: Claim, point: Point) -> bool:
    """Tell whether an amount is of the periods that are claimed, or of a part of one."""
    return not claim.periods or point.of(claim.periods) or point.within(claim.periods)


def _called(claim: Claim, column: Sequence[Point]) -> Iterator[list[Point]]:
    """Give the rows of a column that have a word of the claim in common, such as all kinds of stores."""
    for word, strength in sorted(claim.words.items()):
        group = [p for p in column if word in p.row and not p.total and not PER.search(p.name)]
        if strength >= _SURE and 2 <= len(group) <= 6 and len(group) < len(column):
            yield group
            largest = max(group, key=lambda p: abs(p.value))
            if len(group) > 2:
                yield [p for p in group if p is not largest]  # which may be their total


def _shares_over_time(
    claim: Claim, named: Sequence[Point], totals: Sequence[Point], points: Points
) -> Iterator[Value]:
    """Give how the ratio of two rows moved between two columns, in points."""
    if claim.number.unit not in IN_POINTS:
        return
    for a, b in combinations([*named[:4], *totals], 2):
        for top, bottom in ((a, b), (b, a)):
            tops = points.rows.get(top.place[:2], ())
            bottoms = {p.periods: p for p in points.rows.get(bottom.place[:2], ()) if p.periods}
            ratios = [
                (p, p.value / bottoms[p.periods].value * HUNDRED)
                for p in tops
                if p.periods in bottoms and bottoms[p.periods].value and p.kind == bottoms[p.periods].kind
            ]
            for (p, first), (q, second) in combinations(ratios, 2):
                old, new = (first, second) if is_earlier(p, q) else (second, first)
                size = (new - old) * (HUNDRED if claim.number.unit == "bps" else 1)
                parts = (p.value, bottoms[p.periods].value, q.value, bottoms[q.periods].value)
                unit = "bps" if claim.number.unit == "bps" else "pp"
                yield Value(size, unit, None, "change of a ratio", "{} / {} against {} / {}", parts, True)


def _texts(
    claim: Claim, ops: Ops, points: Points, weights: Weights, told: Sequence[Point]
) -> Iterator[Value]:
    """Compare and join figures of sentences, with each other, with what is told and with named rows."""
    prose = sorted((p for p in points.all if not p.table), key=lambda p: -weights.get(id(p), 0.0))
    named = [p for p in prose if weights.get(id(p), 0.0) >= _NAMED][:_MOST_ROWS]
    for a, b in combinations(named, 2):
        if (
            a.kind == b.kind
            and a.periods
            and b.periods
            and a.row & b.row
            and not is_timely(claim, a, b, prose)
        ):
            continue
        if not a.row & b.row and not is_at_one_time(claim, a, b):
            continue
        sure = weights.get(id(b), 0.0) >= _SURE and a.place[:2] == b.place[:2]
        yield from paired(claim, ops, a, b, sure and is_named_pair(claim, a, b))
    if len(named) >= 2:
        sentences: dict[tuple[str, int], list[Point]] = {}
        for point in prose:
            sentences.setdefault(point.place[:2], []).append(point)
        for line in sentences.values():
            if max(weights.get(id(p), 0.0) for p in line) >= _NAMED:
                for group, all_named in _groups(claim, sorted(line, key=lambda p: p.place[2])):
                    yield from joined(claim, ops, group, all_named, all_named)
    cells = sorted((p for p in points.all if p.table), key=lambda p: -weights.get(id(p), 0.0))
    cells = [p for p in cells if weights.get(id(p), 0.0) >= _NAMED and p.of(claim.periods)][:_MOST_ROWS]
    mixed = claim.kind != "level" or bool(claim.number.unit)
    for a in [*named, *(told if mixed else ())]:
        for b in cells if a in named else [*cells, *named]:
            if a is not b:
                yield from paired(claim, ops, a, b, False)


def _alone(claim: Claim, points: Points, weights: Weights) -> Iterator[Value]:
    """Give what is left of a whole."""
    if claim.number.unit != "percent":
        return
    for point in points.all:
        if point.rated and weights.get(id(point), 0.0) >= _NAMED and 0 < point.value < HUNDRED:
            yield Value(HUNDRED - point.value, "percent", None, "remainder", "100 - {}", (point.value,))


def _made(ops: Ops, points: Points, weights: Weights) -> list[Point]:
    """Make rows of their own of a block's sum, and of the two best named rows' sum and difference."""
    made: list[Point] = []
    for text in points.texts:
        rows = sorted(
            {p.place[1] for p in points.texts[text] if p.table},
            key=lambda row, text=text: -max(weights.get(id(p), 0.0) for p in points.rows[text, row]),  # type: ignore[misc]
        )
        pairs = list(combinations(rows[:4], 2))
        for number, (first, second) in enumerate(pairs):
            by = {p.place[2]: p for p in points.rows[text, second]}
            for a in points.rows[text, first]:
                b = by.get(a.place[2])
                if b is None or a.kind != b.kind or a.rated or a.periods != b.periods:
                    continue
                if min(weights.get(id(a), 0.0), weights.get(id(b), 0.0)) < _NAMED:
                    continue
                for place, value, name, meant in (
                    (-1 - 2 * number, a.value + b.value, "+", ops.added),
                    (-2 - 2 * number, abs(a.value) - abs(b.value), "-", ops.apart),
                ):
                    if not meant:
                        continue
                    told = f"({plain(a.value)} {name} {plain(b.value)})"
                    made.append(
                        replace(
                            a,
                            value=value,
                            shown=value,
                            row=a.row | b.row,
                            place=(text, place, a.place[2]),
                            name=told,
                            total=False,
                        )
                    )
        for column in [key for key in points.columns if key[0] == text]:
            block = [p for p in points.columns[column] if not p.total]
            if 2 <= len(block) <= 12 and is_of_one_kind(block) and not block[0].rated:
                value = sum((p.value for p in block), Decimal(0))
                told = " + ".join(plain(p.value) for p in block)
                dates = {p.periods for p in block}
                made.append(
                    replace(
                        block[0],
                        value=value,
                        shown=value,
                        row=frozenset(),
                        place=(text, -100, column[1]),
                        name=f"({told})",
                        total=True,
                        periods=block[0].periods if len(dates) == 1 else (),
                    )
                )
    return made


def _groups(claim: Claim, line: Sequence[Point]) -> Iterator[tuple[list[Point], bool]]:
    """Give the amounts of a line that may be joined: of the named periods, all, runs of neighbours."""
    line = [p for p in line if not p.total] or list(line)
    if len(line) < 2 or not is_of_one_kind(line) or len({p.head for p in line}) > 1:
        heads: dict[tuple[str, frozenset[str]], list[Point]] = {}
        for point in line:
            heads.setdefault(("rate" if point.rated else "", point.head), []).append(point)
        lines = [each for each in heads.values() if len(each) >= 2 and is_of_one_kind(each)]
        lines += [list(line)] if len(line) >= 2 and len(heads) > 1 and is_of_one_kind(line) else []
    else:
        lines = [line]
    for each in lines:
        named = [p for p in each if p.periods and p.of(claim.periods)] if claim.periods else []
        if len(named) >= 2:
            yield named, True
            continue
        years = {p.year for p in claim.periods if p.kind == "year"}
        of_year = [
            p for p in each if p.periods and p.periods[0].year in years and p.periods[0].kind != "year"
        ]
        if 2 <= len(of_year) <= 4:
            yield of_year, True
        if claim.periods and any(
            p.periods and not (p.of(claim.periods) or p.within(claim.periods)) for p in each
        ):
            continue
        yield each, claim.whole or not claim.periods
        if len(each) <= 10:
            for size in range(2, len(each)):
                for start in range(len(each) - size + 1):
                    yield each[start : start + size], False
