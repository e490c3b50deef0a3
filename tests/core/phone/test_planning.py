"""When a callback may be: our hours and theirs, over nights, weekends and the nights on which clocks change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.hours import Hours, parse_hours
from agent_tui.core.phone.hours import hours_there
from agent_tui.core.phone.planning import SHORTEST_MS, Window, window

ALWAYS = Hours()
OFFICE = parse_hours(
    'time_zone = "Europe/Amsterdam"\n[week]\n'
    + "\n".join(f'{day} = ["08:30-17:30"]' for day in ("mon", "tue", "wed", "thu", "fri"))
)
NIGHT = parse_hours('time_zone = "Europe/Amsterdam"\n[week]\nsat = ["22:00-06:00"]\nsun = ["22:00-06:00"]')
AMSTERDAM = ("Europe/Amsterdam",)
MINUTE = 60_000


def at(text: str, zone: str = "Europe/Amsterdam", fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * 1000


def told(found: Window | None, zone: str = "Europe/Amsterdam") -> tuple[str, str] | None:
    if found is None:
        return None
    local = (datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)) for ms in (found.not_before_ms, found.not_after_ms))
    begin, end = (it.strftime("%a %d %H:%M") for it in local)
    return begin, end


@pytest.mark.parametrize(
    ("ours", "zones", "start", "expected"),
    [
        (OFFICE, AMSTERDAM, "2026-11-23T11:00", ("Mon 23 11:00", "Mon 23 17:30")),
        (OFFICE, AMSTERDAM, "2026-11-23T08:00", ("Mon 23 09:00", "Mon 23 17:30")),
        (OFFICE, AMSTERDAM, "2026-11-23T17:28", ("Tue 24 09:00", "Tue 24 17:30")),
        (OFFICE, AMSTERDAM, "2026-11-27T18:00", ("Mon 30 09:00", "Mon 30 17:30")),
        (OFFICE, (), "2026-11-23T08:31", ("Mon 23 08:31", "Mon 23 17:30")),
        (OFFICE, ("America/New_York",), "2026-11-23T09:00", ("Mon 23 15:00", "Mon 23 17:30")),
        (OFFICE, ("Asia/Tokyo",), "2026-11-23T09:00", ("Mon 23 09:00", "Mon 23 14:00")),
        (ALWAYS, AMSTERDAM, "2026-12-24T20:00", ("Mon 28 09:00", "Mon 28 22:00")),
        (ALWAYS, (), "2026-11-23T23:00", ("Mon 23 23:00", "Tue 24 03:00")),
    ],
)
def test_the_first_window(ours: Hours, zones: tuple[str, ...], start: str, expected: tuple[str, str]) -> None:
    assert told(window(ours, zones, "NL", from_ms=at(start))) == expected


def test_the_night_on_which_an_hour_is_missing() -> None:
    """29 March 2026: 02:00 becomes 03:00."""
    found = window(NIGHT, (), "NL", from_ms=at("2026-03-28T23:00"))
    assert told(found) == ("Sat 28 23:00", "Sun 29 06:00")
    assert found is not None
    assert found.not_after_ms - found.not_before_ms == 6 * 60 * MINUTE, "six hours, not seven"
    assert told(window(OFFICE, AMSTERDAM, "NL", from_ms=at("2026-03-27T17:30"))) == ("Mon 30 09:00", "Mon 30 17:30")


def test_the_night_on_which_an_hour_comes_twice() -> None:
    """25 October 2026: 03:00 becomes 02:00."""
    found = window(NIGHT, (), "NL", from_ms=at("2026-10-25T02:30", fold=0))
    assert told(found) == ("Sun 25 02:30", "Sun 25 06:00")
    assert found is not None
    assert found.not_after_ms - found.not_before_ms == int(4.5 * 60) * MINUTE, "the hour is there twice"
    later = window(NIGHT, (), "NL", from_ms=at("2026-10-25T02:30", fold=1))
    assert later is not None
    assert later.not_before_ms - found.not_before_ms == 60 * MINUTE


def test_clocks_that_change_on_different_nights() -> None:
    """New York changes a week after Europe: for that week it is five hours and not six."""
    before = window(OFFICE, ("America/New_York",), "US", from_ms=at("2026-10-23T09:00"))
    between = window(OFFICE, ("America/New_York",), "US", from_ms=at("2026-10-28T09:00"))
    after = window(OFFICE, ("America/New_York",), "US", from_ms=at("2026-11-04T09:00"))
    begins = [told(found, "Europe/Amsterdam") for found in (before, between, after)]
    assert [it[0][-5:] for it in begins if it] == ["14:00", "13:00", "14:00"]


def test_a_window_that_was_asked_for_is_cut_to_hours_or_refused() -> None:
    asked = at("2026-11-23T16:00")
    assert told(window(OFFICE, (), "NL", from_ms=asked, until_ms=at("2026-11-23T20:00"))) == (
        "Mon 23 16:00",
        "Mon 23 17:30",
    )
    assert window(OFFICE, (), "NL", from_ms=at("2026-11-23T18:00"), until_ms=at("2026-11-23T20:00")) is None
    never = parse_hours('time_zone = "UTC"\n[week]\n')
    assert window(never, (), "NL", from_ms=asked) is None


@given(
    start=st.integers(at("2026-01-01T00:00") // MINUTE, at("2027-01-01T00:00") // MINUTE),
    zone=st.sampled_from(["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns"]),
)
def test_a_window_is_inside_all_hours_and_never_before_it_was_asked_for(start: int, zone: str) -> None:
    found = window(OFFICE, (zone,), "NL", from_ms=start * MINUTE)
    if found is None:
        return
    theirs = hours_there(zone, "NL", start * MINUTE)
    assert found.not_before_ms >= start * MINUTE
    assert found.not_after_ms - found.not_before_ms >= SHORTEST_MS
    for moment in (found.not_before_ms, (found.not_before_ms + found.not_after_ms) // 2, found.not_after_ms - 1):
        assert OFFICE.is_open(moment)
        assert theirs.is_open(moment)


def test_where_no_hours_end_it_a_window_is_one_to_wait_in_and_a_named_one_is_kept() -> None:
    now = 1_795_348_800_000
    assert window(ALWAYS, (), "NL", from_ms=now) == Window(now, now + 4 * 3_600_000)
    assert window(ALWAYS, (), "NL", from_ms=now, until_ms=now + 9 * 3_600_000) == Window(now, now + 9 * 3_600_000)
