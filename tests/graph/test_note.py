"""The note of the offline analyst: it follows from the data and answers the question."""

from __future__ import annotations

import pytest

from graph.models.note.score import STRATEGIC, score_signals
from graph.models.note.signals import Signal
from graph.report.rating import parse_rating
from tests.graph.notes import (
    FALLING,
    RISING,
    SYMBOLS,
    bullets,
    embedded_sheet,
    note,
    section,
    sheet_of,
)

# ---- The data decides


def test_rising_prices_are_a_buy_and_falling_ones_a_sell() -> None:
    rising, falling = note(sheet_of(RISING)), note(sheet_of(FALLING))
    assert parse_rating(rising).direction == "buy"
    assert parse_rating(falling).direction == "sell"
    assert bullets(rising)[0].startswith("- **The trend is up.**")
    assert bullets(falling)[0].startswith("- **The trend is down.**")


def test_mixed_prices_are_a_hold_that_names_both_sides() -> None:
    mixed = RISING | {
        "sma_50": "230.00", "sma_200": "262.00", "vs_sma_200": "-3.74", "adx_14": "14.00",
        "return_6m": "-9.30", "return_1y": "-13.40", "from_high_52w": "-14.00", "from_low_52w": "20.00",
    }  # fmt: skip
    text = note(sheet_of(mixed))
    assert parse_rating(text).direction == "hold"
    assert "On one side" in text
    assert "on the other" in text


def test_evidence_stands_in_the_order_of_its_weight() -> None:
    weak_trend = RISING | {"adx_14": "12.0", "sma_50": "255.00", "vs_sma_50": "-1.10"}
    first = bullets(note(sheet_of(weak_trend)))[0]
    assert not first.startswith("- **An uptrend is pausing")
    assert bullets(note(sheet_of(RISING)))[0] != first


@pytest.mark.parametrize(("language", "marker"), [("en", "Against the call:"), ("zh", "反面证据：")])
def test_the_strongest_objection_is_among_the_evidence(language: str, marker: str) -> None:
    rich = RISING | {"pe": "52.10", "ps": "12.00", "volatility_1y": "30.00"}
    lines = bullets(note(sheet_of(rich), language=language), language=language)
    assert [line for line in lines if marker in line and "52.1" in line]


def test_without_an_objection_it_says_so() -> None:
    assert "no other topic on the sheet points the other way" in note(sheet_of(RISING))


def test_overbought_is_said_and_is_no_reason_to_buy_now() -> None:
    text = note(sheet_of(RISING | {"rsi_14": "78.40"}))
    assert "momentum is stretched" in text.lower()
    assert "open no longs while RSI(14) is overbought" in text


def test_a_multiple_that_growth_does_not_earn_is_held_against_it() -> None:
    dear = RISING | {"pe": "41.50", "revenue_growth": "2.02", "eps_growth": "-0.81"}
    assert "has to earn its multiple" in section(note(sheet_of(dear)), "insights")
    fair = RISING | {"pe": "18.00", "revenue_growth": "21.00", "eps_growth": "24.00"}
    assert "has to earn its multiple" not in note(sheet_of(fair))


def test_conviction_is_as_strong_as_the_signals_agree() -> None:
    def conviction(*scores: float) -> str | None:
        topics = ("trend", "growth", "valuation", "returns", "momentum", "range", "margins")
        signals = [Signal(topic, "", score) for topic, score in zip(topics, scores, strict=False)]
        return score_signals(signals, STRATEGIC).conviction

    assert conviction(1, 1, 0.6, 1, 0.8, 0.8, 0.5) == "high"
    assert conviction(1, 1, -0.5, 1, 0.8, 0.8, 0.5) in ("medium", "high")
    assert conviction(1, 0.2, -0.9, 1, 0.8, 0.8, -0.5) in ("low", "medium")
    assert conviction(1, -1, -0.9, 1, 1, 1, -0.5) == "low"
    assert conviction(1, 1, 0.6) == "low"  # too little is known


def test_every_rating_word_is_reached_by_some_data() -> None:
    directions = {
        parse_rating(note(embedded_sheet(symbol), symbols=(symbol,))).direction for symbol in SYMBOLS
    }
    assert directions == {"buy", "hold", "sell"}


# ---- The question decides what leads


@pytest.mark.parametrize(
    ("intent", "lead"),
    [
        ("levels", "For XYZ, which closed at $252.20 on 2024-12-30, the nearest support is $237.36"),
        (
            "risk",
            "The price risk of XYZ is that of a typical stock: its 1-year annualised volatility was 22.6%",
        ),
        ("momentum", "For XYZ momentum is firm without being stretched: its RSI(14) was 60.2"),
        ("change", "What has moved: to 2024-12-30 XYZ's 1-month return was 6.3%"),
        ("outlook", "XYZ is a buy over 6–12 months: the trend is up"),
        ("nonsense", "XYZ is a buy over 6–12 months: the trend is up"),
    ],
)
def test_the_verdict_answers_what_was_asked_first(intent: str, lead: str) -> None:
    rating, _, prose = section(note(sheet_of(RISING), intent), "verdict").partition("\n\n")
    assert rating.startswith("**Rating: Buy")
    assert prose.startswith(lead)


def test_the_intent_orders_the_evidence() -> None:
    firsts = {
        intent: bullets(note(sheet_of(RISING), intent))[0]
        for intent in ("outlook", "risk", "momentum", "change")
    }
    assert len(set(firsts.values())) == 4
    assert "volatility" in firsts["risk"]
    assert "RSI(14)" in firsts["momentum"]


def test_a_question_of_value_without_fundamentals_abstains_and_says_what_is_missing() -> None:
    text = note(sheet_of(RISING), "valuation")
    assert parse_rating(text).direction == "abstain"
    assert "holds no fundamentals for XYZ" in section(text, "verdict")
    assert "with these a rating can be given" in section(text, "insights")
    assert len(bullets(text)) >= 4


@pytest.mark.parametrize(
    ("question", "horizon"),
    [
        ("AAPL for the next few weeks?", "4–8 weeks"),
        ("AAPL as a long-term holding?", "6–12 months"),
        ("AAPL?", "6–12 months"),
    ],
)
def test_the_horizon_is_the_one_asked_for(question: str, horizon: str) -> None:
    assert parse_rating(note(sheet_of(RISING), question=question)).horizon == horizon
