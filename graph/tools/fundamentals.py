"""Facts from annual reports: what was filed, growth and margins of each year, and what the market pays.

Valuation joins the last close with the latest report that was filed by then, and only while that report's
year ended at most 400 days before. A ratio whose base is not positive gives no fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from graph.facts import Fact, Kind
from graph.market.types import AnnualReport, Bars, Identity
from graph.tools.figures import close_fact, fact_id, figure, rounded
from graph.vocabulary import METRICS

REPORTED = (
    "revenue",
    "gross_profit",
    "operating_income",
    "net_income",
    "eps_diluted",
    "shares_diluted",
    "cash",
    "debt",
    "free_cash_flow",
)
_GROWTH = {"revenue_growth": "revenue", "net_income_growth": "net_income", "eps_growth": "eps_diluted"}
_MARGINS = {
    "gross_margin": "gross_profit",
    "operating_margin": "operating_income",
    "net_margin": "net_income",
}
_PER_SHARE = frozenset({"eps_diluted", "shares_diluted", "eps_growth"})
_MAX_AGE_DAYS = 400
_YEAR_DAYS = range(350, 381)


def fundamental_facts(reports: list[AnnualReport], bars: Bars | None, identity: Identity) -> list[Fact]:
    """Compute every fundamental fact of the reports, oldest first, and valuation where bars are given."""
    ordered = sorted(reports, key=lambda report: report.end)
    facts: list[Fact] = []
    for i, report in enumerate(ordered):
        year = _Year(identity.symbol, report)
        facts += _filed(year)
        if i and (report.end - ordered[i - 1].end).days in _YEAR_DAYS:
            facts += _growth(year, _Year(identity.symbol, ordered[i - 1]))
        facts += _margins(year)
    if ordered:
        facts += _net_debt(_Year(identity.symbol, ordered[-1]))
    if bars is not None and len(bars):
        facts += _valuation(ordered, bars, identity.symbol)
    return facts


class _Year:
    """One report with the names and makings of its facts."""

    def __init__(self, entity: str, report: AnnualReport) -> None:
        self.entity = entity
        self.report = report
        self.values: Mapping[str, Decimal] = report.values

    def id(self, metric: str) -> str:
        """Name the fact of a metric in this year."""
        return fact_id(self.entity, metric, self.report.period)

    def fact(
        self, metric: str, value: Decimal, kind: Kind, formula: str | None = None, inputs: Sequence[str] = ()
    ) -> Fact:
        """Make a fact of this year, dated by its last day."""
        report = self.report
        noted = report.split_note and metric in _PER_SHARE
        return figure(
            self.id(metric),
            self.entity,
            metric,
            value,
            currency=report.currency,
            as_of=report.end.isoformat(),
            source=f"{report.source}; {report.split_note}" if noted else report.source,
            kind=kind,
            period=report.period,
            formula=formula,
            inputs=inputs,
        )


def _filed(year: _Year) -> list[Fact]:
    """Give the values as filed, unrounded."""
    return [
        year.fact(metric, year.values[metric], "reported") for metric in REPORTED if metric in year.values
    ]


def _growth(year: _Year, before: _Year) -> list[Fact]:
    """Give growth over the year before, in percent."""
    facts = []
    for metric, base in _GROWTH.items():
        now, then = year.values.get(base), before.values.get(base)
        if now is None or then is None or then <= 0:
            continue
        formula = f"{base}@{year.report.period} / {base}@{before.report.period} - 1"
        value = rounded((now / then - 1) * 100, "percent")
        facts.append(year.fact(metric, value, "computed", formula, (year.id(base), before.id(base))))
    return facts


def _margins(year: _Year) -> list[Fact]:
    """Give margins, in percent of revenue."""
    revenue = year.values.get("revenue")
    if revenue is None or revenue <= 0:
        return []
    return [
        year.fact(
            metric,
            rounded(year.values[part] / revenue * 100, "percent"),
            "computed",
            f"{part} / revenue",
            (year.id(part), year.id("revenue")),
        )
        for metric, part in _MARGINS.items()
        if part in year.values
    ]


def _net_debt(year: _Year) -> list[Fact]:
    """Give debt less cash; negative where cash exceeds debt."""
    debt, cash = year.values.get("debt"), year.values.get("cash")
    if debt is None or cash is None:
        return []
    return [year.fact("net_debt", debt - cash, "computed", "debt - cash", (year.id("debt"), year.id("cash")))]


def _valuation(ordered: Sequence[AnnualReport], bars: Bars, entity: str) -> list[Fact]:
    """Give market value and multiples at the last close, and that close; none without a recent report."""
    today = date.fromisoformat(bars.as_of)
    known = [report for report in ordered if (report.filed or report.end) <= today]
    if not known or (today - known[-1].end).days > _MAX_AGE_DAYS or known[-1].currency != bars.currency:
        return []
    report, values = known[-1], known[-1].values
    found = _multiples(Decimal(repr(float(bars.close[-1]))), values)
    facts = [close_fact(bars, entity)] if found else []
    for metric, (value, parts, formula) in found.items():
        facts.append(
            figure(
                fact_id(entity, metric, report.period),
                entity,
                metric,
                rounded(value, METRICS[metric].unit),
                currency=bars.currency,
                as_of=bars.as_of,
                source=f"{bars.source}; {report.source}",
                kind="computed",
                period=report.period,
                fetched_at=bars.fetched_at,
                formula=formula,
                inputs=[fact_id(entity, part, None if part == "close" else report.period) for part in parts],
            )
        )
    return facts


def _multiples(close: Decimal, values: Mapping[str, Decimal]) -> dict[str, tuple[Decimal, list[str], str]]:
    """Compute what the values allow: metric to value, the metrics it combines, and the formula."""
    found: dict[str, tuple[Decimal, list[str], str]] = {}
    eps, revenue, flow = (values.get(metric) for metric in ("eps_diluted", "revenue", "free_cash_flow"))
    if eps is not None and eps > 0:
        found["pe"] = (close / eps, ["close", "eps_diluted"], "close / eps_diluted")
    shares = values.get("shares_diluted")
    if shares is None or shares <= 0:
        return found
    cap = close * shares
    found["market_cap"] = (cap, ["close", "shares_diluted"], "close × shares_diluted")
    if revenue is not None and revenue > 0:
        found["ps"] = (cap / revenue, ["market_cap", "revenue"], "market_cap / revenue")
    if flow is not None:
        formula = "free_cash_flow / market_cap"
        found["fcf_yield"] = (flow / cap * 100, ["free_cash_flow", "market_cap"], formula)
    return found
