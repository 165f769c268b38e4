"""The note of the offline analyst: it follows from the data, and every figure of it is in the data."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.facts import Fact, FactSheet
from graph.market.embedded import Embedded
from graph.models.note import Turn, write_note
from graph.models.note.chinese import words as chinese
from graph.models.note.english import words as english
from graph.models.note.format import figure
from graph.models.note.plan import LEADS
from graph.models.note.score import STRATEGIC, score_signals
from graph.models.note.signals import Signal, read_signals
from graph.models.note.view import View
from graph.prompting import Briefing
from graph.report.figures import check_figures
from graph.report.model import SECTIONS, TITLES
from graph.report.rating import parse_rating
from graph.tools.fundamentals import fundamental_facts
from graph.tools.technicals import technical_facts
from graph.vocabulary import METRICS

DAY = "2024-12-30"
SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG", "FB")
LANGUAGES = ("en", "zh")

RISING = {
    "close": "252.20", "sma_50": "237.29", "sma_200": "213.02", "vs_sma_50": "6.28", "vs_sma_200": "18.39",
    "adx_14": "42.65", "rsi_14": "60.19", "macd": "5.66", "macd_signal": "4.10", "atr_14": "4.13",
    "atr_pct": "1.64", "return_1m": "6.27", "return_3m": "8.24", "return_6m": "19.74", "return_1y": "30.99",
    "high_52w": "260.10", "low_52w": "164.08", "from_high_52w": "-3.04", "from_low_52w": "53.71",
    "volatility_20d": "16.30", "volatility_1y": "22.59", "drawdown": "-2.63", "max_drawdown_1y": "-15.46",
    "swing_high": "260.10", "swing_low": "164.08", "fib_38.2": "223.42", "fib_50": "212.09",
    "fib_61.8": "200.76", "support": "237.36",
}  # fmt: skip
FALLING = RISING | {
    "close": "150.00", "sma_50": "180.10", "sma_200": "205.40", "vs_sma_50": "-16.71", "vs_sma_200": "-26.97",
    "rsi_14": "35.20", "macd": "-6.10", "macd_signal": "-4.00", "return_1m": "-9.40", "return_3m": "-18.20",
    "return_6m": "-27.50", "return_1y": "-35.10", "from_high_52w": "-42.33", "from_low_52w": "1.20",
    "low_52w": "148.22", "volatility_1y": "41.90", "drawdown": "-40.10", "max_drawdown_1y": "-41.80",
    "support": "148.90", "resistance": "181.30",
}  # fmt: skip
DATED = {
    "swing_high": "2024-12-26",
    "high_52w": "2024-12-26",
    "swing_low": "2024-04-19",
    "low_52w": "2024-04-19",
}


def sheet_of(values: dict[str, str], symbol: str = "XYZ", day: str = DAY, currency: str = "USD") -> FactSheet:
    return FactSheet(
        Fact(
            f"{symbol}.{metric}",
            METRICS[metric].en,
            Decimal(value),
            METRICS[metric].unit,
            entity=symbol,
            metric=metric,
            currency=currency,
            as_of=DATED.get(metric, day),
            source="Yahoo Finance, delayed",
        )
        for metric, value in values.items()
    )


def note(
    sheet: FactSheet,
    intent: str = "outlook",
    language: str = "en",
    symbols: tuple[str, ...] = ("XYZ",),
    history: Sequence[Turn] = (),
    question: str = "What now?",
    notes: tuple[str, ...] = (),
) -> str:
    return write_note(Briefing(question, language, intent, symbols, sheet, notes), history)


def section(text: str, name: str, language: str = "en") -> str:
    titles = dict(zip(SECTIONS, (f"## {TITLES[language][key]}\n" for key in SECTIONS), strict=True))
    body = text.split(titles[name])[1]  # type: ignore[index]
    return body.split("\n\n## ")[0]


def bullets(text: str, name: str = "evidence", language: str = "en") -> list[str]:
    return [line for line in section(text, name, language).splitlines() if line.startswith("- ")]


@cache
def embedded(symbol: str) -> tuple[Fact, ...]:
    async def read() -> list[Fact]:
        market = Embedded()
        identity, bars = await market.identify(symbol), await market.history(symbol)
        reports = await market.annual_reports(symbol)
        return technical_facts(bars, identity) + fundamental_facts(reports, bars, identity)

    return tuple(asyncio.run(read()))


def embedded_sheet(*symbols: str) -> FactSheet:
    return FactSheet(fact for symbol in symbols for fact in embedded(symbol))


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


def both(day: str = DAY) -> FactSheet:
    return FactSheet([*sheet_of(FALLING, "DOWN", day), *sheet_of(RISING, "UPP")])


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
