"""SEC EDGAR: facts read by fiscal year, and the real client against a stand-in of the SEC's service."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from graph.errors import Malformed, NotFound, RateLimited, Unavailable
from graph.market.sec import Sec, read_reports, translate

ENDS = {2022: "2022-09-24", 2023: "2023-09-30", 2024: "2024-09-28"}


@dataclass
class Stated:
    """One filed fact, in the form of the client library."""

    concept: str
    numeric_value: float | None
    unit: str
    period_start: date | None
    period_end: date
    filing_date: date
    form_type: str = "10-K"
    accession: str = ""


def stated(concept: str, value: float | None, year: int, filed: int | None = None, **more: Any) -> Stated:
    end = date.fromisoformat(ENDS[year])
    start = None if more.pop("instant", False) else date(end.year - 1, end.month, end.day)
    filed = filed or year
    return Stated(
        f"us-gaap:{concept}", value, more.pop("unit", "USD"), start, end, date(filed, 11, 1),
        accession=f"0000320193-{filed % 100}-000001", **more,
    )  # fmt: skip


def test_a_year_is_put_together_from_what_the_latest_report_states() -> None:
    facts = [
        stated("Revenues", 100, 2023),
        stated("Revenues", 101, 2023, filed=2024),  # restated a year later
        stated("Revenues", 120, 2024),
        stated("NetCashProvidedByUsedInOperatingActivities", 40, 2024),
        stated("PaymentsToAcquirePropertyPlantAndEquipment", 15, 2024),
        stated("CashAndCashEquivalentsAtCarryingValue", 7, 2024, instant=True),
        stated("LongTermDebtNoncurrent", 50, 2024, instant=True),
        stated("LongTermDebtCurrent", 5, 2024, instant=True),
        stated("CommercialPaper", 2, 2024, instant=True),
        stated("EarningsPerShareDiluted", 6.08, 2024, unit="USD/shares"),
    ]
    before, last = read_reports("AAPL", "Apple Inc.", facts)
    assert (before.period, before.values["revenue"], before.filed) == (
        "FY2023",
        Decimal(101),
        date(2023, 11, 1),
    )
    assert last.accession == "0000320193-24-000001"
    assert last.source == "Apple Inc. 10-K, accession 0000320193-24-000001, filed 2024-11-01"
    assert last.values == {
        "revenue": Decimal(120), "free_cash_flow": Decimal(25), "cash": Decimal(7), "debt": Decimal(57),
        "eps_diluted": Decimal("6.08"),
    }  # fmt: skip


def test_quarters_other_forms_and_other_currencies_do_not_count() -> None:
    quarter = stated("Revenues", 30, 2024)
    quarter.period_start = date(2024, 7, 1)
    facts = [
        quarter,
        stated("Revenues", 1, 2024, form_type="10-Q"),
        stated("Revenues", 2, 2024, unit="EUR"),
        stated("Revenues", None, 2024),
    ]
    assert read_reports("X", "X", facts) == []


def test_per_share_values_before_a_split_that_nothing_restates_are_left_out() -> None:
    shares = "WeightedAverageNumberOfDilutedSharesOutstanding"
    facts = [
        *(stated("Revenues", 100, year) for year in ENDS),
        stated(shares, 10, 2022, unit="shares"),
        stated(shares, 11, 2023, unit="shares"),
        stated(shares, 44, 2023, filed=2024, unit="shares"),
        stated(shares, 45, 2024, unit="shares"),
        stated("EarningsPerShareDiluted", 4, 2022, unit="USD/shares"),
        stated("EarningsPerShareDiluted", 1, 2023, filed=2024, unit="USD/shares"),
    ]
    old, middle, new = read_reports("X", "X", facts)
    assert set(old.values) == {"revenue"}
    assert [str(middle.values[name]) for name in ("shares_diluted", "eps_diluted")] == ["44", "1"]
    assert new.values["shares_diluted"] == 45


class TooManyRequestsError(Exception):
    retry_after = 600


class CompanyFactsNotFoundError(LookupError):
    pass


class _Answer:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


class HTTPStatusError(Exception):
    def __init__(self, status: int) -> None:
        self.response = _Answer(status)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (TooManyRequestsError(), RateLimited),
        (HTTPStatusError(429), RateLimited),
        (HTTPStatusError(404), NotFound),
        (HTTPStatusError(500), Unavailable),
        (CompanyFactsNotFoundError(), NotFound),
        (KeyError("facts"), Malformed),
        (ConnectionError("no route"), Unavailable),
        (TimeoutError(), Unavailable),
    ],
)
def test_failures_are_what_they_are(fault: Exception, expected: type[Exception]) -> None:
    assert type(translate(fault)) is expected


async def test_without_a_contact_the_sec_is_not_asked_and_has_no_prices() -> None:
    for ask in (Sec(None).identify, Sec(None).annual_reports, Sec(None).filings):
        with pytest.raises(Unavailable, match="EDGAR_IDENTITY"):
            await ask("AAPL")
    with pytest.raises(NotFound):
        await Sec("me").history("AAPL")
    assert await Sec(None).universe() == []


def facts_of(year: int, value: float) -> dict[str, Any]:
    end = date.fromisoformat(ENDS[year])
    return {
        "start": f"{year - 1}-10-01", "end": str(end), "val": value,
        "accn": f"0000320193-{year % 100}-000123",
        "fy": year, "fp": "FY", "form": "10-K", "filed": f"{year}-11-01", "frame": f"CY{year}",
    }  # fmt: skip


COMPANY_FACTS = {
    "cik": 320193,
    "entityName": "Apple Inc.",
    "facts": {
        "us-gaap": {
            "Revenues": {
                "label": "Revenues",
                "description": "",
                "units": {"USD": [facts_of(2023, 383285e6), facts_of(2024, 391035e6)]},
            },
            "EarningsPerShareDiluted": {
                "label": "EPS",
                "description": "",
                "units": {"USD/shares": [facts_of(2024, 6.08)]},
            },
        }
    },
}
SUBMISSIONS = {
    "cik": "320193", "entityType": "operating", "sic": "3571", "sicDescription": "Electronic Computers",
    "name": "Apple Inc.", "tickers": ["AAPL"], "exchanges": ["Nasdaq"], "ein": "1", "description": "",
    "website": "", "investorWebsite": "", "category": "", "fiscalYearEnd": "0928",
    "stateOfIncorporation": "CA",
    "stateOfIncorporationDescription": "CA", "insiderTransactionForOwnerExists": 0,
    "insiderTransactionForIssuerExists": 1, "phone": "", "flags": "", "formerNames": [],
    "addresses": {kind: {"street1": "", "street2": None, "city": "", "stateOrCountry": "", "zipCode": "",
                         "stateOrCountryDescription": ""} for kind in ("mailing", "business")},
    "filings": {"files": [], "recent": {
        "accessionNumber": ["0000320193-24-000123"], "filingDate": ["2024-11-01"],
        "reportDate": ["2024-09-28"],
        "acceptanceDateTime": ["2024-11-01T06:01:36.000Z"], "act": ["34"], "form": ["10-K"],
        "fileNumber": ["001-36743"], "filmNumber": ["1"], "items": [""], "size": [1], "isXBRL": [1],
        "isInlineXBRL": [1], "primaryDocument": ["aapl.htm"], "primaryDocDescription": ["10-K"],
        "core_type": ["10-K"],
    }},
}  # fmt: skip


class _Sec(BaseHTTPRequestHandler):
    """Answers as data.sec.gov does; `status` of the server is what it answers instead of 200."""

    def do_GET(self) -> None:
        status: int = self.server.status  # type: ignore[attr-defined]
        body = (
            COMPANY_FACTS
            if "companyfacts" in self.path
            else SUBMISSIONS
            if "submissions" in self.path
            else {}
        )
        text = json.dumps(body if status == 200 else {"message": "no"}).encode()
        self.server.asked.append((self.path, self.headers["User-Agent"]))  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def sec_at_loopback(status: int = 200) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sec)
    server.status, server.asked = status, []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


SCRIPT = """
import asyncio, json
from graph.errors import MarketError
from graph.market.guard import Limits
from graph.market.sec import Sec

async def main():
    sec = Sec("Test Desk desk@example.org", limits=Limits(timeout=40, attempts=1))
    try:
        identity = await sec.identify("AAPL")
        reports, filings = await sec.annual_reports("AAPL"), await sec.filings("AAPL")
        values = [
            [report.period, {k: str(v) for k, v in report.values.items()}, report.accession]
            for report in reports
        ]
        print(json.dumps([identity.name, identity.exchange, values, [vars(filing) for filing in filings]]))
    except MarketError as fault:
        print(json.dumps(type(fault).__name__))

asyncio.run(main())
"""


def run_client(server: ThreadingHTTPServer, folder: Path) -> Any:
    """Run the provider in a process of its own, for edgartools reads the address when it is imported."""
    url = f"http://127.0.0.1:{server.server_port}"
    environment = {
        **os.environ, "EDGAR_DATA_URL": url, "EDGAR_BASE_URL": url, "EDGAR_LOCAL_DATA_DIR": str(folder),
        "EDGAR_IDENTITY": "Test Desk desk@example.org",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=55,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


needs_edgar = pytest.mark.skipif(
    importlib.util.find_spec("edgar") is None, reason="the extra `sec` is not installed"
)


@needs_edgar
def test_the_real_client_reads_reports_and_filings(tmp_path: Path) -> None:
    with sec_at_loopback() as server:
        name, exchange, reports, filings = run_client(server, tmp_path)
        agents = {agent for _, agent in server.asked}  # type: ignore[attr-defined]
    assert (name, exchange) == ("Apple Inc.", "Nasdaq")
    assert reports == [
        ["FY2023", {"revenue": "383285000000"}, "0000320193-23-000123"],
        ["FY2024", {"revenue": "391035000000", "eps_diluted": "6.08"}, "0000320193-24-000123"],
    ]
    assert [(item["form"], item["filed"], item["period"]) for item in filings] == [
        ("10-K", "2024-11-01", "2024-09-28")
    ]
    assert agents == {"Test Desk desk@example.org"}


@needs_edgar
@pytest.mark.parametrize(("status", "error"), [(500, "Unavailable"), (429, "RateLimited"), (404, "NotFound")])
def test_the_real_client_tells_what_failed(tmp_path: Path, status: int, error: str) -> None:
    with sec_at_loopback(status) as server:
        assert run_client(server, tmp_path) == error
