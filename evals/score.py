"""Scores: pairs told apart, false alarms, figures grounded, corruptions caught, and time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import process_time

from evals.cases import Case
from graph.report.figures import Checker, Figure

_ALARMS = ("contradicted", "unsupported")


@dataclass
class Score:
    """Counts over cases; `pairs` and the like map a group to (good, all)."""

    pairs: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    clean: Counter[bool] = field(default_factory=Counter)
    grounded: Counter[bool] = field(default_factory=Counter)
    contradicted: int = 0
    seconds: float = 0.0
    size: int = 0
    failures: list[str] = field(default_factory=list)

    @staticmethod
    def share(counts: Counter[bool]) -> float:
        """Give the share that is good."""
        return counts[True] / max(1, counts.total())


def score(cases: Iterable[Case]) -> Score:
    """Check every case and its corruptions."""
    total = Score()
    for case in cases:
        _add(total, case)
    return total


def _add(total: Score, case: Case) -> None:
    checker = Checker(case.facts, case.sources)
    figures = _checked(total, checker, case.answer, case.question)
    alarms = [figure for figure in figures if figure.status in _ALARMS]
    groups = (f"family {case.family}", f"on {case.stands_on}", f"language {case.language}", "all")
    if not case.wrong:
        total.clean[not alarms] += 1
        if alarms:
            total.failures.append(f"clean | {case.answer} | {_told(alarms)}")
        return
    total.contradicted += sum(figure.status == "contradicted" for figure in alarms)
    for place in case.grounded:
        held = any(f.start <= place + 2 and place < f.end and f.status not in _ALARMS for f in figures)
        total.grounded[held] += 1
    if alarms:
        total.failures.append(f"{case.family}/{case.stands_on} alarm | {case.answer} | {_told(alarms)}")
    for wrong in case.wrong:
        told = _checked(total, checker, wrong.answer, case.question)
        caught = any(figure.status in _ALARMS for figure in told)
        total.kinds[wrong.kind][caught] += 1
        for group in groups:
            total.pairs[group][caught and not alarms] += 1
        if not caught:
            total.failures.append(
                f"{case.family}/{case.stands_on} missed {wrong.kind} | {wrong.answer} | {_told(told)}"
            )


def _checked(total: Score, checker: Checker, answer: str, question: str) -> list[Figure]:
    """Check one answer and add the time that it takes."""
    began = process_time()
    figures = checker.check(answer, question)
    total.seconds += process_time() - began
    total.size += len(answer.encode())
    return figures


def _told(figures: Iterable[Figure]) -> str:
    return "; ".join(
        f"{figure.text} {figure.status} ({figure.rule}; {figure.expected}; {figure.note or figure.formula})"
        for figure in figures
    )
