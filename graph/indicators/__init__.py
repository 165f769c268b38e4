"""Indicators as pure functions on numpy arrays, oldest bar first; NaN where a bar has no value yet."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def talib() -> Any:
    """Give TA-Lib, imported when it is first needed: it brings pandas along, a third of a server's start."""
    import talib as library

    return library
