"""The section parser: what is a heading, what belongs to which section, and when text is released."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.report.model import SECTIONS
from graph.report.parse import Draft, SectionDelta, SectionParser

BODIES = {
    "verdict": "Hold, medium conviction, over 6-12 months.",
    "evidence": "- P/E is 30.2x.\n- The verdict of the evidence: revenue grew 8.1%.\n\n| Metric | Value |\n"
    "|---|---|\n| Verdict | Hold |\n| RSI(14) | 55.2 |",
    "insights": "### Key levels\nEvidence suggests support at 180.5.\n\n"
    "**Risks to watch**\n1. A close below 180.",
    "caveat": "Data ends on 2024-05-01. The verdict may change.",
}
ZH_BODIES = {
    "verdict": "持有，信心中等，期限6至12个月。",
    "evidence": "- 市盈率为30.2倍。\n- 证据表明收入增长8.1%。",
    "insights": "### 关键价位\n证据显示180.5为支撑位，结论不变。",
    "caveat": "数据截至2024-05-01。结论可能变化。",
}
NAMES = ("Verdict", "Evidence", "Insights & Action", "Caveat")
LONG_NAMES = (
    "The Verdict",
    "The Evidence (What the data shows)",
    "Insights and Action Items",
    "Risks & Caveats",
)
ZH_NAMES = ("结论", "证据", "洞察与行动", "风险提示")
ZH_OTHER = ("核心观点", "数据依据", "操作建议", "注意事项")
TRADITIONAL = ("結論", "證據", "洞察與行動", "風險提示")
BILINGUAL = ("Verdict（结论）", "证据 (Evidence)", "Insights & Action / 洞察与行动", "风险提示 | Caveat")

# One template per way to write a heading; the number is {n}, its Chinese form {c}, the Roman one {r}.
ALONE = [
    "## {name}",
    "# {name}",
    "##{name}",
    "### {n}. {name}",
    "### {n}) {name}:",
    "## **{name}**",
    "## 📌 {name}",
    "## {name} 📈",
    "## {name} ##",
    "## Part {n}: {name}",
    "## {r}. {name}",
    "## 第{c}部分：{name}",
    "**{name}**",
    "**{name}:**",
    "**{name}**:",
    "**{n}. {name}**",
    "**📊 {name}**",
    "__{name}__",
    "*{name}*",
    "***{name}***",
    "{name}",
    "{name}:",
    "{name}：",
    "{n}. {name}",
    "{n}) {name}:",
    "{n}、{name}",
    "{n}. **{name}**",
    "{c}、{name}",
    "（{c}）{name}",
    "{r}. {name}",
    "{n}\ufe0f\u20e3 **{name}**",
    "🎯 {name}",
    "[{name}]",
    "【{name}】",
    "{name}\n=======",
    "{name}\n-------",
    "=== {name} ===",
    "<h2>{name}</h2>",
    "---\n\n## {name}\n",
]
INLINE = [
    "**{name}**: ",
    "**{name}:** ",
    "**{name}** — ",
    "**{name}.** ",
    "**{name}** ",
    "{name}: ",
    "{name}：",
    "{name} — ",
    "{name} - ",
    "## {name}: ",
    "### {n}. {name} – ",
    "{n}. **{name}** — ",
    "{n}. **{name}:** ",
    "{n}. {name}: ",
    "**{n}. {name}:** ",
    "{c}、{name}：",
    "🎯 **{name}:** ",
    "[{name}] ",
    "【{name}】",
]


def headings(template: str, names: Iterable[str]) -> list[str]:
    numerals = zip("一二三四", ("I", "II", "III", "IV"), strict=True)
    pairs = enumerate(zip(names, numerals, strict=True), start=1)
    return [template.format(name=name, n=n, c=c, r=r) for n, (name, (c, r)) in pairs]


def parse(text: str, cuts: Iterable[int] = ()) -> tuple[list[SectionDelta], Draft]:
    parser = SectionParser()
    deltas: list[SectionDelta] = []
    for start, end in pairwise([0, *cuts, len(text)]):
        deltas += parser.feed(text[start:end])
    deltas += parser.finish()
    return deltas, parser.close()


def draft(text: str) -> Draft:
    """Parse in one piece and by single characters, which must agree."""
    whole = parse(text)[1]
    assert parse(text, range(1, len(text)))[1] == whole
    return whole


def sections(result: Draft) -> dict[str, str]:
    return {name: getattr(result, name) for name in SECTIONS}


def streamed(deltas: list[SectionDelta]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for delta in deltas:
        texts[delta.section] = texts.get(delta.section, "") + delta.text
    return texts


@pytest.mark.parametrize("template", ALONE)
@pytest.mark.parametrize(
    ("names", "bodies"),
    [
        (NAMES, BODIES),
        (tuple(name.upper() for name in NAMES), BODIES),
        (LONG_NAMES, BODIES),
        (ZH_NAMES, ZH_BODIES),
        (ZH_OTHER, ZH_BODIES),
        (TRADITIONAL, ZH_BODIES),
    ],
    ids=["en", "upper", "long", "zh", "zh-other", "traditional"],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["tight", "loose"])
def test_heading_on_its_own_line(
    template: str, names: tuple[str, ...], bodies: dict[str, str], gap: str
) -> None:
    parts = [
        f"{heading}{gap}{body}"
        for heading, body in zip(headings(template, names), bodies.values(), strict=True)
    ]
    result = draft("\n\n".join(parts))
    assert sections(result) == bodies
    assert result == Draft(**bodies, preamble="", missing=(), reordered=False, duplicated=(), truncated=False)


@pytest.mark.parametrize("template", INLINE)
@pytest.mark.parametrize(("names", "bodies"), [(NAMES, BODIES), (ZH_NAMES, ZH_BODIES)], ids=["en", "zh"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["tight", "loose"])
def test_text_behind_the_heading(
    template: str, names: tuple[str, ...], bodies: dict[str, str], gap: str
) -> None:
    if "**" in template and template.endswith("** ") and "." not in template and ":" not in template:
        gap = "\n\n"  # with neither colon nor dash, only the start of a paragraph shows a heading
    bodies = {name: body.replace("- ", "").replace("### ", "") for name, body in bodies.items()}
    parts = [heading + body for heading, body in zip(headings(template, names), bodies.values(), strict=True)]
    assert sections(draft(gap.join(parts))) == bodies


@pytest.mark.parametrize("template", ["## {name}", "**{name}**", "### {n}. {name}", "**{name}**:"])
def test_bilingual_headings(template: str) -> None:
    parts = [f"{h}\n{b}" for h, b in zip(headings(template, BILINGUAL), BODIES.values(), strict=True)]
    assert sections(draft("\n\n".join(parts))) == BODIES


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("Our Verdict", "verdict"),
        ("**Final Verdict:**", "verdict"),
        ("## Investment Verdict", "verdict"),
        ("## Verdict on AAPL", "verdict"),
        ("## Verdict & Conviction", "verdict"),
        ("**判断**", "verdict"),
        ("## 投资结论", "verdict"),
        ("Key Evidence", "evidence"),
        ("**Supporting Evidence**", "evidence"),
        ("## Data & Evidence", "evidence"),
        ("## 论据", "evidence"),
        ("**Evidence** *(What the data shows)*", "evidence"),
        ("Insights and Actions", "insights"),
        ("Actionable Insights", "insights"),
        ("**Insight & Action**", "insights"),
        ("## Insights, Actions & Next Steps", "insights"),
        ("## Insights & Action for Long-Term Holders and Traders", "insights"),
        ("## 启示与行动", "insights"),
        ("## 洞察 & 行动", "insights"),
        ("Caveats", "caveat"),
        ("## Caveat(s)", "caveat"),
        ("**Limitations and Caveats**", "caveat"),
        ("## 局限", "caveat"),
        ("## 风险提示与免责声明", "caveat"),
    ],
)
def test_names(line: str, section: str) -> None:
    result = draft(f"Some words first.\n\n{line}\nThe text.")
    assert (getattr(result, section), result.preamble) == ("The text.", "Some words first.")


@pytest.mark.parametrize(
    "line",
    [
        "Evidence suggests that margins fall.",
        "Evidence is mixed.",
        "The verdict is in.",
        "The evidence: three quarters of growth.",
        "Evidence — though thin — supports it.",
        "Evidence-based investing: yes.",
        "Verdict.",
        "Verdict?",
        "Verdict, Evidence, Insights & Action, Caveat",
        "**Verdict → Evidence → Insights → Caveat**",
        "**Evidence** suggests growth.",
        "**Evidence**, however, is thin.",
        "One caveat: the data is old.",
        "Insights for long-term holders: keep it.",
        "- Verdict: hold",
        "- **Verdict:** hold",
        "* Evidence",
        "+ Caveat: none",
        "• Verdict: hold",
        "2. Evidence of growth",
        "2. Evidence: strong",
        "3. **Evidence:** strong",
        "- item\n  Verdict: hold",
        "    Verdict: hold",
        "| Verdict | Hold |",
        "Verdict | Hold",
        "> ## Verdict",
        "> **Verdict:** hold",
        "```verdict\nVerdict: hold\n## Evidence\n```",
        "~~~\n## Evidence\n```\n## Caveat\n~~~",
        "we have the final\nverdict: hold",
        "[Verdict](https://example.com)",
        "### Key levels",
        "**Risks to watch**",
        "## Evidence of slowing growth",
        "### What would change the verdict",
        "Disclaimer: no advice.",
        "**Bottom line:** hold.",
        "证据表明，增长放缓。",
        "**证据**表明增长放缓。",
        "依据公司财报，收入增长。",
        "结论很明确：持有。",
        "- 结论：持有",
    ],
)
def test_no_heading(line: str) -> None:
    alone = draft(line)
    assert (alone.verdict, alone.preamble) == (line.strip(), "")
    inside = draft(f"## Insights & Action\nWait.\n\n{line}\n\nMore.\n\n## Caveat\nNone.")
    assert inside.insights == f"Wait.\n\n{line}\n\nMore."
    assert inside.missing == ("verdict", "evidence")


def test_numbered_outline_in_the_preamble_is_a_list() -> None:
    outline = "The parts:\n1. Verdict\n2. Evidence\n3. Insights & Action\n4. Caveat"
    result = draft(f"{outline}\n\n## Verdict\nHold.")
    assert (result.preamble, result.verdict, result.duplicated) == (outline, "Hold.", ())


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("**Verdict: Hold**", "Hold"),
        ("**Verdict: Hold.** The stock is **dear**.", "Hold. The stock is **dear**."),
        ("**Verdict: *Hold* for now.**", "*Hold* for now."),
        ("**Verdict:** **Hold**", "**Hold**"),
        ("**Verdict: **Hold", "Hold"),
        ("**Verdict:** — Hold", "Hold"),
        ("**Verdict:** –5% ahead.", "–5% ahead."),
        ("## Verdict (AAPL) — **Hold**", "**Hold**"),
        ("【结论：持有】", "持有"),
    ],
)
def test_marks_of_the_heading_are_no_text(line: str, body: str) -> None:
    assert draft(f"{line}\n").verdict == body


def test_sub_heading_of_the_same_name_stays_in_its_section() -> None:
    body = "### Insights\nWait.\n\n**Action:**\nBuy at 180."
    result = draft(f"## Insights & Action\n{body}\n\n## Caveat\nNone.")
    assert (result.insights, result.duplicated) == (body, ())


@pytest.mark.parametrize("remark", ["Final verdict: hold.", "**Key caveat:** the quarter is not audited."])
def test_a_remark_in_lesser_dress_stays_in_its_section(remark: str) -> None:
    assert draft(f"## Evidence\nMargins fell.\n\n{remark}").evidence == f"Margins fell.\n\n{remark}"


def test_a_loose_name_is_a_heading_only_where_its_section_is_due() -> None:
    assert draft("## Insights\nWait.\n\n## Disclaimer\nNo advice.").caveat == "No advice."
    assert draft("## 证据\n甲。\n\n## 行动\n乙。\n\n## 免责声明\n丙。").insights == "乙。"
    closing = draft("## Caveat\nOld data.\n\n**Disclaimer:** no advice.")
    assert closing.caveat == "Old data.\n\n**Disclaimer:** no advice."


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
    for unit in ("#", "*", " ", "<", "word ", "Evidence "):
        text = "## Verdict\n" + (unit * 1_000_000)[:1_000_000]
        assert len(parse(text)[1].verdict) in (len(text.rstrip()) - 11, 0)


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
