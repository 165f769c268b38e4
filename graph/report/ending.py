"""Whether an answer stops before its end, as its last lines show."""

from __future__ import annotations

import re

from graph.report.scanner import SYMBOLS

_LINES, _END = 60, 400  # how many lines, and characters of a line's end, are looked at
_CLOSERS = " \t*_`~)）]】」』”’\"'»›>"
_ENDS = ".!?…。！？‼⁇．"
_OPEN = ",，、;；:：-–—/／+=<&@#$€£¥^(（[【「『“‘\\|"
_ITEM = re.compile(r"\s*(?:[-*+•●○◦▪‣·]|[0-9]{1,3}[.)、]|[（(][0-9]{1,2}[)）])(?:\s+|$|(?<=[、)）])(?=\S))")
_HASHES = re.compile(r"\s*#{1,6}(?:\s|$)")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*")
_RULE = re.compile(r"\s*(?:[*_]{3,}|[-—=─━═]{2,})\s*")
_ROW_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")
_NOTE_MARKS = re.compile(r"(?:\s*(?:\[\^?\w{1,4}\]|</?[a-z]{1,6}[1-6]?\s?/?>))+$")
_LAST_GROUP = re.compile(r"\s*[(（][^()（）]*[)）]\s*[*_]*$")
_LINK = re.compile(r"\]\([^()\s]+\)[*_.]*$|https?://\S+$")
_LABEL = re.compile(r"\*\*[^*]{1,40}\*\*\s*[:：]?\s*(?:\S+\s+){0,3}\S+")
_SIGNED = re.compile(r"(?:^|[.!?…。！？*_\"”’」』)）]\s*)[-–—]{1,2}\s*[^\W\d_][^.!?。！？,，]{0,60}$")
_EMPHASIS_END = re.compile(r"[.!?。！？]\s*([*_]{1,3})[^\s*_][^*_]*\1$")
_FAREWELL = re.compile(r"\w+(?: \w+){0,2}[,，]")
_DOT_NUMBER = re.compile(r"(?:^|[^\d.,/-])(\d[\d,]*)\.$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH_DAY = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s+[0-9]{1,2}\.$", re.IGNORECASE
)
_LEFT_OPEN = re.compile(
    r"(?:\b(?:and|or|but|the|an?|of|to|with|at|by|for|from|is|are|was|were|than|as|that|which|if|because|its|"
    r"their|this|our)|和|与|及|或|在|为|是|于|对|将|把|被|从|向|而|但|因为|以及|如果|由于)$",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    "none|n/a|na|hold|buy|sell|neutral|abstain|无|暂无|持有|买入|卖出|中性|观望", re.IGNORECASE
)


def is_cut(text: str, broken: bool) -> bool:
    """Tell whether `text` ends in the middle of something; `broken` says that a line break followed it.

    A list item may end without a full stop, a paragraph may not.
    """
    lines = text.split("\n")[-_LINES:]
    last = lines[-1].strip()
    while last.startswith(">"):
        last = last[1:].strip()
    if not last or _FENCE.fullmatch(last) or _RULE.fullmatch(last):
        return False
    if "|" in last and (last.startswith("|") or (len(lines) > 1 and "|" in lines[-2])):
        return _row_is_cut(lines)
    if _HASHES.match(last) or _is_unbalanced(last):
        return True
    if _ITEM.fullmatch(last):
        return True
    return _ends_open(last, broken) or not (_is_ended(last) or _may_end_so(lines, last, text))


def _row_is_cut(lines: list[str]) -> bool:
    rows = [line.replace("\\|", "").strip() for line in lines[-2:]]
    last, before = rows[-1], rows[0] if len(rows) > 1 and "|" in rows[0] else ""
    if _ROW_RULE.fullmatch(last) or last.count("|") < max(before.count("|"), 1):
        return True
    if last.startswith("|"):
        return len(last) < 2 or not last.endswith("|")
    return not last.rsplit("|", 1)[-1].strip() and not before.endswith("|")


def _is_unbalanced(line: str) -> bool:
    """Tell whether the line leaves bold, code or a parenthesis open."""
    opens = sum(map(line.count, "(（"))
    closes = sum(map(line.count, ")）"))
    return line.count("**") % 2 == 1 or line.count("`") % 2 == 1 or opens > closes


def _ends_open(line: str, broken: bool) -> bool:
    """Tell whether the last characters ask for more: a comma, a connecting word, a decimal point."""
    line = line[-_END:]
    number = _DOT_NUMBER.search(line)
    if number and not broken and not _YEAR.fullmatch(number[1]) and not _MONTH_DAY.search(line):
        return True
    core = line.rstrip(_CLOSERS)
    return bool(core) and (core[-1] in _OPEN or bool(_LEFT_OPEN.search(core))) and not _LINK.search(line)


def _is_ended(line: str) -> bool:
    """Tell whether a sentence ends here; closing marks, note marks and a parenthesis may follow it."""
    bare = _NOTE_MARKS.sub("", line[-_END:])
    for candidate in (bare, _LAST_GROUP.sub("", bare)):
        core = candidate.rstrip(_CLOSERS)
        if core and (core[-1] in _ENDS or SYMBOLS.match(core[-1])):
            return True
    return False


def _may_end_so(lines: list[str], last: str, text: str) -> bool:
    """Tell whether the last line is of a kind that needs no full stop."""
    if _block_item(lines):
        return not _items_have_stops(lines)
    if last.startswith("**") and last.endswith("**") and last.count("**") == 2:
        return last == text.strip() or len(last.split()) > 5  # else a sub-heading with nothing below
    if last[0] == last[-1] and last[0] in "*_" and len(last) > 2:
        return True
    if _EMPHASIS_END.search(last[-_END:]):
        return True
    if (
        len(lines) > 1
        and last[0].isupper()
        and len(last.split()) <= 4
        and _FAREWELL.fullmatch(lines[-2].strip())
    ):
        return True  # "Best regards," and a name
    if last[0] in "(（" and last[-1] in ")）":
        return True
    if text.lstrip()[0] + last[-1] in ("{}", "[]"):
        return True  # JSON instead of a note
    end = last[-_END:]
    if _LINK.search(end) or _SIGNED.search(end) or (end == last and _LABEL.fullmatch(last)):
        return True
    return _WHOLE.fullmatch(text.strip(_CLOSERS)) is not None


def _block_item(lines: list[str]) -> bool:
    """Tell whether the last paragraph belongs to a list item."""
    for line in reversed(lines):
        if _ITEM.match(line):
            return True
        if not line.strip():
            return False
    return False


def _items_have_stops(lines: list[str]) -> bool:
    """Tell whether all items in front of the last one end with a full stop."""
    starts = [index for index, line in enumerate(lines) if _ITEM.match(line)]
    ends = [next((line for line in reversed(lines[:index]) if line.strip()), "") for index in starts[1:]]
    return len(ends) > 0 and all(_is_ended(line) for line in ends)
