"""Opening hours: one file for widget, clocks, phone and reports.

```toml
time_zone = "Europe/Amsterdam"

[week]
mon = ["09:00-12:30", "13:00-17:30"]
fri = ["09:00-17:00"]
sat = ["22:00-02:00"]               # into Sunday

[[holiday]]
date = 2026-12-25
name = "Christmas"
hours = []                          # or other hours for that day
```
A day that isn't named is closed. An empty file means that the desk is always open.
"""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KNOWN: Final = {"time_zone", "week", "holiday"}
_DAY_MINUTES: Final = 24 * 60
_LOOK_AHEAD_DAYS: Final = 370
_SECOND: Final = 1000

Span = tuple[int, int]
"""Minutes since local midnight, from and until; more than 1,440 reaches into the next day."""


class HoursError(Exception):
    """The text does not say when we are open; the message says what is wrong with it."""


class Hours(Struct, frozen=True):
    """When we are open. Made with `parse_hours`."""

    time_zone: str = "UTC"
    week: tuple[tuple[Span, ...], ...] = ()
    """Monday to Sunday; empty: always open."""
    holidays: tuple[tuple[date, tuple[Span, ...]], ...] = ()

    @property
    def always(self) -> bool:
        """No hours were given."""
        return not self.week

    def is_open(self, at: int) -> bool:
        """Whether we are open at this time (ms since the epoch)."""
        return self.always or any(start <= at < end for start, end in self._spans(at, at))

    def next_change(self, at: int) -> int | None:
        """When we next open or close after this time (ms); None where that is never, or a year away."""
        if self.always:
            return None
        for start, end in self._spans(at, at + _LOOK_AHEAD_DAYS * _DAY_MINUTES * 60 * _SECOND):
            if start > at:
                return start
            if end > at:
                return end
        return None

    def open_ms_between(self, start: int, end: int) -> int:
        """How long we were open from `start` to `end` (ms): what the clocks count."""
        if end <= start:
            return 0
        if self.always:
            return end - start
        return sum(max(0, min(end, until) - max(start, since)) for since, until in self._spans(start, end))

    def closed_between(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The stretches (from, until; ms) between `start` and `end` in which we are closed, in order."""
        if self.always or end <= start:
            return ()
        closed = []
        at = start
        for since, until in self._spans(start, end):
            if since > at:
                closed.append((at, min(since, end)))
            at = max(at, until)
            if at >= end:
                break
        if at < end:
            closed.append((at, end))
        return tuple(closed)

    def _spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Open times from the day before `start` to the day after `end`, in order, those that touch joined."""
        zone = ZoneInfo(self.time_zone)
        exceptions = dict(self.holidays)
        day = datetime.fromtimestamp(start / _SECOND, zone).date() - timedelta(days=1)
        last = datetime.fromtimestamp(end / _SECOND, zone).date() + timedelta(days=1)
        held: tuple[int, int] | None = None
        while day <= last:
            for span in exceptions.get(day, self.week[day.weekday()]):
                since, until = (_at(day, minutes, zone) for minutes in span)
                if held is not None and since <= held[1]:
                    held = held[0], max(held[1], until)
                    continue
                if held is not None:
                    yield held
                held = since, until
            day += timedelta(days=1)
        if held is not None:
            yield held


def _at(day: date, minutes: int, zone: ZoneInfo) -> int:
    days, rest = divmod(minutes, _DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), datetime.min.time(), zone) + timedelta(minutes=rest)
    return int(local.astimezone(UTC).timestamp()) * _SECOND


def parse_hours(text: str) -> Hours:
    """Hours from their TOML text. Raises `HoursError`."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HoursError(f"The opening hours are not TOML: {error}.") from None
    if not found:
        return Hours()
    unknown = sorted(found.keys() - _KNOWN)
    if unknown:
        raise HoursError(
            f"The opening hours have an unknown key `{unknown[0]}`; known are {', '.join(sorted(_KNOWN))}."
        )
    week = found.get("week", {})
    holidays = found.get("holiday", [])
    if not isinstance(week, dict) or not isinstance(holidays, list):
        raise HoursError("In the opening hours `[week]` is a table and `[[holiday]]` a list of tables.")
    strange = sorted(week.keys() - set(DAYS))
    if strange:
        raise HoursError(f"The opening hours name a day `{strange[0]}`; days are {', '.join(DAYS)}.")
    return Hours(
        _time_zone(found.get("time_zone")),
        tuple(_spans_of(week.get(day, []), day) for day in DAYS),
        tuple(_holiday(holiday) for holiday in holidays),
    )


def _time_zone(name: Any) -> str:
    if not isinstance(name, str):
        raise HoursError('The opening hours need a `time_zone`, such as "Europe/Amsterdam".')
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HoursError(
            f"The opening hours name an unknown time zone {name!r}; write one like Europe/Amsterdam."
        ) from None
    return name


def _holiday(found: Any) -> tuple[date, tuple[Span, ...]]:
    day = found.get("date") if isinstance(found, dict) else None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise HoursError("Each `[[holiday]]` of the opening hours needs a `date`, such as 2026-12-25 without quotes.")
    return day, _spans_of(found.get("hours", []), day.isoformat())


def _spans_of(found: Any, day: str) -> tuple[Span, ...]:
    if not isinstance(found, list):
        raise HoursError(f'The opening hours of {day} are a list, such as ["09:00-17:30"].')
    spans = sorted(_span(text, day) for text in found)
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise HoursError(f"The opening hours of {day} overlap.")
    return tuple(spans)


def _span(text: Any, day: str) -> Span:
    try:
        start, end = (_minutes(part) for part in str(text).split("-"))
    except ValueError:
        raise HoursError(f'The opening hours of {day} have {text!r}; write them like "09:00-17:30".') from None
    return start, end if end > start else end + _DAY_MINUTES


def _minutes(clock: str) -> int:
    hours, minutes = clock.strip().split(":")
    if len(minutes) != 2 or not 0 <= int(minutes) < 60 or not 0 <= int(hours) * 60 + int(minutes) <= _DAY_MINUTES:
        raise ValueError(clock)
    return int(hours) * 60 + int(minutes)
