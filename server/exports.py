"""A session as a file: Markdown to read, or JSON to go on with."""

from __future__ import annotations

from typing import Any, Literal

from server.api.schemas import SessionTranscript, SessionTurn

ExportFormat = Literal["markdown", "json"]

MEDIA_TYPES: dict[ExportFormat, str] = {
    "markdown": "text/markdown; charset=utf-8",
    "json": "application/json",
}
_SUFFIXES: dict[ExportFormat, str] = {"markdown": "md", "json": "json"}
_COLUMNS = ("Figure", "Section", "Status", "Expected", "Source")


def export_session(session: SessionTranscript, form: ExportFormat) -> str:
    """Write a session in a form."""
    if form == "json":
        return session.model_dump_json(indent=2, exclude={"snippet"}) + "\n"
    parts = [f"# {_line(session.title)}", f"{len(session.transcript)} questions · {session.created_at}"]
    for number, turn in enumerate(session.transcript, start=1):
        parts += _turn(number, turn)
    return "\n\n".join(parts) + "\n"


def file_name(session_id: str, form: ExportFormat) -> str:
    """Name the file; a session's id holds nothing that a file name may not."""
    return f"session-{session_id}.{_SUFFIXES[form]}"


def _turn(number: int, turn: SessionTurn) -> list[str]:
    quoted = "\n".join(f"> {line}" for line in turn.question.splitlines())
    parts = [f"# Question {number}", quoted, f"_{turn.created_at} · {turn.status}_"]
    if turn.report is None:
        return [*parts, "_No answer was kept._"]
    parts.append(turn.answer.strip())
    if turn.report["figures"]:
        parts += ["## Figures", _table(turn)]
    return parts


def _table(turn: SessionTurn) -> str:
    facts = {fact["id"]: fact for fact in turn.facts}
    rows = [_row(*_COLUMNS), _row(*("---" for _ in _COLUMNS))]
    for figure in (turn.report or {})["figures"]:
        rows.append(
            _row(
                figure["text"],
                figure["section"],
                figure["status"],
                figure.get("expected") or "",
                _source(figure, facts),
            )
        )
    return "\n".join(rows)


def _source(figure: dict[str, Any], facts: dict[str, dict[str, Any]]) -> str:
    """Say where a figure comes from: each fact's source and date, a computed one's formula."""
    told: dict[str, None] = {}
    for name in figure.get("facts", ()):
        fact = facts.get(name)
        if fact is not None:
            parts = (fact["label"], fact.get("source"), fact.get("as_of"), fact.get("formula"))
            told[", ".join(str(part) for part in parts if part)] = None
    if formula := figure.get("formula"):
        told[str(formula)] = None
    return "; ".join(told)


def _row(*cells: str) -> str:
    return f"| {' | '.join(_line(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _line(text: str) -> str:
    return " ".join(text.split())
