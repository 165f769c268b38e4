"""Where nodes send events: the sink of the run they belong to, else LangGraph's custom stream.

The service sets a sink in the task of a run and pays nothing for LangGraph's streaming; LangGraph Studio
sets none and sees the same events with `stream_mode="custom"`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from langgraph.config import get_stream_writer

from graph.events import Event, payload

Sink = Callable[[Event], None]

_sink: ContextVar[Sink | None] = ContextVar("financial_agent_sink", default=None)


@contextmanager
def events_to(sink: Sink) -> Iterator[None]:
    """Send every event that is emitted within this context, and the tasks it starts, to `sink`."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)


def is_crowded() -> bool:
    """Say whether so many runs share the process that work is better done at once than bit by bit."""
    return bool(getattr(_sink.get(), "crowded", False))


def emit(event: Event) -> None:
    """Send an event to whoever follows this run; must be called from within a node."""
    sink = _sink.get()
    if sink is not None:
        sink(event)
    else:
        get_stream_writer()(payload(event))
