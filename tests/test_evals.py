"""The evaluation runs, its cases are what they say, and its floor holds."""

from __future__ import annotations

from itertools import islice

import pytest

from evals import answers, marked
from evals.corrupt import corruptions, is_within
from evals.score import Score, score


def test_no_corruption_says_the_right_amount() -> None:
    assert is_within("$1.95 million", "$1,950 thousand", "")
    assert not is_within("$1.95 million", "$1.59 million", "")
    assert not is_within("$1.95 million", "$1.95 billion", "")
    assert is_within("$1.95 million", "$1.96 million", "about ")


@pytest.mark.parametrize("split", ["dev", "fresh1", "fresh2"])
def test_every_case_is_wrong_in_one_figure_alone(split: str) -> None:
    for case in islice(answers.cases(split, per_row=1), 0, 400, 7):
        for wrong in case.wrong:
            assert wrong.answer != case.answer
            assert wrong.answer[: wrong.start] == case.answer[: wrong.start]


@pytest.mark.parametrize("split", ["dev", "fresh1", "fresh2"])
def test_the_floor_of_the_check(split: str) -> None:
    some = islice(answers.cases(split, per_row=1), 0, None, 9)
    found = score([*some, *islice(marked.clean_cases(split), 0, None, 3)])
    assert Score.share(found.pairs["all"]) >= 0.9
    assert Score.share(found.clean) >= 0.9


def test_figures_are_made_wrong_in_every_kind() -> None:
    from random import Random

    kinds = set(corruptions("$391.04 billion", Random(1))) | set(corruptions("12.5%", Random(1)))
    assert kinds == {
        "transposed", "last digit", "scale", "x10", "currency", "invented", "% against pp",
    }  # fmt: skip
