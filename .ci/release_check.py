"""Checks what a release would hold: wheel, sdist, a fresh install of it, and the licences in NOTICE.

`make release-check` runs it; it installs into a folder of its own and changes nothing here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from server import __version__

ROOT = Path(__file__).parent.parent
WHEEL_MUST = (
    "graph/agent.py",
    "graph/market/data/fundamentals.json",
    "prompts/analyst/v1.md",
    "server/cli.py",
    "server/checkpoints/lua/save.lua",
    "server/runs/redis/lua/append.lua",
    "server/web/index.html",
    "server/web/app.js",
)
SDIST_MUST = (*WHEEL_MUST, "pyproject.toml", "README.md", "NOTICE", "CHANGELOG.md", "constraints.txt")
NEVER = re.compile(r"(^|/)(tests|\.env|\.git|\.venv|notebooks|bench|__pycache__)(/|$)|\.(db|pyc|ipynb)$")


def main() -> int:
    """Run every check; give 1 when one does not hold."""
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        wheel, sdist = build(Path(folder))
        with zipfile.ZipFile(wheel) as held, tarfile.open(sdist) as source:
            faults = [
                *contents(wheel.name, held.namelist(), WHEEL_MUST),
                *contents(sdist.name, _inside(source.getnames()), SDIST_MUST),
            ]
        python = install(wheel, Path(folder) / "fresh")
        faults += try_out(python, Path(folder))
        faults += licences(python)
    print("\n".join(faults) or f"release {__version__}: holds")
    return 1 if faults else 0


def build(folder: Path) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from it."""
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return wheel, sdist


def contents(archive: str, names: Iterable[str], must: Iterable[str]) -> list[str]:
    """Say what an archive lacks and what it should not hold."""
    held = list(names)
    found = [f"{archive} lacks {name}" for name in must if name not in held]
    found += [f"{archive} holds {name}" for name in held if NEVER.search(name) and name != ".env.example"]
    return found if __version__ in archive else [*found, f"{archive} is not of version {__version__}"]


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel in a fresh environment, by the constraints."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "-c", str(ROOT / "constraints.txt"), str(wheel)], check=True)
    subprocess.run([*pip, "check"], check=True, stdout=subprocess.DEVNULL)
    return python


def try_out(python: Path, folder: Path) -> list[str]:
    """Run what was installed away from the source, without a key."""
    program = str(python.parent / "financial-agent")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FINANCIAL_AGENT_", "DASHSCOPE_", "PYTHONPATH"))
    }
    environment = {**kept, "FINANCIAL_AGENT_OFFLINE_PACE_MS": "0"}
    found = []
    for arguments, expected in (
        (["--version"], f"financial-agent {__version__}"),
        (["--help"], "serve"),
        (["ask", "--local", "Is AAPL a buy?"], " verified"),
        (["check"], "offline"),
    ):
        done = subprocess.run(
            [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
        )
        if done.returncode or expected not in done.stdout:
            found.append(
                f"{' '.join(arguments)} gave {done.returncode}: {done.stdout[-200:]}{done.stderr[-400:]}"
            )
    return found


def licences(python: Path) -> list[str]:
    """Compare the licences of what is installed with NOTICE, and the versions with the constraints."""
    site = next((python.parent.parent / "lib").glob("python*/site-packages"))
    installed = {canonicalize_name(each.name): each for each in distributions(path=[str(site)])}
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    pinned = {
        canonicalize_name(name): version
        for name, _, version in (
            line.partition("==") for line in (ROOT / "constraints.txt").read_text().split()
        )
    }
    found = []
    for requirement in installed["financial-agent"].requires or ():
        wanted = Requirement(requirement)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        spelt = re.escape(canonicalize_name(wanted.name)).replace(r"\-", "[-_]")
        if not re.search(rf"(?<![\w-]){spelt}(?![\w-])", notice, re.IGNORECASE):
            found.append(f"NOTICE does not name {wanted.name}, which is required")
    for name, each in sorted(installed.items()):
        if name in ("financial-agent", "pip", "setuptools"):
            continue
        if pinned.get(name) != each.version:
            found.append(f"constraints.txt does not pin {name}=={each.version}")
        licence = licence_of(each)
        if (
            re.search(r"\b(A?GPL|SSPL|Elastic|BUSL|Commons Clause)", licence, re.IGNORECASE)
            and "LGPL" not in licence
        ):
            found.append(f"{name} would be shipped under {licence!r}")
        elif not licence and name not in UNDECLARED:
            found.append(f"{name} declares no licence: look it up and name it in UNDECLARED")
    return found


# Packages whose metadata name no licence; these are those that their sources state.
UNDECLARED = {"ta-lib": "BSD-2-Clause"}


def licence_of(each: Distribution) -> str:
    """Give the licence that a package declares, in whichever way it does."""
    data = each.metadata
    classified = [
        line.rpartition("::")[2].strip()
        for line in data.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    return (
        data.get("License-Expression")
        or ", ".join(classified)
        or (data.get("License") or "").partition("\n")[0]
    )


def _inside(names: Iterable[str]) -> list[str]:
    return [name.partition("/")[2] for name in names if "/" in name]


if __name__ == "__main__":
    sys.exit(main())
