"""Keeps what was written of an answer that was not finished, so that the next question is sane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.runnables import RunnableConfig

from graph.agent import Analyst
from graph.deps import Deps, Options
from graph.events import EndStatus, ReportEvent
from graph.history import branch_of, close_turn
from graph.market.symbols import find_symbols
from graph.nodes.format import cap_conviction
from graph.nodes.resolve import choose_language
from graph.report.model import SECTIONS, Report
from graph.report.placing import count_figures, coverage
from graph.report.rating import parse_rating
from graph.report.render import render_markdown
from server.runs.draft import Draft
from server.sessions import SessionIndex


def config_of(thread_id: str, run_id: str, after: Sequence[str] | None = None) -> RunnableConfig:
    """Name a session's thread to the graph, the run that writes it, and the runs that this one follows."""
    follows = {} if after is None else {"after": tuple(after)}
    return {"configurable": {"thread_id": thread_id, "run_id": run_id, **follows}}


async def ancestors_of(sessions: SessionIndex, owner: str, session_id: str, run_id: str) -> tuple[str, ...]:
    """Name the runs that a run of a session follows, the nearest first."""
    parents = {each.run_id: each.parent for each in await sessions.runs_of(owner, session_id)}
    found: list[str] = []
    at = parents.get(run_id)
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return tuple(found)


@dataclass(frozen=True)
class Partials:
    """Writes unfinished turns to sessions."""

    graph: Analyst
    deps: Deps

    async def keep(
        self,
        config: RunnableConfig,
        question: str,
        model: str,
        draft: Draft,
        status: EndStatus,
    ) -> ReportEvent | None:
        """Close a turn with its draft, marked by how it ended, and give its report where it has any text.

        `config` is as `config_of` gives it. A turn that is in the session already stays as it is. An answer
        that was told whole is kept as it was told.
        """
        run_id, after = config["configurable"]["run_id"], config["configurable"].get("after")
        values = (await self.graph.aget_state(config)).values
        ours = values.get("message") == question and "request" in values
        language, symbols = (
            (values["request"]["language"], values["request"]["symbols"])
            if ours
            else (choose_language(question, Options()), await self._symbols(question))
        )
        if draft.report is not None:
            report = Report.from_dict(draft.report.report)
        else:
            report = self._report(question, model, draft, language, tuple(symbols))
        markdown = render_markdown(report) if any(report.sections.values()) else ""
        if all(turn["run_id"] != run_id for turn in values.get("turns", [])):
            state = {**values, "turns": branch_of(values.get("turns", []), after)}
            closed = close_turn(state, report, markdown, status, run_id, draft.facts)
            await self.graph.aupdate_state(config, closed, as_node="remember")
        return ReportEvent(report=report.to_dict(), markdown=markdown) if markdown else None

    async def status_of(self, thread_id: str, run_id: str) -> EndStatus | None:
        """Say how a turn ended that is in the session."""
        turns = (await self.graph.aget_state(config_of(thread_id, run_id))).values.get("turns", [])
        found: EndStatus | None = next((turn["status"] for turn in turns if turn["run_id"] == run_id), None)
        return found

    async def _symbols(self, question: str) -> tuple[str, ...]:
        return tuple(find_symbols(question, await self.deps.market.universe()).symbols)

    def _report(
        self, question: str, model: str, draft: Draft, language: str, symbols: tuple[str, ...]
    ) -> Report:
        sections, counts = draft.sections, count_figures(draft.figures)
        return Report(
            question=question,
            language=language,
            symbols=symbols,
            rating=cap_conviction(parse_rating(sections["verdict"]), counts),
            sections=sections,
            missing=tuple(name for name in SECTIONS if not sections[name]),
            truncated=True,
            figures=tuple(draft.figures),
            counts=counts,
            coverage=coverage(counts),
            model=model,
            mode=self.deps.settings.mode,
            prompt=self.deps.prompts.get("analyst").tag,
            created_at=self.deps.clock().isoformat(timespec="seconds"),
        )
