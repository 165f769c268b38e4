"""A date or period, and which others agree with it."""

from __future__ import annotations

from typing import Literal, NamedTuple

# What turns the part of a period into the month in which it ends, times 100.
_IN_MONTHS = {"quarter": 300, "half": 600, "month": 100}
PeriodKind = Literal["day", "month", "quarter", "half", "span", "year", "range", "prior"]


class Period(NamedTuple):
    """A date or period; `part` is month·100+day, month, quarter or half, or the last year of a range.

    A year of 0 is an unnamed year. `prior` is "a year earlier", relative to the period beside it. A `span` is
    some months to a date, as in "nine months ended September 30, 2022": months·100 + month of its end, 0 if
    that is not said; a part of 0 is the year to date.
    """

    kind: PeriodKind
    year: int
    part: int = 0

    def back(self) -> Period:
        """Give the same period one year earlier."""
        return Period(self.kind, self.year - 1, self.part)

    def previous(self) -> Period | None:
        """Give the quarter or half before; None for what is neither."""
        if self.kind not in ("quarter", "half"):
            return None
        last = 4 if self.kind == "quarter" else 2
        return Period(self.kind, self.year - (self.part == 1), self.part - 1 or last)

    def order(self) -> tuple[int, int]:
        """Give a key that sorts periods in time."""
        if self.kind == "span":
            return self.year, (self.part % 100 or self.part // 100) * 100
        return self.year, 1300 if self.kind == "year" else self.part * _IN_MONTHS.get(self.kind, 1)

    def agrees(self, other: Period) -> bool:
        """Tell whether a figure said to be of this period may be one of `other`."""
        if self == other:
            return True
        if self.kind == "range":
            return other.kind == "year" and other.year in (self.year, self.part)
        if self.year and other.year and self.year != other.year:
            return False
        if "span" in (self.kind, other.kind):
            return _spans(self, other) if self.kind == "span" else _spans(other, self)
        if self.kind == other.kind:
            return not (self.year and other.year) and self.part == other.part
        if "year" in (self.kind, other.kind):
            return {self.kind, other.kind} <= {"year", "day", "month"}
        if {self.kind, other.kind} == {"day", "month"}:
            return _month(self) == _month(other)
        return False


_QUARTER = 3


def _spans(span: Period, other: Period) -> bool:
    """Tell whether some months to a date may be meant by another period of the same year."""
    for one, two in ((span, other), (other, span)):
        if one.kind == "span" and not one.part:
            # The year to date is of more than one quarter, where a table has both.
            return two.kind == "half" or (two.kind == "span" and two.part // 100 != _QUARTER)
    months, end = divmod(span.part, 100)
    if other.kind == "span":
        return months == other.part // 100 and (not end or not other.part % 100 or end == other.part % 100)
    if other.kind in ("quarter", "half"):
        return months == (3 if other.kind == "quarter" else 6)
    return other.kind == "year" or not end or end == _month(other)


def _month(period: Period) -> int:
    return period.part // 100 if period.kind == "day" else period.part
