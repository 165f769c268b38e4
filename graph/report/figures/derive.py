"""Values that follow from facts which belong together, each with its formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from graph.report.figures.book import Book, Known
from graph.report.figures.period import Period

HUNDRED = Decimal(100)
ONE = Decimal(1)

# (name of the ratio): numerator, denominator, factor; several where people define it in several ways.
RATIOS: dict[str, tuple[tuple[str, str, Decimal], ...]] = {
    "gross_margin": (("gross_profit", "revenue", HUNDRED),),
    "operating_margin": (("operating_income", "revenue", HUNDRED),),
    "net_margin": (("net_income", "revenue", HUNDRED),),
    "fcf_margin": (("free_cash_flow", "revenue", HUNDRED),),
    "fcf_yield": (("free_cash_flow", "market_cap", HUNDRED),),
    "atr_pct": (("atr_14", "close", HUNDRED),),
    "pe": (("close", "eps_diluted", ONE), ("market_cap", "net_income", ONE)),
    "ps": (("market_cap", "revenue", ONE),),
    "volume_ratio": (("volume", "volume_avg_20", ONE),),
}
DIFFERENCES = {"net_debt": ("debt", "cash"), "macd_histogram": ("macd", "macd_signal")}
PRODUCTS = {"market_cap": ("close", "shares_diluted")}
GAPS = {
    "vs_sma_50": ("close", "sma_50"),
    "vs_sma_200": ("close", "sma_200"),
    "from_high_52w": ("close", "high_52w"),
    "from_low_52w": ("close", "low_52w"),
    "return_1d": ("close", "previous_close"),
}
GROWTHS = {"revenue": "revenue_growth", "net_income": "net_income_growth", "eps_diluted": "eps_growth"}
GROWTH_OF = {growth: metric for metric, growth in GROWTHS.items()}
_MARKET = frozenset({"close", "market_cap", "sma_50", "sma_200", "high_52w", "low_52w"})


@dataclass(frozen=True)
class Derived:
    """A computed value, the unit it comes in, how it came about and from which facts."""

    value: Decimal
    unit: str
    formula: str
    ids: tuple[str, ...]
    rule: str
    currency: str | None = None


def plain(value: Decimal) -> str:
    """Write a value plainly."""
    return format(value.normalize(), "f") if abs(value.adjusted()) < 40 else str(value)


def change(old: Known, new: Known, unit: str) -> Derived | None:
    """Give the change from `old` to `new` in the unit in which it is told; None where it has none."""
    a, b = old.value, new.value
    if a < 0 and b < 0:
        # Costs and losses filed as negative grow with their size.
        a, b = -a, -b
    ids = (new.fact.id, old.fact.id)
    percents = old.fact.unit == "percent"
    unit = "pp" if unit == "points" and percents else unit
    told = f"{plain(b)} - {plain(a)}"
    if unit == "percent":
        if a <= 0:
            return None
        return Derived((b - a) / a * HUNDRED, "percent", f"({told}) / {plain(a)}", ids, "percent change")
    if unit in ("pp", "bps"):
        if not percents:
            return None
        return Derived(
            (b - a) * (HUNDRED if unit == "bps" else 1), unit, told, ids, "difference of percentages"
        )
    if unit == "multiple" and old.fact.unit != "multiple":
        return Derived(b / a, "multiple", f"{plain(b)} / {plain(a)}", ids, "ratio") if a > 0 else None
    return Derived(b - a, old.fact.unit, told, ids, "difference", new.fact.currency) if not percents else None


def cagr(old: Known, new: Known, years: int) -> Derived | None:
    """Give the compound annual growth between two values, in percent."""
    if years < 1 or old.value <= 0 or new.value <= 0:
        return None
    value = ((new.value / old.value) ** (Decimal(1) / years) - 1) * HUNDRED
    formula = f"({plain(new.value)} / {plain(old.value)})^(1/{years}) - 1"
    return Derived(value, "percent", formula, (new.fact.id, old.fact.id), "CAGR")


def _sizes(known: Sequence[Known]) -> list[Decimal]:
    """Give values to be joined: costs and payments that are all filed as negative by their size."""
    values = [item.value for item in known]
    return [-value for value in values] if all(value <= 0 for value in values) else values


def mean(known: Sequence[Known]) -> Derived:
    """Give the mean of the values of several periods."""
    values = _sizes(known)
    formula = f"({' + '.join(map(plain, values))}) / {len(values)}"
    return Derived(
        sum(values, Decimal(0)) / len(values),
        known[0].fact.unit,
        formula,
        tuple(k.fact.id for k in known),
        "mean",
        known[0].fact.currency,
    )


def total(known: Sequence[Known]) -> Derived:
    """Give the sum of the values of several periods."""
    values = _sizes(known)
    return Derived(
        sum(values, Decimal(0)),
        known[0].fact.unit,
        " + ".join(map(plain, values)),
        tuple(k.fact.id for k in known),
        "sum",
        known[0].fact.currency,
    )


def gap(a: Known, b: Known, unit: str) -> Derived | None:
    """Give how much the larger of two values exceeds the smaller, in their own unit or in points."""
    percents = a.fact.unit == "percent"
    if percents != (unit in ("pp", "bps", "points")):
        return None
    size = abs(abs(a.value) - abs(b.value)) * (HUNDRED if unit == "bps" else 1)
    told = f"{plain(max(abs(a.value), abs(b.value)))} - {plain(min(abs(a.value), abs(b.value)))}"
    name = ("bps" if unit == "bps" else "pp") if percents else a.fact.unit
    return Derived(size, name, told, (a.fact.id, b.fact.id), "difference", a.fact.currency)


def share(part: Known, whole: Known, rule: str = "ratio", factor: Decimal = HUNDRED) -> Derived | None:
    """Give the ratio of two values, in percent unless another factor is given."""
    if whole.value == 0:
        return None
    unit = "percent" if factor == HUNDRED else "multiple"
    formula = f"{plain(part.value)} / {plain(whole.value)}"
    value = part.value / whole.value
    value = abs(value) if part.key.startswith("label:") else value
    return Derived(value * factor, unit, formula, (part.fact.id, whole.fact.id), rule)


def distance(subject: Known, level: Known, percent: bool) -> Derived | None:
    """Give how far a price lies from a level, in percent of the level or as an amount."""
    a, b = subject.value, level.value
    ids = (subject.fact.id, level.fact.id)
    told = f"{plain(a)} - {plain(b)}"
    if not percent:
        return Derived(a - b, "price", told, ids, "distance to a level", level.fact.currency)
    return (
        Derived((a - b) / b * HUNDRED, "percent", f"({told}) / {plain(b)}", ids, "distance to a level")
        if b > 0
        else None
    )


def named(book: Book, key: str, entities: tuple[str, ...], period: Period | None) -> list[Derived]:
    """Compute a metric that is defined by others, from facts of the same entity and period."""
    found: list[Derived | None] = []
    for top, bottom, factor in RATIOS.get(key, ()):
        found += [share(a, b, "ratio", factor) for a, b in _operands(book, top, bottom, entities, period)]
    if key in DIFFERENCES:
        found += [_difference(a, b) for a, b in _operands(book, *DIFFERENCES[key], entities, period)]
    if key in PRODUCTS:
        found += [_product(a, b) for a, b in _operands(book, *PRODUCTS[key], entities, period)]
    if key in GAPS:
        found += [distance(a, b, True) for a, b in _operands(book, *GAPS[key], entities, None)]
    if key in GROWTH_OF:
        line = book.line(GROWTH_OF[key], entities)
        found += [change(old, new, "percent") for old, new in year_pairs(line, period)]
    if key.startswith("fib_"):
        found += _retracement(book, key, entities)
    return [item for item in found if item is not None]


def _operands(
    book: Book, first: str, second: str, entities: tuple[str, ...], period: Period | None
) -> list[tuple[Known, Known]]:
    """Pair the facts of two metrics: same entity, same period, the latest where none is named."""
    tops, bottoms = book.line(first, entities), book.line(second, entities)
    if period is not None:
        tops = [item for item in tops if first in _MARKET or item.of(period)]
        bottoms = [item for item in bottoms if second in _MARKET or item.of(period)]
    tops, bottoms = book.latest(tops), book.latest(bottoms)
    mixed = (first in _MARKET) != (second in _MARKET)
    return [
        (a, b)
        for a in tops
        for b in bottoms
        if a.fact.entity == b.fact.entity and (mixed or first in _MARKET or a.period == b.period)
    ]


def year_pairs(line: Sequence[Known], period: Period | None) -> list[tuple[Known, Known]]:
    """Pair each fact of the period, or of the last one, with that of a year earlier."""
    current = [item for item in line if item.period is not None and (period is None or item.of(period))]
    if period is None and current:
        last = max(item.order() for item in current)
        current = [item for item in current if item.order() == last]
    return [
        (old, new)
        for new in current
        for old in line
        if new.period is not None and old.period == new.period.back() and old.fact.entity == new.fact.entity
    ]


def _difference(a: Known, b: Known) -> Derived:
    return Derived(
        a.value - b.value,
        a.fact.unit,
        f"{plain(a.value)} - {plain(b.value)}",
        (a.fact.id, b.fact.id),
        "difference",
        a.fact.currency,
    )


def _product(a: Known, b: Known) -> Derived:
    return Derived(
        a.value * b.value,
        "money",
        f"{plain(a.value)} * {plain(b.value)}",
        (a.fact.id, b.fact.id),
        "product",
        a.fact.currency,
    )


def _retracement(book: Book, key: str, entities: tuple[str, ...]) -> list[Derived | None]:
    """Compute a Fibonacci level of the named swing, downwards from its high or upwards from its low."""
    part = Decimal(key.removeprefix("fib_")) / HUNDRED
    found: list[Derived | None] = []
    for high, low in _operands(book, "swing_high", "swing_low", entities, None):
        down = high.order() < low.order()
        start, sign = (low.value, 1) if down else (high.value, -1)
        value = start + sign * part * (high.value - low.value)
        told = f"{plain(high.value)} - {plain(low.value)}"
        formula = f"{plain(start)} {sign:+d} * {plain(part)} * ({told})"
        found.append(
            Derived(value, "price", formula, (high.fact.id, low.fact.id), "retracement", high.fact.currency)
        )
    return found
