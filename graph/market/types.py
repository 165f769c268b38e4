"""Values that market data providers give: identity, daily bars, annual reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Identity:
    """Who a symbol is, resolved by code.

    `aliases` are other ways people call it, in any language; `currency` is an ISO 4217 code.
    """

    symbol: str
    name: str
    name_zh: str
    exchange: str
    currency: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bars:
    """Daily bars of one symbol, oldest first, as columns of equal length.

    `dates` are ISO dates. Open, high, low and close are adjusted for splits (to the last bar's share),
    not for dividends; `adj_close` is adjusted for both. `volume` is in shares of the last bar's count.
    `source` names the data and says whether it is a recorded sample; `fetched_at` is an ISO time.
    """

    symbol: str
    currency: str
    dates: tuple[str, ...]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adj_close: Floats
    volume: Floats
    source: str
    fetched_at: str

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def as_of(self) -> str:
        """The ISO date of the last bar."""
        return self.dates[-1]


@dataclass(frozen=True)
class AnnualReport:
    """Filed values of one fiscal year.

    `values` maps metric names of the vocabulary to values at scale 1 in `currency` (or shares, or per
    share); `accession` is the filing's number; `period` is `FY2024`, `end` the fiscal year's last day.
    Per-share values and share counts are adjusted for the splits since, where `split_note` says so.
    """

    symbol: str
    currency: str
    period: str
    end: date
    filed: date
    accession: str
    values: dict[str, Decimal]
    source: str
    split_note: str = ""
