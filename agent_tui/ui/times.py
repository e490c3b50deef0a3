"""Times a person would choose, on the clock they live by."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

MORNING_HOUR = 9


class Until(NamedTuple):
    """One choice."""

    key: str
    words: str
    until_ms: int
    when: str


def snooze_choices(now_ms: int, zone: tzinfo | None) -> tuple[Until, ...]:
    """Until when a chat can be put away: an hour, some hours, tomorrow morning, Monday morning."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone)
    tomorrow = _morning(now + timedelta(days=1))
    monday = _morning(now + timedelta(days=7 - now.weekday()))
    choices = (
        ("m", "15 minutes", now + timedelta(minutes=15)),
        ("h", "an hour", now + timedelta(hours=1)),
        ("3", "three hours", now + timedelta(hours=3)),
        ("z", "tomorrow morning", tomorrow),
        ("w", "Monday morning", monday),
    )
    return tuple(Until(key, words, int(at.timestamp() * 1000), f"{at:%a %H:%M}") for key, words, at in choices)


def _morning(day: datetime) -> datetime:
    return day.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
