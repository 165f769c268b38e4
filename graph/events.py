"""The events of a run, one discriminated union: what every reader of a stream may meet.

`run` is always the first and `end` always the last. On the wire an event is one compact JSON object that
carries its number in the run (`seq`) and its `type`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, TypeAdapter

from graph.report.model import FigureStatus, Report, SectionName
from graph.report.notebook import event_html, facts_html, report_html

StepState = Literal["started", "done", "failed"]
EndStatus = Literal["done", "stopped", "failed", "lost"]


class _Event(BaseModel):
    """What all events share: they are values and never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    def _repr_html_(self) -> str:
        """Show the event in a notebook."""
        return event_html(self.model_dump(exclude_none=True, by_alias=True))


class RunEvent(_Event):
    """The run begins: who answers what, in which session."""

    type: Literal["run"] = "run"
    run_id: str
    session_id: str
    question: str
    model: str
    prompt: str
    mode: Literal["live", "offline"]
    created_at: str


class StepEvent(_Event):
    """A node or tool started, finished or failed; `ms` is its duration."""

    type: Literal["step"] = "step"
    id: str
    name: str
    label: str
    state: StepState
    ms: int | None = None
    summary: str | None = None
    retryable: bool | None = None


class FactsEvent(_Event):
    """Facts that the answer may state, each as `Fact.to_dict` gives it."""

    type: Literal["facts"] = "facts"
    # Our own code has just made them: to read them once more would cost as much as to encode them.
    facts: SkipValidation[list[dict[str, Any]]]

    def _repr_html_(self) -> str:
        """Show the facts in a notebook, as a table."""
        return facts_html(self.facts)


class ChartEvent(_Event):
    """What a chart beside the answer should show; overlays name fact ids."""

    type: Literal["chart"] = "chart"
    symbol: str
    range: str
    overlays: list[dict[str, Any]]


class SectionEvent(_Event):
    """A section opened or closed; one may open again when the model returns to it.

    With `restart` it begins anew: the text and the figures told of it before are withdrawn.
    """

    type: Literal["section"] = "section"
    section: SectionName
    state: Literal["open", "closed"]
    restart: Literal[True] | None = None


class TokenEvent(_Event):
    """More text of a section; the texts of a section joined are its raw Markdown."""

    type: Literal["token"] = "token"
    section: SectionName
    text: str


class FigureEvent(_Event):
    """A figure and what the data says of it; a later event of the same id may change its status.

    `start` and `end` are UTF-16 offsets into the section's raw Markdown.
    """

    type: Literal["figure"] = "figure"
    id: str
    section: SectionName
    start: int
    end: int
    text: str
    status: FigureStatus
    claimed: str | None = None
    unit: str | None = None
    expected: str | None = None
    rule: str | None = None
    note: str | None = None
    facts: list[str] = []
    formula: str | None = None
    as_of: str | None = None


class ReportEvent(_Event):
    """The whole structured answer, as `Report.to_dict` gives it, and its Markdown."""

    type: Literal["report"] = "report"
    report: SkipValidation[dict[str, Any]]
    markdown: str

    def _repr_html_(self) -> str:
        """Show the answer in a notebook, with what was found of each figure."""
        return report_html(Report.from_dict(self.report))


class UsageEvent(_Event):
    """What the run took: tokens as the model counts them, seconds in all and to the first token."""

    type: Literal["usage"] = "usage"
    input_tokens: int
    output_tokens: int
    seconds: float | None = None
    first_token_seconds: float | None = None


class SuggestionsEvent(_Event):
    """Up to three questions that could follow."""

    type: Literal["suggestions"] = "suggestions"
    questions: list[str]


class GapEvent(_Event):
    """Events `start` to `end` are no longer kept."""

    type: Literal["gap"] = "gap"
    start: int = Field(serialization_alias="from")
    end: int = Field(serialization_alias="to")


class DrainEvent(_Event):
    """This server is going away: resume elsewhere."""

    type: Literal["drain"] = "drain"


class ErrorEvent(_Event):
    """Something failed, told with a code and a sentence; never an exception's text."""

    type: Literal["error"] = "error"
    code: str
    message: str
    retryable: bool = False
    retry_after: float | None = None


class EndEvent(_Event):
    """The run is over; nothing follows."""

    type: Literal["end"] = "end"
    status: EndStatus
    reason: str | None = None


Event = Annotated[
    RunEvent
    | StepEvent
    | FactsEvent
    | ChartEvent
    | SectionEvent
    | TokenEvent
    | FigureEvent
    | ReportEvent
    | UsageEvent
    | SuggestionsEvent
    | GapEvent
    | DrainEvent
    | ErrorEvent
    | EndEvent,
    Field(discriminator="type"),
]

EVENT_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)

_SEPARATORS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"), (b"\xc2\x85", b"\\u0085"))


def payload(event: Event) -> dict[str, Any]:
    """Give the event as plain JSON values, without what is not set."""
    return event.model_dump(exclude_none=True, by_alias=True)


def encode(event: Event, seq: int) -> bytes:
    """Write the event as one line of compact JSON, beginning with its `seq` and `type`."""
    if type(event) is TokenEvent:  # the hot path: no reflection for the thousands of tokens of an answer
        data: dict[str, Any] = {"seq": seq, "type": "token", "section": event.section, "text": event.text}
    elif type(event) is FactsEvent:  # the largest: its facts are plain values already
        data = {"seq": seq, "type": "facts", "facts": event.facts}
    else:
        body = payload(event)
        data = {"seq": seq, "type": body.pop("type"), **body}
    try:
        line = orjson.dumps(data)
    except TypeError:  # half a surrogate pair from a model or tool: no UTF-8 can hold it
        line = orjson.dumps(_without_surrogates(data))
    return escape_separators(line)


def escape_separators(line: bytes) -> bytes:
    """Escape in JSON what some readers of lines take for the end of one: U+2028, U+2029, U+0085."""
    if line.isascii():
        return line
    for raw, escaped in _SEPARATORS:
        if raw in line:
            line = line.replace(raw, escaped)
    return line


def decode(line: bytes | str) -> dict[str, Any]:
    """Read what `encode` wrote, as plain values."""
    data: dict[str, Any] = orjson.loads(line)
    return data


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value
