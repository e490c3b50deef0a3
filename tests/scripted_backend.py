"""A chat backend in memory that a test writes the script for. It keeps to the ports strictly, and needs no desk."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import msgspec

from agent_tui.model.conversation import Conversation, Flag, Owner
from agent_tui.model.entry import Entry, Hit, SystemLine
from agent_tui.model.ids import NO_CID, AgentId, ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.people import NOTHING, Agent, Author, Customer
from agent_tui.model.text import clean
from agent_tui.model.uses import UseCount
from agent_tui.model.words import AuthorKind, Availability, EntryKind, HowKnown, Outcome, Role, Stage, State
from agent_tui.ports import events as e
from agent_tui.ports.backend import ConversationPage, EntryPage, HitPage, ServerInfo, View
from agent_tui.ports.capabilities import Cap, Capabilities, Capability, Level, full
from agent_tui.ports.errors import Crossed, NotFound, PortError, Receipt, Refused, Taken, Unreachable, Unsupported
from agent_tui.ports.library import Stopped, TeamPage
from tests.scripted_calls import ScriptedCalling, ScriptedCalls, ScriptedWatchingCalls

SYSTEM = Author(AuthorKind.SYSTEM, "", NOTHING)


class ScriptedDesk:
    """The other side: what customers and colleagues do there, and what goes wrong. Its clock is `now_ms`."""

    def __init__(self, now_ms: Callable[[], int], *, me: str = "Ada", role: Role = Role.AGENT) -> None:
        self.now_ms = now_ms
        self.me = e.Me(me.lower(), clean(me), role, clean("Acme"))
        self.conversations: dict[ConversationRef, Conversation] = {}
        self.entries: dict[ConversationRef, list[Entry]] = {}
        self.agents: dict[str, Agent] = {}
        self.table: Capabilities = full(*Capability)
        self.asked: list[tuple[Any, ...]] = []
        """Every call that reached the backend: (method, arguments …)."""
        self.refusing: list[PortError] = []
        """Raised by the next calls of the answering half, one each."""
        self.answers_lost = 0
        """So many sends are stored, and their answers lost."""
        self._up = asyncio.Event()
        self._up.set()
        self.fresh = True
        self.phone = ScriptedCalls(self)
        self.hours = e.OpeningHours(open=True, time_zone=clean("Europe/Amsterdam"))
        self.team = TeamPage("1", whole=True)
        """The team's library."""
        self.uses: tuple[UseCount, ...] = ()
        self._lines: list[asyncio.Queue[e.BackendEvent | PortError]] = []
        self._receipts: dict[ClientId, tuple[str, Receipt]] = {}
        self._answering = asyncio.Event()
        self._answering.set()
        self.agent(me, role)

    # --- the script ---

    def agent(self, name: str, role: Role = Role.AGENT, availability: Availability = Availability.AVAILABLE) -> Agent:
        """One of the staff, known by the lower-case name."""
        agent = Agent(AgentId(name.lower()), clean(name), role, availability, self.now_ms())
        self.agents[agent.id] = agent
        self.push(e.AgentSeen(agent))
        return agent

    def conversation(self, number: int, customer: str = "", owner: str = "", **more: Any) -> ConversationRef:
        """A conversation c`number` without entries; `more` are fields of its record."""
        ref = ConversationRef(str(number))
        who = Customer(f"v{number}", clean(customer), HowKnown.TYPED if customer else HowKnown.UNKNOWN, present=True)
        record = Conversation(
            ref=ref,
            label=f"c{number}",
            revision=1,
            state=more.pop("state", State.OPEN if owner else State.WAITING),
            stage=more.pop("stage", Stage.AWARENESS),
            stage_set=more.pop("stage_set", False),
            outcome=more.pop("outcome", Outcome.UNKNOWN),
            customer=more.pop("who", who),
            created_ms=more.pop("created_ms", self.now_ms()),
            last_key=OrderKey(0),
            last_ms=self.now_ms(),
            last_preview=NOTHING,
            owner=self.owner(owner),
            **more,
        )
        self.conversations[ref], self.entries[ref] = record, []
        self.push(e.ConversationUpsert(record))
        return ref

    def customer_says(self, ref: ConversationRef, text: str, at_ms: int | None = None) -> Entry:
        """A public line of the customer, who waits from then on; a resolved one is open again."""
        record = self.conversations[ref]
        state = State.OPEN if record.owner else State.WAITING
        author = Author(AuthorKind.CUSTOMER, record.customer.id, record.customer.name)
        waits = record.waiting_since_ms if record.waiting_since_ms is not None else at_ms or self.now_ms()
        return self._store(ref, author, EntryKind.PUBLIC, text, at_ms, state=state, waiting_since_ms=waits)

    def agent_says(
        self, ref: ConversationRef, name: str, text: str, kind: EntryKind = EntryKind.PUBLIC, at_ms: int | None = None
    ) -> Entry:
        """A line or a note of one of the staff."""
        author = Author(AuthorKind.AGENT, name.lower(), clean(name))
        changed: dict[str, Any] = {"waiting_since_ms": None} if kind is EntryKind.PUBLIC else {}
        return self._store(ref, author, kind, text, at_ms, **changed)

    def system_says(self, ref: ConversationRef, code: str, who: str = "", what: str = "") -> Entry:
        """A line of the system."""
        line = SystemLine(code, clean(who), clean(what))
        return self._store(ref, SYSTEM, EntryKind.SYSTEM, "", None, line=line)

    def change(self, ref: ConversationRef, **fields: Any) -> Conversation:
        """The record becomes like this, and everybody is told."""
        old = self.conversations[ref]
        record = msgspec.structs.replace(old, revision=old.revision + 1, **fields)
        self.conversations[ref] = record
        self.push(e.ConversationUpsert(record))
        return record

    def push(self, *events: e.BackendEvent) -> None:
        """Tell every line that is up."""
        for line in self._lines:
            for event in events:
                line.put_nowait(event)

    def cut(self, sentence: str = "The connection was cut.", error: PortError | None = None) -> None:
        """Every line goes down now and stays down until `restore`."""
        self._up.clear()
        for line in self._lines:
            line.put_nowait(error or Unreachable(sentence))

    def restore(self) -> None:
        """The backend can be reached again. What happened meanwhile is not replayed: lines come up with a gap."""
        self._up.set()

    def start_afresh(self, why: str) -> None:
        """The next connection finds another history, as after a restored backup."""
        self.fresh = True
        self.why = why

    why = ""

    def hold_answers(self) -> None:
        """Commands get no answer until `let_answers`."""
        self._answering.clear()

    def let_answers(self) -> None:
        """Commands are answered again, those held too."""
        self._answering.set()

    # --- what the two halves use ---

    def line(self) -> "asyncio.Queue[e.BackendEvent | PortError]":
        """A line that is told everything from now on."""
        line: asyncio.Queue[e.BackendEvent | PortError] = asyncio.Queue()
        self._lines.append(line)
        return line

    def hang_up(self, line: "asyncio.Queue[e.BackendEvent | PortError]") -> None:
        """This line is not told any more."""
        self._lines.remove(line)

    async def answers(self) -> None:
        """Where nobody is there, that is known after a moment only: who tries again at once must not run in circles."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await self._up.wait()
        self.check_reachable()

    @property
    def reachable(self) -> bool:
        return self._up.is_set()

    def check_reachable(self) -> None:
        if not self.reachable:
            raise Unreachable("Nobody answers: nothing was changed.")

    def can(self, capability: Capability) -> None:
        cap = self.table.get(capability)
        if cap is None or cap.level is Level.NONE:
            raise Unsupported(f"This backend can't do that: {capability}.")

    def team_moved(self, page: TeamPage) -> None:
        """The team's library is this from now on, whole."""
        self.team = page
        self.push(e.LibraryMoved(page.version))

    async def asked_to(self, capability: Capability | None, method: str, *arguments: Any) -> None:
        """A command arrives: noted, refused as the script says, answered when it lets answers go."""
        if capability:
            self.can(capability)
        self.check_reachable()
        self.asked.append((method, *arguments))
        await self._answering.wait()
        self.check_reachable()
        if self.refusing:
            raise self.refusing.pop(0)

    def record(self, ref: ConversationRef) -> Conversation:
        if ref not in self.conversations:
            raise NotFound(f"There is no conversation {ref}.")
        return self.conversations[ref]

    def store(self, item: Outgoing) -> Receipt:
        """Exactly once by cid; held where the author had not seen the last lines."""
        known = self._receipts.get(item.cid)
        if known is not None:
            if known[0] != item.body:
                raise Refused("The same message was sent before with another text.")
            return known[1]
        record = self.record(item.ref)
        crossing = tuple(entry for entry in self.entries[item.ref] if self._crosses(entry, item))
        if crossing:
            raise Crossed("There are lines you have not seen: read them, then Enter sends.", crossing)
        if record.owner is None and item.kind is EntryKind.PUBLIC:
            self.change(item.ref, owner=self.owner(self.me.name), state=State.OPEN)
        author = Author(AuthorKind.AGENT, self.me.id, self.me.name)
        changed: dict[str, Any] = {"waiting_since_ms": None} if item.kind is EntryKind.PUBLIC else {}
        entry = self._store(item.ref, author, item.kind, item.body, None, cid=item.cid, **changed)
        receipt = Receipt(entry.key, entry.at_ms)
        self._receipts[item.cid] = (item.body, receipt)
        return receipt

    def _crosses(self, entry: Entry, item: Outgoing) -> bool:
        if item.kind is EntryKind.NOTE or entry.kind is not EntryKind.PUBLIC:
            return False
        if entry.author.kind is AuthorKind.CUSTOMER:
            return entry.key > item.seen
        return entry.author.id != self.me.id and entry.key > item.draft_begun

    def put(self, ref: ConversationRef, entry: Entry) -> None:
        """Replace an entry, and tell."""
        self.entries[ref][entry.key - 1] = entry
        self.push(e.EntryUpsert(ref, entry, OrderKey(entry.key - 1)))
        if entry.key == max(it.key for it in self.entries[ref] if it.kind is EntryKind.PUBLIC):
            self.change(ref, last_preview=NOTHING if entry.withdrawn else clean(entry.body[:120], multiline=False))

    def _store(
        self,
        ref: ConversationRef,
        author: Author,
        kind: EntryKind,
        text: str,
        at_ms: int | None,
        *,
        cid: ClientId = NO_CID,
        line: SystemLine | None = None,
        **changed: Any,
    ) -> Entry:
        key = OrderKey(len(self.entries[ref]) + 1)
        entry = Entry(key, kind, author, at_ms or self.now_ms(), clean(text), cid, system=line)
        self.entries[ref].append(entry)
        self.push(e.EntryUpsert(ref, entry, OrderKey(key - 1)))
        shown = {"last_preview": clean(text[:120], multiline=False)} if kind is EntryKind.PUBLIC else {}
        self.change(ref, last_key=key, last_ms=entry.at_ms, **shown, **changed)
        return entry

    def owner(self, name: str) -> Owner | None:
        """An agent as the owner of a conversation; nobody where the name is empty."""
        return Owner(AgentId(name.lower()), clean(name)) if name else None


_IN_VIEW: dict[View, Callable[[Conversation, str], bool]] = {
    View.WAITING: lambda record, me: record.state is State.WAITING,
    View.MINE: lambda record, me: (
        record.state is not State.RESOLVED and record.owner is not None and record.owner.id == me
    ),
    View.SNOOZED: lambda record, me: record.state is State.SNOOZED,
    View.RESOLVED: lambda record, me: record.state is State.RESOLVED,
    View.ALL: lambda record, me: record.state is not State.RESOLVED,
}


class ScriptedWatching(ScriptedWatchingCalls):
    """The watching half."""

    def __init__(self, desk: ScriptedDesk) -> None:
        self.desk = desk
        self.subscribed: tuple[ConversationRef, ...] = ()

    @property
    def capabilities(self) -> Capabilities:
        return self.desk.table

    async def probe(self) -> ServerInfo:
        self.desk.check_reachable()
        return ServerInfo(clean("scripted"), clean("1"), healthy=True, detail=NOTHING)

    async def list(self, view: View, after: str = "", text: str = "") -> ConversationPage:
        self.desk.check_reachable()
        found = [
            record
            for record in self.desk.conversations.values()
            if _IN_VIEW[view](record, self.desk.me.id) and text.lower() in record.customer.name.lower()
        ]
        start = int(after or 0)
        more = str(start + 50) if len(found) > start + 50 else ""
        return ConversationPage(tuple(found[start : start + 50]), more)

    async def get(self, ref: ConversationRef) -> Conversation:
        self.desk.check_reachable()
        return self.desk.record(ref)

    async def history(
        self, ref: ConversationRef, *, before: OrderKey | None = None, after: OrderKey | None = None, limit: int = 200
    ) -> EntryPage:
        self.desk.check_reachable()
        self.desk.record(ref)
        entries = self.desk.entries[ref]
        if after is not None:
            found = [entry for entry in entries if entry.key > after]
            return EntryPage(tuple(found[:limit]), len(found) > limit)
        found = [entry for entry in entries if before is None or entry.key < before]
        return EntryPage(tuple(found[-limit:]), len(found) > limit)

    async def earlier(self, ref: ConversationRef) -> tuple[Conversation, ...]:
        who = (await self.get(ref)).customer.id
        return tuple(c for c in self.desk.conversations.values() if c.customer.id == who and c.ref != ref)

    async def events(self) -> AsyncIterator[e.BackendEvent]:
        await self.desk.answers()
        fresh, self.desk.fresh = self.desk.fresh, False
        line = self.desk.line()
        try:
            yield e.Connected(self.desk.me, gap=not fresh)
            yield e.LibraryMoved(self.desk.team.version)
            if fresh:
                yield e.StartedAfresh(self.desk.why)
                async for event in self.resync({}):
                    yield event
                yield e.Live()
            while True:
                heard = await line.get()
                if isinstance(heard, PortError):
                    raise heard
                yield heard
        finally:
            self.desk.hang_up(line)

    async def resync(self, known: Mapping[ConversationRef, OrderKey]) -> AsyncIterator[e.BackendEvent]:
        self.desk.check_reachable()
        yield e.CapabilitiesKnown(self.desk.table)
        yield e.HoursKnown(self.desk.hours)
        yield e.PhoneKnown(self.desk.phone.telephone)
        for call in list(self.desk.phone.calls.values()):
            yield e.CallSeen(msgspec.structs.replace(call, number=None))
        for agent in list(self.desk.agents.values()):
            yield e.AgentSeen(agent)
        for record in list(self.desk.conversations.values()):
            if record.state is not State.RESOLVED or record.ref in known:
                yield e.ConversationUpsert(record, own_read=True)
        for ref, after in known.items():
            entries = tuple(entry for entry in self.desk.entries.get(ref, []) if entry.key > after)
            yield e.EntriesLoaded(ref, entries, reaches_start=False, reaches_end=True, after=after)

    async def subscribe(self, refs: tuple[ConversationRef, ...]) -> None:
        self.subscribed = refs

    async def search(self, text: str, ref: ConversationRef | None = None, after: str = "") -> HitPage:
        self.desk.check_reachable()
        hits = [
            Hit(of, record.label, record.customer.name, entry)
            for of, record in self.desk.conversations.items()
            if ref in (None, of)
            for entry in self.desk.entries[of]
            if text.lower() in entry.body.lower()
        ]
        return HitPage(tuple(sorted(hits, key=lambda hit: -hit.entry.at_ms)))

    async def library(self, have: str = "", after: str = "") -> TeamPage:
        self.desk.can(Capability.TEAM_LIBRARY)
        self.desk.check_reachable()
        page = self.desk.team
        return TeamPage(page.version, whole=False) if have == page.version else page

    async def uses(self) -> tuple[UseCount, ...]:
        self.desk.can(Capability.TEAM_LIBRARY)
        self.desk.check_reachable()
        return self.desk.uses

    async def aclose(self) -> None:
        return


class ScriptedAnswering(ScriptedCalling):
    """The answering half."""

    def __init__(self, desk: ScriptedDesk) -> None:
        self.desk = desk

    async def send(self, item: Outgoing) -> Receipt:
        await self.desk.asked_to(Capability.NOTES if item.kind is EntryKind.NOTE else None, "send", item)
        receipt = self.desk.store(item)
        if self.desk.answers_lost:
            self.desk.answers_lost -= 1
            raise Unreachable("No answer came in time.")
        return receipt

    async def proof_stopped(self, stopped: Stopped) -> None:
        await self.desk.asked_to(Capability.TEAM_LIBRARY, "proof_stopped", stopped)

    async def claim(self, ref: ConversationRef, expect_owner: str) -> None:
        await self.desk.asked_to(Capability.CLAIM, "claim", ref, expect_owner)
        self._check_owner(ref, expect_owner)
        self._own(ref, self.desk.me.id)

    async def take_next(self) -> ConversationRef | None:
        await self.desk.asked_to(Capability.CLAIM, "take_next")
        waiting = [c for c in self.desk.conversations.values() if c.state is State.WAITING and c.owner is None]
        if not waiting:
            return None
        longest = min(waiting, key=lambda record: record.waiting_since_ms or record.created_ms)
        self._own(longest.ref, self.desk.me.id)
        return longest.ref

    async def transfer(
        self, ref: ConversationRef, to: str, expect_owner: str, *, snooze_until_ms: int | None = None
    ) -> None:
        await self.desk.asked_to(Capability.TRANSFER, "transfer", ref, to, expect_owner)
        self._check_owner(ref, expect_owner)
        self._own(ref, to)
        if snooze_until_ms is not None:
            self.desk.change(ref, state=State.SNOOZED, snoozed_until_ms=snooze_until_ms)

    async def resolve(self, ref: ConversationRef, outcome: Outcome) -> None:
        await self.desk.asked_to(Capability.RESOLVE, "resolve", ref, outcome)
        self.desk.record(ref)
        self.desk.change(ref, state=State.RESOLVED, outcome=outcome, waiting_since_ms=None)

    async def reopen(
        self, ref: ConversationRef, *, outcome: Outcome | None = None, snooze_until_ms: int | None = None
    ) -> None:
        await self.desk.asked_to(Capability.REOPEN, "reopen", ref)
        record = self.desk.record(ref)
        state = State.SNOOZED if snooze_until_ms else State.OPEN if record.owner else State.WAITING
        outcome = record.outcome if outcome is None else outcome
        self.desk.change(ref, state=state, snoozed_until_ms=snooze_until_ms, outcome=outcome)

    async def snooze(self, ref: ConversationRef, until_ms: int) -> None:
        await self.desk.asked_to(Capability.SNOOZE, "snooze", ref, until_ms)
        self.desk.change(ref, state=State.SNOOZED, snoozed_until_ms=until_ms)

    async def set_stage(self, ref: ConversationRef, stage: Stage, *, confirmed: bool) -> None:
        await self.desk.asked_to(Capability.STAGES, "set_stage", ref, stage, confirmed)
        self.desk.change(ref, stage=stage, stage_set=confirmed)

    async def set_outcome(self, ref: ConversationRef, outcome: Outcome) -> None:
        await self.desk.asked_to(Capability.OUTCOMES, "set_outcome", ref, outcome)
        self.desk.change(ref, outcome=outcome)

    async def set_needs_answer(self, ref: ConversationRef, *, needed: bool) -> None:
        await self.desk.asked_to(None, "set_needs_answer", ref, needed)
        self.desk.change(ref, waiting_since_ms=self.desk.now_ms() if needed else None)

    async def withdraw(self, ref: ConversationRef, key: OrderKey, *, undo: bool) -> None:
        await self.desk.asked_to(Capability.WITHDRAW, "withdraw", ref, key, undo)
        entry = self.desk.entries[ref][key - 1]
        self.desk.put(ref, msgspec.structs.replace(entry, withdrawn=not undo, changes=entry.changes + 1))

    async def block(self, ref: ConversationRef, until_ms: int, reason: str) -> None:
        await self.desk.asked_to(Capability.BLOCK, "block", ref, until_ms, reason)
        customer = self.desk.record(ref).customer
        self.desk.change(ref, customer=msgspec.structs.replace(customer, blocked_until_ms=until_ms or None))

    async def set_flag(self, ref: ConversationRef, reason: str) -> None:
        await self.desk.asked_to(Capability.FLAGS, "set_flag", ref, reason)
        raised = Flag(Owner(AgentId(self.desk.me.id), self.desk.me.name), clean(reason), self.desk.now_ms())
        self.desk.change(ref, flag=raised if reason else None)

    async def mark_read(self, ref: ConversationRef, up_to: OrderKey) -> None:
        await self.desk.asked_to(Capability.OWN_READ_MARKS, "mark_read", ref, up_to)
        record = self.desk.record(ref)
        read = max(record.read, up_to)
        self.desk.conversations[ref] = msgspec.structs.replace(record, read=read)
        self.desk.push(e.ReadByMe(ref, read))

    async def typing(self, ref: ConversationRef, *, on: bool, note: bool) -> None:
        await self.desk.asked_to(Capability.TYPING_OUT, "typing", ref, on, note)

    async def set_available(self, availability: Availability) -> None:
        await self.desk.asked_to(Capability.AVAILABILITY, "set_available", availability)
        me = self.desk.me
        self.desk.agent(me.name, me.role, availability)

    def _check_owner(self, ref: ConversationRef, expect_owner: str) -> None:
        owner = self.desk.record(ref).owner
        if (owner.id if owner else "") != expect_owner:
            who = owner.name if owner else clean("nobody")
            raise Taken(f"{who} has this chat already.", who)

    def _own(self, ref: ConversationRef, agent: str) -> None:
        known = self.desk.agents.get(agent)
        owner = Owner(known.id, known.name) if known else None
        self.desk.change(ref, owner=owner, state=State.OPEN if owner else State.WAITING)


def without(desk: ScriptedDesk, *missing: Capability) -> None:
    """This backend can't do these."""
    for capability in missing:
        desk.table[capability] = Cap(capability, Level.NONE, "not_in_protocol", "This backend has no such thing.")
