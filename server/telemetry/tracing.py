"""Traces over the hops of a run, sent by OTLP when an endpoint is set; OpenTelemetry is imported only then.

A span for each request, below it one for the run, below that one for each step. Spans carry ids, names,
counts and codes: never a question or an answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from langsmith.utils import get_env_var

from graph.events import EndEvent, RunEvent, StepEvent, UsageEvent
from server import __version__

_EXPORTS = {"LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"}


class Tracer:
    """Makes spans, or, without an endpoint, nothing at all."""

    def __init__(self, provider: Any = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("financial_agent", __version__) if provider else None

    @contextmanager
    def request(self, method: str, headers: dict[str, str]) -> Iterator[Any]:
        """Span a request, below the caller's own trace where it sends one; gives the span or nothing."""
        if self._tracer is None:
            yield None
            return
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        context = extract(headers)
        with self._tracer.start_as_current_span(method, context, kind=SpanKind.SERVER) as span:
            span.set_attribute("http.request.method", method)
            yield span

    def begin_run(self, event: RunEvent) -> Any:
        """Begin the span of a run, below the request that asked for it."""
        if self._tracer is None:
            return None
        span = self._tracer.start_span("run")
        span.set_attributes(
            {
                "financial_agent.run_id": event.run_id,
                "financial_agent.session_id": event.session_id,
                "financial_agent.mode": event.mode,
                "financial_agent.prompt": event.prompt,
                "gen_ai.request.model": event.model,
            }
        )
        return span

    def step(self, run: Any, open_steps: dict[str, Any], event: StepEvent) -> None:
        """Begin or end the span of a step."""
        if self._tracer is None or run is None:
            return
        from opentelemetry.trace import StatusCode, set_span_in_context

        if event.state == "started":
            open_steps[event.id] = self._tracer.start_span(event.name, set_span_in_context(run))
        elif (span := open_steps.pop(event.id, None)) is not None:
            if event.state == "failed":
                span.set_status(StatusCode.ERROR)
            span.end()

    def end_run(self, run: Any, open_steps: dict[str, Any], usage: UsageEvent | None, end: EndEvent) -> None:
        """End the span of a run and whatever is open below it."""
        if self._tracer is None or run is None:
            return
        from opentelemetry.trace import StatusCode

        for span in open_steps.values():
            span.end()
        open_steps.clear()
        run.set_attribute("financial_agent.status", end.status)
        if end.status in ("failed", "lost"):
            run.set_attribute("error.type", end.reason or end.status)
            run.set_status(StatusCode.ERROR)
        if usage is not None:
            run.set_attribute("gen_ai.usage.input_tokens", usage.input_tokens)
            run.set_attribute("gen_ai.usage.output_tokens", usage.output_tokens)
        run.end()

    def close(self) -> None:
        """Send what has gathered and let go of the exporter."""
        if self._provider is not None:
            self._provider.shutdown()


def open_tracer(endpoint: str | None) -> Tracer:
    """Open a tracer that exports to an OTLP/HTTP endpoint; without one it makes no spans.

    Raises:
        RuntimeError: OpenTelemetry is not installed.
    """
    if not endpoint:
        return Tracer()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as fault:
        raise RuntimeError(
            "otel_endpoint is set, but OpenTelemetry is not installed: pip install 'financial-agent[otel]'"
        ) from fault
    url = endpoint if endpoint.rstrip("/").endswith("/v1/traces") else endpoint.rstrip("/") + "/v1/traces"
    resource = Resource.create({"service.name": "financial-agent", "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=url, timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return Tracer(provider)


def allow_langsmith(asked: bool) -> None:
    """Let LangChain send traces to LangSmith only when this service was asked to.

    A variable that was set for another program of this machine must not send questions anywhere.
    """
    for name in _EXPORTS:
        os.environ[name] = "true" if asked else "false"
    get_env_var.cache_clear()  # type: ignore[attr-defined]
