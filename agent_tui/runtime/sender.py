"""The outbox at work: sends the head of each conversation's line, settles what is answered, holds what must wait."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import msgspec

from agent_tui.core import delivery
from agent_tui.core.state import Changes, LinkState
from agent_tui.model.ids import NO_CID, ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.capabilities import Capability, can
from agent_tui.ports.errors import Crossed, PortError, RateLimited, Receipt
from agent_tui.ports.events import EntryUpsert, OutgoingMoved, OutgoingTakenBack
from agent_tui.runtime.engine import Engine
from agent_tui.storage.account_file import NotWritable
from agent_tui.storage.drafts import Drafts
from agent_tui.storage.outbox import Outbox

TRY_AGAIN_S: Final = 2.0
ADOPT_EVERY_S: Final = 15.0
_UP: Final = (LinkState.LIVE, LinkState.QUIET)


class Sender:
    """The only one who calls `Answering.send`."""

    def __init__(
        self, outbox: Outbox, answering: Answering, watching: Watching, engine: Engine, now_ms: Callable[[], int]
    ) -> None:
        self._outbox = outbox
        self._answering = answering
        self._watching = watching
        self._engine = engine
        self._now_ms = now_ms
        self._rows: dict[ClientId, Outgoing] = {}
        self._stored: set[ClientId] = set()
        """Sent by this console: a row of theirs that could not be removed is not sent again."""
        self._busy: set[ConversationRef] = set()
        self._wake = asyncio.Event()
        self._was_up = False
        self._came_back = asyncio.Event()
        """Set once when the line comes back, then replaced: a message that was cut off needs no further pause."""
        self.newest_cid = NO_CID
        """Of all messages this console has had to do with; a new one has to sort after it."""
        engine.listen(self._heard)

    @property
    def idle(self) -> bool:
        """Nothing is on its way now."""
        return not self._busy

    @property
    def _repeatable(self) -> bool:
        """A send may be repeated: the backend stores it once however often it comes."""
        return can(self._watching.capabilities, Capability.IDEMPOTENT_SEND)

    def add(self, item: Outgoing) -> None:
        """Keep a new message on disk, then show it. Raises `NotWritable`, and then nothing was kept."""
        self._outbox.add(item)
        self._show(item)
        self._wake.set()

    def let_go(self, cid: ClientId) -> str:
        """Send a held or failed message after all; a sentence where that can't be."""
        item = self._rows.get(cid)
        if item is None or item.state not in (Delivery.HELD, Delivery.FAILED, Delivery.UNSURE):
            return "This message is not held any more."
        try:
            self._keep(delivery.let_go(item, self._now_ms()))
        except NotWritable as error:
            return str(error)
        self._wake.set()
        return ""

    def take_back(self, cid: ClientId, drafts: Drafts) -> Outgoing | str:
        """A message becomes a draft again; a sentence where the backend may already have it."""
        item = self._rows.get(cid)
        if item is None:
            return "This message is already sent: it can be withdrawn in the chat."
        if item.attempted:
            return "This message is on its way and may have arrived: it can't be taken back now."
        draft = drafts.with_text(item.ref, item)
        try:
            self._outbox.take_back(item, draft)
        except NotWritable as error:
            return str(error)
        drafts.taken_back(item.ref, draft)
        del self._rows[cid]
        self._engine.apply(OutgoingTakenBack(cid, item.ref))
        self._wake.set()
        return item

    def load(self) -> None:
        """Take over what this account's dead consoles left, and show everything unsettled. Raises `NotWritable`."""
        self._outbox.adopt()
        for item in self._outbox.rows():
            if item.cid in self._stored:
                self._outbox.remove(item.cid)
            elif item.cid not in self._rows:
                stuck = item.state is Delivery.SENDING
                self._show(delivery.after_cut(item, repeatable=self._repeatable) if stuck else item)

    async def run(self) -> None:
        """Send what may be sent, whenever the line is up."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._adopt())
            while True:
                self._wake.clear()
                if self._engine.state.link.state in _UP:
                    for item in delivery.heads_of_line(self._rows.values(), self._busy):
                        self._busy.add(item.ref)
                        tasks.create_task(self._settle(item))
                await self._wake.wait()

    async def _adopt(self) -> None:
        while True:
            try:
                self.load()
            except NotWritable:
                pass  # the next send says it to its author
            else:
                self._wake.set()
            await asyncio.sleep(ADOPT_EVERY_S)

    async def _settle(self, item: Outgoing) -> None:
        pause = 0.0
        try:
            if not await self._is_held(item):
                pause = await self._send(item)
        except (NotWritable, PortError):
            pause = TRY_AGAIN_S
        if pause:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._came_back.wait()
        self._busy.discard(item.ref)
        self._wake.set()

    async def _is_held(self, item: Outgoing) -> bool:
        state = self._engine.state
        why = delivery.reason_to_hold(
            item, state.conversations.get(item.ref), state.me.id if state.me else "", self._now_ms()
        )
        if not why:
            return False
        if item.attempted:
            try:
                receipt = await self._stored_as(item)
            except delivery.FINAL as error:
                self._keep(delivery.after_error(item, error))
                return True
            if receipt is not None:
                self._sent(item, receipt)
                return True
            item = msgspec.structs.replace(item, attempted=False)
        self._keep(delivery.held(item, why))
        return True

    async def _stored_as(self, item: Outgoing) -> Receipt | None:
        """Where the backend has a message whose answer was lost; None where it does not have it."""
        after, more = OrderKey(0) if item.seen == delivery.EVERYTHING_SEEN else item.seen, True
        while more:
            page = await self._watching.history(item.ref, after=after)
            for entry in page.entries:
                if entry.cid == item.cid:
                    return Receipt(entry.key, entry.at_ms)
            more = page.more and bool(page.entries)
            after = page.entries[-1].key if page.entries else after
        return None

    async def _send(self, item: Outgoing) -> float:
        """Send once; how many seconds to leave this conversation alone afterwards."""
        item = delivery.on_its_way(item)
        self._keep(item)
        try:
            self._sent(item, await self._answering.send(item))
        except PortError as error:
            after = delivery.after_error(item, error, repeatable=self._repeatable)
            if isinstance(error, Crossed):
                # Here before the hold is: its author is shown what crossed the message, not only that something did.
                # What lies before each may be missing still: that is a gap, known and read, until it has come.
                self._engine.apply(*(EntryUpsert(item.ref, entry, after=entry.key) for entry in error.entries))
            self._keep(after)
            if after.state is not Delivery.WAITING:
                return 0.0
            asked_ms = error.retry_after_ms if isinstance(error, RateLimited) else None
            return asked_ms / 1000 if asked_ms else TRY_AGAIN_S
        return 0.0

    def _sent(self, item: Outgoing, receipt: Receipt) -> None:
        self._rows.pop(item.cid, None)
        self._stored.add(item.cid)
        self._engine.apply(
            OutgoingMoved(
                msgspec.structs.replace(
                    item, state=Delivery.SENT, key=OrderKey(receipt.key), at_ms=receipt.at_ms, why=""
                )
            )
        )
        # if this fails it is tried again later; after a crash the row goes again under its cid, to the same receipt
        self._outbox.remove(item.cid)

    def _keep(self, item: Outgoing) -> None:
        self._outbox.update(item)
        self._show(item)

    def _show(self, item: Outgoing) -> None:
        self._rows[item.cid] = item
        self.newest_cid = max(self.newest_cid, item.cid)
        self._engine.apply(OutgoingMoved(item))

    def _heard(self, changes: Changes) -> None:
        if not changes.link:
            return
        self._wake.set()
        up = self._engine.state.link.state in _UP
        if up and not self._was_up:
            came_back, self._came_back = self._came_back, asyncio.Event()
            came_back.set()
        self._was_up = up
