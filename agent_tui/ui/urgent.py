"""Who needs me most, on one key: the most urgent first, and on through the others while the key is pressed again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agent_tui.core import select
from agent_tui.core.attention import by_need

if TYPE_CHECKING:
    from agent_tui.model.ids import ConversationRef
    from agent_tui.ui.screens.console import ConsoleScreen

WALK_S: Final = 5.0
"""Pressed again within this time, the key goes on to the next one; later it begins with the most urgent again."""


class MostUrgent:
    """Remembers who was gone to in this walk, and the tab that only the walk opened."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._been: list[ConversationRef] = []
        self._pressed_at = -WALK_S
        self._opened: ConversationRef | None = None

    def go(self) -> None:
        """To the most urgent one that is not shown; pressed again soon, to the next."""
        console = self._console
        state = console.state
        ranked = by_need(
            list(state.conversations.values()),
            state.me.id if state.me else "",
            console.options.clock(),
            dict(console.options.limits),
            state.closed,
        )
        now = console.app.now_s()  # type: ignore[attr-defined]
        if now - self._pressed_at > WALK_S:
            self._been.clear()
        self._pressed_at = now
        shown = console.tabs.shown
        others = [ref for ref in ranked if ref != shown]
        if not others:
            console.say("Nobody else is waiting." if ranked else "Nobody is waiting.")
            return
        following = [ref for ref in others if ref not in self._been]
        if not following:
            console.say("That was everybody who waits.")
            self._been.clear()
        self._show((following or others)[0], shown)

    def _show(self, ref: ConversationRef, shown: ConversationRef | None) -> None:
        console = self._console
        if shown is not None:
            self._been.append(shown)
        self._been.append(ref)
        opened, self._opened = self._opened, None if ref in console.tabs.refs else ref
        console.show(ref)
        if opened is not None and opened != ref and self._untouched(opened):
            console.close_tab(opened)

    def _untouched(self, ref: ConversationRef) -> bool:
        """Nothing was done in this tab but looking."""
        console = self._console
        record = console.state.conversations.get(ref)
        mine = record is not None and select.is_mine(console.state, record)
        return not mine and (console.account is None or ref not in console.account.drafts())
