"""A line to type in and the rows it finds: the palette, and whatever else is chosen by name."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from agent_tui.ui.chat_words import plain
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.lines import NOTHING, Line
from agent_tui.ui.widgets.text_line import TextLine

Value = TypeVar("Value")


class Row(NamedTuple, Generic[Value]):
    """One thing to choose."""

    words: Content
    about: Content
    value: Value


class Finder(ModalScreen[Value | None]):
    """Dismissed with the chosen row's value, or None. Subclasses may find in the background and call `found`."""

    DEFAULT_CSS = """
    Finder { align: center top; background: $background 40%; }
    Finder > Vertical { width: 76; max-width: 98%; height: 80%; margin-top: 2; background: $surface;
        border: round $accent; padding: 0 1; }
    Finder Card { height: 1fr; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("up", "step(-1)", show=False, priority=True),
        Binding("down", "step(1)", show=False, priority=True),
        Binding("pageup", "step(-10)", show=False, priority=True),
        Binding("pagedown", "step(10)", show=False, priority=True),
    ]

    def __init__(self, title: Content, find: Callable[[str], Sequence[Row[Value]]], hint: str, text: str = "") -> None:
        """`find` answers at once; `hint` is what the line says while it is empty, `text` what it begins with."""
        super().__init__()
        self._title = title
        self._find = find
        self._hint = hint
        self.text = text
        self._at = 0
        self._top = 0
        self._rows: Sequence[Row[Value]] = ()
        self._list = Card(self._lines, "rows")

    def compose(self) -> ComposeResult:
        """The line, and what it finds."""
        with Vertical():
            yield TextLine(self.text, hint=self._hint)
            yield self._list

    def on_mount(self) -> None:
        """All of it, before anything is typed."""
        self.found(self._find(self.text))

    def found(self, rows: Sequence[Row[Value]]) -> None:
        """These rows, from the top."""
        self._rows = rows
        self._at = self._top = 0
        self._list.redraw()

    def on_text_line_typed(self, message: TextLine.Typed) -> None:
        """Each key."""
        message.stop()
        self.text = message.value
        self.found(self._find(message.value))

    def on_text_line_entered(self, message: TextLine.Entered) -> None:
        """Enter."""
        message.stop()
        if self._rows:
            self.dismiss(self._rows[self._at].value)

    def action_leave(self) -> None:
        """Nothing was chosen."""
        self.dismiss(None)

    def action_step(self, step: int) -> None:
        """Point at another row; the ends are ends."""
        self._at = min(max(self._at + step, 0), max(0, len(self._rows) - 1))
        self._list.redraw()

    def nothing(self) -> Content:
        """What is so where nothing was found."""
        return plain("Nothing is called that.", "$muted")

    def _lines(self, width: int) -> list[Line]:
        room = max(1, self._list.content_size.height - 2)
        self._top = min(max(self._top, self._at - room + 1), self._at)
        rows = [Line(self._title, plain(f"{len(self._rows)}", "$muted")), Line(NOTHING)]
        for index in range(self._top, min(self._top + room, len(self._rows))):
            row = self._rows[index]
            rows.append(Line(row.words, row.about, "on $cursor-background" if index == self._at else ""))
        if not self._rows:
            rows.append(Line(self.nothing()))
        return rows
