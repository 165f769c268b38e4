"""Opens many streams at once and looks at what comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

_TAIL = 4096


@dataclass(frozen=True)
class Door:
    """One way to stream an answer: where to ask, and how to know its tokens and its end."""

    name: str
    path: str
    body: Callable[[int], dict[str, Any]]
    token_mark: bytes
    end_mark: bytes
    text_of: Callable[[dict[str, Any]], str | None]


@dataclass(frozen=True)
class Answer:
    """One stream that was read to its end; only the first of a load keeps its body."""

    seconds_to_token: float
    size: int
    body: bytes


@dataclass(frozen=True)
class Frames:
    """The token events of one stream: how many, and their bytes beyond the text they carry."""

    text: str
    count: int
    beyond_mean: float
    beyond_max: int


async def load(door: Door, url: str, tokens: int, streams: int, spread: float) -> list[Answer]:
    """Read many streams, begun evenly over `spread` seconds.

    Raises:
        RuntimeError: a stream was refused, was cut, or carried no token.
    """
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(url, connector=connector, timeout=timeout) as session:
        return await asyncio.gather(
            *(_read(session, door, tokens, at * spread / streams, keep=at == 0) for at in range(streams))
        )


def read_frames(door: Door, body: bytes) -> Frames:
    """Find the token events in a stream."""
    body = body.replace(b"\r\n", b"\n")
    texts, beyond = [], []
    for frame in body.split(b"\n\n"):
        data = b"".join(line[5:] for line in frame.split(b"\n") if line.startswith(b"data:"))
        value = orjson.loads(data) if data else None
        text = door.text_of(value) if isinstance(value, dict) else None
        if text is not None:
            texts.append(text)
            beyond.append(len(frame) + 2 - len(text.encode()))
    if not texts:
        raise RuntimeError(f"{door.name}: no token in its stream")
    return Frames("".join(texts), len(texts), sum(beyond) / len(beyond), max(beyond))


async def _read(session: aiohttp.ClientSession, door: Door, tokens: int, delay: float, keep: bool) -> Answer:
    await asyncio.sleep(delay)
    started = time.perf_counter()
    first: float | None = None
    size, head, tail = 0, b"", b""
    kept: list[bytes] = []
    async with session.post(door.path, json=door.body(tokens)) as response:
        if response.status != 200:
            raise RuntimeError(f"{door.name}: {response.status} {(await response.text())[:500]}")
        async for chunk in response.content.iter_any():
            if first is None:
                head += chunk
                if door.token_mark in head:
                    first = time.perf_counter() - started
            size += len(chunk)
            tail = (tail + chunk)[-_TAIL:]
            if keep:
                kept.append(chunk)
    if first is None or door.end_mark not in tail:
        raise RuntimeError(f"{door.name}: the stream was cut, its last bytes are {tail[-200:]!r}")
    return Answer(first, size, b"".join(kept))
