"""Where one conversation stands on the screen: which message the top row belongs to, and what each row shows.

Pure of painting. A place is a message and one of its rows, never a row number: it survives a new width, older pages
put before it and a look at another conversation.
"""

from typing import Final

from textual.cache import LRUCache

from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, OrderKey
from agent_tui.model.people import Author
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.ports.events import TypingSeen
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.transcript_held import HeldEntries, Laid
from agent_tui.ui.widgets.transcript_rows import Row
from agent_tui.ui.widgets.transcript_source import TranscriptSource

HEAD: Final = -1
"""Item of the row above the oldest entry."""
NOTHING_THERE: Final = -2
"""Item of a row with nothing on it."""
_OLDER_WITHIN_SCREENS: Final = 2


class TranscriptView(HeldEntries):
    """One conversation's place on the screen. `settle` works out what each row of the screen shows."""

    def __init__(self, source: TranscriptSource, calendar: Calendar, laid: LRUCache[object, Laid]) -> None:
        super().__init__(source, calendar, laid)
        self.height = 0
        self.following = True
        self.anchor = START
        self.anchor_row = 0
        """Where the top of the screen is, in rows from the first row of the anchor's words."""
        self.top = 0
        """The row at the top of the screen; below 0 where the conversation does not fill it."""
        self.screen: list[tuple[int, int]] = []
        """For each row of the screen the item on it (an entry, HEAD, NOTHING_THERE or past the last entry: the tail)
        and which of its rows.
        """
        self.tail: list[Row] = []
        self.head = Row(())
        self.older_sentence = ""
        self.cursor: OrderKey | None = None
        self.new_below = 0
        self.seen = START
        """The newest entry that was painted."""
        self.told_read = START
        self.found: list[OrderKey] = []
        self._asked_before: OrderKey | None = None

    # -- coming and changing --------------------------------------------------------------------------------------

    def begin(self, source: TranscriptSource) -> None:
        """The conversation comes onto the screen: the "new" line stands before what was not read yet."""
        self.source = source
        self.take_changes()
        self.new_below = 0
        new = None
        if self.entries and self.entries[-1].key > source.read > START:
            index, there = self.place(source.read)
            new = next((entry.key for entry in self.entries[index + there :] if self.is_news(entry)), None)
        if new != self.scene.new_key:
            self._doubt_around(new, self.scene.new_key)
            self.scene = self.scene._replace(new_key=new)

    def take_changes(self) -> None:
        """Take over what the engine changed, and count what came below."""
        held = len(self.entries)
        newest = self.entries[-1].key if held else START
        gap = self.source.transcript.gap_after
        if gap != self.scene.gap_after:
            self._doubt_around(gap, self.scene.gap_after)
            self.scene = self.scene._replace(gap_after=gap)
        news = self.reconcile()
        if not self.following:
            self.new_below += news
        if self.scene.new_key is not None and self.entries:
            index, there = self.place(newest)
            if any(self.scene.is_me(entry.author) for entry in self.entries[index + there :]):
                self._doubt_around(self.scene.new_key)
                self.scene = self.scene._replace(new_key=None)

    def set_scene(self, width: int, height: int, today: int, query: str) -> None:
        """The size of the screen in cells, and what else rows depend on."""
        me = self.source.state.me
        if width != self.scene.width:
            self.forget_heights()
        self.new_frame()
        self.height = height
        self.scene = self.scene._replace(
            width=width, me=me.id if me else None, customer_seen=self.source.customer_seen, today=today, query=query
        )

    def _doubt_around(self, *keys: OrderKey | None) -> None:
        """Lines come or go at these entries: their heights and those after them are to be measured again."""
        for key in keys:
            if key is not None:
                index, there = self.place(key)
                for changed in range(index, min(index + 2, len(self.entries)) if there else index):
                    self.heights.doubt(changed)
        self.new_frame()

    # -- settling -------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Work out `top` and `screen` from the place, the size and what is held."""
        self.new_frame()
        self._lay_edges()
        if not self.following:
            self._settle_at_anchor()
        if self.following:
            missing, index = self.height - len(self.tail), len(self.entries)
            while index > 0 and missing > 0:
                index -= 1
                missing -= len(self.laid(index).rows)
            self.top = 1 + self.heights.rows + len(self.tail) - self.height
            self.new_below = 0
        self._fill_screen()

    def _settle_at_anchor(self) -> None:
        if not self.entries:
            self.following = True
            return
        index = self.index_of(self.anchor)
        laid = self.laid(index)
        index, row = self._normal(index, min(laid.lead + self.anchor_row, len(laid.rows) - 1))
        available, below = -row, index
        while below < len(self.entries) and available < self.height:
            available += len(self.laid(below).rows)
            below += 1
        if below == len(self.entries) and available + len(self.tail) <= self.height:
            self.following = True
        else:
            self.top = 1 + self.heights.first_row(index) + row

    def _fill_screen(self) -> None:
        row, count = self.top, len(self.entries)
        screen = [(NOTHING_THERE, 0)] * min(max(-row, 0), self.height)
        row += len(screen)
        if row == 0 and len(screen) < self.height:
            screen.append((HEAD, 0))
            row = 1
        index, inner = (count, row - 1 - self.heights.rows)
        if row - 1 < self.heights.rows:
            index, inner = self.heights.locate(row - 1)
        self.first_shown = index
        while len(screen) < self.height and index < count:
            rows = len(self.laid(index).rows)
            screen += [(index, inner) for inner in range(inner, rows)]
            index, inner = index + 1, 0
        screen += [(count, inner) for inner in range(inner, len(self.tail))]
        del screen[self.height :]
        self.screen = screen + [(NOTHING_THERE, 0)] * (self.height - len(screen))

    def _lay_edges(self) -> None:
        """The row above the oldest entry and those below the newest one."""
        transcript, source, scene = self.source.transcript, self.source, self.scene
        if not transcript.loaded:
            words = "loading …"
        elif not transcript.reaches_start:
            asked = self._asked_before is not None and self._is_oldest(self._asked_before)
            words = self.older_sentence or ("older messages: loading …" if asked else "older messages above")
        else:
            words = "beginning of the conversation" if self.entries or source.outgoing else "No messages yet."
        self.head = Row(((words, "system"),), centred=True)
        self.tail = []
        before = self.entries[-1] if self.entries else None
        me = source.state.me
        if me is not None:
            author = Author(AuthorKind.AGENT, me.id, me.name)
            for item in source.outgoing:
                before, rows = scene.echo(before, item, author)
                self.tail += rows
        if source.typing:
            self.tail.append(Row(((" " + " · ".join(map(_typing_words, source.typing)), "typing"),)))

    def rows_at(self, index: int) -> list[Row]:
        """The rows of an item of `screen`."""
        if index == HEAD:
            return [self.head]
        return self.laid(index).rows if index < len(self.entries) else self.tail

    def _normal(self, index: int, row: int) -> tuple[int, int]:
        """The same place, `row` within the entry; -1 of the oldest is the row above it."""
        while row < 0 and index > 0:
            index -= 1
            row += self.rows_of(index)
        while index < len(self.entries) - 1 and row >= self.rows_of(index):
            row -= self.rows_of(index)
            index += 1
        return index, max(row, -1)

    # -- moving ---------------------------------------------------------------------------------------------------

    def scroll(self, rows: int) -> None:
        """Move the screen so many rows towards the newest entry (below 0: towards the oldest)."""
        if not self.entries or not self.screen or (self.following and (rows > 0 or self.top <= 0)):
            return
        item, row = self.screen[0]
        index = min(item, len(self.entries) - 1)
        if item == HEAD:
            index, row = 0, -1
        elif item > index:
            row += self.rows_of(index)
        self.hold(*self._normal(index, row + rows))

    def hold(self, index: int, row: int) -> None:
        """Put row `row` of an entry at the top of the screen, and stay there."""
        self.following = False
        self.anchor = self.entries[index].key
        self.anchor_row = row - self.laid(index).lead

    def to_fraction(self, fraction: float) -> None:
        """Go to that part of all rows: 0 is the oldest, 1 the newest."""
        if self.entries and fraction < 1:
            self.hold(*self.heights.locate(int(self.heights.rows * max(fraction, 0.0))))
        else:
            self.to_newest()

    def to_newest(self) -> None:
        """Follow what arrives."""
        self.following = True

    def to_oldest(self) -> None:
        """The row above the oldest entry held is at the top."""
        if self.entries:
            self.hold(0, -1)

    def reveal(self, index: int) -> None:
        """Move as little as needed for the whole entry to be on the screen."""
        rows = self.rows_of(index)
        shown = sum(item == index for item, _ in self.screen)
        if shown >= min(rows, self.height):
            return
        if index <= self.first_shown or rows >= self.height:
            self.hold(index, 0)
        else:
            self.hold(*self._normal(index, rows - self.height))

    def reveal_as_new(self, index: int) -> None:
        """Put an entry near the top, with a little of what came before it."""
        self.hold(*self._normal(index, -min(self.height // 4, 6)))

    @property
    def cursor_index(self) -> int | None:
        """The entry the message cursor is on."""
        return self.index_of(self.cursor) if self.cursor is not None and self.entries else None

    def move_cursor(self, step: int) -> bool:
        """Move the message cursor by that many entries, at first onto the lowest on the screen. False: none there."""
        if not self.entries:
            return False
        index = self.cursor_index
        if index is None or not any(item == index for item, _ in self.screen):
            shown = [item for item, _ in self.screen if 0 <= item < len(self.entries)]
            index = (shown[-1] if step < 0 or index is None else shown[0]) if shown else len(self.entries) - 1
        else:
            index += step
        while 0 < index < len(self.entries) - 1 and self.entries[index].kind is EntryKind.SYSTEM:
            index += 1 if step > 0 else -1
        return self.set_cursor(min(max(index, 0), len(self.entries) - 1))

    def set_cursor(self, index: int) -> bool:
        """Put the message cursor on an entry and show it."""
        self.cursor = self.entries[index].key
        if index == len(self.entries) - 1:
            self.to_newest()
        elif index == 0:
            self.to_oldest()
        else:
            self.reveal(index)
        return True

    # -- asking ---------------------------------------------------------------------------------------------------

    def wants_older(self) -> bool:
        """Whether older entries should be asked for now; True only once for each oldest entry."""
        transcript = self.source.transcript
        if not transcript.loaded or transcript.reaches_start or not self.entries:
            return False
        if self.top > _OLDER_WITHIN_SCREENS * self.height or self._is_oldest(self._asked_before):
            return False
        self._asked_before = self.entries[0].key
        self.older_sentence = ""
        return True

    def older_failed(self, sentence: str) -> None:
        """What was asked for did not come; the next move towards it asks again."""
        self.older_sentence = sentence

    def ask_again(self) -> None:
        """After a failure the reader moved up: older entries may be asked for once more."""
        if self.older_sentence:
            self._asked_before = None

    def find(self, query: str) -> int:
        """Look for entries that contain the words, whatever their case; returns how many."""
        words = query.lower()
        self.found = [entry.key for entry in self.entries if words in entry.body.lower()] if words else []
        return len(self.found)

    def newest_shown(self) -> Entry | None:
        """The newest entry on the screen."""
        index = max((item for item, _ in self.screen if 0 <= item < len(self.entries)), default=None)
        return None if index is None else self.entries[index]

    def _is_oldest(self, key: OrderKey | None) -> bool:
        return key is not None and bool(self.entries) and self.entries[0].key == key


def _typing_words(seen: TypingSeen) -> str:
    name = seen.who.name or ("Visitor" if seen.who.kind is AuthorKind.CUSTOMER else "A colleague")
    if seen.who.kind is AuthorKind.CUSTOMER:
        return f"{name} is writing …"
    return f"{name} is writing a note here" if seen.note else f"{name} is writing here"
