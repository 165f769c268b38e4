"""Figures that are computed as another one is, moves that have to agree, and heads of tables."""

from __future__ import annotations

import pytest

from graph.report.figures import Source, check_figures

_ALARMS = ("unsupported", "contradicted")
_INSURER = Source(
    "Note",
    "Direct premiums were $412.6 million from homeowners and $188.3 million from motor policies in 2022; the"
    " year before, the two stood at $371.9 million and $176.4 million. Staff numbered 2,140 at the end of"
    " 2022, compared with 1,985. 310 of them work in claims, up from 264.",
)
_BANK = Source(
    "Bank",
    "(in thousands) | 2016 | 2015 | 2014\n"
    "Interest income | 81,240 | 78,115 | 74,930\n"
    "Interest expense | 9,310 | 8,870 | 8,215\n"
    "Fees | 12,460 | 11,905 | 11,020\n"
    "Staff costs | 31,775 | 30,420 | 29,880",
)
_WEEKS = Source(
    "Weeks",
    " | Thirteen weeks ended | | Thirty-nine weeks ended |\n"
    " | October 29, 2022 | October 30, 2021 | October 29, 2022 | October 30, 2021\n"
    "Net sales (in millions) | $ 418.2 | $ 396.7 | $ 1,204.9 | $ 1,131.5",
)
_QUARTERS = Source(
    "Quarters",
    "Quarter | High | Low | Riders (thousands) | Fares ($000)\n"
    "First 2019 | $ 31.45 | $ 26.10 | 214.6 | 6,438\n"
    "Second 2019 | 33.02 | 28.77 | 371.9 | 11,529",
)
_OUTLETS = Source(
    "Outlets",
    "Sales by channel (dollars in millions)\n"
    "Fiscal year ended | Wholesale | Own shops | Online\n"
    "June 30, 2020 | 412.6 | 64.3 | 14.9\n"
    "June 30, 2021 | 437.0 | 58.7 | 36.2",
)
_PLANT = Source(
    "Plant",
    "(dollars in millions, except per ton amounts)\n"
    " | 2022 | 2021\n"
    "Net sales: | |\n"
    "Ammonia | $ 3,091 | $ 1,787\n"
    "Average selling price per ton: | |\n"
    "Ammonia | $ 913 | $ 498\n"
    "Tons sold (000s): | |\n"
    "Ammonia | 3,384 | 3,589",
)
_HOTEL = Source(
    "酒店",
    "截至6月30日止年度 | 2022年 港幣千元 | 2021年 港幣千元\n酒店經營 | 92,380 | 60,144\n"
    "物業租賃 | 486,215 | 503,470",
)


def wrong(text: str, source: Source, question: str = "") -> list[str]:
    """Give the figures of a text that raise an alarm."""
    figures = check_figures(text, sources=[source], question=question)
    return [figure.text for figure in figures if figure.status in _ALARMS]


@pytest.mark.parametrize(
    ("source", "text", "shown", "other"),
    [
        (_INSURER,
         "Premiums of both kinds came to $600.9 million in 2022, compared with $548.3 million in 2021.",
         "$548.3 million", "$584.3 million"),
        (_INSURER, "14.5% of staff work in claims (310 of 2,140), versus 13.3% a year ago.", "13.3%",
         "31.3%"),
        (_BANK,
         "Net interest income was 81,240 - 9,310 = $71,930 thousand in 2016; 2015 brought $69,245 thousand.",
         "$69,245 thousand", "$69,425 thousand"),
        (_BANK,
         "Net interest income was 81,240 - 9,310 = $71,930 thousand in 2016; 2014 brought $66,715 thousand.",
         "$66,715 thousand", "$69,245 thousand"),
        (_BANK, "Fees were 15.3% of interest income ($12,460 thousand / $81,240 thousand).", "15.3%",
         "13.5%"),
        (_BANK, "Half of $12,460 thousand, that is $6,230 thousand.", "$6,230 thousand", "$6,320 thousand"),
        (_WEEKS, "Net sales were $1,204.9 million in the thirty-nine weeks ended October 29, 2022.",
         "$1,204.9 million", "$418.2 million"),
        (_WEEKS, "Year to date net sales were $1,204.9 million, up 6.5%.", "$1,204.9 million",
         "$418.2 million"),
        (_QUARTERS, "The high was $33.02 in the second quarter of 2019.", "$33.02", "$31.45"),
        (_QUARTERS, "Fares were $11,529 thousand in the second quarter of 2019.", "$11,529 thousand",
         "$11,529 million"),
        (_OUTLETS, "Own shops sold $58.7 million in fiscal 2021.", "$58.7 million", "$64.3 million"),
        (_PLANT, "The ammonia price rose by $415 per ton to $913.", "$415", "$451"),
        (_PLANT, "Ammonia net sales were $3,091 million in 2022.", "$3,091 million", "$3,091 thousand"),
        (_HOTEL, "酒店經營收入為港幣92,380千元，上升53.6%。", "92,380千元", "92,380萬元"),
    ],
)  # fmt: skip
def test_what_holds_is_accepted_and_its_corruption_is_not(
    source: Source, text: str, shown: str, other: str
) -> None:
    assert wrong(text, source) == []
    assert text.count(shown) == 1
    assert wrong(text.replace(shown, other), source)


@pytest.mark.parametrize(
    ("text", "shown", "other"),
    [
        ("Interest income rose 4.0% to $81,240 thousand in 2016.", "$81,240 thousand", "$78,115 thousand"),
        ("Fees rose $555 thousand, or 4.7%, to $12,460 thousand in 2016.", "4.7%", "8.0%"),
        ("Staff costs were $31,775 thousand in 2016, up 4.5%.", "$31,775 thousand", "$30,420 thousand"),
        ("Staff costs rose by $1,355 thousand in 2016.", "$1,355 thousand", "$31,775 thousand"),
        ("Fees grew 4.7% and staff costs 4.5% in 2016.", "4.5%", "4.7%"),
    ],
)
def test_a_move_has_to_end_where_it_is_said_to(text: str, shown: str, other: str) -> None:
    assert wrong(text, _BANK) == []
    assert wrong(text.replace(shown, other), _BANK)


def test_a_share_in_parentheses_is_of_the_whole_at_its_own_time() -> None:
    told = "Fees were $12,460 thousand in 2016 (15.3% of interest income)."
    assert wrong(told, _BANK) == []
    assert wrong(told.replace("15.3", "16.0"), _BANK) == ["16.0%"]


def test_what_is_compared_with_an_earlier_time_is_no_end_of_the_move() -> None:
    assert wrong("Fees of $12,460 thousand in 2016 against $11,905 thousand in 2015, up 4.7%.", _BANK) == []


def test_the_formula_of_another_time_names_its_own_amounts() -> None:
    text = (
        "Net interest income was 81,240 - 9,310 = $71,930 thousand in 2016. In 2015 it was $69,245 thousand."
    )
    figures = check_figures(text, sources=[_BANK])
    assert figures[-1].status == "derived"
    assert {"78115000", "8870000"} <= set((figures[-1].formula or "").split())


def test_a_caption_with_bars_gives_the_scale_of_its_table() -> None:
    caption = Source("Paragraph", "Cedar Bank | 10-K 2015 | Loans by rating ($ in thousands)")
    table = Source("Table", " | Pass | Watch\nCommercial loans | $ 612,480 | $ 18,335")
    told = "Commercial loans rated watch were $18.3 million."
    assert check_figures(told, sources=[caption, table])[0].status == "supported"
    assert check_figures(told.replace("million", "billion"), sources=[caption, table])[0].status in _ALARMS
