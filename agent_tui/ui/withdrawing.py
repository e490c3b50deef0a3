"""Withdraw: the own message under the cursor at once, the last own one after a second press of the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agent_tui.model.entry import Entry
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.ports.intents import Withdraw

if TYPE_CHECKING:
    from agent_tui.model.conversation import Conversation
    from agent_tui.ui.screens.console import ConsoleScreen

OFFERED_FOR_S: Final = 5.0
_QUOTED: Final = 24


class Withdrawing:
    """Remembers which message the key was pressed for once."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._offered: tuple[ConversationRef, OrderKey] | None = None
        self._until = 0.0

    def withdraw(self, record: Conversation) -> None:
        """Withdraw what the cursor is on, or offer the last own message of the shown chat."""
        console = self._console
        key = console.keys.shown("entry.withdraw")
        under = console.chat.transcript.cursor_entry
        if console.inbox.has_focus:
            console.say(f"{console.keys.shown('move.pane')} to the chat first: {key} withdraws a message there.")
        elif under is not None and self._own(under):
            if under.withdrawn:
                console.say("This message is withdrawn already.")
            else:
                self._do(record, under)
        else:
            self._offer(record, key)

    def _offer(self, record: Conversation, key: str) -> None:
        console = self._console
        entries = reversed(console.state.transcript(record.ref).entries)
        last = next((entry for entry in entries if self._own(entry) and not entry.withdrawn), None)
        now = console.app.now_s()  # type: ignore[attr-defined]
        if last is None:
            console.say("There is no message of your own here to withdraw.")
        elif self._offered == (record.ref, last.key) and now <= self._until:
            self._do(record, last)
        else:
            self._offered, self._until = (record.ref, last.key), now + OFFERED_FOR_S
            words = " ".join(last.body.split())
            quoted = words if len(words) <= _QUOTED else words[:_QUOTED].rstrip() + "…"
            console.say(f"Withdraw “{quoted}”? {key} again does it.", "bold $warning")

    def _do(self, record: Conversation, entry: Entry) -> None:
        self._offered = None
        self._console.wish(Withdraw(record.ref, entry.key), "Message withdrawn")

    def _own(self, entry: Entry) -> bool:
        me = self._console.state.me
        mine = me is not None and entry.author.kind is AuthorKind.AGENT and entry.author.id == me.id
        return mine and entry.kind is not EntryKind.SYSTEM
