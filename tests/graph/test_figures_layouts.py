"""Layouts of tables and wordings of captions, and what paragraphs define, imply and shorten."""

from __future__ import annotations

from decimal import Decimal

import pytest

from graph.facts import Fact
from graph.report.figures import Source, check_figures
from graph.report.figures.scale import currency_of, scale_of
from graph.report.figures.tables import table_cells


def cells(table: str, *captions: str) -> dict[str, tuple[Decimal, str, str | None]]:
    """Read a table: (value, unit, period) by label and column's place."""
    texts = [("Table", table), *((f"Paragraph {n}", text) for n, text in enumerate(captions))]
    return {
        f"{cell.fact.label}/{cell.fact.id.rpartition('c')[2]}": (
            cell.fact.value,
            cell.fact.unit,
            cell.fact.period,
        )
        for cell in table_cells(texts)
    }


def statuses(answer: str, *paragraphs: str, facts: tuple[Fact, ...] = ()) -> list[str]:
    """Give the status of every figure of an answer on paragraphs."""
    sources = [Source(f"Paragraph {n}", text) for n, text in enumerate(paragraphs)]
    return [figure.status for figure in check_figures(answer, facts=facts, sources=sources)]


@pytest.mark.parametrize(
    ("caption", "power", "currency"),
    [
        ("segment ebitda (million €)", 6, "EUR"),
        ("£ million unless stated", 6, "GBP"),
        ("statement of profit or loss (hk$ million)", 6, "HKD"),
        ("balances, net (000s omitted)", 3, None),
        ("$'000", 3, "USD"),
        ("millions, except where noted", 6, None),
        ("in thousands of euros", 3, "EUR"),
        ("amounts in teur", 3, "EUR"),
        ("nok million", 6, "NOK"),
        ("several million euros were spent", None, "EUR"),
        ("revenue of $5.2 million", None, "USD"),
        ("we serve 5 million customers", None, None),
    ],
)
def test_a_caption_gives_scale_and_currency(caption: str, power: int | None, currency: str | None) -> None:
    assert (scale_of(caption), currency_of(caption)) == (power, currency)


def test_a_percentage_in_one_row_makes_no_percentages_of_the_others() -> None:
    read = cells(" | 2021 | 2020\nCash | 386 | 452\nGearing | 61.4% | 67.9%", "(RMB million)")
    assert read["cash/2"] == (Decimal("3.86E+8"), "money", "2021")
    assert read["gearing/2"] == (Decimal("61.4"), "percent", "2021")


def test_a_column_of_shares_shows_its_sign_on_top_and_is_of_the_year_before_it() -> None:
    read = cells(
        " | 2019 | Ratio | 2018 | Ratio\nMedicare | $ 3,318 | 25.6% | $ 3,105 | 25.4%"
        "\nMedicaid | 673 | 5.2 | 709 | 5.8"
    )
    assert read["medicaid/3"] == (Decimal("5.2"), "percent", "2019")
    assert read["medicaid/5"] == (Decimal("5.8"), "percent", "2018")
    assert read["medicaid/2"][1] == "money"


@pytest.mark.parametrize("head", ["+/–", "% chg", "Movement", "YoY", "Better/(worse)"])
def test_a_column_of_changes_is_left_out(head: str) -> None:
    assert set(cells(f" | 2020 | 2019 | {head}\nSales | 842 | 1,066 | (21.0)%")) == {"sales/2", "sales/3"}


def test_changes_may_be_headed_by_signs_alone() -> None:
    table = (
        " |  | Years Ended December 31, |  | Increase/(Decrease)"
        "\n | 2020 | 2019 | $ | %\nFees | $ 418 | $ 352 | $ 66 | 18.8%"
    )
    assert {key: value[2] for key, value in cells(table).items()} == {"fees/2": "2020", "fees/3": "2019"}


def test_amounts_may_be_shown_twice() -> None:
    read = cells(
        "| 2009 | 2008\nCash used | -1234 ( 1234 ) | -980 ( 980 )\n"
        "Margin | 11.9% ( 11.9 % ) | 10.2% ( 10.2 % )"
    )
    assert read["cash used/2"] == (Decimal(-1234), "money", "2009")
    assert read["margin/3"] == (Decimal("10.2"), "percent", "2008")


def test_rows_may_have_a_scale_and_a_kind_of_their_own() -> None:
    read = cells(
        " | 2022 | 2021\nRevenue | $ 512 | $ 488\nDiluted shares | 102,300 | 101,200"
        "\nShare of profits of associates | 44 | 31"
        "\nRestaurants, end of period | 214 | 203\nInterest rate swaps | 51 | 48\nYield | 4.1% | 3.9%",
        "(in millions, except shares in thousands)",
    )
    assert read["diluted shares/2"] == (Decimal("1.023E+8"), "count", "2022")
    assert read["share of profits of associates/2"] == (Decimal("4.4E+7"), "money", "2022")
    assert read["restaurants, end of period/2"] == (Decimal(214), "count", "2022")
    assert read["interest rate swaps/2"] == (Decimal("5.1E+7"), "money", "2022")


def test_quarters_and_halves_stand_over_columns_in_any_order() -> None:
    assert cells("2020 | First Quarter | Second Quarter\nSales | $1 | $2")["sales/3"][2] == "2020Q2"
    assert cells("RMB'000 | 2020 1H | 2019 1H\nSales | 1,200 | 1,100")["sales/2"] == (
        Decimal("1.2E+6"),
        "money",
        "2020H1",
    )


OCCUPANCY = "Leased occupancy was 95.1% in 2023, an improvement of 170 basis points from 2022."
CASH = (
    "In fiscal 2022 net cash provided by operations was $614.3 million"
    " and capital expenditures were $389.6 million."
)
OUNCES = "Gold production was 642 thousand ounces in 2020 and 706 thousand ounces in 2019."


@pytest.mark.parametrize(
    ("answer", "paragraph", "right"),
    [
        ("Leased occupancy was 93.4% in 2022.", OCCUPANCY, True),
        ("Leased occupancy was 95.1% in 2022.", OCCUPANCY, False),
        ("A year before, leased occupancy had been 96.8%.", OCCUPANCY, False),
        ("Free cash flow was $224.7 million in fiscal 2022.", CASH, True),
        ("Free cash flow was $242.7 million in fiscal 2022.", CASH, False),
        ("Gold production dropped 9.1% in 2020.", OUNCES, True),
        ("Gold production dropped 10.0% in 2020.", OUNCES, False),
        ("Gold production was 706 thousand ounces in 2020.", OUNCES, False),
        ("ROIC was 14.8%.", "Return on invested capital was 14.8%, up from 12.1%.", True),
        ("ROIC was 18.4%.", "Return on invested capital was 14.8%, up from 12.1%.", False),
        ("DSO was 38 days.", "Days sales outstanding improved to 38 days from 44 days.", True),
        ("DSO was 83 days.", "Days sales outstanding improved to 38 days from 44 days.", False),
        ("The net loss was $18.6 million in 2023.", "Net loss was $(18.6) million in 2023.", True),
        ("Headcount increased by 16 people.", "Headcount was 318 people, up from 264 people.", False),
    ],
)
def test_paragraphs_imply_and_define(answer: str, paragraph: str, right: bool) -> None:
    told = statuses(answer, paragraph)
    assert told
    assert all(status in ("supported", "derived") for status in told) == right, told


@pytest.mark.parametrize(
    "text",
    [
        "She holds patent nos. 8,402,117 and 9,115,203.",
        "The A220-300 flew alongside the 787-9.",
        "The case, No. 2:21-cv-00463, was adjourned.",
        "The 600 MHz and 3.5 GHz bands were auctioned.",
        "公司收到证监许可〔2022〕2578号批复。",
        "总机010-6659 7000。",
        "公司位于科技园路1001号3栋12楼。",
    ],
)
def test_numbers_of_things_are_no_claims(text: str) -> None:
    facts = (Fact("r", "revenue", Decimal(5), "money", metric="revenue", currency="USD", period="FY2022"),)
    assert not {"unsupported", "contradicted"} & set(statuses(text, facts=facts))


def test_a_short_form_stands_for_words_inside_a_label() -> None:
    table = (
        " | Q4 2022 | Q3 2022\nBeginning assets under management | $ 118 | $ 128"
        "\nEnding assets under management | $ 123 | $ 118"
    )
    found = check_figures(
        "Ending AUM was $123 in Q4 2022 and beginning AUM $118.", sources=[Source("Table", table)]
    )
    assert [figure.status for figure in found] == ["supported", "supported"]
