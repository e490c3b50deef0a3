"""Search in all chats: newest first, asked of the backend while one types, never waited for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Final

from textual.content import Content

from agent_tui.model.entry import Hit
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import NOTHING as NO_NAME
from agent_tui.model.text import SafeText
from agent_tui.ports.errors import PortError
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.finder import Finder, Row
from agent_tui.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from agent_tui.runtime.account import Account

PAUSE_S: Final = 0.2
"""So long nothing more was typed before the backend is asked."""
SHORTEST: Final = 2

Found = tuple[ConversationRef, int]


class Search(Finder[Found]):
    """Dismissed with the conversation and the entry's key."""

    def __init__(self, account: Account, zone: tzinfo | None, text: str = "") -> None:
        super().__init__(plain("Search all chats, newest first", "bold"), lambda wanted: (), "words to look for", text)
        self._account = account
        self._zone = zone
        self._says = plain("Type at least two letters.", "$muted")

    def nothing(self) -> Content:
        """What is so while nothing is found."""
        return self._says

    def on_mount(self) -> None:
        """What was searched last is found again."""
        self._look()

    def on_text_line_typed(self, message: TextLine.Typed) -> None:
        """Ask once the hand rests."""
        message.stop()
        message.prevent_default()
        self.text = message.value
        self._look()

    def _look(self) -> None:
        text = self.text.strip()
        if len(text) < SHORTEST:
            self._says = plain("Type at least two letters.", "$muted")
            self.workers.cancel_group(self, "search")
            self.found(())
            return
        self.run_worker(self._ask(text), group="search", exclusive=True, exit_on_error=False)

    async def _ask(self, text: str) -> None:
        await asyncio.sleep(PAUSE_S)
        self._says = plain("Searching …", "$muted")
        self.found(self._rows or ())
        try:
            page = await self._account.search(text)
        except PortError as error:
            self._says = plain(str(error), "$warning")
            self.found(())
            return
        behind = f" {page.behind} newer messages are not indexed yet." if page.behind else ""
        self._says = plain(f"Nobody wrote that.{behind}", "$muted")
        self.found([self._row(hit) for hit in page.hits])

    def _row(self, hit: Hit) -> Row[Found]:
        at = datetime.fromtimestamp(hit.entry.at_ms / 1000, UTC).astimezone(self._zone)
        who = hit.customer or SafeText(f"Visitor {hit.label}")
        writer = "" if hit.entry.from_customer or hit.entry.author.name == NO_NAME else f"{hit.entry.author.name}: "
        line = SafeText(hit.entry.body.replace("\n", " "))
        row = words.joined(words.text(who, "bold $customer"), plain(f"  {writer}", "$muted"), words.text(line))
        return Row(row, plain(f"{hit.label}  {at:%d %b %H:%M}", "$muted"), (hit.ref, hit.entry.key))
