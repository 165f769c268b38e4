"""The section parser: answers that stand in a code fence or in quotation marks."""

from __future__ import annotations

import pytest

from tests.graph.drafts import draft, sections

NOTE = (
    "## Verdict\nHold.\n\n## Evidence\n- P/E is 30.2x.\n\n## Insights & Action\nWait.\n\n## Caveat\nOld data."
)
PARTS = {"verdict": "Hold.", "evidence": "- P/E is 30.2x.", "insights": "Wait.", "caveat": "Old data."}


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
@pytest.mark.parametrize("info", ["", "markdown", "md", " Markdown", "text"])
@pytest.mark.parametrize("before", ["", "Here it is:\n\n"])
def test_an_answer_in_a_fence(before: str, info: str, fence: str) -> None:
    result = draft(f"{before}{fence}{info}\n{NOTE}\n{fence}")
    assert sections(result) == PARTS
    assert (result.preamble, result.wrapper) == (before.strip(), f"{fence}{info}\n{fence}")
    assert not result.truncated
    assert draft(f"{before}{fence}{info}\n{NOTE}").truncated


def test_titles_stand_in_front_of_the_verdict_in_a_fence() -> None:
    for info in ("", "markdown"):
        result = draft(f"```{info}\n# AAPL\n\n---\n\n{NOTE}\n```\n\nAnything else?")
        assert (result.preamble, result.wrapper) == ("# AAPL", f"```{info}")
        assert sections(result) == {**PARTS, "caveat": "Old data.\n```\n\nAnything else?"}
        assert not result.truncated
    assert draft(f"```md\n# AAPL\nA line of text.\n{NOTE}\n```").evidence == PARTS["evidence"]


def test_code_with_a_language_inside_the_fence_hides_headings() -> None:
    code = "```python\n# Evidence\n```\nP/E is 30.2x."
    result = draft("```markdown\n" + NOTE.replace("- P/E is 30.2x.", code) + "\n```")
    assert sections(result) == {**PARTS, "evidence": code}
    assert not result.truncated


def test_code_without_a_language_inside_the_fence_is_kept() -> None:
    code = "```\n36.7\n```\n\nP/E is 30.2x."
    result = draft("```markdown\n" + NOTE.replace("- P/E is 30.2x.", code) + "\n```\n")
    assert sections(result) == {**PARTS, "evidence": code}
    assert not result.truncated


@pytest.mark.parametrize(
    "text",
    [
        "```python\n## Verdict\n```",
        "```\nx = 1\n## Verdict\nHold.\n```",
        "```\n# AAPL\nx = 1\n## Verdict\nHold.\n```",
        "```\n## Evidence\nGrowth.\n```",
        "```markdown\nNo headings.\n```",
        "```\n```",
    ],
)
def test_other_fences_hold_code(text: str) -> None:
    result = draft(text)
    assert (result.verdict, result.preamble, result.truncated) == (text, "", False)


@pytest.mark.parametrize(("opening", "closing"), [('"', '"'), ("“", "”"), ('"""', '"""'), ("«", "»")])
@pytest.mark.parametrize("heading", ["## Verdict\n", "**Verdict:** ", "Verdict: "])
def test_an_answer_in_quotes(heading: str, opening: str, closing: str) -> None:
    result = draft(f"{opening}{heading}Hold.\n\n## Caveat\nOld data.{closing}")
    assert (result.preamble, result.verdict, result.caveat) == (opening, "Hold.", f"Old data.{closing}")
    assert not result.truncated


@pytest.mark.parametrize("text", ['"Verdict" is a word.', '"', '"- Verdict: hold', '"```\ncode\n', "«a» b"])
def test_other_quotes_are_text(text: str) -> None:
    assert draft(f"{text}\n").verdict == text.strip()


def test_the_underline_of_a_title_is_kept() -> None:
    result = draft("AAPL\n====\n\nVerdict\n=======\nHold.")
    assert (result.preamble, result.verdict) == ("AAPL\n====", "Hold.")


def test_a_thought_without_its_opening_tag_takes_a_fence_with_it() -> None:
    result = draft("```markdown\nA plan.\n</think>\n\n## Verdict\nHold.")
    assert (result.thought, result.preamble, result.wrapper) == ("```markdown\nA plan.", "", "")
    assert (result.verdict, result.truncated) == ("Hold.", False)
