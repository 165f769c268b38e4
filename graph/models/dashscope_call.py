"""One call to DashScope: sends it, gives the data of its frames in time, hangs up whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from graph.errors import (
    ModelConnectTimeout,
    ModelCutOff,
    ModelFirstTokenTimeout,
    ModelIdleTimeout,
    ModelTotalTimeout,
    ModelUnavailable,
)
from graph.models import dashscope_wire as wire

_ERROR_BYTES = 65_536


@dataclass(frozen=True)
class Limits:
    """Longest waits, in seconds: for a connection, the first frame, the next frame, the whole answer."""

    connect_seconds: float = 5.0
    first_token_seconds: float = 60.0
    idle_seconds: float = 30.0
    total_seconds: float = 180.0
    thinking_seconds: float = 120.0

    def thinking(self) -> Limits:
        """Give the limits of a model that thinks before it writes."""
        return replace(self, first_token_seconds=max(self.first_token_seconds, self.thinking_seconds))


@dataclass(frozen=True)
class Call:
    """A request that is ready to go out; its headers, which hold the key, are not shown."""

    session: aiohttp.ClientSession
    url: str
    body: bytes
    headers: dict[str, str] = field(repr=False)

    async def frames(self, limits: Limits, deadline: float) -> AsyncGenerator[dict[str, Any]]:
        """Give the data of each frame; leaving early closes the socket at once.

        Raises:
            ModelError: as the answer, its absence or its lateness asks for.
        """
        response = await self._send(limits, deadline)
        try:
            if response.status != 200:
                raise wire.error_of(response.status, await self._rest(response, limits))
            reader, first, limit = wire.FrameReader(), b"", limits.first_token_seconds
            while piece := await self._read(response, limit, deadline, begun=bool(first)):
                if not first:
                    first = piece.lstrip()
                    if first.startswith((b"{", b"<")):
                        raise wire.error_of(502, first + await self._rest(response, limits))
                limit = limits.idle_seconds
                for frame in reader.feed(piece):
                    yield wire.checked(frame)
            for frame in reader.close():
                yield wire.checked(frame)
        finally:
            response.close()

    async def _send(self, limits: Limits, deadline: float) -> aiohttp.ClientResponse:
        """Send the request; the headers of the answer come with its first frame, so both share a limit."""
        seconds = min(limits.first_token_seconds, deadline - asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(seconds):
                return await self.session.post(self.url, data=self.body, headers=self.headers)
        except aiohttp.ConnectionTimeoutError as fault:
            raise ModelConnectTimeout(f"no connection in {limits.connect_seconds} s") from fault
        except TimeoutError as fault:
            raise ModelFirstTokenTimeout(f"no answer in {seconds:.1f} s") from fault
        except aiohttp.ClientError as fault:
            raise ModelUnavailable(type(fault).__name__) from fault

    async def _read(
        self, response: aiohttp.ClientResponse, limit: float, deadline: float, *, begun: bool
    ) -> bytes:
        left = deadline - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(limit, left)):
                return await response.content.readany()
        except TimeoutError as fault:
            if left <= limit:
                raise ModelTotalTimeout("the answer took too long") from fault
            kind = ModelIdleTimeout if begun else ModelFirstTokenTimeout
            raise kind(f"nothing in {limit} s") from fault
        except aiohttp.ClientError as fault:
            raise ModelCutOff(type(fault).__name__) from fault

    async def _rest(self, response: aiohttp.ClientResponse, limits: Limits) -> bytes:
        """Read an error's body, as far as it comes in time; what is missing is not worth another error."""
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(limits.idle_seconds):
                while sum(map(len, parts)) < _ERROR_BYTES and (
                    part := await response.content.read(_ERROR_BYTES)
                ):
                    parts.append(part)
        except (TimeoutError, aiohttp.ClientError):
            pass
        return b"".join(parts)
