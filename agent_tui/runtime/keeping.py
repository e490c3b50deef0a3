"""What is kept beside the outbox: drafts, layout and read positions; at most half a second behind the screen."""

import asyncio
from typing import Final

from agent_tui.core.delivery import FINAL
from agent_tui.core.state import Changes, LinkState
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.ports.backend import Answering
from agent_tui.ports.errors import PortError
from agent_tui.ports.events import ReadByMe
from agent_tui.runtime.engine import Engine
from agent_tui.storage.account_file import AccountFile, NotWritable
from agent_tui.storage.drafts import FLUSH_EVERY_S, Drafts
from agent_tui.storage.layout import Layout, LayoutFile

_UP: Final = (LinkState.LIVE, LinkState.QUIET)


class Keeping:
    """Writes behind, so that typing and scrolling never wait for the disk."""

    def __init__(self, file: AccountFile, answering: Answering | None, engine: Engine) -> None:
        self.drafts = Drafts(file)
        self.problem = ""
        """Why the last write failed; empty while all is kept."""
        self._layout_file = LayoutFile(file)
        self.layout = self._layout_file.load()
        self._layout_written = self.layout
        self._answering = answering
        self._engine = engine
        self._reads: dict[ConversationRef, OrderKey] = {}
        self._unconfirmed = self._layout_file.pending_reads() if answering else {}
        engine.listen(self._heard)
        self._show_reads()

    def save_layout(self, layout: Layout) -> None:
        """On disk with the next flush."""
        self.layout = layout

    def mark_read(self, ref: ConversationRef, up_to: OrderKey) -> None:
        """Move the own read position forward; the backend hears of it with the next flush. A watcher leaves none."""
        marks = self._engine.state.marks.get(ref)
        if self._answering is None or (marks is not None and up_to <= marks.read):
            return
        self._engine.apply(ReadByMe(ref, up_to))
        self._reads[ref] = up_to

    def flush(self) -> None:
        """Write everything now; `problem` says if it could not be."""
        try:
            self.drafts.flush()
            if self.layout != self._layout_written:
                self._layout_file.save(self.layout)
                self._layout_written = self.layout
            for ref, up_to in list(self._reads.items()):
                self._layout_file.keep_read(ref, up_to)
                self._unconfirmed[ref] = up_to
                del self._reads[ref]
            self.problem = ""
        except NotWritable as error:
            self.problem = str(error)

    async def run(self) -> None:
        """Flush, and tell the backend what was read, twice a second."""
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            self.flush()
            if self._unconfirmed and self._engine.state.link.state in _UP:
                await self._tell_reads()

    def _heard(self, changes: Changes) -> None:
        if self._engine.state.link.revoked:
            self._unconfirmed.clear()
            self._reads.clear()
            self.layout = Layout()
        elif changes.everything:
            self._show_reads()

    def _show_reads(self) -> None:
        """What the backend knows of the own reading can be behind what was read here and not told yet."""
        self._engine.apply(*(ReadByMe(ref, up_to) for ref, up_to in {**self._unconfirmed, **self._reads}.items()))

    async def _tell_reads(self) -> None:
        assert self._answering is not None
        for ref, up_to in list(self._unconfirmed.items()):
            try:
                await self._answering.mark_read(ref, up_to)
            except FINAL:
                pass  # it won't ever be taken: there is nothing to keep it for
            except PortError:
                return
            try:
                self._layout_file.confirmed(ref, up_to)
            except NotWritable as error:
                self.problem = str(error)
            if self._unconfirmed.get(ref) == up_to:
                del self._unconfirmed[ref]
