"""What a note will say and in which order, before any language chooses the words.

The question's intent decides what leads; behind it evidence stands by the weight it has for the rating, and
the strongest evidence against the rating is always among it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.models.note.earlier import Earlier, Turn, find_earlier
from graph.models.note.score import STRATEGIC, TACTICAL, Score, score_signals
from graph.models.note.signals import FUNDAMENTAL, Signal, read_signals
from graph.models.note.view import View
from graph.prompting import Briefing
from graph.report.model import Rating

#: The topics that answer each kind of question, most to the point first.
LEADS: dict[str, tuple[str, ...]] = {
    "outlook": (),
    "levels": ("levels", "range", "trend"),
    "risk": ("volatility", "drawdown", "range"),
    "momentum": ("momentum", "macd", "returns", "volume"),
    "fundamentals": ("growth", "margins", "balance"),
    "valuation": ("valuation", "growth", "margins"),
    "compare": (),
    "change": ("returns", "range", "levels"),
}
_NEED_FUNDAMENTALS = ("fundamentals", "valuation")
_HORIZONS = {
    "en": {"short": "4–8 weeks", "middle": "3–6 months", "long": "6–12 months"},
    "zh": {"short": "4–8周", "middle": "3–6个月", "long": "6–12个月"},
}
_INTENT_SPANS = {"levels": "short", "momentum": "short", "risk": "middle"}
_SPAN_WORDS = (
    ("short", re.compile(r"\b(?:short[- ]term|(?:this|next|coming) (?:few )?weeks?)\b|短期|短线|下周", re.I)),
    ("middle", re.compile(r"\b(?:medium[- ]term|next quarter|(?:coming|next) months)\b|中期|下个季度", re.I)),
    ("long", re.compile(r"\b(?:long[- ]term|next (?:few )?years?|buy and hold)\b|长期|长线|明年", re.I)),
)
_BULLETS, _FOLLOW_UP_BULLETS = 6, 4
#: How far from neutral a signal's score must be to be named as a side.
_CLEAR = 0.25


@dataclass(frozen=True)
class Plan:
    """One symbol's note: its rating, the order of its evidence, and what speaks most for and against it."""

    briefing: Briefing
    intent: str
    view: View
    signals: dict[str, Signal]
    score: Score
    rating: Rating
    topics: tuple[str, ...]
    best: Signal | None
    against: Signal | None
    earlier: Earlier | None
    told: str
    #: Whether to leave out what only adds to a point, because the note would grow too long.
    brief: bool = False

    @property
    def unanswerable(self) -> bool:
        """Whether the question asks for fundamentals and the sheet holds none of the symbol."""
        return self.intent in _NEED_FUNDAMENTALS and not any(topic in self.signals for topic in FUNDAMENTAL)

    @property
    def action_order(self) -> tuple[str, ...]:
        """The order of the action points: the one that the question is about first."""
        first = {"levels": "levels", "momentum": "traders", "change": "change"}.get(self.intent, "holders")
        order = ("holders", "traders", "levels", "change")
        return (first, *(name for name in order if name != first))

    @property
    def central_action(self) -> str:
        """The action point that a repeated question is mainly about."""
        return self.action_order[0] if self.action_order[0] != "holders" else "change"

    @property
    def is_rising(self) -> bool:
        """Whether the longer trend points up."""
        return self.state("trend") in ("up", "turning_up", "pullback", "above")

    @property
    def is_extended(self) -> bool:
        """Whether the price has run so far that new money had better wait."""
        return self.state("momentum") == "overbought" or self.state("range") == "near_high"

    @property
    def is_priced_for_more(self) -> bool:
        """Whether the multiple asks for more growth than the business shows."""
        rich = self.state("valuation") in ("demanding", "full")
        return rich and self.state("growth") in ("flat", "shrinking", "uneven", "modest")

    @property
    def led(self) -> bool:
        """Whether the question asks for particular topics, which then lead."""
        return bool(LEADS[self.intent])

    @property
    def follow_up(self) -> bool:
        """Whether the reader has this session's earlier note on the same symbol before them."""
        return self.earlier is not None and self.earlier.same

    @property
    def is_settled(self) -> bool:
        """Whether a follow-up keeps the direction, so that the case need not be argued again."""
        earlier = self.earlier
        return earlier is not None and earlier.same and earlier.rating.direction == self.rating.direction

    def _leaning(self, sign: int) -> tuple[str, ...]:
        found = [signal for signal in self.signals.values() if signal.score * sign >= _CLEAR]
        return tuple(signal.topic for signal in sorted(found, key=lambda signal: -abs(signal.score))[:4])

    @property
    def bullish(self) -> tuple[str, ...]:
        """The topics that clearly speak for the upside, the clearest first."""
        return self._leaning(1)

    @property
    def bearish(self) -> tuple[str, ...]:
        """The topics that clearly speak for the downside, the clearest first."""
        return self._leaning(-1)

    def objects(self, topic: str) -> bool:
        """Tell whether a topic is the strongest objection to the rating."""
        return self.against is not None and self.against.topic == topic and self.rating.direction != "abstain"

    def state(self, topic: str) -> str:
        """Give the state of a topic's signal; empty when there is none."""
        signal = self.signals.get(topic)
        return signal.state if signal else ""


def make_plan(briefing: Briefing, symbol: str, history: Sequence[Turn] = ()) -> Plan:
    """Rate one symbol and put its evidence in order."""
    view = View(symbol, briefing.facts)
    intent = briefing.intent if briefing.intent in LEADS else "outlook"
    span = asked_span(briefing.question, intent)
    weights = TACTICAL if span == "short" else STRATEGIC
    signals = read_signals(view)
    score = score_signals(signals.values(), weights)
    rating = Rating()
    known = any(topic in signals for topic in FUNDAMENTAL)
    if score.direction != "abstain" and (known or intent not in _NEED_FUNDAMENTALS):
        horizon = _HORIZONS[briefing.language][span]
        rating = Rating(score.direction, score.conviction, horizon)
    ranked = _ranked(signals, weights)
    sign = 1 if score.value >= 0 else -1
    best = next((signal for signal in ranked if signal.score * sign > 0), None)
    against = next((signal for signal in ranked if signal.score * sign < 0), None)
    earlier = find_earlier(history, (symbol,))
    follow_up = earlier is not None and earlier.same
    return Plan(
        briefing, intent, view, signals, score, rating,
        _topics(intent, signals, ranked, best, against, follow_up),
        best, against, earlier, "\n".join(turn.answer for turn in history),
    )  # fmt: skip


def asked_span(question: str, intent: str) -> str:
    """Take the horizon that the question names, else the one that suits its kind."""
    for span, words in _SPAN_WORDS:
        if words.search(question):
            return span
    return _INTENT_SPANS.get(intent, "long")


def _ranked(signals: dict[str, Signal], weights: dict[str, float]) -> list[Signal]:
    """Order signals by the weight they have for the rating."""
    scored = [signal for signal in signals.values() if weights.get(signal.topic)]
    return sorted(scored, key=lambda signal: abs(signal.score) * weights[signal.topic], reverse=True)


def _topics(
    intent: str,
    signals: dict[str, Signal],
    ranked: list[Signal],
    best: Signal | None,
    against: Signal | None,
    follow_up: bool,
) -> tuple[str, ...]:
    """Choose and order the bullets: what was asked, then the strongest, the objection always among them."""
    leads = [topic for topic in LEADS[intent] if topic in signals]
    rest = [signal.topic for signal in ranked if signal.topic not in leads]
    chosen = (leads + rest)[: _FOLLOW_UP_BULLETS if follow_up else _BULLETS]
    for spoken in (best, against):
        if spoken is not None and spoken.topic not in chosen:
            # What the verdict names must stand in the evidence; the least of what was chosen makes room.
            named = {signal.topic for signal in (best, against) if signal}
            drop = next(topic for topic in reversed(chosen) if topic not in named)
            chosen[chosen.index(drop)] = spoken.topic
    return tuple(chosen)
