"""Days and times of day as a transcript names them, in one time zone."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

_DAY_MS: Final = 86_400_000
# All zones in use change and differ by multiples of a quarter of an hour.
_QUARTER_MS: Final = 900_000
_EPOCH: Final = date(1970, 1, 1)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEK: Final = 7
_LAST_MS: Final = 253_402_214_400_000
"""Late on the last day but one that `datetime` knows: a foreign clock may say anything."""


class Calendar:
    """Local days and times; the zone is asked once for each quarter of an hour met."""

    def __init__(self, zone: tzinfo | None) -> None:
        """`zone` None: the machine's own."""
        self._zone = zone
        self._offsets: dict[int, int] = {}

    def day(self, at_ms: int) -> int:
        """The local day, counted from 1970-01-01."""
        return self._local(at_ms) // _DAY_MS

    def minute(self, at_ms: int) -> int:
        """The local minute, counted from 1970-01-01: two times that read alike have the same."""
        return self._local(at_ms) // 60_000

    def clock(self, at_ms: int) -> str:
        """The local time of day, `14:28`."""
        minutes = self._local(at_ms) % _DAY_MS // 60_000
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def moment(self, at_ms: int, from_ms: int) -> str:
        """A time as told at `from_ms`: the time of day, with the day where it is another one."""
        day = self.day(at_ms)
        if day == self.day(from_ms):
            return self.clock(at_ms)
        when = _EPOCH + timedelta(days=day)
        return f"{_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}, {self.clock(at_ms)}"

    def name(self, day: int, today: int) -> str:
        """A day as people say it: today, yesterday, the weekday within a week, then with its year."""
        if day == today:
            return "today"
        when = _EPOCH + timedelta(days=day)
        if day == today - 1:
            return f"yesterday, {_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}"
        words = f"{_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}"
        return words if 0 < today - day < _WEEK else f"{words} {when.year}"

    def _local(self, at_ms: int) -> int:
        at_ms = min(max(at_ms, _DAY_MS), _LAST_MS)
        quarter = at_ms // _QUARTER_MS
        offset = self._offsets.get(quarter)
        if offset is None:
            when = datetime.fromtimestamp(at_ms / 1000, self._zone or UTC).astimezone(self._zone)
            difference = when.utcoffset() or timedelta()
            offset = self._offsets[quarter] = int(difference.total_seconds()) * 1000
        return at_ms + offset
