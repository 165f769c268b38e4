"""The documents' shell, Python and JavaScript blocks run as they stand; their examples of events are real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from graph.events import EVENT_ADAPTER, Event
from tests.documents import ROOT, Block, blocks
from tests.live import LiveServer, events_of

DOCUMENTS = [
    str(path.relative_to(ROOT)) for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
]
EVERY = [block for document in DOCUMENTS for block in blocks(document)]
ADDRESS = "http://127.0.0.1:8000"

# What a block must hold to be left out here, and where it is tried instead.
NOT_RUN = {
    "make ": "the Makefile: tests/test_release.py",
    "docker ": "needs a container engine",
    "kubectl ": "needs a cluster",
    "serve --workers": "goes on until it is stopped: tests/server",
    "127.0.0.1:2024": "LangGraph Studio: tests/test_studio.py",
}
# Values that are of one run, or of one version of a prompt and of the analyst's words.
VOLATILE = {
    "seq", "run_id", "session_id", "created_at", "fetched_at", "ms", "seconds", "first_token_seconds",
    "markdown", "prompt", "counts", "input_tokens", "output_tokens", "questions",
}  # fmt: skip


def of_kind(*languages: str) -> list[Any]:
    return [
        pytest.param(block, id=str(block))
        for block in EVERY
        if block.language in languages and not any(mark in block.text for mark in NOT_RUN)
    ]


def environment(server: LiveServer) -> dict[str, str]:
    scripts = Path(sys.executable).parent
    return {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "FINANCIAL_AGENT_OFFLINE_PACE_MS": "0",
        "FINANCIAL_AGENT_PORT": server.url.rpartition(":")[2],
        "NO_COLOR": "1",
    }


def run(command: list[str], server: LiveServer, folder: Path) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=55, cwd=folder, env=environment(server), check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("block", of_kind("bash"))
def test_a_shell_block_runs(block: Block, server: LiveServer, tmp_path: Path) -> None:
    text = block.text.replace(ADDRESS, server.url).replace(".venv/bin/", "").replace("curl ", "curl -f ")
    printed = run(["bash", "-euo", "pipefail", "-c", text], server, tmp_path)
    assert printed.strip()


@pytest.mark.parametrize("block", of_kind("python"))
def test_a_python_block_runs(block: Block, server: LiveServer, tmp_path: Path) -> None:
    program = tmp_path / "block.py"
    program.write_text(block.text.replace(ADDRESS, server.url), encoding="utf-8")
    run([sys.executable, str(program)], server, tmp_path)


@pytest.mark.parametrize("block", of_kind("js"))
def test_a_javascript_block_runs(block: Block, server: LiveServer, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    program = tmp_path / "block.mjs"
    program.write_text(block.text.replace('fetch("/', f'fetch("{server.url}/'), encoding="utf-8")
    printed = run([node, str(program)], server, tmp_path)
    assert any(sign in printed for sign in ("ended done", '"type":"end","status":"done"', "200 "))


def test_every_block_is_run_or_left_out_for_a_reason() -> None:
    assert {block.language for block in EVERY} <= {"bash", "python", "js", "json", "text"}
    left_out = [block for block in EVERY if block.language in ("bash", "python", "js")]
    left_out = [block for block in left_out if any(mark in block.text for mark in NOT_RUN)]
    assert all(any(mark in block.text for block in left_out) for mark in NOT_RUN)
    assert len(of_kind("bash", "python", "js")) >= 12


# The examples of docs/stream.md

EXAMPLES = [json.loads(block.text) for block in blocks("docs/stream.md") if block.language == "json"]


@pytest.fixture(scope="module")
def answer(server: LiveServer) -> list[dict[str, Any]]:
    question = {"message": "Is AAPL a buy?"}
    return events_of(httpx.post(f"{server.url}/api/chat/stream", json=question, timeout=30).text)


def covers(real: Any, shown: Any) -> bool:
    """Say whether something real holds all that is shown of it."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(
            name in real and (name in VOLATILE or covers(real[name], value)) for name, value in shown.items()
        )
    if isinstance(shown, list):
        return isinstance(real, list) and all(any(covers(each, item) for each in real) for item in shown)
    return bool(real == shown)


def test_every_event_has_an_example() -> None:
    kinds = {kind.model_fields["type"].default for kind in get_args(get_args(Event)[0])}
    assert {example["type"] for example in EXAMPLES} == kinds


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['type']}-{example['seq']}")
def test_an_example_is_an_event(example: dict[str, Any]) -> None:
    plain = {name: value for name, value in example.items() if name != "seq"}
    if example["type"] == "gap":  # told as `from` and `to`
        plain = {"type": "gap", "start": plain["from"], "end": plain["to"]}
    EVENT_ADAPTER.validate_python(plain)


@pytest.mark.parametrize(
    "example",
    [
        example
        for example in EXAMPLES
        if example["type"] not in ("error", "gap", "drain")
        and not example.get("restart")
        and example.get("status") != "contradicted"
    ],
    ids=lambda example: f"{example['type']}-{example['seq']}",
)
def test_an_example_is_of_a_real_run(example: dict[str, Any], answer: list[dict[str, Any]]) -> None:
    if example["type"] == "token":  # where a text is cut into tokens is chance
        text = "".join(event["text"] for event in answer if event["type"] == "token")
        assert text.startswith(example["text"])
    else:
        assert any(covers(event, example) for event in answer)


def test_the_frame_that_is_shown_is_what_a_door_sends(server: LiveServer) -> None:
    (shown,) = [block.text for block in blocks("docs/stream.md") if "event:token" in block.text]
    names = [line.partition(":")[0] for line in shown.splitlines()]
    text = httpx.post(f"{server.url}/api/chat/stream", json={"message": "Is AAPL a buy?"}, timeout=30).text
    (frame, *_) = [each for each in text.split("\n\n") if "event:token" in each]
    assert [line.partition(":")[0] for line in frame.splitlines()] == names


def test_the_problem_that_is_shown_is_what_a_door_answers(client: httpx.Client) -> None:
    (shown,) = [json.loads(block.text) for block in blocks("docs/http.md") if block.language == "json"]
    assert client.post("/api/chat", json={"message": ""}).json() == shown


# The page that the documents become


def test_the_documents_are_built_without_a_warning(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        str(tmp_path / "site"),
    ]
    # Without the theme's own notice about a future version of its builder.
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=55, env=quiet)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "WARNING" not in done.stderr
    built = {path.stem for path in (tmp_path / "site").glob("*.html")}
    assert {Path(name).stem for name in DOCUMENTS if name.startswith("docs/")} <= built
