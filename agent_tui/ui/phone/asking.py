"""A number is typed: shown as people write it while it grows, and checked like any other."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from textual.content import Content

from agent_tui.core import select
from agent_tui.model.text import SafeText, clean
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.asking import AskText
from agent_tui.ui.widgets.lines import Line

if TYPE_CHECKING:
    from agent_tui.ui.phone.calling import Calling


class AskNumber(AskText):
    """The line above says how the number reads; the library is never waited for while somebody types."""

    def __init__(self, title: Content, text: str, region: str) -> None:
        self._region = region
        super().__init__(title, text, enter="Enter checks it, Esc leaves it", hint="0612345678 or +31 6 …")

    def on_mount(self) -> None:
        """Bring the library in beside the typing."""
        self.run_worker(asyncio.to_thread(_bring_in, self._region), group="numbers", exit_on_error=False)

    def _about(self) -> Line:
        if not self._text or "phonenumbers" not in sys.modules:
            return super()._about()
        from agent_tui.core.phone.candidates import as_typed

        shown = clean(as_typed(self._text, self._region), multiline=False)
        return Line(
            words.joined(self._title, SafeText("  "), words.text(shown, "bold $accent")), super()._about().right
        )


def ask_number(calling: Calling) -> None:
    """Ask which number, then check it."""
    console = calling.console
    record = console.state.conversations.get(calling.ref) if calling.ref else None
    if record is None:
        return

    def answer(text: str | None) -> None:
        if text:
            calling.check(text)
        else:
            calling.changed()
            calling.focus.take()

    title = words.joined(plain("Number of ", "bold"), words.text(select.name_of(record), "bold $customer"))
    console.app.push_screen(AskNumber(title, calling.hand.chosen, console.state.telephone.region or "NL"), answer)


def _bring_in(region: str) -> None:
    from agent_tui.core.phone.candidates import as_typed

    as_typed("0", region)
