"""Every figure of a note is in the data, and a note is written from whatever the sheet holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.facts import Fact, FactSheet
from graph.models.note import Turn
from graph.models.note.chinese import words as chinese
from graph.models.note.english import words as english
from graph.models.note.format import figure
from graph.models.note.plan import LEADS
from graph.models.note.signals import read_signals
from graph.models.note.view import View
from graph.report.figures import check_figures
from graph.report.model import SECTIONS, TITLES
from graph.vocabulary import METRICS
from tests.graph.notes import (
    FALLING,
    LANGUAGES,
    RISING,
    SYMBOLS,
    embedded_sheet,
    note,
    section,
    sheet_of,
)

# ---- Figures


@pytest.mark.parametrize(
    ("metric", "value", "english", "chinese"),
    [
        ("close", "252.205", "$252.21", "$252.21"),
        ("close", "0.4182", "$0.4182", "$0.4182"),
        ("close", "1234.5", "$1,234.50", "$1,234.50"),
        ("revenue", "391035000000", "$391.04 billion", "3,910.4亿美元"),
        ("market_cap", "3886850000000", "$3.89 trillion", "3.89万亿美元"),
        ("net_debt", "-987654321", "-$987.65 million", "-9.9亿美元"),
        ("from_high_52w", "-3.04", "-3.0%", "-3.0%"),
        ("return_1m", "-0.04", "0.0%", "0.0%"),
        ("rsi_14", "67.45", "67.5", "67.5"),
        ("macd", "-0.5082", "-0.51", "-0.51"),
        ("pe", "41.45", "41.5x", "41.5倍"),
        ("volume", "35557500", "35.6 million", "3555.8万股"),
        ("shares_diluted", "15408095000", "15.41 billion", "154.08亿股"),
        ("volume", "842", "842", "842股"),
    ],
)
def test_figures_are_rounded_half_up_and_carry_their_unit(
    metric: str, value: str, english: str, chinese: str
) -> None:
    fact = next(iter(sheet_of({metric: value})))
    assert figure(fact, "en") == english
    assert figure(fact, "zh") == chinese


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("intent", LEADS)
def test_every_figure_of_a_note_holds(symbol: str, intent: str, language: str) -> None:
    sheet = embedded_sheet(symbol)
    first = note(sheet, intent, language, (symbol,))
    second = note(sheet, "risk", language, (symbol,), [Turn(f"How is {symbol}?", first)])
    for text in (first, second):
        assert_figures_hold(text, sheet)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("symbols", [("AAPL", "MSFT"), ("IBM", "GOOG", "FB"), ("FB", "AAPL")])
@pytest.mark.parametrize("intent", LEADS)
def test_every_figure_of_a_comparison_holds(symbols: tuple[str, ...], intent: str, language: str) -> None:
    sheet = embedded_sheet(*symbols)
    assert_figures_hold(note(sheet, intent, language, symbols), sheet)


def assert_figures_hold(text: str, sheet: FactSheet) -> None:
    found = check_figures(text, facts=list(sheet), question="What now?")
    assert [figure for figure in found if figure.status == "supported"]
    broken = [
        (figure.text, figure.status, figure.note, text[max(0, figure.start - 80) : figure.end + 20])
        for figure in found
        if figure.status in ("contradicted", "unsupported")
    ]
    assert broken == []


def test_the_figure_check_would_see_a_wrong_figure() -> None:
    sheet = embedded_sheet("AAPL")
    wrong = note(sheet, symbols=("AAPL",)).replace("$252.20", "$262.20", 1)
    with pytest.raises(AssertionError):
        assert_figures_hold(wrong, sheet)


# ---- Whatever the sheet holds


@settings(max_examples=150, deadline=None)
@given(
    drop=st.sets(st.sampled_from(sorted(METRICS))),
    intent=st.sampled_from(sorted(LEADS)),
    language=st.sampled_from(LANGUAGES),
    symbols=st.sampled_from([("AAPL",), ("FB",), ("MSFT", "AAPL"), ("FB", "IBM", "GOOG")]),
    again=st.booleans(),
)
def test_a_note_is_written_from_whatever_is_left_of_a_sheet(
    drop: set[str], intent: str, language: str, symbols: tuple[str, ...], again: bool
) -> None:
    kept = [fact for fact in embedded_sheet(*symbols) if fact.metric not in drop]
    # The second symbol loses other facts than the first, so that what they share changes too.
    kept = [fact for fact in kept if fact.entity == symbols[0] or hash_of(fact) % 5]
    text = note(FactSheet(kept), intent, language, symbols)
    if again:
        text = note(FactSheet(kept), intent, language, symbols, [Turn("And?", text)])
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {TITLES[language][name]}" for name in SECTIONS
    ]
    assert "None" not in text
    for name in SECTIONS:
        assert section(text, name, language).strip()


def hash_of(fact: Fact) -> int:
    return sum(map(ord, fact.id))


def test_both_languages_have_words_for_the_same_states() -> None:
    assert english.CLAIMS.keys() == chinese.CLAIMS.keys()


@pytest.mark.parametrize("values", [RISING, FALLING])
def test_signals_are_scores_between_minus_one_and_one_with_words(values: dict[str, str]) -> None:
    for signal in read_signals(View("XYZ", sheet_of(values))).values():
        assert -1 <= signal.score <= 1
        assert (signal.topic, signal.state) in english.CLAIMS
