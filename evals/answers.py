"""Answers on filings: one right, and its copies with one figure made wrong in every kind that applies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from random import Random

from evals.amounts import grouped, money, plain, rounded
from evals.cases import Case, Wrong, lines
from evals.corrupt import corruptions, is_within
from evals.filings import Filing, Row, read_filings

_UPS = ("rose", "increased", "grew", "climbed", "went up", "advanced")
_DOWNS = ("fell", "decreased", "shrank", "dropped", "went down", "contracted")
_TURNS = {
    "rose": (_UPS, _DOWNS),
    "rise": (("increase", "gain", "rise"), ("decrease", "drop", "decline")),
    "up": (("up",), ("down",)),
    "higher": (("higher",), ("lower",)),
}
_ZH_TURNS = {"rose": (("增长", "增加", "上升"), ("下降", "减少", "下滑")), "rise": (("增幅",), ("降幅",))}
_HEDGES = ("", "", "about ", "approximately ", "roughly ", "~")
_SLOT = re.compile(r"\{(\w+)\}")
_FIGURES = frozenset("vabdDgGmsrt")


def phrasings(split: str) -> dict[str, list[str]]:
    """Read the phrasings of a split by family."""
    found: dict[str, list[str]] = {}
    family = ""
    for line in lines("phrasings.txt", split):
        if line.startswith("[") and line.endswith("]"):
            family = line[1:-1]
        elif line:
            found.setdefault(family, []).append(line)
    return found


class Answer:
    """One phrasing filled in: pieces of text, some of them figures or words of direction."""

    def __init__(self, template: str, values: dict[str, str], wrong: dict[str, dict[str, str]]) -> None:
        self.parts: list[tuple[str, str]] = []
        place = 0
        for match in _SLOT.finditer(template):
            self.parts += [("", template[place : match.start()]), (match[1], values[match[1]])]
            place = match.end()
        self.parts.append(("", template[place:]))
        self.wrong = wrong

    def text(self, at: int = -1, other: str = "") -> tuple[str, int]:
        """Give the text, with one part replaced, and where that part stands."""
        told, start = "", 0
        for index, (_, piece) in enumerate(self.parts):
            if index == at:
                start = len(told)
            told += other if index == at else piece
        return told, start

    def grounded(self) -> tuple[int, ...]:
        """Give where the figures stand."""
        return tuple(self.text(i, p)[1] for i, (slot, p) in enumerate(self.parts) if slot in _FIGURES)

    def wrongs(self, pick: Random) -> Iterator[Wrong]:
        """Give the answer with one figure wrong, for every kind."""
        for index, (slot, piece) in enumerate(self.parts):
            before = self.text(index, piece)[0][: self.text(index, piece)[1]]
            options = dict(self.wrong.get(slot, {}))
            if slot in _FIGURES:
                options |= corruptions(piece, pick)
            for kind, other in options.items():
                if slot in _FIGURES and is_within(piece, other, before):
                    continue
                text, start = self.text(index, other)
                yield Wrong(kind, text, start)


def cases(split: str, per_row: int = 2) -> Iterator[Case]:
    """Give the cases of a split's filings: every family that a row allows, in some of its phrasings."""
    said = phrasings(split)
    for filing in read_filings(split):
        for place in range(len(filing.rows)):
            for family, make in _FAMILIES.items():
                key = f"zh {family}" if filing.language == "zh" else family
                for round_ in range(per_row if key in said else 0):
                    pick = Random(f"{split} {filing.name} {place} {family} {round_}")
                    made = make(filing, place, pick.choice(said[key]), pick)
                    if made is not None:
                        yield from _stood(filing, family, made, pick)


def _stood(filing: Filing, family: str, made: tuple[str, Answer], pick: Random) -> Iterator[Case]:
    question, answer = made
    wrong = list(answer.wrongs(pick))
    if not wrong:
        return
    chosen = tuple(pick.sample(wrong, min(4, len(wrong))))
    text = answer.text()[0]
    for stands_on in ("documents", "both", "facts"):
        facts = filing.facts() if stands_on != "documents" else ()
        sources = filing.sources() if stands_on != "facts" else ()
        if stands_on != "documents" and not facts:
            continue
        if stands_on == "facts" and family == "column":
            continue
        yield Case(
            family, stands_on, filing.language, question, text, sources, facts, answer.grounded(), chosen
        )


def _show(filing: Filing, row: Row, value: Decimal, pick: Random) -> str:
    if row.kind == "$":
        return money(value, filing.power, filing.currency, filing.language, pick)
    if filing.language == "zh" and row.kind == "s":
        return f"{grouped(abs(value))}元"
    return plain(value, filing.power, row.kind, pick)


def _period(column: str, filing: Filing, pick: Random) -> str:
    span, _, year = column.rpartition(":")
    if filing.language == "zh":
        return f"{year}年上半年" if span == "h1" else f"{column}年"
    if span.startswith("Q"):
        said = ("{0} {1}", "{0} {1}", "the {2} quarter of {1}")
        return pick.choice(said).format(span, year, {"Q3": "third", "Q4": "fourth"}[span])
    if span:
        names = {"q3": ("the third quarter of {}", "Q3 {}", "the three months ended September 30, {}"),
                 "9m": ("the nine months ended September 30, {}", "the first nine months of {}")}  # fmt: skip
        return pick.choice(names[span]).format(year)
    return pick.choice((f"{column}", f"{column}", f"fiscal {column}", f"FY{column}", f"fiscal year {column}"))


def _base(row: Row, pick: Random) -> dict[str, str]:
    name = pick.choice(row.spoken)
    the = name.removeprefix("the ")
    return {"x": name, "X": the[0].upper() + the[1:], "h": pick.choice(_HEDGES)}


def _turned(up: bool, filing: Filing, pick: Random) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    values, wrong = {}, {}
    for slot, sides in (_ZH_TURNS if filing.language == "zh" else _TURNS).items():
        index = pick.randrange(len(sides[0]))
        values[slot], other = sides[not up][index], sides[up][index]
        wrong[slot] = {"direction": other}
    if "rise" in values:
        for slot in ("an_rise",):
            values[slot] = _article(values["rise"])
            wrong[slot] = {"direction": _article(wrong["rise"]["direction"])}
    return values, wrong


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _years(row: Row) -> list[str]:
    return [column for column in row.values if not column.startswith("col")]


def _pair(row: Row, pick: Random) -> tuple[str, str] | None:
    """Give a period and the one before it."""
    years = sorted(_years(row), key=lambda name: (name.rpartition(":")[2], name), reverse=True)
    pairs = [
        (new, old) for new, old in pairwise(years) if new.split(":")[0] == old.split(":")[0] or ":" not in new
    ]
    pairs = [pair for pair in pairs if row.values[pair[0]] and row.values[pair[1]]]
    return pick.choice(pairs) if pairs else None


def _span(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
    row = filing.rows[place]
    years = [year for year in _years(row) if row.values[year]]
    if not years:
        return None
    year = pick.choice(years)
    values = _base(row, pick) | {"p": _period(year, filing, pick)}
    values["v"] = _show(filing, row, row.values[year], pick)
    wrong = {"v": _neighbours(filing, place, year, pick)}
    question = f"What was {values['x']} in {_period(year, filing, pick)}?"
    return question, Answer(template, values, wrong)


def _neighbours(filing: Filing, place: int, year: str, pick: Random) -> dict[str, str]:
    """Give the values that stand beside the right one: another period's, another row's."""
    row = filing.rows[place]
    found = {}
    others = [value for key, value in row.values.items() if key != year and value]
    if others:
        found["neighbouring period"] = _show(filing, row, pick.choice(others), pick)
    rows = [r for r in filing.rows if r is not row and r.kind == row.kind and r.values.get(year)]
    rows = [r for r in rows if not set(r.spoken) & set(row.spoken)]
    if rows:
        found["other row"] = _show(filing, row, pick.choice(rows).values[year], pick)
    return found


def _change(filing: Filing, place: int, template: str, pick: Random, pct: bool) -> tuple[str, Answer] | None:
    row = filing.rows[place]
    pair = _pair(row, pick)
    if pair is None or row.kind == "%":
        return None
    new, old = pair
    b, a = abs(row.values[new]), abs(row.values[old])
    if a == b or abs(b - a) / a < Decimal("0.01"):
        return None
    turned, wrong = _turned(b > a, filing, pick)
    values = _base(row, pick) | turned
    values |= {"p": _period(new, filing, pick), "q": _period(old, filing, pick)}
    values |= {"a": _show(filing, row, a, pick), "b": _show(filing, row, b, pick)}
    wrong |= {"a": _neighbours(filing, place, old, pick), "b": _neighbours(filing, place, new, pick)}
    if "{p}" not in template:
        wrong["b"].pop("neighbouring period", None)
        wrong["a"].pop("neighbouring period", None)
    sign = "-" if b < a else pick.choice(("", "+", ""))
    if pct:
        places = pick.choice((1, 1, 2))
        growth, base = (b - a) / a * 100, (b - a) / b * 100
        values |= {"g": f"{rounded(abs(growth), places)}%", "G": f"{sign}{rounded(abs(growth), places)}%"}
        if abs(abs(growth) - abs(base)) > abs(growth) / 15:
            wrong["g"] = {"wrong base": f"{rounded(abs(base), places)}%"}
            wrong["G"] = {"wrong base": f"{sign}{rounded(abs(base), places)}%"}
    else:
        shown = _show(filing, row, abs(b - a), pick)
        values |= {"d": shown, "D": sign + shown}
    other = f"{'+' if b < a else '-'}" + values["G" if pct else "D"].lstrip("+-")
    wrong.setdefault("G" if pct else "D", {})["sign"] = other
    question = f"What was the {'percentage ' * pct}change in {values['x']} from "
    question += f"{_period(old, filing, pick)} to {_period(new, filing, pick)}?"
    return question, Answer(template, values, wrong)


def _diff(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
    return _change(filing, place, template, pick, False)


def _pct(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
    return _change(filing, place, template, pick, True)


def _joined(filing: Filing, place: int, template: str, pick: Random, mean: bool) -> tuple[str, Answer] | None:
    row = filing.rows[place]
    pair = _pair(row, pick)
    if pair is None or (row.kind in "s%" and not mean):
        return None
    new, old = pair
    b, a = abs(row.values[new]), abs(row.values[old])
    values = _base(row, pick)
    values |= {"p": _period(new, filing, pick), "q": _period(old, filing, pick)}
    values |= {"a": _show(filing, row, a, pick), "b": _show(filing, row, b, pick)}
    whole = a + b
    result = whole / 2 if mean else whole
    shown = f"{rounded(result, 2)}%" if row.kind == "%" else _show(filing, row, result, pick)
    if row.kind == "s":
        amount = rounded(result, 3) if mean else result
        shown = f"{amount}元" if filing.language == "zh" else f"${amount}"
    values |= {"m" if mean else "s": shown}
    name = "average" if mean else "sum of"
    spans = f"{_period(old, filing, pick)} and {_period(new, filing, pick)}"
    return f"What was the {name} {values['x']} for {spans}?", Answer(template, values, {})


def _mean(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
    return _joined(filing, place, template, pick, True)


def _sum(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
    return _joined(filing, place, template, pick, False)


def _two(filing: Filing, place: int, pick: Random) -> tuple[Row, Row, str] | None:
    """Give a row, a larger one of the same kind and a year that both have."""
    row = filing.rows[place]
    rows = [r for r in filing.rows if r is not row and r.kind == row.kind == "$"]
    years = [year for year in _years(row) if row.values[year]]
    pairs = [
        (row, other, year)
        for other in rows
        for year in years
        if year in other.values and abs(other.values[year]) > abs(row.values[year])
    ]
    return pick.choice(pairs) if pairs else None


def _two_rows(kind: str) -> Callable[[Filing, int, str, Random], tuple[str, Answer] | None]:
    def make(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
        found = _two(filing, place, pick)
        if found is None:
            return None
        small, large, year = found
        first, second = (small, large) if kind == "share" else (large, small)
        values = _base(first, pick) | {"p": _period(year, filing, pick)}
        values["y"] = pick.choice(second.spoken)
        b, a = abs(first.values[year]), abs(second.values[year])
        values |= {"a": _show(filing, second, a, pick), "b": _show(filing, first, b, pick)}
        wrong: dict[str, dict[str, str]] = {}
        if kind == "share":
            share = b / a * 100
            if share < 2 or share > 96:
                return None
            values |= {"r": f"{rounded(share, 1)}%", "t": f"{rounded(b / a, 2)}"}
            wrong["r"] = {"inverse": f"{rounded(a / b * 100, 1)}%"}
        elif kind == "parts":
            values["s"] = _show(filing, first, a + b, pick)
        else:
            values["d"] = _show(filing, first, b - a, pick)
        asked = f"How do {values['x']} and {values['y']} compare in {_period(year, filing, pick)}?"
        return asked, Answer(template, values, wrong)

    return make


def _pp(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
    row = filing.rows[place]
    pair = _pair(row, pick)
    if pair is None or row.kind != "%":
        return None
    new, old = pair
    b, a = row.values[new], row.values[old]
    if a == b:
        return None
    turned, wrong = _turned(b > a, filing, pick)
    values = _base(row, pick) | turned
    values |= {"p": _period(new, filing, pick), "q": _period(old, filing, pick)}
    values |= {"a": f"{a}%", "b": f"{b}%"}
    size = abs(b - a)
    told = pick.choice((f"{size} percentage points", f"{int(size * 100)} basis points", f"{size} points",
                        f"{int(size * 100)} bps", f"{size}pp"))  # fmt: skip
    values |= {"d": told, "D": ("-" if b < a else "") + told}
    if "points" in told or "pp" in told:
        wrong["d"] = {"% against pp": f"{size}%"}
    return f"How did {values['x']} change from {old} to {new}?", Answer(template, values, wrong)


def _column(filing: Filing, place: int, template: str, pick: Random) -> tuple[str, Answer] | None:
    row = filing.rows[place]
    columns = [column for column in row.values if column.startswith("col:") and row.values[column]]
    if not columns:
        return None
    column = pick.choice(columns)
    name = column.removeprefix("col:").replace("_", " ")
    values = _base(row, pick) | {"c": name, "v": _show(filing, row, row.values[column], pick)}
    others = [v for k, v in row.values.items() if k != column and v and abs(v) != abs(row.values[column])]
    wrong = {"v": {"neighbouring column": _show(filing, row, pick.choice(others), pick)} if others else {}}
    return f"What was the {name} of {values['x']}?", Answer(template, values, wrong)


_FAMILIES: dict[str, Callable[[Filing, int, str, Random], tuple[str, Answer] | None]] = {
    "span": _span,
    "diff": _diff,
    "pct": _pct,
    "mean": _mean,
    "sum": _sum,
    "parts": _two_rows("parts"),
    "gap": _two_rows("gap"),
    "share": _two_rows("share"),
    "pp": _pp,
    "column": _column,
}
