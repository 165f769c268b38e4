"""The figure check: growth, scales, signs, owners and quotations, one case each."""

from __future__ import annotations

from graph.report.figures import Checker, check_figures
from tests.graph.figures import FACTS, fact, one, statuses, told
from tests.graph.test_figures import GOOD


def test_growth_on_the_wrong_base_is_not_derived() -> None:
    right = (391035 - 383285) / 383285 * 100
    wrong = (391035 - 383285) / 391035 * 100
    assert f"{right:.2f}" == "2.02"
    assert one(f"Revenue grew {wrong:.2f}% in FY2024", f"{wrong:.2f}%").status == "contradicted"


def test_difference_of_percentages_told_as_growth_is_wrong() -> None:
    assert one("Gross margin rose 2.1% in FY2024.", "2.1%").status == "contradicted"
    assert (
        one("Gross margin rose 2.1 percentage points in FY2024.", "2.1 percentage points").status == "derived"
    )


def test_cagr_is_recomputed_from_its_end_points() -> None:
    facts = [fact("revenue", "53800000000", period="FY2021"), fact("revenue", "96800000000", period="FY2023")]
    text = "Revenue went from $53.8 billion to $96.8 billion, a 15.2 % CAGR over 2021–2023."
    assert statuses(text, facts) == {
        "$53.8 billion": "supported",
        "$96.8 billion": "supported",
        "15.2 %": "contradicted",
    }
    assert one(text, "15.2 %", facts).expected == "34.1"
    assert one(text.replace("15.2", "34.1"), "34.1 %", facts).status == "derived"


def test_amount_at_the_wrong_scale_is_contradicted() -> None:
    figure = one("Revenue was $391 million.", "$391 million")
    assert (figure.status, figure.expected) == ("contradicted", "391035000000")
    assert "scale" in figure.note


def test_eps_of_another_value_is_contradicted() -> None:
    facts = [fact("eps_diluted", "0.78", period="FY2024")]
    assert one("EPS came in at $0.81.", "$0.81", facts).expected == "0.78"
    assert one("EPS came in at $0.78.", "$0.78", facts).status == "supported"


def test_net_loss_is_a_negative_income_in_every_spelling() -> None:
    facts = [fact("net_income", "-45200000", period="FY2024")]
    for shown in ("$(45.2)M", "$45.2 million", "$45.2M"):
        assert one(f"The net loss of {shown} widened.", shown, facts).status == "supported"
    assert one("Net income of $45.2 million", "$45.2 million", facts).status == "contradicted"
    assert one("Net income of -$45.2 million", "-$45.2 million", facts).status == "supported"


def test_hong_kong_price_after_its_ticker() -> None:
    facts = [fact("close", "380", entity="0700.HK", currency="HKD")]
    assert statuses("0700.HK at HK$380", facts) == {"HK$380": "supported"}
    assert statuses("0700.HK at HK$830", facts) == {"HK$830": "contradicted"}


def test_figures_of_two_companies_do_not_stand_for_each_other() -> None:
    facts = [fact("pe", "41.3"), fact("pe", "36.2", entity="MSFT")]
    assert set(statuses("AAPL trades at 41.3x earnings, MSFT at 36.2x.", facts).values()) == {"supported"}
    assert one("AAPL trades at 36.2x earnings.", "36.2x", facts).expected == "41.3"
    table = "| Ticker | P/E |\n|---|---|\n| AAPL | 41.3x |\n| MSFT | 36.2x |\n"
    assert set(statuses(table, facts).values()) == {"supported"}
    assert set(
        statuses(table.replace("AAPL", "TMP").replace("MSFT", "AAPL").replace("TMP", "MSFT"), facts).values()
    ) == {"contradicted"}


def test_a_figure_of_the_question_is_a_quotation() -> None:
    [figure] = told("If you bought at $199.99 you are ahead.", question="I bought AAPL at $199.99. Sell?")
    assert (figure.status, figure.rule) == ("context", "quoted from the question")


def test_shown_digits_decide() -> None:
    assert one("Revenue of $391 billion", "$391 billion").status == "supported"
    assert one("Revenue of $391.0 billion", "$391.0 billion").status == "supported"
    assert one("Revenue of $391.1 billion", "$391.1 billion").status == "contradicted"
    assert one("Revenue of about $390 billion", "$390 billion").status == "supported"
    assert one("Revenue of over $390 billion", "$390 billion").status == "supported"
    assert one("Revenue of nearly $390 billion", "$390 billion").status == "contradicted"


def test_a_truncated_figure_counts_and_says_so() -> None:
    figure = one("RSI(14) at 67.4", "67.4")
    assert (figure.status, figure.note) == ("supported", "cut off rather than rounded")


def test_a_derived_figure_names_its_formula_and_operands() -> None:
    figure = one("Gross margin widened 2.1 percentage points to 46.2%.", "2.1 percentage points")
    assert figure.formula == "46.2063 - 44.1311"
    assert figure.fact_ids == ("AAPL-gross_margin-FY2024", "AAPL-gross_margin-FY2023")


def test_offsets_are_characters_of_the_text() -> None:
    text = "📈 ＡＡＰＬ 收于＄２５２．２０，RSI(14) 67.5 🚀"
    for figure in told(text):
        assert text[figure.start : figure.end] == figure.text
    assert [figure.text for figure in told(text)] == ["＄２５２．２０", "67.5"]
    assert [figure.status for figure in told(text)] == ["supported", "supported"]


def test_without_facts_nothing_is_supported() -> None:
    assert {figure.status for figure in told("Revenue rose 2.0% to $391.04 billion.", [])} == {"unsupported"}
    assert told("") == []


def test_one_checker_gives_every_text_what_a_fresh_one_gives() -> None:
    checker = Checker(FACTS)
    texts = [*GOOD, *reversed(GOOD)]
    assert [checker.check(text) for text in texts] == [check_figures(text, facts=FACTS) for text in texts]
