"""When exchanges trade: calendars, half days, holidays, and weekdays where no calendar reaches."""

from __future__ import annotations

from datetime import datetime

import pytest

from graph.market.sessions import Sessions

NEW_YORK, SHANGHAI = "America/New_York", "Asia/Shanghai"


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    return Sessions()


@pytest.mark.parametrize(
    ("exchange", "moment", "open_", "last", "change"),
    [
        ("NMS", "2024-11-26T17:00", True, "2024-11-25", "2024-11-26T21:00"),
        ("NMS", "2024-11-26T21:30", False, "2024-11-26", "2024-11-27T14:30"),
        ("NYQ", "2024-11-28T17:00", False, "2024-11-27", "2024-11-29T14:30"),  # Thanksgiving
        ("NYQ", "2024-11-29T18:30", False, "2024-11-29", "2024-12-02T14:30"),  # a half day, closed at 18:00
        ("HKG", "2024-12-26T04:00", False, "2024-12-24", "2024-12-27T01:30"),  # Boxing Day
        ("SHH", "2024-10-03T03:00", False, "2024-09-30", "2024-10-08T01:30"),  # the national holiday
        ("CCC", "2024-12-28T12:00", True, "2024-12-27", "2024-12-29T00:00"),  # crypto on a Saturday
    ],
)
def test_calendars_know_holidays_and_half_days(
    sessions: Sessions, exchange: str, moment: str, open_: bool, last: str, change: str
) -> None:
    state = sessions.at(exchange, datetime.fromisoformat(f"{moment}+00:00"))
    assert (state.open, state.last, state.assumed) == (open_, last, False)
    assert state.change == datetime.fromisoformat(f"{change}+00:00")


def test_shanghai_after_its_recorded_year_falls_back_to_weekdays_and_says_so(sessions: Sessions) -> None:
    morning = datetime.fromisoformat("2034-10-03T03:00+00:00")  # a Tuesday of the national holiday
    state = sessions.at("SHH", morning, SHANGHAI)
    assert state.assumed
    assert (state.open, state.last) == (True, "2034-10-02")


@pytest.mark.parametrize("exchange", ["", "ZZZ", "MOON"])
def test_an_exchange_without_a_calendar_trades_on_weekdays(sessions: Sessions, exchange: str) -> None:
    friday = sessions.at(exchange, datetime.fromisoformat("2024-12-06T22:00+00:00"), NEW_YORK)
    assert (friday.open, friday.last, friday.assumed) == (False, "2024-12-06", True)
    assert friday.change == datetime.fromisoformat("2024-12-09T14:30+00:00")
    sunday = sessions.at(exchange, datetime.fromisoformat("2024-12-08T12:00+00:00"), NEW_YORK)
    assert (sunday.open, sunday.last) == (False, "2024-12-06")


@pytest.mark.parametrize(
    ("exchange", "as_of", "moment", "missing"),
    [
        ("NMS", "2024-11-25", "2024-11-26T17:00", 0),
        ("NMS", "2024-11-25", "2024-11-26T22:00", 1),
        ("NMS", "2024-11-26", "2024-12-02T12:00", 2),  # Thanksgiving between
        ("ZZZ", "2024-11-26", "2024-12-02T12:00", 3),
        ("NMS", "1990-01-02", "2024-12-02T12:00", 9108),  # before the calendar begins, weekdays count
        ("NMS", "2030-01-01", "2024-12-02T12:00", 0),
    ],
)
def test_missing_sessions_are_counted(
    sessions: Sessions, exchange: str, as_of: str, moment: str, missing: int
) -> None:
    now = datetime.fromisoformat(f"{moment}+00:00")
    assert sessions.missing(exchange, as_of, now, NEW_YORK) == missing
