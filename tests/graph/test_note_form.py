"""The form of a note: four sections, their length, the caveat, and the note that rates nothing."""

from __future__ import annotations

import re

import pytest

from graph.facts import FactSheet
from graph.models.note.plan import LEADS
from graph.report.model import SECTIONS, TITLES
from graph.report.rating import parse_rating
from tests.graph.notes import (
    LANGUAGES,
    RISING,
    SYMBOLS,
    bullets,
    embedded_sheet,
    note,
    section,
    sheet_of,
)

# ---- The form


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", LEADS)
def test_four_sections_in_order_and_a_rating_line_first(language: str, intent: str) -> None:
    text = note(embedded_sheet("AAPL"), intent, language, ("AAPL",))
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads == [f"## {TITLES[language][name]}" for name in SECTIONS]
    assert parse_rating(section(text, "verdict", language).splitlines()[0]).direction == "buy"
    assert 4 <= len(bullets(text, language=language)) <= 8


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("intent", LEADS)
def test_an_english_note_has_350_to_600_words(symbol: str, intent: str) -> None:
    assert 350 <= len(note(embedded_sheet(symbol), intent, symbols=(symbol,)).split()) <= 600


def test_a_term_is_explained_once() -> None:
    text = note(sheet_of(RISING), "risk")
    assert text.count("the average span of a trading day") == 1
    assert text.count("the mean close of that many sessions") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_caveat_tells_the_source_its_end_and_that_no_model_took_part(language: str) -> None:
    caveat = section(note(embedded_sheet("MSFT"), language=language, symbols=("MSFT",)), "caveat", language)
    assert "2013-03-01" in caveat
    assert "bokeh_sampledata" in caveat
    assert ("embedded sample" if language == "en" else "内置样本") in caveat
    assert "offline analyst" in caveat
    assert ("no language model took part" if language == "en" else "没有任何语言模型参与") in caveat
    assert ("not personal advice" if language == "en" else "不是个人投资建议") in caveat


def test_live_data_is_not_called_a_sample() -> None:
    caveat = section(note(sheet_of(RISING)), "caveat")
    assert "come from Yahoo Finance, as of 2024-12-30" in caveat
    assert "sample" not in caveat


def test_what_could_not_be_had_stands_in_the_caveat() -> None:
    missing = "XYZ: no filed fundamentals from the configured data providers."
    assert missing in section(note(sheet_of(RISING), notes=(missing,)), "caveat")


def test_another_currency_is_named() -> None:
    text = note(sheet_of(RISING, currency="HKD"))
    assert "HKD 252.20" in text
    assert "$" not in text


# ---- Nothing to rate


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_symbol_without_facts_is_not_rated(language: str) -> None:
    missing = "No configured data provider knows the symbol ZZZ."
    text = note(FactSheet(), language=language, symbols=("ZZZ",), notes=(missing,))
    assert parse_rating(text).direction == "abstain"
    assert "ZZZ" in section(text, "verdict", language)
    assert missing in section(text, "evidence", language)
    assert not re.search(r"\d", text)


def test_a_question_about_no_symbol_says_what_could_be_asked() -> None:
    text = note(embedded_sheet("AAPL"), symbols=())
    assert parse_rating(text).direction == "abstain"
    assert "names no symbol" in text
    assert "What could be asked" in text
    assert "$" not in text


def test_a_price_alone_is_no_rating() -> None:
    text = note(sheet_of({"close": "252.20", "sma_200": "213.02"}))
    assert parse_rating(text).direction == "abstain"
    assert "too few for a rating" in text
