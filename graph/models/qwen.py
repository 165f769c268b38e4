"""Qwen on DashScope: ChatTongyi by type and constructor, with a native asynchronous stream of its own.

ChatTongyi moves every token through a thread and cannot hang up a stalled call. Here all four of its ways
to generate go over one path: aiohttp on the native protocol, one session for each event loop. A call goes
through a gate, then to the first model of a chain that answers; until something was shown it is tried again.
"""

from __future__ import annotations

import asyncio
import random
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any, Literal
from weakref import WeakKeyDictionary

import aiohttp
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, field_validator, model_validator

from graph.errors import ModelMisconfigured
from graph.models import dashscope_request as wire
from graph.models.aside import is_apart, iterate_apart, run_apart
from graph.models.dashscope_answer import Answer
from graph.models.dashscope_call import Call, Limits
from graph.models.proxy import proxy_of
from graph.models.resilience import CircuitBreaker, Gate
from graph.settings import MAX_TOKENS_CEILING, AgentSettings

with warnings.catch_warnings():
    # The package announces its end of life on import; that is known, and the version is pinned.
    warnings.simplefilter("ignore", DeprecationWarning)
    from langchain_community.chat_models.tongyi import ChatTongyi

DEFAULT_URL = "https://dashscope.aliyuncs.com/api/v1"


class QwenAnalystChat(ChatTongyi):
    """A Qwen chat model.

    Takes ChatTongyi's arguments and those below; unknown ones are refused. `max_tokens` is 1 to 3000, also
    per call. `fallbacks` are models to try when the first cannot begin an answer; `max_retries` is the most
    tries of each, as ChatTongyi counts them. Raises `ModelError`s only.
    """

    model_config = ConfigDict(
        extra="forbid", populate_by_name=True, protected_namespaces=(), hide_input_in_errors=True
    )

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
    base_url: str = Field(default=DEFAULT_URL, pattern=r"^https?://[^\s/]\S*$")
    limits: Limits = Limits()
    max_streams: int = Field(default=1024, ge=1)
    patience_seconds: float = Field(default=5.0, gt=0)
    max_retries: int = Field(default=4, ge=1, le=10)

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

    @field_validator("dashscope_api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        text = key.get_secret_value().strip() if key is not None else ""
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise ValueError("the key holds characters that no key has")
        return SecretStr(text) if key is not None else None

    @field_validator("model_kwargs")
    @classmethod
    def _can_be_sent(cls, options: dict[str, Any]) -> dict[str, Any]:
        try:
            return wire.read_options(options)
        except ModelMisconfigured as fault:
            raise ValueError(str(fault)) from None

    def __getstate__(self) -> dict[Any, Any]:
        """Refuse to be pickled: the key would be written out in plain text."""
        raise TypeError("a model that holds a key cannot be pickled: build it anew from settings")

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools; `tool_choice` is "auto", "none", a tool's name, or "any" where there is one tool.

        Raises:
            ModelMisconfigured: the choice names no tool, or leaves one of several to be called.
        """
        if tool_choice is not None:
            kwargs["tool_choice"] = wire.tool_choice(tool_choice, tools)
        return super().bind_tools(tools, **kwargs)

    def with_structured_output(
        self, schema: Any, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Give the model that answers in a schema: it has to call the schema as its one tool."""
        # ChatTongyi's own leaves the model free to answer in prose.
        return BaseChatModel.with_structured_output(self, schema, include_raw=include_raw, **kwargs)

    async def aclose(self) -> None:
        """Close this event loop's connections."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    @property
    def _default_params(self) -> dict[str, Any]:
        """Give what ChatTongyi's callers see of the parameters, without the key that it would add."""
        return {"model": self.model_name, **self._parameters(None, {})}

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[ChatGenerationChunk]:
        options = self._parameters(stop, kwargs)
        models = tuple(dict.fromkeys((options.pop("model", None) or self.model_name, *self.fallbacks)))
        async with self._gate().enter(), self._connected() as session:
            answer = Answer(
                models=models,
                call=partial(self._call, session, messages, options),
                limits=partial(self._limits_for, options),
                tries=self.max_retries,
                breakers=self._breakers,
                rng=self._rng,
            )
            async with aclosing(answer.stream(self.limits.total_seconds)) as chunks:
                async for chunk in chunks:
                    if run_manager:
                        await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        async with aclosing(self._astream(messages, stop, run_manager, **kwargs)) as chunks:
            return generate_from_stream(iter([chunk async for chunk in chunks]))

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
        """Give the request's options; a per-call value counts before the model's own.

        Raises:
            ModelMisconfigured: the call sets something that is not known here, or to what cannot be sent.
        """
        own = {
            "max_tokens": self.max_tokens,
            "top_p": self.top_p,
            "temperature": self.temperature,
            "seed": self.seed,
            "enable_thinking": self.enable_thinking,
            "thinking_budget": self.thinking_budget,
            "stop": self.stop,
        }
        chosen = {name: value for name, value in kwargs.items() if value is not None}
        stops = {"stop": stop} if stop else {}
        return wire.read_options({**own, **self.model_kwargs, **chosen, **stops})

    def _call(
        self, session: aiohttp.ClientSession, messages: list[BaseMessage], options: dict[str, Any], name: str
    ) -> Call:
        multimodal = wire.is_multimodal(name) if self.endpoint == "auto" else self.endpoint == "multimodal"
        path = wire.MULTIMODAL_PATH if multimodal else wire.TEXT_PATH
        body = wire.request_body(name, messages, options, multimodal)
        return Call(session, self.base_url.rstrip("/") + path, body, self._headers())

    def _limits_for(self, options: dict[str, Any], name: str) -> Limits:
        thinks = options.get("enable_thinking")
        return self.limits.thinking() if thinks or wire.always_thinks(name) else self.limits

    def _headers(self) -> dict[str, str]:
        if self.dashscope_api_key is None:
            raise ModelMisconfigured("DASHSCOPE_API_KEY is not set")
        return wire.headers(self.dashscope_api_key.get_secret_value())

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiohttp.ClientSession]:
        """Give this event loop's session; a synchronous caller, who closes nothing, gets one for the call."""
        if is_apart():
            async with _open_session(self.base_url) as session:
                yield session
            return
        loop = asyncio.get_running_loop()
        kept = self._sessions.get(loop)
        if kept is None or kept.closed:
            kept = self._sessions[loop] = _open_session(self.base_url)
        yield kept

    def _gate(self) -> Gate:
        loop = asyncio.get_running_loop()
        gate = self._gates.get(loop)
        if gate is None:
            gate = self._gates[loop] = Gate(self.max_streams, self.patience_seconds)
        return gate


def _open_session(url: str) -> aiohttp.ClientSession:
    # No ceiling on connections and no time limits here: the gate has the one, each call the others.
    # `trust_env` would read the environment and a .netrc anew, in a thread, for every call.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
    return aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(total=None), proxy=proxy_of(url)
    )


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
