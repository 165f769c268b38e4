"""Requests and answers of the HTTP doors, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from graph.deps import Language, Options
from graph.events import EndStatus
from graph.report.model import Report
from graph.settings import MAX_TOKENS_CEILING
from server.runs.coordinator import OnConflict
from server.sessions import RunStatus

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", strict=True)]

RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,64}$", strict=True)]

_EXAMPLE: JsonDict = {"message": "Is AAPL a buy?", "session_id": "my-session"}


class AnalystInput(BaseModel):
    """A question to the analyst, in a new session or in one that goes on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    message: str = Field(
        title="Question", description="The question, in English or Chinese.", min_length=1, strict=True
    )
    session_id: Slug | None = Field(
        default=None,
        title="Session",
        description="Session to go on with; a new one is made when it is empty.",
    )
    model: str | None = Field(
        default=None,
        title="Model",
        description="One of the offered models; empty for the default.",
        max_length=100,
    )
    max_tokens: int | None = Field(
        default=None,
        title="Most tokens",
        description="Most tokens of the answer.",
        ge=1,
        le=MAX_TOKENS_CEILING,
        strict=True,
    )
    language: Language = Field(default="auto", title="Language", description="Language of the answer.")
    on_conflict: OnConflict = Field(
        default="reject",
        title="If the session is busy",
        description="What to do while a run is going in the session.",
    )

    replaces: RunId | None = Field(
        default=None,
        title="Instead of",
        description="A run of the session: the question takes its place, and its answer stays a version.",
    )

    @field_validator("message")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise PydanticCustomError("message_empty", "The message is empty.")
        return value

    def options(self) -> Options:
        """Give the choices of this question that the graph knows."""
        return Options(language=self.language, max_tokens=self.max_tokens, model=self.model)


class ChatAnswer(BaseModel):
    """A finished run: its report, the report's Markdown, and where both are kept.

    `status` is `done`, or `stopped` with a partial report.
    """

    run_id: str
    session_id: str
    status: EndStatus
    report: Report
    markdown: str
    usage: dict[str, Any] = {}


class RunStatusAnswer(BaseModel):
    """Where a run stands."""

    run_id: str
    session_id: str
    status: RunStatus


class SessionSummary(BaseModel):
    """One session in a list; times are ISO, `turns` counts the questions of its newest branch.

    `snippet` shows where the words that were searched for stand.
    """

    session_id: str
    title: str
    created_at: str
    last_at: str
    turns: int
    pinned: bool
    running: bool
    snippet: str | None = None


class SessionList(BaseModel):
    """An owner's sessions, pinned ones first, then the latest; `next` continues the list."""

    sessions: list[SessionSummary]
    next: str | None = None


class SessionTurn(BaseModel):
    """One question of a session and what became of it; `report` is null when nothing was written.

    `versions` are the runs that answered in this place, in their order, this one among them. `facts` are
    those that the report's figures stand on, and the inputs of computed ones.
    """

    run_id: str
    question: str
    status: RunStatus
    answer: str
    report: dict[str, Any] | None
    created_at: str
    versions: list[str]
    facts: list[dict[str, Any]]


class SessionTranscript(SessionSummary):
    """A session with the questions and answers of one branch, oldest first."""

    transcript: list[SessionTurn]


class FoundSymbol(BaseModel):
    """A symbol that can be asked about, with its company's names."""

    symbol: str
    name: str
    name_zh: str


class SymbolList(BaseModel):
    """Symbols that match a text, the best first."""

    symbols: list[FoundSymbol]


class SessionChange(BaseModel):
    """What to change of a session; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(default=None, min_length=1, max_length=200, strict=True)
    pinned: bool | None = Field(default=None, strict=True)

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        line = " ".join(value.split()) if value is not None else None
        if line == "":
            raise PydanticCustomError("title_empty", "The title is empty.")
        return line


class SessionDeleted(BaseModel):
    """A session that is gone; until the time named, an ISO time, it can be restored."""

    session_id: str
    restorable_until: str | None


class Health(BaseModel):
    """What this server is and whether it can answer."""

    status: str
    version: str
    mode: str
    model: str
    models: list[str]
    market: list[str]
    active_runs: int
    chart_library: Literal["present", "missing"]
