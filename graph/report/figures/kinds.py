"""What the amounts of a table's row are: money at the scale of the table, counts, rates, amounts per one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.facts import Unit
from graph.report.figures.extract import Number
from graph.report.figures.scale import scale_of
from graph.report.figures.wording import stems

_PER_SHARE = re.compile(r"per\b.{0,40}\bshare|per share|per unit|每股|(?<![a-z])(?:eps|dps)(?![a-z])")
_PRICE = re.compile(r"fair value|price|per share|per unit")
_SHARES = re.compile(
    r"\bshares\b|share count|number of|(?<![a-z])(?:no\.|#) of|\((?:number|no\.|#)\)"
    r"|\bunits\b|\bemployees\b|headcount|股数|股本(?!溢)|人数"
    r"|\bcounts?\b|数量|销量|产量|户数|门店数"
)
# An amount of money by one of something else is told at its own scale, as in "price per gallon".
_PER_ONE = re.compile(
    r"(?<![a-z])per\s(?!cent|share|diem|capita)[a-z]|每[\u4e00-\u9fff]"
    r"|(?<=[a-z])/(?=(?:tonnes?|tons?|mt|lbs?|pounds?|oz|ounces?|kg|grams?|gal|gallons?|bbl|barrels?|boe|mcf|mmbtu"
    r"|kwh|mwh|sq|units?|days?|months?|years?|hours?|hr|shares?|users?|rooms?|seats?|miles?|km|teu|case)(?![a-z]))"
)
# Things that are counted, not paid: the last word of a name, or before "of", "in" and a parenthesis.
_COUNTED = re.compile(
    r"(?<![a-z])(?:employees|headcount|customers|subscribers|users|stores|shops|restaurants|branches|sites"
    r"|carloads|loads|trips|flights|visits|volumes|clubs|cent(?:er|re)s|theat(?:er|re)s|screens|offices|dealers(?:hips)?|warehouses|terminals|vessels|ships|trucks"
    r"|locations|facilities|hotels|rooms|beds|homes|properties|vehicles|aircraft|wells|patients"
    r"|members|merchants|students|households|accounts|orders|deliveries|shipments|passengers|departures|miles|hours|days"
    r"|tonnes|tons|barrels"
    r"|ounces|pounds|gallons|acres|square feet|square metres|megawatts|mw|gwh|mwh|boe|licen[sc]es"
    r"|policies|claims|units|teu|subscriptions|lines|agents|pumps|sets|clinics|schools|plants|projects)"
    r"(?=$|[),]|\s?\(|\s(?:of|in|at|over|under|on|per|by|with|end|open|opened|sold|produced|served|flown|delivered|shipped"
    r"|added|owned|leased|held|managed|operated|occupied|completed|retailed)(?![a-z]))"
    r"|[人家个台辆架套户]数|\((?:人|家|台|辆|架|吨|套|户|万吨)\)"
)
# Of these there are sums of money as well.
_EITHER = re.compile(
    r"(?<![a-z])(?:lines|claims|orders|policies|plans|accounts|projects|properties|facilities|licen[sc]es|subscriptions"
    r"|plants|pumps|sets|hotels|rooms|vehicles|aircraft|homes|shipments|customers|students|patients|members|agents)(?![a-z])"
)
_WHOLE = re.compile(
    r"(?<![a-z])(?:stores|shops|restaurants|branches|hotels|clubs|theat(?:er|re)s|schools|clinics|plants|dealers(?:hips)?"
    r"|employees|headcount|customers|members)(?![a-z])"
)
_OTHERWISE = re.compile(
    r"(?:unless |except )?(?:otherwise|where|as) (?:noted|indicated|stated|specified)|另有|除外"
)
# Words of rows that are surely sums of money.
_MONEY = re.compile(
    r"revenu|income|expens|turnover|(?<![a-z])cost|sales|asset|liabilit|cash|debt|profit|loss|tax|earning|equity"
    r"|payable|receivabl"
    r"|inventor|margin|gain|(?<![a-z])sale|interest|dividend|premium|proceed|payment|charge|fee|capital|deposit|loan|goodwill"
    r"|amorti[sz]|depreci|investment|收入|成本|费用|利润|资产|负债|现金|税|款|借|费|损失|准备|金额|投资"
)
_EXCEPT = re.compile(r"(?:except|excluding|other than|unless)\s(?:for\s)?([^.;()\n]{3,160})")
# Counts of shares come in the scale of their table; stores and people as they are.
_IN_SHARES = re.compile(r"\bshares\b|股|\bunits\b")
_MONEY_OF_SHARES = re.compile(r"value|price|cost|expense|compensation|issu|repurchas|proceeds|capital")
PERCENT = re.compile(r"%|percent|(?<![a-z])rate(?![a-z])|率|占比")
# A margin may be an amount as well; rate swaps and rate loans are.
_RATE = re.compile(
    r"(?<![a-z])(?:rates?(?!\s(?:swap|contract|derivativ|lock|agreement|cap|hedg|loan|note|debt|borrow|instrument))"
    r"|yield|percentage|percent)(?![a-z])|\(%\)|(?<!\d)(?<!\d )%|率"
)
# The terms of a debt behind its name, as in "notes (weighted average interest rate of 5.6%)".
_TERMS = re.compile(r"\([^()]*\d%?\s?[^()]*\)?|,[^()]*\d%.*")
_MARGIN = re.compile(r"(?<![a-z])margins?(?![a-z])")
_IN_CENTS = re.compile(r"(?<![a-z])(?:cents|pence)(?![a-z])|\((?:c|p)\)|(?<=[(\d])¢")
_CENTS = re.compile(r"\d\.\d\d(?![\d%])")
# Words of an exception that name no row.
_NOT_COUNTED = frozenset(
    {
        "amount",
        "data",
        "percentag",
        "perc",
        "ratio",
        "share",
        "shar",
        "not",
        "otherwi",
        "indicat",
        "where",
        "other",
    }
)

# A scale that a caption gives to some rows, as in "average sales price in thousands".
_SUBJECT = re.compile(
    r"([a-z][a-z /&,'-]{2,60})\s(?:(?:are|is|stated|presented|shown|expressed|reported)\s){0,2}in\s"
    r"(thousands|millions|billions|dollars|whole dollars|euros|pounds|yuan|units)(?![a-z])(?!\sof)"
)
_IN_SCALE = re.compile(
    r"in(?<=[a-z /&,'-]{2}\sin)\s"
    r"(?:thousands|millions|billions|dollars|whole dollars|euros|pounds|yuan|units)"
)
_SCALED = {"thousands": 3, "millions": 6, "billions": 9} | dict.fromkeys(
    ("dollars", "whole dollars", "euros", "pounds", "yuan", "units"), 0
)
_JOINT = re.compile(r",|(?<![a-z])(?:and|except|for|but|which|with|per)(?![a-z])")
_ANY_AMOUNT = stems(
    "dollar dollars amounts figures tables numbers unaudited expressed stated data except all us"
    " usd eur rmb currency reported presented notes following other monetary values"
)

RowKind = Literal["", "per_share", "count", "open"]


@dataclass(frozen=True)
class Head:
    """What a column's header says of the amounts below it."""

    text: str = ""
    power: int | None = None
    percent: bool = False


def rate_columns(rows: Iterable[Mapping[int, Number]]) -> set[int]:
    """Give the places of columns of percentages, of which the first may be the only one to show its sign."""
    first: dict[int, Number] = {}
    mixed: set[int] = set()
    for row in rows:
        for place, number in row.items():
            top = first.setdefault(place, number)
            bare = number.bare and not number.grouped and number.decimals == top.decimals
            if top.unit != "percent" or not (
                number.unit == "percent" or (bare and abs(number.value) <= 1000)
            ):
                mixed.add(place)
    return set(first) - mixed


class Kinds:
    """Settles the units of one table, from its power of ten, its lines and the captions around it."""

    def __init__(self, power: int, lines: Sequence[str], captions: str) -> None:
        self.power = power
        self.has_rates = any("%" in line.partition("|")[2] or "(%)" in line for line in lines)
        self.has_money = any("$" in line or "€" in line or "£" in line for line in lines)
        self.has_decimals = sum(bool(_CENTS.search(line)) for line in lines) * 2 > len(lines)
        self.subjects = [
            (subject, _SCALED[match[2]])
            for match in (_SUBJECT.finditer(captions) if _IN_SCALE.search(captions) else ())
            if (subject := stems(_JOINT.split(match[1])[-1]) - _ANY_AMOUNT)
        ]
        excepted = [_OTHERWISE.split(text)[0] for text in _EXCEPT.findall(captions)]
        self.excepted = stems(" ".join(excepted)) - _NOT_COUNTED
        # "except inventory per square foot" leaves what is per something else at the scale.
        self.excepts_per = any(_PER_ONE.search(text) for text in excepted)
        self.otherwise = _OTHERWISE.search(captions) is not None
        self._found: dict[tuple[int, str], bool] = {}

    def _has(self, pattern: re.Pattern[str], text: str) -> bool:
        """Tell whether a name or a head has what a pattern finds; asked once for all amounts below it."""
        known = self._found.get((id(pattern), text))
        if known is None:
            known = self._found[id(pattern), text] = pattern.search(text) is not None
        return known

    def under(self, heading: str, label: str) -> str:
        """Give the name of a row with its heading where that says what the amounts below it are."""
        says = heading and (
            self._has(_PER_ONE, heading)
            or self._has(_COUNTED, heading)
            or self._has(_IN_CENTS, heading)
            or scale_of(heading) is not None
        )
        return f"{heading}: {label}" if says else label

    def of_row(self, label: str, name: str, shown: Sequence[Number]) -> RowKind:
        """Tell what the table's scale leaves alone; "open" where a row may be a count or an amount."""
        if not self.power or not shown or scale_of(label) is not None:
            return ""
        priced = any(number.currency for number in shown)
        small = all(number.decimals == 2 and abs(number.value) < 1000 for number in shown)
        if (self._has(_PER_ONE, label) and not self._is_scaled(label, shown)) or (
            priced and small and not self.has_decimals
        ):
            return "per_share"
        if priced and self._is_excepted(label):
            return "per_share"
        if priced or any(number.unit or number.decimals for number in shown):
            return ""
        money = self._has(_MONEY, name)
        if self._has(_COUNTED, label):
            return "open" if money or self._has(_EITHER, label) else "count"
        if stems(label) & self.excepted:
            return "open" if money else "count"
        return "open" if self.otherwise and not money else ""

    def _is_excepted(self, label: str) -> bool:
        """Tell whether a caption leaves a row of this very name out of its scale, or one of its initials."""
        words = re.findall(r"[a-z]{2,}", label)
        initials = "".join(word[0] for word in words)
        named = stems(label) - _NOT_COUNTED
        return (len(words) >= 3 and initials in self.excepted) or (len(named) >= 2 and named <= self.excepted)

    def _is_scaled(self, label: str, shown: Sequence[Number]) -> bool:
        """Tell whether an amount by one comes in the scale of the table, as others by name do not."""
        named = stems(label) & self.excepted - {"per"}
        return self.excepts_per and not named and not any(number.decimals for number in shown)

    def unit(
        self, label: str, name: str, number: Number, column: Head, percent: bool, row: RowKind
    ) -> tuple[Unit, int]:
        """Settle the unit of an amount, and the power of ten that the caption gives it."""
        unit, power = self._unit(label, name, number, column, percent)
        if unit == "money" and row in ("per_share", "count"):
            return ("per_share" if row == "per_share" else "count"), 0
        return unit, power

    def _unit(self, label: str, name: str, number: Number, column: Head, percent: bool) -> tuple[Unit, int]:
        if number.unit == "percent" or (column.percent and not number.currency):
            return "percent", 0
        if number.unit == "multiple":
            return "multiple", 0
        if number.unit in ("pp", "bps"):
            return ("pp" if number.unit == "pp" else "bps"), 0
        small = abs(number.value) < 1000 and not number.currency and self.has_rates
        cents = self._has(_IN_CENTS, label) and (
            self._has(_PER_ONE, label) or label.endswith(("(cents)", "(pence)"))
        )
        if cents and not number.currency:
            return "per_share", -2
        margin = number.decimals and abs(number.value) <= 100 and _MARGIN.search(label)
        if small and (percent or margin or _RATE.search(_TERMS.sub("", label))):
            return "percent", 0
        if self._has(_PER_ONE, column.text) and not self._has(_SHARES, column.text):
            return "per_share", 0
        if self._has(_PER_SHARE, label) or (self._has(_PER_SHARE, name) and number.decimals >= 2):
            return "per_share", -2 if _IN_CENTS.search(label) else 0
        if self._has(_PRICE, column.text) and number.decimals == 2 and self.power == 0:
            return "per_share", 0
        counted = bool(self._has(_SHARES, label) or self._has(_SHARES, column.text))
        things = self._has(_COUNTED, column.text) and not self._has(_MONEY, column.text)
        # No part of a shop is counted: "64.3" below "Own shops" is an amount of theirs.
        parts = number.decimals and self.power and self._has(_WHOLE, column.text) and column.power is None
        counted = counted or (things and not parts)
        counted = counted or bool(self._has(_SHARES, name) and not number.currency and not self.has_money)
        if counted and not number.currency and not self._has(_MONEY_OF_SHARES, label):
            own = self._scale_of(label)
            shares = (
                self._has(_IN_SHARES, label)
                or self._has(_IN_SHARES, name)
                or (self._has(_SHARES, column.text) and not stems(column.text) & self.excepted)
            )
            if own is None:
                own = column.power
            return "count", (self.power if shares else 0) if own is None else own
        own = self._scale_of(label)
        return "money", own if own is not None else self.power if column.power is None else column.power

    def _scale_of(self, label: str) -> int | None:
        """Give the power of ten that a row's own name, or a caption for rows of that name, gives it."""
        own = scale_of(label)
        if own is None and self.subjects:
            # "shares in thousands" is no scale of a share of profits.
            said = stems(label) if self._has(_IN_SHARES, label) else stems(label) - {"shar"}
            named = [(len(subject), power) for subject, power in self.subjects if subject <= said]
            own = max(named)[1] if named else None
        return own
