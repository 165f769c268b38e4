"""Signals added up to a rating.

The rating is the weighted mean of the signals' scores: buy from +0.25, sell from -0.25, hold between. The
weights depend on the horizon that is asked for; with fewer than three scored topics there is no rating.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.models.note.signals import FUNDAMENTAL, Signal
from graph.report.model import Conviction, Direction

THRESHOLD = 0.25
MIN_TOPICS = 3
#: Share of all weights that must be known for more than a low conviction.
MIN_COVERAGE = 0.6

STRATEGIC = {
    "trend": 3.0, "returns": 1.0, "momentum": 1.0, "macd": 0.5, "range": 1.0, "volatility": 0.75,
    "drawdown": 0.75, "growth": 2.0, "margins": 1.0, "valuation": 1.5, "balance": 0.5,
}  # fmt: skip
TACTICAL = {
    "trend": 3.0, "returns": 1.0, "momentum": 2.0, "macd": 1.5, "range": 1.0, "volatility": 1.0,
    "drawdown": 0.5, "growth": 0.5, "margins": 0.25, "valuation": 0.25, "balance": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Score:
    """The signals of one symbol added up; `direction` is abstain when too little is known."""

    value: float
    agreement: float
    direction: Direction
    conviction: Conviction | None


def score_signals(signals: Iterable[Signal], weights: dict[str, float]) -> Score:
    """Add up the signals that have a weight.

    `agreement` is the share of all weighted scores that points the way of their sum, 0.5 to 1.
    """
    known = [signal for signal in signals if weights.get(signal.topic)]
    weight = sum(weights[signal.topic] for signal in known)
    if len(known) < MIN_TOPICS:
        return Score(0.0, 0.0, "abstain", None)
    parts = [weights[signal.topic] * signal.score for signal in known]
    value = sum(parts) / weight
    total = sum(abs(part) for part in parts)
    along = sum(abs(part) for part in parts if part * value > 0)
    agreement = along / total if total else 0.5
    direction: Direction = "hold" if abs(value) < THRESHOLD else "buy" if value > 0 else "sell"
    complete = any(signal.topic in FUNDAMENTAL for signal in known)
    coverage = weight / sum(weights.values())
    return Score(value, agreement, direction, _conviction(value, agreement, coverage, complete))


def _conviction(value: float, agreement: float, coverage: float, complete: bool) -> Conviction:
    """Grade how far the signals agree.

    High needs a strong sum, nearly all signals on one side and fundamentals among them. A hold is never of
    high conviction, and of medium only when its sum is well inside the neutral band.
    """
    if coverage < MIN_COVERAGE:
        return "low"
    if abs(value) < THRESHOLD:
        return "medium" if abs(value) < THRESHOLD / 2 else "low"
    if agreement >= 0.85 and abs(value) >= 0.45 and complete:
        return "high"
    return "medium" if agreement >= 0.7 else "low"
