"""Fundamental facts: filed values, growth, margins, and valuation with the report known on the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from graph.facts import Fact
from graph.market.embedded import Embedded
from graph.market.types import AnnualReport, Bars, Identity
from graph.tools.fundamentals import fundamental_facts
from graph.tools.technicals import technical_facts

APPLE = Identity("AAPL", "Apple Inc.", "苹果公司", "NASDAQ", "USD")


@pytest.fixture(scope="module")
def market() -> Embedded:
    return Embedded()


def report(period: str, end: str, filed: str, **values: str) -> AnnualReport:
    return AnnualReport(
        symbol="AAPL",
        currency="USD",
        period=period,
        end=date.fromisoformat(end),
        filed=date.fromisoformat(filed),
        accession="0",
        values={name: Decimal(value) for name, value in values.items()},
        source=f"10-K {period}",
    )


def bars_at(day: str, close: float = 10.0) -> Bars:
    one = np.array([close])
    return Bars("AAPL", "USD", (day,), one, one, one, one, one, one, "sample", "2026-01-01T00:00:00+00:00")


def by_id(facts: list[Fact]) -> dict[str, Decimal]:
    return {fact.id: fact.value for fact in facts}


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("AAPL.revenue@FY2024", "391035000000"),
        ("AAPL.revenue_growth@FY2024", "2.02"),
        ("AAPL.net_income_growth@FY2024", "-3.36"),
        ("AAPL.eps_growth@FY2020", "10.44"),
        ("AAPL.gross_margin@FY2024", "46.21"),
        ("AAPL.operating_margin@FY2024", "31.51"),
        ("AAPL.net_margin@FY2019", "21.24"),
        ("AAPL.net_debt@FY2024", "76686000000"),
        ("AAPL.market_cap@FY2024", "3885921559000"),
        ("AAPL.pe@FY2024", "41.48"),
        ("AAPL.ps@FY2024", "9.94"),
        ("AAPL.fcf_yield@FY2024", "2.80"),
    ],
)
async def test_pinned_fundamentals_of_apple(market: Embedded, id: str, value: str) -> None:
    facts = fundamental_facts(await market.annual_reports("AAPL"), await market.history("AAPL"), APPLE)
    assert str(next(fact for fact in facts if fact.id == id).value) == value


async def test_fundamental_facts_bring_the_close_they_divide_by(market: Embedded) -> None:
    bars = await market.history("AAPL")
    alone = fundamental_facts(await market.annual_reports("AAPL"), bars, APPLE)
    assert {id for fact in alone for id in fact.inputs} <= {fact.id for fact in alone}
    technical = {fact.id: fact for fact in technical_facts(bars, APPLE)}
    assert next(fact for fact in alone if fact.id == "AAPL.close") == technical["AAPL.close"]


def test_growth_needs_the_year_before_and_a_positive_base() -> None:
    years = [
        report("FY2020", "2020-09-26", "2020-10-30", revenue="100", net_income="-5", eps_diluted="0"),
        report("FY2021", "2021-09-25", "2021-10-29", revenue="110", net_income="10", eps_diluted="1"),
        report("FY2023", "2023-09-30", "2023-11-03", revenue="200", net_income="20", eps_diluted="2"),
    ]
    facts = by_id(fundamental_facts(years, None, APPLE))
    growth = {id: value for id, value in facts.items() if "_growth@" in id}
    assert growth == {"AAPL.revenue_growth@FY2021": Decimal("10.00")}


def test_reports_are_ordered_by_their_year() -> None:
    years = [
        report("FY2021", "2021-09-25", "2021-10-29", revenue="110", debt="7", cash="9"),
        report("FY2020", "2020-09-26", "2020-10-30", revenue="100", debt="1", cash="1"),
    ]
    facts = by_id(fundamental_facts(years, None, APPLE))
    assert facts["AAPL.revenue_growth@FY2021"] == 10
    assert facts["AAPL.net_debt@FY2021"] == -2
    assert "AAPL.net_debt@FY2020" not in facts


def test_missing_values_leave_their_facts_out() -> None:
    facts = by_id(
        fundamental_facts([report("FY2020", "2020-09-26", "2020-10-30", net_income="5")], None, APPLE)
    )
    assert facts == {"AAPL.net_income@FY2020": Decimal(5)}
    lossy = report("FY2020", "2020-09-26", "2020-10-30", eps_diluted="-1", shares_diluted="10", revenue="0")
    valued = by_id(fundamental_facts([lossy], bars_at("2020-12-01"), APPLE))
    assert valued["AAPL.market_cap@FY2020"] == 100
    assert not {"AAPL.pe@FY2020", "AAPL.ps@FY2020", "AAPL.net_margin@FY2020"} & set(valued)


@pytest.mark.parametrize(
    ("day", "period"),
    [
        ("2021-10-28", "FY2020"),  # the report of FY2021 was filed a day later
        ("2021-10-29", "FY2021"),
        ("2022-10-30", "FY2021"),  # 400 days after the year's end
        ("2022-10-31", None),
        ("2020-10-29", None),
    ],
)
def test_valuation_uses_the_latest_report_known_on_the_day(day: str, period: str | None) -> None:
    years = [
        report("FY2020", "2020-09-26", "2020-10-30", eps_diluted="2", shares_diluted="3"),
        report("FY2021", "2021-09-25", "2021-10-29", eps_diluted="4", shares_diluted="3"),
    ]
    facts = fundamental_facts(years, bars_at(day), APPLE)
    valued = [fact for fact in facts if fact.metric in ("pe", "market_cap")]
    assert {fact.period for fact in valued} == ({period} if period else set())
    assert all(fact.as_of == day for fact in valued)


def test_valuation_never_mixes_currencies() -> None:
    years = [report("FY2020", "2020-09-26", "2020-10-30", eps_diluted="2", shares_diluted="3")]
    bars = replace(bars_at("2020-12-01"), currency="EUR")
    assert not [fact for fact in fundamental_facts(years, bars, APPLE) if fact.metric == "pe"]
