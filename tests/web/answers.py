"""Scripted answers: the events of a run as the server writes them, built from text and what is said of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.report.model import SECTIONS, utf16_offset

Event = dict[str, Any]

CLOSE, LEVEL, SALES = "AAPL.close", "AAPL.fib_61.8", "AAPL.revenue@FY2024"

FACTS: list[dict[str, Any]] = [
    {
        "id": "AAPL.close",
        "label": "close",
        "value": "252.20",
        "unit": "price",
        "kind": "market",
        "entity": "AAPL",
        "metric": "close",
        "currency": "USD",
        "as_of": "2024-12-30",
        "source": "embedded sample (hvsampledata), AAPL daily, as of 2024-12-30",
    },
    {
        "id": "AAPL.fib_61.8",
        "label": "61.8% Fibonacci retracement",
        "value": "200.76",
        "unit": "price",
        "kind": "computed",
        "entity": "AAPL",
        "metric": "fib_61.8",
        "currency": "USD",
        "as_of": "2024-12-30",
        "source": "embedded sample (hvsampledata), AAPL daily, as of 2024-12-30",
        "formula": "swing_high - 61.8% × (swing_high - swing_low)",
    },
    {
        "id": "AAPL.revenue@FY2024",
        "label": "revenue",
        "value": "391035000000",
        "unit": "money",
        "kind": "reported",
        "entity": "AAPL",
        "metric": "revenue",
        "currency": "USD",
        "period": "FY2024",
        "as_of": "2024-09-28",
        "source": "Apple Inc. 10-K, accession 0000320193-24-000123, filed 2024-11-01",
    },
    {
        "id": "AAPL.revenue@FY2023",
        "label": "revenue",
        "value": "383285000000",
        "unit": "money",
        "kind": "reported",
        "entity": "AAPL",
        "metric": "revenue",
        "currency": "USD",
        "period": "FY2023",
        "as_of": "2023-09-30",
        "source": "Apple Inc. 10-K, accession 0000320193-23-000106, filed 2023-11-03",
    },
]
CHART: Event = {
    "type": "chart",
    "symbol": "AAPL",
    "range": "1y",
    "overlays": [
        {"kind": "average", "fact": "AAPL.sma_50", "label": "50-day moving average", "value": 237.29},
        {"kind": "level", "fact": "AAPL.fib_61.8", "label": "61.8% Fibonacci retracement", "value": 200.76},
    ],
}


@dataclass(frozen=True)
class Claim:
    """A figure of a section: its text (the `nth` of the same), and what the check found."""

    section: str
    text: str
    status: str
    more: Mapping[str, Any] = field(default_factory=dict)
    nth: int = 0


def figures_of(sections: Mapping[str, str], claims: Iterable[Claim]) -> list[Event]:
    """Place claims in their sections, as `figure` events carry them."""
    found = []
    for number, claim in enumerate(claims, start=1):
        raw, start = sections[claim.section], -1
        for _ in range(claim.nth + 1):
            start = raw.index(claim.text, start + 1)
        place = {
            "start": utf16_offset(raw, start),
            "end": utf16_offset(raw, start + len(claim.text)),
        }
        found.append(
            {
                "type": "figure",
                "id": f"{claim.section}-{number}",
                "section": claim.section,
                **place,
                "text": claim.text,
                "status": claim.status,
                "facts": [],
                **claim.more,
            }
        )
    return found


def pieces(text: str, seed: int, longest: int = 3) -> list[str]:
    """Cut a text into pieces of 1 to `longest` characters."""
    rng, found, at = random.Random(seed), [], 0
    while at < len(text):
        size = rng.randint(1, longest)
        found.append(text[at : at + size])
        at += size
    return found


@dataclass
class Answer:
    """What a scripted run writes."""

    sections: Mapping[str, str]
    claims: Sequence[Claim] = ()
    facts: Sequence[Mapping[str, Any]] = ()
    chart: Event | None = None
    steps: Sequence[Event] = ()
    suggestions: Sequence[str] = ()
    final: Mapping[str, str] | None = None  # sections of the report, where a repair changed them
    language: str = "en"
    longest: int = 12
    seed: int = 1
    held: bool = False  # wait for the test before the text, and before the end
    early: bool = False  # figures as soon as their section has closed

    def report(self) -> dict[str, Any]:
        """Give the report as the server writes it."""
        sections: dict[str, str] = {name: (self.final or self.sections).get(name, "") for name in SECTIONS}
        figures = [
            {key: value for key, value in event.items() if key != "type"}
            for event in figures_of(sections, self.claims)
        ]
        return {
            "question": "",
            "language": self.language,
            "symbols": ["AAPL"] if self.chart else [],
            "rating": {"direction": "abstain", "conviction": None, "horizon": None, "capped": False},
            "sections": sections,
            "missing": [name for name in SECTIONS if not sections[name]],
            "figures": figures,
            "counts": {},
            "coverage": 1.0,
            "notes": [],
            "model": "scripted",
            "mode": "live",
            "prompt": "",
            "created_at": "2026-01-01T00:00:00+00:00",
        }

    def events(self) -> list[Event | str]:
        """Give the events between `run` and `end`; a string is a gate that the test opens."""
        found: list[Event | str] = [*self.steps]
        if self.facts:
            found.append({"type": "facts", "facts": list(self.facts)})
        if self.chart:
            found.append(self.chart)
        if self.held:
            found.append("text")
        placed = figures_of(self.sections, self.claims) if self.final is None else []
        for name in SECTIONS:
            if text := self.sections.get(name, ""):
                found.append({"type": "section", "section": name, "state": "open"})
                found += [
                    {"type": "token", "section": name, "text": piece}
                    for piece in pieces(text, self.seed, self.longest)
                ]
                found.append({"type": "section", "section": name, "state": "closed"})
            if self.early:
                found += [event for event in placed if event["section"] == name]
        if self.held:
            found.append("end")
        if not self.early:
            found += placed
        found.append({"type": "report", "report": self.report(), "markdown": ""})
        if self.suggestions:
            found.append({"type": "suggestions", "questions": list(self.suggestions)})
        found.append({"type": "usage", "input_tokens": 500, "output_tokens": 112, "seconds": 3.5})
        return found


STEPS: list[Event] = [
    {
        "type": "step",
        "id": "get_technicals:AAPL",
        "name": "get_technicals",
        "label": "Prices and technicals: AAPL",
        "state": "done",
        "ms": 180,
        "summary": "51 facts",
    },
    {
        "type": "step",
        "id": "get_news:AAPL",
        "name": "get_news",
        "label": "News: AAPL",
        "state": "failed",
        "ms": 900,
        "summary": "The news cannot be reached.",
        "retryable": True,
    },
]

FIVE_STATES = Answer(
    sections={
        "verdict": "**Hold.** AAPL closed at $252.20; sales grew 2.0%.",
        "evidence": "Revenue was $391.0B, or $410.0B by another count, and a margin of 77.7% is claimed.\n\n"
        "| Metric | Latest | Prior |\n|---|---:|---:|\n| Revenue | $391.0B | $383.3B |\n",
        "insights": "The 61.8% level is $200.76. Over 12 months this matters.",
        "caveat": "Data ends on 2024-12-30.",
    },
    claims=[
        Claim("verdict", "$252.20", "supported", {"claimed": "252.20", "unit": "money", "facts": [CLOSE]}),
        Claim(
            "verdict",
            "2.0%",
            "derived",
            {
                "claimed": "2.0",
                "unit": "percent",
                "facts": ["AAPL.revenue@FY2024", "AAPL.revenue@FY2023"],
                "formula": "revenue@FY2024 / revenue@FY2023 - 1",
            },
        ),
        Claim("evidence", "$391.0B", "supported", {"claimed": "391000000000", "facts": [SALES]}),
        Claim(
            "evidence",
            "$410.0B",
            "contradicted",
            {
                "claimed": "410000000000",
                "unit": "money",
                "expected": "391035000000",
                "facts": [SALES],
            },
        ),
        Claim("evidence", "77.7%", "unsupported", {"claimed": "77.7", "unit": "percent"}),
        Claim(
            "evidence",
            "$391.0B",
            "supported",
            {"claimed": "391000000000", "facts": [SALES]},
            1,
        ),
        Claim(
            "evidence", "$383.3B", "supported", {"claimed": "383300000000", "facts": ["AAPL.revenue@FY2023"]}
        ),
        Claim(
            "insights",
            "$200.76",
            "supported",
            {"claimed": "200.76", "unit": "money", "facts": [LEVEL]},
        ),
        Claim("insights", "12 months", "context"),
    ],
    facts=FACTS,
    chart=CHART,
    steps=STEPS,
    suggestions=["What about its cash flow?", "And the risks?"],
)

CHINESE = Answer(
    sections={
        "verdict": "**持有。**后文📈：苹果收盘价（$252.20）高于均线🚀，营收增长2.0%。",
        "evidence": "- 营收为3910.35亿美元🍎，上年为$383.3B。\n- **要点。**净利率👍为24.0%。",
        "insights": "关注$200.76一线😀。",
        "caveat": "数据截至2024-12-30。",
    },
    claims=[
        Claim("verdict", "$252.20", "supported", {"facts": [CLOSE]}),
        Claim("verdict", "2.0%", "derived"),
        Claim("evidence", "3910.35亿美元", "supported", {"facts": [SALES]}),
        Claim("evidence", "$383.3B", "supported"),
        Claim("evidence", "24.0%", "unsupported"),
        Claim("insights", "$200.76", "supported", {"facts": [LEVEL]}),
    ],
    facts=FACTS,
    language="zh",
    longest=3,
)
