"""Exports what users said of answers."""

from __future__ import annotations

import asyncio
import json
import sys

from server.commands import settings_or_exit
from server.errors import StoreUnavailable
from server.keeping import FEEDBACK
from server.shelf import Record, open_shelf


def export() -> int:
    """Print all feedback as JSON lines, the oldest first."""
    url = settings_or_exit().store_url.get_secret_value()
    try:
        found = asyncio.run(_read(url))
    except (StoreUnavailable, ValueError) as fault:
        print(f"financial-agent: {fault}", file=sys.stderr)
        return 1
    for record in found:
        print(json.dumps(record, ensure_ascii=False))
    return 0


async def _read(url: str) -> list[Record]:
    async with open_shelf(url) as shelf:
        found = (await shelf.all(FEEDBACK)).values()
        return sorted(found, key=lambda record: str(record["at"]))
