"""Ask a server and follow its runs: what breaks on the way is resumed, nothing is lost, nothing doubled.

Needs httpx and nothing of the service. `AsyncRunClient` for asynchronous programs, `RunClient` for others.
"""

from server.client.asynchronous import AsyncRunClient
from server.client.following import RunRefused, RunUnreachable
from server.client.synchronous import RunClient

__all__ = ["AsyncRunClient", "RunClient", "RunRefused", "RunUnreachable"]
