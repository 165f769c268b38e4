"""The graph's state, input and output: plain JSON values only, so that any checkpointer can keep them."""

from __future__ import annotations

import operator
from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12


class Turn(TypedDict):
    """One question and its answer, as a session keeps them.

    `status` is `done`, `stopped` or `failed`; `answer` is the report's Markdown, partial unless done.
    `parent` is the run of the turn that it follows, none for the first; `facts` are places in `cited`.
    """

    run_id: str | None
    question: str
    answer: str
    status: str
    language: str
    symbols: list[str]
    report: dict[str, Any]
    created_at: str
    parent: NotRequired[str | None]
    facts: NotRequired[list[int]]


class Summary(TypedDict):
    """What the first turns of a branch were about: how many they are, and a mark of which."""

    text: str
    covers: int
    mark: str


class Choice(TypedDict):
    """A name of the question that stands for several symbols."""

    text: str
    symbols: list[str]


class Request(TypedDict):
    """What the question is about.

    `unknown` are words that look like symbols of no provider; `inherited` says that the symbols come from
    the turn before; `choices` are names of which the reader must say what they mean.
    """

    symbols: list[str]
    unknown: list[str]
    language: str
    intent: str
    inherited: bool
    choices: list[Choice]


class DraftState(TypedDict):
    """The model's text and how it was cut into sections."""

    text: str
    sections: dict[str, str]
    preamble: str
    missing: list[str]
    duplicated: list[str]
    reordered: bool
    truncated: bool


class GraphInput(TypedDict):
    """What starts a turn."""

    message: Annotated[str, Field(title="Question", description="For example: Is AAPL a buy?", min_length=1)]


class GraphOutput(TypedDict):
    """What a turn gives: the report as `Report.to_dict` writes it."""

    report: dict[str, Any]


class State(GraphInput, GraphOutput):
    """Everything that a session's checkpoint holds.

    `turns` and `cited`, the facts that the turns' figures stand on, grow; `summary` tells of turns that the
    model is not shown any more; the rest belongs to the last turn. `checked` are the sections whose
    `figures` were decided on the whole of their text.
    """

    turns: Annotated[list[Turn], operator.add]
    cited: Annotated[list[dict[str, Any]], operator.add]
    summary: Summary
    request: Request
    facts: list[dict[str, Any]]
    notes: list[str]
    draft: DraftState
    figures: list[dict[str, Any]]
    checked: list[str]
