"""Our server with several workers on a Redis, all of which can be killed, told to go, and started again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import COMMAND, cpu_seconds, environment, free_port, running
from tests.servers import Server as Redis
from tests.servers import serving


@dataclass(frozen=True)
class Pool:
    """The server, the process under which its workers are, and the Redis behind it, if there is one."""

    url: str
    pid: int
    redis: Redis | None

    def workers(self) -> list[int]:
        """Give the process numbers of the workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        found = [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return found or [self.pid]

    def cpu_seconds(self) -> float:
        """Give the CPU time of all workers that live."""
        return sum(cpu_seconds(pid) for pid in self.workers())

    def resident_bytes(self) -> int:
        """Give the memory that the workers hold."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers())
        return pages * os.sysconf("SC_PAGE_SIZE")

    def signal_one(self, kind: signal.Signals, at: int) -> None:
        """Send a signal to one of the workers, and wait until another has taken its place."""
        workers = self.workers()
        victim = workers[at % len(workers)]
        os.kill(victim, kind)
        deadline = time.monotonic() + 60
        while victim in (found := self.workers()) or len(found) < len(workers):
            if time.monotonic() > deadline:
                raise RuntimeError(f"no other worker took the place of {victim}")
            time.sleep(0.05)


@contextmanager
def open_pool(folder: Path, workers: int, extra: Mapping[str, str], on_redis: bool = True) -> Iterator[Pool]:
    """Start a Redis and the server; it is the offline analyst unless `extra` says otherwise."""
    if not on_redis:
        with _serve(folder, 1, {**extra, "FINANCIAL_AGENT_RUN_STORE_URL": "memory:"}) as (url, pid):
            yield Pool(url, pid, None)
        return
    with (
        serving("redis") as redis,
        _serve(folder, workers, {**extra, "FINANCIAL_AGENT_RUN_STORE_URL": redis.url}) as (url, pid),
    ):
        yield Pool(url, pid, redis)


@contextmanager
def _serve(folder: Path, workers: int, extra: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    port = free_port()
    env = environment(
        {
            "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{folder}/sessions.db",
            "FINANCIAL_AGENT_HEARTBEAT_SECONDS": "3",
            "FINANCIAL_AGENT_MAX_RUNS": "2000",
            "FINANCIAL_AGENT_MAX_RUNS_PER_CALLER": "4000",
            "FINANCIAL_AGENT_REQUESTS_PER_MINUTE": "0",
            "FINANCIAL_AGENT_LOG_LEVEL": "error",
            **extra,
        }
    )
    command = [COMMAND, "serve", "--port", str(port), "--workers", str(workers)]
    with running(command, port, "/api/health/ready", folder, env) as server:
        time.sleep(1.5 if workers > 1 else 0)  # the others come soon after the first
        yield server.url, server.pid
