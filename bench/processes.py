"""Commands and servers as processes of their own, and the CPU time they used."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
PROJECT = Path(__file__).resolve().parents[1]
COMMAND = str(Path(sys.executable).with_name("financial-agent"))

_START_SECONDS = 60.0
_FOREIGN = ("FINANCIAL_AGENT_", "DASHSCOPE_", "LANGSMITH_", "LANGCHAIN_", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Server:
    """A running server, and how long it took from its process's start to its first answer."""

    pid: int
    url: str
    seconds_to_answer: float


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which nothing of the caller's can change what is measured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**kept, **(extra or {})}


def offline_environment(folder: Path, pace_ms: float = 0.0) -> dict[str, str]:
    """Give the environment of an offline server that keeps its sessions in a folder."""
    return environment(
        {
            "FINANCIAL_AGENT_OFFLINE_PACE_MS": str(pace_ms),
            "FINANCIAL_AGENT_STORE_URL": f"sqlite:///{folder}/sessions.db",
            "FINANCIAL_AGENT_RUN_TTL_SECONDS": "30",
            "FINANCIAL_AGENT_DRAIN_SECONDS": "1",
        }
    )


def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def timed(command: Sequence[str], cwd: Path) -> float:
    """Run a command to its end and give the seconds it took."""
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=_START_SECONDS
    )
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return seconds


@contextmanager
def running(
    command: Sequence[str], port: int, path: str, cwd: Path, env: Mapping[str, str]
) -> Iterator[Server]:
    """Run a server until the block ends; it has answered `path` with 200 when the block begins."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            while not _answers(port, path):
                if process.poll() is not None or time.perf_counter() - started > _START_SECONDS:
                    output.seek(0)
                    raise RuntimeError(f"{command[0]} did not start: {output.read()[-2000:].decode()}")
                time.sleep(0.005)
            yield Server(process.pid, f"http://{HOST}:{port}", time.perf_counter() - started)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def cpu_seconds(pid: int) -> float:
    """Give the CPU time that a running process has used, in all its threads."""
    # The kernel's clock of that process: it counts nanoseconds, /proc/<pid>/stat hundredths.
    return time.clock_gettime((~pid << 3) | 2) if sys.platform == "linux" else _shown_by_ps(pid)


def _shown_by_ps(pid: int) -> float:
    shown = subprocess.run(
        ["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=True, timeout=10
    )
    seconds = 0.0
    for part in shown.stdout.strip().replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
