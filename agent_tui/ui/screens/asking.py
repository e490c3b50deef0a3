"""Questions answered in words: one line of text, followed while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from agent_tui.ui.chat_words import plain
from agent_tui.ui.widgets.bars import Bar
from agent_tui.ui.widgets.lines import Line
from agent_tui.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from agent_tui.ui.widgets.transcript import Transcript


class AskText(ModalScreen[str | None]):
    """Dismissed with the text, or None. Below everything, so that what it is about stays in sight."""

    DEFAULT_CSS = """
    AskText { align: center bottom; background: transparent; }
    AskText > Vertical { width: 100%; height: auto; background: $surface; border-top: solid $accent; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(
        self,
        title: Content,
        text: str,
        *,
        follow: Callable[[str], None] | None = None,
        enter: str = "Enter keeps it, Esc leaves it",
        hint: str = "",
    ) -> None:
        """`enter`: what Enter and Esc do; `hint`: what the line says while it is empty."""
        super().__init__()
        self._title = title
        self._text = text
        self._follow = follow
        self._enter = enter
        self._hint = hint
        self.about = Bar(self._about, "about")

    def compose(self) -> ComposeResult:
        """What is asked, and the line."""
        with Vertical():
            yield self.about
            yield TextLine(self._text, hint=self._hint)

    def on_text_line_typed(self, message: TextLine.Typed) -> None:
        """Each key."""
        message.stop()
        self._text = message.value
        self.typed()
        self.about.redraw()

    def on_text_line_entered(self, message: TextLine.Entered) -> None:
        """Enter."""
        message.stop()
        self.entered()

    # Subclasses override these two: of message handlers Textual calls those of every class, the base's too.

    def typed(self) -> None:
        """The text is another one."""
        if self._follow:
            self._follow(self._text)

    def entered(self) -> None:
        """The text is the answer."""
        self.dismiss(self._text.strip())

    def action_leave(self) -> None:
        """No answer."""
        self.dismiss(None)

    def _about(self) -> Line:
        return Line(self._title, plain(self._enter, "$muted"))


class FindHere(AskText):
    """Find in the chat that is shown: Enter and ↑ go to the one before, ↓ to the one after."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", show=False, priority=True),
        Binding("down", "go(1)", show=False, priority=True),
    ]

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._found = 0
        self._at = 0
        super().__init__(plain("Find in this chat", "bold"), "", follow=self._find)

    def entered(self) -> None:
        """Enter goes on to the next older one."""
        self.action_go(-1)

    def action_go(self, step: int) -> None:
        """To the next one found."""
        if self._found:
            self._at, self._found = self._transcript.find_next(step)
            self.about.redraw()

    def _find(self, query: str) -> None:
        self._found = self._transcript.find(query)
        self._at = self._found

    def _about(self) -> Line:
        if not self._text:
            return Line(self._title, plain("Esc ends it", "$muted"))
        if not self._found:
            return Line(self._title, plain("not in what is loaded here; ^R searches all chats", "$warning"))
        return Line(self._title, plain(f"{self._at} of {self._found}   ↑ older  ↓ newer  Esc ends it", "$muted"))
