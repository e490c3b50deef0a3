"""The keys, made from the table: those for where one is come first."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from agent_tui.config.actions import ACTIONS, Action, Where
from agent_tui.ui.chat_words import plain
from agent_tui.ui.keys import KeyTable, spelled
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.lines import NOTHING, Line

_BORDERS: Final = 2
_KITTY_ONLY: Final = frozenset(["shift+enter"])
_TITLES: Final = {
    Where.TYPING: "TYPING: the composer has the focus",
    Where.MOVING: "MOVING: list or transcript has the focus, letters act",
    Where.EVERYWHERE: "EVERYWHERE, also while typing",
}


class Help(ModalScreen[None]):
    """Every action that has a key; ↑ ↓ scroll, Esc leaves."""

    DEFAULT_CSS = """
    Help { align: center middle; background: $background 40%; }
    Help > Vertical { width: 96; max-width: 98%; height: 92%; background: $surface; border: round $accent;
        padding: 0 1; }
    Help Card { height: 1fr; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,enter,question_mark", "leave", show=False),
        Binding("up,k", "step(-1)", show=False),
        Binding("down,j", "step(1)", show=False),
        Binding("pageup", "step(-10)", show=False),
        Binding("pagedown,space", "step(10)", show=False),
    ]

    def __init__(self, rows: Sequence[Line]) -> None:
        super().__init__()
        self._rows = list(rows)
        self._top = 0
        self._card = Card(self._lines, "rows")

    def compose(self) -> ComposeResult:
        """The rows."""
        with Vertical() as box:
            box.styles.max_height = len(self._rows) + _BORDERS
            yield self._card

    def action_step(self, step: int) -> None:
        """Scroll."""
        room = max(1, self._card.content_size.height)
        self._top = min(max(self._top + step, 0), max(0, len(self._rows) - room))
        self._card.redraw()

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def _lines(self, width: int) -> Sequence[Line]:
        room = max(1, self._card.content_size.height)
        below = len(self._rows) - self._top - room
        if below <= 0:
            return self._rows[self._top :]
        more = Line(plain(f"↓ {below + 1} more below", "bold $accent"), plain("Space a page", "$muted"))
        return [*self._rows[self._top : self._top + room - 1], more]


def help_rows(keys: KeyTable, *, typing: bool) -> list[Line]:
    """All keys, grouped by where they count; where one is now comes first."""
    here = Where.TYPING if typing else Where.MOVING
    other = Where.MOVING if typing else Where.TYPING
    rows: list[Line] = []
    for where in (here, Where.EVERYWHERE, other):
        if rows:
            rows.append(Line(NOTHING))
        rows.append(Line(plain(_TITLES[where], "bold"), plain("↑ ↓  Esc" if where is here else "", "$muted")))
        rows += [_row(keys, action) for action in ACTIONS if action.where is where and keys.keys(action.id)]
        if where is Where.MOVING:
            rows.append(Line(plain(f"  {'1-9':<14} Tab n")))
    return rows


def monitor_rows(keys: KeyTable) -> list[Line]:
    """All keys of the monitor, and what those are answered with that act."""
    rows = [
        Line(plain("MONITOR: nothing here can be written, assigned or marked", "bold"), plain("↑ ↓  Esc", "$muted"))
    ]
    rows += [_row(keys, action) for action in keys.actions if keys.keys(action.id)]
    rows += [Line(NOTHING), Line(plain("  Keys that act on chats answer: monitor mode, read only.", "$muted"))]
    return rows


def _row(keys: KeyTable, action: Action) -> Line:
    chords = [chord for chord in keys.keys(action.id) if chord not in _KITTY_ONLY]
    title = f"{action.title}, {action.help}" if action.help else action.title
    undo = "undo 5 s" if action.undo else ""
    return Line(plain(f"  {'  '.join(spelled(chord) for chord in chords):<14} {title}"), plain(undo, "$muted"))
