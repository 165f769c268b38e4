"""Tables of filings as they come out of documents, and answers on them."""

from __future__ import annotations

import pytest

from graph.report.figures import Source, check_figures
from graph.report.figures.tables import table_cells

SPLIT = """| Fiscal Year Ended June 30, |  |
| 2020 | 2019
Net cash provided by operating activities | $ | 184,220 | $ | 151,786
Capital expenditures | (46,911 | ) | (39,284 | )
"""
SPANS = """ | Three Months Ended | Nine Months Ended
 | September 30, | September 30,
 | 2022 | 2021 | 2022 | 2021
Revenues | $ 914.3 | $ 852.7 | $ 2,688.0 | $ 2,471.4
"""
SHARES = """|  | 2020 |  | 2019 |
| Amount | % of Revenue | Amount | % of Revenue
Subscription services | $ 296,404 | 83% | $ 221,318 | 81%
Hardware | 18,955 | 5 | 15,407 | 6
"""
COLUMNS = """ | Gross Carrying Amount | Accumulated Amortization | Net Carrying Amount
Customer relationships | $ 214,600 | $ (81,322) | $ 133,278
"""
SECTIONS = """| 2019 | 2018
Current: |  |
Federal | 102 | 87
Deferred: |  |
Federal | (14) | 9
"""
NOTES = """ | Note | 2021 £m | 2020 £m
Revenue | 2 | 5,218.4 | 5,736.9
Taxation | 7 | (43.1) | (61.5)
"""


def told(text: str, table: str, caption: str = "(in thousands)", question: str = "") -> dict[str, str]:
    sources = [Source("Table", table), Source("Caption", caption)]
    return {f.text: f.status for f in check_figures(text, sources=sources, question=question)}


def test_an_amount_and_its_currency_may_stand_in_cells_of_their_own() -> None:
    cells = {(c.fact.label, c.fact.period): str(c.fact.value) for c in table_cells([("t", SPLIT)])}
    assert cells["net cash provided by operating activities", "2020"] == "184220"
    assert cells["capital expenditures", "2019"] == "-39284"


@pytest.mark.parametrize(
    ("text", "table", "caption", "status"),
    [
        ("Revenues were $914.3 million in Q3 2022.", SPANS, "(in millions)", "supported"),
        ("Revenues were $2,688.0 million in Q3 2022.", SPANS, "(in millions)", "contradicted"),
        (
            "Revenues were $2,688.0 million in the nine months ended September 30, 2022.",
            SPANS,
            "(in millions)",
            "supported",
        ),
        ("Subscription services brought $221.3 million in 2019.", SHARES, "(in thousands)", "supported"),
        ("Subscription services were 83% of revenue in 2020.", SHARES, "(in thousands)", "supported"),
        ("Subscription services were 81% of revenue in 2020.", SHARES, "(in thousands)", "contradicted"),
        ("The net carrying amount of customer relationships was $133.3 million.", COLUMNS, "(in thousands)",
         "supported"),
        ("The gross carrying amount of customer relationships was $133.3 million.", COLUMNS,
         "(in thousands)", "contradicted"),
        ("Current federal tax was $102 million in 2019.", SECTIONS, "(in millions)", "supported"),
        ("Current federal tax was $87 million in 2019.", SECTIONS, "(in millions)", "contradicted"),
        ("Taxation was £43.1 million in 2021.", NOTES, "", "supported"),
        ("Revenue was £2 million in 2021.", NOTES, "", "contradicted"),
        ("Capex was $46.9 million in 2020.", SPLIT, "(in thousands)", "supported"),
    ],
)  # fmt: skip
def test_the_row_the_column_and_the_scale_decide(text: str, table: str, caption: str, status: str) -> None:
    assert list(told(text, table, caption).values()) == [status]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Operating cash flow rose 21.4% in 2020.", "derived"),
        ("Operating cash flow rose 17.6% in 2020.", "contradicted"),
        ("Operating cash flow averaged $168,003 thousand over 2019 and 2020.", "derived"),
        ("Capital expenditures were 25.5% of operating cash flow in 2020.", "derived"),
        ("Capital expenditures were 392.7% of operating cash flow in 2020.", "contradicted"),
        ("Operating cash flow exceeded capital expenditures by $137.3 million in 2020.", "derived"),
        ("Together, 2019 and 2020 capital expenditures came to $86.2 million.", "derived"),
    ],
)
def test_what_rows_and_periods_combine_to(text: str, status: str) -> None:
    found = told(text, SPLIT)
    assert list(found.values())[-1] == status, found


def test_a_sum_that_is_written_out_is_computed() -> None:
    asked = "What was the change in operating cash flow from 2019 to 2020?"
    right = told("($184,220K - $151,786K) / $151,786K = 21.4%", SPLIT, question=asked)
    assert set(right.values()) <= {"supported", "derived"}
    base = told("($184,220K - $151,786K) / $184,220K = 17.6%", SPLIT, question=asked)
    assert base["17.6%"] in ("unsupported", "contradicted")
    wrong = told("$184,220K - $151,786K = $32,343K", SPLIT, question=asked)
    assert wrong["$32,343K"] in ("unsupported", "contradicted")


def test_a_move_told_the_wrong_way_round_is_found() -> None:
    sources = [Source("Table", SPLIT), Source("Caption", "(in thousands)")]
    [_, end] = check_figures(
        "Operating cash flow fell from $151.8 million in 2019 to $184.2 million in 2020.", sources=sources
    )
    assert (end.status, end.rule) == ("contradicted", "direction")


PROSE = [
    Source("1", "Revenue increased from $3.1 million in 2021 to $4.2 million in 2022."),
    Source("2", "Rent expense was $12.4 million, $11.8 million and $11.1 million for 2020, 2019 and 2018."),
    Source(
        "3",
        "We had $325.0 million under the term loan at 4.25% and $62.5 million under the revolver at 3.75%.",
    ),
]


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("Revenue rose 35.5% from 2021 to 2022.", ["derived"]),
        ("Revenue rose 26.2% from 2021 to 2022.", ["unsupported"]),
        ("Revenue was $3.1 million in 2022.", ["unsupported"]),
        ("Rent expense was $11.8 million in 2019.", ["supported"]),
        ("Rent expense was $11.1 million in 2019.", ["unsupported"]),
        ("The rate on the term loan is 4.25%.", ["supported"]),
        ("The rate on the revolver is 4.25%.", ["unsupported"]),
    ],
)
def test_prose_says_which_figure_is_whose_and_when(text: str, statuses: list[str]) -> None:
    assert [f.status for f in check_figures(text, sources=PROSE)] == statuses
