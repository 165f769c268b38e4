"""Figures as they stand in the text: digits with their sign, currency, scale, unit and hedge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Literal

from graph.report.figures.measure import (
    CURRENCIES,
    HEDGE,
    HEDGE_BEHIND,
    HEDGE_ENDS,
    LEFT,
    LEFT_ENDS,
    PHYSICAL,
    RIGHT,
    SCALES,
    UNITS,
)
from graph.report.figures.spoken import spoken

Hedge = Literal["", "about", "over", "under"]

# Longer runs of digits are identifiers; Decimal would also take long to read them.
_LONGEST = 40

_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?|(?<!\d)\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")

_ABOUT, _TENTH = Decimal("0.025"), Decimal("0.1")
_CONNECTS = re.compile(r"\s{0,2}(?:(?P<dash>[-~])|to|至|到|(?P<both>and|和|与))\s{0,2}")


@dataclass(frozen=True)
class Number:
    """One figure of the text.

    `value` has its scale and sign applied, `ulp` is the worth of its last shown digit. `sign` is the sign
    that was written, "" when none was. `enclosed` says that parentheses stand around the whole figure.
    """

    start: int
    end: int
    value: Decimal
    ulp: Decimal
    unit: str = ""
    currency: str = ""
    sign: str = ""
    scale: int = 0
    decimals: int = 0
    hedge: Hedge = ""
    per: bool = False
    enclosed: bool = False
    grouped: bool = False
    word: bool = False

    @property
    def bare(self) -> bool:
        """Tell whether neither currency, scale nor unit is written."""
        return not (self.unit or self.currency or self.scale)

    @cached_property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """Give the least and greatest absolute value that the figure may stand for."""
        value, half = abs(self.value), self.ulp / 2
        if self.hedge == "about":
            margin = max(self.ulp, value * _ABOUT)
            return value - margin, value + margin
        # Cents are never a hedge: a price shown to the cent is meant to the cent.
        wide = value * _TENTH if self.decimals < 2 else self.ulp * 5
        if self.word and self.unit == "multiple":
            # "more than doubled" reaches to where one would say otherwise.
            wide = value / 4
        if self.hedge == "over":
            return value - half, value + max(wide, half)
        if self.hedge == "under":
            return value - max(wide, half), value + half
        return value - half, value + half


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Find the runs of digits; a comma that groups no thousands separates two numbers."""
    for match in _DIGITS.finditer(text):
        start, run = match.start(), match[0]
        whole, dot, rest = run.rstrip(",").partition(".")
        if "," not in whole or _GROUPED.fullmatch(whole):
            yield start, whole + dot + rest
            continue
        offset = start
        parts = whole.split(",")
        for index, part in enumerate(parts):
            if part:
                yield offset, part + (dot + rest if index == len(parts) - 1 else "")
            offset += len(part) + 1


def _left_alone(text: str, start: int) -> bool:
    """Tell whether a letter or a hole directly before the digits makes them part of a name."""
    before = text[start - 1] if start else " "
    if before == "\x00" or before == "_":
        return True
    if before.isascii() and before.isalpha():
        return not re.search(
            r"(?<![a-z])(?:rmb|cny|usd|hkd|eur|gbp|jpy|cad|aud|chf|sgd|twd|krw|inr|c)$",
            text[max(0, start - 4) : start],
        )
    return before == "." and start > 1 and text[start - 2].isalnum()


def extract(text: str) -> list[Number]:
    """Find the figures of masked lower-case text, in order, with ranges and word figures resolved."""
    found: list[Number] = []
    for start, digits in _pieces(text):
        if len(digits) > _LONGEST or _left_alone(text, start):
            continue
        number = _read(text, start, digits, found[-1].end if found else 0)
        if number is not None:
            found.append(number)
    found = _join_lists(text, _join_ranges(text, found))
    return sorted([*found, *_words(text)], key=lambda number: number.start)


_ALONE = re.compile(
    r"(?P<cur>[$€£]?)(?P<open>\(?)(?P<digits>[1-9]\d{0,2}(?:,\d{3}){0,4}(?:\.\d{1,4})?)(?P<close>\)?)"
)


def extract_alone(text: str, start: int) -> Number | None:
    """Read a plain amount that is all that stands from `start` on, as `extract` does; None for another."""
    match = _ALONE.fullmatch(text, start)
    if match is None or len(match["open"]) != len(match["close"]) or (match["cur"] and match["open"]):
        return None
    digits = match["digits"]
    decimals = len(digits.partition(".")[2])
    return Number(
        start=match.start("digits") - len(match["cur"]),
        end=match.end("digits"),
        value=Decimal(digits.replace(",", "")),
        ulp=Decimal(1).scaleb(-decimals),
        currency=CURRENCIES.get(match["cur"], ""),
        decimals=decimals,
        enclosed=bool(match["open"]),
        grouped="," in digits,
    )


def _read(text: str, start: int, digits: str, floor: int) -> Number | None:
    """Read one figure around its digits, looking a bounded way to both sides."""
    end = start + len(digits)
    low = max(floor, start - 24)
    if not text[low:start].rstrip().endswith(LEFT_ENDS):
        # Nothing is found but the end itself, which a line break belongs to.
        low = max(low, start - 1)
    left = LEFT.search(text, low, start)
    right = RIGHT.match(text[end : end + 44])
    if left is None or right is None:
        return None
    after = text[end + right.end() : end + right.end() + 1]
    touching = right.end() == 0 and after.isascii() and (after.isalpha() or after == "_")
    touching = touching and PHYSICAL.match(text, end) is None
    if touching or (after == "\x00" and right.end() == 0):
        return None
    opened, closed = _enclosure(left, right)
    unit = next((name for name in UNITS if right[f"u_{name}"]), "") if right["unit"] else ""
    scale = SCALES.get((right["tight"] or right["loose"] or right["letter"] or "").strip(), 0)
    # "港币890千元" is of Hong Kong: 元 alone says less than what stands ahead.
    told = left["cur"] if left["cur"] and right["cur"] == "元" else right["cur"] or left["cur"]
    currency = CURRENCIES.get(told or "", "")
    if right["letter"] and not left["cur"]:
        return (
            None if opened else _build(text, start, end, left, right, digits, 0, "", currency, opened, False)
        )
    return _build(text, start, end, left, right, digits, scale, unit, currency, opened and closed, opened)


def _enclosure(left: re.Match[str], right: re.Match[str]) -> tuple[bool, bool]:
    opened = bool(left["open"] or left["open2"])
    return opened, bool(right["close"] or right["close2"] or right["close3"])


def _build(
    text: str,
    start: int,
    end: int,
    left: re.Match[str],
    right: re.Match[str],
    digits: str,
    scale: int,
    unit: str,
    currency: str,
    enclosed: bool,
    opened: bool,
) -> Number:
    """Put the parts of a figure together."""
    sign = left["sign3"] or left["sign2"] or left["sign"] or ""
    if not sign and text[max(0, start - 14) : start].rstrip(" $€£¥").endswith("negative"):
        sign = "-"  # "a negative 3.4%"
    # Parentheses inside the figure, as in $(45.2)M or (15.3)%, can only be accounting's minus.
    inner = enclosed and bool((left["open2"] and left["cur"]) or (_outside(right)))
    bare = enclosed and not (unit or currency or scale)
    begin = left.start()
    begin += len(left[0]) - len(left[0].lstrip())
    stop = end + (right.end() if scale or unit or right["cur"] or right["per"] or enclosed else 0)
    stop -= len(text[begin:stop]) - len(text[begin:stop].rstrip())
    if not inner:
        begin, stop = _without_parentheses(text, begin, stop, opened)
    value = Decimal(digits.replace(",", "")).scaleb(scale)
    decimals = len(digits.partition(".")[2])
    if unit == "cents":
        value, unit, currency, scale = value.scaleb(-2), "", currency or "$", -2
    negative = (sign == "-") != inner if inner else sign == "-"
    hedge = _hedge(text, begin, stop)
    return Number(
        start=begin,
        end=stop,
        value=-value if negative else value,
        ulp=Decimal(1).scaleb(scale - decimals),
        unit=unit,
        currency=currency,
        sign="-" if negative else "+" if sign == "+" else "",
        scale=scale,
        decimals=decimals,
        hedge=hedge,
        per=bool(right["per"]),
        enclosed=enclosed and not inner and (bare or not unit),
        grouped="," in digits,
    )


def _outside(right: re.Match[str]) -> bool:
    """Tell whether scale, currency or unit stands behind the closing parenthesis."""
    if right["close"]:
        return bool(right["tight"] or right["loose"] or right["cur"] or right["unit"])
    return bool(right["close2"]) and bool(right["cur"] or right["unit"])


def _without_parentheses(text: str, begin: int, stop: int, opened: bool) -> tuple[int, int]:
    """Leave parentheses and spaces at the edges out of the figure's span."""
    while opened and begin < stop and text[begin] in "( ":
        begin += 1
    while stop > begin and text[stop - 1] in ") ":
        stop -= 1
    return begin, stop


def _hedge(text: str, begin: int, stop: int) -> Hedge:
    """Read the hedge before or behind the figure."""
    before = text[max(0, begin - 22) : begin]
    hedged = HEDGE.search(before) if before.rstrip().endswith(HEDGE_ENDS) else None
    for match in (hedged, HEDGE_BEHIND.match(text[stop : stop + 8])):
        if match is not None:
            kind = match.lastgroup
            return "about" if kind == "about" else "over" if kind in ("over", "plus") else "under"
    return ""


_LISTED = re.compile(r"\s?,\s(?:and |or )?|\s(?:and|or)\s|、|和|及")


def _join_lists(text: str, found: list[Number]) -> list[Number]:
    """Let the amounts of a list share the scale of the last, as in "$24.7, $22.3 and $17.9 million"."""
    joined = list(found)
    for index in range(len(joined) - 2, -1, -1):
        first, second = joined[index], joined[index + 1]
        if not first.currency or first.scale or first.unit or second.scale <= 0 or second.unit:
            continue
        if second.start - first.end > 6 or _LISTED.fullmatch(text, first.end, second.start) is None:
            continue
        size = abs(second.value.scaleb(-second.scale))
        if first.currency == second.currency and size / 100 < abs(first.value) < size * 100:
            joined[index] = replace(
                first,
                value=first.value.scaleb(second.scale),
                ulp=first.ulp.scaleb(second.scale),
                scale=second.scale,
            )
    return joined


def _join_ranges(text: str, found: list[Number]) -> list[Number]:
    """Let the two sides of a range share the scale, unit and currency that only one of them shows."""
    joined = list(found)
    for index in range(len(joined) - 1):
        first, second = joined[index], joined[index + 1]
        gap = (
            _CONNECTS.fullmatch(text[first.end : second.start][:8]) if second.start - first.end <= 8 else None
        )
        if gap is None:
            continue
        if gap["both"] and not re.search(
            r"(?:between|介于|在)\s{0,3}$", text[max(0, first.start - 12) : first.start]
        ):
            continue
        size, other = abs(first.value), abs(second.value.scaleb(-second.scale))
        # An amount written out in full takes no scale from the other.
        alike = other / 1000 < size < min(other * 1000, Decimal(10**6))
        if (
            not (first.scale or first.unit)
            and alike
            and (not first.currency or second.currency in ("", first.currency))
        ):
            joined[index] = first = _inherit(first, second)
        if first.currency and not (second.currency or second.unit) and second.scale == first.scale:
            joined[index + 1] = second = replace(second, currency=first.currency)
        # A range goes up: "£652m - 1" takes something away.
        rises = second.value >= first.value.scaleb(-first.scale)
        if (
            gap["dash"]
            and rises
            and not (second.scale or second.unit)
            and second.currency in ("", first.currency)
        ):
            joined[index + 1] = _inherit(second, first)
    return joined


def _inherit(number: Number, other: Number) -> Number:
    scale = other.scale if other.scale > 0 else 0
    return replace(
        number,
        value=number.value.scaleb(scale),
        ulp=number.ulp.scaleb(scale),
        scale=scale,
        unit=other.unit,
        currency=number.currency or other.currency,
        per=number.per or other.per,
    )


def _words(text: str) -> Iterator[Number]:
    """Find figures told in words, such as doubled or 三成."""
    for start, end, value, unit, ulp in spoken(text):
        yield Number(start, end, value, ulp, unit=unit, hedge=_hedge(text, start, end), word=True)
