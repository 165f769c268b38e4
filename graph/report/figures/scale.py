"""The scale and the currency that a caption gives to the amounts below it."""

from __future__ import annotations

import re

_SCALE = re.compile(
    r"(?:(?<![a-z])(?:in|of|amounts?|expressed|dollars?|figures|tables?)\s?(?:in\s?)?|[(（$€£¥]\s?|(?:us|hk)\$\s?)"
    r"(?:(?:u\.?s\.?|us|hk|canadian|euro|rmb|usd|eur|gbp)?\s?[$€£¥]?\s?(?:dollars?|euros?)?\s?(?:in\s)?)"
    r"(?P<word>thousands?|millions?|billions?)(?![a-z])"
    r"|(?:[$€£¥]|rmb|usd|eur|in)\s?['’]?(?P<zeros>000(?:['’]?000)?)['’]?s?(?![\d,.])"
    r"|(?<!\d)(?:us|hk)?[$€£¥]\s?(?P<letter>m|mm|mn|bn|k)(?![a-z\d])"
    r"|(?:单位|人民币|金额)[:：]?\s?(?:人民币|美元|港元|港币)?\s?(?P<zh>百万|千万|千|万|亿)元?"
    r"|(?P<zhtail>百万|千|万|亿)元[）)]"
)
_POWERS = {"t": 3, "m": 6, "b": 9, "k": 3, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
_CURRENCY = (
    ("us$", "USD"), ("hk$", "HKD"), ("a$", "AUD"), ("c$", "CAD"), ("$", "USD"), ("€", "EUR"), ("£", "GBP"),
    ("美元", "USD"), ("港元", "HKD"), ("港币", "HKD"), ("人民币", "CNY"), ("rmb", "CNY"), ("元", "CNY"),
    ("¥", "CNY"), ("dollars", "USD"), ("euro", "EUR"),
)  # fmt: skip


def scale_of(low: str) -> int | None:
    """Give the power of ten that lower-case text gives to its table; None when it names none."""
    for match in _SCALE.finditer(low):
        word = match["word"] or match["letter"] or ""
        if match["word"] and re.search(r"\d\s?$", low[max(0, match.start() - 3) : match.start() + 1]):
            continue
        if match["zeros"]:
            return 3 if len(re.sub(r"\D", "", match["zeros"])) == 3 else 6
        return _POWERS[match["zh"] or match["zhtail"] or word[0]]
    return None


def currency_of(low: str) -> str | None:
    """Give the currency that lower-case text shows; None when it shows none."""
    return next((code for mark, code in _CURRENCY if mark in low), None)
