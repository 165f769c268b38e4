"""Dates and periods as they are called in text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

from graph.report.figures.digits import Digits, is_led, is_whole, led_by, places_of
from graph.report.figures.period import Period

_MONTHS = {
    name: number
    for number, names in (
        (1, "january jan"), (2, "february feb"), (3, "march mar"), (4, "april apr"), (5, "may"),
        (6, "june jun"), (7, "july jul"), (8, "august aug"), (9, "september sept sep"), (10, "october oct"),
        (11, "november nov"), (12, "december dec"),
    )
    for name in names.split()
}  # fmt: skip
_MON = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_ORD = r"(?:st|nd|rd|th)?"
_NOTH = r"(?![\d%])(?!\.\d)(?!,\d)"
_YEAR = r"((?:19|20)\d\d)"
_YY = r"'?((?:19|20)\d\d|\d\d)(?!\d)(?!\.\d)(?!%)"
_FY = r"(?:fy|cy|fiscal year|fiscal|calendar year)"
_NAMED = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_NAMED |= {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
_MONTHS_LONG = {"three": 3, "six": 6, "nine": 9, "twelve": 12, "3": 3, "6": 6, "9": 9, "12": 12}
_WEEKS = {
    name: months
    for months, names in (
        (3, "thirteen fourteen 13 14"),
        (6, "twenty-six twenty-seven 26 27"),
        (9, "thirty-nine forty 39 40"),
        (12, "fifty-two fifty-three 52 53"),
    )
    for name in names.split()
}
_WEEKS_SPAN = "(" + "|".join(name.replace("-", "[- ]") for name in _WEEKS) + r")[- ]weeks?"
_MONTHS_SPAN = r"(three|six|nine|twelve|3|6|9|12)[- ]months?"
# A bare year is no year when a unit or scale follows: "2024 million", "2000 shares".
_NOT_YEAR = (
    r"(?![a-z\d_%]|\.\d|,\d{3}|\s?(?:%|percent|pct|pp(?![a-z])|bps|thousand|million|billion|trillion|mn(?![a-z])|mm(?![a-z])"
    r"|bn(?![a-z])"
    r"|shares|points|times|basis|dollars|usd(?![a-z])|rmb(?![a-z])|days|units|employees|stores|[万亿千元股点倍美港个家手份次人吨辆台桶只]))"
)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _number(text: str) -> int:
    return _NAMED[text] if text in _NAMED else int(text)


def _day(year: str, month: int, day: str) -> Period | None:
    valid = 1 <= month <= 12 and 1 <= int(day) <= 31
    return Period("day", _year(year) if year else 0, month * 100 + int(day)) if valid else None


def _span(first: str, last: str) -> Period | None:
    start, end = _year(first), _year(last)
    return Period("range", start, end) if start < end else None


def _months(year: int, months: int, end: int) -> Period:
    return Period("year", year) if months == 12 else Period("span", year, months * 100 + end)


def _from_january(year: int, last: int) -> Period:
    """Give the months from January to the end of a quarter."""
    short = {3: Period("quarter", year, 1), 6: Period("half", year, 1)}
    return short.get(last) or _months(year, last, last)


_Builder = Callable[["re.Match[str]"], Period | None]
_PATTERNS: list[tuple[re.Pattern[str], _Builder]] = [
    (re.compile(pattern), build)
    for pattern, build in (
        (
            rf"(?<![a-z\d]){_MONTHS_SPAN}(?:\speriods?)?\s(?:ended|ending|to|through)\s(?:on\s)?{_MON}"
            rf"\s\d\d?,?\s{{0,2}}{_YEAR}(?!\d)",
            lambda m: _months(int(m[3]), _MONTHS_LONG[m[1]], _MONTHS[m[2]]),
        ),
        (
            r"(?<![a-z])quarter\s(?:ended|ending)\s" + _MON + r"\s\d\d?,?\s{0,2}" + _YEAR + r"(?!\d)",
            lambda m: Period("span", int(m[2]), 300 + _MONTHS[m[1]]),
        ),
        (
            rf"(?<![a-z\d]){_WEEKS_SPAN}(?:\speriods?)?\s(?:(?:ended|ending|to|through)\s)?{_MON}"
            rf"\s\d\d?,?\s{{0,2}}{_YEAR}(?!\d)",
            lambda m: _months(int(m[3]), _WEEKS[m[1].replace(" ", "-")], _MONTHS[m[2]]),
        ),
        (
            r"(?<![a-z])years?\s(?:ended|ending)\s" + _MON + r"\s\d\d?,?\s{0,2}" + _YEAR + r"(?!\d)",
            lambda m: Period("year", int(m[2])),
        ),
        (
            r"(?<![a-z])first\s" + _MONTHS_SPAN + r"\sof\s(?:" + _FY + r"\s?)?" + _YEAR + r"(?!\d)",
            lambda m: Period("span", int(m[2]), _MONTHS_LONG[m[1]] * 100),
        ),
        (
            r"(?<!\d)" + _YEAR + r"年(?:前三季度|1\s?[-至]\s?9月)",
            lambda m: Period("span", int(m[1]), 900),
        ),
        (
            r"(?<![\d.])"
            + _YEAR
            + r"[-/](\d\d?)[-/](\d\d?)(?!\d)(?:[t ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:z|[+-]\d\d:?\d\d)?)?",
            lambda m: _day(m[1], int(m[2]), m[3]),
        ),
        (r"(?<![\d.])(\d\d?)/(\d\d?)/" + _YEAR + r"(?!\d)", lambda m: _day(m[3], int(m[1]), m[2])),
        (
            r"(?<!\d)" + _YEAR + r"\s?年\s?(\d\d?)\s?月\s?(\d\d?)\s?[日号]",
            lambda m: _day(m[1], int(m[2]), m[3]),
        ),
        (r"(?<!\d)" + _YEAR + r"\s?年\s?(\d\d?)\s?月份?", lambda m: Period("month", int(m[1]), int(m[2]))),
        (r"(?<!\d)(\d\d?)月(\d\d?)[日号]", lambda m: _day("", int(m[1]), m[2])),
        (
            r"(?<![a-z])" + _MON + r"\s(\d\d?)" + _ORD + r",?\s{0,2}" + _YEAR + r"(?!\d)",
            lambda m: _day(m[3], _MONTHS[m[1]], m[2]),
        ),
        (
            r"(?<![\d.])(\d\d?)" + _ORD + r"\s(?:of\s)?" + _MON + r",?\s" + _YEAR + r"(?!\d)",
            lambda m: _day(m[3], _MONTHS[m[2]], m[1]),
        ),
        (
            r"(?<![a-z])" + _MON + r",?\s(?:of\s)?" + _YEAR + _NOTH,
            lambda m: Period("month", int(m[2]), _MONTHS[m[1]]),
        ),
        (
            rf"(?<![a-z]){_MON}\s(\d\d?){_ORD}"
            r"(?![a-z\d_%])(?!\.\d)(?!,\d)(?!\s?(?:%|percent|million|billion|basis))",
            lambda m: _day("", _MONTHS[m[1]], m[2]),
        ),
        (
            r"(?<![a-z\d])q([1-4])\s?[-/']?\s?(?:of\s)?(?:" + _FY + r"\s?)?" + _YY + "(?![a-z])",
            lambda m: Period("quarter", _year(m[2]), int(m[1])),
        ),
        (
            r"(?<![a-z\d.])([1-4])q\s?(?:fy\s?)?" + _YY + "(?![a-z])",
            lambda m: Period("quarter", _year(m[2]), int(m[1])),
        ),
        (
            r"(?<![a-z\d])(?:" + _FY + r"\s?)?" + _YEAR + r"\s?-?q([1-4])(?![a-z\d_])",
            lambda m: Period("quarter", int(m[1]), int(m[2])),
        ),
        (
            r"(first|second|third|fourth)[ -](?:fiscal[ -])?quarter\s(?:of\s)?(?:"
            + _FY
            + r"\s?)?"
            + _YEAR
            + r"(?!\d)",
            lambda m: Period("quarter", int(m[2]), _number(m[1])),
        ),
        (
            r"(?<!\d)" + _YEAR + r"年?第?([一二三四1-4])季度?",
            lambda m: Period("quarter", int(m[1]), _number(m[2])),
        ),
        (
            r"(?<![a-z\d])h([12])\s?(?:of\s)?(?:fy\s?)?" + _YY + "(?![a-z])",
            lambda m: Period("half", _year(m[2]), int(m[1])),
        ),
        (
            r"(?<![a-z\d.])([12])h\s?(?:fy\s?)?" + _YY + "(?![a-z])",
            lambda m: Period("half", _year(m[2]), int(m[1])),
        ),
        (
            r"(?<![\d.,])" + _YEAR + r"\s?-?(?:h([12])|([12])h)(?![a-z\d_])",
            lambda m: Period("half", int(m[1]), int(m[2] or m[3])),
        ),
        (
            r"(?<!\d)" + _YEAR + r"年0?1月?\s?(?:[-–—~]{1,2}|至|到)\s?(0?[369]|12)月(?:份)?",
            lambda m: _from_january(int(m[1]), int(m[2])),
        ),
        (r"(?<!\d)" + _YEAR + r"年(上|下)半年", lambda m: Period("half", int(m[1]), _number(m[2]))),
        (
            r"(?<![a-z\d_.$€£¥,])(?:fy\s?)?"
            + _YEAR
            + r"\s?(?:年|财年)?\s?(?:-|to|through|至|到|~)\s?(?:fy\s?)?"
            + _YEAR
            + r"(?:财年|年度|年)?"
            + _NOT_YEAR,
            lambda m: _span(m[1], m[2]),
        ),
        (
            r"(?<![a-z\d_.$€£¥,])" + _YEAR + r"[/-](\d\d)(?![\d%])(?!\.\d)(?!-)",
            lambda m: Period("year", _year(m[2])) if _year(m[2]) == int(m[1]) + 1 else None,
        ),
        (r"(?<![a-z\d])" + _FY + r"\s?" + _YY + r"e?(?![a-z])", lambda m: Period("year", _year(m[1]))),
        (r"(?<![\d.])((?:19|20)?\d\d)\s?财年", lambda m: Period("year", _year(m[1]))),
        (r"(?<![\d.])" + _YEAR + r"\s?(?:会计年度|年度|年)", lambda m: Period("year", int(m[1]))),
        (
            r"(?<![a-z\d_.$€£¥,+&-])(?<![$€£¥]\s)" + _YEAR + r"(?:e(?![a-z])|" + _NOT_YEAR + ")",
            lambda m: Period("year", int(m[1])),
        ),
        (r"(?<=[-~至到])(?<=\d[-~至到])" + _YEAR + _NOT_YEAR, lambda m: Period("year", int(m[1]))),
        (r"(?<![a-z\d])q([1-4])(?![a-z\d])", lambda m: Period("quarter", 0, int(m[1]))),
        (
            r"(?<![a-z])(first|second|third|fourth)[ -](?:fiscal[ -])?quarter(?![a-z-])",
            lambda m: Period("quarter", 0, _number(m[1])),
        ),
        (
            r"(?<![a-z])(first|second|third|fourth)(?=(?:,| and| to| or| through| versus| against)(?: the)? "
            r"(?:first|second|third|fourth) (?:fiscal )?quarter)",
            lambda m: Period("quarter", 0, _number(m[1])),
        ),
        (
            r"(?<![a-z])in the (first|second|third|fourth)(?=[.,;)])(?# quarter)",
            lambda m: Period("quarter", 0, _number(m[1])),
        ),
        (
            r"(?<![a-z])(first|second)[- ]half(?! of (?!\d|fy|fiscal|the (?:fiscal )?year))"
            r"(?: of (?:fiscal (?:year )?|fy\s?)?" + _YEAR + r"(?!\d))?",
            lambda m: Period("half", int(m[2] or 0), _number(m[1])),
        ),
        (
            r"(?<![a-z])first (nine months|three quarters)(?! of (?:fiscal )?\d)",
            lambda m: Period("span", 0, 900),
        ),
        (
            r"(?<![a-z])the "
            + _MONTHS_SPAN
            + r"(?: periods?)?(?![a-z])(?! (?:ended|ending|to|through|of|earlier|ago|before|prior|from))",
            lambda m: Period("span", 0, _MONTHS_LONG[m[1]] * 100) if _MONTHS_LONG[m[1]] < 12 else None,
        ),
        (r"(?<![a-z])(?:year[- ]to[- ]date|ytd)(?![a-z])", lambda m: Period("span", 0)),
        (r"前三(?:个?季度|季)", lambda m: Period("span", 0, 900)),
        (r"第([一二三四])季度?", lambda m: Period("quarter", 0, _number(m[1]))),
        (
            r"(?<![a-z])(?:(?:a|one) year (?:earlier|ago|before|prior)|the year (?:before|prior))"
            r"|year[- ](?:ago|earlier)"
            r"|(?:the )?(?:prior|previous|last|preceding)[- ](?:fiscal[- ])?year"
            r"|上一?财?年(?:度)?(?:同期|末)?|去年(?:同期|末)?|前一年|[年期]初(?!至今)",
            lambda m: Period("prior", 0),
        ),
    )
]


_MONTH_NAME = re.compile("|".join(sorted(_MONTHS, key=len, reverse=True)))
_ONLY_CHINESE = re.compile(r"[年月](?![?|)度])")


def _need(pattern: str) -> str:
    """Name what text must hold for the pattern to be worth trying; "" for digits alone."""
    needs = (
        ("to date", "ytd" in pattern),
        ("weeks", _WEEKS_SPAN in pattern),
        ("spanned", _MONTHS_SPAN in pattern and _MON in pattern),
        ("months", _MONTHS_SPAN in pattern),
        ("ended", _MON in pattern and "ended" in pattern),
        ("month", _MON in pattern),
        ("quarter", "quarter" in pattern),
        ("half", "[- ]half" in pattern),
        ("q ahead", "q([1-4])" in pattern),
        ("q behind", "([1-4])q" in pattern),
        ("h ahead", pattern.startswith(r"(?<![a-z\d])h([12])")),
        ("h behind", pattern.startswith(r"(?<![a-z\d.])([12])h")),
        ("prior", "earlier" in pattern),
        ("fiscal", pattern.startswith(r"(?<![a-z\d])" + _FY)),
        ("range", pattern.startswith(r"(?<![a-z\d_.$€£¥,])(?:fy\s?)?")),
        ("dashed", pattern.startswith((r"(?<![\d.])" + _YEAR + "[-/]", r"(?<![\d.])(\d\d?)/"))),
        ("joined", pattern.startswith("(?<=[-~至到])")),
        ("chinese", bool(_ONLY_CHINESE.search(pattern)) and "year" not in pattern),
    )
    return next((need for need, told in needs if told), "")


def _held(low: str, digits: Digits, months: list[int]) -> tuple[str, ...]:
    """Give the needs that a text meets."""
    before, behind = digits.before, digits.behind
    held = [""] if digits.starts or "季" in low else []
    if "month" in low:
        held += ("months", "spanned") if months else ("months",)
    if months:
        held += ("month", "ended") if "ended" in low or "ending" in low else ("month",)
        held += ["weeks"] if "week" in low else []
    held += ["to date"] if "ytd" in low or "year" in low else []
    quarter, half = "quarter" in low, "half" in low
    if (quarter or half) and any(word in low for word in ("first", "second", "third", "fourth")):
        held += ["quarter"] * quarter + ["half"] * half
    held += [f"{mark} ahead" for mark in "qh" if mark in before]
    held += [f"{mark} behind" for mark in "qh" if mark in behind]
    ago = "year" in low and (_AGO.search(low) or _LAST.search(low))
    held += ["prior"] if ago or (not low.isascii() and _BEFORE.search(low)) else []
    held += ["fiscal"] if "fy" in low or "cy" in low or "fiscal" in low or "calendar" in low else []
    for (start, end), following in pairwise(digits.spans):
        if end - start == 4 and following[0] - end <= 20 and low[start : start + 2] in ("19", "20"):
            held.append("range")
            break
    held += ["dashed"] if "-" in behind or "/" in behind else []
    held += ["joined"] if not before.isdisjoint("-~至到") else []
    held += ["chinese"] if "年" in low or "月" in low else []
    return tuple(held)


_BEFORE = re.compile(r"[上去前]|[年期]初")
_AGO = re.compile(r"year[- ](?:ago|earlier|before|prior)")
_LAST = re.compile(r"(?:prior|previous|last|preceding)[- ](?:fiscal[- ])?year")
_PLANS = [(p, build, is_led(p), is_whole(p), _need(p.pattern)) for p, build in _PATTERNS]
# The words that the patterns with some needs begin with: each of their alternatives with one of these.
_LEADS = {
    "fiscal": ("fy", "cy", "fiscal", "calendar year"),
    "prior": (
        *("a year ", "one year ", "the year ", "year ago", "year-ago", "year earlier", "year-earlier"),
        *(f"{the}{word}" for the in ("the ", "") for word in ("prior", "previous", "last", "preceding")),
        *("上", "去年", "前一年", "年初", "期初"),
    ),
}
# What every period has: digits, or one of the words for a period that no year names.
_SIGN = re.compile(r"[\d季年]|quarter|half|months|year")


@lru_cache(maxsize=1024)
def _plans(held: tuple[str, ...]) -> list[tuple[re.Pattern[str], _Builder, bool, bool, str]]:
    """Give the patterns worth trying on a text that meets some needs."""
    return [plan for plan in _PLANS if plan[-1] in held]


def find_periods(low: str, digits: Digits | None = None) -> Iterator[tuple[int, int, Period]]:
    """Find the periods named in lower-case text; earlier patterns win where two overlap."""
    if _SIGN.search(low) is None:
        return
    taken: set[int] = set()
    digits = digits or Digits(low)
    months = [match.start() for match in _MONTH_NAME.finditer(low)]
    held = _held(low, digits, months)
    for pattern, build, led, whole, need in _plans(held):
        starts = digits.wholes if whole else digits.starts
        matches = (
            [match for start in starts if (match := pattern.match(low, start)) is not None]
            if led
            else led_by(pattern, low, months, "")
            if need == "month"
            else led_by(pattern, low, places_of(low, _LEADS[need]), "")
            if need in _LEADS
            else pattern.finditer(low)
        )
        for match in matches:
            if match.start() in taken or match.end() - 1 in taken:
                continue
            period = build(match)
            if period is not None:
                taken.update(range(match.start(), match.end()))
                yield match.start(), match.end(), period


_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_PLAIN_YEAR = re.compile(r"(?:FY)?((?:19|20)\d\d)")


@lru_cache(maxsize=4096)
def parse_period(text: str | None) -> Period | None:
    """Read the period of a fact, such as `FY2024`, `Q3 2024` or an ISO date; None when it names none."""
    if not text:
        return None
    day = _ISO_DAY.match(text)
    if day is not None:
        return _day(day[1], int(day[2]), day[3])
    year = _PLAIN_YEAR.fullmatch(text)
    if year is not None:
        return Period("year", int(year[1]))
    return min(find_periods(text[:60].lower()), default=(0, 0, None), key=lambda found: found[0])[2]
