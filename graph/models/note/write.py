"""Which note is written: of one symbol, a comparison of several, or an abstention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph.models.note.caveat import write_abstention, write_caveat
from graph.models.note.chinese import CHINESE
from graph.models.note.comparison import compare
from graph.models.note.earlier import Turn, find_earlier
from graph.models.note.english import ENGLISH
from graph.models.note.evidence import write_evidence
from graph.models.note.insights import write_insights
from graph.models.note.pen import Pen
from graph.models.note.plan import Plan, make_plan
from graph.models.note.table import write_comparison
from graph.models.note.verdict import write_verdict
from graph.models.note.words import Words
from graph.prompting import Briefing
from graph.report.model import SECTIONS, TITLES

LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "zh": CHINESE}
MIN_BULLETS = 4


def write_note(briefing: Briefing | None, history: Sequence[Turn] = ()) -> str:
    """Write the sections that the briefing asks for, under their headings; without a briefing, abstain."""
    language = briefing.language if briefing else "en"
    wanted = briefing.sections if briefing else SECTIONS
    bodies = _bodies(briefing, history)
    return "\n\n".join(f"## {TITLES[language][name]}\n{bodies[name]}" for name in SECTIONS if name in wanted)


def _bodies(briefing: Briefing | None, history: Sequence[Turn]) -> dict[str, str]:
    words = LANGUAGES[briefing.language if briefing else "en"]
    if briefing is None:
        return write_abstention(words, None, None)
    if len(briefing.symbols) > 1 and (case := compare(briefing, history)):
        return write_comparison(words, case)
    plans = [make_plan(briefing, symbol, history) for symbol in briefing.symbols]
    known = [plan for plan in plans if plan.topics]
    if not known:
        return write_abstention(words, briefing, find_earlier(history, briefing.symbols))
    return _fitting(words, known[0], tuple(plan.view.symbol for plan in plans if not plan.topics))


def _fitting(words: Words, plan: Plan, missing: tuple[str, ...]) -> dict[str, str]:
    """Write a note within the language's length: with less evidence, then with less about each point."""
    bodies: dict[str, str] = {}
    for brief, least in ((False, MIN_BULLETS + 1), (True, MIN_BULLETS)):
        shorter = replace(plan, brief=brief)
        while True:
            bodies = _note(words, Pen(shorter), missing)
            if words.common.fits("\n".join(bodies.values())):
                return bodies
            if len(shorter.topics) <= least:
                break
            shorter = _without_weakest(shorter)
    return bodies


def _without_weakest(plan: Plan) -> Plan:
    """Drop the last topic that neither leads nor is named in the verdict."""
    kept = {signal.topic for signal in (plan.best, plan.against) if signal} | {plan.topics[0]}
    weakest = next(topic for topic in reversed(plan.topics) if topic not in kept)
    return replace(plan, topics=tuple(topic for topic in plan.topics if topic != weakest))


def _note(words: Words, pen: Pen, missing: tuple[str, ...]) -> dict[str, str]:
    """Write the four sections in their order, which decides where a term is explained."""
    return {
        "verdict": write_verdict(words, pen, missing),
        "evidence": write_evidence(words, pen),
        "insights": write_insights(words, pen),
        "caveat": write_caveat(words, pen.plan.briefing, [pen.view]),
    }
