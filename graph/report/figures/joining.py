"""Ways in which facts of one row, or of one period, come to another value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph.report.figures import derive
from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.interval import fits


def changes(old: Known, new: Known, number: Number) -> Iterator[Derived]:
    """Give the change between two facts, in the unit in which it is told."""
    if old.fact.entity != new.fact.entity or old.fact.unit != new.fact.unit:
        return
    unit = number.unit or ("money" if number.currency or number.scale else "")
    unit = "pp" if unit == "points" else unit
    change = derive.change(old, new, unit)
    if change is not None and not told_as_points(old, new, number):
        yield change


def told_as_points(old: Known, new: Known, number: Number) -> bool:
    """Tell whether a figure in percent shows what is a difference of two percentages."""
    rates = number.unit == "percent" and old.fact.unit == new.fact.unit == "percent"
    return rates and bool(fits(number, new.value - old.value))


def joined(known: Sequence[Known], mean: bool, added: bool) -> Iterator[Derived]:
    """Give the mean or the sum of facts, costs by their size where they stand beside receipts."""
    signs = {item.value < 0 for item in known}
    for told in (known, [unsigned(item) for item in known]) if len(signs) > 1 else (known,):
        if mean:
            yield derive.mean(told)
        elif added:
            yield derive.total(told)


def summed(lines: Sequence[Sequence[Known]]) -> list[Known]:
    """Add rows of one unit up, period by period, for what their sum comes to over time or against others."""
    found: list[Known] = []
    for first in lines[0]:
        held = [
            next((item for item in line if item.period == first.period and item.column == first.column), None)
            for line in lines[1:]
        ]
        parts = [first, *(item for item in held if item is not None)]
        if len(parts) < len(lines) or any(item.fact.unit != first.fact.unit for item in parts):
            continue
        total = derive.total(parts)
        fact = replace(first.fact, id="|".join(total.ids), value=total.value)
        found.append(replace(first, fact=fact, key="joint"))
    return found


def unsigned(known: Known) -> Known:
    """Take a cost or payment that is filed as negative by its size."""
    return replace(known, fact=replace(known.fact, value=abs(known.value)))


def ratios(top: Known, bottom: Known, number: Number) -> Iterator[Derived]:
    """Give the ratio of two facts, in percent where it is told so."""
    factor = derive.HUNDRED if number.unit == "percent" else derive.ONE
    ratio = derive.share(top, bottom, "ratio", factor)
    if ratio is not None:
        yield ratio


def comparable(a: Known, b: Known) -> bool:
    """Tell whether two facts are of one entity and one time, as far as they say."""
    if a.fact.entity != b.fact.entity or a is b:
        return False
    if a.period is not None and b.period is not None and {a.period.kind, b.period.kind} & {"day", "prior"}:
        return "prior" in (a.period.kind, b.period.kind) or a.period.year == b.period.year
    return a.period is None or b.period is None or a.period.agrees(b.period) or a.period == b.period


def remainder(part: Known, whole: Known, unit: str) -> Iterator[Derived]:
    """Give what a part leaves of a whole, as an amount or in percent."""
    value, told = whole.value - part.value, f"{whole.value:f} - {part.value:f}"
    ids = (whole.fact.id, part.fact.id)
    if unit == "percent" and whole.fact.unit != "percent":
        if whole.value:
            yield Derived(
                value / whole.value * 100, "percent", f"({told}) / {whole.value:f}", ids, "remainder"
            )
        return
    yield Derived(value, whole.fact.unit, told, ids, "remainder", whole.fact.currency)


def alike(a: Known, b: Known) -> bool:
    """Tell whether two facts are of periods that may be compared: years, or days, or quarters."""
    if a.period is None or b.period is None:
        return True
    kinds = {a.period.kind, b.period.kind}
    if kinds == {"span"}:
        return a.period.part // 100 == b.period.part // 100
    return len(kinds) == 1 or kinds <= {"day", "month", "year"}
