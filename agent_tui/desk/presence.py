"""Who is here and who is writing: fleeting facts, relayed and forgotten.

Who only watches, a supervisor or any monitor, is nowhere in it: watching can be seen by nobody.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar

from agent_tui.desk.logs import say
from agent_tui.desk.reader import Reader
from agent_tui.desk.readers import Readers
from agent_tui.desk.service import Actor, Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.model.words import AuthorKind
from agent_tui.protocol.commands import Typing, Writing
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.frames import encode_event
from agent_tui.protocol.pushes import AgentTypes, CustomerHere, SomebodyTypes
from agent_tui.protocol.records import WireAuthor
from agent_tui.protocol.table import ANSWERING

T = TypeVar("T")

_KEPT_CONVERSATIONS = 20_000


class _Typist(NamedTuple):
    conversation: int
    kind: AuthorKind
    id: str


class _Writing(NamedTuple):
    """Somebody is writing; `stops` fires when nothing more is heard of them."""

    reader: Reader
    who: WireAuthor
    note: bool
    visitor: str
    stops: asyncio.TimerHandle


class Presence:
    """Relays typing with an end, tells the service whose first socket opened and whose last one closed."""

    def __init__(
        self, readers: Readers, service: Service, settings: DeskSettings, *, now_ms: Callable[[], int]
    ) -> None:
        self._readers = readers
        self._service = service
        self._settings = settings
        self._now_ms = now_ms
        self._typists: dict[_Typist, _Writing] = {}
        self._visitor_of: OrderedDict[int, str] = OrderedDict()
        self._conversation_of: OrderedDict[str, int] = OrderedDict()
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._told_ms = 0
        """When a page was last said to open or close: of two the later is the newer, also where the clock went back."""
        self._untold: set[str] = set()
        """Agents of whom the desk has on its disk that they are gone while they are here, or the other way round."""
        self.stopping = False
        """The desk is going: that everybody leaves says nothing about them."""

    # who is here

    async def entered(self, reader: Reader) -> None:
        """A socket said hello."""
        if reader.is_staff:
            if _answers(reader) and self._answering_sockets(reader.account) == 1:
                await self._tell_agent(reader.account)
            return
        leaving = self._leaving.pop(reader.account, None)
        if leaving is not None:
            leaving.cancel()
        elif len(self._readers.of_visitor(reader.account)) == 1:
            self._tell_page(await self._service.visitor_here(reader.account), reader.account, present=True)

    async def left(self, reader: Reader) -> None:
        """A socket has closed; it is not among the readers any more."""
        for typist in [typist for typist, writing in self._typists.items() if writing.reader is reader]:
            self._stop(typist)
        if self.stopping:
            return
        if reader.is_staff:
            if _answers(reader) and not self._answering_sockets(reader.account):
                await self._tell_agent(reader.account)
        elif not self._readers.of_visitor(reader.account) and reader.account not in self._leaving:
            self._leaving[reader.account] = asyncio.create_task(self._page_closes(reader.account))

    async def tell_again(self) -> None:
        """Whose coming or going could not be written down: as it is now. Call it once a second."""
        for agent in list(self._untold):
            try:
                await self._tell_agent(agent)
            except Exception:
                say("presence could not be told", logging.ERROR)

    async def _tell_agent(self, agent: str) -> None:
        is_here = self._answering_sockets(agent) > 0
        try:
            await (self._service.agent_back(agent) if is_here else self._service.agent_lost(agent))
            self._untold.discard(agent)
        except Refusal as refusal:
            if agent not in self._untold:
                say("presence could not be written down", logging.WARNING, why=refusal.answer.code.value)
            if refusal.answer.code is Code.DISK_FULL:
                self._untold.add(agent)

    def _answering_sockets(self, agent: str) -> int:
        return sum(1 for reader in self._readers.of_account(agent) if _answers(reader))

    async def _page_closes(self, visitor: str) -> None:
        await asyncio.sleep(self._settings.page_grace_ms / 1000)
        del self._leaving[visitor]
        conversations = await _if_it_can_be_kept(self._service.visitor_left(visitor))
        # the page may have opened again while that was written
        self._tell_page(conversations or (), visitor, present=bool(self._readers.of_visitor(visitor)))

    def _tell_page(self, conversations: Sequence[int], visitor: str, *, present: bool) -> None:
        self._told_ms = max(self._now_ms(), self._told_ms + 1)
        for conversation in conversations:
            self.belongs(conversation, visitor)
            self._readers.now_to_staff(encode_event(CustomerHere(conversation, present, self._told_ms)))

    # who is writing

    def belongs(self, conversation: int, visitor: str) -> None:
        """Learnt from events: whose conversation this is, and that it is their newest."""
        self._visitor_of[conversation] = visitor
        self._conversation_of[visitor] = max(conversation, self._conversation_of.get(visitor, 0))
        if len(self._visitor_of) > _KEPT_CONVERSATIONS:
            self._visitor_of.popitem(last=False)
        if len(self._conversation_of) > _KEPT_CONVERSATIONS:
            self._conversation_of.popitem(last=False)

    async def typing(self, actor: Actor, reader: Reader, command: Typing) -> None:
        """An agent writes, or stopped. Raises `Refusal` for a conversation that is not there."""
        visitor = self._visitor_of.get(command.conversation)
        if visitor is None:
            visitor = (await self._service.conversation(actor.id, command.conversation)).customer.id
            self.belongs(command.conversation, visitor)
        typist = _Typist(command.conversation, AuthorKind.AGENT, actor.id)
        who = WireAuthor(AuthorKind.AGENT, actor.name, actor.id)
        self._writes(typist, reader, who, visitor, on=command.on, note=command.note)

    def writing(self, actor: Actor, reader: Reader, command: Writing) -> None:
        """The visitor writes, or stopped. Before the first line there is no conversation, and nobody to tell."""
        conversation = self._conversation_of.get(actor.id)
        if conversation is None:
            return
        typist = _Typist(conversation, AuthorKind.CUSTOMER, actor.id)
        who = WireAuthor(AuthorKind.CUSTOMER, actor.name, actor.id)
        self._writes(typist, reader, who, actor.id, on=command.on, note=False)

    def wrote(self, conversation: int, author: WireAuthor) -> None:
        """What was being written is here."""
        typist = _Typist(conversation, author.kind, author.id)
        if typist in self._typists:
            self._stop(typist)

    def changed_hands(self, conversation: int) -> None:
        """Somebody else has it now: whoever of the staff still writes here says so again within seconds."""
        for typist in [it for it in self._typists if it.conversation == conversation and it.kind is AuthorKind.AGENT]:
            self._stop(typist)

    def _writes(self, typist: _Typist, reader: Reader, who: WireAuthor, visitor: str, *, on: bool, note: bool) -> None:
        before = self._typists.get(typist)
        if not on:
            if before is not None:
                self._stop(typist)
            return
        if before is not None:
            before.stops.cancel()
            if before.note != note:
                self._tell_visitor(before, on=False)
                before = None
        stops = asyncio.get_running_loop().call_later(self._settings.typing_ms / 1000, self._stop, typist)
        self._typists[typist] = _Writing(reader, who, note, visitor, stops)
        if before is None:
            self._relay(typist, self._typists[typist], on=True)

    def _stop(self, typist: _Typist) -> None:
        writing = self._typists.pop(typist, None)
        if writing is not None:
            writing.stops.cancel()
            self._relay(typist, writing, on=False)

    def _relay(self, typist: _Typist, writing: _Writing, *, on: bool) -> None:
        event = SomebodyTypes(typist.conversation, writing.who, on, writing.note)
        own = writing.who.id if writing.who.kind is AuthorKind.AGENT else ""
        self._readers.now_to_staff(encode_event(event), typist.conversation, besides=own)
        self._tell_visitor(writing, on=on)

    def _tell_visitor(self, writing: _Writing, *, on: bool) -> None:
        if writing.who.kind is AuthorKind.AGENT and not writing.note:
            self._readers.now_to_visitor(writing.visitor, encode_event(AgentTypes(writing.who.name, on)))


def _answers(reader: Reader) -> bool:
    return reader.role in ANSWERING and not reader.watches


async def _if_it_can_be_kept(telling: Awaitable[T]) -> T | None:
    """Who comes and goes is told to the service; where it cannot write that down, everybody may still read."""
    try:
        return await telling
    except Refusal as refusal:
        say("presence could not be written down", logging.WARNING, why=refusal.answer.code.value)
        return None
