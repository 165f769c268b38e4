"""How fast figures are checked, beside a plain search for numbers in the same text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from statistics import median
from time import process_time

from rich.console import RenderableType
from rich.table import Table

from bench.results import Check, median_ratio, shown, with_note
from evals import answers, marked
from evals.filings import read_filings
from evals.sheets import SHEET
from graph.report.figures import Checker

LIMIT_MS_PER_KB = 5.0
_NUMBER = re.compile(r"[-+]?[$€£¥]?\d[\d,]*(?:\.\d+)?\s?(?:%|million|billion|bn|亿|万)?")
_PROSE = (
    "The quarter brought few surprises, and management kept its cautious tone on demand while it pointed to"
    " better conditions abroad. "
)


@dataclass(frozen=True)
class FigureTiming:
    """The check of one text against one ground; medians over the rounds."""

    name: str
    kilobytes: float
    figures: int
    ms_per_kb: float
    ratio: float | None


@dataclass(frozen=True)
class FiguresResult:
    """The timings of all texts."""

    rounds: int
    timings: list[FigureTiming]
    checks: list[Check]


def measure(quick: bool = False) -> FiguresResult:
    """Check an ordinary and a dense text against typed facts, a 60-row document and both."""
    rounds = 2 if quick else 12
    typed = [case.answer for case in marked.sheet_cases("dev")]
    filings = read_filings("dev")[:4]
    sources = [source for filing in filings for source in filing.sources()]
    told = [
        case.answer
        for case in islice(answers.cases("dev", 1), 0, 600, 3)
        if case.stands_on == "documents" and case.sources[0] in sources
    ]
    grounds = {
        "typed facts": (Checker(SHEET), typed),
        "a document": (Checker((), sources), told),
        "both": (Checker(SHEET, sources), [*typed, *told]),
    }
    timings = []
    for name, (checker, sentences) in grounds.items():
        ordinary = "\n\n".join(_PROSE + sentence for sentence in sentences)
        timings.append(_timing(f"ordinary text, {name}", checker, ordinary, rounds))
        timings.append(_timing(f"dense text, {name}", checker, "\n\n".join(sentences), rounds))
    checks = [Check(timing.name, timing.ms_per_kb, LIMIT_MS_PER_KB, "ms/kB") for timing in timings]
    return FiguresResult(rounds, timings, checks)


def _timing(name: str, checker: Checker, text: str, rounds: int) -> FigureTiming:
    figures = len(checker.check(text))
    checked, searched = [], []
    for _ in range(rounds):
        checked.append(_seconds(lambda: checker.check(text)))
        searched.append(_seconds(lambda: [_NUMBER.findall(text) for _ in range(20)]) / 20)
    size = len(text.encode()) / 1000
    return FigureTiming(name, size, figures, median(checked) * 1000 / size, median_ratio(checked, searched))


def _seconds(work: Callable[[], object]) -> float:
    """Measure the processor's time, which other programs do not share."""
    began = process_time()
    work()
    return process_time() - began


def tables(result: FiguresResult) -> RenderableType:
    """Show the timings, and how many searches for plain numbers each is worth."""
    table = Table(title=f"Figures: median of {result.rounds} rounds", title_justify="left")
    table.add_column("what")
    for name in ("kB", "figures", "ms per kB", "limit", "× a search for numbers"):
        table.add_column(name, justify="right")
    for timing, check in zip(result.timings, result.checks, strict=True):
        color = "green" if check.verdict == "within" else "red"
        table.add_row(
            timing.name,
            f"{timing.kilobytes:.1f}",
            str(timing.figures),
            f"[{color}]{timing.ms_per_kb:.2f}[/]",
            f"{check.limit:g}",
            shown(timing.ratio),
        )
    return with_note(table, "processor time; a search for numbers finds them and decides nothing")
