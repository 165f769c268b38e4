"""When exchanges trade: the state of a session, the last closed one, and until when data stays fresh.

`exchange_calendars` is imported at the first question, in the caller's worker thread. Where it has no
calendar for an exchange, or the calendar's recorded years are over (`XSHG` is published year by year),
weekdays stand in for sessions and the answer is flagged as assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

#: Calendar by an exchange's code as Yahoo gives it.
CALENDARS = {
    "NMS": "XNYS", "NGM": "XNYS", "NCM": "XNYS", "NYQ": "XNYS", "PCX": "XNYS", "ASE": "XNYS", "BTS": "XNYS",
    "SNP": "XNYS", "NIM": "XNYS", "DJI": "XNYS", "HKG": "XHKG", "SHH": "XSHG", "SHZ": "XSHG", "JPX": "XTKS",
    "OSA": "XTKS", "LSE": "XLON", "GER": "XETR", "FRA": "XFRA", "PAR": "XPAR", "AMS": "XAMS", "BRU": "XBRU",
    "MIL": "XMIL", "MCE": "XMAD", "EBS": "XSWX", "STO": "XSTO", "TOR": "XTSE", "KSC": "XKRX", "KOE": "XKRX",
    "TAI": "XTAI", "ASX": "XASX", "NSI": "XBOM", "BSE": "XBOM", "SES": "XSES", "SAO": "BVMF", "CCC": "24/7",
}  # fmt: skip


@dataclass(frozen=True)
class SessionState:
    """The state of an exchange at one moment, all times in UTC.

    `last` is the ISO date of the last session that has closed; `change` is when the state will change next.
    `assumed` says that weekdays stand in for a calendar.
    """

    open: bool
    last: str
    change: datetime
    assumed: bool = False


class Sessions:
    """Knows the calendars; blocking, for the first look at an exchange imports and builds its calendar."""

    def __init__(self) -> None:
        self._calendars: dict[str, Any] = {}

    def at(self, exchange: str, now: datetime, timezone: str = "UTC") -> SessionState:
        """Tell the state of an exchange; `timezone` places the weekdays where there is no calendar."""
        calendar = self._calendar(CALENDARS.get(exchange, ""))
        if calendar is not None and now + timedelta(days=10) < _end(calendar):
            return _recorded(calendar, now)
        return _weekdays(now, timezone)

    def missing(self, exchange: str, as_of: str, now: datetime, timezone: str = "UTC") -> int:
        """Count the sessions that have closed since the one that data ends with; 0 when none is missing."""
        state = self.at(exchange, now, timezone)
        if as_of >= state.last:
            return 0
        calendar = self._calendar(CALENDARS.get(exchange, ""))
        first, last = date.fromisoformat(as_of) + timedelta(days=1), date.fromisoformat(state.last)
        if calendar is not None and not state.assumed and first >= calendar.first_session.date():
            return len(calendar.sessions_in_range(first.isoformat(), last.isoformat()))
        return sum((first + timedelta(days=i)).weekday() < 5 for i in range((last - first).days + 1))

    def _calendar(self, name: str) -> Any | None:
        if not name:
            return None
        if name not in self._calendars:
            import exchange_calendars
            from exchange_calendars.errors import InvalidCalendarName

            try:
                self._calendars[name] = exchange_calendars.get_calendar(name)
            except InvalidCalendarName:
                self._calendars[name] = None
        return self._calendars[name]


def _end(calendar: Any) -> datetime:
    return datetime.combine(calendar.last_session.date(), time(), UTC) + timedelta(days=1)


def _recorded(calendar: Any, now: datetime) -> SessionState:
    import pandas

    minute = pandas.Timestamp(now).floor("min")
    is_open = bool(calendar.is_open_on_minute(minute))
    change = calendar.next_close(minute) if is_open else calendar.next_open(minute)
    closed = calendar.previous_close(minute)
    session = calendar.minute_to_past_session(closed) if calendar.name != "24/7" else closed.normalize()
    if calendar.name == "24/7":
        # A market that never closes: a day is over at midnight UTC.
        session = minute.normalize() - pandas.Timedelta(days=1)
    return SessionState(is_open, session.date().isoformat(), change.to_pydatetime())


def _weekdays(now: datetime, timezone: str) -> SessionState:
    """Take every weekday from 9:30 to 16:00 local time for a session."""
    local = now.astimezone(ZoneInfo(timezone))
    opens, closes = time(9, 30), time(16, 0)
    today = local.date()
    is_open = today.weekday() < 5 and opens <= local.time() < closes
    last = today if today.weekday() < 5 and local.time() >= closes else today - timedelta(days=1)
    while last.weekday() >= 5:
        last -= timedelta(days=1)
    if is_open:
        change = datetime.combine(today, closes, local.tzinfo)
    else:
        day = today if local.time() < opens else today + timedelta(days=1)
        while day.weekday() >= 5:
            day += timedelta(days=1)
        change = datetime.combine(day, opens, local.tzinfo)
    return SessionState(is_open, last.isoformat(), change.astimezone(UTC), assumed=True)
