"""What a log may say of an unexpected exception: its type and where it came from, never its text.

An exception's text can hold a user's words, a key or an address.
"""

from __future__ import annotations

import traceback
from pathlib import Path


def describe(fault: BaseException) -> str:
    """Name an exception and its causes with the places they passed, innermost last."""
    parts: list[str] = []
    passed: set[int] = set()
    seen: BaseException | None = fault
    while seen is not None and id(seen) not in passed:  # a chain of causes may be a circle
        passed.add(id(seen))
        frames = traceback.extract_tb(seen.__traceback__)
        places = " > ".join(
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]
        )
        parts.append(f"{type(seen).__name__} at {places or 'no frame'}")
        seen = seen.__cause__
    return " caused by ".join(parts)
