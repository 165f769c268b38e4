"""The scale and the currency that a caption gives to the amounts below it."""

from __future__ import annotations

import re

_CODES = "usd|eur|gbp|cny|rmb|hkd|jpy|cad|aud|chf|sek|nok|dkk|inr|krw|sgd|twd|brl|mxn|zar|pln|nzd"
_MARK = rf"(?:(?<![a-z])(?:us|hk|nt|nz|[acrs])?\$|[$€£¥₹₩]|(?<![a-z])(?:{_CODES})(?![a-z]))"
_NAMED = (
    rf"(?:{_MARK}|(?<![a-z])(?:(?:u\.?s\.?|us|canadian|australian|hong kong)\s)?"
    r"(?:dollars?|euros?|yen|yuan|renminbi|pounds?(?: sterling)?|francs?|rupees?|won)(?![a-z]))"
)
_WORD = r"(?:thousands?|millions?|billions?|mio\.?|mrd\.?)"
# What a caption's scale follows where the currency stands behind it; prose has "several million euros".
_OPENS = r"(?:^|[(\[,:;|–—-]\s?|(?<![a-z])in\s)"
_SCALE = re.compile(
    r"(?m)(?:(?<![a-z])(?:in|of|amounts?|expressed|dollars?|figures|tables?)\s?(?:in\s?)?|[(（$€£¥]\s?|(?:us|hk)\$\s?)"
    r"(?:(?:u\.?s\.?|us|hk|canadian|euro|rmb|usd|eur|gbp)?\s?[$€£¥]?\s?(?:dollars?|euros?)?\s?(?:in\s)?)"
    r"(?P<word>thousands?|millions?|billions?)(?![a-z])"
    r"|(?:^|[(（|]\s?)(?P<alone>(?:thousands|millions|billions))(?=\s?(?:[,);|]|$))"
    rf"|{_MARK}\s?(?:in\s)?(?P<behind>{_WORD})(?![a-z])"
    rf"|{_OPENS}(?P<ahead>{_WORD})\s?(?:of\s)?{_NAMED}"
    r"|(?:[$€£¥]|rmb|usd|eur|in|tables?|figures|amounts?|[(（])\s?"
    r"['’]?(?P<zeros>000(?:['’,]?000)?)['’]?s?(?![\d,.])"
    r"|(?<![\d.,])(?:['’](?P<quoted>000(?:['’,]?000)?)(?![\d,.])"
    r"|(?P<plural>000(?:['’,]?000)?)(?:['’]?s|\s(?:are )?omitted)(?![a-z]))"
    r"|(?<!\d)(?:us|hk)?[$€£¥]\s?(?P<letter>m|mm|mn|bn|k|b)(?![a-z\d])"
    rf"|(?<![a-z\d])(?P<glued>[mkt])(?:€|£|(?:eur|sek|nok|dkk|chf|usd|gbp)(?![a-z]))"
    rf"|(?<![a-z])(?:{_CODES})\s?(?P<tail>m|mm|mn|bn|k)(?![a-z\d])"
    r"|(?:单位|人民币|港币|新?台币|美元|金额|金额单位)[:：]?\s?(?:人民币|美元|港元|港币)?\s?(?P<zh>百万|千万|千|万|亿)(?:元|美元|港元)?"
    r"|(?:^|[|(（\s])(?P<zhalone>百万|千万|千|万|亿)(?:元|美元|港元)(?=$|[|)）\s])"
    r"|(?P<zhtail>百万|千|万|亿)(?:元|美元|港元|吨|台|辆|部|件|套|户|人次?|架|平方米|立方米|千瓦时|桶|箱|头|份)[）)]"
)
# What any of these has in it.
_MAY = re.compile(
    rf"thousand|million|billion|mio|mrd|000|[千万亿]|[$€£¥]\s?[mbk]|[mkt](?:€|£|eur|sek|nok|dkk|chf|usd|gbp)"
    rf"|(?:{_CODES})\s?[mbk]"
)
_WORDS = ("word", "alone", "behind", "ahead", "letter", "glued", "tail")
_POWERS = {"t": 3, "m": 6, "b": 9, "k": 3, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
_CURRENCY = (
    ("us$", "USD"), ("hk$", "HKD"), ("nt$", "TWD"), ("a$", "AUD"), ("c$", "CAD"), ("r$", "BRL"), ("$", "USD"),
    ("€", "EUR"), ("£", "GBP"), ("台币", "TWD"),
    ("美元", "USD"), ("港元", "HKD"), ("港币", "HKD"), ("人民币", "CNY"), ("rmb", "CNY"), ("元", "CNY"),
    ("¥", "CNY"), ("dollars", "USD"), ("euro", "EUR"),
)  # fmt: skip
_CODE = re.compile(rf"(?<![a-z])(?:[mkt](?=eur|sek|nok|dkk|chf|usd|gbp))?(?P<code>{_CODES})(?![a-z])")


def scale_of(low: str) -> int | None:
    """Give the power of ten that lower-case text gives to its table; None when it names none."""
    for match in _SCALE.finditer(low) if _MAY.search(low) else ():
        word = next((match[name] for name in _WORDS if match[name]), "")
        if match["word"] and re.search(r"\d\s?$", low[max(0, match.start() - 3) : match.start() + 1]):
            continue
        zeros = match["zeros"] or match["plural"] or match["quoted"]
        if zeros:
            return 3 if len(re.sub(r"\D", "", zeros)) == 3 else 6
        if word.startswith("mrd"):
            return 9
        return _POWERS[match["zh"] or match["zhalone"] or match["zhtail"] or word[0]]
    return None


# What "$" stands for in a document that says it once.
_DOLLARS = re.compile(
    "|".join(
        rf"(?<![a-z])(?P<{code}>{name} dollars?|{sign}\$|{code.lower()}(?![a-z]))"
        for code, name, sign in (
            ("CAD", "canadian", "c"), ("AUD", "australian", "a"), ("HKD", "hong kong", "hk"),
            ("SGD", "singapore", "s"), ("NZD", "new zealand", "nz"), ("TWD", "taiwan", "nt"),
        )
    )
)  # fmt: skip


def dollars_of(low: str) -> str | None:
    """Give the dollars, other than those of the United States, that lower-case text says it is told in."""
    match = _DOLLARS.search(low)
    return None if match is None or "us$" in low else match.lastgroup


def currency_of(low: str) -> str | None:
    """Give the currency that lower-case text shows; None when it shows none."""
    found = next((code for mark, code in _CURRENCY if mark in low), None)
    if found is not None:
        return found
    match = _CODE.search(low)
    return None if match is None else {"RMB": "CNY"}.get(match["code"].upper(), match["code"].upper())
