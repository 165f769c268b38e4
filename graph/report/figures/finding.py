"""What was found out about one figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.units import clash, matches, shown
from graph.report.model import FigureStatus


@dataclass(frozen=True)
class Finding:
    """A decision on one figure; `known` are the facts it rests on."""

    status: FigureStatus
    rule: str
    expected: str | None = None
    ids: tuple[str, ...] = ()
    note: str = ""
    formula: str | None = None
    as_of: str | None = None
    known: tuple[Known, ...] = ()


TRUNCATED = "cut off rather than rounded"


def weigh_facts(
    number: Number,
    known: Sequence[Known],
    side: int,
    rule: str,
    *,
    turned: bool = False,
    unsigned: bool = False,
    either: bool = False,
) -> Finding | None:
    """Compare the figure with facts: supported by one, contradicted when there is exactly one, else None."""
    for item in known:
        value = -item.value if turned else item.value
        if clash(number, item.fact.unit, item.fact.currency):
            continue
        fit = matches(
            number, value, side, unsigned=unsigned, either=either or (turned and number.sign == "-")
        )
        if not fit and turned and number.sign == "-" and item.value < 0:
            fit = matches(number, item.value, side)
        if fit:
            note = TRUNCATED if fit == "truncated" else ""
            return Finding(
                "supported", rule, ids=(item.fact.id,), note=note, as_of=item.fact.as_of, known=(item,)
            )
    told = [item for item in known if not clash(number, item.fact.unit, None)] or list(known)
    if len({item.value for item in told}) != 1:
        return None
    return _against(number, told[0], turned, side)


def _against(number: Number, item: Known, turned: bool, side: int) -> Finding:
    """Say in what the figure differs from the one fact that it should show."""
    value = -item.value if turned else item.value
    fault = clash(number, item.fact.unit, item.fact.currency)
    if not fault:
        fault_name = _fault(number, value)
    elif fault == "unit":
        fault_name = f"unit: it is in {item.fact.unit}"
    else:
        fault_name = f"currency: it is in {item.fact.currency}"
    note = f"{item.fact.label}{f' ({item.fact.period})' if item.fact.period else ''}: {fault_name}"
    return Finding(
        "contradicted",
        "named fact",
        expected=shown(value),
        ids=(item.fact.id,),
        note=note,
        as_of=item.fact.as_of,
        known=(item,),
    )


def _fault(number: Number, value: Decimal) -> str:
    """Name the difference of two amounts in one unit."""
    if matches(number, abs(value), 0, either=True) or matches(number, value, 0, either=True):
        return "the sign or direction is wrong"
    if number.value == 0 or value == 0 or not _is_power(value / number.value):
        return "the value is wrong"
    for power in (-12, -9, -8, -6, -4, -3, -2, 2, 3, 4, 6, 8, 9, 12):
        if matches(number, abs(value).scaleb(power), 0, either=True):
            return "the scale is wrong"
    return "the value is wrong"


def _is_power(ratio: Decimal) -> bool:
    """Tell whether a ratio is near a power of ten, so that the scale alone may be wrong."""
    first = abs(ratio).scaleb(-ratio.adjusted()) if ratio.is_finite() else Decimal(5)
    return first < Decimal("1.06") or first > Decimal("9.4")


def weigh_derived(
    number: Number, derived: Iterable[Derived], side: int, *, unsigned: bool = False
) -> Finding | None:
    """Compare the figure with computed values: derived by one, contradicted when there is exactly one."""
    results = list(derived)
    for item in results:
        if clash(number, item.unit, item.currency):
            continue
        fit = matches(number, item.value, side, unsigned=unsigned)
        if fit:
            return Finding(
                "derived",
                item.rule,
                ids=item.ids,
                formula=item.formula,
                note=TRUNCATED if fit == "truncated" else "",
            )
    distinct = {(shown(item.value, number.ulp if number.scale == 0 else None), item.unit) for item in results}
    if len(distinct) != 1:
        return None
    item = results[0]
    if clash(number, item.unit, item.currency):
        return Finding(
            "contradicted",
            item.rule,
            expected=None,
            ids=item.ids,
            formula=item.formula,
            note=f"unit: it is in {item.unit}",
        )
    note = f"{item.rule}: {_fault(number, item.value)}"
    return Finding(
        "contradicted",
        item.rule,
        expected=shown(item.value, number.ulp),
        ids=item.ids,
        formula=item.formula,
        note=note,
    )
