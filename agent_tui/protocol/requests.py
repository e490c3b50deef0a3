"""Bodies and answers of the HTTP routes."""

from msgspec import Struct

from agent_tui.model.words import Role
from agent_tui.protocol.call_records import PhoneFacts, WireCall
from agent_tui.protocol.commands import You
from agent_tui.protocol.records import (
    WireAgent,
    WireConversation,
    WireEntry,
    WireHit,
    WireHours,
    WireSession,
)


class Empty(Struct, frozen=True):
    """Nothing to say."""


class LocalSignIn(Struct, frozen=True):
    """Trade the per-start secret of an own desk for a token; void when that desk ends."""

    secret: str
    role: Role
    name: str = ""
    """The agent to be; empty: the desk's own admin."""
    device: str = "this machine"


class LogIn(Struct, frozen=True):
    """Trade a single-use invite code for a token of this device."""

    code: str
    device: str


class SignedIn(Struct, frozen=True):
    """An opaque bearer token; the desk keeps only its hash."""

    token: str
    you: You
    desk: str


class NewVisitor(Struct, frozen=True, omit_defaults=True):
    """A browser's first call: what the page and the browser say of themselves."""

    language: str = ""
    time_zone: str = ""
    page_title: str = ""
    page_url: str = ""
    stage: str = ""
    """The widget's `data-stage`."""
    signed_id: str = ""
    signature: str = ""
    """HMAC-SHA-256 in hex of `signed_id` under the site's key."""


class VisitorToken(Struct, frozen=True):
    """The browser keeps it; it names the visitor, not a conversation."""

    token: str
    visitor: str


class Ticket(Struct, frozen=True):
    """Single use, 30 seconds: goes into the first frame of a browser's socket."""

    ticket: str


class PageNow(Struct, frozen=True, omit_defaults=True):
    """What page a returning browser is on, sent when it asks for a ticket."""

    page_title: str = ""
    page_url: str = ""
    language: str = ""
    time_zone: str = ""


class Inbox(Struct, frozen=True):
    """Everything a console starts with, read at one point of the event stream."""

    cursor: str
    epoch: str
    conversations: list[WireConversation]
    """All that are not resolved."""
    agents: list[WireAgent]
    hours: WireHours
    calls: list[WireCall] = []
    """All that have not ended, and those that ended within the last day without a word on how it went."""
    phone: PhoneFacts | None = None
    """The telephone for who asks; whether each way is ready is as last looked at."""


class ConversationPage(Struct, frozen=True):
    """One page of a list; `next` is empty at its end."""

    conversations: list[WireConversation]
    next: str = ""


class EntryPage(Struct, frozen=True):
    """Part of a transcript in order. `more` says whether there is more beyond it, in the direction asked."""

    entries: list[WireEntry]
    more: bool
    last_seq: int


class HitPage(Struct, frozen=True):
    """Search results, newest first; `behind` counts messages the index has not seen yet."""

    hits: list[WireHit]
    next: str = ""
    behind: int = 0


class WireStep(Struct, frozen=True, omit_defaults=True):
    """One thing that happened: an entry, or a line of the audit (`who` did `action`, `detail`)."""

    conversation: int
    at: int
    entry: WireEntry | None = None
    who: str = ""
    action: str = ""
    detail: str = ""


class StepPage(Struct, frozen=True):
    """What happened, in the order of its time; `next` is empty at the end."""

    steps: list[WireStep]
    next: str = ""
    conversations: list[WireConversation] = []
    """Of whom the steps are, as they are now; those that are not there any more are left out."""


class WireStanding(Struct, frozen=True):
    """A conversation that was open at a moment, and the entries by which it is known how it stood then."""

    record: WireConversation
    """As it is now."""
    entries: list[WireEntry]
    """From before the moment, in order: lines of the system's own, the last messages, the one that waited longest."""
    left_out: int = 0
    """So many messages from before are not among them."""


class StandingPage(Struct, frozen=True):
    """What was open at a moment, those that began last first; `next` is empty at the end."""

    standing: list[WireStanding]
    next: str = ""


class WireWatched(Struct, frozen=True):
    """Somebody looked at a conversation: `how` long, or what they did."""

    conversation: int
    who: str
    at: int
    how: str


class WatchedPage(Struct, frozen=True):
    """Who watched, newest first; `next` is empty at the end."""

    watched: list[WireWatched]
    next: str = ""


class AuditChecked(Struct, frozen=True):
    """How much of the audit is as it was written.

    `lines` in order from the first one on, `unsealed` of them without a seal, from `since` to `until` (0: none), `seal`
    that of the last one; `broken_at` is the id of the first line that does not follow, null where all do.
    """

    lines: int
    unsealed: int
    since: int
    until: int
    seal: str
    broken_at: int | None


class UnmaskedPage(Struct, frozen=True):
    """A record and its newest entries with their numbers and addresses."""

    record: WireConversation
    entries: list[WireEntry]


class AgentCounts(Struct, frozen=True):
    """What an agent did in conversations that began within a period."""

    id: str
    name: str
    counts: dict[str, int]


class ReportPart(Struct, frozen=True):
    """Counts of the conversations that began within a part of a period. Parts add up; see `core.metrics.counts`."""

    since: int
    until: int
    counts: dict[str, int]
    agents: list[AgentCounts]


class Invite(Struct, frozen=True):
    """Ask for a single-use sign-in code."""

    name: str
    role: Role
    me: bool = False
    """One's own second machine."""


class Invited(Struct, frozen=True):
    """The code, its address, and when it ends (ms)."""

    code: str
    name: str
    role: Role
    until: int


class Sessions(Struct, frozen=True):
    """Devices that are signed in."""

    sessions: list[WireSession]


class Revoke(Struct, frozen=True, omit_defaults=True):
    """End a person's devices, or one of them."""

    name: str
    device: str = ""


class Revoked(Struct, frozen=True):
    """How many devices ended, and how many open conversations went back to the queue."""

    devices: int
    conversations: int


class HoursFile(Struct, frozen=True):
    """The opening hours as their TOML text (`core.hours` reads it) and what they mean now."""

    text: str
    now: WireHours


class Me(Struct, frozen=True):
    """Who the token belongs to."""

    you: You
    desk: str
    epoch: str


class Health(Struct, frozen=True):
    """Alive, and can it write."""

    ok: bool
    epoch: str
    version: str
    readable: bool
    writable: bool
    detail: str = ""
