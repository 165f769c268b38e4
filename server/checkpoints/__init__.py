"""Checkpointers: where the graph's state of every session is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

SQLITE_PREFIX = "sqlite:///"


def sqlite_path(url: str) -> str:
    """Give the file that a store URL names, its folder made; `:memory:` for `memory:`.

    Raises:
        ValueError: the URL is of no kind that can be opened.
    """
    if url == "memory:":
        return ":memory:"
    if not url.startswith(SQLITE_PREFIX) or len(url) == len(SQLITE_PREFIX):
        raise ValueError(f"no store can be opened at {url!r}: use sqlite:///PATH or memory:")
    path = Path(url.removeprefix(SQLITE_PREFIX)).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    return str(path)


@asynccontextmanager
async def open_checkpointer(url: str) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """Open the checkpointer that a URL names: `sqlite:///path` or `memory:`."""
    async with aiosqlite.connect(sqlite_path(url), timeout=5) as connection:
        saver = AsyncSqliteSaver(connection)
        await saver.setup()
        yield saver
