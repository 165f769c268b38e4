"""Qwen on DashScope: ChatTongyi by type and constructor, with a native asynchronous stream of its own.

ChatTongyi moves every token through a thread and cannot hang up a stalled call. Here all four of its ways
to generate go over one path: aiohttp on the native protocol, one session for each event loop.
"""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from queue import SimpleQueue
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import aiohttp
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import agenerate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr, SecretStr, model_validator

from graph.errors import ModelError, ModelMisconfigured, ModelUnavailable
from graph.models import dashscope_wire as wire
from graph.settings import MAX_TOKENS_CEILING, AgentSettings

with warnings.catch_warnings():
    # The package announces its end of life on import; that is known, and the version is pinned.
    warnings.simplefilter("ignore", DeprecationWarning)
    from langchain_community.chat_models.tongyi import ChatTongyi

DEFAULT_URL = "https://dashscope.aliyuncs.com/api/v1"
_DONE = object()
T = TypeVar("T")


class QwenAnalystChat(ChatTongyi):
    """A Qwen chat model.

    Takes ChatTongyi's arguments and `max_tokens` (1 to 3000, also per call), `temperature`, `base_url` and
    time limits in seconds. Raises `ModelError`s, never the SDK's.
    """

    streaming: bool = True
    max_tokens: int = Field(default=2000, ge=1, le=MAX_TOKENS_CEILING)
    temperature: float | None = Field(default=None, ge=0, lt=2)
    base_url: str = DEFAULT_URL
    multimodal: bool = False
    connect_seconds: float = 5.0
    first_token_seconds: float = 60.0
    idle_seconds: float = 30.0

    _sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = PrivateAttr(
        default_factory=WeakKeyDictionary
    )

    @model_validator(mode="before")
    @classmethod
    def _unwrap_key(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Give ChatTongyi the key as text: of a SecretStr it would keep the asterisks."""
        keys = {name: key.get_secret_value() for name, key in values.items() if isinstance(key, SecretStr)}
        return {**values, **keys}

    async def aclose(self) -> None:
        """Close this event loop's connections."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        body = wire.request_body(
            kwargs.pop("model", self.model_name), messages, self._parameters(stop, kwargs), self.multimodal
        )
        finish_reason, usage, request_id = "", None, ""
        async for data in self._frames(body):
            text, reasoning, calls, reason = wire.choice_of(data)
            usage = wire.usage_of(data) or usage
            finish_reason = reason or finish_reason
            request_id = str(data.get("request_id", request_id))
            if text or reasoning or calls:
                chunk = _chunk(text, reasoning, [_call_piece(call) for call in calls])
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
        if not finish_reason:
            raise ModelUnavailable(
                f"the stream of request {request_id!r} ended without a finish reason",
                message="The language model's answer was cut off.",
            )
        yield _last_chunk(finish_reason, usage, request_id, self.model_name)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        queue: SimpleQueue[Any] = SimpleQueue()

        async def pump() -> None:
            try:
                async for chunk in self._astream(messages, stop, None, **kwargs):
                    queue.put(chunk)
                queue.put(_DONE)
            except ModelError as fault:
                queue.put(fault)
            finally:
                await self.aclose()

        thread = threading.Thread(target=lambda: asyncio.run(pump()), name="qwen-stream", daemon=True)
        thread.start()
        while (item := queue.get()) is not _DONE:
            if isinstance(item, ModelError):
                raise item
            if run_manager:
                run_manager.on_llm_new_token(item.text, chunk=item)
            yield item

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        async def generate() -> ChatResult:
            try:
                return await self._agenerate(messages, stop, None, **kwargs)
            finally:
                await self.aclose()

        return _run_apart(generate())

    def _parameters(self, stop: list[str] | None, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Give the request's parameters; a per-call value counts before the model's own."""
        limit = kwargs.pop("max_tokens", None) or self.max_tokens
        chosen = {"max_tokens": min(limit, MAX_TOKENS_CEILING), "top_p": self.top_p, **kwargs}
        if self.temperature is not None:
            chosen.setdefault("temperature", self.temperature)
        if stop:
            chosen["stop"] = stop
        return chosen

    async def _frames(self, body: bytes) -> AsyncIterator[dict[str, Any]]:
        """Send a request and give the data of its frames; leaving early closes the socket at once."""
        response = await self._send(body)
        try:
            if response.status != 200:
                raise wire.error_of(response.status, await response.content.read(65_536))
            reader, limit, first = wire.FrameReader(), self.first_token_seconds, b""
            while piece := await _read(response, limit):
                limit = self.idle_seconds
                first = first or piece.lstrip()
                if first.startswith((b"{", b"<")):
                    raise wire.error_of(502, first + await response.content.read(65_536))
                for frame in reader.feed(piece):
                    yield _checked(frame)
            for frame in reader.close():
                yield _checked(frame)
        finally:
            response.close()

    async def _send(self, body: bytes) -> aiohttp.ClientResponse:
        path = wire.MULTIMODAL_PATH if self.multimodal else wire.TEXT_PATH
        try:
            return await self._session().post(
                self.base_url.rstrip("/") + path, data=body, headers=self._headers()
            )
        except TimeoutError as fault:
            raise ModelUnavailable("no connection to DashScope in time") from fault
        except aiohttp.ClientError as fault:
            raise ModelUnavailable(f"DashScope: {type(fault).__name__}") from fault

    def _headers(self) -> dict[str, str]:
        if self.dashscope_api_key is None:
            raise ModelMisconfigured("DASHSCOPE_API_KEY is not set")
        return {
            "Authorization": f"Bearer {self.dashscope_api_key.get_secret_value()}",
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "text/event-stream",
            "X-DashScope-SSE": "enable",
        }

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None or session.closed:
            session = self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=self.connect_seconds, sock_read=self.first_token_seconds
                ),
                trust_env=True,
            )
        return session


def build(settings: AgentSettings) -> QwenAnalystChat:
    """Build the model that the settings name.

    Raises:
        ModelMisconfigured: no key is configured.
    """
    if settings.dashscope_api_key is None:
        raise ModelMisconfigured("DASHSCOPE_API_KEY is not set")
    return QwenAnalystChat(
        model=settings.model,
        api_key=SecretStr(settings.dashscope_api_key.get_secret_value()),
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        base_url=settings.dashscope_base_url or DEFAULT_URL,
    )


async def _read(response: aiohttp.ClientResponse, seconds: float) -> bytes:
    try:
        async with asyncio.timeout(seconds):
            return await response.content.readany()
    except TimeoutError as fault:
        message = "The language model fell silent before its answer was finished."
        raise ModelUnavailable(f"nothing from DashScope for {seconds} s", message=message) from fault
    except aiohttp.ClientError as fault:
        message = "The language model's answer was cut off."
        raise ModelUnavailable(f"DashScope: {type(fault).__name__}", message=message) from fault


def _checked(frame: wire.Frame) -> dict[str, Any]:
    code = str(frame.data.get("code") or "")
    if frame.event == "error" or frame.status >= 400 or code:
        raise wire.model_error(frame.status if frame.status >= 400 else 500, code)
    return frame.data


def _call_piece(call: dict[str, Any]) -> ToolCallChunk:
    function = call.get("function") or {}
    return tool_call_chunk(
        name=function.get("name") or None,
        args=function.get("arguments") or "",
        id=call.get("id") or None,
        index=call.get("index", 0),
    )


def _chunk(text: str, reasoning: str, calls: list[ToolCallChunk]) -> ChatGenerationChunk:
    extra = {"reasoning_content": reasoning} if reasoning else {}
    return ChatGenerationChunk(
        message=AIMessageChunk(content=text, additional_kwargs=extra, tool_call_chunks=calls)
    )


def _last_chunk(
    finish_reason: str, usage: UsageMetadata | None, request_id: str, model_name: str
) -> ChatGenerationChunk:
    info = {"finish_reason": finish_reason, "request_id": request_id, "model_name": model_name}
    message = AIMessageChunk(content="", response_metadata=info, usage_metadata=usage)
    return ChatGenerationChunk(message=message, generation_info={"finish_reason": finish_reason})


def _run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop of its own, also from within a running one."""
    results: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            results.put((asyncio.run(work), None))
        except BaseException as fault:  # carried to the caller's thread, where it is raised again
            results.put((None, fault))

    threading.Thread(target=run, name="qwen-call", daemon=True).start()
    value, fault = results.get()
    if fault is not None:
        raise fault
    return value  # type: ignore[return-value]
