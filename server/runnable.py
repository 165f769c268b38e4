"""The LangServe door: a Runnable that starts a run and reads its log.

The graph itself is not mounted. This narrow Runnable takes a question and nothing else, so that no client
can set a system message or forge a tool's answer, and hanging up leaves the run alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.utils import ConfigurableFieldSpec
from langserve import add_routes
from langserve.callbacks import AsyncEventAggregatorCallback
from langserve.serialization import WellKnownLCSerializer
from langserve.server import EndpointName
from pydantic import BaseModel, TypeAdapter, ValidationError
from sse_starlette import EventSourceResponse

from graph.events import decode, escape_separators
from server.api.schemas import AnalystInput, ChatAnswer, Slug
from server.asking import ask, wait_for_answer
from server.auth import Caller, current_caller
from server.errors import BatchTooLarge
from server.refusals import Unauthenticated
from server.runs.run import Run
from server.service import Service

PUBLIC_ENDPOINTS: tuple[EndpointName, ...] = (
    "invoke",
    "batch",
    "stream",
    "input_schema",
    "output_schema",
    "config_schema",
)
DEVELOPMENT_ENDPOINTS: tuple[EndpointName, ...] = (
    "playground",
    "stream_log",
    "stream_events",
    "config_hashes",
)

# Keys of `configurable` that a client cannot set: LangServe drops all but the declared ones.
_CALLER = "__financial_agent_caller"
_RUN = "__financial_agent_run"

T = TypeVar("T")

_SLUG: TypeAdapter[str] = TypeAdapter(Slug)


class Serializer(WellKnownLCSerializer):
    """LangServe's serializer, with the characters escaped that break its client's reader of lines."""

    def dumps(self, obj: Any) -> bytes:
        """Write an object as JSON."""
        return escape_separators(super().dumps(obj))


class AnalystRunnable(Runnable[dict[str, Any], Any]):
    """The analyst as LangServe sees it: a question in, a report out, the run's events as a stream."""

    name = "analyst"

    def __init__(self, service: Callable[[], Service]) -> None:
        self._service = service

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """Name what a client may configure: the session, as LangGraph's `thread_id`."""
        return [
            ConfigurableFieldSpec(
                id="thread_id",
                annotation=str | None,
                name="Session",
                description="Session to go on with; the input's session_id counts first.",
                default=None,
            )
        ]

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        """Give the model of a question."""
        return AnalystInput

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        """Give the model of an answer."""
        return ChatAnswer

    def invoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> ChatAnswer:
        """Refuse: runs live on the server's event loop, so only the asynchronous methods can start one."""
        raise RuntimeError("the analyst on the server is asynchronous: use ainvoke, or a RemoteRunnable")

    async def ainvoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> ChatAnswer:
        """Ask, and give the finished report."""
        return await wait_for_answer(self._service(), await self._start(input, config))

    async def astream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        """Ask, and give the run's events as they are written."""
        if _is_watched(config):

            async def transform(inputs: AsyncIterator[dict[str, Any]]) -> AsyncIterator[Any]:
                async for question in inputs:
                    async for event in self._follow(question, config):
                        yield event

            async def one() -> AsyncIterator[dict[str, Any]]:
                yield input

            async for event in self._atransform_stream_with_config(one(), transform, config):
                yield event
        else:
            async for event in self._follow(input, config):
                yield event

    async def prepare(self, config: dict[str, Any], request: Request) -> dict[str, Any]:
        """Start the run of a streaming request, so that a refusal comes before the stream begins."""
        caller = await current_caller(request)
        endpoint = request.url.path.rpartition("/")[2]
        configurable = {**config.get("configurable", {}), _CALLER: caller}
        prepared = {**config, "configurable": configurable}
        _check_thread_id(configurable.get("thread_id"))
        body = await request.json()
        if endpoint == "batch":
            inputs = _checked(list[AnalystInput], body.get("inputs"))
            limit = self._service().settings.max_batch
            if len(inputs) > limit:
                raise BatchTooLarge(message=f"A batch holds at most {limit} questions.")
        elif endpoint in ("stream", "stream_log", "stream_events"):
            question = _checked(AnalystInput, body.get("input"))
            configurable[_RUN] = await self._start(question.model_dump(), prepared)
        return prepared

    async def _start(self, input: dict[str, Any], config: Any) -> Run:
        configurable = (config or {}).get("configurable", {})
        run = configurable.get(_RUN)
        if isinstance(run, Run):
            return run
        caller = configurable.get(_CALLER)
        if not isinstance(caller, Caller):
            raise Unauthenticated("a question without a caller")
        question = AnalystInput.model_validate(input)
        if question.session_id is None and configurable.get("thread_id"):
            question = question.model_copy(update={"session_id": configurable["thread_id"]})
        return await ask(self._service(), caller, question)

    async def _follow(self, input: dict[str, Any], config: RunnableConfig | None) -> AsyncIterator[Any]:
        run = await self._start(input, config)
        async for batch in self._service().manager.follow(run.run_id):
            for entry in batch:
                yield decode(entry.data)


def _checked(kind: type[T], value: Any) -> T:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as fault:
        raise RequestValidationError(fault.errors()) from fault


def _check_thread_id(value: object) -> None:
    if value is None:
        return
    try:
        _SLUG.validate_python(value)
    except ValidationError as fault:
        errors = [{**error, "loc": ("config", "configurable", "thread_id")} for error in fault.errors()]
        raise RequestValidationError(errors) from fault


def _is_watched(config: RunnableConfig | None) -> bool:
    """Say whether anybody looks at the callbacks: LangServe adds one for /stream that it never reads."""
    callbacks = (config or {}).get("callbacks")
    handlers = callbacks if isinstance(callbacks, list) else getattr(callbacks, "handlers", [])
    return any(not isinstance(handler, AsyncEventAggregatorCallback) for handler in handlers)


def analyst_router(service: Callable[[], Service], development: bool, ping_seconds: float) -> APIRouter:
    """Build LangServe's routes under `/analyst`."""
    runnable = AnalystRunnable(service)
    # LangServe gives no way to choose it, and its default is longer than proxies and our page wait.
    EventSourceResponse.DEFAULT_PING_INTERVAL = max(1, int(ping_seconds))
    router = APIRouter(tags=["langserve"])
    add_routes(
        router,
        runnable,
        path="/analyst",
        dependencies=[Depends(current_caller)],
        enabled_endpoints=[*PUBLIC_ENDPOINTS, *(DEVELOPMENT_ENDPOINTS if development else ())],
        config_keys=["configurable"],
        per_req_config_modifier=runnable.prepare,
        serializer=Serializer(),
    )
    return router
