"""How a connection of the server is treated that takes nothing."""

from __future__ import annotations

import asyncio
import socket

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# What the kernel may hold for one reader; by itself it would be up to some megabytes.
_SEND_BUFFER = 128 * 1024


class PatientProtocol(HttpToolsProtocol):
    """Cuts a connection off whose reader has taken nothing for `patience` seconds while there was something.

    What is cut can be resumed by its last event's id: a slow reader takes no memory and slows no run.
    """

    patience = 30.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Bound what is held for this reader."""
        super().connection_made(transport)
        taken = transport.get_extra_info("socket")
        if taken is not None:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def pause_writing(self) -> None:
        """Begin to wait for the reader."""
        super().pause_writing()
        self._forgive()
        self._timer = self.loop.call_later(self.patience, self.transport.abort)

    def resume_writing(self) -> None:
        """Wait no more: it reads."""
        self._forgive()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more: it is gone."""
        self._forgive()
        super().connection_lost(exc)

    def _forgive(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def patient(seconds: float) -> type[PatientProtocol]:
    """Give the protocol with its patience."""
    return type("PatientProtocol", (PatientProtocol,), {"patience": seconds})
