"""The section parser: what belongs to which section, when text is released, and what was cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.report.model import SECTIONS
from graph.report.parse import Draft, SectionDelta, SectionParser
from tests.graph.drafts import draft, parse, sections, streamed


def test_title_and_greeting_are_preamble_and_closing_words_stay_last() -> None:
    text = (
        "Sure, here it is.\n\n# AAPL: Logic Book\n\n---\n\n## Verdict\nHold.\n\n---\n\n## Caveat\n"
        "Old data.\n\n---\n\n> “Price is what you pay.”\n> — Warren Buffett"
    )
    deltas, result = parse(text)
    assert result.preamble == "Sure, here it is.\n\n# AAPL: Logic Book"
    assert result.verdict == "Hold."
    assert result.caveat == "Old data.\n\n---\n\n> “Price is what you pay.”\n> — Warren Buffett"
    assert not result.truncated
    assert deltas[0] == SectionDelta("preamble", result.preamble, opened=True, closed=True)


def test_missing_reordered_and_duplicated() -> None:
    result = draft("**Evidence**\nOne.\n\n**Verdict**\nHold.\n\n**Evidence**\nTwo.\n\n**Caveat**\n")
    assert (result.evidence, result.verdict) == ("One.\n\nTwo.", "Hold.")
    assert result.missing == ("insights", "caveat")
    assert result.reordered
    assert result.duplicated == ("evidence",)


def test_no_headings_is_all_verdict() -> None:
    text = "Hold.\n\n- one\n- two\n\n---\nThe end."
    deltas, result = parse(text, cuts=[3, 9])
    assert sections(result) == {"verdict": text, "evidence": "", "insights": "", "caveat": ""}
    assert (result.preamble, result.missing) == ("", ("evidence", "insights", "caveat"))
    assert deltas == [SectionDelta("verdict", text, opened=True, closed=True)]


@pytest.mark.parametrize("text", ["", " \n\n", "\r"])
def test_empty_answer(text: str) -> None:
    deltas, result = parse(text)
    assert deltas == []
    assert result == Draft(
        "", "", "", "", "", missing=SECTIONS, reordered=False, duplicated=(), truncated=False
    )


@pytest.mark.parametrize(
    ("text", "thought", "verdict", "preamble"),
    [
        ("<think>## Evidence\nno</think>\n\n## Verdict\nHold.", "## Evidence\nno", "Hold.", ""),
        ("<think>a</think>## Verdict\nHold.", "a", "Hold.", ""),
        (
            "Well. <think>a</think>Yes.\n## Verdict\nHold <thinking>b</thinking>it.",
            "a\n\nb",
            "Hold it.",
            "Well. Yes.",
        ),
        ("The plan.\nMore.\n</think>\n\n## Verdict\nHold.", "The plan.\nMore.", "Hold.", ""),
        ("<think>\n```\n</think>\n**Verdict:** Hold.", "```", "Hold.", ""),
        ("## Verdict\n```\n<think>\n```", "", "```\n<think>\n```", ""),
        ("## Verdict\na < b, <thin> and <b>c</b>.", "", "a < b, <thin> and <b>c</b>.", ""),
    ],
)
def test_think_text_reaches_no_section(text: str, thought: str, verdict: str, preamble: str) -> None:
    result = draft(text)
    assert (result.thought, result.verdict, result.preamble) == (thought, verdict, preamble)
    assert result.evidence == ""


def test_stream_cut_while_thinking_has_no_sections() -> None:
    result = draft("<think>Let me see.\n## Verdict\nHold")
    assert (result.missing, result.truncated) == (SECTIONS, True)
    assert result.thought == "Let me see.\n## Verdict\nHold"


def test_line_ends() -> None:
    text = "Hi.\n\n## Verdict\nHold.\n\nReally.\n\n## Evidence\n- a\n- b"
    expected = draft(text)
    assert draft(text.replace("\n", "\r\n")) == expected
    assert draft(text.replace("\n", "\r")) == expected


def test_text_is_released_as_soon_as_it_is_no_heading() -> None:
    parser = SectionParser()

    def now(chunk: str) -> str:
        return "".join(delta.text for delta in parser.feed(chunk))

    assert parser.feed("## Verdict\n") == [SectionDelta("verdict", "", opened=True)]
    assert now("Hold the sh") == "Hold the sh"
    assert now("ares") == "ares"
    assert now(".\n\nEv") == "."
    assert now("idence") == ""
    assert now(" sug") == "\n\nEvidence sug"
    assert now("gests\n- Ver") == "gests\n- Ver"
    assert now("\n**T") == ""
    assert now("op") == "\n**Top"
    assert now(" risks**\n**Evidence:** P") == " risks**P"
    assert now("/E is <t") == "/E is"
    assert now("en") == " <ten"


def test_inline_heading_opens_its_section_at_its_first_word() -> None:
    parser = SectionParser()
    assert parser.feed("**The Verdict:") == []
    assert parser.feed("** ") == []
    assert parser.feed("H") == [SectionDelta("verdict", "H", opened=True)]
    assert parser.feed("old.\n\nEvidence: 3") == [
        SectionDelta("verdict", "old.", closed=True),
        SectionDelta("evidence", "3", opened=True),
    ]
    assert parser.finish() == [SectionDelta("evidence", "", closed=True)]
    assert parser.finish() == []
    assert parser.feed("more") == []
    assert parser.close() == parser.close()


@pytest.mark.parametrize(
    "ending",
    [
        "Hold the shares.",
        "持有。",
        "他说“持有。”",
        "*Not investment advice*",
        "(Not investment advice)",
        "It rose 8% (as of May 1).",
        "It rose 8%. (Source: filings)",
        "It rose 8%.[1]",
        "Closed at 182.52.",
        "As of 2024.",
        "As of 2024-05-01.",
        "By June 30.",
        "Target is 180.\n",
        "- Support at 180",
        "1. First\n2. Second",
        "- **Support:** 180",
        "- 支撑位180",
        "- a\n  goes on",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "```\ncode\n```",
        "“Price is what you pay.” — Warren Buffett",
        "See [the filing](https://example.com/a)",
        "**Conviction:** Medium",
        "**Hold**",
        "None",
        "Stay patient 🚀",
        "Wait…",
    ],
)
def test_complete_endings(ending: str) -> None:
    assert not draft(f"## Caveat\n{ending}").truncated


@pytest.mark.parametrize(
    "ending",
    [
        "",
        "Hold the",
        "Revenue grew 8",
        "The price is $182.",
        "Up by 1,",
        "The price is $",
        "What to watch:",
        "It is due, and",
        "持有这只股票",
        "收入增长，",
        "Text.\n\n### Key levels",
        "Text.\n\n**Risks to watch**",
        "Text.\n\n## Cav",
        "Text.\n\n**Cav",
        "Hold **the shares.",
        "Hold (see the table.",
        "Use `code",
        "- Support at",
        "- Support:",
        "-",
        "- One is done.\n- Two is not",
        "1. First\n2.",
        "| a | b |\n|---|---|\n| 1 |",
        "| a | b |\n|---|---|",
        "| a | b",
        "```\ncode.",
        "```\ncode.\n``",
    ],
)
def test_truncated_endings(ending: str) -> None:
    assert draft(f"## Caveat\n{ending}").truncated


def test_a_fence_that_never_closes_holds_all_that_follows() -> None:
    result = draft("## Verdict\nHold.\n```\n" + "## Evidence\n" * 50)
    assert result.missing == ("evidence", "insights", "caveat")
    assert result.verdict.count("## Evidence") == 50
    assert result.truncated


def test_duplicated_sections_stream_with_a_blank_line_between() -> None:
    deltas, result = parse("## Verdict\nHold.\n## Evidence\nA.\n## Verdict\nReally.")
    assert streamed(deltas)["verdict"] == result.verdict == "Hold.\n\nReally."
    assert replace(result, verdict="") == Draft(
        verdict="",
        evidence="A.",
        insights="",
        caveat="",
        preamble="",
        missing=("insights", "caveat"),
        reordered=False,
        duplicated=("verdict",),
        truncated=False,
    )
