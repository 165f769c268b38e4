"""Clients take their key from the environment, and send one key only."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graph.settings import AgentSettings
from server.access.keys import add_key
from server.client import RunClient, RunRefused
from server.client.following import KEY_VARIABLE, with_key
from server.settings import ServerSettings
from server.shelf import open_shelf
from tests.live import serving


def test_one_key_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "from-environment")
    assert with_key({})["headers"] == {"Authorization": "Bearer from-environment"}
    given = {"headers": {"x-api-key": "given"}, "trust_env": False}
    assert with_key(given) == given
    monkeypatch.delenv(KEY_VARIABLE)
    assert with_key({})["headers"] == {}


def test_the_command_line_and_the_client_ask_with_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/s.db"

    async def key() -> str:
        async with open_shelf(url) as shelf:
            return (await add_key(shelf, "alice"))[1]

    text = asyncio.run(key())
    settings = ServerSettings(agent=AgentSettings(offline_pace_ms=0), store_url=url, auth="api-key")
    with serving(settings) as live:
        command = [sys.executable, "-m", "server.cli", "ask", "Is AAPL a buy?", "--server", live.url]

        def ask(**variables: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command, capture_output=True, text=True, timeout=50, env={**os.environ, **variables}
            )

        assert ask(**{KEY_VARIABLE: text}).returncode == 0
        refused = ask()
        assert refused.returncode == 1
        assert "unauthenticated" in refused.stderr
        assert text not in refused.stderr
        monkeypatch.setenv(KEY_VARIABLE, text)
        with RunClient(live.url) as client:
            assert client.ask("Is AAPL a buy?")["type"] == "report"
        monkeypatch.setenv(KEY_VARIABLE, "fa_wrong")
        with RunClient(live.url) as client, pytest.raises(RunRefused) as caught:
            client.ask("Is AAPL a buy?")
        assert caught.value.code == "unauthenticated"
