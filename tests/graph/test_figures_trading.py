"""What is read off a market sheet: gaps between levels, true ranges, reward to risk, formulas of names."""

from __future__ import annotations

import pytest

from evals.sheets import SHEET
from graph.report.figures import check_figures

_ALARMS = ("unsupported", "contradicted")


@pytest.mark.parametrize(
    ("text", "shown", "wrongs"),
    [
        ("The stock would have to gain 3.1% to reach resistance at $260.10.", "3.1%", ("1.3%", "3.0%")),
        ("The distance between support and resistance is $16.90.", "$16.90", ("$19.60", "$8.90")),
        ("The Bollinger bands span $28.82, or 11.4% of the closing price.", "11.4%", ("14.1%", "1.1%")),
        ("One ATR is $4.21, so two ATRs below the close is $243.77.", "$243.77", ("$234.77", "$260.63")),
        ("A stop 2 ATRs below support would stand at $234.77.", "$234.77", ("$243.77", "$243.20")),
        ("With a target at $260.10 and a stop at $243.20, reward-to-risk is 0.88.", "0.88", ("1.14", "0.78")),
        ("Stop below $243.20 risks $9.00, target $260.10 gains $7.90.", "$9.00", ("$7.90", "$90.0")),
        ("Volume of 35.6 million shares was 21.2% below its 20-day average.", "21.2%", ("12.2%", "26.9%")),
        ("The half-way point between the 52-week low and high is $212.09.", "$212.09", ("$221.09",)),
        ("The tape: day -1.3%, month +7.4%.", "+7.4%", ("-7.4%", "+4.7%")),
        (
            "The enterprise value is about $3.96 trillion.",
            "$3.96 trillion",
            ("$3.69 trillion", "$3.81 trillion"),
        ),
        ("The earnings yield is 2.4%.", "2.4%", ("4.2%", "24%")),
        ("EPS times P/E of 41.3 gives $251.37.", "$251.37", ("$253.17", "$215.37")),
        (
            "FCF less net income leaves $15.1 billion in FY2024.",
            "$15.1 billion",
            ("$11.5 billion", "$15.1 million"),
        ),
        (
            "Net debt was $96.4 billion at FY2022 and is $76.7 billion now.",
            "$76.7 billion",
            ("$67.7 billion",),
        ),
        ("现价位于布林带上轨262.33美元下方10.13美元。", "10.13美元", ("13.10美元", "18.69美元")),
    ],
)
def test_what_a_sheet_comes_to(text: str, shown: str, wrongs: tuple[str, ...]) -> None:
    assert [figure for figure in check_figures(text, facts=SHEET) if figure.status in _ALARMS] == []
    for wrong in wrongs:
        told = check_figures(text.replace(shown, wrong), facts=SHEET)
        assert any(figure.status in _ALARMS for figure in told), wrong
