"""The section parser: which names are headings of which section, and which lines are none."""

from __future__ import annotations

import pytest

from tests.graph.drafts import draft


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
        ("## Insights &amp; Action", "insights"),
        ("## 3\\. Insights \\& Action", "insights"),
        ("## `Evidence`", "evidence"),
        ("## Evidence {#evidence}", "evidence"),
        ("## Two: Evidence", "evidence"),
        ("**__Evidence__**", "evidence"),
        ("**Evidence**<br>", "evidence"),
        ('<h3 class="part">Evidence</h3>', "evidence"),
        ("→ Evidence", "evidence"),
        ("## ２．证据", "evidence"),
        ("【2】证据", "evidence"),
        ("## Evidence - 证据", "evidence"),
        ("## 证据：Evidence", "evidence"),
        ("Evidence::", "evidence"),
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
        "Verdict first: here it is.",
        "## Evidence {# of growth",
        "## Three evidence points",
        "<b class",
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
        ("<strong>Verdict:</strong> Hold", "Hold"),
        ("<b>Verdict: Hold</b>", "Hold"),
        ("**结论：****持有**，信心中", "**持有**，信心中"),
        ("【结论】①持有；②不动", "①持有；②不动"),
        ("【结论】（暂定）持有", "（暂定）持有"),
        ("【结论】🎯：持有", "持有"),
        ("## Verdict: 🟢 Hold", "🟢 Hold"),
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


@pytest.mark.parametrize(
    "heading", ["Investor Insights and Next Moves", "Insights worth acting on", "洞察与后市展望"]
)
def test_a_name_with_words_of_its_own_is_a_heading_only_where_its_section_is_due(heading: str) -> None:
    rest = f"## {heading}\nWait.\n\n## Caveat\nNone."
    assert draft(f"## Verdict\nHold.\n\n## Evidence\nA.\n\n{rest}").insights == "Wait."
    assert draft(f"# Verdict\nHold.\n\n# Evidence\nA.\n\n{rest}").evidence.endswith("Wait.")
    assert draft(f"Preamble.\n\n{rest}").preamble.startswith("Preamble.")


@pytest.mark.parametrize(
    "line", ["What Would Change the Verdict", "Evidence at odds with this", "Why the Insights"]
)
def test_a_sub_heading_of_the_same_level_stays_in_its_section(line: str) -> None:
    text = f"Wait.\n\n## {line}\nA profit warning."
    result = draft(f"## Verdict\nHold.\n\n## Evidence\nA.\n\n## Insights & Action\n{text}")
    assert (result.insights, result.duplicated) == (text, ())
