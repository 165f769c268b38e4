"""The audit of dependencies, on what is installed and on what should not be."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

AUDIT: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "audit.py"))


@pytest.mark.parametrize(
    ("installed", "pins", "told"),
    [
        ({"redis": "8.1.0", "pip": "1.0"}, {"redis": "8.1.0"}, []),
        (
            {"redis": "8.0.0"},
            {"redis": "8.1.0"},
            ["redis is 8.0.0, not 8.1.0 as constraints.txt says: make setup"],
        ),
        ({"left-pad": "1"}, {}, ["left-pad 1 is in no line of constraints.txt: pin it, or uninstall it"]),
        ({"h11": "0.14.0"}, {"h11": "0.14.0"}, ["h11 0.14.0 has CVE-2025-43859: take 0.16.0 or newer"]),
    ],
    ids=["whole", "another version", "no pin", "a known fault"],
)
def test_what_is_not_as_it_should_be_is_told(
    installed: dict[str, str], pins: dict[str, str], told: list[str]
) -> None:
    assert AUDIT["faults"](installed, pins) == told


def test_every_pin_is_read_and_none_has_a_known_fault() -> None:
    pins = AUDIT["pinned"]()
    assert {"langgraph", "fastapi", "redis", "pymongo"} <= set(pins)
    assert AUDIT["faults"](pins, pins) == []
