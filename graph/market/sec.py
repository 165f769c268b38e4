"""SEC EDGAR through edgartools: annual values of 10-K reports with their accession numbers, and filings.

edgartools is large and slow to import (the extra `sec`); it is imported at the first question, in a worker
thread. The SEC has no prices: `history` knows no symbol. A value is the one of the latest 10-K that states
it, for later reports restate; per-share values of years that no report since a split restates are left out.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from graph.errors import Malformed, MarketError, NotFound, RateLimited, Unavailable
from graph.market.cache import Cache, CacheStore, Kept, Kind
from graph.market.guard import Guard, Limits
from graph.market.types import AnnualReport, Bars, Filing, Identity

DAY = 86400.0
_FORMS = ["10-K", "10-Q", "8-K", "20-F", "6-K"]
_YEAR_DAYS = range(350, 381)
#: Tags by metric, the one that is taken first.
_FLOWS = {
    "revenue": (
        "RevenueFromContractWithCustomerExcludingAssessedTax", "Revenues", "SalesRevenueNet",
        "RevenueFromContractWithCustomerIncludingAssessedTax",
    ),
    "gross_profit": ("GrossProfit",),
    "operating_income": ("OperatingIncomeLoss",),
    "net_income": ("NetIncomeLoss", "ProfitLoss"),
    "eps_diluted": ("EarningsPerShareDiluted",),
    "shares_diluted": ("WeightedAverageNumberOfDilutedSharesOutstanding",),
    "operating_cash_flow": ("NetCashProvidedByUsedInOperatingActivities",),
    "capital_expenditure": ("PaymentsToAcquirePropertyPlantAndEquipment",),
}  # fmt: skip
_BALANCES = {
    "cash": ("CashAndCashEquivalentsAtCarryingValue",),
    "debt_long": ("LongTermDebtNoncurrent",),
    "debt_current": ("LongTermDebtCurrent",),
    "debt_short": ("CommercialPaper", "ShortTermBorrowings"),
}
_PER_SHARE = ("eps_diluted", "shares_diluted")
_SPLIT_STEP = 1.3


def _kind(name: str, type_: Any, kept_seconds: float) -> Kind[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(type_)
    return Kind(
        name, lambda value: adapter.dump_python(value, mode="json"), adapter.validate_python, kept_seconds
    )


_IDENTITY = _kind("identity", Identity, 30 * DAY)
_REPORTS = _kind("reports", list[AnnualReport], 30 * DAY)
_FILINGS = _kind("filings", list[Filing], 7 * DAY)


class Sec:
    """Fundamentals and filings of SEC registrants; `contact` is who asks, for the SEC wants to know."""

    name = "sec"

    def __init__(
        self,
        contact: str | None,
        store: CacheStore | None = None,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.guard = Guard(self.name, translate, limits or Limits(timeout=60, per_minute=300, threads=2))
        self._cache = Cache(self.name, store, lambda: clock().timestamp())
        self._contact = contact
        self._clock = clock

    async def identify(self, symbol: str) -> Identity:
        """Say which registrant a symbol is."""
        kept: Kept[Identity] = await self._get(_IDENTITY, symbol, self._identify, 7 * DAY)
        return kept.value

    async def history(self, symbol: str) -> Bars:
        """Know no prices."""
        raise NotFound(f"the SEC has no prices of {symbol!r}")

    async def annual_reports(self, symbol: str) -> list[AnnualReport]:
        """Give the fiscal years of a registrant's 10-K reports, oldest first; empty when it files none."""
        kept: Kept[list[AnnualReport]] = await self._get(_REPORTS, symbol, self._reports, DAY)
        return kept.value

    async def filings(self, symbol: str) -> list[Filing]:
        """Give the latest annual, quarterly and current reports."""
        kept: Kept[list[Filing]] = await self._get(_FILINGS, symbol, self._filings, 3600)
        return kept.value

    async def universe(self) -> list[Identity]:
        """Name nothing: the registrants are too many to enumerate."""
        return []

    async def _get(self, kind: Kind[Any], symbol: str, work: Callable[[str], Any], seconds: float) -> Any:
        key = symbol.strip().upper()
        if not self._contact:
            raise Unavailable("the SEC wants to know who asks: set EDGAR_IDENTITY to a name and an e-mail")

        async def fresh(value: Any) -> float:
            return self._clock().timestamp() + seconds

        return await self._cache.get(kind, key, lambda: self.guard.call(lambda: work(key)), fresh)

    def _identify(self, symbol: str) -> Identity:
        company = self._company(symbol)
        exchanges = [name for name in company.get_exchanges() or [] if name]
        return Identity(symbol, str(company.name), "", exchanges[0] if exchanges else "SEC registrant", "USD")

    def _reports(self, symbol: str) -> list[AnnualReport]:
        from edgar.entity.entity_facts import get_company_facts

        company = self._company(symbol)
        return read_reports(symbol, str(company.name), get_company_facts(company.cik))

    def _filings(self, symbol: str) -> list[Filing]:
        found = self._company(symbol).get_filings(form=_FORMS)
        return [
            Filing(
                form=str(filing.form),
                filed=str(filing.filing_date),
                period=str(getattr(filing, "report_date", "") or ""),
                accession=str(filing.accession_no),
                url=str(filing.homepage_url),
            )
            for filing in (found.head(10) if found is not None else [])
        ]

    def _company(self, symbol: str) -> Any:
        """Open a registrant; blocking.

        Raises:
            NotFound: the SEC knows no such ticker.
            Unavailable: edgartools is not installed.
        """
        try:
            import edgar
        except ImportError as fault:
            way = "pip install 'financial-agent[sec]'"
            raise Unavailable(f"the package 'edgartools' is not installed: {way}") from fault
        from edgar.reference.tickers import find_cik

        edgar.set_identity(self._contact or "")
        cik: Any = find_cik(symbol.replace(".", "-"))
        if cik is None:
            raise NotFound(f"the SEC knows no ticker {symbol!r}")
        company = edgar.Company(cik)
        if company.not_found:
            raise NotFound(f"the SEC knows no registrant {cik}")
        return company


def translate(fault: Exception) -> MarketError:
    """Turn what edgartools or its HTTP client raised into the reaction it calls for."""
    kind = type(fault).__name__
    status = getattr(getattr(fault, "response", None), "status_code", None) or getattr(
        fault, "status_code", None
    )
    if kind == "TooManyRequestsError" or status == 429:
        return RateLimited(f"SEC: {kind}", retry_after=float(getattr(fault, "retry_after", None) or 600))
    if kind in ("CompanyNotFoundError", "CompanyFactsNotFoundError") or status == 404:
        return NotFound(f"SEC: {kind}")
    if isinstance(fault, KeyError | IndexError | TypeError | AttributeError | ValueError):
        return Malformed(f"SEC: {kind} while reading its answer")
    return Unavailable(f"SEC: {kind}")


def read_reports(symbol: str, name: str, facts: Iterable[Any]) -> list[AnnualReport]:
    """Put a registrant's facts together by fiscal year, oldest first.

    `facts` have `concept`, `unit`, `numeric_value`, `period_start`, `period_end`, `filing_date`,
    `form_type` and `accession`. Only values in US dollars (and shares) of 10-K reports count.
    """
    stated: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for fact in facts:
        if str(fact.form_type).startswith("10-K") and fact.numeric_value is not None and fact.period_end:
            tag = str(fact.concept).rsplit(":", 1)[-1]
            if _is_annual(fact) and fact.unit in ("USD", "shares", "USD/shares", "USD per share"):
                stated[tag, fact.period_end].append(fact)
    ends = sorted({end for (tag, end) in stated if tag in _FLOWS["revenue"] or tag in _FLOWS["net_income"]})
    split = _last_restatement(stated)
    reports = []
    for end in ends[-6:]:
        found = {
            metric: fact
            for metric, tags in (_FLOWS | _BALANCES).items()
            if (fact := _latest(stated, tags, end)) is not None
        }
        if not any(metric in found for metric in _FLOWS):
            continue
        first = min((fact for facts in stated.values() for fact in facts if fact.period_end == end),
                    key=lambda fact: fact.filing_date)  # fmt: skip
        reports.append(
            AnnualReport(
                symbol=symbol,
                currency="USD",
                period=f"FY{end.year if end.month > 1 or end.day > 7 else end.year - 1}",
                end=end,
                filed=first.filing_date,
                accession=str(first.accession),
                values=_values(found, split),
                source=f"{name} 10-K, accession {first.accession}, filed {first.filing_date}",
            )
        )
    return reports


def _is_annual(fact: Any) -> bool:
    """Say whether a fact is a balance or the flow of a whole year."""
    if fact.period_start is None:
        return True
    return (fact.period_end - fact.period_start).days in _YEAR_DAYS


def _latest(stated: dict[tuple[str, date], list[Any]], tags: Iterable[str], end: date) -> Any | None:
    for tag in tags:
        if facts := stated.get((tag, end)):
            return max(facts, key=lambda fact: fact.filing_date)
    return None


def _last_restatement(stated: dict[tuple[str, date], list[Any]]) -> date | None:
    """Give the day of the latest report that restates a year's share count as a split does."""
    days = []
    for (tag, _), facts in stated.items():
        if tag not in _FLOWS["shares_diluted"]:
            continue
        ordered = sorted(facts, key=lambda fact: fact.filing_date)
        for before, after in itertools.pairwise(ordered):
            step = after.numeric_value / before.numeric_value if before.numeric_value else 1.0
            if step >= _SPLIT_STEP or step <= 1 / _SPLIT_STEP:
                days.append(after.filing_date)
    return max(days, default=None)


def _values(found: dict[str, Any], split: date | None) -> dict[str, Decimal]:
    exact = {metric: _exact(fact.numeric_value) for metric, fact in found.items()}
    if split is not None:
        for metric in _PER_SHARE:
            if metric in found and found[metric].filing_date < split:
                del exact[metric]
    values = {metric: value for metric, value in exact.items() if metric in _FLOWS or metric == "cash"}
    flow, spent = values.pop("operating_cash_flow", None), values.pop("capital_expenditure", None)
    if flow is not None and spent is not None:
        values["free_cash_flow"] = flow - spent
    if "debt_long" in exact:
        values["debt"] = sum(
            (exact.get(part, Decimal(0)) for part in ("debt_long", "debt_current", "debt_short")), Decimal(0)
        )
    return values


def _exact(value: float) -> Decimal:
    return Decimal(int(value)) if math.isfinite(value) and value == int(value) else Decimal(repr(value))
