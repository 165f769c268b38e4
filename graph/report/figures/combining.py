"""What amounts that belong together come to: of one row, of one column, of one text, or told side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from graph.report.figures import cues
from graph.report.figures.claims import Claim
from graph.report.figures.points import Point, Points, short
from graph.report.figures.wording import stems

_HUNDRED = Decimal(100)
# How well a row must be named, beside the best: to be an operand, and to be surely meant.
_NAMED, _SURE = 0.4, 0.7
_MOST_ROWS = 8
_MOST_STATED = 6
_PAID = frozenset({"money", "per_share", "price"})
_POINTS = ("pp", "bps", "points")
_NET = re.compile(r"(?<![a-z])(?:net|excluding|without|after|before|remaining|rest|other than)(?![a-z])|扣除|剩余|净")
_BEGIN = short(stems("beginning opening prior previous old original"))
_END = short(stems("end ending closing updated new current revised"))
Weights = Mapping[int, float]


@dataclass(frozen=True)
class Value:
    """A computed value in a unit; `signed` where its sign says a direction, `sure` where its operands do."""

    value: Decimal
    unit: str
    currency: str | None
    rule: str
    formula: str
    signed: bool = False
    sure: bool = False


@dataclass(frozen=True)
class _Ops:
    """What the sentence says is done: nothing said leaves everything that the unit allows."""

    moved: bool
    mean: bool
    added: bool
    share: bool
    apart: bool


def values(claim: Claim, points: Points, weights: Weights, stated: Sequence[Point]) -> Iterator[Value]:
    """Give everything that the amounts which the claim may mean come to, the likeliest first."""
    ops = _Ops(
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
        yield from _pair(claim, ops, a, b, few)
    if len(told) >= 2:
        yield from _group(claim, ops, told, few)
    made = _made(ops, points, weights)
    yield from _rows(claim, ops, points, weights, made)
    yield from _columns(claim, ops, points, weights, made)
    yield from _texts(claim, ops, points, weights, told)
    yield from _alone(claim, points, weights)


def _is_in_name(word: str, points: Points, weights: Weights) -> bool:
    """Tell whether a word is part of what the best named amounts are called."""
    return any(word in p.row | p.head and weights.get(id(p), 0.0) >= 0.9 for p in points.all)


def _rows(
    claim: Claim, ops: _Ops, points: Points, weights: Weights, made: Sequence[Point]
) -> Iterator[Value]:
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
            if a.kind == b.kind and a.periods and b.periods and not _timely(claim, a, b, line):
                continue
            yield from _pair(claim, ops, a, b, sure and _is_named_pair(claim, a, b))
        for group, named in _groups(claim, line):
            yield from _group(claim, ops, group, sure and named, named)


def _columns(
    claim: Claim, ops: _Ops, points: Points, weights: Weights, made: Sequence[Point]
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
            if a.kind == b.kind and own_periods and a.row == b.row and not _timely(claim, a, b, column):
                continue
            held = [weights.get(id(p), 0.0) >= _SURE for p in (a, b)]
            part_of = ops.share and (held[0] or held[1]) and (a.total or b.total)
            yield from _pair(claim, ops, a, b, all(held) or part_of)
        if len(named) >= 2 and ops.added:
            yield from _group(claim, ops, [p for p in named if weights.get(id(p), 0.0) >= _SURE], False)
        if named or own_periods:
            for group, all_named in _groups(claim, column):
                yield from _group(claim, ops, group, all_named and own_periods, all_named)
        for group in _called(claim, dated):
            yield from _group(claim, ops, group, True)
        yield from _shares_over_time(claim, named, totals, points)


def _called(claim: Claim, column: Sequence[Point]) -> Iterator[list[Point]]:
    """Give the rows of a column that have a word of the claim in common, such as all kinds of stores."""
    for word, strength in sorted(claim.words.items()):
        group = [p for p in column if word in p.row and not p.total and not _PER.search(p.name)]
        if strength >= _SURE and 2 <= len(group) <= 6 and len(group) < len(column):
            yield group
            largest = max(group, key=lambda p: abs(p.value))
            if len(group) > 2:
                yield [p for p in group if p is not largest]  # which may be their total


def _shares_over_time(
    claim: Claim, named: Sequence[Point], totals: Sequence[Point], points: Points
) -> Iterator[Value]:
    """Give how the ratio of two rows moved between two columns, in points."""
    if claim.number.unit not in _POINTS:
        return
    for a, b in combinations([*named[:4], *totals], 2):
        for top, bottom in ((a, b), (b, a)):
            tops = points.rows.get(top.place[:2], ())
            bottoms = {p.periods: p for p in points.rows.get(bottom.place[:2], ()) if p.periods}
            ratios = [
                (p, p.value / bottoms[p.periods].value * _HUNDRED)
                for p in tops
                if p.periods in bottoms and bottoms[p.periods].value and p.kind == bottoms[p.periods].kind
            ]
            for (p, first), (q, second) in combinations(ratios, 2):
                old, new = (first, second) if _earlier(p, q) else (second, first)
                size = (new - old) * (_HUNDRED if claim.number.unit == "bps" else 1)
                told = f"{_shown(p.value)} / {_shown(bottoms[p.periods].value)}"
                told += f" against {_shown(q.value)} / {_shown(bottoms[q.periods].value)}"
                unit = "bps" if claim.number.unit == "bps" else "pp"
                yield Value(size, unit, None, "change of a ratio", told, True)


def _texts(
    claim: Claim, ops: _Ops, points: Points, weights: Weights, told: Sequence[Point]
) -> Iterator[Value]:
    """Compare and join figures of sentences, with each other, with what is told and with named rows."""
    prose = sorted((p for p in points.all if not p.table), key=lambda p: -weights.get(id(p), 0.0))
    named = [p for p in prose if weights.get(id(p), 0.0) >= _NAMED][:_MOST_ROWS]
    for a, b in combinations(named, 2):
        if a.kind == b.kind and a.periods and b.periods and a.row & b.row and not _timely(claim, a, b, prose):
            continue
        if not a.row & b.row and not _at_one_time(claim, a, b):
            continue
        sure = weights.get(id(b), 0.0) >= _SURE and a.place[:2] == b.place[:2]
        yield from _pair(claim, ops, a, b, sure and _is_named_pair(claim, a, b))
    if len(named) >= 2:
        sentences: dict[tuple[str, int], list[Point]] = {}
        for point in prose:
            sentences.setdefault(point.place[:2], []).append(point)
        for line in sentences.values():
            if max(weights.get(id(p), 0.0) for p in line) >= _NAMED:
                for group, all_named in _groups(claim, sorted(line, key=lambda p: p.place[2])):
                    yield from _group(claim, ops, group, all_named, all_named)
    cells = sorted((p for p in points.all if p.table), key=lambda p: -weights.get(id(p), 0.0))
    cells = [p for p in cells if weights.get(id(p), 0.0) >= _NAMED and p.of(claim.periods)][:_MOST_ROWS]
    mixed = claim.kind != "level" or bool(claim.number.unit)
    for a in [*named, *(told if mixed else ())]:
        for b in cells if a in named else [*cells, *named]:
            if a is not b:
                yield from _pair(claim, ops, a, b, False)


def _alone(claim: Claim, points: Points, weights: Weights) -> Iterator[Value]:
    """Give what is left of a whole."""
    if claim.number.unit != "percent":
        return
    for point in points.all:
        if point.rated and weights.get(id(point), 0.0) >= _NAMED and 0 < point.value < _HUNDRED:
            yield Value(
                _HUNDRED - point.value, "percent", None, "remainder", f"100 - {_shown(point.value)}"
            )


def _made(ops: _Ops, points: Points, weights: Weights) -> list[Point]:
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
                    told = f"({_shown(a.value)} {name} {_shown(b.value)})"
                    made.append(
                        replace(
                            a, value=value, shown=value, row=a.row | b.row, place=(text, place, a.place[2]),
                            name=told, total=False,
                        )  # fmt: skip
                    )
        for column in [key for key in points.columns if key[0] == text]:
            block = [p for p in points.columns[column] if not p.total]
            if 2 <= len(block) <= 12 and _one_kind(block) and not block[0].rated:
                value = sum((p.value for p in block), Decimal(0))
                told = " + ".join(_shown(p.value) for p in block)
                dates = {p.periods for p in block}
                made.append(
                    replace(
                        block[0], value=value, shown=value, row=frozenset(), place=(text, -100, column[1]),
                        name=f"({told})", total=True, periods=block[0].periods if len(dates) == 1 else (),
                    )  # fmt: skip
                )
    return made


def _groups(claim: Claim, line: Sequence[Point]) -> Iterator[tuple[list[Point], bool]]:
    """Give the amounts of a line that may be joined: of the named periods, all, runs of neighbours."""
    line = [p for p in line if not p.total] or list(line)
    if len(line) < 2 or not _one_kind(line) or len({p.head for p in line}) > 1:
        heads: dict[tuple[str, frozenset[str]], list[Point]] = {}
        for point in line:
            heads.setdefault(("rate" if point.rated else "", point.head), []).append(point)
        lines = [each for each in heads.values() if len(each) >= 2 and _one_kind(each)]
        lines += [list(line)] if len(line) >= 2 and len(heads) > 1 and _one_kind(line) else []
    else:
        lines = [line]
    for each in lines:
        named = [p for p in each if p.periods and p.of(claim.periods)] if claim.periods else []
        if len(named) >= 2:
            yield named, True
        years = {p.year for p in claim.periods if p.kind == "year"}
        of_year = [p for p in each if p.periods and p.periods[0].year in years and p.periods[0].kind != "year"]
        if 2 <= len(of_year) <= 4:
            yield of_year, True
        yield each, claim.whole or not claim.periods
        if len(each) <= 10:
            for size in range(2, len(each)):
                for start in range(len(each) - size + 1):
                    yield each[start : start + size], False


def _group(
    claim: Claim, ops: _Ops, group: Sequence[Point], sure: bool, whole: bool = False
) -> Iterator[Value]:
    """Give the sum and the mean of amounts of one kind; `whole` says that they are all there are of a line."""
    if claim.count and len(group) != claim.count and not (ops.added and not ops.mean):
        return
    if len(group) < 2 or not _one_kind(group):
        return
    if any(abs(p.value) < claim.number.ulp / 2 for p in group):
        return  # one that does not matter
    first, signs = group[0], {p.value < 0 for p in group}
    parts = [p.value for p in group]
    sums = [sum(parts, Decimal(0))]
    if len(signs) > 1:
        sums.append(sum((abs(part) for part in parts), Decimal(0)))
    told = " + ".join(_shown(part) for part in parts)
    for total in sums:
        if ops.mean and (len(group) == 2 or _is_over_time(group)):
            yield Value(
                total / len(group), first.kind, first.currency, "mean", f"({told}) / {len(group)}", sure=sure
            )
        if ops.added or (whole and not (ops.mean or ops.moved or ops.apart or first.rated)):
            yield Value(total, first.kind, first.currency, "sum", told, sure=sure and ops.added)


def _is_over_time(group: Sequence[Point]) -> bool:
    """Tell whether amounts are of one row, or of rows that are times."""
    return len({p.row for p in group}) == 1 or len({p.periods for p in group}) == len(group)


def _pair(claim: Claim, ops: _Ops, a: Point, b: Point, sure: bool) -> Iterator[Value]:
    """Give what two amounts come to in the unit of the claim."""
    if a.value == b.value and a.kind == b.kind and not (a.place[0] and b.place[0]):
        return  # the same amount, told and found
    unit = claim.number.unit
    alike = _alike(a, b)
    ordered = _ordered(a, b)
    if unit in _POINTS:
        if a.rated and b.rated and (_is_one(a, b) or (claim.kind != "change" and _AGAINST.search(claim.told))):
            old, new = ordered or (a, b)
            size = (new.value - old.value) * (_HUNDRED if unit == "bps" else 1)
            yield Value(
                size, "bps" if unit == "bps" else "pp", None, "difference of percentages",
                f"{_shown(new.value)} - {_shown(old.value)}", ordered is not None, sure,
            )  # fmt: skip
        return
    if unit == "percent":
        yield from _percents(claim, ops, a, b, alike, ordered, sure)
        return
    if alike and not a.rated and min(abs(a.value), abs(b.value)) >= claim.number.ulp / 2:
        old, new = ordered or (a, b)
        if not (ops.mean or (ops.added and not (ops.moved or ops.apart))):
            # Costs filed as negative grow with their size.
            turned = -1 if old.value < 0 and new.value < 0 else 1
            yield Value(
                turned * (new.value - old.value), a.kind, a.currency or b.currency, "difference",
                f"{_shown(new.value)} - {_shown(old.value)}", ordered is not None and ops.moved,
                sure and (ops.moved or not ops.added),
            )  # fmt: skip
        yield from _group(claim, ops, (a, b), sure)
    if unit in ("", "multiple") and not claim.number.currency and not claim.number.scale:
        for top, bottom in ((a, b), (b, a)):
            turned = _is_turned(claim, top, bottom)
            if bottom.value and not (turned or top.rated or bottom.rated) and claim.number.decimals:
                yield Value(
                    abs(top.value / bottom.value), "multiple", None, "ratio",
                    f"{_shown(top.value)} / {_shown(bottom.value)}", sure=sure and ops.share,
                )  # fmt: skip
    if claim.kind != "level" or _ACROSS.search(claim.told):
        yield from _across(claim, a, b)


def _percents(
    claim: Claim,
    ops: _Ops,
    a: Point,
    b: Point,
    alike: bool,
    ordered: tuple[Point, Point] | None,
    sure: bool,
) -> Iterator[Value]:
    """Give the changes and ratios of two amounts, in percent."""
    if a.rated != b.rated or not alike:
        return
    if a.rated:
        if ops.added or ops.mean:
            yield from _group(claim, ops, (a, b), sure)
        if not (ops.moved and ordered):
            return
    for old, new in (ordered,) if ordered else ((a, b), (b, a)):
        if old.value and (_is_one(old, new) or _THAN.search(claim.told)):
            change = (new.value - old.value) / abs(old.value) * _HUNDRED
            if old.value < 0 and new.value < 0:
                change = -change
            told = f"({_shown(new.value)} - {_shown(old.value)}) / {_shown(old.value)}"
            yield Value(change, "percent", None, "percent change", told, ordered is not None or claim.side != 0,
                sure and ops.moved and ordered is not None,
            )
            years = _years(old, new)
            if years > 1 and old.value > 0 and new.value > 0 and claim.cued(cues.COMPOUND):
                rate = ((new.value / old.value) ** (Decimal(1) / years) - 1) * _HUNDRED
                yield Value(rate, "percent", None, "CAGR", f"{told} over {years} years", True, sure)
    if a.rated or claim.kind == "change" or (ordered and (_is_one(a, b) or not ops.share)):
        return
    for top, bottom in ((a, b), (b, a)):
        if bottom.value and not _is_turned(claim, top, bottom):
            yield Value(
                abs(top.value / bottom.value) * _HUNDRED, "percent", None, "ratio",
                f"{_shown(top.value)} / {_shown(bottom.value)}", sure=sure and ops.share and not ordered,
            )  # fmt: skip


def _across(claim: Claim, a: Point, b: Point) -> Iterator[Value]:
    """Give products and quotients of amounts of different kinds, and what a rate implies of an amount."""
    stated = not (a.place[0] and b.place[0])
    for top, bottom in ((a, b), (b, a)):
        if bottom.rated and not top.rated and bottom.value and not stated:
            part, grown = bottom.value / _HUNDRED, 1 + bottom.value / _HUNDRED
            told = f"{_shown(top.value)}", f"{_shown(bottom.value)}%"
            yield Value(top.value * part, top.kind, top.currency, "product", " * ".join(told))
            if top.place[:2] == bottom.place[:2] or _IMPLIED.search(claim.told):
                yield Value(top.value / part, top.kind, top.currency, "implied whole", " / ".join(told))
                if grown:
                    yield Value(
                        top.value / grown, top.kind, top.currency, "implied base",
                        f"{told[0]} / (1 + {told[1]})",
                    )  # fmt: skip
            if _IMPLIED.search(claim.told):
                formula = f"{told[0]} * (1 + {told[1]})"
                yield Value(top.value * grown, top.kind, top.currency, "product", formula)
        elif not (top.rated or bottom.rated):
            for lower in _either(bottom):
                if lower:
                    per = bool(bottom.row & claim.under) and bool((top.row - bottom.row) & claim.words.keys())
                    yield Value(
                        abs(top.value / lower), "amount", top.currency, "quotient",
                        f"{_shown(top.value)} / {_shown(lower)}", sure=per and _PER.search(claim.told) is not None,
                    )  # fmt: skip
    if not (a.rated or b.rated) and not (a.kind == b.kind == "money"):
        for factor in _either(b):
            yield Value(
                a.value * factor, "amount", a.currency or b.currency, "product",
                f"{_shown(a.value)} * {_shown(factor)}",
            )  # fmt: skip


_PREVIOUS = re.compile(
    r"(?<![a-z])(?:previous|prior|preceding|sequential\w*|quarter[- ]on[- ]quarter|q/q|qoq|last quarter)(?![a-z])|环比|上季|上期"
)
# What says that a level is computed from amounts of other kinds.
_ACROSS = re.compile(
    r"(?<![a-z])(?:per|times|x|impl\w+|about|roughly|approximately|around|makes?|making|worth|equals?|gives?|corresponds?|that is|i\.e)"
    r"(?![a-z])|(?<![a-z])at (?:an? |the |average |price |rate |of )*[$€£¥]?\d|[=×*/÷~≈]|约|每|相当|即"
)
_PER = re.compile(r"(?<![a-z])(?:per|for each|a piece|apiece|each)(?![a-z])|每")
_IMPLIED = re.compile(
    r"(?<![a-z])(?:impl(?:y|ies|ied)|would|will|should|expect\w*|guid\w*|outlook|at the (?:mid|low|high)\w*|forecast|target)(?![a-z])"
    r"|预计|隐含|指引|相当于"
)


def _either(point: Point) -> tuple[Decimal, ...]:
    """Give the value of an amount, and as it is shown where it may be a count that no scale is meant for."""
    if point.kind in ("amount", "count") and point.shown != point.value:
        return point.value, point.shown
    return (point.value,)


_AGAINST = re.compile(
    r"(?<![a-z])(?:than|above|below|exceed\w*|over|under|versus|vs|against|gap|spread|difference|apart|ahead|behind|short|cushion"
    r"|headroom|between|minus|less)(?![a-z])|[-−–]|高于|低于|相差|比|高出"
)
_THAN = re.compile(
    r"(?<![a-z])(?:than|above|below|exceed\w*|outpac\w*|premium|discount|over|under)(?![a-z])|高于|低于|比|超"
)


def _is_one(a: Point, b: Point) -> bool:
    """Tell whether two amounts are of one thing at two times."""
    if a.table and b.table:
        return a.row == b.row and (a.head == b.head or not (a.periods and b.periods) or bool(_by_words(a, b)))
    common = len(a.row & b.row)
    return not (a.row and b.row) or 2 * common >= min(len(a.row), len(b.row))


def _is_turned(claim: Claim, top: Point, bottom: Point) -> bool:
    """Tell whether the sentence has the other of two amounts under the line."""
    under = [len(p.row & claim.under) / len(p.row) if p.row else 0.0 for p in (top, bottom)]
    if claim.number.unit == "percent" and abs(top.value) > abs(bottom.value):
        # More than the whole is told only of what is set against something by name.
        return under[1] <= under[0]
    return under[0] > under[1] + 0.25 or (bottom.total < top.total and under[0] >= under[1])


def _one_kind(group: Sequence[Point]) -> bool:
    """Tell whether amounts are in one unit, as far as they say."""
    return len({p.kind for p in group} - {"amount"}) <= 1


def _alike(a: Point, b: Point) -> bool:
    """Tell whether two amounts are in one unit, as far as they say."""
    if a.kind != b.kind and "amount" not in (a.kind, b.kind) and not {a.kind, b.kind} <= _PAID:
        return False
    if a.rated != b.rated:
        return False
    return not (a.currency and b.currency and a.currency != b.currency)


def _ordered(a: Point, b: Point) -> tuple[Point, Point] | None:
    """Give two amounts in the order of their times; None where these are not told or are the same."""
    if not (a.periods and b.periods):
        if a.was != b.was and not (a.table or b.table):
            return (a, b) if a.was else (b, a)
        return _by_words(a, b)
    first, second = a.periods[0].order(), b.periods[0].order()
    if first == second:
        return _by_words(a, b)
    return (a, b) if first < second else (b, a)


def _by_words(a: Point, b: Point) -> tuple[Point, Point] | None:
    """Give two amounts in order where their names or columns say which is the earlier."""
    first, second = ((bool(_BEGIN & words), bool(_END & words)) for words in (a.row | a.head, b.row | b.head))
    if first == (True, False) and second[1] and not second[0]:
        return a, b
    return (b, a) if second == (True, False) and first[1] and not first[0] else None


def _earlier(a: Point, b: Point) -> bool:
    return _ordered(a, b) == (a, b)


def _years(old: Point, new: Point) -> int:
    if not (old.periods and new.periods):
        return 0
    return new.periods[0].year - old.periods[0].year


def _is_named_pair(claim: Claim, a: Point, b: Point) -> bool:
    """Tell whether the claim names when both amounts are of, or one with the one before it."""
    periods = claim.named or claim.asked
    if not (a.periods and b.periods):
        return True
    return a.of(periods) or b.of(periods) if periods else True


def _timely(claim: Claim, a: Point, b: Point, line: Sequence[Point]) -> bool:
    """Tell whether two amounts of one row are of the periods that the claim compares."""
    if claim.own is not None and claim.own.kind != "prior" and len(claim.named) > 1:
        own = a.of((claim.own,)), b.of((claim.own,))
        if own[0] != own[1] and _neighbours(a, b, line) and _earlier(a, b) == own[1]:
            return True
    named = tuple(dict.fromkeys((*claim.named, *(() if len(claim.named) > 1 else claim.asked))))
    if _PREVIOUS.search(claim.told) and _neighbours(a, b, line) and (ordered := _ordered(a, b)):
        return ordered[1].of(claim.asked or claim.named)
    if len(named) >= 2:
        return a.of(named) and b.of(named)
    if len(named) == 1:
        return (a.of(named) or b.of(named)) and (_neighbours(a, b, line) or len(line) <= 2)
    return True


def _at_one_time(claim: Claim, a: Point, b: Point) -> bool:
    """Tell whether two amounts of different names may be set against each other."""
    if not (a.of(claim.periods) and b.of(claim.periods)):
        return False
    return not (a.periods and b.periods) or a.of(b.periods) or b.of(a.periods)


def _neighbours(a: Point, b: Point, line: Sequence[Point]) -> bool:
    if not (a.periods and b.periods):
        return True
    orders = sorted({p.periods[0].order() for p in line if p.periods})
    first, second = sorted((a.periods[0].order(), b.periods[0].order()))
    return orders.index(second) - orders.index(first) <= 1 if {first, second} <= set(orders) else True


def _shown(value: Decimal) -> str:
    return format(value.normalize(), "f") if abs(value.adjusted()) < 40 else str(value)

