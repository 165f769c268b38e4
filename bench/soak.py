"""Asks a server for minutes, in every way at once, and holds that nothing is lost, wrong or left behind.

`python -m bench.soak [--minutes 2] [--clients 12]` starts a server of its own. Clients ask by both streams,
hang up, resume, stop, interrupt, send nonsense, flood. Afterwards, and at rest, the server has the memory,
threads, connections and file descriptors that it had after warming up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from bench.processes import COMMAND, HOST, environment, free_port, running

WARM_SECONDS = 10.0
TTL_SECONDS = 20.0  # that a finished run is kept: who left comes back within it
_PATIENCE = 600.0  # hundreds of clients on two cores wait for their turn
MOST_GROWTH = 1.25  # of memory, and 20 MB beyond: the allocator's and SQLite's own room
SLACK_BYTES = 20 * 1024 * 1024
QUESTIONS = ("Is AAPL a buy?", "微软的风险在哪里？MSFT", "Compare AAPL and MSFT", "What of ZZZZ?", "IBM RSI?")


class Soak:
    """What was done and what went wrong."""

    def __init__(self, url: str, seed: int = 1) -> None:
        self.url = url
        self.done: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.random = random.Random(seed)

    async def run(self, seconds: float, clients: int) -> None:
        """Let clients act until the time is over."""
        until = time.monotonic() + seconds
        unbounded = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            base_url=self.url, timeout=_PATIENCE, limits=unbounded, trust_env=False
        ) as client:
            await asyncio.gather(*(self._act(client, number, until) for number in range(clients)))

    async def _act(self, client: httpx.AsyncClient, number: int, until: float) -> None:
        acts = (self.whole, self.langserve, self.leave, self.stop, self.clash, self.nonsense, self.receipt)
        turn = 0
        while time.monotonic() < until:
            act = self.random.choice(acts)
            turn += 1
            try:
                await act(client, f"soak-{number}-{turn // 4}")
                self.done[act.__name__] += 1
            except Exception as fault:  # whatever it was, it is counted and shown
                self.faults[f"{act.__name__}: {type(fault).__name__} {str(fault)[:80]}"] += 1

    def _question(self, session: str) -> dict[str, str]:
        return {"message": self.random.choice(QUESTIONS), "session_id": session}

    async def whole(self, client: httpx.AsyncClient, session: str) -> None:
        """Follow a run to its end: numbers without gaps, one `end`, last."""
        events = await _read(client, "POST", "/api/chat/stream", json=self._question(session))
        _require([each["seq"] for each in events] == list(range(1, len(events) + 1)), "numbers have a gap")
        _require([each["type"] for each in events].count("end") == 1, "not one end")
        _require(events[-1]["status"] == "done", f"ended as {events[-1]}")

    async def langserve(self, client: httpx.AsyncClient, session: str) -> None:
        """Ask through LangServe."""
        response = await client.post("/analyst/invoke", json={"input": self._question(session)})
        _require(response.status_code == 200, f"status {response.status_code}")

    async def leave(self, client: httpx.AsyncClient, session: str) -> None:
        """Hang up early and resume: what was missed comes, once."""
        run_id, seen = "", 0
        async with client.stream("POST", "/api/chat/stream", json=self._question(session)) as response:
            run_id = response.headers["x-run-id"]
            async for line in response.aiter_lines():
                if line.startswith("data:"):
                    seen = json.loads(line[5:])["seq"]
                    if seen >= 3:
                        break
        headers = {"Last-Event-ID": f"{run_id}-{seen}"}
        events = await _read(client, "GET", f"/api/runs/{run_id}/events", headers=headers)
        _require(events[0]["seq"] == seen + 1, "resumed at the wrong event")
        _require(events[-1]["type"] == "end", "no end after a resume")

    async def stop(self, client: httpx.AsyncClient, session: str) -> None:
        """Stop a run soon after its beginning."""
        async with client.stream("POST", "/api/chat/stream", json=self._question(session)) as response:
            run_id = response.headers["x-run-id"]
            async for _ in response.aiter_bytes():
                break
        stopped = await client.post(f"/api/runs/{run_id}/stop")
        _require(stopped.json()["status"] in ("stopped", "done"), stopped.text[:80])

    async def clash(self, client: httpx.AsyncClient, session: str) -> None:
        """Ask twice at once in a session: one is answered or both, the refusal is the documented one."""
        ways = ("reject", "enqueue", "interrupt")
        bodies = [{**self._question(session), "on_conflict": self.random.choice(ways)} for _ in range(2)]
        answers = await asyncio.gather(*(client.post("/api/chat", json=body) for body in bodies))
        for answer in answers:
            expected = answer.status_code in (200, 409) or answer.json()["code"] == "run_stopped"
            _require(expected, f"{answer.status_code} {answer.text[:60]}")

    async def nonsense(self, client: httpx.AsyncClient, session: str) -> None:
        """Send what cannot be used."""
        content = self.random.randbytes(self.random.randrange(2000))
        headers = {"Content-Type": "application/json"}
        response = await client.post("/api/chat", content=content, headers=headers)
        _require(400 <= response.status_code < 500, f"status {response.status_code}")
        _require((await client.get("/api/runs/nosuchrun0/events")).status_code == 404, "found what is not")

    async def receipt(self, client: httpx.AsyncClient, session: str) -> None:
        """Ask, have the receipt signed, say something of it, delete the session."""
        own = f"{session}-{self.random.randrange(10**9)}"
        answer = (await client.post("/api/chat", json=self._question(own))).json()
        signed = await client.get(f"/api/runs/{answer['run_id']}/receipt")
        _require(signed.status_code == 200, f"receipt {signed.status_code}")
        said = await client.put(f"/api/runs/{answer['run_id']}/feedback", json={"rating": "up"})
        _require(said.status_code == 200, f"feedback {said.status_code}")
        gone = await client.delete(f"/api/sessions/{own}", params={"now": "true"})
        _require(gone.status_code == 200, f"delete {gone.status_code}")


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise AssertionError(fault)


async def _read(client: httpx.AsyncClient, method: str, path: str, **more: object) -> list[dict[str, object]]:
    events = []
    async with client.stream(method, path, **more) as response:  # type: ignore[arg-type]
        _require(response.status_code == 200, f"status {response.status_code}")
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                events.append(json.loads(line[5:]))
    return events


def held_by(process: int) -> dict[str, int]:
    """Say what a process holds: bytes of memory, threads, descriptors, connections."""
    status = Path(f"/proc/{process}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    descriptors = []
    for name in os.listdir(f"/proc/{process}/fd"):
        try:
            descriptors.append(os.readlink(f"/proc/{process}/fd/{name}"))
        except OSError:
            continue
    return {
        "memory": int(fields["VmRSS"].split()[0]) * 1024,
        "threads": int(fields["Threads"]),
        "descriptors": len(descriptors),
        "sockets": sum(each.startswith("socket:") for each in descriptors),
    }


def tasks_of(url: str) -> int:
    """Say how many tasks the server's event loop has."""
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    (count,) = re.findall(r"^financial_agent_event_loop_tasks (\S+)$", text, re.MULTILINE)
    return int(float(count))


def at_rest(url: str, process: int) -> dict[str, int]:
    """Wait until no run goes on, and say what the server holds."""
    for _ in range(1200):
        if httpx.get(f"{url}/api/health", trust_env=False).json()["active_runs"] == 0:
            break
        time.sleep(0.1)
    time.sleep(TTL_SECONDS + 1.5)  # finished runs expire, connections close
    return {**held_by(process), "tasks": tasks_of(url)}


async def _watched(soak: Soak, seconds: float, clients: int, process: int) -> list[int]:
    """Soak, and give the process's memory in MB, looked at twelve times."""
    seen: list[int] = []

    async def watch() -> None:
        while True:
            await asyncio.sleep(seconds / 12.5)
            seen.append(held_by(process)["memory"] >> 20)

    watching = asyncio.create_task(watch())
    await soak.run(seconds, clients)
    watching.cancel()
    return seen


def left_behind(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """Name what a server holds now that it did not hold before."""
    found = []
    if after["memory"] > before["memory"] * MOST_GROWTH + SLACK_BYTES:
        found.append(f"memory grew from {before['memory'] >> 20} to {after['memory'] >> 20} MB")
    for name in ("descriptors", "sockets", "tasks"):
        if after[name] > before[name] + 2:
            found.append(f"{name} grew from {before[name]} to {after[name]}")
    if after["threads"] > before["threads"] + 8:  # the pool grows to its fixed size
        found.append(f"threads grew from {before['threads']} to {after['threads']}")
    return found


def main() -> int:
    """Soak a server; give 1 when anything was wrong or left behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--clients", type=int, default=12)
    args = parser.parse_args()
    if not Path("/proc/self/status").exists():
        print("the soak reads /proc: run it on Linux", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="fa-soak-") as folder:
        port = free_port()
        variables = {
            "FINANCIAL_AGENT_PORT": str(port),
            "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{folder}/s.db",
            "FINANCIAL_AGENT_RECEIPT_KEY_FILE": f"{folder}/receipt.key",
            "FINANCIAL_AGENT_OFFLINE_PACE_MS": "1",
            "FINANCIAL_AGENT_RUN_TTL_SECONDS": str(TTL_SECONDS),
            "FINANCIAL_AGENT_REQUESTS_PER_MINUTE": "0",
            "FINANCIAL_AGENT_MAX_RUNS": str(100 + 2 * args.clients),
            "FINANCIAL_AGENT_MAX_RUNS_PER_CALLER": str(100 + 2 * args.clients),
            "FINANCIAL_AGENT_LOG_LEVEL": "error",
        }
        url = f"http://{HOST}:{port}"
        command = [COMMAND, "serve"]
        with running(command, port, "/api/health/ready", Path(folder), environment(variables)) as server:
            pid = server.pid
            asyncio.run(Soak(url).run(WARM_SECONDS, args.clients))
            before = at_rest(url, pid)
            soak = Soak(url, seed=2)
            grown = asyncio.run(_watched(soak, args.minutes * 60, args.clients, pid))
            after = at_rest(url, pid)
            ready = httpx.get(f"{url}/api/health/ready", trust_env=False).status_code
    left = left_behind(before, after)
    print(f"{sum(soak.done.values())} acts: " + ", ".join(f"{n} {name}" for name, n in soak.done.items()))
    print(f"before {before}\nafter  {after}\nready: {ready}")
    print(f"memory while it ran: {' '.join(map(str, grown))} MB")
    for fault, count in soak.faults.most_common():
        print(f"FAULT {count}× {fault}")
    for each in left:
        print(f"LEFT  {each}")
    return int(bool(soak.faults or left or ready != 200))


if __name__ == "__main__":
    sys.exit(main())
