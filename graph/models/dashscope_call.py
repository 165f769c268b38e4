"""One call to DashScope: sends it, gives the data of its frames in time, hangs up whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from graph.errors import (
    ModelConnectTimeout,
    ModelCutOff,
    ModelError,
    ModelFirstTokenTimeout,
    ModelIdleTimeout,
    ModelMisconfigured,
    ModelTotalTimeout,
    ModelUnavailable,
)
from graph.models import dashscope_wire as wire

_ERROR_BYTES = 65_536
_SETTLE_SECONDS = 1.0


@dataclass(frozen=True)
class Limits:
    """Longest waits, in seconds: for a connection, the first token, the next frame, the whole answer."""

    connect_seconds: float = 5.0
    first_token_seconds: float = 60.0
    idle_seconds: float = 30.0
    total_seconds: float = 180.0
    thinking_seconds: float = 120.0

    def thinking(self) -> Limits:
        """Give the limits of a model that thinks before it writes."""
        return replace(self, first_token_seconds=max(self.first_token_seconds, self.thinking_seconds))


class Progress(Protocol):
    """How far the reader of the frames has come: a token was shown; the answer said that it is whole."""

    shown: bool

    @property
    def ended(self) -> bool:
        """Say whether the answer is whole."""


@dataclass(frozen=True)
class Call:
    """A request that is ready to go out; its headers, which hold the key, are not shown."""

    session: aiohttp.ClientSession
    url: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)

    async def frames(
        self, limits: Limits, deadline: float, progress: Progress
    ) -> AsyncGenerator[list[wire.Choice]]:
        """Give what the frames bring, those that came together at once; leaving early closes the socket.

        Raises:
            ModelError: as the answer, its absence or its lateness asks for.
        """
        clock = asyncio.get_running_loop().time
        last = clock()
        first_by = last + limits.first_token_seconds
        response = await self._send(limits, min(first_by, deadline), deadline)
        try:
            if response.status != 200:
                raise wire.error_of(response.status, await self._rest(response, limits))
            reader = wire.FrameReader()
            while True:
                # Comments and halves of frames are no sign of life: only a frame begins the wait anew.
                wait = _SETTLE_SECONDS if progress.ended else limits.idle_seconds
                due = last + wait if progress.shown or progress.ended else first_by
                piece = await self._read(response, min(due, deadline), deadline, progress)
                if not piece:
                    break
                good, failure = _read_all(reader.feed(piece))
                if good:
                    yield good
                    last = clock()
                if failure is not None:
                    raise failure
            if not progress.ended:
                good, failure = _read_all(reader.close())
                if good:
                    yield good
                if failure is not None:
                    raise failure
        finally:
            response.close()

    async def _send(self, limits: Limits, due: float, deadline: float) -> aiohttp.ClientResponse:
        """Send the request; the headers of the answer come with its first frame, so both share a limit."""
        timeout = aiohttp.ClientTimeout(total=None, connect=limits.connect_seconds)
        failure: ModelError
        try:
            async with asyncio.timeout_at(due):
                # A redirect would take the key to another place.
                return await self.session.post(
                    self.url, data=self.body, headers=self.headers, timeout=timeout, allow_redirects=False
                )
        except aiohttp.ConnectionTimeoutError:
            failure = ModelConnectTimeout(f"no connection in {limits.connect_seconds} s")
        except TimeoutError:
            failure = _late(due, deadline, begun=False)
        except aiohttp.InvalidURL:
            failure = ModelMisconfigured("the base URL cannot be called")
        except (aiohttp.ClientError, HttpProcessingError, OSError) as fault:
            failure = ModelUnavailable(_name_of(fault))
        # Raised out here, without its cause: aiohttp's exceptions carry the headers that were sent.
        raise failure

    async def _read(
        self, response: aiohttp.ClientResponse, due: float, deadline: float, progress: Progress
    ) -> bytes:
        """Read what has come; b"" at the end, and when nothing follows an answer that is whole."""
        failure: ModelError
        try:
            async with asyncio.timeout_at(due):
                return await response.content.readany()
        except TimeoutError:
            failure = _late(due, deadline, begun=progress.shown)
        except (aiohttp.ClientError, HttpProcessingError, OSError) as fault:
            failure = ModelCutOff(_name_of(fault))
        if progress.ended:
            return b""
        raise failure

    async def _rest(self, response: aiohttp.ClientResponse, limits: Limits) -> bytes:
        """Read an error's body, as far as it comes in time; what is missing is not worth another error."""
        body = b""
        try:
            async with asyncio.timeout(limits.idle_seconds):
                while len(body) < _ERROR_BYTES and (part := await response.content.read(_ERROR_BYTES)):
                    body += part
        except (TimeoutError, aiohttp.ClientError, HttpProcessingError, OSError):
            pass
        return body


def _read_all(frames: Iterator[wire.Frame]) -> tuple[list[wire.Choice], ModelError | None]:
    """Read frames up to the first that tells of a fault: what came before it is part of the answer."""
    good: list[wire.Choice] = []
    try:
        for frame in frames:
            good.append(wire.read_frame(frame))
    except ModelError as fault:
        return good, fault
    return good, None


def _late(due: float, deadline: float, *, begun: bool) -> ModelError:
    if due >= deadline:
        return ModelTotalTimeout("the answer took too long")
    return ModelIdleTimeout("no frame in time") if begun else ModelFirstTokenTimeout("no token in time")


def _name_of(fault: Exception) -> str:
    """Name a fault of the connection; of what the system says only its fixed words."""
    reason = getattr(fault, "strerror", None) or getattr(getattr(fault, "os_error", None), "strerror", None)
    return f"{type(fault).__name__}: {reason}" if isinstance(reason, str) else type(fault).__name__
