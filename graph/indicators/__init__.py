"""Indicators as pure functions on numpy arrays, oldest bar first; NaN where a bar has no value yet."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
