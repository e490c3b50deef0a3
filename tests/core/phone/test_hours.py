"""The customer's hour: their zone, their region's table, holidays, and the nights on which clocks change."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent_tui.core.phone.hours import (
    ASKED_WITHIN_MS,
    Hour,
    May,
    clock,
    holidays,
    local_times,
    may_call,
    zones_of,
)
from agent_tui.model.call import Basis, BasisKind, Number

AMSTERDAM = ("Europe/Amsterdam",)


def at(text: str, zone: str = "Europe/Amsterdam", fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("browser", "profile", "number", "zones"),
    [
        ("Europe/Brussels", "America/New_York", "+31612345678", ("Europe/Brussels",)),
        ("", "America/New_York", "+31612345678", ("America/New_York",)),
        ("", "", "+31612345678", AMSTERDAM),
        ("Etc/Unknown", "", "+31612345678", AMSTERDAM),
        ("Mars/Olympus", "", "+31612345678", AMSTERDAM),
        ("../../../etc/passwd", "", "+31612345678", AMSTERDAM),
        ("Europe/Amsterdam\x1b[2J", "", "", ()),
        ("", "", "+881612345678", ()),
        ("", "", "", ()),
    ],
)
def test_whose_word_on_the_zone_is_taken(browser: str, profile: str, number: str, zones: tuple[str, ...]) -> None:
    assert zones_of(browser, profile, Number(number) if number else None) == zones


def test_a_number_may_have_many_zones() -> None:
    assert len(zones_of("", "", Number("+18005550134"))) > 30
    assert len(zones_of("", "", Number("+61412345678"))) > 5


@pytest.mark.parametrize(
    ("when", "hour"),
    [
        ("2026-11-27T09:00", Hour.INSIDE),
        ("2026-11-27T08:59", Hour.OUTSIDE),
        ("2026-11-27T21:59", Hour.INSIDE),
        ("2026-11-27T22:00", Hour.OUTSIDE),
        ("2026-11-28T10:00", Hour.INSIDE),
        ("2026-11-28T16:00", Hour.OUTSIDE),
        ("2026-11-29T12:00", Hour.OUTSIDE),
        ("2026-05-04T18:29", Hour.INSIDE),
        ("2026-05-04T18:30", Hour.OUTSIDE),
        ("2026-12-24T19:00", Hour.OUTSIDE),
        ("2026-12-05T15:59", Hour.INSIDE),
        ("2026-12-05T16:00", Hour.OUTSIDE),
        ("2028-12-05T19:00", Hour.OUTSIDE),
        ("2026-12-25T12:00", Hour.OUTSIDE),
        ("2026-04-06T12:00", Hour.OUTSIDE),
        ("2026-04-27T12:00", Hour.OUTSIDE),
        ("2026-05-05T12:00", Hour.OUTSIDE),
    ],
)
def test_the_dutch_table(when: str, hour: Hour) -> None:
    assert clock(AMSTERDAM, "NL", at(when)).hour is hour


@pytest.mark.parametrize(
    ("when", "hour"),
    [
        ("2026-11-29T08:00", Hour.INSIDE),
        ("2026-11-29T07:59", Hour.OUTSIDE),
        ("2026-11-29T20:59", Hour.INSIDE),
        ("2026-11-29T21:00", Hour.OUTSIDE),
    ],
)
@pytest.mark.parametrize("region", ["US", "DE", ""])
def test_the_default_table(when: str, hour: Hour, region: str) -> None:
    assert clock(("America/Chicago",), region, at(when, "America/Chicago")).hour is hour


def test_it_has_to_be_a_good_hour_in_all_zones() -> None:
    coasts = ("America/New_York", "America/Los_Angeles")
    assert clock(coasts, "US", at("2026-11-27T10:59", coasts[0])).hour is Hour.OUTSIDE
    morning = clock(coasts, "US", at("2026-11-27T08:00", coasts[0]))
    assert morning.opens_ms == at("2026-11-27T08:00", coasts[1])
    assert clock(coasts, "US", at("2026-11-27T11:00", coasts[0])).hour is Hour.INSIDE
    assert clock(coasts, "US", at("2026-11-27T20:59", coasts[0])).hour is Hour.INSIDE


def test_nobody_knows_where_they_are() -> None:
    assert clock((), "NL", at("2026-11-27T12:00")).hour is Hour.UNKNOWN


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-11-27T22:40", "2026-11-28T10:00"),
        ("2026-11-28T16:00", "2026-11-30T09:00"),
        ("2026-12-24T18:30", "2026-12-28T09:00"),
        ("2026-12-31T23:00", "2027-01-02T10:00"),
        ("2026-11-27T12:00", "2026-11-27T12:00"),
    ],
)
def test_when_it_is_next_a_good_hour(when: str, opens: str) -> None:
    assert clock(AMSTERDAM, "NL", at(when)).opens_ms == at(opens)


def test_the_nights_on_which_clocks_change() -> None:
    # Clocks go forward on Sunday 29 March 2026, back on Sunday 25 October 2026: Monday begins at nine by the new time.
    for evening, opens in (("2026-03-28T23:00", "2026-03-30T09:00"), ("2026-10-24T23:00", "2026-10-26T09:00")):
        assert clock(AMSTERDAM, "NL", at(evening)).opens_ms == at(opens)
    new_york = "America/New_York"
    # 2:30 does not exist on 8 March 2026 and comes twice on 1 November 2026.
    for twice in (0, 1):
        assert clock((new_york,), "US", at("2026-11-01T01:30", new_york, twice)).opens_ms == at(
            "2026-11-01T08:00", new_york
        )
    night = at("2026-03-08T01:59", new_york)
    assert clock((new_york,), "US", night).opens_ms == at("2026-03-08T08:00", new_york)
    assert at("2026-03-08T08:00", new_york) - night == (5 * 60 + 1) * 60_000
    assert clock((new_york,), "US", at("2026-03-08T20:59", new_york)).hour is Hour.INSIDE
    assert clock((new_york,), "US", at("2026-03-08T21:00", new_york)).hour is Hour.OUTSIDE


NOW = at("2026-11-27T23:00")


@pytest.mark.parametrize(
    ("hour", "basis", "may"),
    [
        (Hour.INSIDE, None, May.GO),
        (Hour.OUTSIDE, None, May.SCHEDULE),
        (Hour.OUTSIDE, Basis(BasisKind.CUSTOMER_REQUEST, "881", NOW - ASKED_WITHIN_MS), May.GO_WITH_NOTE),
        (Hour.OUTSIDE, Basis(BasisKind.CUSTOMER_AGREED, "881", NOW), May.GO_WITH_NOTE),
        (Hour.OUTSIDE, Basis(BasisKind.CUSTOMER_REQUEST, "881", NOW - ASKED_WITHIN_MS - 1), May.SCHEDULE),
        (Hour.OUTSIDE, Basis(BasisKind.CUSTOMER_REQUEST, "881", NOW + 1), May.SCHEDULE),
        (Hour.OUTSIDE, Basis(BasisKind.CUSTOMER_REQUEST, "881"), May.SCHEDULE),
        (Hour.OUTSIDE, Basis(BasisKind.AGENT_SAYS, "", NOW), May.SCHEDULE),
        (Hour.UNKNOWN, None, May.ASK),
        (Hour.UNKNOWN, Basis(BasisKind.CUSTOMER_REQUEST, "881", NOW), May.GO),
    ],
)
def test_what_follows_from_the_hour(hour: Hour, basis: Basis | None, may: May) -> None:
    assert may_call(hour, basis, NOW) is may


def test_the_holidays_that_move() -> None:
    assert date(2025, 4, 26) in holidays("NL", 2025)  # the King's birthday was on a Sunday
    assert {date(2024, 3, 31), date(2024, 4, 1), date(2024, 5, 9), date(2024, 5, 19), date(2024, 5, 20)} <= set(
        holidays("NL", 2024)
    )
    assert holidays("US", 2026) == ()


def test_what_their_clocks_show() -> None:
    coasts = ("America/New_York", "America/Los_Angeles", "America/Toronto")
    assert local_times(coasts, at("2026-11-27T12:05", coasts[0])) == ("09:05", "12:05")
