"""Which time is replayed: what people mean by it, in their zone; odd words get a sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent_tui.core.monitor.periods import PeriodError, last_hour, this_shift, typed, yesterday

ZONE = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


NOW = at("2026-11-27 15:03")
NIGHT = (at("2026-11-26 17:30"), at("2026-11-27 09:00"))
LUNCH = (at("2026-11-27 12:30"), at("2026-11-27 13:00"))


def test_the_last_hour_and_yesterday() -> None:
    assert last_hour(NOW)[:2] == (at("2026-11-27 14:03"), NOW)
    assert yesterday(NOW, ZONE)[:2] == (at("2026-11-26 00:00"), at("2026-11-27 00:00"))


@pytest.mark.parametrize(
    ("now", "closed", "begins"),
    [
        ("2026-11-27 15:03", (NIGHT, LUNCH), "2026-11-27 09:00"),
        ("2026-11-27 08:00", (NIGHT, LUNCH), "2026-11-27 00:00"),
        ("2026-11-27 15:03", (LUNCH,), "2026-11-27 00:00"),
        ("2026-11-27 15:03", (), "2026-11-27 00:00"),
    ],
    ids=["since the opening", "before it", "open over midnight", "always open"],
)
def test_a_shift_began_with_todays_opening_or_with_the_day(
    now: str, closed: tuple[tuple[int, int], ...], begins: str
) -> None:
    assert this_shift(at(now), ZONE, closed)[:2] == (at(begins), at(now))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("09:00-11:30", "2026-11-27 09:00", "2026-11-27 11:30"),
        ("  9:00 – 11:30 ", "2026-11-27 09:00", "2026-11-27 11:30"),
        ("2026-11-26 09:00-12:00", "2026-11-26 09:00", "2026-11-26 12:00"),
        ("2026-11-26 22:00-02:00", "2026-11-26 22:00", "2026-11-27 02:00"),
        ("14:00-23:00", "2026-11-27 14:00", "2026-11-27 15:03"),
        ("2026-10-25 00:00-06:00", "2026-10-25 00:00", "2026-10-25 06:00"),
        ("2026-02-01 10:00-10:00", "2026-02-01 10:00", "2026-02-02 10:00"),
    ],
)
def test_a_time_that_is_typed(text: str, since: str, until: str) -> None:
    assert typed(text, NOW, ZONE)[:2] == (at(since), at(until))


@pytest.mark.parametrize(
    "text", ["", "yesterday", "9-11", "09:00", "09:00-", "09:00-11:30 please", "26-11-2026 09:00-10:00"]
)
def test_what_is_no_time_is_told_how_to_type_one(text: str) -> None:
    with pytest.raises(PeriodError, match="Type it like 09:00-11:30"):
        typed(text, NOW, ZONE)


@pytest.mark.parametrize("text", ["25:00-26:00", "09:70-10:00", "2026-02-30 09:00-10:00", "0000-01-01 09:00-10:00"])
def test_days_and_times_that_there_are_not(text: str) -> None:
    with pytest.raises(PeriodError, match="no such day or time"):
        typed(text, NOW, ZONE)


@pytest.mark.parametrize("text", ["16:00-17:00", "15:03-16:00", "2027-01-01 09:00-10:00", "9999-12-31 23:00-01:00"])
def test_what_has_not_happened_yet_is_said(text: str) -> None:
    with pytest.raises(PeriodError, match="not happened yet"):
        typed(text, NOW, ZONE)


def test_a_year_before_all_chats_is_said() -> None:
    with pytest.raises(PeriodError, match="no chats in that year"):
        typed("0001-01-01 09:00-10:00", NOW, ZONE)
