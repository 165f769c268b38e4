"""What the model is shown of a session within a budget: its last turns in full, and a summary of the rest.

The whole transcript stays in the session. A summary says which turns it covers and carries a mark of them, so
that one that was made on another branch is not taken for this one's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.models.offline import estimate_tokens
from graph.report.model import Rating
from graph.report.rating import rating_line
from graph.settings import AgentSettings
from graph.state import Summary, Turn

MAX_SUMMARY = 1600  # characters
_MAX_QUESTION = 100
_SHARE_OF_SUMMARY = 4  # the summary takes at most one part in so many of the budget


@dataclass(frozen=True)
class Window:
    """The summary of the earlier turns, "" when there are none, and the turns shown in full, oldest first."""

    summary: str
    turns: list[Turn]


def window_of(state: Mapping[str, Any], settings: AgentSettings) -> Window:
    """Choose what the next answer is shown of a branch; never more tokens than the budget."""
    if not settings.history_turns:
        return Window("", [])
    branch: list[Turn] = state.get("turns", [])
    covered, text = _covered(branch, state.get("summary"))
    rest = branch[covered:]
    shown = _fitting(rest, settings.history_turns, settings.history_tokens)
    if len(shown) < len(rest):
        # The summary is behind: it was made on another branch, or for a larger budget.
        text = digest_of(branch[: len(branch) - len(shown)])
    return Window(_bounded(text, settings), shown)


def leaving(state: Mapping[str, Any], settings: AgentSettings) -> tuple[str, list[Turn], int]:
    """Say what must be summarised after a turn: the summary so far, the turns that leave, how many stay.

    Nothing leaves before the window is full, and then half of it does: a summary is not made for every turn.
    """
    branch: list[Turn] = state.get("turns", [])
    if not settings.history_turns:
        return "", [], len(branch)
    covered, text = _covered(branch, state.get("summary"))
    rest = branch[covered:]
    if len(_fitting(rest, settings.history_turns, settings.history_tokens)) == len(rest):
        return text, [], len(rest)
    kept = _fitting(rest, max(1, settings.history_turns // 2), settings.history_tokens // 2)
    return text, rest[: len(rest) - len(kept)], len(kept)


def summary_of(branch: Sequence[Turn], stay: int, text: str) -> Summary:
    """Make the summary that stands for all turns of a branch but the last ones."""
    covered = list(branch[: len(branch) - stay])
    return Summary(text=text[:MAX_SUMMARY], covers=len(covered), mark=_mark(covered))


def digest_of(turns: Sequence[Turn]) -> str:
    """Tell turns by what is certain of them: date, symbols, question, rating; the latest count most."""
    lines: list[str] = []
    size = 0
    for turn in reversed(turns):
        line = _line(turn)
        size += len(line) + 1
        if size > MAX_SUMMARY - 40:
            lines.append(f"… {len(turns) - len(lines)} earlier questions")
            break
        lines.append(line)
    return "\n".join(reversed(lines))


def _line(turn: Turn) -> str:
    question = " ".join(turn["question"].split())
    if len(question) > _MAX_QUESTION:
        question = question[: _MAX_QUESTION - 1].rstrip() + "…"
    symbols = ", ".join(turn["symbols"]) or "-"
    outcome = turn["status"]
    if turn["status"] == "done":
        outcome = rating_line(Rating(**turn["report"]["rating"]), turn["language"]).strip("*")
    return f"{turn['created_at'][:10]} · {symbols} · {question} → {outcome}"


def _covered(branch: Sequence[Turn], summary: Summary | None) -> tuple[int, str]:
    if summary is None or summary["covers"] > len(branch):
        return 0, ""
    covered = branch[: summary["covers"]]
    return (len(covered), summary["text"]) if _mark(covered) == summary["mark"] else (0, "")


def _mark(turns: Sequence[Turn]) -> str:
    told = "\n".join(f"{turn['run_id']} {turn['created_at']} {turn['question']}" for turn in turns)
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _fitting(turns: Sequence[Turn], count: int, tokens: int) -> list[Turn]:
    """Give the last turns that fit beside a summary; a single one that is too long is cut."""
    room = tokens - tokens // _SHARE_OF_SUMMARY
    shown: list[Turn] = []
    for turn in reversed(turns):
        size = estimate_tokens(turn["question"]) + estimate_tokens(turn["answer"])
        if len(shown) == count or size > room:
            break
        room -= size
        shown.append(turn)
    if not shown and turns:
        last = turns[-1]
        # A character is a token at most.
        parts = {"question": last["question"][: room // 4], "answer": last["answer"][: room // 2]}
        shown.append(Turn(**{**last, **parts}))  # type: ignore[typeddict-item]
    return shown[::-1]


def _bounded(text: str, settings: AgentSettings) -> str:
    room = settings.history_tokens // _SHARE_OF_SUMMARY
    return text if estimate_tokens(text) <= room else text[-room:]
