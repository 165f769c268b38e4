"""A comparison in English: who is stronger and why, a table, and what follows for each symbol."""

from __future__ import annotations

from graph.models.note import format as figures
from graph.models.note.comparison import Comparison
from graph.models.note.english import caveat as caveats
from graph.models.note.english.verdict import earlier_sentence
from graph.models.note.english.words import CALLS, CLAIMS, capital, key_clause, listed, marks, side
from graph.models.note.pen import Pen
from graph.models.note.plan import Plan
from graph.report.rating import rating_line
from graph.vocabulary import METRICS

_TOPICS = {
    "trend": "Trend", "returns": "Returns", "momentum": "Momentum", "macd": "Short-term momentum",
    "range": "Place in the year's range", "volatility": "Volatility", "drawdown": "Drawdown",
    "growth": "Growth", "margins": "Margins", "valuation": "Valuation", "balance": "Balance sheet",
}  # fmt: skip


def comparison(case: Comparison) -> dict[str, str]:
    """Write the four sections of a comparison."""
    return {
        "verdict": _verdict(case),
        "evidence": _evidence(case),
        "insights": _insights(case),
        "caveat": caveats.caveat(case.briefing, [plan.view for plan in case.in_order]),
    }


def _verdict(case: Comparison) -> str:
    best, *others = case.plans
    symbol = best.view.symbol
    rivals = listed([plan.view.symbol for plan in others])
    sentences = []
    if case.earlier is not None:
        sentences.append(earlier_sentence(case.earlier, case.rating_now, listed(case.symbols)))
    if case.tied:
        second = others[0].view.symbol
        sentences.append(
            f"{symbol} and {second} are level on the topics that both have; the rating stands for {symbol}, "
            "by a margin too thin to act on."
        )
    else:
        reason = _reason(case)
        sentences.append(f"{symbol} is the stronger next to {rivals}: {reason}.")
        sentences.append(
            f"The rating stands for {symbol}, {CALLS[best.rating.direction]} on its own signals."
        )
    if case.rating.direction == "abstain":
        sentences[-1] = f"No rating is given: the question needs fundamentals, and {symbol} has none here."
    if not case.one_day:
        days = listed([f"{plan.view.symbol} on {plan.view.as_of}" for plan in case.in_order])
        sentences.append(
            f"The data end on different days, {days}: each is judged by its own condition, "
            "and no price is set against another."
        )
    if case.without_data:
        thin = listed(list(case.without_data))
        sentences.append(f"Nothing can be said about {thin}, for which the sheet is too thin.")
    return f"{rating_line(case.rating, 'en')}\n\n{' '.join(sentences)}"


def _reason(case: Comparison) -> str:
    """Set the strongest and the weakest side by side on the topic that parts them most."""
    topic = case.deciding_topic
    if not topic:
        return "it leads by a little on most topics"
    return "; ".join(key_clause(case.pen(plan, topic), topic) for plan in (case.plans[0], case.plans[-1]))


def _evidence(case: Comparison) -> str:
    lines = ["| Metric | " + " | ".join(plan.view.symbol for plan in case.in_order) + " |"]
    lines.append("|---|" + "---:|" * len(case.plans))
    if not case.one_day:
        lines.append("| As of | " + " | ".join(plan.view.as_of for plan in case.in_order) + " |")
    for metric in case.rows:
        cells = (plan.view.fact(metric) for plan in case.in_order)
        text = " | ".join(figures.figure(fact, "en") if fact else "n/a" for fact in cells)
        period = case.row_period(metric)
        lines.append(f"| {capital(METRICS[metric].en)}{f' ({period})' if period else ''} | {text} |")
    return "\n".join(lines) + "\n\n" + "\n".join(_bullet(case, topic) for topic in case.topics)


def _bullet(case: Comparison, topic: str) -> str:
    leader = case.leader(topic)
    head = f"{_TOPICS[topic]}: {f'{leader.view.symbol} ahead' if leader else 'level'}"
    return f"- **{head}.** {capital('; '.join(_part(case, plan, topic) for plan in case.in_order))}."


def _part(case: Comparison, plan: Plan, topic: str) -> str:
    pen = case.pen(plan, topic)
    # Returns of one span are set side by side; the claim is about all spans and could contradict them.
    if topic == "returns":
        return key_clause(pen, topic)
    return f"for {plan.view.symbol} {CLAIMS[topic, plan.state(topic)]}: {key_clause(pen, topic, 'its')}"


def _insights(case: Comparison) -> str:
    lines = []
    for plan in case.plans:
        conviction = f", {plan.rating.conviction} conviction" if plan.rating.conviction else ""
        lines.append(f"- **{plan.view.symbol} ({plan.rating.direction}{conviction}).** {_advice(plan)}")
    best, last = case.plans[0].view.symbol, case.plans[-1].view.symbol
    if not case.tied:
        lines.append(
            f"- **Choosing between them.** The better evidence is on {best}. "
            + (
                f"{last} is a buy as well: the order is one of degree."
                if case.plans[-1].rating.direction == "buy"
                else f"Whoever prefers {last} needs a reason that is not on this sheet."
            )
        )
    return "\n".join(lines)


def _advice(plan: Plan) -> str:
    pen = Pen(plan)
    text = {
        "buy": "Holders stay and add on weakness; traders work from the long side",
        "hold": "Holders keep what they own; traders wait for the side that gives way",
        "sell": "Holders reduce into strength; traders treat rallies as suspect",
        "abstain": "No action follows from so little data",
    }[plan.rating.direction]
    if found := marks(pen):
        text += f". For {pen.symbol} on {pen.on()} {listed(found)}"
    if metric := pen.average:
        other = "below" if side(pen, metric) == "above" else "above"
        text += (
            f". Closes {other} {pen.symbol}'s {metric[4:]}-day moving average, {pen.say(metric)} on "
            f"{pen.on(metric)}, would change this"
        )
    return text + "."
