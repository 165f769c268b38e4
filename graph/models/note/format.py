"""Figures as text: the one place where a fact's value becomes the digits a reader sees."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from graph.facts import Fact

_SCALES_EN = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))
_SCALES_ZH = ((Decimal(10) ** 12, "万亿", 2), (Decimal(10) ** 8, "亿", 1), (Decimal(10) ** 4, "万", 1))
_CURRENCIES_ZH = {"USD": "美元", "HKD": "港元", "CNY": "元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元"}


def digits(value: Decimal, places: int) -> str:
    """Write a number with thousands separators, rounded half up to `places` decimals; never "-0.0"."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:,}"


def price(fact: Fact) -> str:
    """Write a price or per-share value, as `$252.20`; below one unit of currency with four decimals."""
    places = 2 if abs(fact.value) >= 1 or fact.value == 0 else 4
    sign = "-" if fact.value < 0 else ""
    return f"{sign}{_mark(fact)}{digits(abs(fact.value), places)}"


def money(fact: Fact, language: str, *, absolute: bool = False) -> str:
    """Write an amount, as `$391.04 billion` or `3,910.4亿美元`."""
    sign = "" if absolute or fact.value >= 0 else "-"
    size = abs(fact.value)
    if language == "zh":
        currency = _CURRENCIES_ZH.get(fact.currency or "USD", f" {fact.currency}")
        for scale, word, places in _SCALES_ZH:
            if size >= scale:
                return f"{sign}{digits(size / scale, places)}{word}{currency}"
        return f"{sign}{digits(size, 0)}{currency}"
    for scale, word in _SCALES_EN:
        if size >= scale:
            return f"{sign}{_mark(fact)}{digits(size / scale, 2)} {word}"
    return f"{sign}{_mark(fact)}{digits(size, 0)}"


def percent(fact: Fact, *, absolute: bool = False) -> str:
    """Write a percentage, as `3.0%`; `absolute` where a word of the sentence carries the direction."""
    return f"{digits(abs(fact.value) if absolute else fact.value, 1)}%"


def index(fact: Fact) -> str:
    """Write an index value: one decimal, two where values are small."""
    small = (fact.metric or "").startswith(("macd", "correlation", "beta"))
    return digits(fact.value, 2 if small else 1)


def multiple(fact: Fact, language: str) -> str:
    """Write a multiple, as `41.5x` or `41.5倍`."""
    return f"{digits(fact.value, 1)}{'倍' if language == 'zh' else 'x'}"


def count(fact: Fact, language: str) -> str:
    """Write a number of shares, as `35.6 million` or `3555.8万股`."""
    size = abs(fact.value)
    if language == "zh":
        for scale, word, places in ((Decimal(10) ** 8, "亿股", 2), (Decimal(10) ** 4, "万股", 1)):
            if size >= scale:
                return f"{digits(fact.value / scale, places).replace(',', '')}{word}"
        return f"{digits(fact.value, 0)}股"
    if size >= Decimal(10) ** 9:
        return f"{digits(fact.value / Decimal(10) ** 9, 2)} billion"
    if size >= Decimal(10) ** 6:
        return f"{digits(fact.value / Decimal(10) ** 6, 1)} million"
    return digits(fact.value, 0)


def figure(fact: Fact, language: str, *, absolute: bool = False) -> str:
    """Write any fact by its unit, with its own sign unless `absolute`."""
    match fact.unit:
        case "price" | "per_share":
            return price(fact)
        case "money":
            return money(fact, language, absolute=absolute)
        case "percent":
            return percent(fact, absolute=absolute)
        case "multiple":
            return multiple(fact, language)
        case "count":
            return count(fact, language)
        case "index":
            return index(fact)
        case "pp":
            return f"{digits(fact.value, 1)}{'个百分点' if language == 'zh' else ' percentage points'}"
        case "bps":
            return f"{digits(fact.value, 0)}{'个基点' if language == 'zh' else ' bps'}"
        case "days":
            return f"{digits(fact.value, 0)}{'天' if language == 'zh' else ' days'}"


def _mark(fact: Fact) -> str:
    return "$" if fact.currency in (None, "USD") else f"{fact.currency} "
