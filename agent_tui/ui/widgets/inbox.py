"""The inbox: groups of conversations, a row each. Its cursor stays on a person, never on a place."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message

from agent_tui.core.select import WANTS_CALL, InboxRow, Section
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.widgets.bars import URGENCY_SHAPE, URGENCY_STYLE
from agent_tui.ui.widgets.lines import NOTHING, Line, Lines

_GAP = Line(NOTHING)
_STAGE_CELLS = 10
_CLOCK_CELLS = 5
_MARK_CELLS = 2
_NAME_CELLS = 18
_PREVIEW_FROM = 56
"""From this width on a row has room for the newest line."""
_MARK_FROM = 32
"""From this width on a row has room for a mark beside its clock."""
_WHEEL_ROWS = 3


class InboxView:
    """What the inbox shows, as pulled from the state."""

    def __init__(
        self,
        sections: tuple[Section, ...],
        shown: ConversationRef | None,
        heading: Content = NOTHING,
        empty: tuple[Content, ...] = (),
    ) -> None:
        self.sections = sections
        self.shown = shown
        """The conversation in the header: marked, whatever the cursor does."""
        self.heading = heading
        """The filter in force; nothing where there is none."""
        self.empty = empty
        """What is so, and which key helps, where there is no row."""


class Inbox(Lines, can_focus=True):
    """Keys that move it come from the screen: `move`, `to_end`, `open_cursor`."""

    DEFAULT_CSS = "Inbox { padding: 0 1 0 0; }"

    class Chosen(Message):
        """The row under the cursor is to be shown."""

        def __init__(self, ref: ConversationRef) -> None:
            self.ref = ref
            super().__init__()

    def __init__(self, pull: Callable[[], InboxView], css_id: str) -> None:
        super().__init__(css_id)
        self._pull = pull
        self._top = 0
        self._cursor: ConversationRef | None = None
        self._cursor_row = -1
        self._order: list[ConversationRef] = []
        self._at: list[ConversationRef | None] = []
        """The conversation of each row of the list, None for titles and gaps."""

    @property
    def cursor(self) -> ConversationRef | None:
        """Whom the cursor is on; None also when they left the list: the next move decides, nobody takes their place."""
        return self._cursor if self._cursor in self._order else None

    def at(self, ref: ConversationRef) -> bool:
        """Whether the cursor is on this conversation."""
        return self.cursor == ref

    def move(self, step: int) -> None:
        """To the next row, or the previous one."""
        if not self._order:
            return
        if self._cursor in self._order:
            index = self._order.index(self._cursor) + step
        elif self._cursor is None:
            index = 0 if step > 0 else len(self._order) - 1
        else:
            above = sum(1 for ref in self._at[: max(0, self._cursor_row)] if ref is not None)
            index = above if step > 0 else above - 1
        self._go(self._order[min(max(index, 0), len(self._order) - 1)])

    def to_end(self, *, last: bool) -> None:
        """To the first or the last row."""
        if self._order:
            self._go(self._order[-1 if last else 0])

    def open_cursor(self) -> None:
        """Show whom the cursor is on."""
        if self.cursor is not None:
            self.post_message(self.Chosen(self.cursor))

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The rows in the window; the cursor's row stays where it is on the screen while others come and go."""
        view = self._pull()
        rows, at = _laid_out(view, width, self._cursor if self.has_focus else None)
        self._order = [ref for ref in at if ref is not None]
        if self._cursor in self._order:
            row = at.index(self._cursor)
            if self._cursor_row >= 0 and self._cursor in self._at:
                self._top += row - self._at.index(self._cursor)
            self._cursor_row = row
            self._top = min(max(self._top, row - height + 1), row)
        self._at = at
        self._top = max(0, min(self._top, len(rows) - height))
        return rows[self._top : self._top + height]

    def _go(self, ref: ConversationRef) -> None:
        self._cursor = ref
        if ref in self._at:
            row = self._at.index(ref)
            # The title above the first row of a group comes into view with it.
            above = row - 1 if row and self._at[row - 1] is None else row
            self._top = min(self._top, max(0, above))
        self.redraw()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is seen only where keys would move it."""
        super().watch_has_focus(has_focus)
        if has_focus and self._cursor is None:
            self._cursor = self._pull().shown
        self.redraw()

    def on_click(self, event: Click) -> None:
        y = event.y + self._top
        ref = self._at[y] if 0 <= y < len(self._at) else None
        if ref is not None:
            self._cursor = ref
            self.post_message(self.Chosen(ref))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self._scroll(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self._scroll(-_WHEEL_ROWS)

    def _scroll(self, rows: int) -> None:
        self._cursor = None
        self._cursor_row = -1
        self._top += rows
        self.redraw()


def _laid_out(
    view: InboxView, width: int, cursor: ConversationRef | None
) -> tuple[list[Line], list[ConversationRef | None]]:
    rows: list[Line] = []
    at: list[ConversationRef | None] = []
    if view.heading:
        rows.append(Line(view.heading))
        at.append(None)
    for number, section in enumerate(view.sections):
        if number:
            rows.append(_GAP)
            at.append(None)
        rows.append(_title(section.title, len(section.rows)))
        at.append(None)
        for row in section.rows:
            rows.append(_row(row, width, row.ref == view.shown, row.ref == cursor))
            at.append(row.ref)
    if not view.sections:
        rows += [Line(NOTHING), *(Line(piece) for piece in view.empty)]
        at += [None] * (len(view.empty) + 1)
    return rows, at


@lru_cache(64)
def _title(title: str, count: int) -> Line:
    return Line(words.text(SafeText(f" {title}"), "$muted"), words.text(SafeText(str(count)), "$muted"))


@lru_cache(1024)
def _row(row: InboxRow, width: int, shown: bool, cursor: bool) -> Line:
    bar = words.text(SafeText("▌" if shown else " "), "$accent")
    shape = words.text(SafeText(f"{URGENCY_SHAPE[row.urgency] or ' '}"), URGENCY_STYLE[row.urgency])
    marked = width >= _MARK_FROM or row.mark == WANTS_CALL
    clock_cells = _CLOCK_CELLS + (_MARK_CELLS if marked else 0)
    # a callback's mark takes its room from the stage, so that the columns of all rows begin alike
    stage_cells = _STAGE_CELLS - (_MARK_CELLS if marked and width < _MARK_FROM else 0)
    room = max(4, width - 2 - stage_cells - clock_cells - 2)
    style = "bold" if row.unread or shown else ""
    name = words.text(row.name, style)
    if name.cell_length > room:
        name = words.text(SafeText(row.name.split(" ")[0]), style)
    name = name.truncate(min(room, _NAME_CELLS) if width >= _PREVIEW_FROM else room, ellipsis=True, pad=True)
    preview = NOTHING
    if width >= _PREVIEW_FROM:
        line = words.text(SafeText(row.preview.replace("\n", " ")), "$muted")
        preview = words.joined(
            SafeText(" "), line.truncate(room - _NAME_CELLS - 2, ellipsis=True, pad=True), SafeText(" ")
        )
    about = words.text(row.holder, "$agent") if row.holder else words.text(SafeText(row.stage), "$muted")
    about = about.truncate(stage_cells, ellipsis=True, pad=True)
    clock = row.clock or row.mark
    style = URGENCY_STYLE[row.urgency] if row.clock else "$accent"
    if row.mark and row.clock and marked:
        clock = f"{row.mark} {clock}"
    return Line(
        words.joined(bar, shape, name, preview or SafeText(" "), about),
        words.text(SafeText(clock.rjust(clock_cells)), style),
        "on $cursor-background" if cursor else "",
    )
