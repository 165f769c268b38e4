"""Figures that claim nothing about the data: thresholds, horizons, names of levels, scores, counts."""

from __future__ import annotations

import re

from graph.report.figures.extract import Number
from graph.report.figures.layout import Scope
from graph.report.figures.measure import DURATIONS
from graph.report.figures.naming import Label
from graph.report.figures.page import Page
from graph.report.figures.tables import FREE
from graph.report.figures.terms import THRESHOLDS
from graph.report.figures.units import shown

_COMPARES = re.compile(
    r"(?<![a-z])(?:above|below|over|under|near|nears|reach(?:es|ed)?|cross(?:es|ed)?|past|beyond"
    r"|toward|towards|than|between|from|to|and|the|exceeds?|threshold|neutral|moves?|drops?|rises?"
    r"|zone|level|line|territory|overbought|oversold|bands?)"
    r"|[<>=/-]|高于|低于|超过|跌破|突破|大于|小于|达到|超买|超卖|阈值|以上|以下|中性|接近|上穿|下穿|和|至"
)
_SAYS = re.compile(
    r"overbought|oversold|threshold|neutral|midline|mid-line|midpoint|centre ?line|center ?line|zone"
    r"|territory|trending|trend|strong|conventional|would|band|level|line|超买|超卖|阈值|中性|区间|区域|以上|以下|中轴|强势|弱势"
    r"|趋势"
)
_STATES = re.compile(
    r"(?:(?<![a-z])(?:is|was|of|stands at|stood at|reads|reading|at|now|currently|sits at)|[=:]|为|处于|位于"
    r"|报)\s{0,2}$"
)
# A word with a capital inside a sentence; two such words behind.
_NAME_BEFORE = re.compile(
    r"(?:(?<=[a-z,(] )[A-Z][A-Za-z&]{1,15}|(?<![A-Za-z])[A-Za-z]?[A-Z]{2,8}[a-z]?)[ -]$"
)
_NAME_BEHIND = re.compile(
    r" [A-Z][a-z]+(?: [A-Z][a-z]+){0,2} "
    r"(?:Street|Avenue|Road|Drive|Boulevard|Way|Lane|Plaza|Parkway|Place|Square|Court|Highway|Yards|Blvd|Ave|Rd|St|Dr|Pkwy)"
    r"(?![a-z])"
)
# "2.0 TDI engines".
_ENGINE = re.compile(
    r"[ -](?:[A-Z]{2,5}|[A-Z]?[a-z]{4,12})? ?(?:engines?|motors?|turbos?|models?"
    r"|variants?|editions?)(?![a-z])"
)
_VERSION = re.compile(r"(?:^|[\s(])[A-Z][A-Za-z]{2,15} $")
_CALLED = re.compile(r"(?:s?[,.;)]|s\s|\s(?:and|was|is|were|are|has|had|will|[a-z]{3,12}ed)(?![a-z]))")
# "the 5% Notes".
_INSTRUMENT = re.compile(
    r" (?:[A-Z][a-z]+ ){0,2}(?:Notes?|Debentures?|Bonds?|Preferred|Convertible|Loans?|Series)(?![a-z])"
)
# What a law, a plan or a contract lays down, and what is only supposed.
_NORM = re.compile(
    r"(?<![a-z])(?:may|must|shall|permit(?:s|ted)?|requires?|entitled|subject to|appl(?:y|ies)|hypothetical"
    r"|assum(?:e|es|ing)"
    r"|limit(?:s|ed)? to|eligible|face|faces|stake|holders?)(?![a-z])|适用|不得|应当|须经|可以|每\d|假设"
)
# "Store 412 in Albany opened": a noun with its number begins the sentence.
_FIRST_NAME = re.compile(
    r"(?<![A-Za-z])(?!In |At |By |On |For |From |Over |About |Some |Only |Nearly |Almost )"
    r"(?!Around |Of |With |The |All |Up |To )"
    r"[A-Z][a-z]{2,14} $"
)
_GOES_ON = re.compile(
    r" (?:in|of|at|is|was|will|has|opened|closed|applies|covers|governs|serves|houses)(?![a-z])"
)
_THINGS = re.compile(r"\s[a-z]{3,}\s?[a-z]*")
# The cost of a name that the sentence itself does not hold.
_UNNAMED = 40
_SCORE = re.compile(r"\s?(?:/|out of)\s?(?:5|10|100)(?![\d.])")
_SCORED = re.compile(r"(?:\d\s?(?:/|out of)\s?$)")
_SCORE_WORD = re.compile(r"conviction|confidence|score|rating|probability|likelihood|信心|评分|置信|概率")


def context_rule(
    page: Page,
    number: Number,
    scope: Scope,
    labels: list[Label],
    has_days: bool,
    *,
    counted: bool = False,
    timed: bool = False,
) -> str | None:
    """Name the reason why the figure claims nothing; None when it may claim something.

    `counted` says that the documents count what the figure counts, `timed` that they tell such a time.
    """
    if number.unit in DURATIONS and not timed and not (number.unit == "days" and has_days):
        return "duration"
    if any(
        key.startswith("fib_")
        for m in page.mentions_in((scope.start, scope.end))
        if m.start <= number.start < m.end
        for key in m.keys
    ):
        return "name of a level"
    if any(
        m.start <= number.start < number.end <= m.end and m.keys and m.keys[0].startswith(FREE)
        for m in page.mentions_in((scope.start, scope.end))
    ):
        return "part of a name"
    retraced = number.unit == "percent" and not number.sign and shown(number.value) in _RETRACED
    if retraced and _RETRACES.search(
        page.low, max(scope.start, number.start - 90), min(scope.end, number.end + 90)
    ):
        return "name of a level"
    if (
        number.unit == "percent"
        and number.value == 100
        and _TO_PERCENT.search(page.low, max(scope.start, number.start - 3), number.start)
    ):
        return "part of a formula"
    if _is_numbered_name(page, number, labels):
        return "part of a name"
    if _is_threshold(page, number, scope, labels):
        return "conventional threshold"
    before, after = (
        page.masked[max(scope.start, number.start - 40) : number.start],
        page.masked[number.end : number.end + 12],
    )
    if (_SCORE.match(after) or _SCORED.search(before)) and _SCORE_WORD.search(
        page.low, max(scope.start, number.start - 60), scope.end
    ):
        return "score"
    if not counted and _is_count(number, scope, labels, after):
        return "count"
    if not counted and _is_called(page, number, labels, before, after):
        return "part of a name"
    return None


_RETRACED = frozenset(("23.6", "38.2", "50", "61.8", "78.6"))
_RETRACES = re.compile(r"retrace|fibonacci|(?<![a-z])fibs?(?![a-z])|回撤位|斐波那契|黄金分割")
_TO_PERCENT = re.compile(r"[×*x]\s?$")


def is_rule(page: Page, number: Number, scope: Scope) -> bool:
    """Recognise a figure of a rule or a name that the data does not know, as in "a 5% holder may"."""
    if number.currency or number.scale or (number.sign and number.unit != "percent"):
        return False
    if number.unit == "percent" and _INSTRUMENT.match(page.norm, number.end):
        return True
    if any(mention.keys for mention in page.mentions_in((scope.start, scope.end))):
        return False
    return _NORM.search(page.masked, scope.start, scope.end) is not None


def _is_called(page: Page, number: Number, labels: list[Label], before: str, after: str) -> bool:
    """Recognise a bare number that is itself a name, as in "the 787 resumed" and "Web 3.0"."""
    plain = number.bare and not (number.sign or number.grouped or number.enclosed)
    if not plain or (labels and labels[0].cost < _UNNAMED):
        return False
    if number.decimals == 1 and _VERSION.search(page.norm[max(0, number.start - 20) : number.start]):
        return True
    if number.decimals == 1 and _ENGINE.match(page.norm, number.end):
        return True
    return not number.decimals and before.endswith("the ") and _CALLED.match(after) is not None


def _is_threshold(page: Page, number: Number, scope: Scope, labels: list[Label]) -> bool:
    """Recognise a value that an oscillator is conventionally read against, such as RSI above 70."""
    if not number.bare and not (number.unit == "multiple" and number.value <= 2):
        return False
    value = shown(abs(number.value))
    before = page.masked[max(scope.start, number.start - 28) : number.start]
    if _STATES.search(before) or not (
        _COMPARES.search(before[-16:]) or _SAYS.search(page.masked[number.end : number.end + 24])
    ):
        return False
    keys = {key for label in labels[:4] for key in label.mention.keys} | {
        key for m in page.mentions_in((max(0, scope.start - 200), scope.end)) for key in m.keys
    }
    return any(value in THRESHOLDS.get(key, ()) for key in keys)


def _is_numbered_name(page: Page, number: Number, labels: list[Label]) -> bool:
    """Recognise a number that belongs to a proper name, as in ISO 9001, PCIe 5.0 and 1200 Market Street."""
    if not number.bare or number.sign or number.grouped:
        return False
    before = _NAME_BEFORE.search(page.norm, max(0, number.start - 24), number.start)
    if before is not None and number.decimals < 2:
        # A name that the data knows is no brand.
        known = any(
            m.end > before.start() for m in page.mentions_in((max(0, before.start() - 60), number.start))
        )
        if not known:
            return True
    if labels and labels[0].cost <= 3:
        return False
    first = _FIRST_NAME.search(page.norm, max(0, number.start - 24), number.start)
    if first is not None and not number.decimals and _GOES_ON.match(page.norm, number.end):
        return page.scope_of(number.start).start + 2 >= first.start()
    return not number.decimals and _NAME_BEHIND.match(page.norm, number.end) is not None


def _is_count(number: Number, scope: Scope, labels: list[Label], after: str) -> bool:
    """Recognise a small bare number that counts things named behind it, as in "5 of 7 signals"."""
    if (
        not number.bare
        or number.sign
        or number.decimals
        or number.grouped
        or number.value > 999
        or scope.cell
    ):
        return False
    if number.value > 100 and not _THINGS.match(after):
        return False
    return not labels or labels[0].cost > (3 if number.value <= 100 else _UNNAMED)
