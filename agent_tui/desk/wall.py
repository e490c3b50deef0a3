"""What monitors are sent: every conversation as a tile, the last lines of those looked at, and the figures.

A tile is encoded once for all monitors, a few times a second at most; a monitor's frame is a join of encoded parts.
Everything here is masked. Nothing here is seen by agents or visitors.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from agent_tui.core.signals.seeing import Rules
from agent_tui.desk.board import BoardKeeper
from agent_tui.desk.logs import say
from agent_tui.desk.masks import encode_masked
from agent_tui.desk.reader import Reader
from agent_tui.desk.service import Service
from agent_tui.desk.signals_heard import SignalsHeard
from agent_tui.desk.store import EventKind, Store, StoredEvent
from agent_tui.desk.store.casework import ProofPlace, proof_since
from agent_tui.desk.wall_facts import WallFacts
from agent_tui.model.wall import REFUSED_FOR_MS
from agent_tui.model.words import EntryKind, State
from agent_tui.protocol import pushes as p
from agent_tui.protocol.frames import join_now
from agent_tui.protocol.records import WireAgent, WireConversation, WireEntry

TICK_SECONDS: Final = 0.25
LINES: Final = 12
"""Last entries of a conversation on the screen."""
_BODY_CODE_POINTS: Final = 400
_PREVIEW_CODE_POINTS: Final = 120
_TICKS_A_BOARD: Final = 4
_TILES_A_FRAME: Final = 100
_WAITS_FOR_READER: Final = 256 * 1024
"""A monitor with more than this waiting is told less often, not cut: it is told what is so, not what was."""


class _Looking:
    """One monitor."""

    def __init__(self) -> None:
        self.tiles: frozenset[int] = frozenset()
        self.opened: frozenset[int] = frozenset()
        self.entries: list[bytes] = []
        """Of opened conversations, not sent yet."""
        self.untold: set[int] = set()
        """Tiles that changed while too much waited for this monitor."""
        self.new_lines: set[int] = set()
        self.telling: asyncio.Task[None] | None = None


class Wall:
    """Keeps what the wall shows while the desk runs, and tells it to monitors a few times a second."""

    def __init__(
        self,
        store: Store,
        service: Service,
        board: BoardKeeper,
        facts: WallFacts,
        rules: Rules,
        now_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._service = service
        self._board = board
        self._facts = facts
        self._signals = SignalsHeard(service, rules, self.touch)
        self._now_ms = now_ms
        self._records: dict[int, WireConversation] = {}
        self._versions: dict[int, int] = {}
        self._agents: dict[str, WireAgent] = {}
        self._parts: dict[int, bytes] = {}
        """Tiles as they were encoded last; none where they changed since."""
        self._lines: dict[int, dict[int, WireEntry]] = {}
        """Last entries of conversations that somebody looks at, by seq."""
        self._dirty: set[int] = set()
        self._gone: set[int] = set()
        self._dirty_agents: set[str] = set()
        self._looking: dict[Reader, _Looking] = {}
        self._ticking: asyncio.Task[None] | None = None
        self._proof = ProofPlace()

    def begin(
        self, conversations: Iterable[WireConversation], agents: Iterable[WireAgent], head: int, proof: ProofPlace
    ) -> None:
        """What there is when the desk starts. `proof`: what is before it is known to the board, or too old to show."""
        self._proof = proof
        for record in conversations:
            self._records[record.id] = record
            self._versions[record.id] = head
        self._agents = {agent.id: agent for agent in agents}

    def stop(self) -> None:
        """The desk ends."""
        for looking in self._looking.values():
            if looking.telling is not None:
                looking.telling.cancel()
        if self._ticking is not None:
            self._ticking.cancel()
        self._signals.end()

    # what became true

    def hear(self, events: Sequence[StoredEvent]) -> None:
        """Take in what was stored; tells nobody before the next tick."""
        for event in events:
            self._signals.hear(event)
            if event.member is not None:
                self._agents[event.member.id] = event.member
                self._dirty_agents.add(event.member.id)
            if event.record is not None:
                self._records[event.conversation] = event.record
            self._facts.hear(event)
            if event.entry is not None:
                self._take_entry(event, event.entry)
            elif event.kind is EventKind.SEEN and event.conversation in self._records:
                record = self._records[event.conversation]
                self._records[event.conversation] = msgspec.structs.replace(record, seen=max(record.seen, event.seq))
            elif event.record is None and event.call is None:
                continue
            self._changed(event.conversation, event.id)

    def touch(self, conversation: int) -> None:
        """What is told beside the record changed without an event: a proof was refused."""
        if conversation in self._versions:
            self._changed(conversation, self._versions[conversation])

    def _changed(self, conversation: int, version: int) -> None:
        record = self._records.get(conversation)
        if record is None:
            return
        self._parts.pop(conversation, None)
        self._versions[conversation] = version
        if record.state is State.RESOLVED:
            self._records.pop(conversation)
            self._versions.pop(conversation)
            self._signals.forget(conversation)
            self._facts.forget(conversation)
            self._dirty.discard(conversation)
            self._gone.add(conversation)
        else:
            self._gone.discard(conversation)
            self._dirty.add(conversation)

    def _take_entry(self, event: StoredEvent, entry: WireEntry) -> None:
        record = self._records.get(event.conversation)
        if record is not None and event.record is None and event.kind is EventKind.ENTRY:
            shown = entry.body[:_PREVIEW_CODE_POINTS] if entry.kind is EntryKind.PUBLIC else record.preview
            self._records[event.conversation] = msgspec.structs.replace(
                record, last_seq=entry.seq, last_at=entry.at, preview=shown
            )
        lines = self._lines.get(event.conversation)
        if lines is not None:
            _put(lines, entry)
        for looking in self._looking.values():
            if event.conversation in looking.opened:
                kind = p.EntryAdded if event.kind is EventKind.ENTRY else p.EntryChanged
                looking.entries.append(encode_masked(kind(event.conversation, entry)))
            if event.conversation in looking.tiles or event.conversation in looking.opened:
                looking.new_lines.add(event.conversation)

    # who looks

    def enter(self, reader: Reader) -> None:
        """A monitor is here: it is told everything there is, then what changes."""
        looking = self._looking[reader] = _Looking()
        looking.telling = asyncio.create_task(self._tell_all(reader, looking))
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick_for_ever())
            self._signals.begin(self._records)

    def leave(self, reader: Reader) -> None:
        """A monitor is gone."""
        looking = self._looking.pop(reader, None)
        if looking is not None and looking.telling is not None:
            looking.telling.cancel()
        if not self._looking and self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
            self._signals.end()
            self._parts.clear()
            self._dirty.clear()
            self._gone.clear()
            self._dirty_agents.clear()
        self._let_go()

    async def look_beside(self) -> None:
        """What comes without an event: proof that was used or refused since the last look."""
        place, since = self._proof, self._now_ms() - REFUSED_FOR_MS
        found = await self._store.read(lambda db: proof_since(db, place, since))
        self._proof = found.place
        for conversation, fact in found.facts:
            self._board.learn(conversation, fact)
        for conversation in self._facts.refused(found.refused):
            self.touch(conversation)

    async def look_at(self, reader: Reader, tiles: frozenset[int], opened: frozenset[int]) -> None:
        """What is on this monitor's screen now."""
        looking = self._looking.get(reader)
        if looking is None:
            return
        new = (tiles | opened) - looking.tiles - looking.opened
        looking.tiles, looking.opened = tiles, opened
        self._let_go()
        for conversation in sorted(new):
            if conversation not in self._lines:
                self._lines[conversation] = {}
                page = await self._service.entries(conversation, limit=LINES)
                for entry in page.entries:
                    _put(self._lines.setdefault(conversation, {}), entry)
            looking.new_lines.add(conversation)

    def _let_go(self) -> None:
        """Lines that nobody looks at any more."""
        wanted = {one for looking in self._looking.values() for one in looking.tiles | looking.opened}
        for conversation in self._lines.keys() - wanted:
            del self._lines[conversation]

    # telling

    async def _tell_all(self, reader: Reader, looking: _Looking) -> None:
        try:
            agents = [encode_masked(p.AgentChanged(agent)) for agent in self._agents.values()]
            reader.now_joined(join_now([*agents, self._board.encoded()]))
            numbers = list(self._records)
            for begin in range(0, len(numbers), _TILES_A_FRAME):
                parts = [self._part(one) for one in numbers[begin : begin + _TILES_A_FRAME] if one in self._records]
                if parts:
                    reader.now_joined(join_now(parts))
                while reader.bytes_behind > _WAITS_FOR_READER:
                    await asyncio.sleep(TICK_SECONDS / 10)
                await asyncio.sleep(0)
            reader.now_joined(join_now([encode_masked(p.WallComplete(self._service.hours()))]))
        except Exception:
            say("a monitor could not be told", level=logging.ERROR)
            reader.cut()

    async def _tick_for_ever(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            ticks += 1
            try:
                if ticks % _TICKS_A_BOARD == 0:
                    await self.look_beside()
                self.tick(with_board=ticks % _TICKS_A_BOARD == 0)
            except Exception:
                say("monitors could not be told", level=logging.ERROR)

    def tick(self, *, with_board: bool) -> None:
        """Tell every monitor what changed since the last time."""
        dirty, gone, agents = self._dirty, self._gone, self._dirty_agents
        self._dirty, self._gone, self._dirty_agents = set(), set(), set()
        parts = [encode_masked(p.TileGone(one)) for one in gone]
        parts += [encode_masked(p.AgentChanged(self._agents[one])) for one in agents]
        if with_board:
            parts.append(self._board.encoded())
        parts += [self._part(one) for one in dirty if one in self._records]
        shared = b",".join(parts)
        lines: dict[int, bytes] = {}
        for reader, looking in list(self._looking.items()):
            if reader.bytes_behind > _WAITS_FOR_READER:
                looking.untold |= dirty | gone
                continue
            own = [self._tile_or_gone(one) for one in looking.untold - dirty - gone]
            looking.untold.clear()
            own += looking.entries
            looking.entries = []
            for conversation in looking.new_lines & self._lines.keys():
                if conversation not in lines:
                    lines[conversation] = self._encoded_lines(conversation)
                own.append(lines[conversation])
            looking.new_lines.clear()
            told = [shared, *own] if shared else own
            if told:
                reader.now_joined(join_now(told))

    def _tile_or_gone(self, conversation: int) -> bytes:
        known = conversation in self._records
        return self._part(conversation) if known else encode_masked(p.TileGone(conversation))

    def _part(self, conversation: int) -> bytes:
        part = self._parts.get(conversation)
        if part is None:
            record = self._records[conversation]
            first_answer = self._board.first_answer(conversation)
            facts = self._facts.of(record, self._now_ms(), self._signals.fact(record))
            tile = p.Tile(record, self._versions[conversation], facts, first_answer)
            part = self._parts[conversation] = encode_masked(tile)
        return part

    def _encoded_lines(self, conversation: int) -> bytes:
        held = self._lines[conversation]
        last = [_cut(held[seq]) for seq in sorted(held)]
        return encode_masked(p.Lines(conversation, tuple(last)))


def _put(lines: dict[int, WireEntry], entry: WireEntry) -> None:
    known = lines.get(entry.seq)
    if known is None or known.changes <= entry.changes:
        lines[entry.seq] = entry
    while len(lines) > LINES:
        del lines[min(lines)]


def _cut(entry: WireEntry) -> WireEntry:
    if len(entry.body) <= _BODY_CODE_POINTS:
        return entry
    return msgspec.structs.replace(entry, body=entry.body[:_BODY_CODE_POINTS] + "…")
