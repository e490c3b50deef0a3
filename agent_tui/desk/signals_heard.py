"""What monitors are told of signals: that something in a conversation speaks for a call. Only while one is watching.

The last lines of every conversation that is not resolved are read when the first monitor comes, kept up from the
events, and let go when the last one leaves.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from agent_tui.core.signals.seeing import Rules, SaidLine, read_signals
from agent_tui.desk.service import Service
from agent_tui.desk.store import EventKind, StoredEvent
from agent_tui.model.ids import START, OrderKey
from agent_tui.model.signal import SignalKind
from agent_tui.model.wall import FactKind
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.protocol.errors import Refusal
from agent_tui.protocol.records import WireConversation, WireEntry, WireFact

LINES: Final = 40
"""Of each conversation; more than the rules reach back."""


class _Heard:
    """One conversation."""

    def __init__(self) -> None:
        self.lines: dict[int, SaidLine] = {}
        self.at: dict[int, int] = {}
        self.after: OrderKey = START
        """A call was made after these lines: they have been seen to."""


class SignalsHeard:
    """Signals of all conversations of the wall."""

    def __init__(self, service: Service, rules: Rules, changed: Callable[[int], None]) -> None:
        """`changed` is told of a conversation whose lines were read."""
        self._service = service
        self._rules = rules
        self._changed = changed
        self._heard: dict[int, _Heard] | None = None
        self._reading: asyncio.Task[None] | None = None

    def begin(self, conversations: Iterable[int]) -> None:
        """Somebody watches from now on."""
        self._heard = {}
        self._reading = asyncio.create_task(self._read(list(conversations)))

    def end(self) -> None:
        """Nobody watches any more."""
        self._heard = None
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def hear(self, event: StoredEvent) -> None:
        """Take in what was stored."""
        if self._heard is None:
            return
        if event.entry is not None:
            self._put(event.conversation, event.entry)
        elif event.kind is EventKind.CALL and event.call is not None and event.call.dialled is not None:
            heard = self._heard.get(event.conversation)
            if heard is not None:
                heard.after = OrderKey(max(heard.lines, default=0))

    def forget(self, conversation: int) -> None:
        """It is resolved."""
        if self._heard is not None:
            self._heard.pop(conversation, None)

    def fact(self, record: WireConversation) -> WireFact | None:
        """What speaks for a call in this conversation, and since when; None where nothing does."""
        heard = self._heard.get(record.id) if self._heard is not None else None
        if heard is None:
            return None
        lines = [heard.lines[seq] for seq in sorted(heard.lines)]
        reading = read_signals(lines, record.stage, self._rules, heard.after)
        known = record.wants_call and all(signal.kind is SignalKind.ASKED for signal in reading.signals)
        if not reading.offer or known:
            return None
        first = min(key for signal in reading.signals for key in signal.entries)
        return WireFact(FactKind.SIGNAL, heard.at[first], what=reading.reason)

    async def _read(self, conversations: list[int]) -> None:
        for number in conversations:
            with suppress(Refusal):  # it was erased meanwhile
                page = await self._service.entries(number, limit=LINES)
                for entry in page.entries:
                    self._put(number, entry)
                self._changed(number)

    def _put(self, conversation: int, entry: WireEntry) -> None:
        if self._heard is None or entry.kind is not EntryKind.PUBLIC:
            return
        heard = self._heard.setdefault(conversation, _Heard())
        if entry.withdrawn:
            heard.lines.pop(entry.seq, None)
        elif entry.by.kind in (AuthorKind.CUSTOMER, AuthorKind.AGENT):
            key = OrderKey(entry.seq)
            heard.lines[entry.seq] = SaidLine(key, entry.by.kind is AuthorKind.CUSTOMER, entry.body)
            heard.at[entry.seq] = entry.at
            while len(heard.lines) > LINES:
                oldest = min(heard.lines)
                del heard.lines[oldest], heard.at[oldest]
