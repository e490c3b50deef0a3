"""Wishes from the screen: asked without waiting, answered in a sentence, undone by their inverse for five seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from agent_tui.ports.intents import Command, TakeNext

if TYPE_CHECKING:
    from agent_tui.runtime.account import Wished
    from agent_tui.ui.screens.console import ConsoleScreen

UNDO_FOR_S: Final = 5.0
UNDONE: Final = "Undone"


class Wishes:
    """One wish after the other; only the last one can be undone."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._undo: Command | None = None
        self._undo_until = 0.0
        self._tasks: set[asyncio.Task[Wished]] = set()

    def wish(self, intent: Command, done: str, after: Callable[[bool], None] | None = None) -> None:
        """Ask; `done` is said where it went well, the desk's sentence where not."""
        account = self._console.account
        if account is None:
            return
        task = account.wish(intent)
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._answered(intent, ended, done, after))

    def undo_last(self) -> None:
        """Send the inverse of what was done last."""
        undo, self._undo = self._undo, None
        if undo is None:
            self._console.say("There is nothing to undo.")
        elif self._now() > self._undo_until:
            self._console.say("The five seconds for undo are over.")
        else:
            self.wish(undo, UNDONE)
            self._undo = None

    def _answered(
        self, intent: Command, task: asyncio.Task[Wished], done: str, after: Callable[[bool], None] | None
    ) -> None:
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is not None or not self._console.is_attached:
            return
        wished = task.result()
        console = self._console
        if not wished.ok:
            console.say(wished.sentence, "bold $warning")
        elif isinstance(intent, TakeNext):
            self._taken(wished)
        else:
            undo = None if done == UNDONE else wished.undo
            self._said(done, undo)
        if after is not None:
            after(wished.ok)

    def _taken(self, wished: Wished) -> None:
        if wished.ref is None:
            self._console.say(wished.sentence or "Nobody is waiting.")
            return
        self._console.show(wished.ref)
        self._console.chat.composer.focus_text(by_itself=True)
        self._said("Taken", wished.undo)

    def _said(self, done: str, undo: Command | None) -> None:
        self._undo = undo
        self._undo_until = self._now() + UNDO_FOR_S
        self._console.say(f"{done}.", undo=undo is not None)

    def _now(self) -> float:
        return self._console.app.now_s()  # type: ignore[attr-defined, no-any-return]
