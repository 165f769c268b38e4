"""What a release is checked for, and that every command that the documents name is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from server import __version__

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release_check", ROOT / ".ci" / "release_check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_make_command_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    documents = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / ".ci" / "run",
        ROOT / "Dockerfile",
    ]
    named = {
        target
        for document in documents
        for target in re.findall(
            r"(?:^|`)(?:\S+=\S+ )?make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert {"run", "test", "check", "studio", "image", "release-check"} <= named
    assert named <= targets


def test_an_archive_is_held_to_what_it_must_and_must_not_hold(release: ModuleType) -> None:
    name = f"financial_agent-{__version__}.whl"
    must = list(release.WHEEL_MUST)
    assert release.contents(name, must, must) == []
    assert release.contents(name, must[1:], must) == [f"{name} lacks {must[0]}"]
    for wrong in ("tests/test_x.py", ".env", "graph/__pycache__/a.pyc", "sessions.db", "notebooks/a.ipynb"):
        assert release.contents(name, [*must, wrong], must) == [f"{name} holds {wrong}"]
    assert release.contents("financial_agent-0.0.1.whl", must, must) != []


def test_the_installed_environment_keeps_to_the_pins() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+]+", line) for line in lines)
    names = [re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines]
    assert len(names) == len(set(names))
