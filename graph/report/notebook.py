"""Writes reports, facts and events as HTML for notebooks: every text escaped, no script, no address.

A notebook shows what `_repr_html_` gives as it is, so nothing of a model's or a user's text may act as
HTML here. Of Markdown, bold, bullets and tables are shown; the rest stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from graph.report.model import SECTIONS, TITLES, Report

_COLORS = {
    "supported": "#1a7f37",
    "derived": "#0969da",
    "unsupported": "#9a6700",
    "contradicted": "#cf222e",
    "context": "#8c959f",
}
_COLUMNS = ("label", "value", "unit", "currency", "period", "as_of", "source")
_MOST_ROWS = 200
_MOST_CHARACTERS = 400


def report_html(report: Report) -> str:
    """Write a report: its rating, its sections with every figure underlined by what was found, its counts."""
    titles = TITLES.get(report.language, TITLES["en"])
    rating = report.rating
    head = [rating.direction, rating.conviction and f"{rating.conviction} conviction", rating.horizon]
    capped = " (capped: not every figure holds)" if rating.capped else ""
    parts = [
        f"<p><strong>{_text(report.question)}</strong><br>{_text(' · '.join(filter(None, head)))}{capped}</p>"
    ]
    for name in SECTIONS:
        figures = [figure for figure in report.figures if figure.get("section") == name]
        body = section_html(report.sections.get(name, ""), figures) or "<p><em>–</em></p>"
        parts.append(f"<h4>{_text(titles[name])}</h4>{body}")
    counts = [
        f'<span style="color:{color}">{report.counts[status]} {status}</span>'
        for status, color in _COLORS.items()
        if report.counts.get(status)
    ]
    told = " · ".join(filter(None, (report.model, report.mode, report.prompt, report.created_at)))
    parts.append(f"<p>Figures: {' · '.join(counts) or 'none'}<br><small>{_text(told)}</small></p>")
    return f"<div>{''.join(parts)}</div>"


def section_html(text: str, figures: Iterable[Mapping[str, Any]] = ()) -> str:
    """Write a section's Markdown; `figures` are placed in it by their UTF-16 offsets."""
    out: list[str] = []
    rows: list[str] = []
    for line in [*_with_figures(text, figures).split("\n"), ""]:
        if line.startswith("|"):
            rows.append(line)
            continue
        if rows:
            out.append(_table_of_rows(rows))
            rows = []
        if line.strip():
            bullet = line.lstrip().startswith(("- ", "* "))
            body = f"• {line.lstrip()[2:]}" if bullet else line
            out.append(f'<p style="margin:.3em 0{";padding-left:1em" if bullet else ""}">{_bold(body)}</p>')
    return "".join(out)


def facts_html(facts: Iterable[Mapping[str, Any]]) -> str:
    """Write facts as a table."""
    rows = [[fact.get(column, "") for column in _COLUMNS] for fact in facts]
    return _table(_COLUMNS, rows)


def event_html(data: Mapping[str, Any]) -> str:
    """Write an event as its type and what it carries."""
    rows = [[name, value] for name, value in data.items() if name != "type" and value is not None]
    return f"<strong>{_text(data.get('type', ''))}</strong>{_table((), rows)}"


def _with_figures(text: str, figures: Iterable[Mapping[str, Any]]) -> str:
    """Escape a text and wrap its figures; a figure that is not where it says it is left out."""
    units = text.encode("utf-16-le", "surrogatepass")
    out: list[str] = []
    done = 0
    for figure in sorted(figures, key=lambda each: int(each["start"])):
        start, end = int(figure["start"]) * 2, int(figure["end"]) * 2
        if not done <= start < end <= len(units):
            continue
        found = units[start:end].decode("utf-16-le", "replace")
        out += [_text(units[done:start].decode("utf-16-le", "replace")), _mark(found, figure)]
        done = end
    return "".join([*out, _text(units[done:].decode("utf-16-le", "replace"))])


def _mark(text: str, figure: Mapping[str, Any]) -> str:
    status = str(figure.get("status", ""))
    told = [status, figure.get("expected") and f"the data says {figure['expected']}", figure.get("note")]
    title = _sealed(": ".join(str(part) for part in told if part))
    color = _COLORS.get(status, _COLORS["context"])
    style = f"border-bottom:2px {'dotted' if status == 'context' else 'solid'} {color}"
    return f'<span title="{title}" style="{style}">{_sealed(text)}</span>'


def _bold(line: str) -> str:
    parts = line.split("**")
    if len(parts) % 2 == 0:  # the last one opens nothing
        parts[-2:] = ["**".join(parts[-2:])]
    return "".join(f"<strong>{part}</strong>" if index % 2 else part for index, part in enumerate(parts))


def _table_of_rows(rows: list[str]) -> str:
    cells = [[_bold(cell.strip()) for cell in row.strip().strip("|").split("|")] for row in rows]
    cells = [row for row in cells if not all(cell and set(cell) <= set("-: ") for cell in row)]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    return f"<table>{body}</table>"


def _table(columns: Iterable[str], rows: list[list[Any]]) -> str:
    head = "".join(f"<th>{_text(column)}</th>" for column in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{_text(_shorten(cell))}</td>' for cell in row)}</tr>"
        for row in rows[:_MOST_ROWS]
    )
    more = f"<p>… and {len(rows) - _MOST_ROWS} more</p>" if len(rows) > _MOST_ROWS else ""
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>{more}"


def _shorten(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def _text(value: object) -> str:
    return escape(str(value).encode("utf-8", "replace").decode())


def _sealed(value: str) -> str:
    """Escape a text so that no line, cell or bold is found in it later."""
    text = _text(value).replace("|", "&#124;").replace("*", "&#42;")
    return " ".join(text.split())
