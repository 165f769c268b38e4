"""Writes a report as Markdown."""

from __future__ import annotations

from graph.report.model import SECTIONS, TITLES, Report

_MISSING = {
    "en": "_The model left this part out._",
    "zh": "_模型未给出这一部分。_",
}


def render_markdown(report: Report) -> str:
    """Write the four sections in their order under their headings, with what stood before them first."""
    titles = TITLES[report.language]
    parts = [report.preamble] if report.preamble else []
    for name in SECTIONS:
        body = report.sections.get(name, "") or _MISSING[report.language]
        parts.append(f"## {titles[name]}\n\n{body}")
    return "\n\n".join(parts) + "\n"
