"""The rating line: every form that models give it is read, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.report.model import Rating
from graph.report.rating import parse_rating, rating_line

FULL = Rating("hold", "medium", "6–12 months")
FULL_ZH = Rating("hold", "medium", "6–12个月")


@pytest.mark.parametrize(
    "text",
    [
        "**Rating: Hold · Conviction: medium · Horizon: 6–12 months**",
        "Rating: Hold | Conviction: Medium | Horizon: 6–12 months",
        "RATING: HOLD; CONVICTION: MEDIUM; HORIZON: 6–12 months",
        "Rating: Hold, Conviction: Medium, Horizon: 6–12 months.",
        "Rating: Hold — Conviction: Medium — Horizon: 6–12 months",
        "Rating: Hold (Conviction: Medium, Horizon: 6–12 months)",
        "Rating：Hold　Conviction：Medium　Horizon：6–12 months",
        "Rating = Hold, Conviction = Medium, Horizon = 6–12 months",
        "**Rating:** Hold · **Conviction:** Medium · **Horizon:** 6–12 months",
        "**Rating**: **Hold** | **Conviction**: *Medium* | **Horizon**: 6–12 months",
        "**Rating** Hold\n**Conviction** Medium\n**Horizon** 6–12 months",
        "Rating: Hold\nConviction: Medium\nHorizon: 6–12 months",
        "- **Rating:** Hold\n- **Conviction:** Medium\n- **Horizon:** 6–12 months\n\nThe case is balanced.",
        "* Rating: Hold\n* Horizon: 6–12 months\n* Conviction: Medium",
        "1. Rating: Hold\n2. Conviction: Medium\n3. Time horizon: 6–12 months",
        "> **Rating: Hold**\n>\n> **Conviction: Medium**\n> **Horizon: 6–12 months**",
        "### Rating: Hold\n**Confidence level:** Moderate\n**Time Horizon:** 6–12 months",
        "🟡 **Rating:** 🟡 HOLD\n🎯 **Conviction:** Medium\n⏳ **Horizon:** 6–12 months",
        "| Rating | Conviction | Horizon |\n|---|---|---|\n| **Hold** | Medium | 6–12 months |",
        "| Field | Value |\n|:--|:--|\n| **Rating** | Hold |\n| Conviction | Medium |\n"
        "| Horizon | 6–12 months |",
        "| Rating: Hold | Conviction: Medium | Horizon: 6–12 months |",
        "Rating: Hold/Neutral | Conviction: Medium (5/10) | Horizon: 6–12 months",
        "Rating: [Hold] · Conviction: [medium] · Horizon: [6–12 months]",
        "<b>Rating:</b> Hold · <b>Conviction:</b> Medium · <b>Horizon:</b> 6–12 months",
        "Overall rating: Hold. Conviction: Medium. Horizon: 6–12 months. We would not add.",
        "First a sentence.\nRating: Hold · Conviction: medium · Horizon: 6–12 months\r\nThen more.",
        "Rating: Hold · Conviction: medium · Horizon: 6–12 months\n\nRating: Hold",
    ],
)
def test_forms_in_english(text: str) -> None:
    found = parse_rating(text)
    if text.endswith("Rating: Hold"):  # said again without a conviction: only what agrees counts
        assert found == Rating("hold", None, "6–12 months")
    else:
        assert found == FULL


@pytest.mark.parametrize(
    "text",
    [
        "**评级：持有 · 信心：中 · 期限：6–12个月**",
        "评级：持有｜信心：中等｜期限：6–12个月",
        "评级: 持有 | 信心: 中 | 期限: 6–12个月",
        "**评级**：持有，**信心**：中等，**期限**：6–12个月。",
        "评级：持有；信心水平：中；投资期限：6–12个月",
        "【评级】持有 【信心】中 【期限】6–12个月",
        "【评级：持有】\n【信心：中等】\n【期限：6–12个月】",
        "- 投资评级：持有\n- 信心：中\n- 期限：6–12个月",
        "評級：持有\n信心：適中\n期限：6–12个月",
        "评级（Rating）：持有（Hold）· 信心：中 · 期限：6–12个月",
        "| 评级 | 信心 | 期限 |\n| --- | --- | --- |\n| 持有 | 中 | 6–12个月 |",
    ],
)
def test_forms_in_chinese(text: str) -> None:
    assert parse_rating(text) == FULL_ZH


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("Rating: Buy | Conviction: Medium | Horizon: 12M", Rating("buy", "medium", "12M")),
        ("Rating: Strong Buy", Rating("buy")),
        ("Rating: Outperform", Rating("buy")),
        ("Recommendation: Underweight · Confidence: high", Rating("sell", "high")),
        ("Direction: Sell", Rating("sell")),
        ("评级：增持", Rating("buy")),
        ("评级：卖出，信心低", Rating("sell", "low")),
        ("Rating: Hold, medium conviction", Rating("hold", "medium")),
        ("Rating: Hold (low conviction, 6 months)", Rating("hold", "low")),
        ("Rating: Buy (upgraded from Hold)", Rating("buy")),
        ("Rating: Hold · Conviction: medium-high", Rating("hold")),
        ("Rating: Hold · Conviction: medium / high", Rating("hold")),
        ("Rating: Hold · Conviction: 7/10", Rating("hold")),
        ("Rating: Hold · Conviction: very strong · Horizon: n/a", Rating("hold")),
        ("Rating: Hold · Horizon: 6 – 12 months", Rating("hold", None, "6 – 12 months")),
        ("Rating: Hold · Horizon: 12 months (tactical)", Rating("hold", None, "12 months (tactical)")),
        ("Rating: Hold · Horizon: " + "long, " * 40, Rating("hold", None, "long")),
        ("Rating: Hold · Horizon: " + "x" * 90, Rating("hold")),
        ("Rating: Hold\nThe price is full.\nConviction: high", Rating("hold")),
        (
            "Rating: Hold · Conviction: low · Horizon: 3M\nText.\n"
            "Rating: Hold · Conviction: high · Horizon: 3M",
            Rating("hold", None, "3M"),
        ),
    ],
)
def test_values(text: str, rating: Rating) -> None:
    assert parse_rating(text) == rating


@pytest.mark.parametrize(
    "text",
    [
        "Rating: Buy\n\nRating: Sell",
        "Rating: Buy · Conviction: high\nText.\n**Rating: Hold · Conviction: high**",
        "Rating: Buy/Hold",
        "Rating: Buy / Sell",
        "Rating: Buy or hold",
        "Rating: Buy, or hold",
        "Rating: Hold to Buy",
        "Rating: Hold → Buy",
        "Rating: Buy the dip",
        "Rating: Sell side analysts say so",
        "Rating: Not a buy",
        "Rating: Buyout",
        "Rating: 4/5",
        "Rating: ★★★★",
        "Rating:",
        "Rating:\nBuy",
        "Rating: Abstain · Conviction: high",
        "Rating: N/A",
        "评级：不予评级 · 信心：高",
        "评级：买入或持有",
        "评级：观望",
        "Conviction: high · Horizon: 12 months",
        "**Hold** with medium conviction over 12 months.",
        "Previous rating: Buy",
        "The rating: buy",
        "Our view, rating: Buy",
        "Credit rating: Hold",
        "Rating agencies: buy",
        "| Rating | Conviction |\n|---|---|",
        "| Rating | Conviction |\n|---|---|\n| maybe | high |",
        "| Broker | Rating |\n|---|---|\n| A | Buy |\n| B | Sell |",
        "建议买入。",
    ],
)
def test_anything_else_is_abstain(text: str) -> None:
    assert parse_rating(text) == Rating()


@pytest.mark.parametrize(
    "unit",
    [
        "Rating: ",
        "Rating: Buy ",
        "rating ",
        "**",
        "|",
        "| Rating ",
        "评级：",
        "(",
        "> ",
        "1) ",
        "Rating: Buy\n",
    ],
)
def test_a_megabyte_is_read_at_once(unit: str) -> None:
    assert parse_rating((unit * 1_000_000)[:1_000_000]).conviction is None


@given(
    st.sampled_from(["buy", "hold", "sell"]),
    st.sampled_from([None, "low", "medium", "high"]),
    st.sampled_from([None, "3M", "6–12 months", "1-3 years", "6 – 12个月"]),
    st.sampled_from(["en", "zh"]),
    st.text(max_size=30).filter(lambda text: not parse_rating(text).conviction and "ating" not in text),
)
def test_what_is_written_reads_back(
    direction: str, conviction: str, horizon: str, language: str, after: str
) -> None:
    rating = Rating(direction, conviction, horizon)  # type: ignore[arg-type]
    assert parse_rating(f"{rating_line(rating, language)}\n\n.{after}") == rating


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    assert parse_rating(text).direction in ("buy", "hold", "sell", "abstain")
