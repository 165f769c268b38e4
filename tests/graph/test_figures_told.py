"""Ways to tell differences, gaps, sums and shares of two names, and rows told by part of their name."""

from __future__ import annotations

import pytest

from graph.report.figures import Source, check_figures

_FREIGHT = Source(
    "Freight",
    "(in millions)\n"
    " | Freight Revenues |  |  | Carloads |  |\n"
    " | 2023 | 2022 | % Change | 2023 | 2022 | % Change\n"
    "Grain & grain products | $1,684 | $1,612 | 4% | 412 | 401 | 3%\n"
    "Intermodal | 2,039 | 2,416 | (16) | 2,874 | 3,236 | (11)\n"
    "Total | $6,381 | $6,684 | (5)% | 4,445 | 4,817 | (8)%",
)
_DEBT = Source(
    "Debt",
    "December 31 (in millions)\n"
    " | 2023 | 2022\n"
    "Commercial paper program (weighted average interest rate of 5.6%) | 860 | 1,707\n"
    "Senior notes, maturing through 2049, interest rates from 0.75% to 6.10% | 9,428 | 8,126\n"
    "Current portion of long-term debt | 334 | 414\n"
    "Long-term debt, less current portion | $ 13,886 | $ 12,902",
)
_TABLES = [_FREIGHT, _DEBT]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Δ freight revenue from grain and grain products, 2022 to 2023: +$72 million", "+$27 million"),
        ("Total freight revenues beat grain freight revenues by $4,697 million in 2023.", "$4,967 million"),
        ("In 2023, the excess of senior notes over commercial paper was $8,568 million.", "$8,658 million"),
        ("Senior notes added to commercial paper gives $10,288 million for 2023.", "$12,088 million"),
        ("9.1% of senior notes was the size of commercial paper in 2023.", "1096.3%"),
        ("Current portion in 2023 was down $80 million on 2022.", "$88 million"),
        ("Q: What was commercial paper in 2022? A: $1,707 million.", "$860 million"),
    ],
)
def test_what_two_names_come_to_is_found_and_its_error_is_not(text: str, wrong: str) -> None:
    right = check_figures(text, sources=_TABLES)
    assert [figure.status for figure in right if figure.status in ("unsupported", "contradicted")] == []
    shown = right[0].text
    told = check_figures(text.replace(shown, wrong), sources=_TABLES)
    assert [figure.status for figure in told] in (["unsupported"], ["contradicted"])


@pytest.mark.parametrize(
    "text",
    [
        "The 1.5-litre EcoBoost and 2.0 TDI engines share one line.",
        "Write to Investor Relations, P.O. Box 2207.",
        "A day count of 30/360 applies to the notes and actual/360 to the loans.",
    ],
)
def test_engines_boxes_and_day_counts_claim_nothing(text: str) -> None:
    figures = check_figures(text, sources=_TABLES)
    assert all(figure.status == "context" for figure in figures)
