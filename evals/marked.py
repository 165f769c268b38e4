"""Hand-written answers with marked figures, on paragraphs and on typed facts, and prose without claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from evals.cases import Case, Wrong, lines
from evals.corrupt import corruptions, is_within
from evals.filings import read_filings
from evals.sheets import SHEET
from graph.facts import Fact
from graph.report.figures import Source

_MARK = re.compile(r"<([^<>]+)>")
_LEVEL = re.compile(r"\d[\d,]*\.\d\d(?!%)")


def text_cases(split: str) -> Iterator[Case]:
    """Give the answers on paragraphs."""
    told: list[Source] = []
    question, language = "", "en"
    for line in lines("texts.txt", split):
        if line.startswith("= "):
            told, question, language = [], "", line.rpartition(" | ")[2]
        elif line.startswith("P "):
            told.append(Source(f"Paragraph {len(told) + 1}", line[2:]))
        elif line.startswith("T "):
            told.append(Source("Table", line[2:].replace(" // ", "\n")))
        elif line.startswith("Q "):
            question = line[2:]
        elif line.startswith("A "):
            yield _case("text", "paragraphs", language, question, line[2:], tuple(told), ())


def sheet_cases(split: str) -> Iterator[Case]:
    """Give the answers on the typed sheet of one company."""
    for line in lines("sheet.txt", split):
        if line.startswith("A "):
            language = "zh" if re.search(r"[\u4e00-\u9fff]", line) else "en"
            yield _case("sheet", "typed", language, "", line[2:], (), SHEET)


def clean_cases(split: str) -> Iterator[Case]:
    """Give prose whose numbers claim nothing, beside a filing and beside the typed sheet."""
    filings = read_filings(split) or read_filings("dev")
    for place, line in enumerate(lines("clean.txt", split)):
        filing = filings[place % len(filings)]
        yield Case("clean", "both", filing.language, "", line, filing.sources(), filing.facts())
        yield Case("clean", "typed", "en", "", line, (), SHEET)
    for line in lines("sheet_clean.txt", split):
        yield Case("clean", "typed", "en", "", line, (), SHEET)


def _case(
    family: str,
    stands_on: str,
    language: str,
    question: str,
    marked: str,
    sources: tuple[Source, ...],
    facts: tuple[Fact, ...],
) -> Case:
    pick = Random(marked)
    pieces = _MARK.split(marked)
    right = [piece.split("|")[0] if at % 2 else piece for at, piece in enumerate(pieces)]
    wrong: list[Wrong] = []
    for at in range(1, len(pieces), 2):
        shown, *others = pieces[at].split("|")
        before = "".join(right[:at])
        options = [("written", other) for other in others]
        options += [item for item in corruptions(shown, pick).items() if item[0] != "last digit"]
        for kind, other in options:
            if kind == "written" or not is_within(shown, other, before):
                wrong.append(Wrong(kind, before + other + "".join(right[at + 1 :]), len(before)))
    places = tuple(len("".join(right[:at])) for at in range(1, len(pieces), 2))
    return Case(family, stands_on, language, question, "".join(right), sources, facts, places, tuple(wrong))
