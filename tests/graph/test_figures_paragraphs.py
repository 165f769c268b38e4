"""What the figures of a paragraph come to: changes, shares, sums, remainders, products, and by whose name."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import pytest

from graph.report.figures import Figure, Source, check_figures

_ALARMS = ("unsupported", "contradicted")
_CREDIT = (
    "At December 31, 2021, we had $325 million outstanding under the revolving credit facility and $48 million of"
    " letters of credit issued, leaving $627 million available of the total commitment of $1.0 billion. At December"
    " 31, 2020, borrowings were $410 million."
)
_PENSION = (
    "The fair value of pension plan assets was $2,418 million and the projected benefit obligation was $2,907 million"
    " at year-end 2020, compared with $2,250 million and $2,655 million, respectively, at year-end 2019."
)
_TAX = (
    "The provision for income taxes was $57.8 million on pretax income of $241.6 million in 2017, compared to $66.2"
    " million on pretax income of $218.5 million in 2016."
)
_STAFF = (
    "As of December 31, 2022, we had approximately 12,400 employees, of whom 7,900 were in North America and 3,100 in"
    " Europe. About 2,480 employees are covered by collective agreements."
)
_COSTS = (
    "We expect total restructuring costs of $120 million to $140 million, of which $94 million had been incurred"
    " through March 31, 2023: $61 million of severance, $22 million of facility exit costs and $11 million of other"
    " costs."
)
_ROOMS = (
    "Occupancy increased 150 basis points to 73.5% in 2023. The pipeline comprised 1,240 hotels with 163,000 rooms,"
    " of which 42% are under construction."
)
_SHARES = (
    "During 2021, 2020 and 2019, the Company repurchased 6.2 million, 3.1 million and 4.8 million shares for $412"
    " million, $158 million and $226 million, respectively."
)
_NOTES = (
    "On May 4, 2020, the company issued $900 million of 3.50% senior notes due 2030 at 99.2% of par, for proceeds of"
    " $886 million after issuance costs. It used $600 million of the proceeds to repay the term loan."
)
_FUEL = (
    "Fuel cost per gallon averaged $2.96 in 2023, down from $3.58, on consumption of 655 million gallons. Load factor"
    " was 84.1%, up 2.6 points."
)
_ZH_STAFF = (
    "截至2023年末，集团共有员工8,400人，其中研发人员2,800人，生产人员3,500人。2022年末员工总数为7,000人。"
)
_ZH_QUARTER = (
    "2023年第四季度，公司实现营业收入35.8亿元，同比增长12.4%；全年营业收入132.6亿元，同比增长9.1%。"
    "全年归母净利润18.9亿元，上年为16.2亿元。"
)


def _alarms(text: str, paragraph: str) -> list[Figure]:
    figures = check_figures(text, sources=[Source("Filing", paragraph)])
    return [figure for figure in figures if figure.status in _ALARMS]


@pytest.mark.parametrize(
    ("paragraph", "text", "shown", "wrongs"),
    [
        # Two times of one thing, named by its own words or in the question's.
        (_CREDIT, "Borrowings under the revolving credit facility fell by $85 million in 2021.", "$85 million",
         ("$58 million", "$48 million", "€85 million")),
        (_PENSION, "Plan assets grew by 7.5% in 2020.", "7.5%", ("9.5%", "5.7%", "7.5 percentage points")),
        (_FUEL, "The fuel price per gallon fell 17.3%.", "17.3%", ("20.9%", "13.7%")),
        (_ZH_STAFF, "员工总数同比增长20%。", "20%", ("16.7%", "12%")),
        # Parts and wholes.
        (_CREDIT, "Letters of credit used up 4.8% of the commitment.", "4.8%", ("8.4%", "48%")),
        (_STAFF, "North America accounts for 63.7% of the workforce.", "63.7%", ("67.3%", "25.0%")),
        (_STAFF, "1,400 employees work outside North America and Europe.", "1,400", ("4,100", "1,700")),
        (_STAFF, "One in five employees is covered by a collective agreement.", "One in five",
         ("One in three", "One in ten")),
        (_COSTS, "Severance made up 64.9% of the costs incurred.", "64.9%", ("69.4%", "46.9%")),
        (_COSTS, "Facility exit and other costs amounted to $33 million.", "$33 million", ("$83 million",)),
        (_ZH_STAFF, "研发人员占三分之一。", "三分之一", ("一半",)),
        (_ZH_STAFF, "研发与生产人员合计6,300人。", "6,300", ("3,600", "6,030")),
        # A name that is a formula.
        (_PENSION, "The plan was underfunded by $489 million at the end of 2020.", "$489 million", ("$498 million",)),
        (_TAX, "The effective tax rate fell 6.4 percentage points.", "6.4 percentage points",
         ("6.4%", "4.6 percentage points")),
        (_TAX, "Net income comes to $183.8 million in 2017.", "$183.8 million", ("$188.3 million", "$299.4 million")),
        (_ZH_QUARTER, "净利率为14.3%。", "14.3%", ("13.4%", "41.3%")),
        # Before a change, a quarter of its year, nine months of one.
        (_ROOMS, "Occupancy in 2022 was 72.0%.", "72.0%", ("75.0%", "70.2%")),
        (_FUEL, "The load factor in 2022 was 81.5%.", "81.5%", ("86.7%", "85.1%")),
        (_ZH_QUARTER, "第四季度收入占全年的27.0%。", "27.0%", ("20.7%", "37.0%")),
        (_ZH_QUARTER, "前三季度营业收入合计96.8亿元。", "96.8亿元", ("98.6亿元",)),
        # Rates, prices and counts of each.
        (_ROOMS, "About 68,460 rooms of the pipeline are under construction.", "68,460", ("64,860", "94,540")),
        (_ROOMS, "On average a pipeline hotel has 131 rooms.", "131", ("113", "311")),
        (_SHARES, "Repurchase spending rose 160.8% in 2021.", "160.8%", ("168.0%", "61.7%")),
        (_FUEL, "The fuel bill was roughly $1.94 billion.", "$1.94 billion", ("$1.49 billion", "$2.34 billion")),
        (_NOTES, "Annual interest on the notes is $31.5 million.", "$31.5 million", ("$35.1 million",)),
        (_NOTES, "The discount on the notes was $7.2 million.", "$7.2 million", ("$2.7 million", "$72 million")),
        (_NOTES, "Some two thirds of the proceeds went to repay the term loan.", "two thirds", ("one third",)),
    ],
)  # fmt: skip
def test_what_a_paragraph_comes_to(paragraph: str, text: str, shown: str, wrongs: tuple[str, ...]) -> None:
    assert _alarms(text, paragraph) == []
    for wrong in wrongs:
        assert _alarms(text.replace(shown, wrong), paragraph), wrong


@pytest.mark.parametrize(
    "text",
    [
        # Figures that nothing said puts together.
        "The revolving credit facility came to $679 million.",
        "Collective agreements cost 373 in Europe.",
        "Letters of credit rose 4.8% in 2021.",
    ],
)
def test_no_two_figures_are_combined_that_nothing_puts_together(text: str) -> None:
    assert _alarms(text, _CREDIT + " " + _STAFF)


_LEASES = Source(
    "Leases",
    "(in millions)\nYear | Operating leases | Finance leases\n2024 | $ 62.4 | $ 8.1\n2025 | 55.0 | 7.6\n2026 | 41.3 | 5.2\n"
    "Thereafter | 118.9 | 3.4\nTotal lease payments | 277.6 | 24.3",
)
_QUARTERS = Source(
    "Quarters",
    "(in millions) | First | Second | Third | Fourth | Year\n2022 | | | | |\nNet revenue | 812 | 845 | 861 | 902 | 3,420\n"
    "Gross profit | 325 | 342 | 349 | 370 | 1,386\nNet income | 61 | 72 | 70 | 88 | 291",
)
_SALES = Source(
    "Sales",
    "(in thousands) | 2021 | 2020 | 2019\nAmericas | 412,350 | 387,600 | 401,220\nEMEA | 218,740 | 204,110 | 223,480\n"
    "Asia Pacific | 156,910 | 131,550 | 118,300\nTotal net sales | 788,000 | 723,260 | 743,000\n"
    "Operating income | 94,560 | 72,326 | 81,730",
)
_RATES = Source(
    "Rates",
    "(% of net sales) | 2023 | 2022 | 2021\nCost of sales | 61.8 | 63.0 | 62.1\nSG&A | 22.4 | 21.7 | 22.9\n"
    "Operating margin | 11.7 | 10.9 | 10.4",
)


@pytest.mark.parametrize(
    ("table", "text", "shown", "wrongs"),
    [
        (_LEASES, "Payments due in 2024 and 2025 under operating leases total $117.4 million.", "$117.4 million",
         ("$114.7 million", "$15.7 million")),
        (_LEASES, "Operating lease payments decline 11.9% from 2024 to 2025.", "11.9%", ("19.1%", "24.9%")),
        (_QUARTERS, "Net revenue rose 11.1% from the first to the fourth quarter.", "11.1%", ("10.0%", "1.11%")),
        (_QUARTERS, "Second-half net revenue was $1,763 million.", "$1,763 million", ("$1,736 million",)),
        (_QUARTERS, "The fourth quarter contributed 26.4% of the year's net revenue.", "26.4%", ("24.6%", "30.2%")),
        (_SALES, "The share of EMEA in total net sales slipped from 30.1% in 2019 to 27.8% in 2021.", "27.8%",
         ("28.7%", "28.2%")),
        (_SALES, "Operating margin improved 2.0 percentage points to 12.0% in 2021.", "2.0 percentage points",
         ("2.0%", "1.0 percentage points")),
        (_SALES, "Americas and EMEA together brought in $631.1 million in 2021, up 6.7% from 2020.", "6.7%",
         ("7.6%", "9.0%")),
        (_SALES, "The increase in total net sales in 2021 was (788,000 - 723,260) / 723,260 = 9.0%.", "= 9.0%",
         ("= 8.2%", "= 9.9%")),
        (_SALES, "Net sales outside EMEA were $569.3 million in 2021.", "$569.3 million", ("$596.3 million",)),
        (_RATES, "The operating margin widened by 0.8 percentage points to 11.7% in 2023.", "0.8 percentage points",
         ("0.8%", "8.0 percentage points")),
    ],
)  # fmt: skip
def test_tables_are_read_down_and_across(
    table: Source, text: str, shown: str, wrongs: tuple[str, ...]
) -> None:
    right = check_figures(text, sources=[table])
    assert [figure for figure in right if figure.status in _ALARMS] == []
    for wrong in wrongs:
        told = check_figures(text.replace(shown, wrong), sources=[table])
        assert any(figure.status in _ALARMS for figure in told), wrong


@pytest.mark.parametrize(
    "text",
    [
        "The 5% Notes rank equally with the 6% Senior Notes.",
        "A hypothetical 10% change in exchange rates is used for the analysis.",
        "A shareholder with a 5% stake may not call a meeting.",
        "Store 412 in Albany opened on July 9, 2021.",
        "每10股派发现金红利的方案尚需股东大会批准。",
        "会议在201会议室召开。",
    ],
)
def test_rules_and_names_claim_nothing(text: str) -> None:
    figures = check_figures(text, sources=[_SALES])
    assert [figure.text for figure in figures if figure.status in _ALARMS] == []
