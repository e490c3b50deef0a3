"""Facts. Adapters map all they hear to this closed set; delivery is at least once and unordered.

The core is right if every event comes twice and shuffled: upserts are idempotent, there are no deltas.
"""

from datetime import date

from msgspec import Struct

from agent_tui.model.call import Call
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry
from agent_tui.model.gate import Policy
from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.people import NOTHING, Agent, Author
from agent_tui.model.telephone import Telephone
from agent_tui.model.text import SafeText
from agent_tui.model.uses import UseCount
from agent_tui.model.words import Role
from agent_tui.ports.capabilities import Capabilities, Capability
from agent_tui.ports.library import TeamPage


class Me(Struct, frozen=True):
    """Whom the backend takes us for, and its own name."""

    id: str
    name: SafeText
    role: Role
    desk: SafeText
    demo: bool = False


class TextLimits(Struct, frozen=True):
    """How long a message may be."""

    code_points: int = 8_000
    utf8_bytes: int = 32_000


class Connected(Struct, frozen=True):
    """The stream is up. `gap`: what happened meanwhile is not in it; a `resync` follows before it is called live."""

    me: Me
    gap: bool
    clock_skew_ms: int = 0
    """The backend's clock minus ours."""
    note: str = ""
    """For people, e.g. that the desk's database was restored from an older copy."""
    limits: TextLimits = TextLimits()


class Live(Struct, frozen=True):
    """Everything known of is here: no gap is left."""


class Disconnected(Struct, frozen=True):
    """The stream is down. `retry_at_ms` None: it won't be tried again (`fatal` says why in `reason`)."""

    reason: str
    retry_at_ms: int | None = None
    fatal: bool = False
    revoked: bool = False


class Heard(Struct, frozen=True):
    """Something arrived, if only a pong: the age of the connection is counted from here. At most once a second."""

    at_ms: int


class Quiet(Struct, frozen=True):
    """Nothing was heard for longer than a healthy connection is silent: "no answer" before it is called lost."""

    since_ms: int


class StartedAfresh(Struct, frozen=True):
    """Forget every record and transcript: a full snapshot follows. `why` for people, empty at the very start."""

    why: str = ""


class OpeningHours(Struct, frozen=True):
    """Whether we are open, for clocks and screens."""

    open: bool
    time_zone: SafeText
    changes_at_ms: int | None = None
    sentence: SafeText = NOTHING
    closed: tuple[tuple[int, int], ...] = ()
    """Stretches (from, until; ms) around now in which we are closed, in order: clocks count open time only."""


class HoursKnown(Struct, frozen=True):
    """The opening hours as of now."""

    hours: OpeningHours


class ConversationUpsert(Struct, frozen=True):
    """A conversation's record. `read` in it is this account's own only if `own_read`."""

    conversation: Conversation
    own_read: bool = False


class ConversationGone(Struct, frozen=True):
    """It can't be shown any more (`why`: deleted, no access, unknown)."""

    ref: ConversationRef
    why: str


class EntryUpsert(Struct, frozen=True, gc=False):
    """An entry, live. `after` names the entry just before it where the backend's keys allow a hole to be seen."""

    ref: ConversationRef
    entry: Entry
    after: OrderKey | None = None


class EntriesLoaded(Struct, frozen=True):
    """A part of a transcript in order, without holes between its entries, from history."""

    ref: ConversationRef
    entries: tuple[Entry, ...]
    reaches_start: bool
    """There is nothing before the first one."""
    reaches_end: bool
    """There was nothing after the last one when it was read."""
    after: OrderKey | None = None
    """The entry just before the first one, where the question named it."""
    before: OrderKey | None = None
    """The entry just after the last one, where the question named it."""


class GapSeen(Struct, frozen=True):
    """Entries after `after` are known to be missing; cleared by `EntriesLoaded` across it."""

    ref: ConversationRef
    after: OrderKey


class SeenByCustomer(Struct, frozen=True):
    """The customer's page has shown everything up to `up_to`."""

    ref: ConversationRef
    up_to: OrderKey


class ReadByMe(Struct, frozen=True):
    """The own read position, perhaps moved on another device."""

    ref: ConversationRef
    up_to: OrderKey


class TypingSeen(Struct, frozen=True):
    """Somebody is writing in a conversation, or has stopped. Forgotten by itself after 10 s."""

    ref: ConversationRef
    who: Author
    on: bool
    at_ms: int
    note: bool = False


class AgentSeen(Struct, frozen=True):
    """One of the staff, as they are now."""

    agent: Agent


class CustomerHere(Struct, frozen=True):
    """The customer's page opened or closed."""

    ref: ConversationRef
    present: bool
    at_ms: int


class CallSeen(Struct, frozen=True):
    """A call as it is now; of two records of one call the higher `revision` counts."""

    call: Call


class PhoneKnown(Struct, frozen=True):
    """The team's telephone, at sign-in and when it was asked for again."""

    telephone: Telephone


class OutgoingMoved(Struct, frozen=True):
    """A row of the outbox is now like this; the way an own message settles in the transcript."""

    item: Outgoing


class OutgoingTakenBack(Struct, frozen=True):
    """A row left the outbox without being sent."""

    cid: ClientId
    ref: ConversationRef


class LibraryMoved(Struct, frozen=True):
    """The backend has this version of the team's library: said at each connection, and when it changes."""

    version: str


class TeamLibraryRead(Struct, frozen=True):
    """A page of the team's library, or of what changed in it; `first` of an answer."""

    page: TeamPage
    first: bool = True


class CopyKnown(Struct, frozen=True):
    """The copy of the team's library that was kept here, before the backend says anything. `heard_ms`: from when."""

    version: str
    heard_ms: int
    policy: Policy
    withdrawn: dict[str, date]
    problems: tuple[SafeText, ...] = ()


class UsesKnown(Struct, frozen=True):
    """What became of the team's snippets, by stage; replaces what was known."""

    counts: tuple[UseCount, ...]


class CapabilitiesKnown(Struct, frozen=True):
    """The backend's table, at sign-in or when it changed."""

    table: Capabilities


class Degraded(Struct, frozen=True):
    """A capability turned out weaker than its record said."""

    capability: Capability
    note: str


BackendEvent = (
    Connected
    | Live
    | Disconnected
    | Heard
    | Quiet
    | StartedAfresh
    | HoursKnown
    | ConversationUpsert
    | ConversationGone
    | EntryUpsert
    | EntriesLoaded
    | GapSeen
    | SeenByCustomer
    | ReadByMe
    | TypingSeen
    | AgentSeen
    | CustomerHere
    | CallSeen
    | PhoneKnown
    | LibraryMoved
    | CapabilitiesKnown
    | Degraded
)
Event = BackendEvent | OutgoingMoved | OutgoingTakenBack | TeamLibraryRead | CopyKnown | UsesKnown
