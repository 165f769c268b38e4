"""Runs several workers on one socket: one that dies is started again, a signal drains them all."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType

from server.settings import ServerSettings

logger = logging.getLogger("financial_agent.serve")

Work = Callable[[ServerSettings, socket.socket], int]

_QUICK_SECONDS = 5.0  # a worker that lived shorter than this is not started again at once
_PAUSE_SECONDS = 1.0
_MARGIN_SECONDS = 20.0  # beyond `drain_seconds`, for what has to be closed


class Supervisor:
    """Keeps `settings.workers` processes of `work` alive until told to stop."""

    def __init__(self, settings: ServerSettings, listening: socket.socket, work: Work) -> None:
        self._settings = settings
        self._listening = listening
        self._work = work
        self._context = multiprocessing.get_context("spawn")
        self._workers: dict[SpawnProcess, float] = {}
        self._wake_read, self._wake = self._context.Pipe(duplex=False)
        self._stopping = False

    def run(self) -> int:
        """Start the workers, and return when all have ended after a signal."""
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, self._on_signal)
        for _ in range(self._settings.workers):
            self._start()
        while not self._stopping:
            wait([self._wake_read, *(process.sentinel for process in self._workers)])
            self._replace_dead()
        return self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        self._wake.send(None)

    def _start(self) -> None:
        process = self._context.Process(target=_worker, args=(self._work, self._settings, self._listening))
        process.start()
        self._workers[process] = time.monotonic()
        logger.info("worker %s started", process.pid)

    def _replace_dead(self) -> None:
        for process, since in tuple(self._workers.items()):
            if process.is_alive() or self._stopping:
                continue
            process.join()
            del self._workers[process]
            logger.error("worker %s ended with %s; starting another", process.pid, process.exitcode)
            if time.monotonic() - since < _QUICK_SECONDS:
                wait([self._wake_read], timeout=_PAUSE_SECONDS)
            if not self._stopping:
                self._start()

    def _stop(self) -> int:
        for process in self._workers:
            process.terminate()
        deadline = time.monotonic() + self._settings.drain_seconds + _MARGIN_SECONDS
        for process in self._workers:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                logger.error("worker %s did not end in time", process.pid)
                process.kill()
                process.join()
        return 0


def _worker(work: Work, settings: ServerSettings, listening: socket.socket) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    raise SystemExit(work(settings, listening))


def _end_with_parent() -> None:
    """Drain when the supervisor is gone: nobody else would end this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
