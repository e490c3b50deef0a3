"""When a callback may be: at a good hour for us and for the customer, by both clocks, through clock changes."""

from collections.abc import Sequence

from msgspec import Struct

from agent_tui.core.hours import Hours
from agent_tui.core.phone.hours import hours_there, open_in_all

SHORTEST_MS = 5 * 60_000
"""A window shorter than this is none: what is left of a day moves to the next."""
_LONGEST_MS = 4 * 3_600_000
"""Where no hours end it and nobody named an end: so long somebody can be told to wait for a call."""


class Window(Struct, frozen=True):
    """From when until when."""

    not_before_ms: int
    not_after_ms: int


def window(
    ours: Hours, zones: Sequence[str], region: str, *, from_ms: int, until_ms: int | None = None
) -> Window | None:
    """The first window from `from_ms` on; it ends where hours end, or at `until_ms`. None: there is none before that.

    `zones`: where the customer may be, none where nobody knows. A window that they named themselves is theirs: then
    pass no zones, and only our own hours count.
    """
    hours = [ours, *(hours_there(zone, region, from_ms) for zone in zones)]
    start = from_ms
    while True:
        opens = open_in_all(hours, start)
        if opens is None or (until_ms is not None and opens >= until_ms):
            return None
        ends = [end for each in hours if not each.always and (end := each.next_change(opens)) is not None]
        closes = min(ends, default=until_ms or opens + _LONGEST_MS)
        if closes - opens >= SHORTEST_MS or (until_ms is not None and until_ms - opens < SHORTEST_MS):
            return Window(opens, closes if until_ms is None else min(closes, until_ms))
        start = closes
