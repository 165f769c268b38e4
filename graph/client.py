"""The analyst in your own program: a question and a session in, typed events out, without a server.

The service has runs, a log and doors; here the caller iterates, and leaving the iteration stops the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from types import TracebackType
from uuid import uuid4

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from graph.agent import build_deps, build_graph
from graph.deps import Deps, Options
from graph.events import Event
from graph.models.aside import iterate_apart, run_apart
from graph.settings import AgentSettings
from graph.sink import events_to


class AnalystClient:
    """Asks the analyst from within a program.

    Sessions are kept by `checkpointer`, in memory unless one is given. Use `async with` and `astream_chat`,
    or `with` and `stream_chat`; the two do not mix on one client, for each has its own event loop.
    """

    def __init__(
        self,
        settings: AgentSettings | None = None,
        checkpointer: BaseCheckpointSaver[str] | None = None,
        deps: Deps | None = None,
    ) -> None:
        self._deps = deps or build_deps(settings or AgentSettings())
        self._graph = build_graph(self._deps, checkpointer or InMemorySaver())

    async def __aenter__(self) -> AnalystClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._deps.aclose()

    def __enter__(self) -> AnalystClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        run_apart(self._deps.aclose)

    async def astream_chat(
        self, message: str, session_id: str | None = None, options: Options | None = None
    ) -> AsyncGenerator[Event]:
        """Ask, and give the answer's events as they are made; `report` is the whole answer.

        Raises:
            AgentError: the answer could not be finished; what came before stays true.
        """
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        config: RunnableConfig = {"configurable": {"thread_id": session_id or uuid4().hex}}

        async def answer() -> None:
            try:
                with events_to(events.put_nowait):
                    await self._graph.ainvoke(
                        {"message": message}, config, context=options or Options(), durability="exit"
                    )
            finally:
                events.put_nowait(None)

        task = asyncio.create_task(answer(), name="analyst-client")
        try:
            while (event := await events.get()) is not None:
                yield event
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def stream_chat(
        self, message: str, session_id: str | None = None, options: Options | None = None
    ) -> Iterator[Event]:
        """Ask, and give the answer's events as they are made, to synchronous callers."""
        yield from iterate_apart(lambda: self.astream_chat(message, session_id, options))

    async def ask(self, message: str, session_id: str | None = None, options: Options | None = None) -> Event:
        """Ask, and give the `report` event alone."""
        report: Event | None = None
        async with aclosing(self.astream_chat(message, session_id, options)) as events:
            async for event in events:
                # To its end: an answer that is left before would not be kept in its session.
                report = event if event.type == "report" else report
        if report is None:
            raise RuntimeError("the answer ended without a report")
        return report
