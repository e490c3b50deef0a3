"""The newest durable events for staff, encoded once, shared by all staff readers, each with its own place in it."""

from collections import deque
from typing import NamedTuple

from agent_tui.desk.masks import masked_json
from agent_tui.protocol.frames import join_events

_FRAME_BYTES = 48 * 1024


class StaffEvent(NamedTuple):
    """One durable event for staff."""

    id: int
    data: bytes
    only_for: str = ""
    """The account whose own sessions alone get it; empty: all staff."""


class Batch(NamedTuple):
    """What a reader takes at once."""

    frame: bytes
    """Empty when nothing in the batch is for this reader."""
    place: int
    last_id: int


class StaffLog:
    """A window on the event stream: it begins where the slowest connected staff reader is.

    Places count events since the desk's start. `bytes_behind` grows with what a reader has not taken, so that one
    memory serves all readers and each is still measured by itself.
    """

    def __init__(self) -> None:
        self._events: deque[StaffEvent] = deque()
        self._weights: deque[int] = deque()
        """Bytes published up to and including the event at the same index."""
        self._first = 0
        self._published_bytes = 0
        self._joined: dict[int, tuple[tuple[bytes, ...], int, int]] = {}

    @property
    def end(self) -> int:
        """The place after the newest event."""
        return self._first + len(self._events)

    @property
    def held(self) -> int:
        """How many events are kept in memory."""
        return len(self._events)

    def append(self, event: StaffEvent) -> None:
        """Add the newest event."""
        self._events.append(event)
        self._published_bytes += len(event.data)
        self._weights.append(self._published_bytes)
        self._joined.clear()

    def trim(self, place: int) -> None:
        """Forget what lies before `place`."""
        while self._first < place and self._events:
            self._events.popleft()
            self._weights.popleft()
            self._first += 1
        self._joined.clear()

    def bytes_behind(self, place: int) -> int:
        """Bytes of events from `place` to the end."""
        index = place - self._first
        if index >= len(self._events):
            return 0
        return self._published_bytes - self._weights[index] + len(self._events[index].data)

    def take(self, place: int, account: str, prev: str, *, masked: bool = False) -> Batch:
        """The next frame for a reader at `place`, who last was given the cursor `prev`."""
        events, after, last_id, all_shared = self._slice(place)
        mine = [event.data for event in events if not event.only_for or event.only_for == account]
        if masked and mine:
            return Batch(join_events([masked_json(data) for data in mine], prev, str(last_id)), after, last_id)
        if not mine:
            return Batch(b"", after, last_id)
        if all_shared and len(events) > 1:
            # all staff readers at this place get the same bytes between the cursors
            if place not in self._joined:
                self._joined[place] = ((b",".join(mine),), after, last_id)
            return Batch(join_events(self._joined[place][0], prev, str(last_id)), after, last_id)
        return Batch(join_events(mine, prev, str(last_id)), after, last_id)

    def _slice(self, place: int) -> tuple[list[StaffEvent], int, int, bool]:
        events: list[StaffEvent] = []
        size = 0
        all_shared = True
        for index in range(place - self._first, len(self._events)):
            event = self._events[index]
            size += len(event.data)
            if events and size > _FRAME_BYTES:
                break
            events.append(event)
            all_shared = all_shared and not event.only_for
        return events, place + len(events), events[-1].id, all_shared
