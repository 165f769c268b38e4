"""Audits the installed dependencies without a network: whole, pinned, and none with a fault known here.

It cannot know what was published since: `pip-audit -r constraints.txt` asks the vulnerability services.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
TOOLS = {"pip", "setuptools", "wheel", "financial-agent"}
# By distribution: the first version without the fault, and the fault.
MENDED = {
    "aiohttp": ("3.12.14", "CVE-2025-53643"),
    "cryptography": ("44.0.1", "CVE-2024-12797"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "jinja2": ("3.1.6", "CVE-2025-27516"),
    "langchain-community": ("0.3.27", "CVE-2025-6984"),
    "langchain-core": ("1.2.5", "CVE-2025-68664"),
    "langgraph": ("1.0.10", "CVE-2026-28277"),
    "langgraph-checkpoint": ("4.0.0", "CVE-2025-64439 and CVE-2026-27794"),
    "langgraph-checkpoint-sqlite": ("3.0.1", "CVE-2025-67644"),
    "protobuf": ("6.31.1", "CVE-2025-4565"),
    "pyjwt": ("2.10.1", "CVE-2024-53861"),
    "python-multipart": ("0.0.18", "CVE-2024-53981"),
    "requests": ("2.32.4", "CVE-2024-47081"),
    "starlette": ("0.49.1", "CVE-2025-62727"),
    "urllib3": ("2.5.0", "CVE-2025-50181"),
}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;#]+)", re.MULTILINE)


def pinned() -> dict[str, str]:
    """Read the version of every distribution that the constraints name."""
    return {
        canonicalize_name(name): version for name, version in _PIN.findall(CONSTRAINTS.read_text("utf-8"))
    }


def faults(installed: dict[str, str], pins: dict[str, str]) -> list[str]:
    """Name every distribution that is not as it should be, and why."""
    found = []
    for name, version in sorted(installed.items()):
        if name in TOOLS:
            continue
        if name not in pins:
            found.append(f"{name} {version} is in no line of {CONSTRAINTS.name}: pin it, or uninstall it")
        elif Version(version) != Version(pins[name]):
            found.append(f"{name} is {version}, not {pins[name]} as {CONSTRAINTS.name} says: make setup")
        safe, advisory = MENDED.get(name, ("0", ""))
        if Version(version) < Version(safe):
            found.append(f"{name} {version} has {advisory}: take {safe} or newer")
    return found


def main() -> int:
    """Print the faults; give 1 where there are any."""
    installed = {canonicalize_name(each.name): each.version for each in distributions()}
    found = faults(installed, pinned())
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    if checked.returncode:
        found += checked.stdout.splitlines()
    for each in found:
        print(each)
    print(f"audit: {len(installed)} distributions, {len(found) or 'no'} faults")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
