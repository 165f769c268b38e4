"""Facts from annual reports: what was filed, growth, margins and per-share values of each year.

A ratio whose base is not positive gives no fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from graph.facts import Fact, Kind
from graph.market.types import AnnualReport, Bars, Identity, KeyFigures
from graph.tools.figures import fact_id, figure, rounded
from graph.tools.valuation import valuation_facts
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
_GROWTH = {
    "revenue_growth": "revenue",
    "net_income_growth": "net_income",
    "eps_growth": "eps_diluted",
    "fcf_growth": "free_cash_flow",
    "shares_growth": "shares_diluted",
}
_MARGINS = {
    "gross_margin": "gross_profit",
    "operating_margin": "operating_income",
    "net_margin": "net_income",
    "fcf_margin": "free_cash_flow",
}
_MARGIN_CHANGES = {
    "gross_margin_change": "gross_margin",
    "operating_margin_change": "operating_margin",
}
_CAGRS = {"revenue_cagr": "revenue", "eps_cagr": "eps_diluted"}
_PER_SHARE = frozenset({"eps_diluted", "shares_diluted", "eps_growth", "shares_growth", "fcf_per_share"})
_MIN_YEARS = 3
#: The years for which what follows from others is given as well: an answer is about these.
_DETAILED_YEARS = 2
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
        if i < len(ordered) - _DETAILED_YEARS:
            continue
        if i and (report.end - ordered[i - 1].end).days in _YEAR_DAYS:
            facts += _margin_changes(year, _Year(identity.symbol, ordered[i - 1]))
        facts += _per_share(year)
    if ordered:
        facts += _net_debt(_Year(identity.symbol, ordered[-1]))
        facts += _compound(ordered, identity.symbol)
    if bars is not None and len(bars):
        facts += valuation_facts(ordered, bars, identity.symbol)
    return facts


def key_facts(figures: KeyFigures) -> list[Fact]:
    """Give the figures that a provider computed itself, as it gave them."""
    return [
        figure(
            fact_id(figures.symbol, metric),
            figures.symbol,
            metric,
            rounded(value, METRICS[metric].unit),
            currency=figures.currency,
            as_of=figures.as_of,
            source=figures.source,
            kind="reported",
        )
        for metric, value in figures.values.items()
    ]


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


def _margin_changes(year: _Year, before: _Year) -> list[Fact]:
    """Give the change of margins over the year before, in percentage points of the margins as shown."""
    facts = []
    now, then = ({fact.metric: fact for fact in _margins(each)} for each in (year, before))
    for metric, margin in _MARGIN_CHANGES.items():
        if margin in now and margin in then:
            formula = f"{margin}@{year.report.period} - {margin}@{before.report.period}"
            value = now[margin].value - then[margin].value
            inputs = (year.id(margin), before.id(margin))
            facts.append(year.fact(metric, value, "computed", formula, inputs))
    return facts


def _per_share(year: _Year) -> list[Fact]:
    """Give the free cash flow of a diluted share."""
    flow, shares = year.values.get("free_cash_flow"), year.values.get("shares_diluted")
    if flow is None or shares is None or shares <= 0:
        return []
    inputs = (year.id("free_cash_flow"), year.id("shares_diluted"))
    value = rounded(flow / shares, "per_share")
    return [year.fact("fcf_per_share", value, "computed", "free_cash_flow / shares_diluted", inputs)]


def _compound(ordered: Sequence[AnnualReport], entity: str) -> list[Fact]:
    """Give compound growth over all years held, at least three, between positive values."""
    first, last = _Year(entity, ordered[0]), _Year(entity, ordered[-1])
    years = round((last.report.end - first.report.end).days / 365.25)
    facts: list[Fact] = []
    for metric, base in _CAGRS.items() if years >= _MIN_YEARS else ():
        now, then = last.values.get(base), first.values.get(base)
        if now is None or then is None or now <= 0 or then <= 0:
            continue
        growth = (float(now / then) ** (1 / years) - 1) * 100
        formula = f"({base}@{last.report.period} / {base}@{first.report.period})^(1/{years}) - 1"
        inputs = (last.id(base), first.id(base))
        facts.append(last.fact(metric, rounded(growth, "percent"), "computed", formula, inputs))
    return facts


def _net_debt(year: _Year) -> list[Fact]:
    """Give debt less cash; negative where cash exceeds debt."""
    debt, cash = year.values.get("debt"), year.values.get("cash")
    if debt is None or cash is None:
        return []
    return [year.fact("net_debt", debt - cash, "computed", "debt - cash", (year.id("debt"), year.id("cash")))]
