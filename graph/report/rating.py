"""The rating line: how a verdict states its direction, conviction and horizon as typed values.

`**Rating: Hold · Conviction: medium · Horizon: 6–12 months**`, in Chinese
`**评级：持有 · 信心：中 · 期限：6–12个月**`. The prompt asks for this line; nothing is read from prose.
"""

from __future__ import annotations

import re

from graph.report.model import Conviction, Direction, Rating

_DIRECTIONS: dict[str, Direction] = {
    "buy": "buy", "hold": "hold", "sell": "sell", "abstain": "abstain",
    "买入": "buy", "持有": "hold", "卖出": "sell", "不予评级": "abstain",
}  # fmt: skip
_CONVICTIONS: dict[str, Conviction] = {
    "low": "low", "medium": "medium", "high": "high", "低": "low", "中": "medium", "高": "high",
}  # fmt: skip
_WORDS = {
    "en": ({"buy": "Buy", "hold": "Hold", "sell": "Sell", "abstain": "Abstain"},
           {"low": "low", "medium": "medium", "high": "high"}),
    "zh": ({"buy": "买入", "hold": "持有", "sell": "卖出", "abstain": "不予评级"},
           {"low": "低", "medium": "中", "high": "高"}),
}  # fmt: skip

_LINE = re.compile(
    r"^[>\s*_-]{0,8}(?:rating|评级)[*_]{0,3}\s{0,3}[:：][*_\s]{0,5}(?P<direction>[A-Za-z\u4e00-\u9fff]{1,10})"
    r"(?P<rest>[^\n]{0,200})$",
    re.IGNORECASE | re.MULTILINE,
)
_CONVICTION = re.compile(
    r"(?:conviction|信心)[*_]{0,3}\s{0,3}[:：][*_\s]{0,5}([A-Za-z\u4e00-\u9fff]{1,10})", re.IGNORECASE
)
_HORIZON = re.compile(r"(?:horizon|期限)[*_]{0,3}\s{0,3}[:：][*_\s]{0,5}([^·|;；*_\n]{1,60})", re.IGNORECASE)


def parse_rating(verdict: str) -> Rating:
    """Read the rating line of a verdict; without one, or with an unknown direction, the rating is abstain."""
    line = _LINE.search(verdict)
    if line is None:
        return Rating()
    direction = _DIRECTIONS.get(line["direction"].lower())
    if direction is None or direction == "abstain":
        return Rating()
    conviction = _CONVICTION.search(line["rest"])
    horizon = _HORIZON.search(line["rest"])
    return Rating(
        direction=direction,
        conviction=_CONVICTIONS.get(conviction[1].lower()) if conviction else None,
        horizon=horizon[1].strip() if horizon else None,
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
