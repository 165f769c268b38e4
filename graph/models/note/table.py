"""The note on several symbols: who is stronger and why, a table, and what follows for each symbol."""

from __future__ import annotations

from decimal import Decimal

from graph.models.note import format as figures
from graph.models.note.caveat import write_caveat
from graph.models.note.comparison import Comparison
from graph.models.note.pen import Pen
from graph.models.note.plan import Plan
from graph.models.note.words import Words
from graph.report.rating import rating_line

#: Up to which correlation two symbols move apart, and from which on they move as one.
_LOOSE, _CLOSE = Decimal("0.4"), Decimal("0.7")


def write_comparison(words: Words, case: Comparison) -> dict[str, str]:
    """Write the four sections of a comparison."""
    return {
        "verdict": _verdict(words, case),
        "evidence": _evidence(words, case),
        "insights": _insights(words, case),
        "caveat": write_caveat(words, case.briefing, [plan.view for plan in case.in_order]),
    }


def _verdict(words: Words, case: Comparison) -> str:
    own, listed = words.comparison, words.common.listed
    symbol, *rivals = (plan.view.symbol for plan in case.plans)
    sentences = []
    if case.earlier is not None:
        sentences.append(words.verdict.earlier_verdict(case.earlier, case.rating_now, listed(case.symbols)))
    sentences += _answer(words, case)
    if case.tied:
        sentences.append(own.TIED.format(symbol, rivals[0]))
    else:
        sentences += own.stronger(Pen(case.plans[0]), listed(rivals), _reason(words, case))
    if case.rating.direction == "abstain":
        sentences[-1] = own.NO_RATING.format(symbol)
    if not case.one_day:
        sentences.append(own.different_days([(plan.view.symbol, plan.view.as_of) for plan in case.in_order]))
    if case.without_data:
        sentences.append(own.TOO_THIN.format(listed(case.without_data)))
    return f"{rating_line(case.rating, words.language)}\n\n{words.common.GAP.join(sentences)}"


def _answer(words: Words, case: Comparison) -> list[str]:
    """Answer what a comparison asks about, before saying which symbol is stronger on the whole."""
    intent, topic = case.plans[0].intent, case.asked_topic
    if case.lacking:
        return [words.comparison.NOT_COMPARABLE[intent].format(words.common.listed(case.lacking))]
    ends = case.ends(topic) if topic in case.topics else None
    if ends is None:
        return []
    clauses = [words.common.key_clause(case.pen(plan, topic), topic) for plan in ends]
    names = [plan.view.symbol for plan in ends]
    return [words.comparison.ANSWERS[intent].format(*names, words.common.SEMICOLON.join(clauses))]


def _reason(words: Words, case: Comparison) -> str:
    """Set the strongest and the weakest side by side on the topic that parts them most."""
    topic = case.deciding_topic
    if not topic:
        return words.comparison.NO_REASON
    ends = (case.plans[0], case.plans[-1])
    return words.common.SEMICOLON.join(words.common.key_clause(case.pen(plan, topic), topic) for plan in ends)


def _evidence(words: Words, case: Comparison) -> str:
    own = words.comparison
    rows = [[own.METRIC, *case.symbols]]
    if not case.one_day:
        rows.append([own.AS_OF, *(plan.view.as_of for plan in case.in_order)])
    for metric in case.rows:
        facts = [plan.view.fact(metric) for plan in case.in_order]
        cells = [figures.figure(fact, words.language) if fact else own.NO_VALUE for fact in facts]
        name, period = Pen(case.plans[0]).name(metric), case.row_period(metric)
        rows.append([name[:1].upper() + name[1:] + (own.PERIOD.format(period) if period else ""), *cells])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---|" + "---:|" * len(case.plans))
    return "\n".join([*lines, "", *(_bullet(words, case, topic) for topic in case.topics)])


def _bullet(words: Words, case: Comparison, topic: str) -> str:
    own, leader = words.comparison, case.leader(topic)
    head = own.TOPICS[topic] + (own.AHEAD.format(leader.view.symbol) if leader else own.LEVEL)
    parts = [_part(words, case, plan, topic) for plan in case.in_order]
    return words.common.bullet(head, words.common.sentence(parts))


def _part(words: Words, case: Comparison, plan: Plan, topic: str) -> str:
    # Returns of one span are set side by side; the claim is about all spans and could contradict them.
    part = words.common.key_clause if topic == "returns" else words.comparison.judged
    return part(case.pen(plan, topic), topic)


def _insights(words: Words, case: Comparison) -> str:
    own = words.comparison
    lines = [words.common.bullet(own.called(pen), own.advice(pen)) for pen in map(Pen, case.plans)]
    if not case.tied:
        best, last = case.plans[0], case.plans[-1]
        both_buy = last.rating.direction == "buy"
        lines.append(own.choosing(best.view.symbol, last.view.symbol, both_buy=both_buy))
    if len(case.plans) == 2 and (related := [plan for plan in case.plans if plan.view.has("correlation_1y")]):
        pen, other = Pen(related[0]), next(plan for plan in case.plans if plan is not related[0])
        value = pen.fact("correlation_1y").value
        bond = "loose" if value < _LOOSE else "close" if value > _CLOSE else "partial"
        lines.append(own.together(pen, other.view.symbol, bond))
    return "\n".join(lines)
