"""Notes that build on earlier ones, and notes on several symbols."""

from __future__ import annotations

import pytest

from graph.facts import FactSheet
from graph.models.note import Turn
from graph.report.rating import parse_rating
from tests.graph.notes import (
    FALLING,
    LANGUAGES,
    RISING,
    both,
    bullets,
    note,
    section,
    sheet_of,
)

# ---- A session


def test_the_second_answer_confirms_the_first_and_does_not_repeat_it() -> None:
    first = note(sheet_of(RISING))
    second = note(sheet_of(RISING), "risk", history=[Turn("How is XYZ?", first)])
    assert (
        "earlier verdict in this session on XYZ was a buy with medium conviction; this answer confirms it"
        in second
    )
    assert bullets(second)[0] not in first
    assert len(second.split()) < len(first.split())
    assert not set(bullets(first, "insights")) & set(bullets(second, "insights"))
    assert "the mean close" not in second


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_valuation_follow_up_without_earnings_is_answered(language: str) -> None:
    losing = sheet_of(RISING | {"pe": "-4.10", "ps": "2.00", "revenue": "1000000000"})
    first = note(losing, language=language)
    second = note(losing, "valuation", language, history=[Turn("How is XYZ?", first)])
    assert section(second, "insights", language)


def test_a_changed_verdict_is_called_refined() -> None:
    first = note(sheet_of(RISING))
    second = note(sheet_of(FALLING), history=[Turn("How is XYZ?", first)])
    assert "the call is weaker, and this answer refines it" in second


def test_an_earlier_verdict_on_another_symbol_is_left_alone() -> None:
    first = note(sheet_of(RISING, "ABC"), symbols=("ABC",))
    second = note(sheet_of(RISING), history=[Turn("How is ABC?", first)])
    assert (
        "was a buy with medium conviction on ABC; this answer is about XYZ and leaves it as it stands"
        in second
    )
    assert len(bullets(second)) >= 5


def test_the_latest_verdict_on_the_same_symbol_counts() -> None:
    about_xyz = Turn("How is XYZ?", note(sheet_of(FALLING)))
    about_abc = Turn("How is ABC?", note(sheet_of(RISING, "ABC"), symbols=("ABC",)))
    assert "on XYZ was a sell" in note(sheet_of(FALLING), "risk", history=[about_xyz, about_abc])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_symbol_of_an_earlier_comparison_keeps_its_own_verdict(language: str) -> None:
    first = Turn("DOWN or UPP?", note(both(), "compare", language, ("DOWN", "UPP")))
    weaker = note(both(), "risk", language, ("DOWN",), [first])
    stronger = note(both(), "risk", language, ("UPP",), [first])
    assert ("on DOWN was a sell" if language == "en" else "对DOWN的结论是“卖出”") in weaker
    assert ("on UPP was a buy" if language == "en" else "对UPP的结论是“买入”") in stronger


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_third_answer_knows_what_the_second_was_about(language: str) -> None:
    turns = [Turn("ABC?", note(sheet_of(RISING, "ABC"), "outlook", language, ("ABC",)))]
    turns.append(Turn("XYZ?", note(sheet_of(FALLING), "outlook", language, history=turns)))
    third = note(sheet_of(RISING, "NEW"), "outlook", language, ("NEW",), turns)
    assert (
        "was a sell with medium conviction on XYZ" if language == "en" else "先前对XYZ的结论是“卖出”"
    ) in third


def test_an_answer_that_names_the_company_is_placed_by_its_question() -> None:
    spoken = "## Verdict\n**Rating: Sell · Conviction: low · Horizon: 1 month**\n\nThe company is in decline."
    second = note(sheet_of(RISING), history=[Turn("Should I keep XYZ?", spoken)])
    assert "on XYZ was a sell with low conviction" in second
    assert "the call is better, and this answer refines it" in second


def test_an_earlier_answer_that_abstained_is_no_verdict() -> None:
    first = note(FactSheet(), symbols=("XYZ",))
    assert "earlier verdict" not in note(sheet_of(RISING), history=[Turn("How is XYZ?", first)])


def test_the_chinese_second_answer_names_the_first() -> None:
    first = note(sheet_of(RISING), language="zh")
    second = note(sheet_of(RISING), "momentum", "zh", history=[Turn("XYZ怎么样？", first)])
    assert "本次会话先前对XYZ的结论是“买入”" in second


# ---- Several symbols


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_comparison_names_the_stronger_and_shows_a_table(language: str) -> None:
    text = note(both(), "compare", language, ("DOWN", "UPP"))
    assert parse_rating(text).direction == "buy"
    verdict = section(text, "verdict", language)
    assert ("UPP is the stronger" if language == "en" else "UPP更强") in verdict
    table = [line for line in section(text, "evidence", language).splitlines() if line.startswith("|")]
    assert table[0] == f"| {'Metric' if language == 'en' else '指标'} | DOWN | UPP |"
    assert 6 <= len(table) - 2 <= 8
    assert len(bullets(text, language=language)) >= 3
    assert [line for line in bullets(text, "insights", language) if line.startswith("- **DOWN")]


def test_different_days_are_said_and_no_prices_are_set_side_by_side() -> None:
    same, other = (
        note(both(), "compare", symbols=("DOWN", "UPP")),
        note(both("2013-03-01"), "compare", symbols=("DOWN", "UPP")),
    )
    assert "| Close | $150.00 | $252.20 |" in same
    assert "| Close |" not in other
    assert "| As of | 2013-03-01 | 2024-12-30 |" in other
    assert "The data end on different days, DOWN on 2013-03-01 and UPP on 2024-12-30" in section(
        other, "verdict"
    )
    assert parse_rating(other).conviction == "low"


def test_what_only_one_symbol_has_does_not_decide() -> None:
    twins = [*sheet_of(RISING, "ONE"), *sheet_of(RISING | {"pe": "80.00", "ps": "20.00"}, "TWO")]
    assert "ONE and TWO are level on the topics that both have" in note(
        FactSheet(twins), "compare", symbols=("ONE", "TWO")
    )


def test_like_is_compared_with_like() -> None:
    young = {metric: value for metric, value in RISING.items() if "200" not in metric and "1y" not in metric}
    sheet = FactSheet([*sheet_of(young, "YOUNG"), *sheet_of(FALLING, "OLD")])
    text = note(sheet, "compare", symbols=("YOUNG", "OLD"))
    trend = next(line for line in bullets(text) if line.startswith("- **Trend"))
    assert trend.count("50-day moving average") == 2
    assert "200-day" not in trend
    assert "| n/a |" in text


def test_a_symbol_without_data_is_named_in_a_comparison() -> None:
    text = note(both(), "compare", symbols=("DOWN", "GONE", "UPP"))
    assert "Nothing can be said about GONE" in text
    alone = note(sheet_of(RISING), "compare", symbols=("XYZ", "GONE"))
    assert "Nothing can be said about GONE" in alone
    assert "XYZ is a buy" in alone
