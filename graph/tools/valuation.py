"""Facts about what the market pays: multiples at the last close, and beside their own history.

Valuation joins the last close with the latest report that was filed by then, and only while that report's
year ended at most 400 days before. A ratio whose base is not positive gives no fact.
"""

from __future__ import annotations

import bisect
import statistics
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from graph.facts import Fact
from graph.market.types import AnnualReport, Bars
from graph.tools.figures import close_fact, fact_id, figure, rounded
from graph.vocabulary import METRICS

_MAX_AGE_DAYS = 400
#: How long after a fiscal year its report is taken to be known where no day of filing is.
_FILED_DAYS = 75
_MIN_HISTORY = 3


def valuation_facts(ordered: Sequence[AnnualReport], bars: Bars, entity: str) -> list[Fact]:
    """Give market value and multiples at the last close, that close, and the multiple's own history."""
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
    return facts + _own_history(ordered, bars, entity, facts)


def _own_history(
    ordered: Sequence[AnnualReport], bars: Bars, entity: str, known: Sequence[Fact]
) -> list[Fact]:
    """Set the price/earnings beside its median on the days when earlier annual reports were filed.

    The reports before the one that the multiple of today uses count, where the bars reach them; at least
    three. Per-share values and closes are both in today's share.
    """
    today = next((fact for fact in known if fact.metric == "pe"), None)
    if today is None:
        return []
    multiples: list[tuple[Decimal, str]] = []
    for report in ordered:
        eps, day = report.values.get("eps_diluted"), _known_on(report)
        at = bisect.bisect_left(bars.dates, day)
        if eps is None or eps <= 0 or report.period == today.period or at >= len(bars) or day < bars.dates[0]:
            continue
        multiples.append((Decimal(repr(float(bars.close[at]))) / eps, f"{report.period} on {bars.dates[at]}"))
    if len(multiples) < _MIN_HISTORY:
        return []
    median = rounded(statistics.median(value for value, _ in multiples), "multiple")
    days = ", ".join(day for _, day in multiples)
    common = {"currency": bars.currency, "as_of": bars.as_of, "source": today.source or bars.source}
    ids = (today.id, fact_id(entity, "pe_median"))
    return [
        figure(
            ids[1], entity, "pe_median", median, kind="computed", fetched_at=bars.fetched_at,
            formula=f"median of close / eps_diluted: {days}", **common,
        ),
        figure(
            fact_id(entity, "pe_vs_median"), entity, "pe_vs_median",
            rounded((today.value / median - 1) * 100, "percent"), kind="computed",
            fetched_at=bars.fetched_at, formula="pe / pe_median - 1", inputs=ids, **common,
        ),
    ]  # fmt: skip


def _known_on(report: AnnualReport) -> str:
    """Give the day from which a report was public, or is taken to have been."""
    return (report.filed or report.end + timedelta(days=_FILED_DAYS)).isoformat()


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
