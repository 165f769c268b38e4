"""The check of a text that is still being written gives the same, however the text comes."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from graph.facts import Fact
from graph.report.figures import Checker
from graph.report.live import LiveCheck
from graph.report.placing import place_figures

TEXT = """The price is 3.5 times sales? No: revenue was $391.04 billion in FY2024. 📈 It rose.

- Net income was $93.7 billion in FY2024! That is **24.0%** of revenue.
- 苹果2024财年营收为3910.4亿美元。净利润为937.4亿美元；
| Metric | FY2024 |
|---|---|
| Revenue | $391.04 billion |
| Net income | $93.74 billion |

Revenue was $383.3 billion"""


def fact(metric: str, label: str, value: str) -> Fact:
    fields: dict[str, Any] = {"entity": "AAPL", "metric": metric, "currency": "USD", "period": "FY2024"}
    return Fact(metric, label, Decimal(value), "money", **fields)


@pytest.fixture(scope="module")
def checker() -> Checker:
    facts = [fact("revenue", "Revenue", "391035000000"), fact("net_income", "Net income", "93736000000")]
    return Checker(facts, names={"AAPL": ("Apple", "苹果")})


def live(checker: Checker, chunks: list[str]) -> list[dict[str, Any]]:
    check = LiveCheck(checker, "")
    for chunk in chunks:
        check.take("evidence", chunk)
    check.take("evidence", "", last=True)
    return check.figures


def test_the_result_does_not_depend_on_the_pieces(checker: Checker) -> None:
    whole = live(checker, [TEXT])
    assert live(checker, list(TEXT)) == whole
    rng = random.Random(5)
    for _ in range(20):
        cuts = sorted(rng.sample(range(1, len(TEXT)), 12))
        pieces = [TEXT[a:b] for a, b in zip([0, *cuts], [*cuts, len(TEXT)], strict=True)]
        assert [figure["id"] for figure in live(checker, pieces)] == [figure["id"] for figure in whole]


def test_what_is_told_early_is_what_the_whole_text_says(checker: Checker) -> None:
    final = {figure["id"]: figure for figure in place_figures("evidence", TEXT, checker, "")}
    early = {figure["id"]: figure for figure in live(checker, list(TEXT))}
    assert early.keys() == final.keys()
    different = [key for key in final if early[key]["status"] != final[key]["status"]]
    assert different == []


def test_a_figure_waits_for_the_end_of_its_sentence_and_a_row_for_its_table(checker: Checker) -> None:
    check = LiveCheck(checker, "")
    assert check.take("evidence", "Revenue was $391.") == []
    assert check.take("evidence", "04 billion in FY2024.") == []
    (figure,) = check.take("evidence", " It")
    assert (figure["text"], figure["status"]) == ("$391.04 billion", "supported")
    assert (
        check.take("evidence", " rose.\n| Metric | FY2024 |\n|---|---|\n| Revenue | $391.04 billion |\n")
        == []
    )
    (figure,) = check.take("evidence", "\n")
    assert (figure["text"], figure["status"]) == ("$391.04 billion", "supported")


def test_a_section_that_waits_is_checked_once_as_a_whole(checker: Checker) -> None:
    check = LiveCheck(checker, "")
    for char in TEXT:
        assert check.take("evidence", char, wait=True) == []
    told = check.take("evidence", "", last=True, wait=True)
    assert told == place_figures("evidence", TEXT, checker, "")
    assert check.is_whole("evidence", TEXT + "\n")
    assert not check.is_whole("evidence", TEXT + " More.")
    assert not check.is_whole("verdict", "")
    check.use(checker)
    assert not check.is_whole("evidence", TEXT)


def test_a_crowd_that_comes_or_goes_amid_a_section_loses_no_figure(checker: Checker) -> None:
    for turn in (30, 75, 140, 200):
        check = LiveCheck(checker, "")
        for place, char in enumerate(TEXT):
            check.take("evidence", char, wait=(place < turn) == (turn % 2 == 0))
        check.take("evidence", "", last=True)
        ids = {figure["id"] for figure in check.figures}
        assert ids == {figure["id"] for figure in place_figures("evidence", TEXT, checker, "")}


def test_text_that_comes_after_an_end_is_not_part_of_the_whole(checker: Checker) -> None:
    check = LiveCheck(checker, "")
    check.take("evidence", "Revenue was $391.04 billion in FY2024.", last=True)
    assert check.is_whole("evidence", "Revenue was $391.04 billion in FY2024.")
    check.take("evidence", " It rose.", wait=True)
    assert not check.is_whole("evidence", "Revenue was $391.04 billion in FY2024. It rose.")


def test_other_facts_count_for_what_comes_after_them(checker: Checker) -> None:
    check = LiveCheck(Checker([]), "")
    (figure,) = check.take("evidence", "Revenue was $391.04 billion in FY2024.\n")
    assert figure["status"] == "unsupported"
    check.use(checker)
    (figure,) = check.take("evidence", "Revenue was $391.04 billion in FY2024.\n")
    assert figure["status"] == "supported"
