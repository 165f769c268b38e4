"""Wholes and parts: which figures of a sentence are told as a whole, which as what is left, and of what."""

from __future__ import annotations

import re

from graph.report.figures.wording import telling

# Right behind a whole, before its parts.
_OF_WHICH = re.compile(
    r"[^.;\d]{0,60}?(?:(?<![a-z])(?:of (?:which|whom|these|this|that)|including|consisting of|comprising"
    r"|comprised of|split|composed of|made up of)(?![a-z])|:|其中|包括|包含)"
)
_WHOLE = re.compile(
    r"(?<![a-z])(?:total|aggregate|overall|maximum|authori[sz](?:ed|ation)|commitments?|capacity|limit|gross"
    r"|in all)(?![a-z])|总|合计|共|授信"
)
_OUT_OF = re.compile(
    r"(?<![a-z])(?:out of|of (?:the|its|our|a|an)|under (?:the|its|our|a|an))\s[^,;.\d]{0,24}$"
)
_LEFT = re.compile(
    r"(?<![a-z])(?:remain(?:s|ed|ing|der)?|left|unused|undrawn|available|balance)(?![a-z])"
    r"|剩余|尚余|未使用|尚未|余下"
)
_BASE = re.compile(r"\s?(?:of)\s(?:the |our |its |their |total |all |this |these )*([a-z][a-z' &-]{2,60})")
_BASE_ZH = re.compile(r"占([\u4e00-\u9fff]{2,12}?)的?(?:比例|比重)?(?:为|约|达)?\s?$")


def is_whole(masked: str, start: int, end: int, left: int, right: int) -> bool:
    """Tell whether the figure between `start` and `end` is told as a whole, between its neighbours."""
    if _OF_WHICH.match(masked, end, right):
        return True
    before = masked[max(left, start - 60) : start]
    behind = masked[end : min(right, end + 40)]
    return (
        _WHOLE.search(before) is not None
        or _OUT_OF.search(before) is not None
        or (_WHOLE.search(re.split(r"[,;，；]", behind)[0]) is not None)
    )


def is_left(masked: str, start: int, end: int, left: int, right: int) -> bool:
    """Tell whether the figure is told as what is left of something."""
    behind = re.split(r"[,;，；]|(?<![a-z])(?:of|and)(?![a-z])", masked[end : min(right, end + 40)])[0]
    return _LEFT.search(masked[max(left, start - 40) : start] + " " + behind) is not None


def base_of(masked: str, start: int, end: int) -> frozenset[str]:
    """Give the words of what a percentage is told to be of."""
    behind = _BASE.match(masked, end, end + 90)
    if behind is not None:
        return telling(behind[1])
    before = _BASE_ZH.search(masked, max(0, start - 24), start)
    return telling(before[1]) if before is not None else frozenset()


_EACH = re.compile(
    r"(?<![a-z])per\s(?:diluted |common |average )?([a-z]{3,}(?: [a-z]{3,})?)|每([\u4e00-\u9fff])"
)


def each_of(masked: str, left: int, right: int) -> frozenset[str]:
    """Give the words of what an amount is told by, as in "cost per gallon averaged $3"."""
    found = _EACH.search(masked, left, right)
    return telling((found[1] or found[2]).partition(" ")[0]) if found is not None else frozenset()
