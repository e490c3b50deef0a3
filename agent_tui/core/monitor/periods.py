"""Which time is replayed: the last hour, this shift, yesterday, or one that was typed. Pure; times are milliseconds."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

HOUR_MS: Final = 3_600_000
_FIRST_YEAR: Final = 1971
"""Times are counted from the year before."""
_NOT_YET: Final = "That has not happened yet. Choose a beginning that is over."
EXAMPLES: Final = "09:00-11:30, or 2026-11-26 09:00-12:00"
_TYPED: Final = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})\s+)?(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")

Stretches = tuple[tuple[int, int], ...]
"""When we are closed, in order."""


class PeriodError(Exception):
    """No time can be made of what was typed; the message says why, and what would do."""


class Period(NamedTuple):
    """From `since_ms`, before `until_ms`."""

    since_ms: int
    until_ms: int
    name: str
    """As the screen calls it."""


def last_hour(now_ms: int) -> Period:
    """The hour until now."""
    return Period(now_ms - HOUR_MS, now_ms, "the last hour")


def this_shift(now_ms: int, zone: tzinfo | None, closed: Stretches) -> Period:
    """Since today's opening; since the day began where we never close or have not opened yet."""
    midnight = _begin(_day(now_ms, zone), zone)
    opened = next((until for since, until in closed if since <= midnight < until <= now_ms), midnight)
    return Period(opened, now_ms, "this shift")


def yesterday(now_ms: int, zone: tzinfo | None) -> Period:
    """The whole day before this one."""
    today = _day(now_ms, zone)
    return Period(_begin(today - timedelta(days=1), zone), _begin(today, zone), "yesterday")


def typed(text: str, now_ms: int, zone: tzinfo | None) -> Period:
    """`09:00-11:30` of today, or `2026-11-26 09:00-12:00`; an end before the beginning is on the next day.

    What has not happened yet is left out. Raises `PeriodError`.
    """
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        raise PeriodError(f"Type it like {EXAMPLES}.")
    year, month, day, *clock = (int(part) if part else 0 for part in found.groups())
    today = _day(now_ms, zone)
    try:
        begins = date(year, month, day) if found[1] else today
        since, until = time(clock[0], clock[1]), time(clock[2], clock[3])
    except ValueError:
        raise PeriodError(f"There is no such day or time. Type it like {EXAMPLES}.") from None
    if begins.year < _FIRST_YEAR:
        raise PeriodError("There were no chats in that year. Choose a later one.")
    if begins > today:
        raise PeriodError(_NOT_YET)
    ends = begins if since < until else begins + timedelta(days=1)
    since_ms, until_ms = _at(begins, since, zone), _at(ends, until, zone)
    if since_ms >= now_ms:
        raise PeriodError(_NOT_YET)
    written = f"{begins:%a} {begins.day} {begins:%b}" if begins != today else "today"
    return Period(since_ms, min(until_ms, now_ms), written)


def _day(at_ms: int, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date()


def _begin(day: date, zone: tzinfo | None) -> int:
    return _at(day, time(0, 0), zone)


def _at(day: date, clock: time, zone: tzinfo | None) -> int:
    local = datetime.combine(day, clock, zone) if zone is not None else datetime.combine(day, clock).astimezone()
    return round(local.timestamp() * 1000)
