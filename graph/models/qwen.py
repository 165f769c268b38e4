"""Qwen on DashScope: ChatTongyi by type and constructor, with a native asynchronous stream of its own.

ChatTongyi moves every token through a thread and cannot hang up a stalled call. Here all four of its ways
to generate go over one path: aiohttp on the native protocol, one session for each event loop. A call goes
through a gate, then to the first model of a chain that answers; until something was shown it is tried again.
"""

from __future__ import annotations

import asyncio
import random
import re
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any, Literal
from weakref import WeakKeyDictionary

import aiohttp
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import agenerate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, model_validator

from graph.errors import ModelError, ModelMisconfigured, ModelUnavailable
from graph.models import dashscope_wire as wire
from graph.models.aside import iterate_apart, run_apart
from graph.models.dashscope_call import Call, Limits
from graph.models.dashscope_chunks import ChunkBuilder
from graph.models.resilience import CircuitBreaker, Gate, backoff, may_pass
from graph.settings import MAX_TOKENS_CEILING, AgentSettings

with warnings.catch_warnings():
    # The package announces its end of life on import; that is known, and the version is pinned.
    warnings.simplefilter("ignore", DeprecationWarning)
    from langchain_community.chat_models.tongyi import ChatTongyi

DEFAULT_URL = "https://dashscope.aliyuncs.com/api/v1"

# Text-generation refuses these with "url error": they are reached by the multimodal endpoint alone.
_MULTIMODAL = re.compile(r"qwen-?(?:3\.[5-9]|[4-9])|(?:^|-)(?:vl|omni)(?:-|$)|vl-", re.IGNORECASE)

# What a call may set besides its messages; anything else is a mistake and is refused before it is sent.
CALL_OPTIONS = frozenset(
    {
        "model", "max_tokens", "temperature", "top_p", "seed", "enable_thinking", "thinking_budget", "stop",
        "tools", "tool_choice", "parallel_tool_calls", "response_format",
    }
)  # fmt: skip


class QwenAnalystChat(ChatTongyi):
    """A Qwen chat model.

    Takes ChatTongyi's arguments and those below; unknown ones are refused. `max_tokens` is 1 to 3000, also
    per call. `fallbacks` are models to try when the first cannot begin an answer. Raises `ModelError`s only.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True, protected_namespaces=())

    model_name: str = Field(default="qwen-plus", alias="model")
    streaming: bool = True
    top_p: float = Field(default=0.8, gt=0, le=1)
    max_tokens: int = Field(default=2000, ge=1, le=MAX_TOKENS_CEILING)
    temperature: float | None = Field(default=None, ge=0, lt=2)
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    enable_thinking: bool | None = None
    thinking_budget: int | None = Field(default=None, ge=1)
    stop: list[str] | None = None
    fallbacks: tuple[str, ...] = ()
    endpoint: Literal["auto", "text", "multimodal"] = "auto"
    base_url: str = DEFAULT_URL
    limits: Limits = Limits()
    max_streams: int = Field(default=1024, ge=1)
    patience_seconds: float = Field(default=5.0, gt=0)
    max_attempts: int = Field(default=4, ge=1, le=10)

    _sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = PrivateAttr(
        default_factory=WeakKeyDictionary
    )
    _gates: WeakKeyDictionary[asyncio.AbstractEventLoop, Gate] = PrivateAttr(
        default_factory=WeakKeyDictionary
    )
    _breakers: dict[str, CircuitBreaker] = PrivateAttr(default_factory=dict)
    _rng: random.Random = PrivateAttr(default_factory=random.Random)

    @model_validator(mode="before")
    @classmethod
    def _unwrap_key(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Give ChatTongyi the key as text: of a SecretStr it would keep the asterisks."""
        keys = {name: key.get_secret_value() for name, key in values.items() if isinstance(key, SecretStr)}
        return {**values, **keys}

    def __getstate__(self) -> dict[Any, Any]:
        """Refuse to be pickled: the key would be written out in plain text."""
        raise TypeError("a model that holds a key cannot be pickled: build it anew from settings")

    async def aclose(self) -> None:
        """Close this event loop's connections."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    def close(self) -> None:
        """Close the connections that the synchronous methods hold."""
        run_apart(self.aclose)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        parameters = self._parameters(stop, kwargs)
        chain = (kwargs.get("model") or self.model_name, *self.fallbacks)
        async with self._gate().enter(), aclosing(self._chain(chain, messages, parameters)) as chunks:
            async for chunk in chunks:
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    async def _chain(
        self, chain: tuple[str, ...], messages: list[BaseMessage], parameters: dict[str, Any]
    ) -> AsyncGenerator[ChatGenerationChunk]:
        """Stream from the first model that begins an answer; a question that is refused goes to no other."""
        failure: ModelError | None = None
        for name in dict.fromkeys(chain):
            breaker = self._breakers.setdefault(name, CircuitBreaker())
            if not breaker.allows():
                failure = failure or ModelUnavailable(
                    f"{name} failed too often and is left alone for a while"
                )
                continue
            shown = False
            try:
                async with aclosing(self._attempts(name, messages, parameters)) as chunks:
                    async for chunk in chunks:
                        shown = True
                        yield chunk
            except ModelError as fault:
                if may_pass(fault):
                    breaker.failed()
                if shown or not (may_pass(fault) or isinstance(fault, ModelMisconfigured)):
                    raise
                failure = fault
            else:
                breaker.succeeded()
                return
        raise failure or ModelUnavailable("no model to ask")

    async def _attempts(
        self, name: str, messages: list[BaseMessage], parameters: dict[str, Any]
    ) -> AsyncGenerator[ChatGenerationChunk]:
        """Stream from one model; what can pass is tried again as long as nothing was shown."""
        multimodal = self._is_multimodal(name)
        body = wire.request_body(name, messages, parameters, multimodal)
        path = wire.MULTIMODAL_PATH if multimodal else wire.TEXT_PATH
        deadline = asyncio.get_running_loop().time() + self.limits.total_seconds
        for attempt in range(self.max_attempts):
            builder = ChunkBuilder(name)
            call = Call(self._session(), self.base_url.rstrip("/") + path, body, self._headers())
            try:
                async with aclosing(call.frames(self._limits_for(parameters), deadline)) as frames:
                    async for data in frames:
                        if (chunk := builder.take(data)) is not None:
                            yield chunk
                yield builder.finish()
            except ModelError as fault:
                wait = backoff(attempt, self._rng)
                late = asyncio.get_running_loop().time() + wait >= deadline
                if builder.shown or not may_pass(fault) or late or attempt + 1 == self.max_attempts:
                    raise
                await asyncio.sleep(wait)
            else:
                return

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
        for chunk in iterate_apart(lambda: self._astream(messages, stop, None, **kwargs)):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return run_apart(lambda: self._agenerate(messages, stop, None, **kwargs))

    def _parameters(self, stop: list[str] | None, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Give the request's parameters; a per-call value counts before the model's own.

        Raises:
            ModelMisconfigured: the call sets something that is not known here.
        """
        unknown = sorted(set(kwargs) - CALL_OPTIONS)
        if unknown:
            raise ModelMisconfigured(f"unknown call options: {', '.join(unknown)}")
        chosen: dict[str, Any] = {
            "top_p": self.top_p,
            "temperature": self.temperature,
            "seed": self.seed,
            "enable_thinking": self.enable_thinking,
            "thinking_budget": self.thinking_budget,
            "stop": stop or self.stop,
            **{name: value for name, value in kwargs.items() if name != "model"},
        }
        limit = chosen.get("max_tokens") or self.max_tokens
        chosen["max_tokens"] = max(1, min(int(limit), MAX_TOKENS_CEILING))
        return {name: value for name, value in chosen.items() if value is not None}

    def _limits_for(self, parameters: dict[str, Any]) -> Limits:
        return self.limits.thinking() if parameters.get("enable_thinking") else self.limits

    def _is_multimodal(self, name: str) -> bool:
        if self.endpoint == "auto":
            return _MULTIMODAL.search(name) is not None
        return self.endpoint == "multimodal"

    def _headers(self) -> dict[str, str]:
        if self.dashscope_api_key is None:
            raise ModelMisconfigured("DASHSCOPE_API_KEY is not set")
        return wire.headers(self.dashscope_api_key.get_secret_value())

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None or session.closed:
            session = self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.limits.connect_seconds),
                trust_env=True,
            )
        return session

    def _gate(self) -> Gate:
        loop = asyncio.get_running_loop()
        gate = self._gates.get(loop)
        if gate is None:
            gate = self._gates[loop] = Gate(self.max_streams, self.patience_seconds)
        return gate


def build(settings: AgentSettings) -> QwenAnalystChat:
    """Build the model that the settings name.

    Raises:
        ModelMisconfigured: no key is configured.
    """
    if settings.dashscope_api_key is None:
        raise ModelMisconfigured("DASHSCOPE_API_KEY is not set")
    return QwenAnalystChat(
        model_name=settings.model,
        dashscope_api_key=settings.dashscope_api_key,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        enable_thinking=settings.enable_thinking,
        thinking_budget=settings.thinking_budget,
        fallbacks=settings.fallback_models,
        base_url=settings.dashscope_base_url or DEFAULT_URL,
    )
