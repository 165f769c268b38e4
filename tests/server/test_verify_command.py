"""`financial-agent verify`, run as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.test_cli import run

TABLE = """(in millions, except per share) | 2019 | 2018
Net sales | $ 2,222.6 | $ 1,958.6
Cost of sales | (1,430.2) | (1,271.9)
Diluted earnings per share | $ 2.83 | $ 2.06
"""
RIGHT = "Net sales rose **13.5%** to $2.22 billion in 2019. Diluted EPS was $2.83.\n"
WRONG = "Net sales rose 11.9% to $2.22 billion in 2019. Diluted EPS was $2.06 in 2019.\n"
FACTS = [
    {"label": "Revenue", "value": "391035000000", "unit": "money", "currency": "USD", "period": "FY2024"},
    {"label": "Revenue", "value": "383285000000", "unit": "money", "currency": "USD", "period": "FY2023"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "table.txt").write_text(TABLE, encoding="utf-8")
    (tmp_path / "right.md").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.md").write_text(WRONG, encoding="utf-8")
    (tmp_path / "facts.json").write_text(json.dumps(FACTS), encoding="utf-8")
    return tmp_path


def test_a_right_answer_is_clean(folder: Path) -> None:
    done = run("verify", "right.md", "--source", "table.txt", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "every figure holds" in done.stdout
    assert "net sales (2019, table.txt)" in done.stdout


def test_a_wrong_answer_says_what_is_wrong_and_what_is_right(folder: Path) -> None:
    done = run("verify", "wrong.md", "--source", "table.txt", cwd=folder)
    assert done.returncode == 1
    assert "2 of 3 figures do not hold" in done.stdout
    assert "contradicted" in done.stdout
    assert "2.83" in done.stdout


def test_json_gives_every_figure_with_its_place(folder: Path) -> None:
    (folder / "answer.md").write_text("Revenue was $391.0 billion in FY2024, up 2.0%.", encoding="utf-8")
    done = run("verify", "answer.md", "--facts", "facts.json", "--json", cwd=folder)
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout)
    assert told["clean"] is True
    assert [(f["text"], f["status"]) for f in told["figures"]] == [
        ("$391.0 billion", "supported"),
        ("2.0%", "derived"),
    ]
    assert told["counts"]["supported"] == 1


def test_facts_may_be_wrapped_and_the_answer_read_from_standard_input(folder: Path) -> None:
    (folder / "report.json").write_text(json.dumps({"facts": FACTS}), encoding="utf-8")
    command = [sys.executable, "-m", "server.cli", "verify", "-", "--facts", "report.json", "--json"]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        command,
        input="Revenue fell 2.0% in FY2024.",
        capture_output=True,
        text=True,
        timeout=30,
        cwd=folder,
        env={"PYTHONPATH": root},
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["figures"][0]["status"] == "contradicted"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("not.json", b"{", "not JSON"),
        ("deep.json", b"[" * 100_000, "not JSON"),
        ("number.json", b"7", "no list of facts"),
        ("item.json", b"[1]", "fact 1 is no object"),
        ("bare.json", b'[{"label": "x"}]', "no value, no unit"),
        ("unit.json", b'[{"label": "x", "value": 1, "unit": "furlong"}]', "'furlong' is none of"),
        ("value.json", b'[{"label": "x", "value": "many", "unit": "money"}]', "fact 1 is no fact"),
        ("nan.json", b'[{"label": "x", "value": "NaN", "unit": "money"}]', "not a finite Decimal"),
        ("binary.json", b"\x00\x01", "zero bytes"),
        ("latin.json", b'["\xe9"]', "not UTF-8"),
        ("huge.json", b" " * 4_000_001, "larger than 4 MB"),
    ],
)
def test_facts_that_cannot_be_used_are_named(folder: Path, name: str, content: bytes, said: str) -> None:
    (folder / name).write_bytes(content)
    done = run("verify", "right.md", "--facts", name, cwd=folder)
    assert done.returncode == 2
    assert name in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_other_misuse_is_named(folder: Path) -> None:
    assert "nothing to check against" in run("verify", "right.md", cwd=folder).stderr
    missing = run("verify", "right.md", "--source", "none.txt", cwd=folder)
    assert (missing.returncode, "none.txt: No such file" in missing.stderr) == (2, True)
    directory = run("verify", ".", "--source", "table.txt", cwd=folder)
    assert (directory.returncode, "Is a directory" in directory.stderr) == (2, True)
    twice = run("verify", "-", "--source", "-", cwd=folder)
    assert (twice.returncode, "only one input" in twice.stderr) == (2, True)


def test_nothing_heavy_is_imported(folder: Path) -> None:
    program = (
        "import sys\nfrom server.cli import main\n"
        "main(['verify', 'right.md', '--source', 'table.txt', '--json'])\n"
        "heavy = ('langgraph', 'fastapi', 'langchain_core', 'pydantic', 'httpx', 'numpy')\n"
        "sys.exit(str([name for name in heavy if name in sys.modules]))\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=folder,
        env={"PYTHONPATH": root},
    )
    assert done.stderr.strip() == "[]"
