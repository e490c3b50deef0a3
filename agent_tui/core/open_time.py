"""Open time between any two moments of a stretch, quickly: a report asks for it a hundred thousand times."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from agent_tui.core.hours import Hours

DAY_MS: Final = 24 * 3_600_000

OpenMs = Callable[[int, int], int]
"""How long we were open between two times (ms)."""


def open_time(hours: Hours, start: int, end: int) -> OpenMs:
    """The same as `hours.open_ms_between`, worked out once for everything between `start` and `end` (ms).

    Before and after that stretch nothing is known: time there does not count, except where we never close.
    """
    if hours.always:
        return lambda since, until: max(0, until - since)
    begins: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    total = 0
    at = start
    for closed_from, closed_until in [*hours.closed_between(start, end), (end, end)]:
        if closed_from > at:
            begins.append(at)
            ends.append(closed_from)
            before.append(total)
            total += closed_from - at
        at = max(at, closed_until)

    def passed(moment: int) -> int:
        """Open time from `start` until then."""
        place = bisect_right(begins, moment) - 1
        return 0 if place < 0 else before[place] + min(moment, ends[place]) - begins[place]

    return lambda since, until: max(0, passed(until) - passed(since))
