"""Names that claim no figure, since they only explain another, and words that stand for a name."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from graph.report.figures.labels import Mention
from graph.report.figures.terms import LEVELS

_SAYS = (
    r"(?:is|was|are|were|reads?|stands?|stood|sits?|sat|comes?|came|has|holds?|remains?|registers?|now"
    r"|currently|at|measures?|prints?|shows?|equals?|amounts?)(?![a-z])|[=:]|为|是|报|在|处于|现为|目前|读数|达|约"
)
_ENCLOSED = re.compile(r"\(([^()\n\d$€£¥]{4,160})\)")
# The words between two commas explain the name before them when the verb follows only behind them.
_APPOSED = re.compile(
    r"(?P<open>[,，]|\s[-—]{1,2}|—{1,2})\s?(?:the|an?|which|that|i\.e\.|or|one|our|即|也就是|也即|代表|衡量|反映|指)"
    r"(?![a-z])[^,，。;:\d\n$€£¥—]{3,160}?(?:[,，]|\s[-—]{1,2}|—{1,2})\s{0,2}(?=" + _SAYS + ")"
)
_OWN = re.compile(r"(?<![a-z])(?:its|their|one's) own(?![a-z])")


def without_glosses(masked: str, mentions: list[Mention]) -> list[Mention]:
    """Leave out the names inside an explanation of the name before it."""
    if not mentions:
        return mentions
    ends = [mention.end for mention in mentions]
    holes: list[tuple[int, int]] = []
    for pattern, reach in ((_ENCLOSED, 2), (_APPOSED, 12)):
        for match in pattern.finditer(masked):
            index = bisect_right(ends, match.start()) - 1
            if index >= 0 and match.start() - ends[index] <= reach:
                holes.append(match.span())
    if not holes:
        return mentions
    holes.sort()
    starts = [start for start, _ in holes]
    return [mention for mention in mentions if not _inside(mention, holes, starts)]


def _inside(mention: Mention, holes: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    index = bisect_right(starts, mention.start) - 1
    return any(start <= mention.start < end for start, end in holes[max(0, index - 1) : index + 1])


def with_own(low: str, mentions: list[Mention], reach: int = 200) -> list[Mention]:
    """Let "its own" stand for the level that is named last before it."""
    starts = [mention.start for mention in mentions]
    added: list[Mention] = []
    for match in _OWN.finditer(low) if " own" in low else ():
        index = bisect_left(starts, match.start())
        follows = index < len(mentions) and mentions[index].start - match.end() <= 2
        earlier = next(
            (
                mention
                for mention in reversed(mentions[max(0, index - 4) : index])
                if mention.keys[:1] and mention.keys[0] in LEVELS
            ),
            None,
        )
        if not follows and earlier is not None and match.start() - earlier.end < reach:
            added.append(replace(earlier, start=match.start(), end=match.end()))
    return sorted([*mentions, *added], key=lambda mention: mention.start) if added else mentions
