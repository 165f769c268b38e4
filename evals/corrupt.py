"""One figure made wrong by its own digits, scale, unit or currency."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from random import Random

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SCALES = {
    "million": "billion", "billion": "million", "thousand": "million", "M": "B", "B": "M", "K": "M",
    "mn": "bn", "bn": "mn", "mm": "bn", "亿元": "万元", "万元": "亿元", "trillion": "billion",
}  # fmt: skip
_SCALE = re.compile(r"(?<=\d)\s?(" + "|".join(sorted(_SCALES, key=len, reverse=True)) + r")(?![a-zA-Z])")
_POWER = {"million": 6, "billion": 9, "thousand": 3, "M": 6, "B": 9, "K": 3, "mn": 6, "bn": 9, "mm": 6,
          "亿元": 8, "万元": 4, "百万元": 6, "trillion": 12}  # fmt: skip
_HEDGED = re.compile(r"(?:about|approximately|roughly|around|约为?|~)\s?$")


def corruptions(shown: str, pick: Random) -> dict[str, str]:
    """Give a figure made wrong, by kind."""
    match = _NUMBER.search(shown)
    if match is None:
        return {}
    digits = match[0]
    head, tail = shown[: match.start()], shown[match.end() :]
    found: dict[str, str] = {}
    places = [i for i, c in enumerate(digits) if c.isdigit()]
    swaps = [(i, j) for i, j in pairwise(places) if digits[i] != digits[j]]
    swaps = [(i, j) for i, j in swaps if not (i == 0 and digits[j] == "0")]
    if swaps:
        i, j = pick.choice(swaps)
        chars = list(digits)
        chars[i], chars[j] = chars[j], chars[i]
        found["transposed"] = head + "".join(chars) + tail
    last = str((int(digits[-1]) + pick.choice((2, 3, 4, 6, 7))) % 10)
    found["last digit"] = head + digits[:-1] + last + tail
    scale = _SCALE.search(shown)
    if scale is not None:
        found["scale"] = shown[: scale.start(1)] + _SCALES[scale[1]] + shown[scale.end(1) :]
    elif "%" not in shown and "point" not in shown and len(places) > 4 and "," in digits:
        found["scale"] = head + digits.rpartition(",")[0] + tail
    if "." in digits:
        whole, _, rest = digits.partition(".")
        moved = whole + rest[0] + ("." + rest[1:] if rest[1:] else "")
        found["x10"] = head + moved.lstrip("0") + tail
    if shown.endswith("%"):
        found["% against pp"] = shown[:-1] + " percentage points"
    if "$" in shown and "HK$" not in shown:
        found["currency"] = shown.replace("$", pick.choice(("€", "£")))
    invented = "".join(pick.choice("123456789") if c.isdigit() else c for c in digits)
    found["invented"] = head + invented + tail
    return {kind: text for kind, text in found.items() if text != shown}


def value_of(shown: str) -> Decimal:
    """Read a figure's size at scale 1, apart from its unit."""
    match = _NUMBER.search(shown)
    if match is None:
        return Decimal(0)
    scale = re.search(r"(百万元|亿元|万元|[A-Za-z]+)", shown[match.end() :])
    return Decimal(match[0].replace(",", "")).scaleb(_POWER.get(scale[1], 0) if scale else 0)


def is_within(right: str, wrong: str, before: str) -> bool:
    """Tell whether the "wrong" figure still says the right amount, at the precision that either shows."""
    if _unit(right) != _unit(wrong):
        return False
    a, b = value_of(right), value_of(wrong)
    if (right[:1] == "-") != (wrong[:1] == "-"):
        return False
    margin = abs(a) * (Decimal("0.03") if _HEDGED.search(before) else Decimal(0))
    if before.endswith("nearly ") and a <= b:
        margin = a / 9
    return abs(a - b) <= max(margin, _ulp(right), _ulp(wrong))


def _unit(shown: str) -> str:
    digits = _NUMBER.sub("", shown)
    return re.sub("|".join(sorted(_POWER, key=len, reverse=True)), "", digits).strip(" +-~")


def _ulp(shown: str) -> Decimal:
    match = _NUMBER.search(shown)
    if match is None:
        return Decimal(0)
    scale = re.search(r"(百万元|亿元|万元|[A-Za-z]+)", shown[match.end() :])
    power = _POWER.get(scale[1], 0) if scale else 0
    return Decimal(1).scaleb(power - len(match[0].partition(".")[2]))
