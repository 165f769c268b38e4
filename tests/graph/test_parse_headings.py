"""The section parser: a heading in every dress opens its section."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from graph.report.parse import Draft
from tests.graph.drafts import draft, sections

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
