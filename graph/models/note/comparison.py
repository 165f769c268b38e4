"""Several symbols side by side: who is stronger, on what, and which figures belong in the table.

Symbols are ranked on the topics that all of them have, so that data which only one has decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.models.note.earlier import Earlier, Turn, find_earlier
from graph.models.note.pen import Pen
from graph.models.note.plan import LEADS, Plan, asked_span, make_plan
from graph.models.note.score import STRATEGIC, TACTICAL, score_signals
from graph.prompting import Briefing
from graph.report.model import Rating
from graph.vocabulary import METRICS

_ROWS = (
    "vs_sma_200", "return_6m", "return_1y", "rsi_14", "from_high_52w", "volatility_1y", "max_drawdown_1y",
    "adx_14", "revenue_growth", "operating_margin", "pe", "return_3m", "volatility_20d", "vs_sma_50",
)  # fmt: skip
_INTENT_ROWS = {
    "levels": ("from_high_52w", "vs_sma_50", "vs_sma_200"),
    "risk": ("volatility_1y", "volatility_20d", "max_drawdown_1y", "drawdown", "atr_pct"),
    "momentum": ("rsi_14", "stoch_k", "return_1m", "return_3m", "adx_14"),
    "fundamentals": ("revenue_growth", "eps_growth", "gross_margin", "operating_margin"),
    "valuation": ("pe", "ps", "fcf_yield", "revenue_growth"),
}
#: The metrics that can tell a topic; symbols are compared on a topic only if they have one in common.
_TOLD_BY = {
    "trend": ("sma_50", "sma_200"),
    "returns": ("return_1y", "return_6m", "return_3m", "return_1m"),
    "momentum": ("rsi_14",),
    "macd": ("macd",),
    "range": ("from_high_52w",),
    "volatility": ("volatility_1y", "volatility_20d"),
    "drawdown": ("max_drawdown_1y", "drawdown"),
    "growth": ("revenue_growth", "eps_growth", "net_income_growth"),
    "margins": ("operating_margin", "net_margin"),
    "valuation": ("pe",),
    "balance": ("free_cash_flow",),
}
#: The figure by which symbols are ranked on what a question asks, and whether more of it is better.
_RANKED = {
    "volatility": ("volatility_1y", -1), "momentum": ("rsi_14", 1), "growth": ("revenue_growth", 1),
    "valuation": ("pe", -1),
}  # fmt: skip
#: The topic that answers each kind of question.
ANSWERED_BY = {
    "risk": "volatility", "momentum": "momentum", "fundamentals": "growth", "valuation": "valuation",
}  # fmt: skip
_MOST_ROWS = 8
_TIE = 0.05


@dataclass(frozen=True)
class Comparison:
    """The plans of all symbols with data, strongest first, and what the note shows of them."""

    briefing: Briefing
    plans: tuple[Plan, ...]
    without_data: tuple[str, ...]
    tied: bool
    one_day: bool
    rating: Rating
    rows: tuple[str, ...]
    topics: tuple[str, ...]
    earlier: Earlier | None

    @property
    def shared(self) -> frozenset[str]:
        """The metrics that every symbol has: like is set against like."""
        return frozenset.intersection(*(plan.view.metrics for plan in self.plans))

    @property
    def return_span(self) -> str:
        """The longest return that every symbol has; empty when there is none."""
        return next((metric for metric in _TOLD_BY["returns"] if metric in self.shared), "")

    def leader(self, topic: str) -> Plan | None:
        """Give the plan that is ahead on a topic; nothing when all are level."""
        if topic in _RANKED and topic != "momentum":
            # Two of the same state still differ by their figures.
            ends = self.ends(topic)
            return ends[0] if ends else None
        best = max(self.plans, key=lambda plan: self._mark(plan, topic))
        return best if any(self._mark(plan, topic) < self._mark(best, topic) for plan in self.plans) else None

    def ends(self, topic: str) -> tuple[Plan, Plan] | None:
        """Give the plans with the best and the worst figure of a topic; nothing when all are level."""
        metric, better = _RANKED[topic]
        if metric not in self.shared:
            return None
        ranked = sorted(self.plans, key=lambda plan: better * (plan.view.number(metric) or 0.0), reverse=True)
        best, worst = ranked[0], ranked[-1]
        return (best, worst) if best.view.number(metric) != worst.view.number(metric) else None

    def _mark(self, plan: Plan, topic: str) -> float:
        value = plan.view.number(self.return_span) if topic == "returns" else None
        return plan.signals[topic].score if value is None else value

    @property
    def symbols(self) -> list[str]:
        """The symbols with data, in the order of the question."""
        return [plan.view.symbol for plan in self.in_order]

    @property
    def rating_now(self) -> Rating:
        """The rating that this answer gives to the symbol of the earlier verdict, else its own rating."""
        symbol = self.earlier.symbol if self.earlier else ""
        return next((plan.rating for plan in self.plans if plan.view.symbol == symbol), self.rating)

    @property
    def asked_topic(self) -> str:
        """The topic that answers the question; empty for a question about the whole."""
        return ANSWERED_BY.get(self.plans[0].intent, "")

    @property
    def deciding_topic(self) -> str:
        """The first topic, beside the one asked for, on which the strongest symbol leads; else empty."""
        leads = [topic for topic in self.topics if self.leader(topic) is self.plans[0]]
        return next((topic for topic in leads if topic != self.asked_topic), "")

    @property
    def lacking(self) -> list[str]:
        """The symbols that have no figure on what the question asks about."""
        topic = self.asked_topic
        return [plan.view.symbol for plan in self.in_order if topic and topic not in plan.signals]

    def pen(self, plan: Plan, topic: str) -> Pen:
        """Give a pen that tells a topic by metrics which every symbol has."""
        return Pen(plan, self.shared & {self.return_span} if topic == "returns" else self.shared)

    def row_period(self, metric: str) -> str:
        """Give the period of a row, where its facts have one period in common and it is no date."""
        periods = {fact.period for plan in self.plans if (fact := plan.view.fact(metric)) and fact.period}
        return periods.pop() if len(periods) == 1 and METRICS[metric].unit != "price" else ""

    @property
    def in_order(self) -> tuple[Plan, ...]:
        """The plans in the order in which the question names their symbols."""
        order = self.briefing.symbols
        return tuple(sorted(self.plans, key=lambda plan: order.index(plan.view.symbol)))


def compare(briefing: Briefing, history: Sequence[Turn] = ()) -> Comparison | None:
    """Rank the symbols; nothing when fewer than two of them can be rated."""
    plans = [make_plan(briefing, symbol, history) for symbol in dict.fromkeys(briefing.symbols)]
    known = [plan for plan in plans if plan.signals and plan.score.direction != "abstain"]
    if len(known) < 2:
        return None
    shared = set.intersection(*(set(plan.signals) for plan in known))
    intent = known[0].intent
    weights = TACTICAL if asked_span(briefing.question, intent) == "short" else STRATEGIC
    common = frozenset.intersection(*(plan.view.metrics for plan in known))
    shared &= {
        topic for topic, metrics in _TOLD_BY.items() if weights[topic] and common.intersection(metrics)
    }
    marks = {
        plan.view.symbol: score_signals([plan.signals[topic] for topic in sorted(shared)], weights).value
        for plan in known
    }
    known.sort(key=lambda plan: marks[plan.view.symbol], reverse=True)
    first, second = (marks[plan.view.symbol] for plan in known[:2])
    one_day = len({plan.view.as_of for plan in known}) == 1
    tied = first - second < _TIE
    rating = known[0].rating
    if rating.direction != "abstain" and (tied or not one_day):
        # A lead within the noise, or between different days, carries no more than a low conviction.
        rating = replace(rating, conviction="low")
    lead = next((topic for topic in LEADS[intent] if topic in shared), "")
    return Comparison(
        briefing, tuple(known), tuple(plan.view.symbol for plan in plans if plan not in known),
        tied, one_day, rating, _rows(known, intent, one_day), _topics(known, shared, weights, lead),
        find_earlier(history, [plan.view.symbol for plan in known]),
    )  # fmt: skip


def _rows(plans: list[Plan], intent: str, one_day: bool) -> tuple[str, ...]:
    """Choose the table's metrics: what was asked, then what all symbols have; prices only of one day."""
    wanted = (("close",) if one_day else ()) + _INTENT_ROWS.get(intent, ()) + _ROWS
    held = {metric: sum(plan.view.has(metric) for plan in plans) for metric in dict.fromkeys(wanted)}
    full = [metric for metric, count in held.items() if count == len(plans)]
    partial = [metric for metric, count in held.items() if 0 < count < len(plans)]
    return tuple((full[:6] + partial + full[6:])[:_MOST_ROWS])


def _topics(plans: list[Plan], shared: set[str], weights: dict[str, float], lead: str) -> tuple[str, ...]:
    """Choose the topics on which the symbols differ most; the one asked for first."""

    def spread(topic: str) -> float:
        scores = [plan.signals[topic].score for plan in plans]
        return (max(scores) - min(scores)) * weights.get(topic, 0.0)

    apart = sorted((topic for topic in shared if topic != lead), key=lambda topic: (-spread(topic), topic))
    return tuple(([lead] if lead else []) + apart)[: 4 if len(plans) == 2 else 3]
