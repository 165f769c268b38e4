"""Answers parsed, whole and in pieces, as the tests of the section parser read them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from graph.report.model import SECTIONS
from graph.report.parse import Draft, SectionDelta, SectionParser


def parse(text: str, cuts: Iterable[int] = ()) -> tuple[list[SectionDelta], Draft]:
    parser = SectionParser()
    deltas: list[SectionDelta] = []
    for start, end in pairwise([0, *cuts, len(text)]):
        deltas += parser.feed(text[start:end])
    deltas += parser.finish()
    return deltas, parser.close()


def draft(text: str) -> Draft:
    """Parse in one piece and by single characters, which must agree."""
    whole = parse(text)[1]
    assert parse(text, range(1, len(text)))[1] == whole
    return whole


def sections(result: Draft) -> dict[str, str]:
    return {name: getattr(result, name) for name in SECTIONS}


def streamed(deltas: list[SectionDelta]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for delta in deltas:
        texts[delta.section] = texts.get(delta.section, "") + delta.text
    return texts
