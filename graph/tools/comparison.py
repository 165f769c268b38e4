"""Which facts several symbols are compared by: few enough that six of them stay readable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_PRICES = frozenset(
    re.findall(
        r"\S+",
        """
    close sma_50 sma_200 vs_sma_50 vs_sma_200 adx_14 rsi_14 macd macd_signal stoch_k stoch_d atr_14 atr_pct
    return_1m return_3m return_6m return_1y return_ytd high_52w low_52w from_high_52w from_low_52w
    volatility_20d volatility_1y drawdown max_drawdown_1y swing_high swing_low support resistance volume
    volume_avg_20 volume_ratio relative_3m relative_1y beta_1y correlation_1y quote quote_change
    pivot_high pivot_low
        """,
    )
)
_YEARS = frozenset(
    re.findall(
        r"\S+",
        """
    revenue net_income eps_diluted free_cash_flow cash debt net_debt revenue_growth net_income_growth
    eps_growth fcf_growth gross_margin operating_margin net_margin fcf_margin gross_margin_change
    operating_margin_change shares_growth fcf_per_share revenue_cagr eps_cagr market_cap pe ps fcf_yield
    pe_median pe_vs_median forward_pe pb dividend_yield payout_ratio roe beta
        """,
    )
)
_LAST_YEARS = 2


def compact_facts(facts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep what symbols are compared by, of the last two years, and what those facts are computed from.

    Closes of other days stay behind: the formulas name them by their day.
    """
    known = {fact["id"]: fact for fact in facts}
    periods: dict[str, list[str]] = {}
    for fact in known.values():
        if fact["metric"] in _YEARS and str(fact.get("period", "")).startswith("FY"):
            seen = periods.setdefault(fact["entity"], [])
            if fact["period"] not in seen:
                seen.append(fact["period"])
    last = {entity: frozenset(sorted(found)[-_LAST_YEARS:]) for entity, found in periods.items()}
    kept = {id: fact for id, fact in known.items() if _is_compared(fact, last)}
    needed = {id for fact in kept.values() for id in fact.get("inputs", ()) if ".close@" not in id}
    return [fact for id, fact in known.items() if id in kept or id in needed]


def _is_compared(fact: dict[str, Any], last: dict[str, frozenset[str]]) -> bool:
    if fact["metric"] in _PRICES:
        # Of closes only the last one: dated ones come along where a formula needs them.
        return fact["metric"] != "close" or "@" not in fact["id"]
    if fact["metric"] not in _YEARS:
        return False
    period = str(fact.get("period", ""))
    return not period.startswith("FY") or period in last.get(fact["entity"], frozenset())
