"""The transcript: one virtual widget whose conversation is swapped. Painted row by row, anchored by message."""

import time
from collections.abc import Callable
from datetime import tzinfo
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Offset, Region
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.links import Link, links_in
from agent_tui.ui.painting import paint_now
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.transcript_held import Laid
from agent_tui.ui.widgets.transcript_messages import CursorMoved, NeedOlder, NewBelow, ReadUpTo, TranscriptMessage
from agent_tui.ui.widgets.transcript_painter import PREFIX, STYLES, Painted, Painter
from agent_tui.ui.widgets.transcript_screen import changed_cells, screen_rows, thumb_rows
from agent_tui.ui.widgets.transcript_selection import selected_text
from agent_tui.ui.widgets.transcript_source import TranscriptSource
from agent_tui.ui.widgets.transcript_view import TranscriptView

FRAME_SECONDS: Final = 0.033
"""A transcript in which much arrives is painted at most this often; what comes after a pause is painted at once."""
_MEASURE_NS: Final = 1_500_000
_MEASURE_EVERY_SECONDS: Final = 0.02
_WHEEL_ROWS: Final = 3


class Transcript(Widget, can_focus=True):
    """See `transcript_messages` for what it posts: NeedOlder, ReadUpTo, CursorMoved, NewBelow.

    Not a scroll view: Textual's repaints twice for each change. It keeps its own place, draws its own scroll bar, and
    repaints only the cells that changed.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {PREFIX + name for name in STYLES}
    DEFAULT_CSS = """
    Transcript {
        height: 1fr; color: $foreground; background: $background;
        & > .transcript--customer { color: $customer; }
        & > .transcript--customer-name { color: $customer; text-style: bold; }
        & > .transcript--mine { color: $muted; }
        & > .transcript--mine-name { color: $foreground; text-style: bold; }
        & > .transcript--colleague { color: $agent; }
        & > .transcript--colleague-name { color: $agent; text-style: bold; }
        & > .transcript--note, .transcript--note-name { color: $note; }
        & > .transcript--note-word { color: $note; text-style: bold reverse; }
        & > .transcript--note-row { background: $note-background; }
        & > .transcript--meta, .transcript--day, .transcript--system, .transcript--link-host { color: $muted; }
        & > .transcript--rule { color: $panel; }
        & > .transcript--scrollbar { color: $secondary; }
        & > .transcript--typing, .transcript--withdrawn { color: $muted; text-style: italic; }
        & > .transcript--new { color: $new-line; text-style: bold; }
        & > .transcript--gap, .transcript--held { color: $warning; }
        & > .transcript--failed { color: $error; text-style: bold; }
        & > .transcript--link { text-style: underline; }
        & > .transcript--match { background: $match-background; text-style: bold; }
        & > .transcript--cursor { background: $cursor-background; }
        & > .transcript--below { color: $background; background: $accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, now_ms: Callable[[], int], zone: tzinfo | None = None) -> None:
        """`zone`: of the days and times shown; None is the machine's own."""
        super().__init__()
        self._now_ms = now_ms
        self._calendar = Calendar(zone)
        self._painter = Painter(self)
        self._laid: LRUCache[object, Laid] = LRUCache(512)
        self._views: dict[ConversationRef, TranscriptView] = {}
        self._view: TranscriptView | None = None
        self._query = ""
        self._rows: list[Painted] = []
        self._told_below = 0
        self._may_paint_at = 0.0
        self._later: Timer | None = None
        self._measuring: Timer | None = None

    # -- what is shown --------------------------------------------------------------------------------------------

    def show(self, source: TranscriptSource | None) -> None:
        """Show this conversation as it was left: its place, its cursor, following or not."""
        self._query = ""
        self._told_below = 0
        if source is None:
            self._view = None
        else:
            view = self._views.get(source.ref)
            if view is None:
                view = self._views[source.ref] = TranscriptView(source, self._calendar, self._laid)
            self._set_scene(view)
            view.begin(source)
            self._view = view
        if self.is_attached:
            self.screen.clear_selection()
        self._update()

    def changed(self) -> None:
        """Something of the shown conversation may have changed: entries, outgoing, marks, typing. Coalesces."""
        if self._later is not None or self._view is None:
            return
        wait = self._may_paint_at - time.monotonic()
        if wait <= 0 or not self.is_attached:
            self._take_changes()
        else:
            self._later = self.set_timer(wait, self._take_changes)

    def forget(self, ref: ConversationRef) -> None:
        """Drop what is kept of a conversation (its tab was closed)."""
        if self._views.pop(ref, None) is self._view:
            self.show(None)

    def older_failed(self, sentence: str) -> None:
        """The older messages asked for did not come: said in their place until asked again."""
        if self._view is not None:
            self._view.older_failed(sentence)
            self._update()

    def _take_changes(self) -> None:
        self._later = None
        self._may_paint_at = time.monotonic() + FRAME_SECONDS
        if self._view is not None:
            self._view.take_changes()
            self._update()

    # -- asked by the parent --------------------------------------------------------------------------------------

    @property
    def seen_key(self) -> OrderKey:
        """The newest entry that was painted: what the author has seen when Enter is pressed."""
        return self._view.seen if self._view is not None else START

    @property
    def following(self) -> bool:
        """At the end, where what arrives is shown at once."""
        return self._view is None or self._view.following

    @property
    def new_below(self) -> int:
        """Entries of others that came below what is shown."""
        return self._view.new_below if self._view is not None else 0

    @property
    def cursor_entry(self) -> Entry | None:
        """The entry the message cursor is on."""
        view = self._view
        index = view.cursor_index if view is not None else None
        return view.entries[index] if view is not None and index is not None else None

    def links_here(self) -> tuple[Link, ...]:
        """The links of the entry under the cursor, each once."""
        entry = self.cursor_entry
        return tuple(dict.fromkeys(link for _, _, link in links_in(entry.body))) if entry else ()

    def text_here(self) -> str:
        """The text of the entry under the cursor, for copying."""
        entry = self.cursor_entry
        return entry.body if entry else ""

    # -- moving ---------------------------------------------------------------------------------------------------

    def move(self, messages: int) -> None:
        """Move the message cursor: 1 to the next newer, -1 to the next older."""
        view = self._view
        if view is not None and view.move_cursor(messages):
            self._moved(view)

    def newest(self) -> None:
        """To the end, and follow what arrives."""
        view = self._view
        if view is not None and view.entries:
            view.set_cursor(len(view.entries) - 1)
            self._moved(view)

    def oldest(self) -> None:
        """To the oldest entry held."""
        view = self._view
        if view is not None and view.entries:
            view.set_cursor(0)
            view.ask_again()
            self._moved(view)

    def first_unread(self) -> bool:
        """To the first line that was unread when the conversation was opened; False where there is none."""
        view = self._view
        if view is None or view.scene.new_key is None:
            return False
        self.go_to(view.scene.new_key)
        return True

    def go_to(self, key: OrderKey) -> None:
        """To this entry (or the next older one held), with a little of what came before it."""
        view = self._view
        if view is not None and view.entries:
            index = view.index_of(key)
            view.cursor = view.entries[index].key
            view.reveal_as_new(index)
            self._moved(view)

    def action_page(self, screens: int) -> None:
        """A screen up (-1) or down (1), two rows of the last one kept."""
        if self._view is not None:
            self.scroll_rows(screens * max(self._view.height - 2, 1))

    def scroll_rows(self, rows: int) -> None:
        """Move by rows, towards the newest above 0; the cursor stays where it is."""
        if self._view is not None:
            if rows < 0:
                self._view.ask_again()
            self._view.scroll(rows)
            self._update()

    def find(self, query: str) -> int:
        """Highlight what contains `query`, whatever its case, and go to the newest; how many entries do."""
        self._query = query
        found = self._view.find(query) if self._view is not None else 0
        if found:
            self.find_next(0)
        self._update()
        return found

    def find_next(self, step: int) -> tuple[int, int]:
        """Go to the next (1: newer) or previous (-1) entry found, around the ends; which of how many, from 1."""
        view = self._view
        if view is None or not view.found:
            return (0, 0)
        total = len(view.found)
        here = view.found.index(view.cursor) if step and view.cursor in view.found else total - 1
        here = (here + step) % total
        self.go_to(view.found[here])
        return (here + 1, total)

    def _moved(self, view: TranscriptView) -> None:
        self._update()
        if view.cursor is not None:
            self._post(CursorMoved(view.ref, view.cursor))

    # -- painting -------------------------------------------------------------------------------------------------

    def _set_scene(self, view: TranscriptView) -> None:
        width, height = self.size
        view.set_scene(max(width - 1, 1), height, self._calendar.day(self._now_ms()), self._query)

    def _update(self) -> None:
        """Work out what every row shows now, and paint the cells that differ."""
        width, height = self.size
        if not self.is_attached or not width or not height:
            return
        view, rows = self._view, []
        if view is not None:
            self._set_scene(view)
            view.settle()
            rows = screen_rows(view, self._painter, width - 1, view.cursor_index if self.has_focus else None)
        rows += [self._painter.blank(width - 1, thumb=False)] * (height - len(rows))
        before, self._rows = self._rows, rows
        if len(before) != height or self.text_selection is not None:
            self.refresh()
        else:
            regions = changed_cells(before, rows, width)
            if regions:
                self.refresh(*regions)
        paint_now(self)
        if view is not None:
            self._tell(view)

    def _tell(self, view: TranscriptView) -> None:
        if view.wants_older():
            self._post(NeedOlder(view.ref))
        if view.new_below != self._told_below:
            self._told_below = view.new_below
            self._post(NewBelow(view.ref, view.new_below))
        if self._measuring is None and not view.all_measured:
            self._measuring = self.set_timer(_MEASURE_EVERY_SECONDS, self._measure_on)

    def _measure_on(self) -> None:
        """Off the screen heights are estimates, which only the scroll bar shows: made exact a little at a time."""
        self._measuring = None
        view = self._view
        if view is None:
            return
        more = view.measure_on(_MEASURE_NS)
        before = self._rows
        first, last = thumb_rows(view)
        if not more or any(row.thumb != (first <= y < last) for y, row in enumerate(before)):
            self._update()
        if more and self._measuring is None:
            self._measuring = self.set_timer(_MEASURE_EVERY_SECONDS, self._measure_on)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows as Textual's compositor asks for them. What it asks for is painted: from now on it was seen.

        Textual's own way adds borders, padding and a cache of lines, which this widget has no use for.
        """
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips = []
        for y in crop.line_range:
            strip = self._strip(y)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip)
        left, right = crop.column_span
        if (left, right) != (0, self.size.width):
            strips = [strip.crop(left, right) for strip in strips]
        self._was_painted()
        return strips

    def render_line(self, y: int) -> Strip:
        """One row for the mouse: it says which characters it holds, which painting has no need to know."""
        view = self._view
        strip = self._strip(y)
        return strip.apply_offsets(0, view.top + y - view.base) if view is not None else strip

    def _strip(self, y: int) -> Strip:
        if y >= len(self._rows):
            return self._painter.blank(max(self.size.width - 1, 0), thumb=False).strip
        strip, view, selection = self._rows[y].strip, self._view, self.text_selection
        if view is None or selection is None:
            return strip
        span = selection.get_span(view.top + y - view.base)
        return strip if span is None else self._painter.selected(strip, *span)

    def _post(self, message: TranscriptMessage) -> None:
        # Textual takes whoever is running for the sender, and does not tell a message to who sent it.
        self.post_message(message.set_sender(self))

    def _was_painted(self) -> None:
        view = self._view
        entry = view.newest_shown() if view is not None else None
        if view is None or entry is None:
            return
        view.seen = max(view.seen, entry.key)
        if self.app.app_focus and view.seen > max(view.told_read, view.source.read):
            view.told_read = view.seen
            self._post(ReadUpTo(view.ref, view.seen))

    def notify_style_update(self) -> None:
        """Another theme, or the focus: every colour may be another."""
        super().notify_style_update()
        self._painter.forget_styles()
        self._rows = []
        if self.is_mounted:
            self.call_later(self._update)

    # -- events ---------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self._was_painted, init=False)

    def on_resize(self) -> None:
        self._rows = []
        self._update()

    def on_focus(self) -> None:
        self._update()

    def on_blur(self) -> None:
        self._update()

    def on_mouse_scroll_up(self) -> None:
        self.scroll_rows(-_WHEEL_ROWS)

    def on_mouse_scroll_down(self) -> None:
        self.scroll_rows(_WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        view = self._view
        if view is None or event.y >= len(view.screen):
            return
        if event.x == self.size.width - 1:
            view.to_fraction(event.y / max(view.height - 1, 1))
            self._update()
            return
        item, _ = view.screen[event.y]
        if 0 <= item < len(view.entries):
            view.cursor = view.entries[item].key
            self._moved(view)

    # -- selecting ------------------------------------------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected words, those of the selected rows only, broken where their authors broke them."""
        view = self._view
        if view is None:
            return None
        top = view.top - view.base
        start = selection.start or Offset(0, top)
        end = selection.end or Offset(-1, top + view.height - 1)
        return selected_text(view, start.transpose, end.transpose), "\n"
