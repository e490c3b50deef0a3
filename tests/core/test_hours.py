"""Opening hours: open or not, when that changes, and how much of a time we were open."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.core.hours import Hours, HoursError, parse_hours

SHOP = """
time_zone = "Europe/Amsterdam"
[week]
mon = ["09:00-12:30", "13:00-17:30"]
tue = ["09:00-17:30"]
wed = ["09:00-24:00"]
thu = ["00:00-17:30"]
fri = ["22:00-02:00"]
[[holiday]]
date = 2026-12-28
[[holiday]]
date = 2026-12-29
hours = ["10:00-12:00"]
"""
HOUR = 3_600_000


def ms(text: str, zone: str = "Europe/Amsterdam") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "is_open", "changes"),
    [
        ("2026-11-23T08:59", False, "2026-11-23T09:00"),
        ("2026-11-23T09:00", True, "2026-11-23T12:30"),
        ("2026-11-23T12:30", False, "2026-11-23T13:00"),
        ("2026-11-23T17:30", False, "2026-11-24T09:00"),
        ("2026-11-25T23:59", True, "2026-11-26T17:30"),
        ("2026-11-27T23:00", True, "2026-11-28T02:00"),
        ("2026-11-28T01:00", True, "2026-11-28T02:00"),
        ("2026-11-28T02:00", False, "2026-11-30T09:00"),
        ("2026-12-28T10:00", False, "2026-12-29T10:00"),
        ("2026-12-29T11:00", True, "2026-12-29T12:00"),
    ],
)
def test_open_and_when_that_changes(at: str, is_open: bool, changes: str) -> None:
    hours = parse_hours(SHOP)
    assert hours.is_open(ms(at)) is is_open
    assert hours.next_change(ms(at)) == ms(changes)


def test_clocks_count_open_time_only() -> None:
    hours = parse_hours(SHOP)
    assert hours.open_ms_between(ms("2026-11-23T12:00"), ms("2026-11-23T14:00")) == int(1.5 * HOUR)
    assert hours.open_ms_between(ms("2026-11-23T00:00"), ms("2026-11-24T00:00")) == 8 * HOUR
    assert hours.open_ms_between(ms("2026-11-24T12:00"), ms("2026-11-23T12:00")) == 0


def test_hours_follow_the_clock_on_the_wall_when_summer_time_ends() -> None:
    hours = parse_hours('time_zone = "Europe/Amsterdam"\n[week]\nsun = ["00:00-24:00"]')
    assert hours.open_ms_between(ms("2026-10-25T00:00"), ms("2026-10-26T00:00")) == 25 * HOUR
    assert hours.open_ms_between(ms("2026-03-29T00:00"), ms("2026-03-30T00:00")) == 23 * HOUR


def test_an_empty_file_is_always_open() -> None:
    hours = parse_hours("")
    assert hours == Hours()
    assert hours.is_open(0)
    assert hours.next_change(0) is None
    assert hours.open_ms_between(10, 30) == 20


def test_a_week_that_is_always_closed_never_changes() -> None:
    hours = parse_hours('time_zone = "UTC"')
    assert not hours.is_open(0)
    assert hours.next_change(0) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("week = ", "not TOML"),
        ('time_zone = "Europe/Amsterdam"\nopening = 1', "`opening`"),
        ("[week]\nmon = []", "time_zone"),
        ('time_zone = "Mars/Olympus"', "Mars/Olympus"),
        ('time_zone = "../etc/passwd"', "time zone"),
        ('time_zone = "UTC"\n[week]\nmonday = []', "`monday`"),
        ('time_zone = "UTC"\n[week]\nmon = "09:00-17:00"', "a list"),
        ('time_zone = "UTC"\n[week]\nmon = ["9-5"]', "'9-5'"),
        ('time_zone = "UTC"\n[week]\nmon = ["09:00-25:00"]', "25:00"),
        ('time_zone = "UTC"\n[week]\nmon = ["09:00-12:00", "11:00-13:00"]', "overlap"),
        ('time_zone = "UTC"\n[[holiday]]\ndate = "2026-12-25"', "date"),
        ('time_zone = "UTC"\nweek = 3', "table"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(HoursError, match=says):
        parse_hours(text)


@settings(deadline=None, max_examples=50)
@given(st.integers(ms("2026-01-01T00:00"), ms("2027-01-01T00:00")))
def test_open_state_turns_at_each_change(at: int) -> None:
    hours = parse_hours(SHOP)
    changes = hours.next_change(at)
    assert changes is not None
    assert hours.is_open(at) == hours.is_open(changes - 1) != hours.is_open(changes)
    assert hours.open_ms_between(at, changes) == (changes - at if hours.is_open(at) else 0)


@given(st.integers(0, 40 * 24), st.integers(0, 14 * 24))
def test_closed_stretches_are_what_open_time_leaves_out(after: int, length: int) -> None:
    hours, start = parse_hours(SHOP), ms("2026-11-20T05:30") + after * HOUR
    end = start + length * HOUR
    closed = hours.closed_between(start, end)
    assert all(start <= since < until <= end for since, until in closed)
    assert list(closed) == sorted(closed)
    assert sum(until - since for since, until in closed) == end - start - hours.open_ms_between(start, end)


def test_who_is_always_open_is_never_closed() -> None:
    assert Hours().closed_between(0, 10 * HOUR) == ()
