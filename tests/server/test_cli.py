"""The command line, run as a user runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import LiveServer

FINANCIAL_AGENT = [sys.executable, "-m", "server.cli"]


def run(*args: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "FINANCIAL_AGENT_OFFLINE_PACE_MS": "0", **variables}
    root = str(Path(__file__).parents[2])
    environment["PYTHONPATH"] = root
    return subprocess.run(
        [*FINANCIAL_AGENT, *args], capture_output=True, text=True, timeout=60, env=environment, cwd=cwd
    )


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom server.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = ('pydantic', 'langgraph', 'fastapi', 'rich', 'numpy')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert all(command in done.stdout for command in ("serve", "ask", "check"))
    assert done.stdout.rstrip().endswith("[]")


def test_ask_streams_the_four_sections_from_a_server(server: LiveServer) -> None:
    done = run("ask", "Is AAPL a buy?", "--server", server.url)
    assert done.returncode == 0, done.stderr
    order = [
        done.stdout.index(title) for title in ("\nVerdict", "\nEvidence", "\nInsights & Action", "\nCaveat")
    ]
    assert order == sorted(order)
    assert "no language model" in done.stdout
    assert re.search(r"Figures: \d+ verified", done.stdout)


def test_ask_works_without_a_server_and_goes_on_with_a_session(tmp_path: Path) -> None:
    closed = {"FINANCIAL_AGENT_PORT": "9"}
    assert run("ask", "Is AAPL a buy?", "--session", "mine", cwd=tmp_path, **closed).returncode == 0
    done = run("ask", "And its risk?", "--session", "mine", cwd=tmp_path, **closed)
    assert done.returncode == 0, done.stderr
    assert "earlier verdict" in done.stdout
    assert (tmp_path / ".financial-agent" / "sessions.db").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("ask", "Is AAPL a buy?", "--local"),
        ("ask", "Is AAPL a buy?", "--local", "--json"),
        ("check",),
        ("sessions", "list"),
    ],
    ids=lambda command: "-".join(command[:1] + command[2:]),
)
def test_a_reader_that_leaves_ends_the_command_without_a_word(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """As `financial-agent ask … | head -1` does; the pipe is closed before anything is written."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*FINANCIAL_AGENT, *command],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=tmp_path,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_ask_answers_in_chinese(tmp_path: Path) -> None:
    done = run("ask", "苹果值得买入吗？", "--local", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for title in ("结论", "证据", "洞察与行动", "风险提示"):
        assert f"\n{title}\n" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (["ask", ""], 1, "The message is empty."),
        (["ask", "hi", "--max-tokens", "3001"], 1, "from 1 to 3000"),
        (["ask", "hi", "--session", "a/b"], 1, "session id"),
        (["ask"], 2, "question"),
        (["sell"], 2, "invalid choice"),
        (["serve", "--port", "70000"], 2, "no port"),
        (["serve", "--port", "-1"], 2, "no port"),
        (["serve", "--port", "many"], 2, "no port"),
        ([], 2, "COMMAND"),
        (["ask", "hi", "--server", "http://127.0.0.1:9"], 1, "no server answers"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(tmp_path: Path, args: list[str], code: int, text: str) -> None:
    if args[:1] == ["ask"] and "--server" not in args and len(args) > 1:
        args = [*args, "--local"]
    done = run(*args, cwd=tmp_path)
    assert (done.returncode, text in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_use_of_a_server_is_told_too(server: LiveServer) -> None:
    done = run("ask", "hi", "--max-tokens", "0", "--server", server.url)
    assert done.returncode == 1
    assert "from 1 to 3000" in done.stderr
    assert "max_tokens_invalid" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FINANCIAL_AGENT_PORT", "many"),
        ("FINANCIAL_AGENT_MAX_TOKENS", "3001"),
        ("FINANCIAL_AGENT_MARKET", "bloomberg"),
        ("FINANCIAL_AGENT_STORE_URL", "ftp://x"),
        ("FINANCIAL_AGENT_STORE_URL", "mysql://user:pass-word@x"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_its_name(tmp_path: Path, variable: str, value: str) -> None:
    for command in (["check"], ["serve"], ["ask", "hi"]):
        done = run(*command, cwd=tmp_path, **{variable: value})
        assert done.returncode == 2
        assert variable.removeprefix("FINANCIAL_AGENT_").lower() in done.stderr.lower()
        assert "Traceback" not in done.stderr
        assert "pass-word" not in done.stderr


def test_check_says_what_is_configured_and_in_which_mode(tmp_path: Path) -> None:
    done = run("check", cwd=tmp_path, FINANCIAL_AGENT_PORT="9")
    assert done.returncode == 0, done.stdout + done.stderr
    for text in ("offline", "offline-analyst", "Apple", "2024-12-30", "sqlite", "does not run"):
        assert text in done.stdout


def test_check_of_a_live_mode_tries_the_address_and_hides_the_key(tmp_path: Path) -> None:
    done = run(
        "check",
        cwd=tmp_path,
        DASHSCOPE_API_KEY="sk-very-secret",
        DASHSCOPE_HTTP_BASE_URL="http://127.0.0.1:9/api/v1",
        FINANCIAL_AGENT_PORT="9",
    )
    assert done.returncode == 1
    assert "cannot be reached" in done.stdout
    assert "live" in done.stdout
    assert "sk-very-secret" not in done.stdout + done.stderr


def test_settings_come_from_a_dot_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DASHSCOPE_API_KEY=sk-x\nDASHSCOPE_HTTP_BASE_URL=http://127.0.0.1:9\n")
    assert "live" in run("check", cwd=tmp_path).stdout
