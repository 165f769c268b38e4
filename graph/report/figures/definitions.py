"""Metrics that no row or sentence tells, by their usual definition from those that are told.

Free cash flow is what operations bring in less capital expenditures, a margin is a share of revenue, and
so on. Each gives a line of values, one for every period that has both operands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from graph.facts import Fact, Unit
from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived
from graph.report.figures.formulas import FORMULAS, REVENUE, Words
from graph.report.figures.labels import Mention
from graph.report.figures.lookup import Lookup
from graph.report.figures.passages import Passages
from graph.report.figures.period import Period
from graph.report.figures.tables import FREE
from graph.report.figures.units import is_rate
from graph.report.figures.wording import stems
from graph.vocabulary import METRICS

_MARGIN = re.compile(r"(?<![a-z])([a-z]{3,}(?: [a-z]{3,})?) margin(?! of safety)|(毛|净|营业)利?润?率")
_MARGINS_ZH = {"毛": "毛利", "净": "净利润", "营业": "营业利润"}
_OWN_NAME = frozenset({"ebitda", "ebit", "fcf"})
_PER = re.compile(r"\s(?:per|/)\s(?:the |each )?")
# Between two names, the first of which may be told with its value.
_JOINED = re.compile(
    r"(?:\s(?:of|at|is|was)\s[^a-z,;]{1,16}(?:[a-z]{1,8})?)?\s?[(,]?\s?(?:"
    r"(?P<minus>less|minus|net of|after deducting|减去?)|(?P<plus>plus|added to|加上?)"
    r"|(?P<times>times|multiplied by|[×*]|乘以?)"
    r"|(?P<over>over|divided by|relative to|as a (?:percentage|share|multiple|proportion) of|[÷/]|除以))"
    r"\s?(?:the |its |a |total |trailing )*"
)


class Definitions:
    """Computes metrics by definition for one page."""

    def __init__(self, lookup: Lookup, passages: Passages) -> None:
        self.book = lookup.book
        self.page = lookup.page
        self.passages = passages
        self._stems: dict[str, frozenset[str]] | None = None
        self._found: dict[int, list[list[Known]]] = {}

    def lines(self, start: int, end: int) -> list[list[Known]]:
        """Give the values of every defined metric that a stretch of text names."""
        known = self._found.get(start)
        if known is None:
            known = self._found[start] = [line for line in self._lines(start, end) if line]
        return known

    def find(
        self, number: Number, start: int, end: int, periods: Sequence[Period], was: bool = False
    ) -> Finding | None:
        """Find a figure among these values: of the periods, or the latest where none of them has any."""
        for line in self.lines(start, end):
            dated = [item for item in line if any(item.of(period) for period in periods)]
            last = self.book.latest(line)
            earlier = [item for item in line if item not in last] if was else []
            for item in dated or (self.book.latest(earlier) if earlier else last):
                value, unit = item.value, item.fact.unit
                if unit == "percent" and number.unit in ("multiple", ""):
                    value, unit = value / 100, "multiple"
                told = Derived(
                    value, unit, item.fact.label, (item.fact.id,), "by definition", item.fact.currency
                )
                finding = weigh_derived(number, [told], 0, unsigned=True)
                if finding is not None and finding.status == "derived":
                    return finding
        return None

    def _lines(self, start: int, end: int) -> Iterator[list[Known]]:
        low = self.page.low
        text = low[start:end]
        for formula in FORMULAS:
            for word in formula.needs:
                if word in text:
                    break
            else:
                continue
            match = formula.name.search(low, start, end)
            if match is None or self._is_told(match):
                continue
            terms = [(sign, self._of(words)) for sign, words in formula.terms]
            if formula.kind == "rest":
                yield [_rest(match[0], item) for item in terms[0][1] if item.fact.unit == "percent"]
            elif formula.kind != "sum":
                told_in: Unit | None = "count" if formula.kind == "count" else None
                yield self._values(match[0], True, terms[0][1], terms[1][1], told_in)
            elif all(known for _, known in terms):
                yield self._summed(match[0], terms)
        for match in _MARGIN.finditer(low, start, end) if "margin" in text or "率" in text else ():
            if self._is_told(match):
                continue
            own = stems(match[1] or "") or stems(_MARGINS_ZH.get(match[2], ""))
            last = stems((match[1] or "").rpartition(" ")[2])
            tops = [own, last] if own & _OWN_NAME else [own | {"incom"}, last | {"incom"}, own]
            told = self._of(tuple(tops)) or self._summed_by(match[1] or _MARGINS_ZH.get(match[2], ""))
            yield self._values(match[0], True, told, self._of(REVENUE))
        mentions = self.page.mentions_in((start, end))
        for top, bottom in pairwise(mentions):
            if _PER.fullmatch(low, top.end, bottom.start):
                yield self._values(
                    low[top.start : bottom.end], True, self._named(top), self._named(bottom), "per_share"
                )
            joined = _JOINED.fullmatch(low, top.end, bottom.start) if bottom.start - top.end < 48 else None
            if joined is not None:
                yield self._expressed(joined, low[top.start : bottom.end], top, bottom)

    def _summed_by(self, name: str) -> list[Known]:
        """Compute what a margin is of where no row tells it, as gross profit from revenue and cost."""
        profit = name + " profit" if name.isascii() else name
        for formula in FORMULAS:
            if formula.kind == "sum" and (formula.name.search(profit) or formula.name.search(name)):
                terms = [(sign, self._of(words)) for sign, words in formula.terms]
                return self._summed(name, terms) if all(known for _, known in terms) else []
        return []

    def _expressed(self, sign: re.Match[str], name: str, first: Mention, second: Mention) -> list[Known]:
        """Compute what two names with a sign between them come to, as in "revenue less gross profit"."""
        tops, bottoms = self._named(first), self._named(second)
        if sign["over"]:
            return self._values(name, True, tops, bottoms)
        if not sign["times"]:
            return self._summed(name, [(1, tops), (-1 if sign["minus"] else 1, bottoms)])
        found = []
        for top in tops:
            for other in self._at(bottoms, top)[:1]:
                unit = top.fact.unit if top.fact.unit != "multiple" else other.fact.unit
                currency = top.fact.currency or other.fact.currency
                label = f"{name}: {top.value:f} * {other.value:f}"
                fact = Fact(
                    f"{top.fact.id}|{other.fact.id}", label, top.value * other.value, unit, currency=currency
                )
                found.append(Known(fact, f"said:{name}", top.period or other.period, top.day))
        return found

    def _is_told(self, match: re.Match[str]) -> bool:
        """Tell whether a row or a typed fact has this very name."""
        return any(
            self.book.lines.get(key)
            for mention in self.page.mentions_in((max(0, match.start() - 40), match.end() + 12))
            if mention.start < match.end() <= mention.end
            for key in mention.keys
        )

    def _named(self, mention: Mention) -> list[Known]:
        return [item for key in mention.keys for item in self.book.line(key)]

    def _of(self, names: Words) -> list[Known]:
        """Give the values of the row, or else of the sentences, that one of the names fits best."""
        if self._stems is None:
            self._stems = {
                key: stems(key.removeprefix(FREE).rpartition(": ")[2])
                if key.startswith(FREE)
                else stems(METRICS[key].en.lower())
                for key in self.book.lines
                if key.startswith(FREE) or key in METRICS
            }
        named = [name for name in names if name]
        for name in named:
            fitting = [(len(said), key) for key, said in self._stems.items() if name <= said]
            if fitting:
                return self.book.line(min(fitting)[1])
        return list(dict.fromkeys(known for name in named for known in self.passages.of(name)))

    def _values(
        self, name: str, ratio: bool, tops: list[Known], bottoms: list[Known], told_in: Unit | None = None
    ) -> list[Known]:
        """Combine the operands of each period."""
        found: list[Known] = []
        for top in tops:
            bottom = next((item for item in self._at(bottoms, top) if item is not top), None)
            if bottom is None or (ratio and not bottom.value) or is_rate(top.fact.unit):
                continue
            value = abs(top.value / bottom.value) if ratio else top.value - abs(bottom.value)
            unit: Unit = told_in or ("percent" if ratio else top.fact.unit)
            if unit == "percent":
                value *= 100
            fact = Fact(
                f"{top.fact.id}|{bottom.fact.id}",
                f"{name}: {top.value:f} {'/' if ratio else '-'} {abs(bottom.value):f}",
                Decimal(value),
                unit,
                currency=top.fact.currency if unit not in ("percent", "count") else None,
                period=top.fact.period or bottom.fact.period,
            )
            if all(item.period != top.period for item in found):
                found.append(Known(fact, f"said:{name}", top.period, top.day))
        return found

    def _at(self, known: list[Known], other: Known) -> list[Known]:
        """Give the values of the time of another, the latest where the other has none."""
        found = [item for item in known if _together(other, item)]
        return (
            found
            if other.period is not None and found and found[0].period is not None
            else self.book.latest(found)
        )

    def _summed(self, name: str, terms: Sequence[tuple[int, list[Known]]]) -> list[Known]:
        """Add the operands of each period up, those that are taken away by their size."""
        found: list[Known] = []
        for first in terms[0][1]:
            others = [(sign, self._at(known, first)) for sign, known in terms[1:]]
            if not all(known for _, known in others) or is_rate(first.fact.unit):
                continue
            picked = [(sign, next((k for k in known if k is not first), known[0])) for sign, known in others]
            dated = max((first, *(item for _, item in picked)), key=lambda item: item.period is not None)
            value = first.value + sum(sign * abs(item.value) for sign, item in picked)
            told = "".join(f" {'+' if sign > 0 else '-'} {abs(item.value):f}" for sign, item in picked)
            fact = Fact(
                "|".join((first.fact.id, *(item.fact.id for _, item in picked))),
                f"{name}: {first.value:f}{told}",
                Decimal(value),
                first.fact.unit,
                currency=first.fact.currency,
                period=dated.fact.period,
            )
            if all(item.period != dated.period for item in found):
                found.append(Known(fact, f"said:{name}", dated.period, dated.day))
        return found


def _rest(name: str, known: Known) -> Known:
    """Give what a percentage leaves of a hundred."""
    told = f"{name}: 100 - {known.value:f}"
    return replace(known, fact=replace(known.fact, value=100 - known.value, label=told), key=f"said:{name}")


def _together(first: Known, second: Known) -> bool:
    """Tell whether two values are of one period, as far as they say."""
    if first.period is None or second.period is None:
        if not (first.key.startswith("said:") or second.key.startswith("said:")):
            # What the market says is of today, whatever the year of the report.
            return True
        return first.fact.unit == second.fact.unit or first.period == second.period
    return first.period == second.period
