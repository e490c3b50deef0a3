"""The watching half: everything that only looks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from agent_tui.backends.desk import call_codec, codec
from agent_tui.backends.desk.client.calling import WatchesCalls
from agent_tui.backends.desk.client.line import ANSWER_WITHIN_S, DeskLine
from agent_tui.backends.desk.library_codec import team_page, use_counts
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.uses import UseCount
from agent_tui.model.words import Role
from agent_tui.ports import events as e
from agent_tui.ports.backend import ConversationPage, EntryPage, HitPage, ServerInfo, View
from agent_tui.ports.capabilities import Capabilities, Capability, can
from agent_tui.ports.errors import ServerTrouble, Unreachable, Unsupported
from agent_tui.ports.library import TeamPage
from agent_tui.ports.transport import Socket
from agent_tui.protocol import requests as q
from agent_tui.protocol.commands import Hello, Subscribe, Welcome
from agent_tui.protocol.frames import RawEvents, ServerFrame, decode_server_frame
from agent_tui.protocol.library import LibraryPage, UsesPage
from agent_tui.protocol.records import WireConversation

LONGEST_HISTORY_PAGE: Final = 500
CLIENT: Final = "agent-tui"
_READ_ANEW: Final = "Some of the desk's events were missing: what you had is read anew."


class DeskWatching(WatchesCalls):
    """Looks at a desk. It leaves no mark: no read position, no presence, no typing."""

    def __init__(self, line: DeskLine, now_ms: Callable[[], int]) -> None:
        self._line = line
        self._now_ms = now_ms
        self._epoch = ""
        self._cursor = ""
        self._broken_chains = 0
        self._closing: codec.Closing | None = None
        self._subscribed: tuple[int, ...] = ()
        self._capabilities = codec.capabilities_of(Role.AGENT)

    @property
    def line(self) -> DeskLine:
        """For the answering half, which uses the same socket."""
        return self._line

    @property
    def capabilities(self) -> Capabilities:
        """By role; before the first connection an agent's."""
        return self._capabilities

    async def probe(self) -> ServerInfo:
        """The desk's health."""
        health = await self._line.read("health", q.Health)
        detail = codec.line(health.detail)
        return ServerInfo(codec.name("desk"), codec.name(health.version), health.ok and health.writable, detail)

    async def list(self, view: View, after: str = "", text: str = "") -> ConversationPage:
        """One page of conversations."""
        query = {"view": view.value, "after": after, "text": text}
        page = await self._line.read("conversations", q.ConversationPage, query)
        return ConversationPage(tuple(map(self._line.codec.conversation, page.conversations)), page.next)

    async def get(self, ref: ConversationRef) -> Conversation:
        """One record."""
        record = await self._line.read("conversation", WireConversation, conversation=codec.number_of(ref))
        return self._line.codec.conversation(record)

    async def history(
        self, ref: ConversationRef, *, before: OrderKey | None = None, after: OrderKey | None = None, limit: int = 200
    ) -> EntryPage:
        """Entries before or after a key, or the newest."""
        query = {"before": before, "after": after, "limit": min(limit, LONGEST_HISTORY_PAGE)}
        page = await self._line.read("entries", q.EntryPage, query, conversation=codec.number_of(ref))
        return EntryPage(tuple(map(self._line.codec.entry, page.entries)), page.more)

    async def earlier(self, ref: ConversationRef) -> tuple[Conversation, ...]:
        """The customer's other conversations."""
        page = await self._line.read("earlier", q.ConversationPage, conversation=codec.number_of(ref))
        return tuple(map(self._line.codec.conversation, page.conversations))

    async def search(self, text: str, ref: ConversationRef | None = None, after: str = "") -> HitPage:
        """Full text, newest first."""
        query = {"text": text, "conversation": codec.number_of(ref) if ref else None, "before": after}
        page = await self._line.read("search", q.HitPage, query)
        return HitPage(tuple(map(self._line.codec.hit, page.hits)), page.next, page.behind)

    async def library(self, have: str = "", after: str = "") -> TeamPage:
        """The team's library, or what changed in it."""
        self._can_read_library()
        return team_page(await self._line.read("library", LibraryPage, {"have": have, "after": after}))

    async def uses(self) -> tuple[UseCount, ...]:
        """What became of its snippets."""
        self._can_read_library()
        return use_counts(await self._line.read("library_uses", UsesPage))

    def _can_read_library(self) -> None:
        if not can(self._capabilities, Capability.TEAM_LIBRARY):
            raise Unsupported("This desk has no library for its team.")

    async def subscribe(self, refs: tuple[ConversationRef, ...]) -> None:
        """Remembered, and said again after every reconnect."""
        self._subscribed = tuple(codec.number_of(ref) for ref in refs)
        with contextlib.suppress(Unreachable):  # it is said again when the line is back
            await self._say_subscribed()

    async def events(self) -> AsyncIterator[e.BackendEvent]:
        """One connection's life. The desk repeats what was missed, or says why it can't: then all is read afresh."""
        self._closing = None
        socket = await self._line.open()
        try:
            hello = Hello(self._line.next_id(), epoch=self._epoch, cursor=self._cursor, client=CLIENT)
            welcome, early = await self._say_hello(socket, hello)
            async for event in self._welcomed(welcome, early):
                yield event
            await self._say_subscribed()
            while True:
                heard = await socket.receive()
                if isinstance(heard, bytes):
                    for event in self._facts(self._frame(heard)):
                        yield event
                else:
                    yield heard
        except Unreachable as lost:
            if self._closing is None:
                raise
            raise Unreachable(self._closing.sentence, self._closing.retry_after_ms) from lost
        finally:
            await self._line.close()

    async def resync(self, known: Mapping[ConversationRef, OrderKey]) -> AsyncIterator[e.BackendEvent]:
        """All records that are not resolved, and what came after each known key."""
        inbox = await self._line.read("inbox", q.Inbox)
        for event in self._snapshot(inbox):
            yield event
        listed = {codec.ref_of(record.id) for record in inbox.conversations}
        for ref, after in known.items():
            if ref not in listed:
                yield e.ConversationUpsert(await self.get(ref), own_read=True)
            more = True
            while more:
                page = await self.history(ref, after=after, limit=LONGEST_HISTORY_PAGE)
                yield e.EntriesLoaded(
                    ref, page.entries, reaches_start=after == START, reaches_end=not page.more, after=after
                )
                more = page.more and bool(page.entries)
                after = page.entries[-1].key if page.entries else after

    async def aclose(self) -> None:
        """End the connection."""
        await self._line.aclose()

    async def _say_hello(self, socket: Socket, hello: Hello) -> tuple[Welcome, Sequence[ServerFrame]]:
        """The desk's answer, and what came before it: what it repeats may."""
        answer = await self._line.tell(hello)
        early: list[ServerFrame] = []
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while not answer.done():
                    heard = await socket.receive()
                    if isinstance(heard, bytes):
                        early.append(self._frame(heard))
        except TimeoutError:
            raise Unreachable("The desk let us in and then said nothing: it is tried again.") from None
        return self._line.answer_in(answer.result(), hello), early

    async def _welcomed(self, welcome: Welcome, early: Sequence[ServerFrame]) -> AsyncIterator[e.BackendEvent]:
        known_before = bool(self._epoch)
        self._epoch = welcome.epoch
        self._capabilities = codec.capabilities_of(welcome.you.role)
        yield self._line.codec.connected(welcome, self._now_ms())
        yield e.CapabilitiesKnown(self._capabilities)
        if welcome.library:
            yield e.LibraryMoved(codec.name(welcome.library))
        if not welcome.resumed:
            self._cursor = welcome.cursor
            yield e.StartedAfresh(codec.line(welcome.why or _READ_ANEW) if known_before else "")
        for frame in early:
            for event in self._facts(frame):
                yield event
        # the records as of now: what is still being repeated can only be older, and settles by revision
        for event in self._snapshot(await self._line.read("inbox", q.Inbox)):
            yield event
        yield e.Live()

    def _snapshot(self, inbox: q.Inbox) -> Iterator[e.BackendEvent]:
        decode = self._line.codec
        yield decode.hours(inbox.hours)
        for agent in inbox.agents:
            yield e.AgentSeen(decode.agent(agent))
        for record in inbox.conversations:
            yield e.ConversationUpsert(decode.conversation(record), own_read=True)
        if inbox.phone is not None:
            yield e.PhoneKnown(call_codec.telephone(inbox.phone))
        for call in inbox.calls:
            yield e.CallSeen(call_codec.call(call))

    def _frame(self, raw: bytes) -> ServerFrame:
        try:
            frame = decode_server_frame(raw)
        except msgspec.MsgspecError:
            raise ServerTrouble("The desk sent something that can't be read: update the older of the two.") from None
        self._line.answered(frame)
        return frame

    def _facts(self, frame: ServerFrame) -> Iterator[e.BackendEvent]:
        if frame.events is not None:
            self._follow(frame)
            yield from self._pushed(frame.events)
        if frame.now is not None:
            yield from self._pushed(frame.now)

    def _follow(self, frame: ServerFrame) -> None:
        """Take the frame's cursor, if the chain from the last one is whole; otherwise resume at the last good one."""
        if frame.prev == self._cursor:
            self._cursor = frame.cursor
            self._broken_chains = 0
            return
        self._broken_chains += 1
        if self._broken_chains > 1:
            self._cursor = ""
        raise Unreachable("Some of the desk's events were missing: they are asked for again.")

    def _pushed(self, events: RawEvents) -> Iterator[e.BackendEvent]:
        for fact in self._line.codec.pushed(events, self._now_ms()):
            if isinstance(fact, codec.Closing):
                self._closing = fact
            else:
                yield fact

    async def _say_subscribed(self) -> None:
        # not awaited: its answer comes in by `events`, which may be what is running here
        command: Any = Subscribe(self._line.next_id(), self._subscribed)
        answer = await self._line.tell(command)
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
