"""Rows of which some can be chosen. The cursor stays on what it names, wherever its row goes."""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message

from agent_tui.ui.chat_words import plain
from agent_tui.ui.widgets.lines import Line, Lines

_WHEEL_ROWS = 3


class Item(NamedTuple):
    """One row; `value` names what it is about, None where there is nothing to choose."""

    line: Line
    value: Hashable | None = None


class Chooser(Lines, can_focus=False):
    """Keys that move it come from the screen."""

    DEFAULT_CSS = "Chooser { padding: 0 1; height: 1fr; }"

    class Chosen(Message):
        """A row was clicked."""

        def __init__(self, chooser: "Chooser", value: Hashable) -> None:
            self.chooser = chooser
            self.value = value
            super().__init__()

    def __init__(self, pull: Callable[[int, int], Sequence[Item]], css_id: str) -> None:
        """`pull(width, height)` answers with all rows there are."""
        super().__init__(css_id)
        self._pull = pull
        self._items: Sequence[Item] = ()
        self._top = 0
        self.value: Hashable | None = None
        """What the cursor is on."""
        self.active = True
        """The cursor is seen, and keys move it."""

    @property
    def chosen(self) -> Hashable | None:
        """What the cursor is on, if it is still there."""
        return self.value if any(item.value == self.value for item in self._items) else None

    def move(self, step: int) -> None:
        """To the next row that can be chosen, or the previous one; ends are ends, and rows between come into view."""
        values = [item.value for item in self._items if item.value is not None]
        if not values:
            self._top = max(0, self._top + step)
        elif self.value not in values:
            self.value = values[0 if step > 0 else -1]
        else:
            self.value = values[min(max(values.index(self.value) + step, 0), len(values) - 1)]
        self._into_view()
        self.redraw()

    def to_end(self, *, last: bool) -> None:
        """To the first row that can be chosen, or the last."""
        values = [item.value for item in self._items if item.value is not None]
        if values:
            self.value = values[-1 if last else 0]
        self._top = len(self._items) if last else 0
        self._into_view()
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The rows in the window; where they are more, the last one says how many are above and below it."""
        self._items = self._pull(width, height)
        if self.value is None:
            self.value = next((item.value for item in self._items if item.value is not None), None)
        room = self._room(height)
        self._top = max(0, min(self._top, len(self._items) - room))
        rows = [
            item.line._replace(style="on $cursor-background")
            if self.active and item.value is not None and item.value == self.value
            else item.line
            for item in self._items[self._top : self._top + room]
        ]
        return rows if room == height else [*rows, self._more(room)]

    def _room(self, height: int) -> int:
        return height if len(self._items) <= height else max(1, height - 1)

    def _more(self, room: int) -> Line:
        above, below = self._top, len(self._items) - self._top - room
        said = [f"↑ {above} above" if above else "", f"↓ {below} below" if below else ""]
        return Line(plain(" · ".join(part for part in said if part), "$muted"))

    def _into_view(self) -> None:
        height = self._room(max(1, self.content_size.height))
        rows = (y for y, item in enumerate(self._items) if item.value is not None and item.value == self.value)
        row = next(rows, None)
        if row is not None:
            # the heading above the first row of a group comes into view with it
            above = row - 1 if row and self._items[row - 1].value is None else row
            self._top = min(max(self._top, row - height + 1), above)

    def on_click(self, event: Click) -> None:
        y = event.y - self.gutter.top + self._top
        inside = event.y - self.gutter.top < self._room(self.content_size.height)
        if inside and 0 <= y < len(self._items) and (value := self._items[y].value) is not None:
            self.value = value
            self.redraw()
            self.post_message(self.Chosen(self, value))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self._top += _WHEEL_ROWS
        self.redraw()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self._top = max(0, self._top - _WHEEL_ROWS)
        self.redraw()
