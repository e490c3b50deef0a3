"""Where every key goes: to the table, to the guard against sentences, to the open question, or on to the widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from textual.events import Key
from textual.widget import Widget

from agent_tui.config.actions import ACTION, Action, Right, Where
from agent_tui.ui.keys import ASKED_S, AT_ONCE, LEADER, MOVES, SentenceGuard
from agent_tui.ui.phone.card_keys import CardKeys

if TYPE_CHECKING:
    from agent_tui.ui.app import ConsoleApp
    from agent_tui.ui.screens.console import ConsoleScreen
    from agent_tui.ui.screens.question import Question

_COMPOSERS_OWN: Final = frozenset(
    ["compose.send", "compose.newline", "compose.take_back", "compose.leave", "compose.field", "proof.all"]
)
_ALSO_ABOVE_QUESTIONS: Final = frozenset(["app.quit", "app.redraw"])
_TEXT_FIELDS: Final = frozenset(["Input", "TextArea"])
_OFFERED_FOR_S: Final = 6.0
"""A sentence that was typed into nothing can be put in the reply for so long: while that is said, and a moment."""


class Keyboard:
    """Asks the table first; what it does not name goes on to the widgets."""

    def __init__(
        self,
        app: ConsoleApp,
        console: ConsoleScreen,
        later: Callable[[float, Callable[[], None]], object] | None = None,
    ) -> None:
        """`later(seconds, call)`: None is the app's own timer."""
        self._app = app
        self._console = console
        self.typed = ""
        """A sentence that was typed where no text field had the focus."""
        self._typed_at = self._at = 0.0
        self._question: Widget | None = None
        self._opened_at = 0.0
        """When the letter was pressed that opened `_question`."""
        self._guard = SentenceGuard(later or app.set_timer, self._sentence, active=app.options.sentence_guard)
        self._card = CardKeys(console.calling, self._guard)

    def takes(self, event: Key) -> bool:
        """Whether the key was dealt with here."""
        if not self._console.built:
            # Nothing can be done yet but leave; keys for a screen that is not there yet are nobody's.
            if self._console.keys.action(event.key, typing=True) == ACTION["app.quit"]:
                self._app.exit(0)
            return True
        self._console.notices.seen()
        if event.key == "ctrl+c":
            from agent_tui.ui.clipboard import copy_or_hint

            copy_or_hint(self._app)
            return True
        if event.key == "escape" or event.time - self._typed_at > _OFFERED_FOR_S:
            self.typed = ""
        self._at = event.time
        typing = in_text_field(self._app.focused)
        if typing:
            self._guard.reset()
        screen = self._app.screen
        if screen is not self._console:
            return self._in_question(event, screen, typing)
        if self._console.leading:
            self._after_leader(event.key)
            return True
        return self._on_console(event, typing)

    def do(self, action_id: str) -> None:
        """Do an action, however it was chosen."""
        if ACTION[action_id].right is Right.ACT and self._console.account is None:
            self._console.say("Not connected yet: nothing was done. It can be done as soon as the desk answers.")
            return
        from agent_tui.ui.doing import DOING

        DOING[action_id](self._console)

    def _on_console(self, event: Key, typing: bool) -> bool:
        key, console = event.key, self._console
        if self._card.takes(event):
            return True
        action = console.keys.action(key, typing=typing)
        if typing:
            if action is None or action.id in _COMPOSERS_OWN:
                return False
            self._start(action)
            return True
        if key == "enter" and console.inbox.has_focus:
            console.inbox.open_cursor()
            return True
        if key == "escape":
            self._guard.reset()
            console.dismiss_note()
            if console.inbox.has_focus and console.wanted:
                console.wanted = ""
                console.inbox.redraw()
            console.inbox.focus()
            console.set_class(console.has_class("-narrow"), "-list")
            return True
        if not event.is_printable:
            if action is None:
                return False
            if action.where is Where.EVERYWHERE:
                self._guard.settle()
            self._start(action)
            return True
        number = int(key) if key.isdecimal() and len(key) == 1 and key != "0" else 0
        if number and action is None:
            self._guard.press(event.time, event.character or "", lambda: self._tab(number), moves=True)
        elif action is None:
            self._guard.press(event.time, event.character or "", None)
        else:
            start = action
            self._guard.press(
                event.time,
                event.character or "",
                lambda: self._start(start),
                moves=action.id in MOVES,
                at_once=action.id in AT_ONCE,
            )
        return True

    def _start(self, action: Action) -> None:
        if action.id == "tab.jump":
            self._console.leading = True
            self._console.footer.redraw()
        elif action.id in ("compose.write", "compose.write_note") and self.typed:
            self.do(action.id)
            typed, self.typed = self.typed, ""
            self._console.chat.put_in_reply(typed)
        else:
            self.do(action.id)

    def _after_leader(self, key: str) -> None:
        console = self._console
        console.leading = False
        console.footer.redraw()
        action = console.keys.chord(key)
        if action is not None:
            self.do(action.id)
        elif len(key) == 1 and key.isdecimal():
            self._tab(int(key))
        elif key != "escape":
            console.say(f"Nothing is on {console.keys.shown('tab.jump') or LEADER} and that key.")

    def _tab(self, number: int) -> None:
        ref = self._console.tabs.numbered(number)
        if ref is None:
            self._console.say(f"There is no tab {number}.")
        else:
            self._console.show(ref)

    def _in_question(self, event: Key, screen: Widget, typing: bool) -> bool:
        action = self._console.keys.action(event.key, typing=True)
        if action is not None and action.id in _ALSO_ABOVE_QUESTIONS:
            self._start(action)
            return True
        if typing or not _is_question(screen):
            return False
        if event.is_printable:
            question: Question[Any] = screen  # type: ignore[assignment]
            if question.GUARDED and self._guard.active:
                self._answer(event, question)
            else:
                question.choose(event.key)
            return True
        if event.key in ("enter", "escape"):
            self._guard.reset()
        return False

    def _answer(self, event: Key, question: Question[Any]) -> None:
        """A letter above a question: pointed at now, given once it is clear that it is no second letter of a word."""
        if question is not self._question:
            self._question, self._opened_at = question, self._guard.last_at
        self._guard.press(
            event.time,
            event.character or "",
            lambda: question.choose(event.key),
            sentence=self._guard.waiting or not question.point_at(event.key),
            not_before=self._opened_at + ASKED_S,
        )

    def _sentence(self, typed: str) -> None:
        self.typed, self._typed_at = typed, self._at
        if _is_question(self._app.screen):
            self._app.screen.dismiss(None)
        if self._console.calling.focus.parks(typed):
            self.typed = ""
            return
        write = self._console.keys.shown("compose.write")
        self._console.say(f"That was a sentence: no key acted. {write} puts it in the reply.", "bold $warning")


def in_text_field(widget: Widget | None) -> bool:
    """Whether letters typed now are text. By name, so that asking does not load the text fields."""
    return widget is not None and any(kind.__name__ in _TEXT_FIELDS for kind in type(widget).__mro__)


def _is_question(screen: Widget) -> bool:
    """Whether a question is open. By name, so that asking does not load what asks."""
    return any(kind.__name__ == "Question" for kind in type(screen).__mro__)
