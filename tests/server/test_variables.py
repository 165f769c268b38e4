"""Every variable is checked at start: a wrong value is told with its name, the value and the way out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.clients import is_store_url
from server.settings import ServerSettings, load_settings
from server.variables import PREFIX, problems, unknown, variables, without_effect
from tests.server.test_cli import run

SECRETS = {
    "DASHSCOPE_API_KEY", "FINANCIAL_AGENT_MODEL_API_KEY", "FINANCIAL_AGENT_JWT_SECRET",
    "FINANCIAL_AGENT_API_KEY", "FINANCIAL_AGENT_METRICS_TOKEN", "FINANCIAL_AGENT_RECEIPT_KEY",
}  # fmt: skip
# Names that only the service which is asked by them can judge.
ANYTHING = {
    "FINANCIAL_AGENT_JWT_SECRET", "FINANCIAL_AGENT_JWT_ISSUER", "FINANCIAL_AGENT_JWT_AUDIENCE",
    "FINANCIAL_AGENT_API_KEY", "FINANCIAL_AGENT_METRICS_TOKEN", "FINANCIAL_AGENT_RECEIPT_KEY",
    "FINANCIAL_AGENT_RECEIPT_KEY_FILE", "FINANCIAL_AGENT_ALLOWED_HOSTS",
    "FINANCIAL_AGENT_MODELS", "FINANCIAL_AGENT_FALLBACK_MODELS", "FINANCIAL_AGENT_MODEL", "EDGAR_IDENTITY",
}  # fmt: skip
WRONG = {
    "DASHSCOPE_API_KEY": ["sk-a b", "sk-\u200b1", "sk-“quoted”", "sk-1\nsk-2"],
    "DASHSCOPE_HTTP_BASE_URL": ["dashscope.example", "ftp://h/x", "http://", "http://h:port", "http://a b"],
    "FINANCIAL_AGENT_MODEL_URL": ["localhost:11434/v1", "https://", "http://[::1", "file:///x"],
    "FINANCIAL_AGENT_MODEL_API_KEY": ["a b", "schlüssel"],
    "FINANCIAL_AGENT_ENABLE_THINKING": ["maybe", "2"],
    "FINANCIAL_AGENT_THINKING_BUDGET": ["0", "-5", "much", "1.5"],
    "FINANCIAL_AGENT_MAX_TOKENS": ["0", "3001", "many", "1e9"],
    "FINANCIAL_AGENT_TEMPERATURE": ["-0.1", "2", "nan", "inf", "warm"],
    "FINANCIAL_AGENT_OFFLINE_PACE_MS": ["-1", "1001", "nan", "slow"],
    "FINANCIAL_AGENT_MARKET": ["bloomberg", "embedded,yahoo!", ","],
    "FINANCIAL_AGENT_TOOLS": ["some"],
    "FINANCIAL_AGENT_HISTORY_TURNS": ["-1", "51", "all"],
    "FINANCIAL_AGENT_HOST": ["a host", "\t"],
    "FINANCIAL_AGENT_PORT": ["many", "-1", "65536", "80.5", "tcp://10.0.0.1:8000"],
    "FINANCIAL_AGENT_STORE_URL": ["ftp://x", "redis://", "redis://h:port", "mongodb://", "sqlite:///", "x"],
    "FINANCIAL_AGENT_SESSION_TTL_SECONDS": ["0", "inf", "nan", "never"],
    "FINANCIAL_AGENT_UNDO_SECONDS": ["-1", "86401", "nan", "a while"],
    "FINANCIAL_AGENT_RUN_STORE_URL": ["sqlite:///x.db", "redis://", "mongodb://h/d", "redis://h:port"],
    "FINANCIAL_AGENT_WORKERS": ["0", "65", "-1", "all"],
    "FINANCIAL_AGENT_MARKET_CACHE": ["memory:", "redis://", "http://h", "redis://h:port"],
    "FINANCIAL_AGENT_MAX_WAITING_RUNS": ["-1", "few"],
    "FINANCIAL_AGENT_MAX_RUNS_PER_CALLER": ["0", "x"],
    "FINANCIAL_AGENT_MAX_RUN_EVENTS": ["99", "all"],
    "FINANCIAL_AGENT_HEARTBEAT_SECONDS": ["0.5", "inf", "nan", "slow"],
    "FINANCIAL_AGENT_SLOW_READER_SECONDS": ["0", "inf", "nan", "x"],
    "FINANCIAL_AGENT_SUGGESTIONS": ["three"],
    "FINANCIAL_AGENT_HISTORY_TOKENS": ["499", "100001", "many"],
    "FINANCIAL_AGENT_RUN_TTL_SECONDS": ["0", "-1", "inf", "nan", "long"],
    "FINANCIAL_AGENT_PING_SECONDS": ["0", "11", "nan", "often"],
    "FINANCIAL_AGENT_MAX_MESSAGE_BYTES": ["0", "16 KiB", "262145"],
    "FINANCIAL_AGENT_MAX_BODY_BYTES": ["1023", "-1", "big", "2048"],
    "FINANCIAL_AGENT_MAX_BATCH": ["0", "257", "few"],
    "FINANCIAL_AGENT_MAX_RUNS": ["0", "-3", "no"],
    "FINANCIAL_AGENT_DRAIN_SECONDS": ["-1", "inf", "nan", "soon"],
    "FINANCIAL_AGENT_DEVELOPMENT": ["perhaps"],
    "FINANCIAL_AGENT_LOG_LEVEL": ["loud", "trace"],
    "FINANCIAL_AGENT_AUTH": ["basic", "open"],
    "FINANCIAL_AGENT_JWT_JWKS_URL": ["http://issuer/keys", "file:///etc/passwd", "issuer"],
    "FINANCIAL_AGENT_JWT_LEEWAY_SECONDS": ["-1", "301", "nan"],
    "FINANCIAL_AGENT_CORS_ORIGINS": ["*", "https://a.example/", "a.example"],
    "FINANCIAL_AGENT_REQUESTS_PER_MINUTE": ["-1", "many"],
    "FINANCIAL_AGENT_TOKENS_PER_DAY": ["-1", "1.5"],
    "FINANCIAL_AGENT_LIMITS_URL": ["memory:", "redis://", "mongodb://h/d"],
    "FINANCIAL_AGENT_MAX_JSON_DEPTH": ["3", "201", "deep"],
    "FINANCIAL_AGENT_MAX_URL_BYTES": ["255", "x"],
    "FINANCIAL_AGENT_MAX_SESSION_TURNS": ["0", "x"],
    "FINANCIAL_AGENT_LOG_FORMAT": ["xml", "JSON"],
    "FINANCIAL_AGENT_LOG_CONTENT": ["perhaps"],
    "FINANCIAL_AGENT_OTEL_ENDPOINT": ["localhost:4318", "grpc://h"],
    "FINANCIAL_AGENT_LANGSMITH": ["perhaps"],
}


def told(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        load_settings(None)
    return problems(caught.value)


def test_every_variable_is_tried_with_wrong_values() -> None:
    assert set(WRONG) | ANYTHING == {each.name for each in variables()}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_value_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    (line,) = told(monkeypatch, **{name: value})
    assert name in line
    if name in SECRETS:
        assert value not in line
        assert "(not shown)" in line
    elif "BYTES" in name and "more than" in line:  # the two limits contradict each other
        assert f"{name}={value}" in line
    elif name == "FINANCIAL_AGENT_MARKET":
        assert "embedded" in line
    else:
        assert f"{name}={value!r} cannot be used: it takes " in line
    assert "Input should be" not in line


@pytest.mark.parametrize("variable", variables(), ids=lambda each: each.name)
def test_an_empty_value_is_as_none(monkeypatch: pytest.MonkeyPatch, variable: object) -> None:
    default = load_settings(None)
    monkeypatch.setenv(getattr(variable, "name"), "")  # noqa: B009
    assert load_settings(None) == default


def test_every_variable_says_what_it_takes_and_means() -> None:
    for each in variables():
        assert each.takes
        assert each.meaning.endswith(".")
        assert each.name.startswith((PREFIX, "DASHSCOPE_", "EDGAR_"))
        assert each.secret == (each.name in SECRETS)
    takes = {each.name: each.takes for each in variables()}
    assert takes["FINANCIAL_AGENT_PORT"] == "a whole number from 0 to 65535"
    assert takes["FINANCIAL_AGENT_TEMPERATURE"] == "a number from 0 below 2"
    assert takes["FINANCIAL_AGENT_TOOLS"] == "true or false"


def test_no_message_shows_a_password_or_more_than_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = told(monkeypatch, FINANCIAL_AGENT_STORE_URL="mysql://user:pass-word@host/db")
    assert "pass-word" not in line
    assert "mysql://host/db" in line
    monkeypatch.delenv("FINANCIAL_AGENT_STORE_URL")
    (line,) = told(monkeypatch, FINANCIAL_AGENT_MODEL_URL="x" * 100_000)
    assert len(line) < 250


def test_workers_that_share_nothing_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = told(monkeypatch, FINANCIAL_AGENT_WORKERS="2")
    assert "FINANCIAL_AGENT_WORKERS=2" in line
    assert "FINANCIAL_AGENT_RUN_STORE_URL is memory:" in line


def test_several_wrong_values_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = told(monkeypatch, FINANCIAL_AGENT_PORT="many", FINANCIAL_AGENT_MAX_RUNS="0")
    assert [line.partition("=")[0] for line in lines] == ["FINANCIAL_AGENT_PORT", "FINANCIAL_AGENT_MAX_RUNS"]


def test_an_agent_variable_is_no_way_into_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINANCIAL_AGENT_AGENT", "{not json")
    assert load_settings(None).agent.mode == "offline"


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("redis://localhost", True),
        ("redis://:p@ss/word@localhost:6379/1", True),
        ("rediss://user@10.0.0.1:6380?x=1", True),
        ("redis+cluster://[::1]:7000", True),
        ("mongodb://a:1,b:2,c/db?replicaSet=rs", True),
        ("mongodb+srv://user:pw@cluster.example", True),
        ("mongodb://%2Ftmp%2Fmongo.sock/db", True),
        ("memory:", True),
        ("redis://?x=1", False),
        ("mongodb://a,,b", False),
        ("redis://a b", False),
        ("redis://h mongodb://h/d", True),
        ("redis://h mongodb://", False),
        ("mongodb://h/d redis://h", False),
    ],
)
def test_store_urls_name_a_host(url: str, known: bool) -> None:
    assert is_store_url(url) is known


def test_a_misspelt_variable_is_told_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    assert unknown(["FINANCIAL_AGENT_MAX_TOKEN", "PATH", "FINANCIAL_AGENT_PORT"]) == [
        "FINANCIAL_AGENT_MAX_TOKEN is no setting: is FINANCIAL_AGENT_MAX_TOKENS meant?"
    ]
    (tmp_path / ".env").write_text("FINANCIAL_AGENT_STORE_URI=memory:\n")
    done = run("check", cwd=tmp_path, FINANCIAL_AGENT_PORT="9")
    assert done.returncode == 1
    assert "FINANCIAL_AGENT_STORE_URL meant?" in " ".join(done.stdout.split())


def test_check_tells_what_is_set_and_what_has_no_effect(tmp_path: Path) -> None:
    done = run(
        "check",
        cwd=tmp_path,
        FINANCIAL_AGENT_PORT="9",
        FINANCIAL_AGENT_MODEL_API_KEY="sk-hidden",
        FINANCIAL_AGENT_TEMPERATURE="0.5",
    )
    text = " ".join(done.stdout.split())
    assert done.returncode == 0, text
    assert "FINANCIAL_AGENT_TEMPERATURE = '0.5' · Sampling temperature" in text
    assert "FINANCIAL_AGENT_TEMPERATURE is not used: no language model is set" in text
    assert "FINANCIAL_AGENT_MODEL_API_KEY is not used without FINANCIAL_AGENT_MODEL_URL" in text
    assert "sk-hidden" not in text


def test_settings_that_exclude_each_other_are_named() -> None:
    settings = ServerSettings(agent={"model_url": "http://h/v1", "dashscope_api_key": "sk-1"})
    assert without_effect(settings) == [
        "DASHSCOPE_API_KEY is not used: FINANCIAL_AGENT_MODEL_URL is asked instead"
    ]
    settings = ServerSettings(
        agent={"dashscope_api_key": "sk-1", "thinking_budget": 5, "enable_thinking": False}
    )
    assert [line.partition(" ")[0] for line in without_effect(settings)] == [
        "FINANCIAL_AGENT_THINKING_BUDGET"
    ]


@pytest.mark.parametrize(
    ("variables", "text", "code"),
    [
        ({"FINANCIAL_AGENT_STORE_URL": "redis://u:hidden@127.0.0.1:9"}, "redis://127.0.0.1:9", 1),
        ({"FINANCIAL_AGENT_STORE_URL": "sqlite:////dev/null/sessions.db"}, "/dev/null/sessions.db", 1),
        ({"LANGGRAPH_STRICT_MSGPACK": "false"}, "LANGGRAPH_STRICT_MSGPACK is off", 2),
    ],
)
def test_a_server_that_cannot_start_says_why_without_a_traceback(
    tmp_path: Path, variables: dict[str, str], text: str, code: int
) -> None:
    done = run("serve", "--port", "0", cwd=tmp_path, **variables)
    assert done.returncode == code
    assert text in done.stderr
    assert "hidden" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_env_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"FINANCIAL_AGENT_PORT=\xff\xfe")
    for command in (["check"], ["serve"], ["ask", "hi"]):
        done = run(*command, cwd=tmp_path)
        assert (done.returncode, ".env is not UTF-8" in done.stderr) == (2, True)
        assert "Traceback" not in done.stderr


def test_the_settings_are_read_by_no_import(tmp_path: Path) -> None:
    program = "import server.app, server.variables, server.studio, graph.client; print('imported')"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "FINANCIAL_AGENT_PORT": "many"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.stdout.strip() == "imported", done.stderr
