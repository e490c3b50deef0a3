"""Where every key of the monitor goes. What acts on chats in the console is answered here, and nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.events import Key

from agent_tui.config.actions import Right
from agent_tui.ui.keyboard import in_text_field
from agent_tui.ui.keys import KeyTable
from agent_tui.ui.screens.question import Question

if TYPE_CHECKING:
    from agent_tui.ui.monitor.app import MonitorApp

READ_ONLY: Final = "Monitor mode: read only. Nothing was sent."
_ABOVE_QUESTIONS: Final = frozenset(["app.quit", "app.redraw"])


class MonitorKeyboard:
    """Asks the monitor's table first. The console's is only asked which keys would have acted."""

    def __init__(self, app: MonitorApp, keys: KeyTable, console_keys: KeyTable) -> None:
        self._app = app
        self._keys = keys
        self._console_keys = console_keys

    def takes(self, event: Key) -> bool:
        """Whether the key was dealt with here."""
        screen = self._app.main
        if event.key == "ctrl+c":
            from agent_tui.ui.clipboard import copy_or_hint

            copy_or_hint(self._app)
            return True
        action = self._keys.monitor_action(event.key)
        if self._app.screen is not screen:
            return self._in_question(event, action.id if action else "")
        if action is not None:
            screen.do(action.id)
            return True
        if self._acts(event.key):
            screen.say(READ_ONLY, "bold $warning")
            return True
        return False

    def _acts(self, key: str) -> bool:
        """Whether the key would act on a chat in the console."""
        keys = self._console_keys
        found = (keys.action(key, typing=False), keys.action(key, typing=True))
        return any(action is not None and action.right is Right.ACT for action in found)

    def _in_question(self, event: Key, action_id: str) -> bool:
        if action_id in _ABOVE_QUESTIONS:
            self._app.main.do(action_id)
            return True
        screen: Any = self._app.screen
        if isinstance(screen, Question) and event.is_printable and not in_text_field(self._app.focused):
            screen.choose(event.key)
            return True
        return False
