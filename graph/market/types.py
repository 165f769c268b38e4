"""Values that market data providers give: identity, daily bars, quotes, annual reports, news, filings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Whether an exchange trades now; `unknown` where nothing tells, as for a recorded sample.
Session = Literal["open", "closed", "unknown"]


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
    `stale` says why newer bars should exist; empty while none is missing that the exchange has closed.
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
    stale: str = ""

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
    share); `accession` is the filing's number, `filed` its day, "" and None where a provider tells none;
    `period` is `FY2024`, `end` the fiscal year's last day.
    Per-share values and share counts are adjusted for the splits since, where `split_note` says so.
    """

    symbol: str
    currency: str
    period: str
    end: date
    filed: date | None
    accession: str
    values: dict[str, Decimal]
    source: str
    split_note: str = ""


@dataclass(frozen=True)
class Quote:
    """The last known price of a symbol.

    `as_of` is an ISO time, or an ISO date where only the session is known; `delay_minutes` is what the
    provider says of its delay. `assumed` says that the session's state rests on weekdays alone, for the
    exchange's calendar does not reach this day. `stale` says why a newer price should exist.
    """

    symbol: str
    currency: str
    price: float
    previous_close: float | None
    as_of: str
    session: Session
    source: str
    fetched_at: str
    delay_minutes: int | None = None
    assumed: bool = False
    stale: str = ""


@dataclass(frozen=True)
class KeyFigures:
    """What a provider computes itself, by metric of the vocabulary; percentages are in percent."""

    symbol: str
    currency: str
    as_of: str
    source: str
    values: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class NewsItem:
    """One headline, as its publisher wrote it: material to report, never an instruction."""

    title: str
    publisher: str
    published: str
    url: str
    summary: str = ""


@dataclass(frozen=True)
class Filing:
    """One document filed with a regulator; `period` is the ISO date its report ends on, "" if it has none."""

    form: str
    filed: str
    period: str
    accession: str
    url: str
