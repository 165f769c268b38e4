"""How currencies, scales and units are written around the digits of a figure."""

from __future__ import annotations

import re


def _table(text: str) -> dict[str, str]:
    """Read "meaning: spelling spelling" lines into spelling → meaning; "_" stands for a space."""
    rows = (row.split(": ") for row in text.strip().splitlines())
    return {word.replace("_", " "): meaning for meaning, words in rows for word in words.split()}


# "$" and "¥" name several currencies and stay as they are.
CURRENCIES = _table("""
$: $ dollars
USD: us$ usd 美元 美金 us_dollars u.s._dollars
HKD: hk$ hkd 港元 港币
TWD: nt$ twd 新台币
SGD: s$ sgd
AUD: a$ aud
CAD: c$ cad
BRL: r$ brl
EUR: € eur euros 欧元
GBP: £ gbp pounds 英镑
¥: ¥
CNY: rmb cny 人民币 元人民币 元 yuan
JPY: jpy yen 日元
INR: ₹ inr
KRW: ₩ krw
CHF: chf
""")
SCALES = {
    word: int(power)
    for word, power in _table("""
3: k thousand 千
4: 万
5: 十万
6: m mm mn million 百万
7: 千万
8: 亿
9: b bn billion 十亿
10: 百亿
11: 千亿
12: t tn trillion 万亿
""").items()
}
_UNITS = {
    "pp": r"%\s?-?points?|percentage[ -]points?|ppts?(?![a-z])|pp(?![a-z])|p\.p\.|pct\.? pts?"
    r"|%?pts(?![a-z])|个?百分点",
    "percent": r"%|percent|per cent|pct(?![a-z])",
    "bps": r"basis[ -]points?|bps?(?![a-z])|个?基点",
    "multiple": r"x(?![a-z])|times(?![a-z])|倍",
    "count": r"shares(?![a-z])|units(?![a-z])|股(?![价息权东])",
    "cents": r"cents?(?![a-z])|美分",
    "days": r"(?:trading |calendar |business )?days?(?![a-z])|个?交易日|天|日(?![均线元])",
    "weeks": r"weeks?(?![a-z])|周|个星期",
    "months": r"months?(?![a-z])|个月",
    "years": r"years?(?![a-z])(?![- ](?:over|on)[- ]year)|yrs?(?![a-z])|年",
    "quarters": r"quarters?(?![a-z])(?![- ](?:over|on)[- ]quarter)|个?季度",
    "hours": r"hours?(?![a-z])|minutes?(?![a-z])|小时|分钟",
    "points": r"points?(?![a-z])|pts(?![a-z])|点(?!\d)",
}
# Units that touch their figure, as in 28.1GWh; what they measure is told by its name.
PHYSICAL = re.compile(r"(?:[kmgt]wh?|[kmg]wp|mt|kt|koz|boe|bbl)(?![a-z\d])")
UNITS = tuple(_UNITS)
DURATIONS = frozenset({"days", "weeks", "months", "years", "quarters", "hours"})


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_BEHIND = _any([word for word in CURRENCIES if len(word) > 1 and not word.endswith("$")] + ["元"])
_SCALE = _any(list(SCALES))
_SCALE_WORD = _any([word for word in SCALES if len(word) > 1 or not word.isascii()])
_UNIT = "|".join(f"(?P<u_{name}>{pattern})" for name, pattern in _UNITS.items())
# "C€95" is no Canadian amount: a symbol that no letter belongs to is one behind any letter.
_CURRENCY = f"(?:(?<![a-z])(?:{_any(list(CURRENCIES))})|[€£₹₩])"
# A sign touches its figure and no word or digit before it: 10-12 is a range, "- 5%" a dash.
_SIGN = r"(?<![a-z\d%).\x00元股亿万])[-+]"

LEFT = re.compile(
    r"(?P<sign>(?<![a-z\d%)$€£¥.\x00元股亿万])[-+])?(?:(?P<open>\()\s?)?"
    rf"(?P<sign2>{_SIGN})?(?:(?P<cur>{_CURRENCY})\s{{0,3}})?(?:(?P<open2>\()\s?)?(?P<sign3>{_SIGN})?$"
)
# What may end the text before a figure's digits where LEFT finds anything, apart from spaces.
LEFT_ENDS = (*CURRENCIES, "€", "£", "₹", "₩", "-", "+", "(")
RIGHT = re.compile(
    r"(?P<close>\s?\))?(?:\s{0,3}[余多])?"
    rf"(?:(?P<tight>(?:{_SCALE})(?![a-z]))|\s{{1,3}}(?P<loose>(?:{_SCALE_WORD})(?![a-z]))"
    r"|(?P<letter>\s[mbk])(?![a-z]))?"
    rf"(?P<close2>\s?\))?\s{{0,3}}(?P<cur>(?:{_BEHIND})(?![a-z]))?\s?(?P<unit>{_UNIT})?(?P<close3>\s?\))?"
    r"(?P<per>\s?(?:per|a|/)\s?(?:diluted |basic |common |ordinary )?(?:share|股|ads|unit)(?![a-z]))?"
)
_ABOUT = r"about|around|approximately|approx\.?|roughly|some|circa|c\.|or so"
_OVER = r"just over|over|more than|exceeding|exceeded|exceeds|exceed|at least|upwards of|in excess of"
_UNDER = (
    r"nearly|almost|just under|less than|fewer than|just below|close to|just shy of|at most"
    r"|(?<!added )(?<!adds )(?<!adding )(?<!add )(?<!went )(?<!summed )(?<!sums )(?<!sum )(?<!moved )"
    r"(?<!jumped )up to"
)
HEDGE = re.compile(
    rf"(?:(?P<about>(?<![a-z])(?:{_ABOUT})|[~≈]|大约|约为|约|大概|接近于|左右)"
    rf"|(?P<over>(?<![a-z])(?:{_OVER})|>|超过|逾|超|至少|突破)"
    rf"|(?P<under>(?<![a-z])(?:{_UNDER})|<|近|接近|不到|不足|将近))\s{{0,2}}$"
)
# What stands last before a figure where HEDGE finds anything, apart from spaces.
HEDGE_ENDS = (
    *(word.replace("\\.", ".") for word in f"{_ABOUT}|{_OVER}|{_UNDER}".split("|") if "(" not in word),
    "approx", "approx.", "up to", *"~≈><约近逾超",
    "约为", "大概", "接近于", "左右", "超过", "至少", "突破", "不到", "不足",
)  # fmt: skip
HEDGE_BEHIND = re.compile(r"\s?(?P<about>左右|上下|or so)|\s?(?P<over>以上)|(?P<plus>\+(?!\s?[\d$€£¥(]))")
