"""Whether it is an hour at which a customer may be called: by their clock, not ours, and never by the number alone.

Their zone is what their browser says, else their profile, else the zones of the number; where there are several it has
to be a good hour in all of them. The tables are for calls nobody asked for; who asked in this chat a moment ago may be
called at any hour.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from agent_tui.core.hours import Hours, Span
from agent_tui.model.call import Basis, BasisKind, Number

ASKED_WITHIN_MS: Final = 30 * 60_000
"""Who asked to be called this short a time ago may be called outside the hours too."""

_UNKNOWN_ZONE: Final = "Etc/Unknown"
_ROUNDS: Final = 100
_DAY: Final = timedelta(days=1)


class Hour(StrEnum):
    """Where the customer's hour lies."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    """Nobody knows where they are: ask."""


class May(StrEnum):
    """What follows from the hour."""

    GO = "go"
    GO_WITH_NOTE = "go with a note"
    """Outside the hours, but they asked for it just now."""
    ASK = "ask"
    SCHEDULE = "schedule"
    """A callback at `opens_ms`; only an admin can overrule it."""


class CallingHours(Struct, frozen=True):
    """When a region's people may be called without having asked."""

    week: tuple[tuple[Span, ...], ...]
    """Monday to Sunday, minutes since midnight."""
    closed_on_holidays: bool = False
    evenings: tuple[tuple[int, int, int], ...] = ()
    """Month, day, and the minute at which that day ends early."""


_EVERY_DAY: Final = (((8 * 60, 21 * 60),),) * 7
DEFAULT_HOURS: Final = CallingHours(_EVERY_DAY)
"""47 CFR 64.1200(c)(1): 8:00 to 21:00 at the called party's place; also where a region has no table."""

HOURS_BY_REGION: Final[dict[str, CallingHours]] = {
    # Code Telemarketing: weekdays 9-22, Saturdays 10-16, not on Sundays and holidays; shorter on three evenings.
    "NL": CallingHours(
        (*(((9 * 60, 22 * 60),),) * 5, ((10 * 60, 16 * 60),), ()),
        closed_on_holidays=True,
        evenings=((5, 4, 18 * 60 + 30), (12, 5, 18 * 60 + 30), (12, 24, 18 * 60 + 30)),
    ),
    "US": DEFAULT_HOURS,
}


class Clock(Struct, frozen=True):
    """The customer's hour."""

    hour: Hour
    zones: tuple[str, ...] = ()
    opens_ms: int | None = None
    """When it is next a good hour in all of the zones; now, where it is one."""


def zones_of(browser: str, profile: str, number: Number | None) -> tuple[str, ...]:
    """The zones the customer may be in, by the first source that knows one; none where nobody does."""
    for said in (browser, profile):
        if said != _UNKNOWN_ZONE and _is_zone(said):
            return (said,)
    return _zones_of_number(number) if number is not None else ()


def clock(zones: Sequence[str], region: str, at_ms: int) -> Clock:
    """How late it is for somebody in one of these zones, with the table of `region`."""
    if not zones:
        return Clock(Hour.UNKNOWN)
    opens = open_in_all([hours_there(zone, region, at_ms) for zone in zones], at_ms)
    return Clock(Hour.INSIDE if opens == at_ms else Hour.OUTSIDE, tuple(zones), opens)


def may_call(hour: Hour, basis: Basis | None, at_ms: int) -> May:
    """Whether the hour allows the call."""
    if hour is Hour.INSIDE:
        return May.GO
    if hour is Hour.UNKNOWN:
        return May.GO if _just_asked(basis, at_ms) else May.ASK
    return May.GO_WITH_NOTE if _just_asked(basis, at_ms) else May.SCHEDULE


def local_times(zones: Sequence[str], at_ms: int) -> tuple[str, ...]:
    """What the clocks there show (`22:40`), earliest first, each once."""
    at = datetime.fromtimestamp(at_ms / 1_000, UTC)
    return tuple(dict.fromkeys(local.strftime("%H:%M") for local in sorted(_naive(at, zone) for zone in zones)))


def holidays(region: str, year: int) -> tuple[date, ...]:
    """Public holidays of a region whose table is closed on them (NL: Algemene termijnenwet, art. 3)."""
    if region != "NL":
        return ()
    easter = _easter(year)
    king = date(year, 4, 27)
    return (
        date(year, 1, 1),
        easter,
        easter + _DAY,
        king - _DAY if king.weekday() == 6 else king,
        date(year, 5, 5),
        easter + 39 * _DAY,
        easter + 49 * _DAY,
        easter + 50 * _DAY,
        date(year, 12, 25),
        date(year, 12, 26),
    )


def _just_asked(basis: Basis | None, at_ms: int) -> bool:
    """What an agent says of it is no request of the customer's own."""
    if basis is None or basis.at_ms is None or basis.kind is BasisKind.AGENT_SAYS:
        return False
    return 0 <= at_ms - basis.at_ms <= ASKED_WITHIN_MS


def hours_there(zone: str, region: str, at_ms: int) -> Hours:
    """The hours for people of `region` by the clock of `zone`, from this year on."""
    table = HOURS_BY_REGION.get(region, DEFAULT_HOURS)
    year = datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(zone)).year
    exceptions: dict[date, tuple[Span, ...]] = {}
    for each in (year, year + 1):
        for month, day, until in table.evenings:
            spans = table.week[date(each, month, day).weekday()]
            exceptions[date(each, month, day)] = tuple((since, min(end, until)) for since, end in spans)
        if table.closed_on_holidays:
            exceptions.update(dict.fromkeys(holidays(region, each), ()))
    return Hours(zone, table.week, tuple(exceptions.items()))


def open_in_all(hours: Sequence[Hours], at_ms: int) -> int | None:
    """The first moment from `at_ms` on at which all are open; None where there is none in sight."""
    at = at_ms
    for _ in range(_ROUNDS):
        closed = next((each for each in hours if not each.is_open(at)), None)
        if closed is None:
            return at
        opens = closed.next_change(at)
        if opens is None:
            return None
        at = opens
    return None


def _is_zone(name: str) -> bool:
    """Also a foreign string: `ZoneInfo` takes no path that leaves its folder."""
    if not name:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _zones_of_number(number: Number) -> tuple[str, ...]:
    timezone = import_module("phonenumbers.timezone")
    parsed = import_module("phonenumbers").parse(number.e164)
    return tuple(zone for zone in timezone.time_zones_for_number(parsed) if zone != _UNKNOWN_ZONE and _is_zone(zone))


def _naive(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _easter(year: int) -> date:
    """Western Easter Sunday (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * el) // 433
    month = (h + el - 7 * m + 90) // 25
    day = (h + el - 7 * m + 33 * month + 19) % 32
    return date(year, month, day)
