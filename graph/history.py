"""What a session remembers: the branch that a question follows, and the facts its answers stand on.

`turns` holds every turn of a session, also those that were replaced. Each names the turn that it follows, so
the turns are a tree, and a branch is the way from a turn back to the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig

from graph.report.model import Report
from graph.state import State, Turn


def branch_of(turns: Sequence[Turn], after: Sequence[str] | None = None) -> list[Turn]:
    """Give the turns of a branch, oldest first: the newest branch, or the one that ends with a run.

    `after` names that run and then its ancestors, for of a run that was lost no turn was kept.
    """
    places = {turn["run_id"]: place for place, turn in enumerate(turns) if turn["run_id"] is not None}
    at = len(turns) - 1
    if after is not None:
        at = next((places[run_id] for run_id in after if run_id in places), -1)
    branch: list[Turn] = []
    while at >= 0:
        turn = turns[at]
        branch.append(turn)
        # A turn that names none follows the one before it, as all did once.
        parent = turn.get("parent")
        before = at - 1 if "parent" not in turn else places.get(parent, -1) if parent is not None else -1
        at = before if before < at else -1
    return branch[::-1]


def on_branch(state: State, config: RunnableConfig) -> State:
    """Give the state as a question of this run finds it: only the turns of its branch."""
    after = config.get("configurable", {}).get("after")
    return {**state, "turns": branch_of(state.get("turns", []), after)}


def close_turn(
    state: Mapping[str, Any],
    report: Report,
    answer: str,
    status: str,
    run_id: str | None,
    facts: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """Make the change of state that keeps a turn after the last of its branch, with the facts it cites."""
    cited, new = cite(state.get("cited", []), facts, report.figures)
    turn = Turn(
        run_id=run_id,
        question=report.question,
        answer=answer,
        status=status,
        language=report.language,
        symbols=list(report.symbols),
        report=report.to_dict(),
        created_at=report.created_at,
        facts=cited,
    )
    if run_id is not None:
        turns = state.get("turns", [])
        turn["parent"] = turns[-1]["run_id"] if turns else None
    return {"turns": [turn], "cited": new}


def cite(
    known: Sequence[Mapping[str, Any]],
    facts: Iterable[Mapping[str, Any]],
    figures: Iterable[Mapping[str, Any]],
) -> tuple[list[int], list[dict[str, Any]]]:
    """Find the facts that figures stand on, and the inputs of computed ones.

    Gives their places in the list of all cited facts, and those that the list has not got yet.
    """
    sheet = {fact["id"]: fact for fact in facts}
    wanted = [name for figure in figures for name in figure.get("facts", ())]
    needed: dict[str, None] = {}
    while wanted:
        name = wanted.pop()
        if name in sheet and name not in needed:
            needed[name] = None
            wanted += sheet[name].get("inputs", ())
    places: dict[str, list[int]] = {}
    for place, fact in enumerate(known):
        places.setdefault(fact["id"], []).append(place)
    cited: list[int] = []
    new: list[dict[str, Any]] = []
    for name in sheet:
        if name in needed:
            same = [place for place in places.get(name, ()) if known[place] == sheet[name]]
            cited.append(same[0] if same else len(known) + len(new))
            if not same:
                new.append(dict(sheet[name]))
    return cited, new
