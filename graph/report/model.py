"""The report: four sections, a typed rating, the figures and what code found about each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

SectionName = Literal["verdict", "evidence", "insights", "caveat"]
SECTIONS: tuple[SectionName, ...] = get_args(SectionName)

TITLES: dict[str, dict[SectionName, str]] = {
    "en": {"verdict": "Verdict", "evidence": "Evidence", "insights": "Insights & Action", "caveat": "Caveat"},
    "zh": {"verdict": "结论", "evidence": "证据", "insights": "洞察与行动", "caveat": "风险提示"},
}

Direction = Literal["buy", "hold", "sell", "abstain"]
Conviction = Literal["low", "medium", "high"]
FigureStatus = Literal["supported", "derived", "unsupported", "contradicted", "context"]
FIGURE_STATUSES: tuple[FigureStatus, ...] = get_args(FigureStatus)


@dataclass(frozen=True)
class Rating:
    """The verdict as typed values: never guessed from prose; a missing one is `abstain`.

    `horizon` is text as the analyst gave it, such as "6-12 months". `capped` says that code lowered the
    conviction because a figure did not hold.
    """

    direction: Direction = "abstain"
    conviction: Conviction | None = None
    horizon: str | None = None
    capped: bool = False


@dataclass(frozen=True)
class Figure:
    """One figure of the text and what the data says about it.

    `start` and `end` count characters of the checked text (Python's), `text` is that slice. `value` is the
    figure at scale 1 as a decimal string, `expected` the right value where one is known, `rule` names how
    it was decided, `note` says it in words. `fact_ids` are the facts it stands on.
    """

    start: int
    end: int
    text: str
    value: str | None
    unit: str | None
    status: FigureStatus
    rule: str
    expected: str | None = None
    fact_ids: tuple[str, ...] = ()
    note: str = ""
    formula: str | None = None
    as_of: str | None = None


@dataclass(frozen=True)
class Report:
    """One finished answer.

    `sections` maps each section to its raw Markdown, "" when it is missing; `missing` names those.
    `figures` are plain dicts as the `figure` events carry them. `coverage` is the share of figures that are
    supported or derived, among those that are claims, 1.0 when there are none. `stopped` marks a partial.
    """

    question: str
    language: str
    symbols: tuple[str, ...]
    rating: Rating
    sections: dict[str, str]
    missing: tuple[str, ...] = ()
    reordered: bool = False
    duplicated: tuple[str, ...] = ()
    truncated: bool = False
    preamble: str = ""
    figures: tuple[dict[str, Any], ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    coverage: float = 1.0
    notes: tuple[str, ...] = ()
    model: str = ""
    mode: str = ""
    prompt: str = ""
    created_at: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain JSON values."""
        data: dict[str, Any] = {**vars(self), "rating": asdict(self.rating)}
        for name in ("symbols", "missing", "duplicated", "figures", "notes"):
            data[name] = list(data[name])
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Report:
        """Read what `to_dict` wrote."""
        values = dict(data)
        values["rating"] = Rating(**values["rating"])
        for name in ("symbols", "missing", "duplicated", "figures", "notes"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)


def utf16_offset(text: str, index: int) -> int:
    """Count the UTF-16 code units of `text` before `index`: the offset that a browser uses."""
    before = text[:index]
    return index if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2
