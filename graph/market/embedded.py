"""The embedded sample: real daily prices out of two installed wheels, and a file of filed annual values.

No network and no key. The wheels' files are found through their import specs and read with `csv`; the
packages themselves are never imported, for that would pull in pandas. AAPL comes adjusted for splits
from hvsampledata, with its dividend-adjusted close as that file has it. MSFT, IBM, GOOG and FB come as
traded from bokeh_sampledata and are adjusted here to the last bar's share: a step of more than 25 % in
adjusted / raw close from one bar to the next is a split, a smaller one a dividend. Their dividend-adjusted
close is rebased by one constant so that it meets the close at the last bar.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import importlib.util
import itertools
import json
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from graph.errors import Malformed, NotFound, Unavailable
from graph.market.types import AnnualReport, Bars, Floats, Identity

_COLUMNS = ("date", "open", "high", "low", "close", "volume", "adj_close")
_SPLIT_STEP = 0.25
_SPLIT_TOLERANCE = 0.02


@dataclass(frozen=True)
class _Sample:
    """Where a symbol's bars are: a package's data file, and whether its prices are as traded."""

    package: str
    file: str
    as_traded: bool


_APPLE = _Sample("hvsampledata", "_data/apple_stocks.csv", as_traded=False)
_OTHERS = _Sample("bokeh_sampledata", "_data/stocks.csv.gz", as_traded=True)

_SYMBOLS: dict[str, tuple[Identity, _Sample]] = {
    "AAPL": (
        Identity("AAPL", "Apple Inc.", "苹果公司", "NASDAQ", "USD", ("Apple", "苹果")),
        _APPLE,
    ),
    "MSFT": (
        Identity("MSFT", "Microsoft Corporation", "微软公司", "NASDAQ", "USD", ("Microsoft", "微软")),
        _OTHERS,
    ),
    "IBM": (
        Identity(
            "IBM",
            "International Business Machines Corporation",
            "国际商业机器公司",
            "NYSE",
            "USD",
            ("IBM", "International Business Machines", "国际商业机器"),
        ),
        _OTHERS,
    ),
    "GOOG": (
        Identity(
            "GOOG", "Alphabet Inc. (Google)", "谷歌", "NASDAQ", "USD", ("Google", "Alphabet", "GOOGL", "谷歌")
        ),
        _OTHERS,
    ),
    "FB": (
        Identity(
            "FB",
            "Meta Platforms, Inc. (Facebook)",
            "脸书",
            "NASDAQ",
            "USD",
            ("Facebook", "Meta", "Meta Platforms", "脸书", "脸谱"),
        ),
        _OTHERS,
    ),
}


def package_folder(package: str) -> Path:
    """Find an installed package's folder without importing it.

    Raises:
        Unavailable: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"the package {package!r} is not installed: pip install {package}")
    return Path(next(iter(spec.submodule_search_locations)))


class Embedded:
    """Market data of the embedded sample; what a symbol needs is read once, in a worker thread."""

    name = "embedded"

    def __init__(self, locate: Callable[[str], Path] = package_folder) -> None:
        self._locate = locate
        self._bars: dict[str, Bars] = {}
        self._reports: dict[str, list[AnnualReport]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def identify(self, symbol: str) -> Identity:
        """Say who a symbol of the sample is."""
        return _known(symbol)[0]

    async def history(self, symbol: str) -> Bars:
        """Give all daily bars of a symbol, oldest first, in the last bar's share."""
        identity, sample = _known(symbol)
        async with self._locks[identity.symbol]:
            if identity.symbol not in self._bars:
                folder = self._locate(sample.package)
                self._bars[identity.symbol] = await asyncio.to_thread(read_bars, identity, sample, folder)
            return self._bars[identity.symbol]

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        """Give the filed annual values, oldest first; empty for symbols that the file does not hold."""
        identity, _ = _known(symbol)
        async with self._locks[identity.symbol]:
            if identity.symbol not in self._reports:
                path = Path(__file__).parent / "data" / "fundamentals.json"
                self._reports[identity.symbol] = await asyncio.to_thread(read_reports, path, identity.symbol)
            return self._reports[identity.symbol]

    async def universe(self) -> list[Identity]:
        """Name the five symbols of the sample."""
        return [identity for identity, _ in _SYMBOLS.values()]


def _known(symbol: str) -> tuple[Identity, _Sample]:
    """Look a symbol up, in any case of letters."""
    try:
        return _SYMBOLS[symbol.strip().upper()]
    except KeyError:
        raise NotFound(f"the embedded sample has no symbol {symbol!r}") from None


def read_bars(identity: Identity, sample: _Sample, folder: Path) -> Bars:
    """Read the bars of one symbol from a sample file.

    Raises:
        Unavailable: the file is missing or cannot be read.
        Malformed: it holds something else than this symbol's bars in order.
    """
    path = folder / sample.file
    try:
        dates, columns = _columns(path, identity.symbol)
    except FileNotFoundError as fault:
        raise Unavailable(f"no sample file at {path}: reinstall {sample.package}") from fault
    except (gzip.BadGzipFile, EOFError, zlib.error, csv.Error, ValueError, LookupError) as fault:
        raise Malformed(f"sample file {path}: {fault!r}") from fault
    except OSError as fault:
        raise Unavailable(f"sample file {path} cannot be read: {fault!r}") from fault
    if sample.as_traded:
        columns = to_last_share(columns)
    for column in columns.values():
        column.setflags(write=False)  # every caller shares the cached arrays
    return Bars(
        symbol=identity.symbol,
        currency=identity.currency,
        dates=dates,
        source=f"embedded sample ({sample.package}), {identity.symbol} daily, as of {dates[-1]}",
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stale="",
        **columns,
    )


def _columns(path: Path, symbol: str) -> tuple[tuple[str, ...], dict[str, Floats]]:
    """Read dates and the float columns of one symbol; `ValueError` says what is wrong with them."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as text
    ):
        rows = csv.reader(text)
        names = [name.strip().lower().replace(" ", "_") for name in next(rows, [])]
        ticker = names.index("ticker") if "ticker" in names else None
        wanted = [names.index(name) for name in _COLUMNS]
        mine = (row for row in rows if row and (ticker is None or row[ticker] == symbol))
        table = [[row[i] for i in wanted] for row in mine]
    if not table:
        raise ValueError(f"no row of {symbol}")
    dates = tuple(date.fromisoformat(row[0]).isoformat() for row in table)
    values = np.array([[float(cell) for cell in row[1:]] for row in table], dtype=np.float64)
    if any(later <= earlier for earlier, later in itertools.pairwise(dates)):
        raise ValueError("dates are not in order")
    if not np.isfinite(values).all() or (values < 0).any() or (values[:, [0, 1, 2, 3, 5]] <= 0).any():
        raise ValueError("a price is not a positive number")
    return dates, {name: np.ascontiguousarray(values[:, i]) for i, name in enumerate(_COLUMNS[1:])}


def to_last_share(columns: dict[str, Floats]) -> dict[str, Floats]:
    """Adjust as-traded columns for splits, in the share of the last bar."""
    close, adjusted = columns["close"], columns["adj_close"]
    scale = split_scale(close, adjusted)
    prices = {name: columns[name] * scale for name in ("open", "high", "low", "close")}
    return {**prices, "adj_close": adjusted / adjusted[-1] * close[-1], "volume": columns["volume"] / scale}


def split_scale(close: Floats, adjusted: Floats) -> Floats:
    """Give what each bar's as-traded price is multiplied with to stand in the last bar's share.

    `close` and `adjusted` have one value a bar; the answer ends in 1.
    """
    factor = adjusted / close
    steps = np.ones_like(factor)
    for i in np.flatnonzero(np.abs(factor[1:] / factor[:-1] - 1) > _SPLIT_STEP) + 1:
        steps[i] = _simple_ratio(float(factor[i] / factor[i - 1]))
    later = np.append(np.cumprod(steps[::-1])[::-1][1:], 1.0)
    return np.asarray(1 / later, dtype=np.float64)


def _simple_ratio(step: float) -> float:
    """Round a step to the split that it is, such as 2 or 3/2; 1 where no simple ratio is near."""
    whole = Fraction(step if step > 1 else 1 / step).limit_denominator(5)
    ratio = float(whole if step > 1 else 1 / whole)
    return ratio if abs(ratio / step - 1) <= _SPLIT_TOLERANCE else 1.0


def read_reports(path: Path, symbol: str) -> list[AnnualReport]:
    """Read the annual reports of one symbol, oldest first; none if the file does not hold it.

    Raises:
        Unavailable: the file is missing or cannot be read.
        Malformed: the file is not what this module documents.
    """
    try:
        company = json.loads(path.read_text(encoding="utf-8"))["companies"].get(symbol)
        found = [] if company is None else [_report(symbol, company, item) for item in company["reports"]]
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as fault:
        raise Malformed(f"fundamentals file {path}: {fault!r}") from fault
    except OSError as fault:
        raise Unavailable(f"fundamentals file {path} cannot be read: {fault!r}") from fault
    return sorted(found, key=lambda report: report.end)


def _report(symbol: str, company: dict[str, Any], item: dict[str, Any]) -> AnnualReport:
    """Read one fiscal year."""
    return AnnualReport(
        symbol=symbol,
        currency=company["currency"],
        period=item["period"],
        end=date.fromisoformat(item["end"]),
        filed=date.fromisoformat(item["filed"]),
        accession=item["accession"],
        values={metric: Decimal(value) for metric, value in item["values"].items()},
        source=f"{company['name']} 10-K, accession {item['accession']}, filed {item['filed']}",
        split_note=item.get("split_note", ""),
    )
