"""The section parser on the answers of `evals/sections`: each is cut as it was marked, in any chunking."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.sections.answers import Answer, read_answers
from evals.sections.score import cut, faults, is_invariant, is_lossless

ANSWERS = read_answers()


@pytest.mark.parametrize("answer", ANSWERS, ids=[f"{answer.style}-{answer.name}" for answer in ANSWERS])
def test_an_answer_is_cut_as_marked(answer: Answer) -> None:
    draft = cut(answer.text)[0]
    assert faults(answer, draft) == []
    assert is_lossless(answer, draft)
    assert is_invariant(answer)


def test_what_is_wrong_is_named() -> None:
    answer = next(answer for answer in ANSWERS if answer.name == "level-2")
    other = cut(answer.text.replace("## Evidence", "Evidence").replace("covers buybacks.", "covers"))[0]
    assert faults(answer, other)[0].startswith("evidence: ")
    assert not is_lossless(answer, other)
    halves = cut(answer.text.replace("## Caveat", "## Verdict"))[0]
    assert {fault.split(":")[0] for fault in faults(answer, halves)} == {
        "verdict", "caveat", "missing", "duplicated"
    }  # fmt: skip


def test_a_file_of_answers_begins_with_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text\n%% style name\nVerdict", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.txt begins with 'text"):
        read_answers(tmp_path)
