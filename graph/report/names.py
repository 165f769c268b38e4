"""The names of the sections: the words they may be made of, in English and Chinese, and their reader.

A name is a run of words that are all known for one section, at least one of them its own (`own`). A name
with none of those but with a `loose` one, such as "Disclaimer", is a heading only where a heading of that
kind is due: such words also open remarks and labels. Every test here takes unfinished words, so that a
line is given up at the first letter that no name has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.report.model import SECTIONS, SectionName
from graph.report.scanner import STARS, Decided, Line, Scanner

_ANY = (
    "the our my a key main core final overall current short quick brief summary overview section at glance "
    "and on for 与 和 及 以及 的"
)
_SIMPLE = str.maketrans(
    "結論斷觀點證據數與動議風險項責聲關鍵實見啟導綜總體終資評級洞對說揭醒們長後應應計劃",
    "结论断观点证据数与动议风险项责声关键实见启导综总体终资评级洞对说揭醒们长后应应计划",
)

_WORD = re.compile("[A-Za-z][A-Za-z'’-]*")
_HAN = re.compile("[\u4e00-\u9fff]+")
_JOINS = "&＆+/／,，、·"
_AND = re.compile(r"\\?(?:&amp;|&(?:am?p?)?\Z|&)|\\\Z")  # an entity may be cut at the end of the text
_PARTS = frozenset(("part", "section", "step", "chapter"))
_PART_NUMBER = re.compile("[0-9A-Za-z]+")
_PART_NUMBERS = re.compile("[0-9]{1,2}|[ivx]{1,4}|one|two|three|four", re.IGNORECASE)
_PART_END = re.compile("[:.)：—–|-]?")
_FREE = re.compile("[^\n:：()（）*_#|–—]*")
_ASKING = frozenset(
    (
        "what",
        "why",
        "how",
        "when",
        "where",
        "who",
        "which",
        "is",
        "are",
        "was",
        "does",
        "do",
        "can",
        "could",
        "should",
        "would",
        "will",
        "if",
    )
)
_AND_WORDS = frozenset(("and", "&", "+", "the", "our"))
_HAN_JOINS = "与和及、"
_LED = frozenset(("the", "our", "my", "a"))


@dataclass(frozen=True)
class Words:
    """What the headings of a section are made of: all words, and those that tell it for sure or perhaps."""

    own: frozenset[str]
    loose: frozenset[str]
    known: frozenset[str]

    def spells(self, run: str) -> bool:
        """Tell whether a run of Chinese characters is made of known words only."""
        return len(run) in self._reached(run)

    def begins(self, text: str) -> bool:
        """Tell whether `text`, a word or Chinese run that may go on, can still become known words."""
        if text[0].isascii():
            return any(word.startswith(text) for word in self.known)
        return any(
            start == len(text) or any(word.startswith(text[start:]) for word in self.known)
            for start in self._reached(text)
        )

    def tells(self, words: list[str], telling: frozenset[str]) -> bool:
        """Tell whether one of `words` is, or as Chinese holds, a telling word."""
        return any(
            word in telling or (not word[0].isascii() and any(own in word for own in telling))
            for word in words
        )

    def frames(self, words: list[str]) -> bool:
        """Tell whether `words`, or those on one side of an "and", begin or end with a telling one."""
        if not words[0].isascii():
            return any(words[0].startswith(own + join) for own in self.own for join in _HAN_JOINS)
        edges = [word in _AND_WORDS for word in words]
        outer = zip([True, *edges], words, [*edges[1:], True], strict=False)
        telling = self.own | self.loose
        return any(word in telling and (before or after) for before, word, after in outer)

    def _reached(self, run: str) -> set[int]:
        """Give the places in `run` where a known word can end, 0 included."""
        ends = {0}
        for start in range(len(run)):
            if start in ends:
                ends.update(start + len(word) for word in self.known if run.startswith(word, start))
        return ends


def _words(own: str, loose: str, other: str) -> Words:
    parts = [frozenset(part.split()) for part in (own, loose, other, _ANY)]
    return Words(parts[0], parts[1], frozenset().union(*parts))


WORDS: dict[SectionName, Words] = {
    "verdict": _words(
        "verdict verdicts 结论 判断 核心观点 投资观点 主要观点 总体观点",
        "",
        "investment analyst's analyst market stock trading one-line one-sentence bottom-line headline rating "
        "recommendation conclusion conviction horizon call direction statement thesis decision first upfront "
        "核心 投资 最终 总体 综合 "
        "主要 总 我的 我们的 一句话 初步 整体 先行 评级 建议 信心 方向 摘要 概要 概述 总结",
    ),
    "evidence": _words(
        "evidence 证据 依据 论据 数据支撑 数据支持 判断依据 结论依据",
        "",
        "supporting hard data factual empirical underlying market facts figures numbers metrics points base "
        "table snapshot highlights review analysis findings from "
        "数据 关键 核心 主要 支撑 支持 投资 事实 分析 概览 摘要 要点 链",
    ),
    "insights": _words(
        "insights insight 洞察 洞见 启示 见解 操作建议 行动建议 操作策略 行动方案 行动指南 应对策略 交易建议",
        "action actions 行动 操作 建议 策略",
        "actionable recommendations implications takeaways items item plan plans points steps next strategy "
        "strategies strategic investment trading market outlook levels guidance playbook triggers "
        "considerations recommendation recommended investor investors holders traders "
        "long-term short-term long term "
        "行动 操作 建议 策略 投资 关键 核心 交易 方案 计划 指引 解读 要点 后续 价位 点位",
    ),
    "caveat": _words(
        "caveat caveats 风险提示 注意事项 局限 局限性 风险警示 风险揭示 风险说明 风险提醒 注意点 保留意见",
        "disclaimer disclaimers limitations disclosure disclosures 免责声明",
        "important risk risks limits limitation uncertainty uncertainties unknowns note notes assumptions "
        "warning warnings considerations data analysis of to about consider investors holders traders "
        "数据 风险 提示 限制 不确定性 声明 重要 特别 说明 主要 未知 免责",
    ),
}
# "Insights for traders" is mostly a sub-heading, "Insights & Action for Traders" the section.
_AUDIENCE = frozenset(("investors", "holders", "traders"))
_ACTION = frozenset(("action", "actions", "actionable"))
_JOINING = frozenset(_ANY.split())
_DANGLING = frozenset(
    ("and", "for", "on", "the", "of", "at", "a", "to", "from", "about", "与", "和", "及", "以及", "的")
)


def _plain_form(word: str) -> str:
    """Give a word as the lists above hold it: lower case, straight apostrophe, simplified characters."""
    return word.lower().replace("’", "'").translate(_SIMPLE)


def _narrowed(sections: list[SectionName], word: str, whole: bool) -> list[SectionName]:
    """Keep the sections of which `word` is a known word or, when it is not `whole`, may become one."""
    if not whole:
        return [section for section in sections if WORDS[section].begins(word)]
    if word[0].isascii():
        return [section for section in sections if word in WORDS[section].known]
    return [section for section in sections if WORDS[section].spells(word)]


def _resolved(sections: list[SectionName], words: list[str]) -> tuple[SectionName, bool] | None:
    """Give the section that a finished name means, and whether the name is only a loose one."""
    if not words or words[-1] in _DANGLING:
        return None
    for section in sections:
        if WORDS[section].tells(words, WORDS[section].own):
            audience = _AUDIENCE.intersection(words) and not _ACTION.intersection(words)
            return section, bool(audience)
    for section in sections:
        if WORDS[section].tells(words, WORDS[section].loose):
            return section, True
    return None


class Name:
    """The words of a heading, read from where the scanner stands; `section` allows that section only."""

    def __init__(self, scan: Scanner, section: SectionName | None = None) -> None:
        self.scan = scan
        self.sections = [section] if section else list(SECTIONS)
        self.words: list[str] = []
        self.raw: list[str] = []
        self.section: SectionName = "verdict"
        self.loose = False

    def read(self) -> None:
        """Consume the name, or give the line up as body."""
        start, any_section = self.scan.pos, len(self.sections) > 1
        try:
            self._read_known()
        except Decided as decided:
            if decided.kind is Line.MORE or not (self.scan.level and any_section):
                raise
            self.scan.pos = start
            self._read_free()

    def _read_free(self) -> None:
        """Consume a `#` heading with other words around a telling one: "Investor Insights & Next Moves"."""
        taken = self.scan.take(_FREE)
        self.raw = taken.replace("/", " ").split()
        self.words = [_plain_form(word).strip(".,'") for word in self.raw]
        self.scan.demand(self.words and self.words[0] not in _ASKING)
        found = [section for section in SECTIONS[1:] if WORDS[section].frames(self.words)]
        self.scan.demand(len(found) == 1)
        self.scan.pos -= len(taken) - len(taken.rstrip())
        self.section, self.loose = found[0], True

    def _read_known(self) -> None:
        scan = self.scan
        joins = _JOINS + "|｜" if scan.strong else _JOINS
        while True:
            end = scan.pos
            scan.spaced()
            first = scan.peek()
            if _WORD.match(first) or _HAN.match(first):
                self._word(_WORD if first.isascii() else _HAN)
            elif self.words and first in "&\\" and scan.take(_AND):
                continue
            elif self.words and first in joins:
                scan.pos += 1
            else:
                break
        scan.pos = end
        found = _resolved(self.sections, self.words)
        if found is None:
            raise Decided(Line.BODY)
        self.section, self.loose = found

    def _word(self, pattern: re.Pattern[str]) -> None:
        scan, start = self.scan, self.scan.pos
        match = pattern.match(scan.text, start)
        raw = match[0] if match else ""
        whole = scan.final or start + len(raw) < len(scan.text)
        word = _plain_form(raw)
        part = not self.words and not scan.numbered
        if part and whole and word in _PARTS:
            scan.pos += len(raw)
            self._part_number()
            return
        if self._is_subject(raw):
            word = "@"
        elif not (part and not whole and any(name.startswith(word) for name in _PARTS)):
            self.sections = _narrowed(self.sections, word, whole)
            scan.demand(self.sections)
        if not whole:
            raise Decided(Line.MORE)
        scan.pos += len(raw)
        self.words.append(word)
        self.raw.append(raw)

    def _is_subject(self, raw: str) -> bool:
        """Tell whether `raw` names what a marked heading is about: "Verdict on AAPL"."""
        if not self.scan.strong or not self.words or self.words[-1] not in ("on", "for", "@"):
            return False
        return (raw.isupper() and len(raw) <= 5) or (self.sections == ["verdict"] and raw[0].isupper())

    def _part_number(self) -> None:
        scan = self.scan
        scan.spaced()
        scan.demand(_PART_NUMBERS.fullmatch(scan.take(_PART_NUMBER)))
        scan.spaced()
        scan.take(_PART_END)
        scan.spaced()
        if scan.peek() in "*_":
            scan.take(STARS)
            scan.mark = ""
        scan.numbered = True

    def is_qualified(self) -> bool:
        """Tell whether an adjective leads: "Important caveat"."""
        words = WORDS[self.section]
        return self.raw[0].isascii() and self.words[0] not in words.own | words.loose | _LED

    def is_led(self) -> bool:
        """Tell whether the words begin as a sentence does: "The verdict"."""
        return self.words[0] in _LED and not any(word[0].isupper() for word in self.raw[1:])

    def is_clause(self) -> bool:
        """Tell whether unmarked words go on as a sentence does: "Verdict first"."""
        words = WORDS[self.section]
        names = words.own | words.loose | _JOINING
        pairs = zip(self.raw[1:], self.words[1:], strict=True)
        return not self.scan.strong and any(raw[0].islower() and word not in names for raw, word in pairs)

    def is_low(self) -> bool:
        """Tell whether the words, without marks around them, look like running text."""
        first = self.raw[0]
        if self.scan.strong or not first.isascii():
            return False
        return first[0].islower() or self.is_led()
