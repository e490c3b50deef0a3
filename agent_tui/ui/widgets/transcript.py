"""The transcript: one virtual widget whose conversation is swapped. Painted row by row, anchored by message."""

from collections.abc import Callable
from datetime import UTC, tzinfo

from textual.widget import Widget

from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.links import Link
from agent_tui.ui.widgets.transcript_source import TranscriptSource


class Transcript(Widget, can_focus=True):
    """See `transcript_messages` for what it posts: NeedOlder, ReadUpTo, CursorMoved, NewBelow."""

    def __init__(self, now_ms: Callable[[], int], zone: tzinfo = UTC, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now_ms = now_ms
        self._zone = zone
        self._source: TranscriptSource | None = None

    def show(self, source: TranscriptSource | None) -> None:
        """Show this conversation, as it was left: place, cursor, following."""
        self._source = source

    def changed(self) -> None:
        """Something of the shown conversation may have changed: entries, outgoing, marks, typing. Coalesces."""

    def forget(self, ref: ConversationRef) -> None:
        """Drop what is kept of a conversation (its tab was closed)."""

    def older_failed(self, sentence: str) -> None:
        """The older messages asked for did not come: shown in their place until asked again."""

    @property
    def seen_key(self) -> OrderKey:
        """The newest entry that was painted: what the author has seen when Enter is pressed."""
        return START

    @property
    def cursor_entry(self) -> Entry | None:
        """The entry the message cursor is on."""
        return None

    def links_here(self) -> tuple[Link, ...]:
        """The links of the entry under the cursor."""
        return ()

    def text_here(self) -> str:
        """The text of the entry under the cursor, for copying."""
        return ""

    def find(self, query: str) -> int:
        """Highlight what contains `query` (case folded), go to the newest; returns how many entries do."""
        return 0

    def find_next(self, step: int) -> tuple[int, int]:
        """Go to the next (1: newer) or previous (-1) entry found; which of how many, from 1."""
        return (0, 0)

    # actions: down, up, oldest, newest, unread, page_up, page_down
