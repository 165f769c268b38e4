"""Amounts as writers show them, and what they stand for."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from random import Random

_SYMBOL = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "", "HKD": "HK$"}
_NAMES = {"": 0, "thousand": 3, "K": 3, "million": 6, "M": 6, "mn": 6, "mm": 6, "billion": 9, "B": 9, "bn": 9}
_ZH = {"亿元": 8, "万元": 4, "百万元": 6, "元": 0}


def read(shown: str) -> Decimal | None:
    """Read a cell as it stands; None when it shows no amount."""
    text = shown.strip().replace("$", "").replace(" ", "").replace("%", "")
    if text in ("—", "-", "–"):
        return Decimal(0)
    match = re.fullmatch(r"(\()?-?([\d,]+(?:\.\d+)?)\)?", text)
    if match is None:
        return None
    value = Decimal(match[2].replace(",", ""))
    return -value if match[1] or text.startswith("-") else value


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half up."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def grouped(value: Decimal) -> str:
    """Write with commas between thousands."""
    return f"{value:,f}"


def money(value: Decimal, filed: int, currency: str, language: str, pick: Random) -> str:
    """Write an amount of money in one of the ways writers do, at three figures or more."""
    size = abs(value)
    if language == "zh":
        name = pick.choice([n for n, p in _ZH.items() if size.scaleb(-p) >= 1 and (p >= 4 or size < 10**5)])
        places = 0 if name in ("元",) else pick.choice((1, 2))
        if filed and _ZH[name] == filed:
            places = 0
        return grouped(rounded(size.scaleb(-_ZH[name]), places)) + name
    symbol = _SYMBOL[currency]
    usual = {0: [""], 3: ["thousand", "K", ""], 6: ["million", "M", "mn", "mm"], 9: ["billion", "B", "bn"]}
    power = pick.choice([p for p in (3, 6, 9) if p <= max(size.adjusted(), filed)] or [0])
    if size.adjusted() - power > 6 or (power > filed and size.adjusted() - power < 0):
        power = filed
    name = pick.choice(usual[power])
    number = size.scaleb(-_NAMES[name])
    most = max(0, _NAMES[name] - filed)
    least = max(0, 2 - number.adjusted())
    places = min(most, max(least, pick.choice((1, 1, 2))))
    space = " " if len(name) > 2 else pick.choice(("", "")) if name else ""
    return f"{symbol}{grouped(rounded(number, places))}{space}{name}"


def plain(value: Decimal, filed: int, kind: str, pick: Random) -> str:
    """Write a per-share amount, a count or a percentage."""
    size = abs(value)
    if kind == "s":
        return f"${grouped(size)}"
    if kind == "%":
        return pick.choice((f"{grouped(size)}%", f"{grouped(size)}%", f"{grouped(size)} percent"))
    if size >= 10**6 and pick.random() < 0.6:
        places = 2 if filed <= 4 else 1
        return f"{grouped(rounded(size.scaleb(-6), places))} million"
    return grouped(size)
