"""Words compared without their endings, for labels that no vocabulary holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ures",
    "ure",
    "ings",
    "ing",
    "ies",
    "ed",
    "es",
    "s",
    "e",
    "y",
)
_EMPTY = frozenset(
    [
        "the",
        "of",
        "and",
        "in",
        "for",
        "to",
        "an",
        "by",
        "on",
        "at",
        "from",
        "with",
        "as",
        "or",
        "its",
        "our",
        "their",
        "that",
        "this",
        "was",
        "were",
        "is",
        "are",
        "be",
        "been",
        "which",
        "had",
        "has",
        "have",
        "it",
        "we",
        "million",
        "billion",
        "thousand",
        "year",
        "years",
        "fiscal",
        "ended",
        "ending",
        "quarter",
        "month",
        "months",
        "compared",
        "versus",
        "about",
        "approximately",
        "roughly",
        "around",
        "than",
        "per",
    ]
)


# One idea under several words; and short forms of several words.
_ALIKE = {
    "sal": "revenu", "turnover": "revenu", "administrativ": "administr", "staff": "employe",
    "earning": "incom", "earn": "incom", "profit": "incom",
    "stockhold": "sharehold", "ppe": "propert", "headcount": "employe", "workforc": "employe",
    "clos": "end", "open": "beginn",
    "european": "europ", "american": "america", "asian": "asia", "canadian": "canada", "chines": "china",
    "japanes": "japan", "paid": "pay", "repurchas": "buy", "buyback": "buy", "bought": "buy",
    "spent": "spend", "borrow": "debt", "purchas": "buy",
    "client": "customer", "shop": "stor", "car": "vehicl", "借款": "贷款",
}  # fmt: skip
_SHORT = {
    short: tuple(words.split())
    for short, words in (
        line.strip().split(": ")
        for line in """
        sg&a: sell general administr
        r&d: research develop
        g&a: general administr
        s&m: revenu market
        d&a: depreci amortiz
        pp&e: propert plant equip
        cogs: cost good sold
        opex: oper expens
        capex: capital expendit
        eps: incom shar
        ar: account receivabl
        ocf: cash oper
        cffo: cash oper
        fcf: free cash flow
        pretax: befor tax
        pre-tax: befor tax
        rsus: restrict stock unit
        归母净利润: 归属 母公 公司 净利 利润
        归母净利: 归属 母公 公司 净利 利润
        经营现金流: 经营 营活 活动 现金 金流 流量
        总资产: 资产 产合 合计
        总负债: 负债 债合 合计
        营收: 营业 业收 收入
        """.strip().splitlines()
    )
}
_WORD_OR_SHORT = re.compile(
    r"(?<![a-z])(?:"
    + "|".join(sorted((re.escape(word) for word in _SHORT if word.isascii()), key=len, reverse=True))
    + r")(?![a-z&])|"
    + "|".join(word for word in _SHORT if not word.isascii())
    + r"|[a-z]{2,}|[\u4e00-\u9fff]+?(?="
    + "|".join(word for word in _SHORT if not word.isascii())
    + r")|[\u4e00-\u9fff]+"
)
_ASCII_WORD = re.compile(_WORD_OR_SHORT.pattern.partition(r"(?![a-z&])|")[0] + r"(?![a-z&])|[a-z]{2,}")
# One word for a total, of the same length.
_TOTAL = re.compile(r"总额|总计|总和")
_SHORT_TEXT = 120
_TOKEN = re.compile(r"[a-z]+|\d+|[\u4e00-\u9fff]{1,2}")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Give a word without its ending; words of one idea come out alike."""
    for ending in _ENDINGS:
        if ending == "s" and word.endswith("ss"):
            break  # a loss, as in losses
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if ending in ("ed", "ing") and word[-1] == word[-2] and word[-1] in "bdgmnprt":
                word = word[:-1]  # shipped, planning
            break
    if word.endswith("at") and len(word) > 5:
        word = word[:-2]
    return _ALIKE.get(word, word)


def words(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """Find the telling words of lower-case text, as (stem, start, end); Chinese in pairs of characters."""
    # The character before tells whether a word begins at the start.
    first = max(0, start - 1)
    if first or end is not None:
        text = text[first:end]
    if text.isascii():
        pattern = _ASCII_WORD
    else:
        pattern = _WORD_OR_SHORT
        text = _TOTAL.sub("合计", text)
    for match in pattern.finditer(text, start - first):
        word = match[0]
        if word in _EMPTY:
            continue
        place = match.start() + first
        if word in _SHORT:
            for part in _SHORT[word]:
                yield part, place, match.end() + first
        elif word[0].isascii():
            yield stem(word), place, match.end() + first
        else:
            for offset in range(max(1, len(word) - 1)):
                pair = word[offset : offset + 2]
                yield pair, place + offset, place + offset + len(pair)


def stems(text: str) -> frozenset[str]:
    """Give the telling words of lower-case text as a set."""
    return _stems(text) if len(text) <= _SHORT_TEXT else frozenset(word for word, _, _ in words(text))


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    """Give them of the name of a row, which is asked for many times."""
    return frozenset(word for word, _, _ in words(text))


def tokens(text: str) -> frozenset[str]:
    """Give all words and numbers of lower-case text as a set, without endings."""
    return frozenset(stem(match[0]) for match in _TOKEN.finditer(text)) - _LINKS


# Words of a sentence about any figure, which tell nothing of what it is about.
_ANY: frozenset[str] = frozenset(
    [
        "compan",
        "report",
        "accord",
        "table",
        "fil",
        "statement",
        "amount",
        "totall",
        "came",
        "stood",
        "reach",
        "record",
        "show",
        "answer",
        "figur",
        "respectiv",
        "period",
        "result",
        "com",
        "equal",
        "approximat",
        "group",
        "end",
        "total",
        "made",
        "mak",
        "up",
        "account",
        "represent",
        "increas",
        "decreas",
        "ris",
        "rose",
        "fell",
        "grew",
        "chang",
        "respect",
        "together",
        "combin",
        "averag",
        "sum",
        "percentag",
        "shar",
        "differenc",
        "it",
        "earli",
        "point",
        "basi",
        "they",
        "thi",
        "that",
        "较",
        "较的",
        "由",
        "的",
        "为",
        "至",
        "升至",
        "降至",
        "比",
        "同比",
        "增长",
        "下降",
        "占",
    ]
)


# How something moved, and when, is no more than how it is told.
_ANY |= stems(
    """
    rose risen rising rises fell fallen falling grew grown growing dropped drops dropping declined
    declines declining climbed jumped surged slipped slid shrank shrunk narrowed widened improved
    improving improvement expanded contracted gained edged went moved advanced dipped eased soared
    plunged tumbled swung shortened lengthened during against before after since until within
    between over under through whom versus ago
     earlier later prior previous last next same also just only still
    then when while whereas more less fewer higher lower respectively had been being there these
    those both each such into onto out
    """
)
# Chinese words of any sentence, and units: what they part are the words that tell.
_ZH_LINKS = re.compile(
    r"[万百千]?亿元|[百千]?万元|个?百分点|[增降]幅|[增降升减]至|增长|下降|上升|减少|增加|提高|提升|同比|环比|录得|实现|公司|本行|集团"
    r"|上季度?末?|上年末|去年末|[年期]初|[年期季]末|本期|上期|全年|截至|分别|[由为的至占与和比及较约达了在是从于]"
)


def telling(text: str, start: int = 0, end: int | None = None) -> frozenset[str]:
    """Give the words of lower-case text that tell what it is about."""
    told = text[start:end]
    if not told.isascii():
        told = _ZH_LINKS.sub(" ", told)
    return tells(told, words(told))


def tells(told: str, said: Iterable[tuple[str, int, int]]) -> frozenset[str]:
    """Give those of the words of a text that tell what it is about."""
    # Of "pretax" both words tell; of "before the merger" one does.
    return frozenset(word for word, at, to in said if word not in _ANY or told[at:to] in _SHORT)


_LINKS = frozenset({"the", "of", "in", "and", "for", "to", "at", "a", "was", "is", "s", "year", "end"})
