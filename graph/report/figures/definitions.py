"""Metrics that no row or sentence tells, by their usual definition from those that are told.

Free cash flow is what operations bring in less capital expenditures, a margin is a share of revenue, and
so on. Each gives a line of values, one for every period that has both operands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from graph.facts import Fact, Unit
from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived
from graph.report.figures.labels import Mention
from graph.report.figures.lookup import Lookup
from graph.report.figures.passages import Passages
from graph.report.figures.periods import Period
from graph.report.figures.tables import FREE
from graph.report.figures.units import is_rate
from graph.report.figures.wording import stems

Words = tuple[frozenset[str], ...]


def _any(text: str) -> Words:
    """Give the words of each of several names."""
    return tuple(stems(name.strip()) for name in text.split(";"))


_REVENUE = _any("revenue; sales; net sales; 营业收入; 收入")
_ASSETS = _any("total assets; 总资产; 资产总计")
_LIABILITIES = _any("total liabilities; 总负债; 负债合计")
_EQUITY = _any("total equity; shareholders' equity; stockholders' equity; 净资产; 股东权益")
_INCOME = _any("net income; net profit; 净利润")
_DEBT = _any("total debt; debt; borrowings; 有息负债")
# (what it is called, whether it is a ratio, first operand, second operand)
_DEFINED: tuple[tuple[re.Pattern[str], bool, Words, Words], ...] = tuple(
    (re.compile(name), ratio, first, second)
    for name, ratio, first, second in (
        (
            r"(?<![a-z])free cash flow|自由现金流",
            False,
            _any("cash provided by operations; operating cash flow; operations provided; 经营活动现金流量"),
            _any("capital expenditures; capital spending; capex; purchases of property; 资本开支; 资本支出"),
        ),
        (
            r"(?<![a-z])net (?:written |earned )?premiums?(?! income)",
            False,
            _any("gross premium; gross written premium; gross premiums written"),
            _any("ceded reinsurers; ceded premium; ceded; reinsurance premium"),
        ),
        (r"(?<![a-z])net assets|净资产(?!收益)", False, _ASSETS, _LIABILITIES),
        (r"(?<![a-z])working capital|营运资金", False, _any("total current assets; current assets; 流动资产"),
         _any("total current liabilities; current liabilities; 流动负债")),
        (r"(?<![a-z])net debt|净负债(?!率)", False, _DEBT, _any("cash and cash equivalents; cash; 货币资金")),
        (r"(?<![a-z])current ratio|流动比率", True, _any("total current assets; current assets; 流动资产"),
         _any("total current liabilities; current liabilities; 流动负债")),
        (r"资产负债率|(?<![a-z])(?:liabilities[- ]to[- ]assets|debt[- ]to[- ]assets?)", True,
         _LIABILITIES, _ASSETS),
        (r"[存贷]贷?[贷存]比|(?<![a-z])loans?[- ]to[- ]deposits?", True, 
         _any("total loans; loans; 贷款总额; 贷款"),
         _any("total deposits; deposits; 存款总额; 存款")),
        (r"(?<![a-z])(?:return on (?:equity|shareholders|stockholders)|roe(?![a-z]))|净资产收益率", True,
         _INCOME, _EQUITY),
        (r"(?<![a-z])(?:return on (?:total )?assets|roa(?![a-z]))|总资产收益率", True, _INCOME, _ASSETS),
        (r"(?<![a-z])(?:debt[- ]to[- ]equity|gearing)|产权比率", True, _DEBT, _EQUITY),
        (r"(?<![a-z])(?:effective )?tax rate|实际税率", True,
         _any("income tax expense; income taxes; provision for income taxes; 所得税费用"),
         _any("income before income taxes; income before tax; pretax income; profit before tax; 利润总额")),
        (r"(?<![a-z])interest cover(?:age)?|利息保障", True,
         _any("operating income; operating profit; ebit; 营业利润"),
         _any("interest expense; finance costs; 利息支出")),
        (r"(?<![a-z])pay-?out|派息率|分红率|股利支付率", True, _any("dividend; dividends; 每股派息; 股息"),
         _any("ffo; diluted earnings per share; earnings per share; net income; 每股收益; 净利润")),
    )
)  # fmt: skip
_MARGIN = re.compile(r"(?<![a-z])([a-z]{3,}(?: [a-z]{3,})?) margin(?! of safety)|(毛|净|营业)利?润?率")
_MARGINS_ZH = {"毛": "毛利", "净": "净利润", "营业": "营业利润"}
_OWN_NAME = frozenset({"ebitda", "ebit", "fcf"})
_PER = re.compile(r"\s(?:per|/)\s(?:the |each )?")


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

    def find(self, number: Number, start: int, end: int, periods: Sequence[Period]) -> Finding | None:
        """Find a figure among these values: of the periods, or the latest where none of them has any."""
        for line in self.lines(start, end):
            dated = [item for item in line if any(item.of(period) for period in periods)]
            for item in dated or self.book.latest(line):
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
        for pattern, ratio, first, second in _DEFINED:
            match = pattern.search(low, start, end)
            if match is not None and not self._is_told(match):
                yield self._values(match[0], ratio, self._of(first), self._of(second))
        for match in _MARGIN.finditer(low, start, end):
            if self._is_told(match):
                continue
            own = stems(match[1] or "") or stems(_MARGINS_ZH.get(match[2], ""))
            last = stems((match[1] or "").rpartition(" ")[2])
            tops = [own, last] if own & _OWN_NAME else [own | {"incom"}, last | {"incom"}, own]
            yield self._values(match[0], True, self._of(tuple(tops)), self._of(_REVENUE))
        mentions = self.page.mentions_in((start, end))
        for top, bottom in pairwise(mentions):
            if _PER.fullmatch(low, top.end, bottom.start):
                yield self._values(
                    low[top.start : bottom.end], True, self._named(top), self._named(bottom), "per_share"
                )

    def _is_told(self, match: re.Match[str]) -> bool:
        """Tell whether a row or a typed fact has this very name."""
        return any(
            self.book.lines.get(key)
            for mention in self.page.mentions_in((max(0, match.start() - 40), match.end() + 12))
            if mention.start <= match.start() and match.end() <= mention.end
            for key in mention.keys
        )

    def _named(self, mention: Mention) -> list[Known]:
        return [item for key in mention.keys for item in self.book.line(key)]

    def _of(self, names: Words) -> list[Known]:
        """Give the values of the row, or else of the sentences, that one of the names fits best."""
        if self._stems is None:
            self._stems = {
                key: stems(key.removeprefix(FREE).rpartition(": ")[2])
                for key in self.book.lines
                if key.startswith(FREE)
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
            bottom = next((item for item in bottoms if item is not top and _together(top, item)), None)
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
                currency=top.fact.currency if unit != "percent" else None,
                period=top.fact.period or bottom.fact.period,
            )
            if all(item.period != top.period for item in found):
                found.append(Known(fact, f"said:{name}", top.period, top.day))
        return found


def _together(first: Known, second: Known) -> bool:
    """Tell whether two values are of one period, as far as they say."""
    if first.period is None or second.period is None:
        return first.fact.unit == second.fact.unit or first.period == second.period
    return first.period == second.period
