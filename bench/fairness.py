"""What a flood of one caller does to another: a calm one asks alone, then while the flood goes on."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Group, RenderableType
from rich.table import Table

from bench.processes import COMMAND, HOST, environment, free_port, running
from bench.results import Check, checks_table, percentile, with_note

_QUESTION = {"message": "Is AAPL a buy?"}
_PACE_SECONDS = 0.5
_NOTE = (
    "Each caller has a key. The flood asks on many connections as fast as it is answered and takes no heed\n"
    "of Retry-After; the calm caller asks twice a second. Server, flood and calm caller share the machine."
)


@dataclass(frozen=True)
class Asked:
    """What the calm caller met; seconds to the first token."""

    name: str
    questions: int
    answered: int
    first_token_p50: float
    first_token_p95: float


@dataclass(frozen=True)
class FairnessResult:
    """All that was measured; `flood` counts the statuses that the flood met."""

    asked: list[Asked]
    flood: dict[str, int]
    checks: list[Check]


def measure(quick: bool = False) -> FairnessResult:
    """Measure both, on one server with accounts and its limits as they come."""
    questions, connections = (3, 4) if quick else (40, 64)
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        env = environment(
            {
                "FINANCIAL_AGENT_AUTH": "api-key",
                "FINANCIAL_AGENT_PORT": str(port),
                "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{folder}/s.db",
                "FINANCIAL_AGENT_RECEIPT_KEY_FILE": f"{folder}/receipt.key",
            }
        )
        calm, flooding = (_key(owner, env) for owner in ("calm", "flood"))
        with running([COMMAND, "serve"], port, "/api/health/ready", folder, env):
            url = f"http://{HOST}:{port}"
            alone = asyncio.run(_ask(url, calm, "alone", questions))
            beside, flood = asyncio.run(_beside(url, calm, flooding, questions, connections))
    return FairnessResult(
        asked=[alone, beside],
        flood=dict(flood),
        checks=[
            Check("questions of the calm caller not answered", beside.questions - beside.answered, 0, ""),
            Check("its first token p95, beside the flood", beside.first_token_p95, 3.0, "s"),
        ],
    )


def tables(result: FairnessResult) -> RenderableType:
    """Show what each caller met, and the limits."""
    table = Table(title="One caller floods, another asks", title_justify="left")
    for name in ("calm caller", "questions", "answered", "1st token\np50 s", "p95 s"):
        table.add_column(name, justify="left" if name == "calm caller" else "right")
    for each in result.asked:
        table.add_row(
            each.name,
            str(each.questions),
            str(each.answered),
            f"{each.first_token_p50:.2f}",
            f"{each.first_token_p95:.2f}",
        )
    met = ", ".join(f"{count} × {status}" for status, count in sorted(result.flood.items()))
    return Group(with_note(table, _NOTE), f"The flood met: {met}.", checks_table(result.checks))


def _key(owner: str, env: dict[str, str]) -> str:
    made = subprocess.run(
        [COMMAND, "keys", "add", owner], env=env, capture_output=True, text=True, check=True
    )
    return made.stdout.strip()


async def _ask(url: str, key: str, name: str, questions: int) -> Asked:
    """Ask at a calm pace and wait for each first token."""
    answered, seconds = 0, []
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
        for _ in range(questions):
            started = time.perf_counter()
            async with client.stream("POST", "/api/chat/stream", json=_QUESTION) as response:
                async for line in response.aiter_lines():
                    if line.startswith("event:token"):
                        answered += 1
                        seconds.append(time.perf_counter() - started)
                        break
            await asyncio.sleep(max(0.0, _PACE_SECONDS - (time.perf_counter() - started)))
    if not seconds:
        raise RuntimeError(f"{name}: no question was answered; the last answer was {response.status_code}")
    return Asked(name, questions, answered, percentile(seconds, 0.5), percentile(seconds, 0.95))


async def _beside(
    url: str, calm: str, flooding: str, questions: int, connections: int
) -> tuple[Asked, Counter[str]]:
    met: Counter[str] = Counter()
    headers = {"Authorization": f"Bearer {flooding}"}
    limits = httpx.Limits(max_connections=connections)

    async def flood(client: httpx.AsyncClient) -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                met[str((await client.post("/api/chat", json=_QUESTION)).status_code)] += 1

    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=60, limits=limits, trust_env=False
    ) as client:
        tasks = [asyncio.create_task(flood(client)) for _ in range(connections)]
        try:
            return await _ask(url, calm, "beside the flood", questions), met
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
