"""The entries of one conversation as a transcript holds them: taken over from the state, laid out, measured."""

import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.cache import LRUCache

from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.words import EntryKind
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.heights import Heights
from agent_tui.ui.widgets.transcript_rows import Row, Scene
from agent_tui.ui.widgets.transcript_source import TranscriptSource

_RECENT: Final = 512
"""Entries at the end that are compared at every change: what is replaced in place is replaced there."""
_ESTIMATE: Final = 2
_MEASURED_AT_ONCE: Final = 16
_BETWEEN_LOOKS_AT_THE_CLOCK: Final = 16


@dataclass(slots=True, eq=False)
class Laid:
    """The rows of one entry as laid out last, and what they were made from."""

    entry: Entry
    signature: tuple[object, ...]
    rows: list[Row]
    lead: int
    """Rows before its words: day, "new", author."""


def _key(entry: Entry) -> OrderKey:
    return entry.key


class HeldEntries:
    """Entries, their heights at the present width, and the rows of those that were painted last.

    `laid` is shared between conversations. Heights are estimates until an entry comes near the screen or its turn in
    `measure_on` comes.
    """

    def __init__(self, source: TranscriptSource, calendar: Calendar, laid: LRUCache[object, Laid]) -> None:
        self.source = source
        self.ref: ConversationRef = source.ref
        self.scene = Scene(calendar, 80, None, START, None, None, 0)
        self.entries: list[Entry] = []
        self.heights = Heights()
        self.first_shown = 0
        """The entry at the top of the screen."""
        self.base = 0
        """Rows that came above the screen since it was first shown: selections count from there."""
        self._laid = laid
        self._frame: dict[int, Laid] = {}
        """What was laid out since `new_frame`."""
        self._unmeasured: tuple[int, int] | None = None
        """The entries next to be measured, upward and downward; None before measuring began."""

    # -- taking over ----------------------------------------------------------------------------------------------

    def reconcile(self) -> int:
        """Take over what the engine changed. Returns how many entries of others came at the end."""
        self.new_frame()
        now, held = self.source.transcript.entries, len(self.entries)
        if not held:
            return self._start_over(now) if now else 0
        first, there = self.source.transcript.place(self.entries[0].key)
        last = first + held - 1
        if not there or last >= len(now) or now[last].key != self.entries[-1].key:
            return self._start_over(now)
        if first:
            self._prepend(now[:first])
        recent = max(0, last + 1 - _RECENT)
        # Compared by identity first, in C: nearly always all the same.
        if now[recent : last + 1] != self.entries[recent:]:
            for index in range(recent, last + 1):
                self._take_replaced(now, index)
        return self._append(now[last + 1 :]) if len(now) > last + 1 else 0

    def _append(self, entries: Sequence[Entry]) -> int:
        if self.entries[-1].key == self.scene.gap_after:
            self.heights.doubt(len(self.entries) - 1)
        self.entries += entries
        self.heights.append_estimates(len(entries), _ESTIMATE)
        if self._unmeasured is not None and len(self.entries) - self._unmeasured[1] <= _MEASURED_AT_ONCE:
            self.measure_on(_MEASURED_AT_ONCE * 100_000)
        return sum(map(self.is_news, entries))

    def _prepend(self, entries: Sequence[Entry]) -> None:
        self.entries[:0] = entries
        self.heights.prepend_estimates(len(entries), _ESTIMATE)
        self.heights.doubt(len(entries))
        self.base += len(entries) * _ESTIMATE
        self.first_shown += len(entries)
        if self._unmeasured is not None:
            up, down = self._unmeasured
            self._unmeasured = up + len(entries), down + len(entries)

    def _start_over(self, now: Sequence[Entry]) -> int:
        """Entries came in between, or these are others altogether: no height is known any more."""
        newest = self.entries[-1].key if self.entries else None
        self.entries = list(now)
        self.forget_heights()
        if newest is None:
            return 0
        return sum(entry.key > newest and self.is_news(entry) for entry in now[-_RECENT:])

    def _take_replaced(self, now: Sequence[Entry], index: int) -> None:
        """Take over the entry at `index` where it was replaced in place."""
        entry = self.entries[index]
        if index < len(now) and now[index] is not entry and now[index].key == entry.key:
            self.entries[index] = now[index]
            self.heights.doubt(index)

    def forget_heights(self) -> None:
        """All heights are estimates again: another width, other entries."""
        self.heights = Heights(len(self.entries), _ESTIMATE)
        self._unmeasured = None

    def is_news(self, entry: Entry) -> bool:
        """Whether somebody else wrote it."""
        return entry.kind is not EntryKind.SYSTEM and not self.scene.is_me(entry.author)

    def place(self, key: OrderKey) -> tuple[int, bool]:
        """Index of `key` among the entries, and whether it is there; else where it belongs."""
        index = bisect_left(self.entries, key, key=_key)
        return index, index < len(self.entries) and self.entries[index].key == key

    def index_of(self, key: OrderKey) -> int:
        """The entry with this key, else the next older one held; 0 where there is none."""
        index, there = self.place(key)
        return index if there else max(0, index - 1)

    # -- laying out -----------------------------------------------------------------------------------------------

    def new_frame(self) -> None:
        """Something rows depend on may have changed."""
        self._frame.clear()

    def laid(self, index: int) -> Laid:
        """The rows of an entry, laid out anew only when something they depend on changed."""
        held = self._frame.get(index)
        if held is not None:
            return held
        self._take_replaced(self.source.transcript.entries, index)
        entry = self.entries[index]
        before = self.entries[index - 1] if index else None
        scene = self.scene
        decor = scene.decor(before, entry)
        same_minute = before is not None and scene.calendar.minute(before.at_ms) == scene.calendar.minute(entry.at_ms)
        signature = (scene.width, decor, same_minute, scene.mark(entry), scene.me, scene.query, scene.today)
        found = self._laid.get((self.ref, entry.key))
        if found is None or found.entry is not entry or found.signature != signature:
            lead = (decor.day is not None) + decor.new + decor.header
            found = Laid(entry, signature, scene.rows(before, entry), lead)
            self._laid[(self.ref, entry.key)] = found
        self._measured(index, len(found.rows))
        self._frame[index] = found
        return found

    def rows_of(self, index: int) -> int:
        """The measured height of an entry."""
        if not self.heights.is_measured(index):
            before = self.entries[index - 1] if index else None
            self._measured(index, self.scene.height(before, self.entries[index]))
        return self.heights.of(index)

    def measure_on(self, budget_ns: int) -> bool:
        """Measure more entries, from the screen outward, for about so long. False once all are measured."""
        last = len(self.entries) - 1
        up, down = self._unmeasured or (min(self.first_shown, last), min(self.first_shown, last) + 1)
        until = time.perf_counter_ns() + budget_ns
        while (up >= 0 or down <= last) and time.perf_counter_ns() < until:
            for _ in range(_BETWEEN_LOOKS_AT_THE_CLOCK):
                if up >= 0:
                    self.rows_of(up)
                    up -= 1
                if down <= last:
                    self.rows_of(down)
                    down += 1
        self._unmeasured = up, down
        return up >= 0 or down <= last

    @property
    def all_measured(self) -> bool:
        """Nothing is left for `measure_on`."""
        up, down = self._unmeasured or (0, 0)
        return (up < 0 and down >= len(self.entries)) or not self.entries

    def _measured(self, index: int, rows: int) -> None:
        difference = self.heights.measured(index, rows)
        if difference and index < self.first_shown:
            self.base += difference
