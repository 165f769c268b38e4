"""Serves the stand-in for trials by hand: `python -m tests.fake_dashscope --port N`."""

from __future__ import annotations

import argparse
import asyncio
import logging

from tests.fake_dashscope.scenarios import REFUSALS, SCENARIOS
from tests.fake_dashscope.server import FakeDashScope, serve

_KEY = "sk-stand-in-not-a-real-key"


async def main(port: int) -> None:
    """Serve until interrupted; tell how to point the analyst here."""
    async with serve(FakeDashScope(keep=False), port) as fake:
        print("This is a stand-in for DashScope: what it answers is made up, and no model is behind it.\n")
        print(f"export DASHSCOPE_HTTP_BASE_URL={fake.url}")
        print(f"export DASHSCOPE_API_KEY={_KEY}\n")
        print("FINANCIAL_AGENT_MODEL chooses what happens; any other name answers as it should:")
        print(
            " ", " ".join(sorted([*SCENARIOS, *REFUSALS])), "wait-<milliseconds> tokens-<number>", flush=True
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fake_dashscope", description=__doc__)
    parser.add_argument("--port", type=int, default=8900, help="0 for any free one (default: 8900)")
    logging.basicConfig(level=logging.WARNING)
    try:
        asyncio.run(main(parser.parse_args().port))
    except KeyboardInterrupt:
        print("stopped")
