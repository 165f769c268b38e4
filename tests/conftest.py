"""What tests run on: settings without a key, the service in this process, or a real server on a real port."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

# No test may reach a real model, whatever the environment of the developer holds.
for _name in [
    name for name in os.environ if name.startswith(("FINANCIAL_AGENT_", "DASHSCOPE_", "LANGSMITH_"))
]:
    del os.environ[_name]
# Tests stand in for Yahoo where `requests` sends; its usual client cannot be stood in for.
os.environ["YF_DISABLE_CURL_CFFI"] = "1"

from graph.settings import AgentSettings  # noqa: E402
from server.service import Service, open_service  # noqa: E402
from server.settings import ServerSettings  # noqa: E402
from tests.live import LiveServer, serving  # noqa: E402


@pytest.fixture
def agent_settings() -> AgentSettings:
    """Settings of the offline analyst, which writes as fast as it can."""
    return AgentSettings(offline_pace_ms=0)


@pytest.fixture
def settings(tmp_path: Path, agent_settings: AgentSettings) -> ServerSettings:
    """Settings of a server that keeps its sessions in a file of the test."""
    return ServerSettings(
        agent=agent_settings, store_url=f"sqlite:///{tmp_path}/sessions.db", drain_seconds=1
    )


@pytest.fixture
async def service(settings: ServerSettings) -> AsyncIterator[Service]:
    """The service in this process."""
    async with open_service(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One offline server on a real port, shared by the tests that only ask it."""
    folder = tmp_path_factory.mktemp("server")
    chosen = ServerSettings(
        agent=AgentSettings(offline_pace_ms=0), store_url=f"sqlite:///{folder}/sessions.db", port=0
    )
    with serving(chosen) as live:
        yield live


@pytest.fixture
def client(server: LiveServer) -> Iterator[httpx.Client]:
    """A client of the shared server."""
    with httpx.Client(base_url=server.url, timeout=30) as opened:
        yield opened
