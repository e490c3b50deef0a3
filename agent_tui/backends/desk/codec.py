"""The desk's wire to the port's facts: pure. Every string of the desk's is foreign and goes through `clean`."""

from collections.abc import Iterator
from typing import Final

import msgspec

from agent_tui.backends.desk import call_codec
from agent_tui.model.conversation import Conversation, Flag, Owner
from agent_tui.model.entry import Entry, Hit, SystemLine
from agent_tui.model.ids import NO_CID, START, AgentId, ClientId, ConversationRef, OrderKey
from agent_tui.model.people import Agent, Author, Customer
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import AuthorKind, Role
from agent_tui.ports import errors as x
from agent_tui.ports import events as e
from agent_tui.ports.capabilities import Cap, Capabilities, Capability, Level, full
from agent_tui.protocol import pushes as p
from agent_tui.protocol import records as r
from agent_tui.protocol.commands import Welcome
from agent_tui.protocol.errors import Code, ErrorAnswer
from agent_tui.protocol.frames import RawEvents, decode_staff_push
from agent_tui.protocol.table import OVERSEEING

NAME_CODE_POINTS: Final = 200
LINE_CODE_POINTS: Final = 500
AUTHORS_KEPT: Final = 10_000

_ACTING: Final = (
    Capability.CLAIM,
    Capability.TRANSFER,
    Capability.RESOLVE,
    Capability.REOPEN,
    Capability.SNOOZE,
    Capability.STAGES,
    Capability.OUTCOMES,
    Capability.WITHDRAW,
    Capability.BLOCK,
    Capability.FLAGS,
    Capability.NOTES,
    Capability.TYPING_OUT,
    Capability.OWN_READ_MARKS,
    Capability.AVAILABILITY,
    Capability.CALLS,
    Capability.IDEMPOTENT_SEND,
    Capability.COMPARE_AND_SET,
)


class Closing(msgspec.Struct, frozen=True):
    """The desk said that it is stopping."""

    sentence: SafeText
    retry_after_ms: int


def name(raw: str) -> SafeText:
    """A name, a title, an address: one line."""
    return clean(raw, limit=NAME_CODE_POINTS, multiline=False)


def line(raw: str) -> SafeText:
    """A sentence of the desk's: one line."""
    return clean(raw, limit=LINE_CODE_POINTS, multiline=False)


def ref_of(conversation: int) -> ConversationRef:
    """The desk names conversations by number."""
    return ConversationRef(str(conversation))


def number_of(ref: ConversationRef) -> int:
    """The number of a conversation. Raises `NotFound` for what is not one of the desk's."""
    if not (ref.isascii() and ref.isdigit() and len(ref) <= 15):
        raise x.NotFound(f"There is no conversation {clean(ref, limit=20, multiline=False)!r} at this desk.")
    return int(ref)


def capabilities_of(role: Role) -> Capabilities:
    """The desk can do everything; a supervisor may only look."""
    table = full(*Capability)
    if role not in OVERSEEING:
        note = "The wall is for supervisors and admins."
        table[Capability.WALL] = Cap(Capability.WALL, Level.NONE, "role_forbids", note)
    if role is Role.SUPERVISOR:
        note = "You are signed in as a supervisor, who only watches."
        table.update({which: Cap(which, Level.NONE, "role_forbids", note) for which in _ACTING})
    return table


class Codec:
    """Decodes for one account: own messages keep their cid, authors are kept once each."""

    def __init__(self) -> None:
        self.me = ""
        self._authors: dict[r.WireAuthor, Author] = {}

    def pushed(self, events: RawEvents, now_ms: int) -> Iterator[e.BackendEvent | Closing]:
        """Facts of one frame's events, in order. An event of an unknown kind, from a newer desk, is passed over."""
        for raw in events:
            try:
                push = decode_staff_push(raw)
            except msgspec.ValidationError:
                continue
            yield from self.fact(push, now_ms)

    def fact(self, push: p.StaffPush, now_ms: int) -> Iterator[e.BackendEvent | Closing]:
        """What one event says. `now_ms`: when it was heard."""
        match push:
            case p.EntryAdded():
                yield self._entry_upsert(push.conversation, push.entry)
                if push.record is not None:
                    yield e.ConversationUpsert(self.conversation(push.record))
            case p.EntryChanged():
                yield self._entry_upsert(push.conversation, push.entry)
            case p.ConversationChanged():
                yield e.ConversationUpsert(self.conversation(push.record))
            case p.SeenMoved():
                yield e.SeenByCustomer(ref_of(push.conversation), OrderKey(push.seq))
            case p.ReadMoved():
                yield e.ReadByMe(ref_of(push.conversation), OrderKey(push.seq))
            case p.AgentChanged():
                yield e.AgentSeen(self.agent(push.agent))
            case p.CallChanged():
                yield e.CallSeen(call_codec.call(push.call))
            case p.SomebodyTypes():
                yield e.TypingSeen(ref_of(push.conversation), self.author(push.who), push.on, now_ms, push.note)
            case p.CustomerHere():
                yield e.CustomerHere(ref_of(push.conversation), push.present, push.at)
            case p.LibraryMoved():
                yield e.LibraryMoved(name(push.version))
            case p.Closing():
                yield Closing(line(push.detail), push.retry_after_ms)

    def _entry_upsert(self, conversation: int, entry: r.WireEntry) -> e.EntryUpsert:
        return e.EntryUpsert(ref_of(conversation), self.entry(entry), OrderKey(max(entry.seq - 1, START)))

    def author(self, wire: r.WireAuthor) -> Author:
        """An author, the same object for the same author."""
        found = self._authors.get(wire)
        if found is None:
            if len(self._authors) >= AUTHORS_KEPT:
                self._authors.clear()
            found = self._authors[wire] = Author(wire.kind, name(wire.id), name(wire.name))
        return found

    def entry(self, wire: r.WireEntry) -> Entry:
        """An entry; the cid of other authors' messages is of no use here."""
        author = self.author(wire.by)
        own = wire.cid and author.kind is AuthorKind.AGENT and author.id == self.me
        system = wire.system
        return Entry(
            key=OrderKey(wire.seq),
            kind=wire.kind,
            author=author,
            at_ms=wire.at,
            body=clean(wire.body),
            cid=ClientId(clean(wire.cid, multiline=False)) if own else NO_CID,
            withdrawn=wire.withdrawn,
            system=SystemLine(name(system.code), name(system.who), line(system.what)) if system else None,
            changes=wire.changes,
        )

    def conversation(self, wire: r.WireConversation) -> Conversation:
        """A record."""
        return Conversation(
            ref=ref_of(wire.id),
            label=f"c{wire.id}",
            revision=wire.revision,
            state=wire.state,
            stage=wire.stage,
            stage_set=wire.stage_set,
            outcome=wire.outcome,
            customer=self.customer(wire.customer),
            created_ms=wire.created,
            last_key=OrderKey(wire.last_seq),
            last_ms=wire.last_at,
            last_preview=line(wire.preview),
            owner=Owner(AgentId(name(wire.owner.id)), name(wire.owner.name)) if wire.owner else None,
            waiting_since_ms=wire.waiting_since,
            came_back=wire.came_back,
            snoozed_until_ms=wire.snoozed_until,
            customer_seen=OrderKey(wire.seen),
            read=OrderKey(wire.read),
            channel=name(wire.channel),
            wants_call=wire.wants_call,
            flag=self.flag(wire.flag) if wire.flag else None,
        )

    def flag(self, wire: r.WireFlag) -> Flag:
        """A flag that is up."""
        return Flag(Owner(AgentId(name(wire.by.id)), name(wire.by.name)), line(wire.reason), wire.since)

    def customer(self, wire: r.WireCustomer) -> Customer:
        """What is known of a customer."""
        return Customer(
            id=name(wire.id),
            name=name(wire.name),
            name_known=wire.name_known,
            phone=name(wire.phone),
            email=name(wire.email),
            contact_known=wire.contact_known,
            language=name(wire.language),
            time_zone=name(wire.time_zone),
            page_title=name(wire.page_title),
            page_url=line(wire.page_url),
            visits=wire.visits,
            earlier=wire.earlier,
            present=wire.present,
            left_ms=wire.left,
            blocked_until_ms=wire.blocked_until,
            known=wire.known,
        )

    def agent(self, wire: r.WireAgent) -> Agent:
        """One of the staff."""
        return Agent(AgentId(name(wire.id)), name(wire.name), wire.role, wire.availability, wire.since, wire.gone)

    def hit(self, wire: r.WireHit) -> Hit:
        """One search result."""
        return Hit(ref_of(wire.conversation), f"c{wire.conversation}", name(wire.customer), self.entry(wire.entry))

    def hours(self, wire: r.WireHours) -> e.HoursKnown:
        """The opening hours."""
        return e.HoursKnown(
            e.OpeningHours(wire.open, name(wire.time_zone), wire.changes_at, line(wire.sentence), wire.closed)
        )

    def connected(self, welcome: Welcome, now_ms: int) -> e.Connected:
        """The answer to hello; from here on own messages are known by whom the desk takes us for."""
        self.me = name(welcome.you.id)
        me = e.Me(self.me, name(welcome.you.name), welcome.you.role, name(welcome.desk), welcome.demo)
        limits = e.TextLimits(welcome.limits.message_code_points, welcome.limits.message_bytes)
        return e.Connected(me, gap=False, clock_skew_ms=welcome.now - now_ms, note=line(welcome.why), limits=limits)

    def error(self, answer: ErrorAnswer) -> x.PortError:
        """A refusal of the desk's as the port's error; its sentence is the desk's."""
        sentence = line(answer.detail) or line(f"The desk refused: {answer.code}.")
        match answer.code:
            case Code.CROSSED:
                return x.Crossed(sentence, tuple(self._crossing(answer)))
            case Code.TAKEN:
                return x.Taken(sentence, name(answer.by))
            case Code.CALL_STOPPED:
                return x.CallStopped(sentence, name(answer.stop))
            case Code.PROOF_REFUSED:
                return x.ProofRefused(sentence, name(answer.snippet), name(answer.rule))
            case Code.TOO_FAST:
                return x.RateLimited(sentence, answer.retry_after_ms)
            case Code.REVOKED:
                return x.AuthExpired(sentence, revoked=True)
            case code:
                return _ERROR.get(code, x.Refused)(sentence)

    def _crossing(self, answer: ErrorAnswer) -> Iterator[Entry]:
        for raw in answer.entries:
            try:
                yield self.entry(msgspec.convert(raw, r.WireEntry))
            except msgspec.ValidationError:
                continue


_ERROR: Final[dict[Code, type[x.PortError]]] = {
    Code.UNAUTHORISED: x.AuthExpired,
    Code.EXPIRED: x.AuthExpired,
    Code.NOT_ALLOWED: x.Forbidden,
    Code.NOT_FOUND: x.NotFound,
    Code.DISK_FULL: x.ServerTrouble,
    Code.STOPPING: x.ServerTrouble,
    Code.INTERNAL: x.ServerTrouble,
}
"""All others are refusals for good. Those that carry more stand in `error`."""
