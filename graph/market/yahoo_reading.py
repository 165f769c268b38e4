"""What yfinance gives and raises, read into the market's types and errors.

One outage has many shapes: an exception, an empty frame, a tiny dict, a page of HTML. None of them is "no
data": only Yahoo's own word that a symbol does not exist, or a chart whose head is there while its body is
empty twice, says so.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import numpy as np

from graph.errors import Malformed, MarketError, NotFound, RateLimited, Unavailable
from graph.market.sessions import Sessions
from graph.market.types import AnnualReport, Bars, Identity, KeyFigures, NewsItem, Quote, Session

_COLUMNS = {
    "Open": "open", "High": "high", "Low": "low", "Close": "close", "Adj Close": "adj_close",
    "Volume": "volume",
}  # fmt: skip
_HEAD = (
    "currency", "longName", "shortName", "exchangeName", "fullExchangeName", "exchangeTimezoneName",
    "instrumentType", "regularMarketPrice", "regularMarketTime",
)  # fmt: skip
#: Yahoo's own words for a symbol that does not exist.
_ABSENT = ("no data found", "not found", "delisted")
#: yfinance's words for an answer that holds neither data nor a reason.
_EMPTY = "no price data found"
_RATE_SECONDS = 60.0
#: Yahoo's fields by metric, and what brings them to the vocabulary's unit: some percentages are fractions,
#: `dividendYield` is a percentage already.
FIELDS = {
    "dividend_yield": ("dividendYield", 1), "payout_ratio": ("payoutRatio", 100),
    "roe": ("returnOnEquity", 100), "forward_pe": ("forwardPE", 1), "pb": ("priceToBook", 1),
    "beta": ("beta", 1),
}  # fmt: skip
#: Yahoo's statement lines by metric.
LINES = {
    "revenue": "TotalRevenue", "gross_profit": "GrossProfit", "operating_income": "OperatingIncome",
    "net_income": "NetIncome", "eps_diluted": "DilutedEPS", "shares_diluted": "DilutedAverageShares",
    "cash": "CashAndCashEquivalents", "debt": "TotalDebt", "free_cash_flow": "FreeCashFlow",
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """One answer of the chart service: who the symbol is and its daily bars."""

    identity: Identity
    bars: Bars
    exchange: str
    timezone: str

    def closed(self, last: str, *, keep_today: bool) -> Chart:
        """Leave out the bar of a session that is still open."""
        count = len(self.bars)
        while count > 1 and not keep_today and self.bars.dates[count - 1] > last:
            count -= 1
        if count == len(self.bars):
            return self
        columns = {name: getattr(self.bars, name)[:count] for name in _COLUMNS.values()}
        return replace(self, bars=replace(self.bars, dates=self.bars.dates[:count], **columns)).dated()

    def dated(self) -> Chart:
        """Name the last day in the source."""
        source = f"Yahoo Finance, {self.bars.symbol} daily, as of {self.bars.as_of}"
        return replace(self, bars=replace(self.bars, source=source))

    def marked(self, reason: str) -> Bars:
        """Give the bars with the reason why newer ones should exist."""
        return replace(self.bars, stale=reason, source=f"{self.bars.source}; {reason}")


@dataclass(frozen=True)
class Statements:
    """A company's fiscal years and the figures that Yahoo computes; empty for what is no company."""

    reports: list[AnnualReport]
    figures: KeyFigures | None


def translate(fault: Exception) -> MarketError:
    """Turn what yfinance or its HTTP client raised into the reaction it calls for."""
    kind = type(fault).__name__
    status = getattr(getattr(fault, "response", None), "status_code", None)
    if kind == "YFRateLimitError" or status == 429:
        return RateLimited(f"Yahoo: {kind}", retry_after=_RATE_SECONDS)
    if status == 404 or (kind.endswith("MissingError") and _says_absent(fault)):
        return NotFound(f"Yahoo: {kind}")
    if kind == "JSONDecodeError" or isinstance(fault, UnicodeDecodeError):
        page = str(getattr(fault, "doc", ""))[:20000].lower()
        if "consent" in page:
            return Malformed("Yahoo answered with its consent page")
        return Unavailable(f"Yahoo answered with no JSON ({kind})")
    if any(isinstance(cause, ConnectionError | TimeoutError | OSError) for cause in _causes(fault)):
        # Also where yfinance stumbles over an outage: without curl_cffi it looks for errors of that client.
        return Unavailable(f"Yahoo cannot be reached: {kind}")
    if isinstance(fault, KeyError | IndexError | TypeError | AttributeError | ValueError):
        return Malformed(f"Yahoo: {kind} while reading its answer")
    return Unavailable(f"Yahoo: {kind}")


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def _says_absent(fault: Exception) -> bool:
    rationale = str(getattr(fault, "rationale", "")).lower()
    return any(word in rationale for word in _ABSENT) and not rationale.startswith(_EMPTY)


def read_chart(ticker: Any, symbol: str, period: str, timeout: float, now: datetime) -> Chart:
    """Fetch and read the daily bars of a symbol.

    Raises:
        NotFound: the symbol's head is there and it has no bars, twice.
        Unavailable: neither is there.
    """
    for probe in (1, 2):
        frame = _bars(ticker, period, timeout)
        meta = _head(ticker)
        if frame is not None and len(frame):
            break
        if probe == 2 and meta.get("instrumentType") and meta.get("currency"):
            raise NotFound(f"Yahoo has no bars of {symbol!r}")
    else:
        raise Unavailable(f"Yahoo gave an empty chart of {symbol!r} twice")
    if not meta.get("currency"):
        raise Malformed(f"Yahoo's chart of {symbol!r} names no currency")
    columns = {
        ours: np.ascontiguousarray(frame[theirs].to_numpy(dtype=np.float64))
        for theirs, ours in _COLUMNS.items()
    }
    columns["volume"] = np.nan_to_num(columns["volume"])
    dates = tuple(stamp.date().isoformat() for stamp in frame.index)
    if any(later <= earlier for earlier, later in itertools.pairwise(dates)):
        raise Malformed(f"Yahoo's bars of {symbol!r} are not in order")
    for column in columns.values():
        column.setflags(write=False)
    name = str(meta.get("longName") or meta.get("shortName") or symbol)
    exchange = str(meta.get("exchangeName") or "")
    identity = Identity(
        symbol, name, "", str(meta.get("fullExchangeName") or exchange), str(meta["currency"])
    )
    bars = Bars(
        symbol=symbol,
        currency=identity.currency,
        dates=dates,
        source="",
        fetched_at=now.isoformat(timespec="seconds"),
        stale="",
        **columns,
    )
    return Chart(identity, bars, exchange, str(meta.get("exchangeTimezoneName") or "UTC")).dated()


def _bars(ticker: Any, period: str, timeout: float) -> Any | None:
    """Fetch the bars that have prices; None where the answer holds neither bars nor a reason."""
    try:
        frame = ticker.history(
            period=period, interval="1d", auto_adjust=False, actions=False, timeout=timeout
        )
    except Exception as fault:
        if str(getattr(fault, "rationale", "")).lower().startswith(_EMPTY):
            return None
        raise
    return frame.dropna(subset=["Open", "High", "Low", "Close"]) if len(frame) else None


def _head(ticker: Any) -> dict[str, Any]:
    """Give the head of the chart that was read last; its other fields would ask Yahoo again."""
    head = ticker.get_history_metadata() or {}
    return {name: head.get(name) for name in _HEAD}


def read_quote(ticker: Any, symbol: str, timeout: float, now: datetime, sessions: Sessions) -> Quote:
    """Fetch and read the last price; its time and delay are Yahoo's own."""
    chart = read_chart(ticker, symbol, "5d", timeout, now)
    meta = _head(ticker)
    price, at = meta.get("regularMarketPrice"), _moment(meta.get("regularMarketTime"))
    if not isinstance(price, int | float) or not math.isfinite(price) or at is None:
        raise Malformed(f"Yahoo's chart of {symbol!r} holds no last price")
    state = sessions.at(chart.exchange, now, chart.timezone)
    session: Session = "open" if state.open else "closed"
    day = at.date().isoformat()
    before = [
        float(close)
        for date, close in zip(chart.bars.dates, chart.bars.close.tolist(), strict=True)
        if date < day
    ]
    late = (now - at).total_seconds() / 60
    return Quote(
        symbol=symbol,
        currency=chart.identity.currency,
        price=float(price),
        previous_close=before[-1] if before else None,
        as_of=at.isoformat(timespec="minutes"),
        session=session,
        source=f"Yahoo Finance, {symbol} last price, as of {at.isoformat(timespec='minutes')}",
        fetched_at=now.isoformat(timespec="seconds"),
        delay_minutes=round(late) if state.open else None,
        assumed=state.assumed,
        stale=f"the last trade is {late:.0f} minutes old" if state.open and late > 60 else "",
    )


def _moment(value: Any) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if hasattr(value, "to_pydatetime"):
        return cast(datetime, value.to_pydatetime()).astimezone(UTC)
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def read_statements(ticker: Any, symbol: str) -> Statements:
    """Fetch and read a company's statements; a tiny answer about the company is an outage."""
    info = dict(ticker.get_info() or {})
    kind = info.get("quoteType")
    if not kind:
        raise Unavailable(f"Yahoo gave {len(info)} fields about {symbol!r}")
    if kind != "EQUITY":
        return Statements([], None)
    currency = str(info.get("financialCurrency") or info.get("currency") or "")
    if not currency:
        raise Malformed(f"Yahoo names no currency for the statements of {symbol!r}")
    frames = [
        _statement(fetch, symbol)
        for fetch in (ticker.get_income_stmt, ticker.get_balance_sheet, ticker.get_cash_flow)
    ]
    years: dict[Any, dict[str, Decimal]] = {}
    for frame in frames:
        for metric, line in LINES.items():
            if line in frame.index:
                for end, value in frame.loc[line].items():
                    if value is not None and math.isfinite(value):
                        years.setdefault(end.date(), {})[metric] = _exact(value, metric)
    reports = [
        AnnualReport(
            symbol=symbol,
            currency=currency,
            period=f"FY{end.year}",
            end=end,
            filed=None,
            accession="",
            values=values,
            source=f"Yahoo Finance, annual statements of {symbol}, year to {end}",
        )
        for end, values in sorted(years.items())
        if "revenue" in values or "net_income" in values
    ]
    return Statements(reports, _key_figures(info, symbol))


def _statement(fetch: Any, symbol: str) -> Any:
    """Fetch one statement, again when it is empty: a company without any is rare, an outage is not."""
    for _ in (1, 2):
        try:
            frame = fetch(pretty=False, freq="yearly")
        except Exception as fault:
            if type(fault).__name__ != "YFException" or "Empty" not in str(fault):
                raise
            frame = None
        if frame is not None and len(frame):
            return frame
        _forget_answers()
    raise Unavailable(f"Yahoo gave empty statements of {symbol!r} twice")


def _forget_answers() -> None:
    """Drop what yfinance keeps for the life of a process, empty answers included."""
    from yfinance.data import YfData

    YfData.cache_get.cache_clear()


def _exact(value: float, metric: str) -> Decimal:
    """Write a filed value as it was filed: whole units, per-share values with their digits."""
    return Decimal(repr(float(value))) if metric == "eps_diluted" else Decimal(round(value))


def _key_figures(info: dict[str, Any], symbol: str) -> KeyFigures:
    at = _moment(info.get("regularMarketTime")) or datetime.now(UTC)
    values = {
        metric: Decimal(repr(float(value))) * scale
        for metric, (field, scale) in FIELDS.items()
        if isinstance(value := info.get(field), int | float) and math.isfinite(value)
    }
    day = at.date().isoformat()
    return KeyFigures(
        symbol, str(info.get("currency") or ""), day, f"Yahoo Finance, key figures of {symbol}, {day}", values
    )


def read_news(ticker: Any) -> list[NewsItem]:
    """Fetch and read headlines; one without a title or a time is left out."""
    items = []
    for entry in ticker.get_news(count=10):
        content = entry.get("content") or {}
        title, published = content.get("title"), content.get("pubDate")
        if title and published:
            items.append(
                NewsItem(
                    title=str(title),
                    publisher=str((content.get("provider") or {}).get("displayName") or ""),
                    published=str(published),
                    url=str((content.get("canonicalUrl") or {}).get("url") or ""),
                    summary=str(content.get("summary") or ""),
                )
            )
    return sorted(items, key=lambda item: item.published, reverse=True)


def dump_chart(chart: Chart) -> dict[str, Any]:
    """Write a chart as JSON values; the columns stay arrays, which orjson writes."""
    bars = chart.bars
    return {
        "identity": vars(chart.identity),
        "exchange": chart.exchange,
        "timezone": chart.timezone,
        "dates": bars.dates,
        "columns": {name: getattr(bars, name) for name in _COLUMNS.values()},
        "fetched_at": bars.fetched_at,
    }


def load_chart(data: Any) -> Chart:
    """Read what `dump_chart` wrote."""
    identity = Identity(**{**data["identity"], "aliases": tuple(data["identity"]["aliases"])})
    columns = {name: np.array(data["columns"][name], dtype=np.float64) for name in sorted(_COLUMNS.values())}
    bars = Bars(
        symbol=identity.symbol,
        currency=identity.currency,
        dates=tuple(data["dates"]),
        source="",
        fetched_at=data["fetched_at"],
        stale="",
        **columns,
    )
    return Chart(identity, bars, data["exchange"], data["timezone"]).dated()
