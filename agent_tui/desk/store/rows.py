"""Rows as the writer holds them in memory. Fields stand in the order of the table's columns, with its plain values."""

import msgspec
from msgspec import Struct

from agent_tui.model.words import AuthorKind, Availability, EntryKind, HowKnown, Outcome, Role, Stage, State
from agent_tui.protocol.records import (
    VisitorEntry,
    WireAgent,
    WireAuthor,
    WireConversation,
    WireCustomer,
    WireEntry,
    WireFlag,
    WireOwner,
    WireSystem,
)

_flag = msgspec.json.Decoder(WireFlag).decode


class AgentRow(Struct):
    """One of the staff; see `schema.agent`."""

    id: str
    name: str
    role: str
    chosen: str
    availability: str
    since: int
    lost_at: int | None
    created: int
    ended: int | None

    def wire(self) -> WireAgent:
        """As colleagues see it."""
        gone = self.ended is not None
        return WireAgent(self.id, self.name, Role(self.role), Availability(self.availability), self.since, gone)

    def changes(self, now: int) -> None:
        """What colleagues see is another from now on: later than before, even where the clock was put back."""
        self.since = max(now, self.since + 1)


class VisitorRow(Struct):
    """One browser or one signed customer; see `schema.visitor`."""

    id: str
    token_hash: bytes
    created: int
    name: str = ""
    name_known: str = "unknown"
    phone: str = ""
    email: str = ""
    contact_known: str = "unknown"
    language: str = ""
    time_zone: str = ""
    page_title: str = ""
    page_url: str = ""
    stage: str = ""
    signed_id: str = ""
    visits: int = 1
    left_at: int | None = None
    blocked_until: int | None = None
    blocked_reason: str = ""

    def wire(self, *, earlier: int, present: bool) -> WireCustomer:
        """As staff see it."""
        return WireCustomer(
            self.id,
            self.name,
            HowKnown(self.name_known),
            self.phone,
            self.email,
            HowKnown(self.contact_known),
            self.language,
            self.time_zone,
            self.page_title,
            self.page_url,
            self.visits,
            earlier,
            present,
            self.left_at,
            self.blocked_until,
            self._known(earlier),
        )

    def _known(self, earlier: int) -> HowKnown:
        if self.signed_id:
            return HowKnown.SIGNED
        return HowKnown.BROWSER if earlier or self.visits > 1 else HowKnown.UNKNOWN


class ConversationRow(Struct):
    """One conversation; see `schema.conversation`."""

    id: int
    visitor: str
    revision: int
    state: str
    stage: str
    stage_set: int
    outcome: str
    owner: str | None
    lost_owner: str | None
    came_back: int
    created: int
    waiting_since: int | None
    snoozed_until: int | None
    resolved_at: int | None
    last_seq: int
    last_n: int
    last_at: int
    preview: str
    customer_seq: int
    agent_seq: int
    agent_id: str
    colleague_seq: int
    excused_seq: int
    seen: int
    agents_saw: int
    earlier: int
    rating: str
    channel: str
    wants_call: int
    flags: str
    """The `WireFlag` that is up, as JSON; empty: none."""

    def wire(self, customer: WireCustomer, owner_name: str, read: int = 0) -> WireConversation:
        """As staff see it."""
        return WireConversation(
            id=self.id,
            revision=self.revision,
            state=State(self.state),
            stage=Stage(self.stage),
            stage_set=bool(self.stage_set),
            outcome=Outcome(self.outcome),
            customer=customer,
            created=self.created,
            last_seq=self.last_seq,
            last_at=self.last_at,
            preview=self.preview,
            owner=WireOwner(self.owner, owner_name) if self.owner else None,
            waiting_since=self.waiting_since,
            came_back=bool(self.came_back),
            snoozed_until=self.snoozed_until,
            seen=self.seen,
            read=read,
            channel=self.channel,
            wants_call=bool(self.wants_call),
            flag=_flag(self.flags) if self.flags else None,
        )

    def newest_of_a_colleague(self, agent: str) -> int:
        """Seq of the newest public line that an agent other than this one wrote; 0 if there is none."""
        return self.colleague_seq if self.agent_id == agent else self.agent_seq


class EntryRow(Struct, gc=False):
    """One entry; see `schema.entry`."""

    id: int
    conversation: int
    seq: int
    n: int
    kind: str
    author_kind: str
    author: str
    author_name: str
    at: int
    body: str
    cid: str | None
    code: str
    who: str
    what: str
    withdrawn_at: int | None
    withdrawn_by: str
    changes: int

    def wire(self) -> WireEntry:
        """As staff see it: without its body where it is withdrawn."""
        withdrawn = self.withdrawn_at is not None
        return WireEntry(
            self.seq,
            EntryKind(self.kind),
            WireAuthor(AuthorKind(self.author_kind), self.author_name, self.author),
            self.at,
            "" if withdrawn else self.body,
            self.cid or "",
            withdrawn,
            WireSystem(self.code, self.who, self.what) if self.code else None,
            self.changes,
        )


def visitor_entry(entry: WireEntry, n: int) -> VisitorEntry:
    """A staff entry as its visitor sees it: staff without their ids, other authors' keys left out."""
    own = entry.by.kind is AuthorKind.CUSTOMER
    return VisitorEntry(
        n,
        WireAuthor(entry.by.kind, entry.by.name, entry.by.id if own else ""),
        entry.at,
        entry.body,
        entry.cid if own else "",
        entry.withdrawn,
        entry.system,
    )
