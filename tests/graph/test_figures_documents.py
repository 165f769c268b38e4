"""The figure check against documents: rows of tables, their captions and periods, and sentences."""

from decimal import Decimal

import pytest

from graph.facts import Fact
from graph.report.figures import Figure, Source, check_figures

FILING = [
    Source(
        "Table",
        "|  | Year Ended June 30, |\n"
        "| 2021 | 2020 | 2019\n"
        "Operating expenses: |  |  |\n"
        "Research and development | $4,210 | $3,905 | $3,120\n"
        "Sales and marketing | 8,333 | 9,117 | 7,402\n"
        "Restructuring charges | (512) | (88) | —\n"
        "Total operating expenses | $13,055 | $13,110 | $10,522\n"
        "Diluted earnings per share | $1.27 | $0.94 | $0.81\n"
        "Effective tax rate | 21.4% | 19.8% | 23.0%",
    ),
    Source("Caption", "Our operating expenses were as follows (in thousands, except per share data):"),
    Source(
        "Paragraph",
        "At June 30, 2021 we had $2.6 million of unbilled maintenance receivables from two distributors.",
    ),
]


def told(text: str, question: str = "") -> dict[str, Figure]:
    return {figure.text: figure for figure in check_figures(text, sources=FILING, question=question)}


RIGHT = [
    ("Research and development was $4.21 million in 2021, against $3,905 thousand in 2020.", 2),
    ("Sales and marketing fell 8.6% to $8.3 million in 2021.", 2),
    ("In 2021 sales and marketing decreased by $784 thousand from 2020.", 1),
    ("Restructuring charges of $512,000 were booked in 2021.", 1),
    ("Diluted earnings per share of $1.27 in 2021 rose 35.1% from $0.94.", 3),
    ("The effective tax rate rose 1.6 percentage points to 21.4% in 2021.", 2),
    ("Unbilled maintenance receivables from distributors were $2.6 million at June 30, 2021.", 1),
    ("Research and development grew at a 16.2% CAGR from 2019 to 2021.", 1),
    ("Research and development averaged $4,057.5 thousand across 2020 and 2021.", 1),
]


@pytest.mark.parametrize(("text", "count"), RIGHT)
def test_what_stands_in_the_filing_is_right(text: str, count: int) -> None:
    figures = told(text)
    assert len(figures) == count
    assert {figure.status for figure in figures.values()} <= {"supported", "derived"}, figures


WRONG = [
    ("Research and development was $4.12 million in 2021.", "$4.12 million"),
    ("Research and development was $4.21 billion in 2021.", "$4.21 billion"),
    ("Research and development was $3.905 million in 2021.", "$3.905 million"),
    ("Research and development was €4.21 million in 2021.", "€4.21 million"),
    ("Sales and marketing was $4.21 million in 2021.", "$4.21 million"),
    ("Sales and marketing rose 8.6% in 2021.", "8.6%"),
    ("Sales and marketing fell 9.4% in 2021.", "9.4%"),
    ("The effective tax rate rose 1.6% in 2021.", "1.6%"),
    (
        "Unbilled maintenance receivables from distributors were $2.6 billion at June 30, 2021.",
        "$2.6 billion",
    ),
    (
        "Unbilled maintenance receivables from distributors were $2.6 million at June 30, 2020.",
        "$2.6 million",
    ),
    ("Goodwill was $4.21 million in 2021.", "$4.21 million"),
]


@pytest.mark.parametrize(("text", "shown"), WRONG)
def test_what_does_not_stand_there_is_not_supported(text: str, shown: str) -> None:
    assert told(text)[shown].status in ("contradicted", "unsupported")


def test_the_right_value_and_the_cell_are_named() -> None:
    figure = told("Research and development was $3.905 million in 2021.")["$3.905 million"]
    assert (figure.status, figure.expected) == ("contradicted", "4210000")
    assert figure.fact_ids == ("Table!r4c2",)


def test_the_question_names_what_the_answer_leaves_out() -> None:
    asked = "What was research and development in 2020?"
    assert told("It was $3.905 million.", asked)["$3.905 million"].status == "supported"
    assert told("It was $3.950 million.", asked)["$3.950 million"].status == "contradicted"


def test_facts_without_a_metric_are_found_by_the_words_of_their_label() -> None:
    facts = [
        Fact(
            "a",
            "Receivables: Billed receivables, net",
            Decimal("208505000"),
            "money",
            period="2019",
            currency="USD",
        ),
        Fact(
            "b",
            "Receivables: Accrued receivables",
            Decimal("399302000"),
            "money",
            period="2019",
            currency="USD",
        ),
    ]
    text = "Net billed receivables were $208.5 million and accrued receivables $399.3 million in 2019."
    assert [figure.fact_ids for figure in check_figures(text, facts=facts)] == [("a",), ("b",)]
    swapped = text.replace("208.5", "X").replace("399.3", "208.5").replace("X", "399.3")
    assert [figure.status for figure in check_figures(swapped, facts=facts)] == [
        "contradicted",
        "contradicted",
    ]
