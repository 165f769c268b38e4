"""Which note is written: of one symbol, a comparison of several, or an abstention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph.models.note.chinese import ChineseWriter
from graph.models.note.comparison import compare
from graph.models.note.earlier import Turn, find_earlier
from graph.models.note.english import EnglishWriter
from graph.models.note.pen import Pen
from graph.models.note.plan import Plan, make_plan
from graph.models.note.writer import Writer
from graph.prompting import Briefing
from graph.report.model import SECTIONS, TITLES

WRITERS: Mapping[str, Writer] = {"en": EnglishWriter(), "zh": ChineseWriter()}
MIN_BULLETS = 4


def write_note(briefing: Briefing | None, history: Sequence[Turn] = ()) -> str:
    """Write the sections that the briefing asks for, under their headings; without a briefing, abstain."""
    language = briefing.language if briefing else "en"
    wanted = briefing.sections if briefing else SECTIONS
    bodies = _bodies(briefing, history)
    return "\n\n".join(f"## {TITLES[language][name]}\n{bodies[name]}" for name in SECTIONS if name in wanted)


def _bodies(briefing: Briefing | None, history: Sequence[Turn]) -> dict[str, str]:
    writer = WRITERS[briefing.language if briefing else "en"]
    if briefing is None:
        return writer.abstention(None, None)
    if len(briefing.symbols) > 1 and (case := compare(briefing, history)):
        return writer.comparison(case)
    plans = [make_plan(briefing, symbol, history) for symbol in briefing.symbols]
    known = [plan for plan in plans if plan.topics]
    if not known:
        return writer.abstention(briefing, find_earlier(history, briefing.symbols))
    return _fitting(writer, known[0], tuple(plan.view.symbol for plan in plans if not plan.topics))


def _fitting(writer: Writer, plan: Plan, missing: tuple[str, ...]) -> dict[str, str]:
    """Write a note within the writer's length, leaving out the weakest evidence as long as enough remains."""
    while True:
        bodies = writer.note(Pen(plan), missing)
        if len(plan.topics) <= MIN_BULLETS or writer.fits("\n".join(bodies.values())):
            return bodies
        kept = {signal.topic for signal in (plan.best, plan.against) if signal} | {plan.topics[0]}
        weakest = next(topic for topic in reversed(plan.topics) if topic not in kept)
        plan = replace(plan, topics=tuple(topic for topic in plan.topics if topic != weakest))
