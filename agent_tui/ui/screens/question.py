"""A question with a few answers, each on one key. It names whom it is about, and Esc leaves it."""

from collections.abc import Sequence
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.chat_words import folded
from agent_tui.ui.keys import spelled
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.lines import NOTHING, Line

Value = TypeVar("Value")
LEAVE: Final = "leave it"
_WIDTH: Final = 60
_AROUND: Final = 6
_MOST_KNOWN: Final = 6
"""Rows of what is to be known before."""


class Answer(NamedTuple, Generic[Value]):
    """One answer."""

    key: str
    """The letter or digit that gives it; empty where only the arrows reach it."""
    words: Content
    value: Value
    about: Content = NOTHING


class Question(ModalScreen[Value | None]):
    """Dismissed with the answer's value, or None."""

    DEFAULT_CSS = """
    Question { align: center middle; background: $background 40%; }
    Question > Vertical { width: 64; max-width: 96%; height: auto; max-height: 90%; background: $surface;
        border: round $accent; padding: 0 1; }
    Question Card { height: auto; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("enter", "take", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]
    AUTO_FOCUS = ""
    GUARDED: ClassVar[bool] = True
    """A letter may be the start of a sentence meant for a customer."""

    def __init__(
        self, title: Content, answers: Sequence[Answer[Value]], *, first: int = 0, know: str = "", leave: str = LEAVE
    ) -> None:
        """`first`: the answer that Enter gives; `know`: what to know before; `leave`: what Esc means."""
        super().__init__()
        self._title = title
        self._answers = answers
        self._at = first
        self._know = know
        self._know_rows: list[str] = []
        self._leave = leave
        self._rows = Card(self._lines, "rows")

    def compose(self) -> ComposeResult:
        """Title and answers."""
        with Vertical():
            yield self._rows

    def on_mount(self) -> None:
        """As high as it has rows."""
        know = folded(self._know, min(_WIDTH, self.app.size.width - _AROUND)) if self._know else []
        self._know_rows = know[:_MOST_KNOWN]
        self._rows.styles.height = len(self._answers) + 4 + len(self._know_rows) + self.more_rows

    @property
    def more_rows(self) -> int:
        """Rows below the answers, where a subclass has some."""
        return 0

    def point_at(self, key: str) -> bool:
        """Show which answer a key means, before it is taken. False where it means none."""
        for index, answer in enumerate(self._answers):
            if answer.key and answer.key == key:
                self._at = index
                self._rows.redraw()
                return True
        return False

    def choose(self, key: str) -> None:
        """Give the answer on this key."""
        if self.is_current and self.point_at(key):
            self.action_take()

    def action_take(self) -> None:
        """Give the answer that is pointed at."""
        if self._answers:
            self.dismiss(self._answers[self._at].value)

    def action_leave(self) -> None:
        """No answer: nothing is done."""
        self.dismiss(None)

    def action_step(self, step: int) -> None:
        """Point at the next answer, or the previous one."""
        self._at = (self._at + step) % max(1, len(self._answers))
        self._rows.redraw()

    def _lines(self, width: int) -> list[Line]:
        rows = [Line(self._title), Line(NOTHING)]
        for index, answer in enumerate(self._answers):
            here = index == self._at
            key = words.text(SafeText(f" {spelled(answer.key):2} "), "bold $accent")
            mark = words.text(SafeText("›" if here else " "), "bold $accent")
            row = words.joined(mark, key, answer.words)
            rows.append(Line(row, answer.about, "on $cursor-background" if here else ""))
        if not self._answers:
            rows.append(Line(words.text(SafeText("  There is nothing to choose."), "$muted")))
        rows.append(Line(NOTHING))
        rows += [Line(words.text(SafeText(known), "$warning")) for known in self._know_rows]
        rows.append(Line(words.text(SafeText(f"a key, or ↑ ↓ and Enter; Esc: {self._leave}"), "$muted")))
        return rows
