"""Mentions: where the text names a metric."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

from graph.report.figures.terms import SAID

MentionKind = Literal["metric", "joint", "window", "foreign"]


@dataclass(frozen=True)
class Mention:
    """A name in the text and the metrics that it may mean; `turned` names the negative of the amount."""

    start: int
    end: int
    keys: tuple[str, ...]
    kind: MentionKind = "metric"
    turned: bool = False


# "41.3x earnings" names the multiple, not the earnings.
_MULTIPLE = re.compile(r"\d\s?(?:x|times)[\s-](?:its |trailing |ttm |annual |forward ){0,2}$")
_LINKING = str.maketrans({"-": " ", "\x00": " ", "\n": " "})
_STARTS = re.compile(r"[a-z\d]+|(?<![a-z\d])%|[\u4e00-\u9fff]")
_FIB = re.compile(r"(?<![\d.+])(?:(23\.6|38\.2|50|61\.8|78\.6)(?:\.0)?\s?%|0?\.(236|382|5|618|786)(?!\d))")
_FIB_WORD = re.compile(r"fib|retrace|斐波那契|黄金分割|回撤位")
_FIB_TAIL = re.compile(
    r"\s{0,3}(?:fib(?:onacci)?\s?|斐波那契|黄金分割)?(?:retracement|回撤位?|level|位|fib(?:onacci)?)(?:\slevel)?"
)
_MARGINS = re.compile(
    r"(?<![a-z])(gross|operating|net)(?=[\s:=]{1,3}\(?\d)"
    r"|(?<![a-z])(gross|operating|net)(?=(?:(?:,| and|, and|/| or)\s?(?:gross|operating|net)){1,2} margins?)"
)
_SOLD = re.compile(r"\s(?:about |around |roughly |over |nearly )?(?:us)?[$€£¥\d]")
_FIB_LIST = re.compile(
    r"(?:[\s,/&、和]|and|(?:23\.6|38\.2|50|61\.8|78\.6)(?:\.0)?\s?%){1,24}(?:fib|retrace|斐波|黄金|回撤)"
)
_DECIMAL_LEVELS = {"236": "23.6", "382": "38.2", "5": "50", "618": "61.8", "786": "78.6"}


def _index() -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """Sort the ways to say things by their first characters, five or else two, longest first."""
    index: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for word, (kind, keys) in SAID.items():
        plain = word.translate(_LINKING)
        index.setdefault(plain[: 5 if len(plain) >= 5 else 2], []).append((plain, kind, keys))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


_INDEX = _index()
_BEGINNINGS = frozenset(known[:2] for known in _INDEX)


def fib_levels(low: str) -> list[Mention]:
    """Find the percentages that name a Fibonacci level."""
    if not any(word in low for word in ("fib", "retrace", "斐波那契", "黄金分割", "回撤位")):
        return []
    words = [match.start() for match in _FIB_WORD.finditer(low)]
    found: list[Mention] = []
    for match in _FIB.finditer(low):
        level = match[1] or _DECIMAL_LEVELS[match[2]]
        tail = _FIB_TAIL.match(low, match.end())
        place = bisect_right(words, match.start())
        near = place > 0 and match.start() - words[place - 1] < (300 if level != "50" else 120)
        if tail is not None or near or _FIB_LIST.match(low, match.end()):
            found.append(Mention(match.start(), tail.end() if tail else match.end(), (f"fib_{level}",)))
    return found


def margin_names(low: str) -> list[Mention]:
    """Find the short names of margins told together, as in "margins: gross 46.2%, net 24.0%"."""
    words = [match.start() for match in re.finditer("margins", low)]
    found: list[Mention] = []
    for match in _MARGINS.finditer(low) if words else ():
        place = bisect_right(words, match.start())
        if match[2] or (place > 0 and match.start() - words[place - 1] < 120):
            found.append(Mention(match.start(), match.end(), (f"{match[1] or match[2]}_margin",)))
    return found


def find_mentions(low: str) -> list[Mention]:
    """Find the metrics that lower-case text names, longest name first, none inside another."""
    text = low.replace("-", " ").replace("\x00", " ").replace("\n", " ")
    levels = {mention.start: mention for mention in (*fib_levels(low), *margin_names(low))}
    found: list[Mention] = []
    free_from = 0
    starts = [match.start() for match in _STARTS.finditer(text)]
    for start in sorted({*starts, *levels}) if levels else starts:
        if start < free_from:
            continue
        known = text[start : start + 2] in _BEGINNINGS
        mention = levels.get(start) or (_named(text, start) if known else None)
        if mention is None:
            continue
        free_from = mention.end
        multiple = mention.keys in (("net_income",), ("revenue",)) and not _SOLD.match(
            low[mention.end :][:24].replace(" of ", " ", 1)
        )
        if multiple and _MULTIPLE.search(low, max(0, start - 32), start):
            mention = replace(mention, keys=("pe" if mention.keys == ("net_income",) else "ps",))
        if mention.keys or mention.kind == "foreign":
            found.append(mention)
    return found


def _named(text: str, start: int) -> Mention | None:
    """Read the longest name that begins at `start`."""
    for word, kind, keys in chain(
        _INDEX.get(text[start : start + 5], ()), _INDEX.get(text[start : start + 2], ())
    ):
        if not text.startswith(word, start):
            continue
        end = start + len(word)
        if word[-1].isascii() and word[-1].isalnum():
            tail = text[end : end + 2]
            if tail[:1] == "s" and not tail[1:].isalnum() and not word.endswith(" day"):
                end += 1
            elif tail[:1].isascii() and tail[:1].isalnum():
                continue
        if kind == "noise":
            if word == "sales of" and _SOLD.match(text, end):
                continue
            return Mention(start, end, (), "metric")
        if kind == "turned":
            return Mention(start, end, keys, "metric", turned=True)
        return Mention(start, end, keys, _KINDS[kind])
    return None


_KINDS: dict[str, MentionKind] = {
    "metric": "metric",
    "joint": "joint",
    "window": "window",
    "foreign": "foreign",
}
