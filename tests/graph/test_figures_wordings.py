"""Answers in words that no list holds: short forms, gaps, moves, and numbers that are names."""

from __future__ import annotations

import pytest

from graph.report.figures import Source, check_figures

BANK = Source(
    "Table",
    """Northern Trust Union. Amounts in millions, except client and branch counts
 | Year Ended December 31, |  | $ | %
 | 2023 | 2022 | Change | Change
Interest income | $ 4,318 | $ 2,907 | $ 1,411 | 48.5%
Net interest income | 2,632 | 2,519 | 113 | 4.5%
Fee income | 861 | 902 | (41) | (4.5)%
Branches | 1,162 | 1,149 | 13 | 1.1%
Rent per square foot | $ 46.72 | $ 45.39 | $ 1.33 | 2.9%
Clients over $100,000 of assets | 1,873 | 1,402 | 471 | 33.6%
""",
)
PROSE = Source(
    "Paragraph",
    "ARR ended fiscal 2024 at $614 million, up from $307 million at the end of fiscal 2022. Of the ARR, $205"
    " million came from outside North America. Inventories were $1.48 billion, compared with $1.85 billion a"
    " year ago.",
)
OPEN = ("unsupported", "contradicted")


def _open(text: str, source: Source = BANK) -> list[str]:
    return [figure.text for figure in check_figures(text, sources=[source]) if figure.status in OPEN]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("In 2023 NII was $2,632 million.", "In 2023 NII was $2,519 million."),
        (
            "In 2023, fee income trailed NII by $1,771 million.",
            "In 2023, fee income trailed NII by $1,177 million.",
        ),
        ("Branches numbered 1,162 in 2023.", "Branches numbered 1,126 in 2023."),
        ("Rent per square foot was $46.72 in 2023.", "Rent per square foot was $46.72 million in 2023."),
        (
            "Fee income in 2023 was 4.5% lower than in 2022, at $861 million against $902 million.",
            "Fee income in 2023 was 4.8% lower than in 2022, at $861 million against $902 million.",
        ),
        (
            "Fee income: $902 million → $861 million (2022 → 2023).",
            "Fee income: $861 million → $861 million (2022 → 2023).",
        ),
        (
            "Fee income of both years averages $881.5 million, i.e. ($902 million + $861 million) / 2.",
            "Fee income of both years averages $885.1 million, i.e. ($902 million + $861 million) / 2.",
        ),
        (
            "($2,632 million less $2,519 million) over $2,519 million gives 4.5% for net interest income.",
            "($2,632 million less $2,519 million) over $2,519 million gives 5.4% for net interest income.",
        ),
        (
            "Clients over $100,000 of assets were 471 higher in 2023 than in 2022.",
            "Clients over $100,000 of assets were 417 higher in 2023 than in 2022.",
        ),
    ],
)
def test_a_right_answer_is_clean_and_its_corruption_is_not(right: str, wrong: str) -> None:
    assert _open(right) == []
    assert _open(wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "ARR doubled between fiscal 2022 and fiscal 2024.",
            "ARR tripled between fiscal 2022 and fiscal 2024.",
        ),
        ("Inventories were 20% lower than a year ago.", "Inventories were 25% lower than a year ago."),
    ],
)
def test_moves_of_prose_are_computed(right: str, wrong: str) -> None:
    assert _open(right, PROSE) == []
    assert _open(wrong, PROSE)


@pytest.mark.parametrize(
    "text",
    [
        "The 737-800 fleet and the L-1011 hangar were reassigned.",
        "Deliveries of the 787 resumed, as the appeal, No. 21-1450, explains.",
        "Web 3.0 and Industry 4.0 appear as themes.",
        "投资者热线：010-8888 6666，传真转802。",
    ],
)
def test_numbers_that_are_names_claim_nothing(text: str) -> None:
    assert _open(text) == []
