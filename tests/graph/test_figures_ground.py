"""Figures grounded in documents by words, periods and place, where no name of the vocabulary settles them."""

from __future__ import annotations

import time

import pytest

from graph.report.figures import Source, check_figures

REPURCHASES = Source(
    "Table",
    "Month | Shares bought back | Average price per share | Authorization left (millions)\n"
    "July 2021 | 412,000 | $ 61.20 | $ 240.8\n"
    "August 2021 | 388,500 | 63.85 | 216.0\n"
    "September 2021 | 150,300 | 66.10 | 206.1\n"
    "Total | 950,800 | $ 63.06 | ",
)
INTANGIBLES = Source(
    "Table",
    "(In millions) | Gross carrying amount | Accumulated amortization | Net\n"
    "Dealer network | $ 212.4 | $ (88.1) | $ 124.3\n"
    "Software | 74.0 | (51.5) | 22.5\n"
    "Total | $ 286.4 | $ (139.6) | $ 146.8",
)
PAYMENTS = Source(
    "Table",
    "Expected pension payments (in millions) | Amount\n2023 | $ 31\n2024 | 33\n2025 | 36\n2026 | 38\n"
    "2027 | 41\n2028 – 2032 | 219",
)
QUARTERS = Source(
    "Table",
    "Dividends | 2016 | 2015\nFirst quarter | $ 0.21 | $ 0.19\nSecond quarter | 0.21 | 0.19\n"
    "Third quarter | 0.22 | 0.19\nFourth quarter | 0.22 | 0.21",
)
OUTLOOK = Source(
    "Table",
    "Outlook for 2024 | Previous | Updated\nSales growth | 3% to 5% | 1% to 2%\n"
    "Adjusted EPS | $ 4.10 to $ 4.40 | $ 3.80 to $ 3.95",
)
PROSE = Source(
    "Paragraph 1",
    "Franchise fees were $18.6, $17.2 and $15.9 million in 2019, 2018 and 2017, respectively. At year"
    " end, 428 restaurants were open, with sales of $1.36 billion. Customer acquisition costs, net of"
    " rebates, were $96.2 million, or 3.1% of sales, in 2019 and $104.8 million, or 3.6% of sales, in 2018.",
)


def wrong(text: str, source: Source, question: str = "") -> list[str]:
    """Name the figures of a text that do not hold."""
    figures = check_figures(text, sources=[source], question=question)
    return [figure.text for figure in figures if figure.status in ("unsupported", "contradicted")]


@pytest.mark.parametrize(
    ("source", "question", "right", "shown", "others"),
    [
        (REPURCHASES, "", "In August 2021, 388,500 shares were bought back at an average of $63.85.",
         "388,500", ["412,000", "385,800", "388,500 million"]),
        (REPURCHASES, "", "At the end of September 2021, $206.1 million of the authorization was left.",
         "$206.1 million", ["$216.0 million", "$261.0 million", "€206.1 million"]),
        (INTANGIBLES, "What part of the dealer network had been amortized?", "41.5%", "41.5%",
         ["45.1%", "14.5%"]),
        (INTANGIBLES, "", "Accumulated amortization of $88.1 million is 41.5% of the dealer network's gross"
         " amount of $212.4 million.", "41.5%", ["44.1%", "51.4%"]),
        (INTANGIBLES, "", "The net amount of software was $22.5 million.", "$22.5 million",
         ["$74.0 million", "$25.2 million", "$22.5 billion"]),
        (PAYMENTS, "", "Pension payments of 2023 through 2027 add up to $179 million.", "$179 million",
         ["$197 million", "$138 million"]),
        (PAYMENTS, "", "Expected pension payments are $36 million in 2025.", "$36 million",
         ["$38 million", "$63 million"]),
        (QUARTERS, "What were total dividends in 2016?", "Dividends for 2016 added up to $0.86.", "$0.86",
         ["$0.68", "$0.78"]),
        (OUTLOOK, "", "The range for adjusted EPS was lowered to $3.80 to $3.95 from $4.10 to $4.40.",
         "$3.80", ["$3.08", "$8.30"]),
        (PROSE, "", "Franchise fees rose 8.1% in 2019 to $18.6 million.", "8.1%", ["1.8%", "7.5%"]),
        (PROSE, "", "Franchise fees averaged $17.2 million over the three years 2017 to 2019.",
         "$17.2 million", ["$12.7 million", "$17.9 million"]),
        (PROSE, "", "Customer acquisition costs fell by $8.6 million in 2019.", "$8.6 million",
         ["$6.8 million", "$86 million"]),
        (PROSE, "", "Sales per restaurant came to roughly $3.2 million.", "$3.2 million",
         ["$2.3 million", "$32 million"]),
    ],
)  # fmt: skip
def test_what_the_documents_say_holds_and_what_they_do_not_say_does_not(
    source: Source, question: str, right: str, shown: str, others: list[str]
) -> None:
    assert wrong(right, source, question) == []
    for other in others:
        assert wrong(right.replace(shown, other, 1), source, question) != [], other


def test_one_amount_is_not_told_twice_of_two_times() -> None:
    right = "Franchise fees rose from $17.2 million in 2018 to $18.6 million in 2019."
    assert wrong(right, PROSE) == []
    assert wrong(right.replace("18.6", "17.2"), PROSE)


def test_what_is_written_out_must_come_to_what_it_says() -> None:
    right = "(212.4 - 88.1) / 212.4 = 58.5%"
    assert wrong(right, INTANGIBLES) == []
    assert wrong(right.replace("58.5", "55.8"), INTANGIBLES) == ["55.8%"]


def test_a_growth_told_in_points_is_wrong() -> None:
    assert wrong("Franchise fees rose 8.1 percentage points in 2019.", PROSE)


def test_a_flood_of_wrong_figures_in_a_large_document_takes_no_longer_each() -> None:
    rows = "\n".join(f"Line {n} of the plan | {n * 37 % 9973} | {n * 91 % 8999}" for n in range(150))
    source = Source("Table", f"(in thousands) | 2020 | 2019\n{rows}")
    seconds = []
    for count in (60, 240):
        text = " ".join(
            f"Line {n} of the plan was ${n * 7919 % 99991} thousand in 2020." for n in range(count)
        )
        began = time.process_time()
        check_figures(text, sources=[source])
        seconds.append(time.process_time() - began)
    assert seconds[1] < 8 * max(seconds[0], 0.2)


def test_days_in_january_end_the_fiscal_year_before_where_the_text_says_so() -> None:
    table = Source(
        "Table", "(in millions) | February 3, 2024 | January 28, 2023\nNet sales | $ 812.4 | $ 779.0"
    )
    note = Source("Paragraph 1", "Fiscal 2023 had 53 weeks.")
    told = "Net sales were $812.4 million in fiscal 2023."
    assert check_figures(told, sources=[table, note])[0].status == "supported"
    assert check_figures(told.replace("812.4", "779.0"), sources=[table, note])[0].status == "contradicted"


def test_a_slash_between_names_makes_no_amount_by_one() -> None:
    table = Source("Table", "(in thousands) | 2018\nLift tickets | $ 388,157\nRetail/rental | 121,066")
    assert (
        check_figures("Retail/rental brought $121.1 million in 2018.", sources=[table])[0].status
        == "supported"
    )


def test_months_from_january_are_the_first_half_of_a_year() -> None:
    table = Source("表", "人民币百万元 | 2023年1—6月 | 2022年1—6月\n营业收入 | 12,846 | 11,573")
    told = "2023年上半年营业收入为128.46亿元。"
    assert check_figures(told, sources=[table])[0].status == "supported"
    assert check_figures(told.replace("128.46", "115.73"), sources=[table])[0].status == "contradicted"
