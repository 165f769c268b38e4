"""The section parser on any text: no chunking matters, nothing is lost, and work stays linear."""

from __future__ import annotations

import re
import sys
import unicodedata
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graph.drafts import parse, sections, streamed

PIECES = [
    *("\n", "\n", "\n\n", "\r\n", "\r", " ", "   ", "\t", "---\n", "***\n", "```\n", "~~~\n", "```py\n", "|"),
    *(
        "<think>",
        "</think>",
        "<thi",
        "<",
        "**",
        "*",
        "_",
        "#",
        "## ",
        "- ",
        "1. ",
        "2. ",
        "> ",
        "一、",
        "第一部分",
        "(",
    ),
    *(
        ")",
        "（",
        "】",
        ":",
        "：",
        ".",
        "—",
        " - ",
        "🎯 ",
        "Verdict",
        "The Verdict",
        "Evidence",
        "Insights & Action",
    ),
    *(
        "Caveat",
        "caveats",
        "Disclaimer",
        "结论",
        "证据",
        "洞察与行动",
        "Part 1: ",
        "**Verdict: ",
        "**Evidence:** ",
    ),
    *("Hold the shares.", "P/E is 30.2", "| a | b |\n", "\n## Verdict\n", "\n**Caveat**\n", "\x00", "\ufeff"),
    *(
        "```markdown\n",
        "```\n## Verdict\n",
        '"',
        "“",
        "«",
        "`",
        "\\",
        "&",
        "&amp;",
        "<b>",
        "</b>",
        "<br>",
        "{#a}",
    ),
    *("→ ", "１．", "【1】", "****", "**__", "::", "Three: ", "Verdict - 结论\n", "【证据】", "①", "🟢"),
    *("## Evidence and ", "Investor ", "与", "关键", "Best regards,\n", "*.*", "* ", "\n\n"),
]
answers = st.lists(st.sampled_from(PIECES), max_size=24).map("".join) | st.text(max_size=40)


@settings(deadline=None)
@given(answers, st.data())
def test_any_chunking_gives_the_same_sections(text: str, data: st.DataObject) -> None:
    whole, expected = parse(text)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    for chosen in (cuts, range(1, len(text))):
        deltas, result = parse(text, chosen)
        assert result == expected
        assert streamed(deltas) == streamed(whole)


@settings(deadline=None)
@given(answers)
def test_deltas_are_the_draft_and_open_and_close_in_turn(text: str) -> None:
    deltas, result = parse(text, range(1, len(text)))
    texts = {"preamble": result.preamble, **sections(result)}
    assert {name: text for name, text in streamed(deltas).items() if text} == {
        name: text for name, text in texts.items() if text
    }
    assert all(text == text.strip() for text in texts.values())
    current: str | None = None
    for delta in deltas:
        assert delta.opened == (current is None)
        assert current in (None, delta.section)
        current = None if delta.closed else delta.section
    assert current is None


@settings(deadline=None)
@given(answers.map(lambda text: text.replace("P/E is 30.2", "w§")))
def test_no_text_is_lost(text: str) -> None:
    count = 0

    def numbered(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"w{count}§"

    text = re.sub("w§", numbered, text)
    result = parse(text)[1]
    kept = "\n".join([*sections(result).values(), result.preamble, result.thought])
    for index in range(1, count + 1):
        glossed = re.search(rf"[(（][^\n]*w{index}§", text)  # a heading's parenthesis is no text
        assert kept.count(f"w{index}§") == 1 or glossed


EVERY = [chr(code) for code in range(0x20000)]
HOSTILE = {
    "hashes": "#",
    "hash lines": "#\n",
    "headings": "## Verdict\n",
    "numbered headings": "1. Verdict\n",
    "open parentheses": "## Verdict (\n",
    "stars": "*",
    "star lines": "**\n",
    "rules": "---\n",
    "fences": "```\n",
    "spaces": " ",
    "blank lines": "\n",
    "carriage returns": "\r",
    "tags": "<",
    "half tags": "<thi",
    "thoughts": "<think></think>",
    "closing tags": "</think>",
    "control characters": "\x00\x1b\x7f",
    "brackets": "【",
    "rows": "|a|b|\n",
    "pairs": "结论判断",
    "notes": "[1]",
    "digits": "7",
    "all digits": "".join(filter(str.isdecimal, EVERY)),
    "all dashes": "".join(c for c in EVERY if unicodedata.category(c) == "Pd"),
    "all control characters": "".join(c for c in EVERY if unicodedata.category(c) in ("Cc", "Cf")),
    "nested parentheses": "(（",
    "numbers": "1. ２） 三、\n",
    "wrappers": "```markdown\n",
    "wrapped titles": "```\n# title\n",
    "quotes": '"\n',
    "quoted headings": '"## Verdict\n',
    "free names": "## Evidence of something else\n",
    "free words": "## Something else, and evidence ",
    "translations": "## Verdict - 结论",
    "open tags": "<b ",
    "open anchors": "## Verdict {#",
    "entities": "## Insights &amp;",
    "code names": "## `Verdict",
    "double marks": "**Verdict:****x**\n",
    "surrogates": "\ud800",
}


def work(text: str, size: int) -> int:
    """Count the function calls that parsing takes: a measure that no machine's load disturbs."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        parse(text, range(size, len(text), size))
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("size", [7, 1_000_000], ids=["chunks", "whole"])
def test_work_grows_with_the_length_only(unit: str, size: int) -> None:
    short, long = (work((unit * length)[:length], size) for length in (4_000, 16_000))
    assert long < 5 * short + 1_000


def test_a_megabyte_is_no_trouble() -> None:
    for unit in ("#", "*", " ", "<", "7", "(", "word ", "Evidence "):
        text = "## Verdict\n" + (unit * 1_000_000)[:1_000_000]
        assert len(parse(text)[1].verdict) in (len(text.rstrip()) - 11, 0)
