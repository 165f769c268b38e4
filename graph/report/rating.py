"""The rating line: how a verdict states its direction, conviction and horizon as typed values.

`**Rating: Hold · Conviction: medium · Horizon: 6–12 months**`, in Chinese
`**评级：持有 · 信心：中 · 期限：6–12个月**`. The prompt asks for this line. Models also write it as
lines of their own, a list or a table, and know other words for the three directions. A value counts only with
its label and only if it is one of the known words: nothing is read from prose, and of two that differ neither
counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, get_args

from graph.report.model import Conviction, Direction, Rating
from graph.report.scanner import SYMBOLS

_Field = Literal["direction", "conviction", "horizon"]
_FIELDS: tuple[_Field, ...] = get_args(_Field)

# The words beside the three that are asked for are the scales that brokers publish.
_DIRECTION_WORDS: dict[Direction, str] = {
    "buy": "buy|strong buy|outperform|overweight|accumulate|买入|强烈买入|增持|買入|強烈買入",
    "hold": "hold|neutral|market perform|equal weight|equal-weight|持有|中性",
    "sell": "sell|strong sell|underperform|underweight|reduce|卖出|强烈卖出|减持|賣出|減持",
}
_CONVICTION_WORDS: dict[Conviction, str] = {
    "low": "low|低|较低|較低|偏低",
    "medium": "medium|moderate|med|中|中等|适中|適中",
    "high": "high|高|较高|較高|偏高",
}
_DIRECTIONS = {word: name for name, words in _DIRECTION_WORDS.items() for word in words.split("|")}
_CONVICTIONS = {word: name for name, words in _CONVICTION_WORDS.items() for word in words.split("|")}
_NO_HORIZON = frozenset(("n/a", "na", "none", "-", "–", "—", "tbd", "unknown", "无", "暂无", "不适用"))
_WORDS = {
    "en": ({"buy": "Buy", "hold": "Hold", "sell": "Sell", "abstain": "Abstain"},
           {"low": "low", "medium": "medium", "high": "high"}),
    "zh": ({"buy": "买入", "hold": "持有", "sell": "卖出", "abstain": "不予评级"},
           {"low": "低", "medium": "中", "high": "高"}),
}  # fmt: skip

_LINE_LENGTH, _HORIZON_LENGTH = 300, 60  # what is read of a line, and the longest horizon
_LABELS: dict[_Field, str] = {
    "direction": "(?:(?:investment|overall|final|our|stock) )?(?:rating|recommendation)|direction|"
    "(?:投资|综合|最终|总体|投資|綜合|最終|總體)?(?:评级|評級)|投资建议|投資建議|方向",
    "conviction": "(?:conviction|confidence)(?: level)?|信心(?:水平|程度|度)?|置信度|确信度",
    "horizon": "(?:(?:time|investment) )?horizon|time ?frame|"
    "(?:投资|時間|时间|投資)?期限|投资周期|时间范围|持有期",
}
_LABEL_TEXT = "|".join(f"(?P<{field}>{words})" for field, words in _LABELS.items())
_LABEL = re.compile(
    rf"(?<![a-z])(?:{_LABEL_TEXT})\s?(?:[(（][^()（）\n]{{0,30}}[)）]\s?)?(?:[:：=]|\s[-–—→]\s)[\s:：]{{0,3}}",
    re.IGNORECASE,
)
_NAME = re.compile(_LABEL_TEXT, re.IGNORECASE)
_BOLD_NAME = re.compile(rf"\*\*(?P<name>{_LABEL_TEXT})\*\*(?!\s?[:：=])", re.IGNORECASE)
_BRACKETED_NAME = re.compile(rf"[【\[](?P<name>{_LABEL_TEXT})[】\]]", re.IGNORECASE)
_MARKS = re.compile(r"[*_`\\【】\[\]“”\"]|</?[a-z]{1,6}>", re.IGNORECASE)
_LEAD = re.compile(rf"^(?:[\s|>#+•●▪-]|[0-9]{{1,2}}[.)、]|{SYMBOLS.pattern}){{0,12}}")
_SEPARATOR = re.compile(r"[·•|｜;；,，、/／()（）。!！]|\s[-–—→]+(?:\s|$)|——|\.(?=\s|$)")
_HORIZON_END = re.compile(r"[·•|｜;；。]|\.(?=\s|$)|[,，、/／(（\s—–-]*$")
_REVERSED = re.compile(
    r"(?:with )?(?P<en>[a-z]+) (?:conviction|confidence)|信心(?P<zh>[^\s:：]{1,2})", re.IGNORECASE
)
_OR = re.compile(r"(?:or|to|and)\s|[或/]", re.IGNORECASE)
_ROW_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")

_Values = dict[_Field, str]


def parse_rating(verdict: str) -> Rating:
    """Read the rating of a verdict; without one, or with none of the known directions, it is abstain."""
    stated = [values for values in _blocks(verdict) if "direction" in values]
    directions = {_direction(values["direction"]) for values in stated}
    direction = directions.pop() if len(directions) == 1 else None
    if direction is None:
        return Rating()
    convictions = {
        _conviction(values["conviction"]) if "conviction" in values else _aside(values["direction"])
        for values in stated
    }
    horizons = {_horizon(values["horizon"]) for values in stated if "horizon" in values}
    return Rating(
        direction=direction,
        conviction=convictions.pop() if len(convictions) == 1 else None,
        horizon=horizons.pop() if len(horizons) == 1 else None,
    )


def rating_line(rating: Rating, language: str) -> str:
    """Write the rating as the line that `parse_rating` reads, in English ("en") or Chinese ("zh")."""
    directions, convictions = _WORDS[language]
    names, colon = (
        (("评级", "信心", "期限"), "：") if language == "zh" else (("Rating", "Conviction", "Horizon"), ": ")
    )
    parts = [f"{names[0]}{colon}{directions[rating.direction]}"]
    if rating.conviction is not None:
        parts.append(f"{names[1]}{colon}{convictions[rating.conviction]}")
    if rating.horizon is not None:
        parts.append(f"{names[2]}{colon}{rating.horizon}")
    return f"**{' · '.join(parts)}**"


def _blocks(text: str) -> Iterator[_Values]:
    """Give the labelled values of each run of lines that begin with a label; a rating opens a new run."""
    block: _Values = {}
    header: list[_Field | None] = []  # the columns of a table that the next row fills
    for line in text.split("\n"):
        line = line.strip()[:_LINE_LENGTH]
        if not line.strip("> ") or _ROW_RULE.fullmatch(line):
            continue
        cells = [_bare(cell) for cell in line.strip("|").split("|")] if line.startswith("|") else []
        columns = [_field(cell) for cell in cells]
        if sum(column is not None for column in columns) > 1:
            header = columns
            continue
        values = _row(header, cells) or _cells(cells, columns) or _labelled(line)
        header = []
        if not values or "direction" in values:
            yield block
            block = {}
        block |= values
    yield block


def _row(header: list[_Field | None], cells: list[str]) -> _Values:
    pairs = zip(header, cells, strict=False)
    return {field: cell for field, cell in pairs if field is not None}


def _cells(cells: list[str], columns: list[_Field | None]) -> _Values:
    """Give the value of a row such as `| Rating | Hold |`."""
    field = columns[0] if len(cells) == 2 else None
    return {field: cells[1]} if field else {}


def _labelled(line: str) -> _Values:
    """Give what a line says that begins with a label: "Rating: Hold · Conviction: low"."""
    line = _BRACKETED_NAME.sub(r"\g<name>: ", _BOLD_NAME.sub(r"\g<name>: ", line))
    line = _MARKS.sub("", line)
    line = _bare(_LEAD.sub("", line, count=1))
    found = list(_LABEL.finditer(line))
    if not found or found[0].start() > 0:
        return {}
    ends = [*(match.start() for match in found[1:]), len(line)]
    values: _Values = {}
    for match, end in zip(found, ends, strict=True):
        field = _FIELDS[next(index for index, name in enumerate(_FIELDS) if match[name])]
        values.setdefault(field, line[match.end() : end])
    return values


def _bare(text: str) -> str:
    return SYMBOLS.sub("", _MARKS.sub("", text)).strip()


def _field(cell: str) -> _Field | None:
    match = _NAME.fullmatch(cell.rstrip(":： "))
    return next((field for field in _FIELDS if match[field]), None) if match else None


def _pieces(value: str) -> list[str]:
    """Give the parts of a value that separators divide, in lower case."""
    parts = (part.strip(" \t:：'‘’").lower() for part in _SEPARATOR.split(_bare(value)))
    return [part for part in parts if part]


def _direction(value: str) -> Direction | None:
    """Give the direction that a value begins with, unless it names another one beside it."""
    pieces = _pieces(value)
    direction = _DIRECTIONS.get(pieces[0]) if pieces else None
    others = {_DIRECTIONS.get(_OR.sub("", piece, count=1)) for piece in pieces[1:]}
    return direction if others <= {None, direction} else None


def _conviction(value: str) -> Conviction | None:
    pieces = _pieces(value)
    conviction = _CONVICTIONS.get(pieces[0]) if pieces else None
    return conviction if {_CONVICTIONS.get(piece) for piece in pieces[1:]} <= {None, conviction} else None


def _aside(value: str) -> Conviction | None:
    """Give the conviction that stands behind the direction: "Hold, medium conviction", "持有，信心中等"."""
    found = [match for piece in _pieces(value)[1:] if (match := _REVERSED.fullmatch(piece))]
    return _CONVICTIONS.get(found[0]["en"] or found[0]["zh"]) if len(found) == 1 else None


def _horizon(value: str) -> str | None:
    """Give the horizon as it is written, without what follows it; None where it says that there is none."""
    text = _bare(value)
    text = _HORIZON_END.split(text, maxsplit=1)[0].strip(" \t:：")
    if text.count("(") + text.count("（") < text.count(")") + text.count("）"):
        text = text.rstrip(")） ")
    if len(text) > _HORIZON_LENGTH:
        text = re.split("[,，(（]", text, maxsplit=1)[0].strip()
    return text if 0 < len(text) <= _HORIZON_LENGTH and text.lower() not in _NO_HORIZON else None
