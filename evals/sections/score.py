"""Compares what the section parser makes of an answer with its right cut."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from random import Random

from evals.sections.answers import Answer
from graph.report.model import SECTIONS
from graph.report.parse import Draft, SectionParser

_BLANK_LINES = re.compile(r"\n\s*\n")
_EMPHASIS = re.compile(r"[*_]+")
PLACES = ("preamble", *SECTIONS)


def cut(text: str, ends: list[int] | None = None) -> tuple[Draft, dict[str, str]]:
    """Parse `text` cut at `ends`; give the draft, and each place's text as it was streamed."""
    parser = SectionParser()
    deltas = []
    for start, end in pairwise([0, *(ends or []), len(text)]):
        deltas += parser.feed(text[start:end])
    deltas += parser.finish()
    streamed = dict.fromkeys(PLACES, "")
    for delta in deltas:
        streamed[delta.section] += delta.text
    return parser.close(), streamed


def faults(answer: Answer, draft: Draft) -> list[str]:
    """Name what `draft` has wrong of the answer's cut; nothing when it is exactly right."""
    found = [
        f"{place}: {getattr(draft, place)!r} is not {answer.texts(place)!r}"
        for place in PLACES
        if not _same_text(answer, place, getattr(draft, place))
    ]
    missing = tuple(name for name in SECTIONS if not answer.texts(name))
    duplicated = tuple(name for name in SECTIONS if len(answer.texts(name)) > 1)
    if draft.missing != missing:
        found.append(f"missing: {draft.missing} is not {missing}")
    if draft.duplicated != duplicated:
        found.append(f"duplicated: {draft.duplicated} is not {duplicated}")
    # Whether a section that comes twice is out of order is a matter of taste.
    if not duplicated and draft.reordered != (answer.order() != sorted(answer.order(), key=SECTIONS.index)):
        found.append(f"reordered: {draft.reordered}")
    if answer.truncated is not None and draft.truncated != answer.truncated:
        found.append(f"truncated: {draft.truncated}")
    return found


def is_invariant(answer: Answer, seed: int = 0) -> bool:
    """Tell whether the cut is the same whole, by single characters and in any pieces, streamed or not."""
    random, length = Random(seed), len(answer.text)
    whole, streamed = cut(answer.text)
    if any(streamed[place] != getattr(whole, place) for place in PLACES):
        return False
    random_ends = [sorted(random.choices(range(length + 1), k=12)) for _ in range(3)]
    return all(cut(answer.text, ends) == (whole, streamed) for ends in (list(range(1, length)), *random_ends))


def is_lossless(answer: Answer, draft: Draft) -> bool:
    """Tell whether every character that is not a heading's, a rule's or a thought's is still there."""
    kept = Counter(draft.wrapper + "".join(getattr(draft, place) for place in PLACES))
    body = Counter("".join(text for place, text in answer.pieces if place and not answer.loose))
    return not any(missing for character, missing in (body - kept).items() if not character.isspace())


def _same_text(answer: Answer, place: str, text: str) -> bool:
    expected, wrappers = answer.texts(place), answer.texts("wrapper")
    order = answer.order()
    if wrappers and place in ("preamble", *order[:1], *order[-1:]):
        for wrapper in wrappers:
            text = text.strip().removeprefix(wrapper).removesuffix(wrapper).strip()
    if answer.loose:
        text, expected = _EMPHASIS.sub("", text), [_EMPHASIS.sub("", piece) for piece in expected]
    if len(expected) > 1:  # how pieces are joined is the parser's choice
        return _BLANK_LINES.sub("\n", text) == _BLANK_LINES.sub("\n", "\n".join(expected))
    return [text] == (expected or [""])
