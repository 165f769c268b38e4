"""What every writer needs at hand: figures of the note's symbol as text, dates, and terms explained once."""

from __future__ import annotations

from graph.facts import Fact
from graph.models.note import format as figures
from graph.models.note.plan import Plan
from graph.models.note.signals import ADX_STRONG
from graph.vocabulary import METRICS

SPANS = ("return_1m", "return_3m", "return_6m", "return_1y")
GROWTHS = ("revenue_growth", "eps_growth", "net_income_growth")
#: The lines of the income statement, each with its growth.
INCOME = {"revenue": "revenue_growth", "net_income": "net_income_growth", "eps_diluted": "eps_growth"}
#: The metrics that can stand for a topic, the better first.
_KEYS = {
    "volatility": ("volatility_1y", "volatility_20d"), "drawdown": ("max_drawdown_1y", "drawdown"),
    "margins": ("operating_margin", "net_margin"), "momentum": ("rsi_14",), "valuation": ("pe",),
    "balance": ("free_cash_flow",),
}  # fmt: skip


class Pen:
    """Writes the figures of one plan in its language, and remembers which terms it has explained.

    `only` names the metrics it may choose from, so that several symbols are told by the same ones.
    """

    def __init__(self, plan: Plan, only: frozenset[str] | None = None) -> None:
        self.plan = plan
        self._only = only
        self.view = plan.view
        self.symbol = plan.view.symbol
        self.language = plan.briefing.language
        self._explained: set[str] = set()

    def fact(self, metric: str, back: int = 0) -> Fact:
        """Give a fact that is known to be there.

        Raises:
            LookupError: it is not on the sheet.
        """
        fact = self.view.fact(metric, back)
        if fact is None:
            raise LookupError(f"no {metric!r} of {self.symbol!r} on the fact sheet")
        return fact

    def say(self, metric: str, back: int = 0) -> str:
        """Write a figure with its sign."""
        return figures.figure(self.fact(metric, back), self.language)

    def size(self, metric: str, back: int = 0) -> str:
        """Write a figure without its sign, for a sentence whose words carry the direction."""
        return figures.figure(self.fact(metric, back), self.language, absolute=True)

    def on(self, metric: str = "close") -> str:
        """Give the date of a fact as `2024-12-30`."""
        fact = self.view.fact(metric)
        return (fact.as_of or "")[:10] if fact and fact.as_of else self.view.as_of

    def period(self, metric: str, back: int = 0) -> str:
        """Give the period of a fact, such as `FY2024`."""
        fact = self.fact(metric, back)
        return fact.period or (fact.as_of or "")[:10]

    def has(self, *metrics: str) -> bool:
        """Tell whether the sheet holds every one of the metrics."""
        return self.view.has(*metrics) and (self._only is None or self._only.issuperset(metrics))

    def known(self, *metrics: str) -> list[str]:
        """Give those of the metrics that the sheet holds, in their order."""
        return [metric for metric in metrics if self.has(metric)]

    def name(self, metric: str) -> str:
        """Name a metric."""
        return METRICS[metric].zh if self.language == "zh" else METRICS[metric].en

    def above(self, metric: str) -> bool:
        """Tell whether the close lies at or above a level."""
        return self.exceeds("close", metric)

    @property
    def trend_is_strong(self) -> bool:
        """Whether ADX stands at or above the conventional threshold of a strong trend."""
        adx = self.view.value("adx_14")
        return adx is not None and adx >= ADX_STRONG

    @property
    def average(self) -> str:
        """The metric of the longest moving average on the sheet; empty when there is none."""
        return next((metric for metric in ("sma_200", "sma_50") if self.has("close", metric)), "")

    @property
    def structure(self) -> str:
        """Whether the last two confirmed swing highs and lows both rise or both fall; else empty."""
        pairs = (("pivot_high", "pivot_high_prior"), ("pivot_low", "pivot_low_prior"))
        if not all(self.has(*pair) for pair in pairs):
            return ""
        steps = {self.fact(last).value > self.fact(prior).value for last, prior in pairs}
        return ("rising" if True in steps else "falling") if len(steps) == 1 else ""

    @property
    def tells_structure(self) -> bool:
        """Whether the swings agree on a direction, where the question is about it."""
        wanted = not self.plan.brief and self.plan.intent in ("outlook", "momentum", "change")
        return wanted and bool(self.structure)

    @property
    def cushion(self) -> str:
        """Whether the close lies far from its longest average or close to it: `wide`, `thin` or neither."""
        metric = f"vs_{self.average}"
        if not self.average or not self.has(metric):
            return ""
        distance = abs(self.fact(metric).value)
        return "wide" if distance >= 12 else "thin" if distance < 4 else ""

    @property
    def pace(self) -> str:
        """Whether the last three months ran ahead of the year's own pace, `faster`, or behind, `slower`."""
        if self.plan.state("returns") not in ("gaining", "losing") or not self.has("return_3m", "return_1y"):
            return ""
        quarter, year = self.fact("return_3m").value, self.fact("return_1y").value
        if quarter * year <= 0:
            return ""
        return (
            "faster" if abs(quarter) > abs(year) * 2 / 5 else "slower" if abs(quarter) < abs(year) / 8 else ""
        )

    @property
    def fell_below_operations(self) -> bool:
        """Whether profit fell in a year in which sales and the operating margin rose."""
        known = self.has("revenue_growth", "net_income_growth", "operating_margin_change")
        return (
            known
            and self.sign("revenue_growth") > 0 > self.sign("net_income_growth")
            and (self.sign("operating_margin_change") > 0)
        )

    @property
    def telling_growth(self) -> str:
        """The growth metric that decides the sign of the topic: the weakest when growth is weak."""
        weak = self.plan.signals["growth"].score < 0.1
        return (min if weak else max)(self.known(*GROWTHS), key=lambda name: self.fact(name).value)

    @property
    def is_calmer(self) -> bool | None:
        """Whether recent trading was calmer than the year; unknown without both volatilities."""
        if not self.has("volatility_20d", "volatility_1y"):
            return None
        return self.fact("volatility_20d").value < self.fact("volatility_1y").value

    def exceeds(self, metric: str, other: str) -> bool:
        """Tell whether one figure is at least as large as another."""
        return self.fact(metric).value >= self.fact(other).value

    def key_metric(self, topic: str) -> str:
        """Choose the metric that stands for a topic."""
        state = self.plan.state(topic)
        if topic == "growth":
            return self.telling_growth
        if topic == "returns":
            return self.known(*(SPANS if state.startswith("turned") else reversed(SPANS)))[0]
        if state == "under_water":
            return "drawdown"
        return next((metric for metric in _KEYS[topic] if self.has(metric)), _KEYS[topic][-1])

    def marks(self, *, ceiling: bool = False) -> list[str]:
        """Give the nearest support and resistance; `ceiling` puts the 52-week high in the latter's place."""
        found = self.known("support", "resistance")
        if ceiling and found == ["support"]:
            found += self.known("high_52w")
        return found

    def sign(self, metric: str, back: int = 0) -> int:
        """Give the sign of a figure as it is shown: 0 when it rounds to nothing."""
        shown = self.size(metric, back)
        if not any(char in "123456789" for char in shown):
            return 0
        return 1 if self.fact(metric, back).value > 0 else -1

    def was_told(self, text: str, opening: int = 48) -> bool:
        """Tell whether an earlier answer of this session on the symbol opened a point in the same words."""
        return self.plan.follow_up and text[:opening] in self.plan.told

    def once(self, term: str, explanation: str) -> str:
        """Give the explanation the first time in a session that a term is used, then nothing."""
        if term in self._explained or term in self.plan.told:
            return ""
        self._explained.add(term)
        return explanation
