"""What follows from the figures that a sentence shows, and moves whose ends and size have to agree."""

from __future__ import annotations

import pytest

from evals.sheets import SHEET
from graph.report.figures import Figure, Source, check_figures

_ALARMS = ("unsupported", "contradicted")
_TRUCKS = Source(
    "Trucks",
    "(in thousands)\n"
    " |  |  | Fiscal Year Ended |  |  \n"
    " | September 30, 2023 |  | September 30, 2022 |  | September 30, 2021\n"
    "Net sales | $ | 934,120 | $ | 872,610 | $ | 815,440\n"
    "Cost of sales |  | 701,350 |  | 668,290 |  | 629,710\n"
    "Provision for taxes |  | 26,640 |  | 19,710 |  | 15,930",
)
_PARK = Source(
    "Park",
    "Attendance was 26.4 million visits in 2023. Spending per visit was $47.30, and tickets sold at the gate"
    " brought $145 million. For 2024 we expect operating profit of $600 million to $650 million. The margin"
    " of the parks increased by 30 basis points to 60.1%.",
)
_UNITS = Source(
    "Units",
    " | Units (thousands) | | Net sales |\n"
    " | 2023 | 2022 | 2023 | 2022\n"
    "Europe | 14,866 | 16,103 | $ 1,104.7 | $ 1,311.2\n"
    "Asia | 11,940 | 10,888 | 766.9 | 722.1\n"
    "(sales in millions of dollars)",
)
_HONG_KONG = Source(
    "Catering",
    " | 2023 | 2022\n | HK$'000 | HK$'000\nTurnover – Hong Kong restaurants | 1,204,386 | 1,163,950",
)
_ZH = Source(
    "公司", "单位：百万元\n项目 | 2023年 | 2022年\n营业成本 | 302.46 | 289.61\n管理费用 | 31.85 | 33.91"
)


_BANK = Source(
    "Bank",
    "(in thousands)\n"
    "| Year Ended December 31, | Change from Prior Year |\n"
    "| 2016 | 2015 | 2014 | Amount | Percent\n"
    "Service charges | $ 13,284 | $ 13,907 | $ 14,512 | $ (623) | (4.5)%\n"
    "Card fees | 11,046 | 10,318 | 9,672 | 728 | 7.1%",
)
_DRINKS = Source(
    "Drinks",
    "Told in Australian dollars ($ in millions)\n | 2023 | 2022\nAmericas | 486.1 | 402.8\nAsia | 331.4"
    " | 318.9\nEurope | 169.1 | 193.5",
)


def _alarms(text: str, source: Source) -> list[Figure]:
    return [figure for figure in check_figures(text, sources=[source]) if figure.status in _ALARMS]


@pytest.mark.parametrize(
    ("source", "text", "shown", "wrong"),
    [
        (_TRUCKS, "Net sales were $872.61 million in fiscal 2022.", "$872.61", "$934.12"),
        (_TRUCKS, "Together, 2022 and 2023 brought net sales of $1,806.7 million.", "$1,806.7", "$1,688.1"),
        (_TRUCKS, "Total for 2022 and 2023: a provision for taxes of $46,350 thousand", "$46,350", "$35,640"),
        (
            _TRUCKS,
            "* 2022: $872.61 million * 2023: $934.12 million * Change in net sales: $61.51 million",
            "$872.61",
            "$815.44",
        ),
        (
            _TRUCKS,
            "We take $19,710 thousand (2022) and $15.93 million (2021). Dividing the difference by $15.93"
            " million, we find that the provision for taxes went up by 23.7%.",
            "$19,710",
            "$26,640",
        ),
        (_PARK, "26.4 million visits at $47.30 each give about $1,249 million.", "$1,249", "$1,429"),
        (_PARK, "The midpoint of the outlook for operating profit is $625 million.", "$625", "$652"),
        (_PARK, "The margin was 59.8% before it increased by 30 basis points to 60.1%.", "59.8", "60.4"),
        (_UNITS, "Asia sold 11,940 thousand units in 2023.", "11,940", "10,888"),
        (
            _UNITS,
            "In Europe, $1,104.7 million on 14,866 thousand units is $74.31 per unit.",
            "$74.31",
            "$71.34",
        ),
        (
            _HONG_KONG,
            "Turnover of the Hong Kong restaurants was HK$1,204.4 million in 2023.",
            "1,204.4",
            "1,164.0",
        ),
        (_BANK, "Service charges were $13,907 thousand in 2015.", "13,907", "14,512"),
        (
            _BANK,
            "Half the sum of $13,284 thousand and $13,907 thousand is $13,595.5 thousand, the average of"
            " service charges for 2015 and 2016.",
            "13,595.5",
            "13,559.5",
        ),
        (_DRINKS, "Sales in the Americas were A$486.1 million in 2023.", "A$486.1", "US$486.1"),
        (_ZH, "（302.46百万元-289.61百万元）÷289.61百万元，营业成本变动+4.4%。", "+4.4", "+4.2"),
        (_ZH, "31.85百万元－33.91百万元，管理费用2023年减少2.06百万元。", "2.06", "2.60"),
    ],
)
def test_what_the_figures_of_a_sentence_come_to_is_found_and_its_error_is_not(
    source: Source, text: str, shown: str, wrong: str
) -> None:
    assert _alarms(text, source) == []
    assert text.count(shown) == 1
    assert _alarms(text.replace(shown, wrong), source) != []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Net sales rose 7.0% from $872.6 million to $934.1 million.", ("7.0%", "6.6%")),
        ("Net sales rose to $934.1 million from $872.6 million, an increase of 7.0%.", ("7.0%", "14.6%")),
        ("Net sales rose from $872.6 million to $934.1 million, or 7.0%.", ("$872.6", "$815.4")),
        ("Net sales went from $872.6 million to $934.1 million: +7.0%.", ("+7.0%", "-6.6%")),
        (
            "Net sales rose from $872.6 million to $934.1 million, by $61.5 million or 7.0%.",
            ("$61.5", "$57.2"),
        ),
    ],
)
def test_the_ends_and_the_size_of_a_move_have_to_agree(right: str, wrong: tuple[str, str]) -> None:
    assert _alarms(right, _TRUCKS) == []
    assert _alarms(right.replace(*wrong), _TRUCKS) != []


def test_a_size_that_does_not_fit_is_told_with_what_its_ends_come_to() -> None:
    # 6.7 % is a value of the data: the growth of the year before.
    told = Source("Sales", " | 2023 | 2022 | 2021\nNet sales | 940 | 800 | 750")
    text = "Net sales rose from 800 to 940, or 6.7%."
    (figure,) = [each for each in check_figures(text, sources=[told]) if each.text == "6.7%"]
    assert figure.status == "contradicted"
    assert figure.expected == "17.5"
    assert figure.formula is not None
    assert figure.formula.endswith("/ 800")


def test_a_size_that_is_of_something_else_is_not_held_to_the_ends() -> None:
    told = Source("Sales", "Sales rose from $200 million to $230 million; organic growth was 4.0%.")
    assert _alarms("Sales rose from $200 million to $230 million, with organic growth of 4.0%.", told) == []


@pytest.mark.parametrize(
    "text",
    [
        "Python 3.12, Wi-Fi 7 and the Snapdragon 8 Gen 3 are named.",
        "The 338(h)(10) election and patent EP 2 345 678 are explained.",
        "Dial in with access code 448 2093.",
        "30+ day delinquencies are explained below.",
        "The SIC code is 3674; enter 631 8024 to listen.",
        "Look at (1) the row and (2) the column.",
    ],
)
def test_versions_elections_and_codes_claim_nothing(text: str) -> None:
    assert _alarms(text, _TRUCKS) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Prior close: $255.59. Close: $252.20. Day change: -$3.39.", ("-$3.39", "+$3.39")),
        ("The close of $252.20 lies at 91.8% of its 52-week range.", ("91.8%", "98.1%")),
        (
            "With %K at 72.31 and %D at 78.94, the stochastic is 6.63 points below its signal.",
            ("6.63", "3.66"),
        ),
        ("The turnover of the day, at the closing price, was roughly $8.97 billion.", ("$8.97", "$7.89")),
        ("Gross profit: +$11.5 billion in FY2024.", ("+$11.5", "+$15.1")),
        ("Bollinger bandwidth relative to the 20-day average is 11.6%.", ("11.6%", "16.1%")),
        ("One day -1.3%, six months +18.2%.", ("+18.2%", "+12.8%")),
        ("**Trend** • Close vs. 50-day: +8.7% • Close vs. 200-day: +21.1%", ("+8.7%", "+21.1%")),
    ],
)
def test_figures_of_a_market_sheet_follow_from_each_other(text: str, wrong: tuple[str, str]) -> None:
    told = check_figures(text, facts=SHEET)
    assert [figure for figure in told if figure.status in _ALARMS] == []
    changed = check_figures(text.replace(*wrong), facts=SHEET)
    assert [figure for figure in changed if figure.status in _ALARMS] != []
