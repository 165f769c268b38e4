"""What an answer may stand on beside typed facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A document: free text, and tables as rows of cells joined by " | "."""

    title: str
    text: str
